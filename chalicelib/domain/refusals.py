"""Why a request is refused, as codes and as sentences: what, why, and what to do now.

One text serves the page and the API. E2 (`phone_not_called`) is one text for premium, office, own and
do-not-ring numbers alike, so that it tells nothing about whose number it is (page.md §9.5).
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from chalicelib.domain.words import Words


class Code(StrEnum):
    """A reason the API names; stable, for programs."""

    PHONE_MISSING = "phone_missing"
    PHONE_MALFORMED = "phone_malformed"
    PHONE_NOT_CALLED = "phone_not_called"
    EMAIL_MALFORMED = "email_malformed"
    LANGUAGE_UNKNOWN = "language_unknown"
    CONSENT_MISSING = "consent_missing"
    BODY_MALFORMED = "body_malformed"
    OUTCOME_UNKNOWN = "outcome_unknown"
    TOO_MANY_CALLS = "too_many_calls"
    LINE_TOO_LONG = "line_too_long"
    NO_CODE = "no_code"
    BUDGET_SPENT = "budget_spent"
    CODE_WRONG = "code_wrong"
    CODE_EXPIRED = "code_expired"
    CODE_TRIES_SPENT = "code_tries_spent"
    TOO_MANY_TEXTS = "too_many_texts"
    PROOF_MISSING = "proof_missing"
    PROOF_REFUSED = "proof_refused"
    CAMPAIGN_PAUSED = "campaign_paused"
    CAMPAIGN_ENDED = "campaign_ended"
    NO_OFFICE = "no_office"
    OFFICES_CLOSED = "offices_closed"
    NOT_FOUND = "not_found"
    CALL_GONE = "call_gone"
    OFFICE_UNKNOWN = "office_unknown"
    OFFICE_UNCLEAR = "office_unclear"
    ZIP_MALFORMED = "zip_malformed"
    NUMBER_SHOWN_UNKNOWN = "number_shown_unknown"
    ZONE_UNKNOWN = "zone_unknown"
    TIME_MALFORMED = "time_malformed"
    TIME_PAST = "time_past"
    TIME_NOT_OPEN = "time_not_open"
    TIME_TAKEN = "time_taken"
    REPEAT_TOO_SHORT = "repeat_too_short"
    REPEAT_TOO_LONG = "repeat_too_long"
    TOO_MANY_BOOKINGS = "too_many_bookings"
    BOOKING_GONE = "booking_gone"
    NAME_MISSING = "name_missing"
    NAME_MALFORMED = "name_malformed"
    LETTER_EMPTY = "letter_empty"
    LETTER_TOO_LONG = "letter_too_long"
    TOO_MANY_LETTERS = "too_many_letters"
    LETTER_NOT_SENT = "letter_not_sent"
    NO_MAILBOX = "no_mailbox"
    LETTER_GONE = "letter_gone"
    PHONE_NOT_TEXTED = "phone_not_texted"
    BOX_NOT_TICKED = "box_not_ticked"
    WORDS_CHANGED = "words_changed"
    TOO_MANY_SIGNUPS = "too_many_signups"
    OUR_FAULT = "our_fault"


SENTENCES: dict[Code, Words] = {
    Code.PHONE_MISSING: Words("Enter your phone number", "Escriba su número de teléfono"),
    Code.PHONE_MALFORMED: Words(
        "Enter a 10-digit phone number, starting with the area code",
        "Escriba un número de teléfono de 10 dígitos, empezando por el código de área",
    ),
    Code.PHONE_NOT_CALLED: Words(
        "We can’t call this number. We call only US and Canadian numbers where a person picks up, and "
        "never one that asked us not to.",
        "No podemos llamar a este número. Solo llamamos a números de Estados Unidos y Canadá que contesta "
        "una persona, y nunca a uno que pidió no recibir llamadas.",
    ),
    Code.EMAIL_MALFORMED: Words(
        "Enter an email address, like maria@example.org", "Escriba un correo, como maria@example.org"
    ),
    Code.LANGUAGE_UNKNOWN: Words("Choose a language: en or es", "Elija un idioma: en o es"),
    Code.CONSENT_MISSING: Words(
        "Agree to be called: send the id of the consent text you showed, like call-1",
        "Acepte la llamada: envíe el identificador del texto de consentimiento, como call-1",
    ),
    Code.BODY_MALFORMED: Words(
        'Send a JSON object, like {"phone": "404 555 0123", "language": "en", "consent": "call-1"}',
        'Envíe un objeto JSON, como {"phone": "404 555 0123", "language": "es", "consent": "call-1"}',
    ),
    Code.OUTCOME_UNKNOWN: Words(
        "Choose one of the answers, or skip the question", "Elija una de las respuestas o salte la pregunta"
    ),
    Code.TOO_MANY_CALLS: Words(
        "That’s the most calls for one phone, or from one place, for now.",
        "Es el máximo de llamadas por teléfono, o desde un mismo lugar, por ahora.",
    ),
    Code.LINE_TOO_LONG: Words(
        "More people want to call right now than we can call in half an hour. Nothing was lost: try again later.",
        "Ahora quieren llamar más personas de las que podemos atender en media hora. No se perdió nada: intente "
        "más tarde.",
    ),
    Code.NO_CODE: Words(
        "So many pages from your network wait for their call that there is no code for another one. "
        "Call our number: it works without a code.",
        "Hay tantas páginas de su red esperando su llamada que no queda código para otra. Llame a nuestro número: "
        "funciona sin código.",
    ),
    Code.BUDGET_SPENT: Words(
        "We can’t call anyone else today. Today’s budget for calling people is used up. Calling us yourself still "
        "works, and you reach the same office.",
        "Hoy ya no podemos llamar a más personas. Se agotó el presupuesto de hoy para llamar. Si llama usted, "
        "funciona igual y llega a la misma oficina.",
    ),
    Code.CODE_WRONG: Words(
        "This code doesn’t match. Enter the 6 digits from our latest text",
        "Este código no coincide. Escriba los 6 dígitos de nuestro último mensaje",
    ),
    Code.CODE_EXPIRED: Words("This code has expired. Ask for a new one", "Este código venció. Pida otro"),
    Code.CODE_TRIES_SPENT: Words(
        "You have no tries left for this code. Ask for a new one",
        "Ya no le quedan intentos con este código. Pida otro",
    ),
    Code.TOO_MANY_TEXTS: Words(
        "That’s the most codes we text to one phone for now. Calling us yourself needs no code.",
        "Es el máximo de códigos que enviamos a un teléfono por ahora. Para llamar usted no hace falta código.",
    ),
    Code.PROOF_MISSING: Words(
        "Solve a challenge first: get one from /api/campaigns/{slug}/challenge and send the solution as proof",
        "Primero resuelva un desafío: pídalo en /api/campaigns/{slug}/challenge y envíe la solución como proof",
    ),
    Code.PROOF_REFUSED: Words(
        "This page’s check is used up or out of date, so nobody is called. Load the page again and tap once more.",
        "La comprobación de esta página ya se usó o venció, por eso no se llama a nadie. Vuelva a cargar la página "
        "y toque de nuevo.",
    ),
    Code.CAMPAIGN_PAUSED: Words(
        "Calls are paused. Nobody is called and nothing is sent.",
        "Las llamadas están en pausa. No se llama a nadie ni se envía nada.",
    ),
    Code.CAMPAIGN_ENDED: Words("This campaign has ended.", "Esta campaña terminó."),
    Code.NO_OFFICE: Words(
        "No office can be called right now: none of their lines has been checked lately.",
        "Ahora no podemos llamar a ninguna oficina: no se ha comprobado ninguna línea últimamente.",
    ),
    Code.OFFICES_CLOSED: Words(
        "The offices are closed now, and we only call them while they’re open, most often Monday to Friday, 9:00 am to "
        "4:00 pm, their time. Try again then.",
        "Las oficinas están cerradas y solo las llamamos cuando están abiertas, por lo general de lunes a "
        "viernes, de 9:00 a. m. a 4:00 p. m., hora de allá. Intente entonces.",
    ),
    Code.NOT_FOUND: Words(
        "We can’t find that page. Check the link, or see the campaigns that need calls now",
        "No encontramos esa página. Revise el enlace o vea las campañas que necesitan llamadas",
    ),
    Code.CALL_GONE: Words(
        "This link has expired. A call’s page is deleted 24 hours after the call. What was counted stays counted.",
        "Este enlace ya no sirve. La página de una llamada se borra 24 horas después. Lo que se contó sigue contado.",
    ),
    Code.OFFICE_UNKNOWN: Words(
        "Choose one of the campaign’s offices", "Elija una de las oficinas de la campaña"
    ),
    Code.OFFICE_UNCLEAR: Words(
        "Choose an office: this ZIP code doesn’t belong to just one. Any of them can take your message",
        "Elija una oficina: este código postal no corresponde a una sola. Cualquiera puede recibir su mensaje",
    ),
    Code.ZIP_MALFORMED: Words(
        "Enter a 5-digit ZIP code, like 30303, or leave it out",
        "Escriba un código postal de 5 dígitos, como 30303, o déjelo en blanco",
    ),
    Code.NUMBER_SHOWN_UNKNOWN: Words(
        "Choose which number the office sees: ours or own",
        "Elija qué número ve la oficina: ours (el nuestro) u own (el suyo)",
    ),
    Code.ZONE_UNKNOWN: Words(
        "Choose a time zone by its name, like America/New_York",
        "Elija una zona horaria por su nombre, como America/New_York",
    ),
    Code.TIME_MALFORMED: Words(
        "Choose a time from the list, written like 2027-03-15T09:00:00-04:00",
        "Elija una hora de la lista, escrita como 2027-03-15T09:00:00-04:00",
    ),
    Code.TIME_PAST: Words(
        "Pick a time at least 10 minutes from now", "Elija una hora para dentro de 10 minutos o más"
    ),
    Code.TIME_NOT_OPEN: Words(
        "We can’t call the office then. Pick a quarter-hour from the next two weeks at which it’s open",
        "A esa hora no podemos llamar a la oficina. Elija un cuarto de hora de las próximas dos semanas en que "
        "esté abierta",
    ),
    Code.TIME_TAKEN: Words(
        "That time is taken: as many people as the office’s lines can bear want to call then. Pick another time",
        "Esa hora ya está ocupada: quieren llamar tantas personas como admiten las líneas de la oficina. Elija "
        "otra hora",
    ),
    Code.REPEAT_TOO_SHORT: Words(
        "The last day of a weekly call comes before its first. Pick a later day",
        "El último día de la llamada semanal es anterior al primero. Elija un día posterior",
    ),
    Code.REPEAT_TOO_LONG: Words(
        "A weekly call can go on for 26 weeks. Pick an earlier last day",
        "Una llamada semanal puede repetirse durante 26 semanas. Elija un último día más cercano",
    ),
    Code.TOO_MANY_BOOKINGS: Words(
        "This phone has 3 booked calls, the most for one phone. Cancel one of them, or wait until one is over",
        "Este teléfono tiene 3 llamadas programadas, el máximo por teléfono. Cancele una o espere a que pase una",
    ),
    Code.BOOKING_GONE: Words(
        "This link has expired. A booked call is forgotten 30 days after its time.",
        "Este enlace ya no sirve. Una llamada programada se olvida 30 días después de su hora.",
    ),
    Code.NAME_MISSING: Words("Enter your name", "Escriba su nombre"),
    Code.NAME_MALFORMED: Words(
        "Enter your name in one line, up to 80 characters, without a web address",
        "Escriba su nombre en una línea, de hasta 80 caracteres, sin direcciones de internet",
    ),
    Code.LETTER_EMPTY: Words("Write your letter; it’s empty", "Escriba su carta; está vacía"),
    Code.LETTER_TOO_LONG: Words(
        "Your letter can have up to 5,000 characters", "Su carta puede tener hasta 5,000 caracteres"
    ),
    Code.TOO_MANY_LETTERS: Words(
        "That’s the most letters for one email address, or from one place, for now. What you wrote is kept on this "
        "page.",
        "Es el máximo de cartas por correo electrónico, o desde un mismo lugar, por ahora. Lo que escribió sigue en "
        "esta página.",
    ),
    Code.LETTER_NOT_SENT: Words(
        "We can’t send letters for this email address. Print your letter and mail it yourself, or call the office.",
        "No podemos enviar cartas con este correo electrónico. Imprima su carta y envíela por correo postal, o llame "
        "a la oficina.",
    ),
    Code.NO_MAILBOX: Words(
        "We have no email address of this office that somebody has checked lately. Print your letter and mail it, or "
        "use the office’s own web form.",
        "No tenemos un correo de esta oficina que alguien haya comprobado últimamente. Imprima su carta y envíela por "
        "correo postal, o use el formulario de la propia oficina.",
    ),
    Code.LETTER_GONE: Words(
        "This link has expired, or isn’t complete. If your letter waits for you, ask for the link again on the "
        "campaign’s page; a letter you confirmed goes its way without it.",
        "Este enlace ya no sirve o no está completo. Si su carta le espera, pida otra vez el enlace en la página de la "
        "campaña; una carta que usted confirmó sigue su camino sin él.",
    ),
    Code.PHONE_NOT_TEXTED: Words(
        "We can’t text this number. Enter a US or Canadian cell phone’s number",
        "No podemos enviar mensajes a este número. Escriba el de un celular de Estados Unidos o Canadá",
    ),
    Code.BOX_NOT_TICKED: Words(
        "Tick the box if you agree to get texts", "Marque la casilla si acepta recibir mensajes"
    ),
    Code.WORDS_CHANGED: Words(
        "These words have changed since you opened the page. Read them again, and tick the box if you still agree",
        "Este texto cambió desde que abrió la página. Léalo otra vez y marque la casilla si sigue de acuerdo",
    ),
    Code.TOO_MANY_SIGNUPS: Words(
        "That’s the most sign-ups from one place, or for one phone, for now. Texting us yourself works at once",
        "Es el máximo de inscripciones desde un mismo lugar, o con un mismo teléfono, por ahora. Si nos escribe usted, "
        "funciona enseguida",
    ),
    Code.OUR_FAULT: Words(
        "Sorry, something broke on our side. We never call you twice for one tap.",
        "Perdón, algo falló de nuestro lado. Nunca le llamamos dos veces por un solo toque.",
    ),
}
"""Code → sentence in both languages."""


@dataclass
class Refusal(Exception):
    """A request that is not carried out: its code, the field it is about, and when to try again (UTC).

    `left`: how many tries there are still.
    """

    code: Code
    field: str | None = None
    try_again: datetime | None = None
    limit: int | None = None
    left: int | None = None

    @property
    def sentence(self) -> Words:
        """What to say to the person."""
        return SENTENCES[self.code]
