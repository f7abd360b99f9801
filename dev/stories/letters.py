"""The tales of `make story` that are letters: written on the page, confirmed by mail, delivered once, and told of.

Values one can read aloud, as the other tales: who does what, what becomes of mail at the office, and the only end that
is right. Knows the mail world's words for mailboxes, and the app's for states, outcomes and kinds of mail.
"""

from dataclasses import dataclass

from dev.mail_world import Bounce, Complaint, Delivered
from dev.mail_world.mailboxes import Script

ANA, LUIS = "Ana", "Luis"
WORDS = {
    ANA: "Please halt the deportations of these children. I teach two of them, and they are good at school.",
    LUIS: "Por favor, detengan las deportaciones. Soy vecino de una de estas familias desde hace nueve años.",
}
"""What each of them writes in place of the campaign's words."""


@dataclass(frozen=True, slots=True)
class Writes:
    """Writes a letter on the page, checks it, and taps "Email me the link" so many times."""

    by: str = ANA
    taps: int = 1


@dataclass(frozen=True, slots=True)
class Confirms:
    """Opens the link in the newest mail that has one, and presses "Yes, send it" so many times."""

    by: str = ANA
    presses: int = 1


@dataclass(frozen=True, slots=True)
class Scanned:
    """A scanner opens every link in every mail of theirs, by GET and by HEAD, before they have read any."""

    by: str = ANA


@dataclass(frozen=True, slots=True)
class Unsubscribes:
    """Presses "no more mail" behind the link in the newest mail."""

    by: str = ANA


@dataclass(frozen=True, slots=True)
class Looks:
    """Opens the page that tells what became of the letter, from the newest mail."""

    by: str = ANA


@dataclass(frozen=True, slots=True)
class Answers:
    """Says on the page behind the newest mail whether the office answered."""

    answer: str
    by: str = ANA


@dataclass(frozen=True, slots=True)
class Waits:
    """Time passes, and the schedule comes round."""

    hours: float


@dataclass(frozen=True, slots=True)
class QuotaLeaves:
    """Another program sends by the same account, and leaves so many mails of the day's quota."""

    mails: int


Act = Writes | Confirms | Scanned | Unsubscribes | Looks | Answers | Waits | QuotaLeaves
AN_HOUR, A_DAY = Waits(1), Waits(24)
IN_TIME = Waits(0.5)
"""A letter leaves within minutes while its office is open, and its fate is known soon after."""


@dataclass(frozen=True, slots=True)
class LetterTale:
    """What people do, one after the other, and how it must end.

    `office` are the fates of the first messages to the first of `offices` offices; what comes after arrives. `ends`
    are the letters' states, in the order in which they were begun; `counted` what the ledger has of each;
    `mails` are the kinds that whose tale it is has; `copies` what SES took for offices, in all. `reads` must stand on
    pages and in mails, in this order; `alarms` are what a person on our side hears, however often.
    """

    title: str
    acts: tuple[Act, ...]
    ends: tuple[str, ...]
    counted: tuple[str, ...]
    mails: tuple[str, ...]
    copies: int
    reads: tuple[str, ...]
    name: str = ANA
    language: str = "en"
    office: tuple[Script, ...] = ()
    offices: int = 1
    alarms: tuple[str, ...] = ()
    words_are_gone: bool = False


@dataclass(frozen=True, slots=True)
class BurstTale:
    """So many people press "Yes, send it" at one moment: each letter leaves once, at the pace SES allows."""

    title: str
    letters: int
    rate: float = 14.0
    name: str = "Everybody"
    language: str = "en"


ARRIVES = LetterTale(
    title="A letter: written, confirmed by the link in the mail, delivered, and told of",
    acts=(Writes(), Confirms(), IN_TIME, Looks(), Waits(24 * 14.5), Answers("answered_by_person")),
    ends=("delivered",),
    counted=("on_its_way", "delivered", "answered_by_person"),
    mails=("confirm", "receipt", "question"),
    copies=1,
    reads=(
        "Check your letter",
        "Open your email",
        "Replying to this email doesn’t confirm the letter.",
        "Send this letter?",
        "was delivered",
        "Your letter was delivered",
        "Did",
        "answer you?",
        "Did they answer you?",
        "Thank you for telling us",
    ),
)

