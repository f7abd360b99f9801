"""Sentences that stop, and sentences that may: "stop texting me", "no me manden mensajes"; "STOP ICE".

Promises: a stop verb with messages (or with being written to) as its object is a stop. With any other object it is
neither a stop nor none: the keenest supporters text "STOP ICE", and so might somebody who wants out. Those are asked
(`Said.UNCLEAR`), and get nothing more meanwhile. One pass over the words; knows no subscriber.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from chalicelib.domain.stop_words import EN, ES, ORDINARY, STOPS, near_stop, without_courtesy
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
        desuscribirme
    """),
}
"""A stop wherever they stand."""
STOPPERS: Phrases = {
    EN: _phrases("stop\nquit\ndont\ndo not\nno more\ncancel\nend"),
    ES: _phrases(
        "dejen de\ndeje de\ndeja de\ndejar de\nparen de\npare de\nparen\nno mas\nno quiero\nno deseo\nalto\n"
        "cancelar\ncancelen\ncancele"
    ),
}
"""A stop when what follows is messages."""
BETWEEN = _set(
    "me us your these all any the more this those my ur please with so many of fucking damn "
    "a al los las la el sus estos estas tus esos mi mis mas recibir seguir recibiendo que manden envien"
)
"""May stand between the two."""
MESSAGES = _set(
    "text texts texting textin message messages messaging msg msgs contact contacts contacting sms spam spamming "
    "alert alerts notification notifications subscription "
    "mensaje mensajes texto textos alerta alertas notificacion notificaciones suscripcion "
    "mandarme enviarme escribirme textearme molestarme contactarme llamarme fastidiarme mandarnos enviarnos"
)
SENDING = _set("send sending mandar enviar escribir textear molestar contactar llamar")
"""With messages after them, with "me", or with nothing: else something else is sent, or bothered."""
RECEIVING = frozenset({"recibir", "recibiendo"})
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
TOLD = frozenset({"stopped", "stopping"})
LEADS = _set(
    "i want to need would like id can could you just said ok okay yes hey hi hello reply text txt fucking again how "
    "do quiero deseo quisiera como puedo necesito dije responda envie me gustaria please por favor ya"
)
"""Before a lone stop: "I said STOP", "how do I unsubscribe", "quiero cancelar"."""
APPEALS = LEADS | _set(
    "we must should lets let us help have got has it is time and now queremos hay que pedimos exigimos"
)
"""Before a stop verb with an object."""
VERBS = dict.fromkeys(
    ("quit", "end", "cancel", "revoke", "remove", "arret", "optout", "stopall", "unsubscribe", "unsub"), EN
) | dict.fromkeys(
    (
        "alto", "paren", "pare", "parar", "detener", "detengan", "detenga", "cancelar", "cancelen", "cancele",
        "terminar", "terminen", "dejen", "deje", "desuscribir", "basta",
    ),
    ES,
)  # fmt: skip
"""Read as stop verbs where a sentence begins."""
UNCLEAR_ANYWHERE: Phrases = {
    EN: _phrases("no more\nopt out\nunsubscribe\nunsub"),
    ES: _phrases("no mas\nalto a\nalto al\nfin a\nfin al\ndejen de\nbasta de"),
}
UNCLEAR_ALONE = dict.fromkeys(
    ("enough", "enough is enough", "no thanks", "no thank you", "not interested", "im not interested"), EN
) | dict.fromkeys(
    (
        "basta",
        "ya basta",
        "no gracias",
        "no me interesa",
        "no quiero",
        "no quiero mas",
        "ya no quiero",
        "ya no quiero mas",
    ),
    ES,
)


@dataclass(frozen=True, slots=True)
class Said:
    """What a sentence says of stopping: `is_clear` (a stop) or not (we ask), and in which language it was said."""

    language: Language
    is_clear: bool


def said_of(said: Sequence[str]) -> Said | None:
    """Return what a message of more than a stop word says of stopping; None: nothing."""
    return _clear(said) or _unclear(said)


