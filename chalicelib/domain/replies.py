"""What we answer to a text, in both languages: R1 to R8, with a programme's own names, numbers and links in them.

Promises: every text here is in GSM-7 and, for names of usual length, in the segments the table test names. The words
are ours; `reply_lint` says which elements each must have, and whether an organization's own words have them.
The Spanish does without á, í, ó and ú, which GSM-7 lacks.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from chalicelib.domain.segments import plain
from chalicelib.domain.subscriber import Reply
from chalicelib.domain.words import Language, Words


@dataclass(frozen=True, slots=True)
class Programme:
    """What a programme's replies say of it. Names may have any letters; texts get those of GSM-7.

    `name` is the programme's, said after the organization's ("" in a language: the organization stands alone).
    `frequency` says how often ("up to 8 msgs/month"), `contact` is a toll-free number or an e-mail address, and
    `terms` the page of terms; of privacy, too, unless `privacy` is another. `invites_back`: R3 says how to rejoin,
    which counsel may want left out.
    """

    organization: Words
    name: Words
    frequency: Words
    contact: Words
    terms: str
    privacy: str = ""
    invites_back: bool = True

    def title(self, language: Language) -> str:
        """Return what each text begins with: organization and programme."""
        return plain(f"{self.organization.of(language)} {self.name.of(language)}").strip()

    @property
    def links(self) -> str:
        """The page of terms, and that of privacy where it is another."""
        return f"{self.terms} {self.privacy}" if self.privacy not in {"", self.terms} else self.terms


TEXTS: Mapping[Reply, Words] = {
    Reply.CONFIRM: Words(
        "{title}: Reply YES to get action alerts, {frequency}. Msg & data rates may apply. "
        "Reply HELP for help, STOP to cancel. Terms & privacy: {links}",
        "{title}: Responda SI para recibir alertas, {frequency}. Pueden aplicarse tarifas de mensajes y datos. "
        "AYUDA para ayuda, ALTO para cancelar. Reglas y privacidad: {links}",
    ),
    Reply.WELCOME: Words(
        "{title}: You are subscribed to action alerts, {frequency}. Msg & data rates may apply. "
        "Reply HELP for help, STOP to cancel. Terms & privacy: {links}",
        "{title}: Ya recibe nuestras alertas, {frequency}. Pueden aplicarse tarifas de mensajes y datos. "
        "AYUDA para ayuda, ALTO para cancelar. Reglas y privacidad: {links}",
    ),
    Reply.STOPPED: Words(
        "{title}: You are unsubscribed and will get no more messages. Questions? {contact}.",
        "{title}: Se cancelaron sus alertas y no recibe nuevos mensajes. Preguntas: {contact}.",
    ),
    Reply.HELP: Words(
        "{title}: Action alerts, {frequency}. Help: {contact}. Msg & data rates may apply. "
        "Reply STOP to cancel. Terms & privacy: {links}",
        "{title}: Alertas, {frequency}. Ayuda: {contact}. Pueden aplicarse tarifas de mensajes y datos. "
        "Responda ALTO para cancelar. Reglas: {links}",
    ),
    Reply.ALREADY: Words(
        "{title}: You are already subscribed, {frequency}. Msg & data rates may apply. "
        "Reply HELP for help, STOP to cancel. Terms: {terms}",
        "{title}: Usted ya recibe las alertas, {frequency}. Pueden aplicarse tarifas de mensajes y datos. "
        "AYUDA para ayuda, ALTO para cancelar. Reglas: {terms}",
    ),
    Reply.UNCLEAR: Words(
        "{title}: Sorry, we did not understand. To stop all texts reply STOP. For help reply HELP.",
        "{title}: No entendimos. Para no recibir mensajes responda ALTO. Para ayuda responda AYUDA.",
    ),
    Reply.NOT_JOINED: Words(
        "{title}: To get action alerts text JOIN. For help reply HELP. Msg & data rates may apply.",
        "{title}: Para recibir alertas responda UNIRSE. Para ayuda responda AYUDA. "
        "Pueden aplicarse tarifas de mensajes y datos.",
    ),
    Reply.LANGUAGE: Words(
        "{title}: From now on we text you in English. Reply HELP for help, STOP to cancel.",
        "{title}: Desde ahora le escribimos en español. AYUDA para ayuda, ALTO para cancelar.",
    ),
}
"""R1 to R8. THANKS is the organization's own text, where it has one; CALL and LETTER say more than a table holds."""
BACK = Words(" Reply START to rejoin.", " Responda INICIAR para volver.")


def reply_text(reply: Reply, programme: Programme, language: Language) -> str:
    """Return one of R1 to R8 as it is sent.

    Raises:
        KeyError: for THANKS, which is the organization's own.
    """
    text = TEXTS[reply].of(language)
    if reply is Reply.STOPPED and programme.invites_back:
        text += BACK.of(language)
    return text.format(
        title=programme.title(language),
        frequency=plain(programme.frequency.of(language)),
        contact=plain(programme.contact.of(language)),
        terms=programme.terms,
        links=programme.links,
    )


DISCLOSURE = Words(
    "I agree to receive recurring text alerts from {title}, {frequency}. Signing up is optional and no condition of "
    "anything else. Message and data rates may apply. Reply HELP for help, STOP to stop. Terms and privacy: {links}",
    "Acepto recibir por mensaje de texto alertas periódicas de {title}, {frequency}. Es opcional y no es condición de "
    "nada más. Pueden aplicarse tarifas de mensajes y datos. Responda AYUDA para recibir ayuda, ALTO para "
    "cancelar. Términos y privacidad: {links}",
)
"""The words beside the box, and beside a keyword wherever one is printed: what consent is to."""


def disclosed(programme: Programme, language: Language) -> str:
    """Return the words beside the box that signs somebody up."""
    frequency = programme.frequency.of(language)
    title = f"{programme.organization.of(language)} {programme.name.of(language)}".strip()
    return DISCLOSURE.of(language).format(title=title, frequency=frequency, links=programme.links)
