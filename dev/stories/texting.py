"""The tales of `make story` that are texts: one word in, one word out, an alert to all, and CALL, which rings.

Values one can read aloud, and how they are played: the real app in this process, on a virtual clock.
"""

from collections.abc import Iterator
from dataclasses import asdict, dataclass

from chalicelib.domain.broadcast import ClaimState, missing
from chalicelib.domain.words import Language
from chalicelib.views import texting
from dev.phone_world.people import Heard, Move, PickUp, Press, Supporter
from dev.rehearsing import Rehearsal
from dev.stories.broadcast_acts import ALERT, Act, Armed, Evening, Join, Sent, SignsUp
from dev.stories.judging import Json, Played, Telling, differs, unheard, unread

PHONE = "+13035550124"
TALKED = 10
"""Minutes until a call is over."""


@dataclass(frozen=True, slots=True)
class TextTale:
    """What somebody texts us, and how it must end: their standing, how many texts they got, how often they were rung.

    Between their words stands what happens otherwise. `reads` must stand in our texts, in this order, and `pages` on
    pages; `counted` is what the ledger has of calls; `became` is what became of an alert's recipients, by claims.
    """

    title: str
    name: str
    language: str
    says: tuple[str | Act, ...]
    ends: str
    texts: int
    reads: tuple[str, ...]
    rings: int = 0
    counted: tuple[str, ...] = ()
    script: tuple[Move, ...] = ()
    became: tuple[tuple[ClaimState, int], ...] = ()
    pages: tuple[str, ...] = ()


REACHES_THE_OFFICE = (
    PickUp(after=2),
    Press("1", after=4),
    Press("1", after=4, when=Heard("How did it go")),
)
JOINS_AND_CALLS = TextTale(
    title="A keyword, YES, and CALL: their phone rings at once and they reach the office",
    name="Vera",
    language="en",
    says=("FAMILIES", "YES", "CALL"),
    ends="subscribed",
    texts=3,
    reads=("Reply YES", "You are subscribed", "Calling you now from"),
    rings=1,
    counted=("spoke",),
    script=REACHES_THE_OFFICE,
)
STOP_ICE = TextTale(
    title="“STOP ICE”: asked what they mean, held meanwhile, and back at their word",
    name="Wendy",
    language="en",
    says=("FAMILIES", "YES", "STOP ICE", "Stop the raids now", "FAMILIES"),
    ends="subscribed",
    texts=4,
    reads=("You are subscribed", "To stop all texts reply STOP", "already subscribed"),
)
ALTO = TextTale(
    title="ALTO: out by one word, in Spanish, and the second time in silence",
    name="Ximena",
    language="es",
    says=("FAMILIAS", "sí", "ALTO", "ALTO"),
    ends="stopped",
    texts=3,
    reads=("Responda SI", "Ya recibe nuestras alertas", "Se cancelaron sus alertas"),
)
BACK_IN = TextTale(
    title="STOP, and START: back in by an opt-in word alone",
    name="Yolanda",
    language="en",
    says=("FAMILIES", "YES", "STOP", "hello?", "yes", "START", "YES"),
    ends="subscribed",
    texts=5,
    reads=("You are subscribed", "You are unsubscribed", "Reply YES", "You are subscribed"),
)
HELP = TextTale(
    title="HELP from a stranger: answered, and nobody is signed up",
    name="Zoe",
    language="en",
    says=("HELP",),
    ends="unknown",
    texts=1,
    reads=("Reply STOP to cancel",),
)
ALERTED = TextTale(
    title="An alert, and CALL: from a keyword to the office, with every claim accounted for",
    name="Abril",
    language="en",
    says=("FAMILIES", "YES", Armed(), Sent(), "CALL"),
    ends="subscribed",
    texts=4,
    reads=("Reply YES", "You are subscribed", ALERT.of(Language.EN), "Calling you now from"),
    rings=1,
    counted=("spoke",),
    script=REACHES_THE_OFFICE,
    became=((ClaimState.SENT, 1),),
)
STOPS_IN_THE_MIDST = TextTale(
    title="STOP after an alert is armed, before their turn: no text, and counted as stopped",
    name="Bruno",
    language="en",
    says=(Join(others=2), "FAMILIES", "YES", Armed(), "STOP", Sent()),
    ends="stopped",
    texts=3,
    reads=("You are subscribed", "You are unsubscribed"),
    became=((ClaimState.SENT, 2), (ClaimState.SKIPPED_STOPPED, 1)),
)
BY_THE_FORM = TextTale(
    title="The form on the page, in Spanish: only the phone’s own SI signs anybody up",
    name="Celia",
    language="es",
    says=(SignsUp(), "SI"),
    ends="subscribed",
    texts=2,
    reads=("Responda SI", "Ya recibe nuestras alertas"),
    pages=("Reciba alertas por mensaje de texto", "Mire su teléfono"),
)
TEXT_TALES = (JOINS_AND_CALLS, STOP_ICE, ALTO, BACK_IN, HELP, ALERTED, STOPS_IN_THE_MIDST, BY_THE_FORM)