def _clear(said: Sequence[str]) -> Said | None:
    found = _fixed(said) or _about_messages(said) or _led_to(said)
    return Said(found, is_clear=True) if found else None


def _fixed(said: Sequence[str]) -> Language | None:
    hits = ((at, language) for at, _, language in _found(said, FIXED) if not _is_turned_round(said, at))
    return next((language for _, language in hits), None)


def _about_messages(said: Sequence[str]) -> Language | None:
    for at, end, language in _found(said, STOPPERS):
        if not _is_turned_round(said, at) and _is_about_messages(said, end):
            return language
    return None


def _is_about_messages(said: Sequence[str], at: int) -> bool:
    """Whether a stop verb that ends before `at` has messages for its object."""
    start = at
    while at < len(said) and said[at] in BETWEEN:
        at += 1
    if at == len(said):
        return said[start - 1] == "de" or said[-1] in RECEIVING  # "dejen de" needs no word after it
    word, rest = said[at], said[at + 1 : at + 1 + NEARBY]
    if word in SENDING:
        return _is_sent_to_me(rest)
    if word in REACHING_ME:
        return bool(rest) and rest[0] == "me" and (len(rest) == 1 or rest[1] in ENOUGH_SAID)
    return word in MESSAGES


def _is_sent_to_me(rest: Sequence[str]) -> bool:
    if not rest or all(word in BETWEEN for word in rest) or any(word in MESSAGES for word in rest):
        return True
    return rest[0] == "me" and rest[1] not in AWAY


def _led_to(said: Sequence[str]) -> Language | None:
    """Return the language of a stop with nothing but words that lead to it."""
    core = _after(said, LEADS)
    lone = " ".join(without_courtesy(core))
    return None if lone in ORDINARY or len(core) == len(said) else STOPS.get(lone)


def _unclear(said: Sequence[str]) -> Said | None:
    found = _stop_somewhere(said) or _verb_first(said) or UNCLEAR_ALONE.get(" ".join(said))
    found = found or _first(said, UNCLEAR_ANYWHERE) or _first(said, FIXED)
    return Said(found, is_clear=False) if found else None


def _stop_somewhere(said: Sequence[str]) -> Language | None:
    """A "stop" in any sentence but "won't stop" and the like; or a tag by itself ("#StopICE")."""
    is_tag = len(said) == 1 and said[0].startswith("stop") and said[0] not in TOLD
    pairs = zip(("", *said), said, strict=False)
    is_there = any(word == "stop" and before not in NO_STOP_AT_ALL for before, word in pairs)
    return EN if is_tag or is_there else None


def _verb_first(said: Sequence[str]) -> Language | None:
    core = _after(said, APPEALS)
    if not core:
        return None
    near = near_stop(core[0])
    if near and (near != "alto" or core[1:2] in (("a",), ("al",))):
        return STOPS[near]
    is_lone_stop = len(core) < len(said) and " ".join(core) in STOPS
    return STOPS[" ".join(core)] if is_lone_stop else VERBS.get(core[0])


def _after(said: Sequence[str], leads: frozenset[str]) -> Sequence[str]:
    at = next((at for at, word in enumerate(said) if word not in leads), len(said))
    return said[at:]


def _is_turned_round(said: Sequence[str], at: int) -> bool:
    """Whether "don't" stands just before, or "did" a word earlier ("why did you stop texting me?")."""
    before = said[max(at - 2, 0) : at]
    return bool(before) and (before[-1] in NOT_A_STOP or before[0] == "did")


def _first(said: Sequence[str], phrases: Phrases) -> Language | None:
    return next((language for _, _, language in _found(said, phrases)), None)


def _found(said: Sequence[str], phrases: Phrases) -> Iterator[tuple[int, int, Language]]:
    """Yield where each phrase begins and ends, and its language."""
    for at, word in enumerate(said):
        for language, by_first in phrases.items():
            for phrase in by_first.get(word, ()):
                if tuple(said[at : at + len(phrase)]) == phrase:
                    yield at, at + len(phrase), language