TWICE = LetterTale(
    title="Tapped twice, and again the next day: one letter, one mail to the office",
    acts=(Writes(taps=2), Confirms(presses=2), IN_TIME, A_DAY, Writes()),
    ends=("delivered",),
    counted=("on_its_way", "delivered"),
    mails=("confirm", "receipt", "again"),
    copies=1,
    reads=("Open your email", "was delivered", "Open your email", "You have already written to"),
)

SCANNED = LetterTale(
    title="A scanner opens every link in the mail: nothing is confirmed",
    acts=(Writes(), Scanned(), AN_HOUR, Scanned()),
    ends=("awaiting_confirm",),
    counted=(),
    mails=("confirm",),
    copies=0,
    reads=("Open your email", "Confirm your letter", "Send this letter?"),
)

NEVER_CONFIRMED = LetterTale(
    title="Nobody presses the button: one reminder, and after 7 days the words are gone",
    acts=(Writes(), Waits(24 * 3.1), Waits(24 * 4.1), Looks()),
    ends=("expired",),
    counted=("unconfirmed",),
    mails=("confirm", "reminder"),
    copies=0,
    reads=("Open your email", "We don’t remind you again."),
    words_are_gone=True,
)

COMES_BACK = LetterTale(
    title="A bounce 17 s after the delivery: the count is corrected, the mailbox rests",
    office=((Delivered(after=2), Bounce("Permanent", "NoEmail", after=17)),),
    acts=(Writes(), Confirms(), IN_TIME, Looks(), Writes(LUIS), Confirms(LUIS), AN_HOUR),
    ends=("bounced_hard", "target_paused"),
    counted=("on_its_way", "delivered", "bounced", "on_its_way"),
    mails=("confirm", "receipt", "receipt"),
    copies=1,
    reads=("was delivered", "came back", "Your words aren’t lost", "Your letter came back"),
    alarms=("bounced",),
)

QUOTA_SPENT = LetterTale(
    title="The day’s quota is used up: a person hears of it, and it goes on by itself",
    acts=(Writes(), QuotaLeaves(0), Confirms(), AN_HOUR, Looks(), Waits(30)),
    ends=("delivered",),
    counted=("on_its_way", "delivered"),
    mails=("confirm", "receipt"),
    copies=1,
    reads=("Your letter is in line", "was delivered"),
    alarms=("quota_spent", "sender_failed"),
)

COMPLAINT = LetterTale(
    title="An office calls a letter spam: it gets no more, a person is called, others go on",
    office=((Delivered(after=2), Complaint("abuse", after=60)),),
    offices=2,
    acts=(Writes(), Confirms(), IN_TIME, Writes(LUIS), Confirms(LUIS), AN_HOUR),
    ends=("complained", "delivered", "suppressed", "delivered"),
    counted=(
        *("on_its_way", "delivered", "complained"),
        *("on_its_way", "delivered"),
        *("on_its_way", "suppressed"),
        *("on_its_way", "delivered"),
    ),
    mails=("confirm", "receipt", "receipt", "receipt"),
    copies=3,
    reads=("Send these letters?", "marked as spam", "That says nothing about you."),
    alarms=("complaint",),
)

NO_MORE_MAIL = LetterTale(
    title="Who asked for no more mail is told so kindly, and can print the letter",
    acts=(Writes(), Unsubscribes(), AN_HOUR, Writes()),
    ends=("awaiting_confirm",),
    counted=(),
    mails=("confirm",),
    copies=0,
    reads=("Open your email", "Get no more email from us", "Print"),
)

EN_ESPANOL = LetterTale(
    title="En español: Luis writes, confirms and reads in Spanish",
    name=LUIS,
    language="es",
    acts=(Writes(LUIS), Confirms(LUIS), IN_TIME, Looks(LUIS)),
    ends=("delivered",),
    counted=("on_its_way", "delivered"),
    mails=("confirm", "receipt"),
    copies=1,
    reads=(
        "Revise su carta",
        "Abra su correo",
        "Responder a este correo no confirma la carta.",
        "¿Enviamos esta carta?",
        "Su carta fue entregada",
    ),
)

LETTER_TALES = (
    ARRIVES,
    TWICE,
    SCANNED,
    NEVER_CONFIRMED,
    COMES_BACK,
    QUOTA_SPENT,
    COMPLAINT,
    NO_MORE_MAIL,
    EN_ESPANOL,
)
BURST = BurstTale(title="Three hundred people press the button at once, at 14 mails a second", letters=300)