def told(tale: TextTale, house: Rehearsal) -> Telling:
    """Have them text, one after the other, and judge. Raises ValueError where something else can't happen."""
    house.world.rules.keywords = None
    house.world.add(Supporter(PHONE, tale.script, name=tale.name))
    evening = Evening(house, PHONE, tale.language)
    for each in tale.says:
        if isinstance(each, str):
            evening.texts(PHONE, each)
        else:
            evening.play(each)
    house.play(minutes=TALKED)
    played = _played(evening)
    differences = (*_unlike(tale, house, played), *_unaccounted(tale, evening))
    return Telling(tale, played, {PHONE: tale.name}, differences, facts=tuple(_identity(evening)))


def _played(evening: Evening) -> Played:
    house = evening.house
    known = house.runtime.subscribers.standing(texting.key_of(PHONE)).with_programme(house.slug)
    rings = sum(call.rang is not None for call in house.world.calls_to(PHONE))
    counted = tuple(action.outcome.value for action in house.runtime.store.actions())
    lines = sorted([*evening.lines, *_lines(house)], key=lambda line: float(line["at"]))
    return Played(
        PHONE, {"state": known.state.value}, rings, counted, (), tuple(lines), " ".join(evening.pages)
    )


def _unlike(tale: TextTale, house: Rehearsal, played: Played) -> Iterator[str]:
    yield from differs("it ended as", tale.ends, played.state)
    yield from differs("they got texts:", tale.texts, len(_to(PHONE, house)))
    yield from differs("the phone rang", tale.rings, played.rings)
    yield from differs("the ledger has", tale.counted, played.counted)
    texts = [{"kind": "said", "text": body} for body in _to(PHONE, house)]
    yield from unheard(tale.reads, texts)
    yield from unread(tale.pages, played.read)
    yield from differs("ledger and tally differ by", 0, house.difference())
    yield from differs("wrong Twilio spoken", [], house.world.complaints)


def _unaccounted(tale: TextTale, evening: Evening) -> Iterator[str]:
    """Yield what differs of an alert: what became of its recipients, the identity, and how often phones got it."""
    claims = evening.claims
    yield from differs("of the alert’s recipients became", dict(tale.became), dict(claims))
    yield from differs("recipients without a claim:", 0, missing(claims, evening.audience))
    got = [_to(phone, evening.house).count(ALERT.of(Language.EN)) for phone in (PHONE, *evening.others)]
    yield from differs("phones that got the alert:", claims.get(ClaimState.SENT, 0), sum(map(bool, got)))
    yield from differs("phones that got it twice:", 0, sum(times > 1 for times in got))


def _identity(evening: Evening) -> Iterator[str]:
    """Yield the identity that holds an alert, and what the claims are."""
    claims = evening.claims
    if claims:
        parts = " + ".join(f"{number} {state.value}" for state, number in sorted(claims.items()))
        yield f"claims {sum(claims.values())} = audience {evening.audience} ({parts})"


def _to(phone: str, house: Rehearsal) -> list[str]:
    return [text.body for text in house.world.texts if text.to == phone]


def _lines(house: Rehearsal) -> list[Json]:
    """What was texted, and what was said in calls."""
    texted: list[Json] = [
        {"at": text.created, "who": PHONE, "kind": "spoke", "text": text.body}
        if text.from_ == PHONE
        else {"at": text.created, "who": "line", "kind": "said", "text": text.body}
        for text in house.world.texts
        if PHONE in {text.from_, text.to}
    ]
    said = [asdict(line) for call in house.world.calls_to(PHONE) for line in house.world.transcript(call.sid)]
    return [*texted, *said]
