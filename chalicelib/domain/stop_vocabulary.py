"""The words by which `stop_phrases` knows what a sentence says of stopping, in English and Spanish, in plain form.

Promises: each list says what its words do where they stand; a new row of tests/vectors/inbound_texts.csv usually needs
one word more here, and no rule.
"""

from chalicelib.domain.stop_words import EN, ES
from chalicelib.domain.words import Language

Phrase = tuple[str, ...]
Phrases = dict[Language, dict[str, tuple[Phrase, ...]]]
"""By language, then by first word."""


def _phrases(lines: str) -> dict[str, tuple[Phrase, ...]]:
    """Return phrases by their first word, from one a line."""
    every = [tuple(line.split()) for line in lines.strip().splitlines()]
    return {first: tuple(p for p in every if p[0] == first) for first in {p[0] for p in every}}


def _set(line: str) -> frozenset[str]:
    return frozenset(line.split())


FIXED: Phrases = {
    EN: _phrases("""
        remove me
        remove my number
        remove my name
        delete my number
        take me off
        lose my number
        wrong number
        opt me out
        i opt out
        to opt out
        i revoke
        revoke my consent
        unsubscribe
        unsub
        leave me alone
        remove this number
        remove my info
        delete this number
        delete my info
        delete me
        take my number off
        take this number off
        take me out of your list
        take me out of this list
        take me out of the list
        get me off
        off this list
        off your list
        wrong person
        incorrect number
        opting out
        cease and desist
        never text me
        never contact me
        revoke consent
        withdraw consent
        withdraw my consent
        not have my consent
        remove from list
        remove from your list
    """),
    ES: _phrases("""
        no me mande
        no me manden
        no me mandes
        no me envie
        no me envien
        no me envies
        no me escriba
        no me escriban
        no me escribas
        no me textee
        no me texteen
        no me contacten
        no me moleste
        no me molesten
        no me llamen
        quitenme
        quiteme
        quitame
        borrenme
        borreme
        borrame
        eliminenme
        elimineme
        saquenme de la lista
        saquenme de su lista
        numero equivocado
        numero incorrecto
        darme de baja
        denme de baja
        deme de baja
        dejenme en paz
        dame de baja
        quiero dar de baja
        doy de baja
        eliminame
        eliminarme
        borrarme
        quitarme
        salir de la lista
        salir de su lista
        sacame de la lista
        equivoco de numero
        no moleste
        no molesten
        no molestar
        quite mi numero
        quiten mi numero
        quite mi nombre
        quiten mi nombre
        borra mi numero
        borre mi numero
        borren mi numero
        elimine mi numero
        eliminen mi numero
        revoco mi consentimiento
        no autorizo
        desuscribeme
        desuscribanme
        desuscribirse
        desuscribirme
    """),
}
"""A stop wherever they stand."""
STOPPERS: Phrases = {
    EN: _phrases("""
        stop
        quit
        dont
        do not
        no more
        cancel
        end
        discontinue
        dont want
        do not want
        no longer want
        no longer wish
    """),
    ES: _phrases("""
        dejen de
        deje de
        deja de
        dejar de
        paren de
        pare de
        basta de
        paren
        detener
        detenga
        detengan
        terminen
        terminar
        no mas
        no quiero
        no deseo
        no envie
        no envien
        no enviar
        no mande
        no manden
        no mandar
        no mandes
        no envies
        no me interesa
        alto
        cancelar
        cancelen
        cancele
    """),
}
"""A stop when what follows is messages."""
BETWEEN = _set(
    "me us your these all any the more this those my ur please with so many of fucking damn to be receive receiving "
    "get getting anymore ever w political "
    "nada a al los las la el sus estos estas tus esos mi mis mas recibir seguir recibiendo que manden envien"
)
"""May stand between the two."""
MESSAGES = _set(
    "text texts texting textin texing txt txts txting message messages messaging msg msgs "
    "contact contacts contacting sms spam spamming "
    "alert alerts notification notifications subscription "
    "mensaje mensajes texto textos alerta alertas notificacion notificaciones suscripcion "
    "mandarme enviarme escribirme textearme molestarme contactarme llamarme fastidiarme mandarnos enviarnos"
)
SENDING = _set("send sending mandar enviar escribir textear molestar contactar llamar")
"""With messages after them, with "me", or with nothing: else something else is sent, or bothered."""
RECEIVING = frozenset({"recibir", "recibiendo", "manden", "envien", "receive", "receiving"})
GETTING = frozenset({"get", "getting", "receive", "receiving"})
"""After "don't" a complaint: "I don't get your texts"."""
SENT = frozenset({"de", "enviar", "envie", "envien", "mandar", "mande", "manden", "mandes", "envies"})
"""Where a stop verb ends so, what is sent needs no word: "dejen de", "favor de no enviar más"."""
REACHING_ME = _set("call calling bother bothering harass harassing email emailing annoying")
"""Only with "me" after them: "stop harassing immigrants" is no stop."""
AWAY = frozenset({"to", "back", "into"})
"""After "send me": a place, so not a message."""
ENOUGH_SAID = frozenset({"again", "anymore", "ever", "at", "on", "with", "about", "please", "now"})
NEARBY = 5
"""Words after "sending" among which messages are looked for."""

NOT_A_STOP = frozenset({"dont", "not", "never", "didnt", "did"})
"""Just before a stop they turn it round, or ask about it."""
NO_STOP_AT_ALL = frozenset({"wont", "never", "cant", "cannot", "bus", "pit", "non", "truck"})
TOLD = frozenset({"stopped", "stopping", "unsubscribed"})
"""What has happened: no wish."""
BY_THE_WAY = frozenset({"by", "light", "lights", "sign", "signs"})
"""After "stop" they make another word of it: "I will stop by"."""
LEADS = _set(
    "i want to need would like id can could you just said ok okay yes hey hi hello reply text txt fucking again how "
    "do yo quiero deseo quisiera como puedo necesito dije responda envie me gustaria please por favor ya"
)
"""Before a lone stop: "I said STOP", "how do I unsubscribe", "quiero cancelar"."""
APPEALS = LEADS | _set(
    "we must should lets let us help have got has it is time and now queremos hay que pedimos exigimos"
)
"""Before a stop verb with an object."""
VERBS = dict.fromkeys(
    ("quit", "end", "cancel", "revoke", "remove", "arret", "optout", "stopall", "discontinue", "cease"), EN
) | dict.fromkeys(
    (
        "alto", "paren", "pare", "parar", "detener", "detengan", "detenga", "cancelar", "cancelen", "cancele",
        "terminar", "terminen", "dejen", "deje", "desuscribir", "basta",
    ),
    ES,
)  # fmt: skip
"""Read as stop verbs where a sentence begins."""
UNCLEAR_ANYWHERE: Phrases = {
    EN: _phrases("""
        no more
        opt out
        unsubscribe
        unsub
        never signed up
        not sign up
        didnt sign up
        get my number
        got my number
        gave you my number
        will sue
    """),
    ES: _phrases("""
        no mas
        alto a
        alto al
        fin a
        fin al
        dejen de
        basta de
        no pedi
        sacaron mi numero
        consiguieron mi numero
    """),
}
"""May be a no wherever they stand."""
UNCLEAR_ALONE = dict.fromkeys(
    (
        "enough", "enough is enough", "enough already", "no thanks", "no thank you", "not interested",
        "im not interested", "no longer interested", "spam", "this is spam", "go away", "fuck off",
        "block", "delete", "no texts", "no messages",
    ),
    EN,
) | dict.fromkeys(
    (
        "basta", "ya basta", "no gracias", "no me interesa", "no quiero", "no quiero mas", "no quiero nada",
        "ya no quiero", "ya no quiero mas", "ya no quiero nada", "eliminar", "borrar", "quitar",
    ),
    ES,
)  # fmt: skip
"""Whole messages that may be a no."""
