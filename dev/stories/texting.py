"""The tales of `make story` that are texts: one word in, one word out, and CALL, which rings.

Values one can read aloud, and how they are played: the real app in this process, on a virtual clock.
"""

from collections.abc import Iterator
from dataclasses import asdict, dataclass

from chalicelib.views import texting
from dev.phone_world.people import Heard, Move, PickUp, Press, Supporter
from dev.rehearsing import Rehearsal
from dev.stories.judging import Json, Played, Telling, differs, unheard

PHONE = "+13035550124"
SECONDS = 20.0
"""Between two texts."""
TALKED = 10
"""Minutes until a call is over."""


@dataclass(frozen=True, slots=True)
class TextTale:
    """What somebody texts us, and how it must end: their standing, how many texts they got, how often they were rung.

    `reads` must stand in our texts, in this order; `counted` is what the ledger has of calls.
    """

    title: str
    name: str
    language: str
    says: tuple[str, ...]
    ends: str
    texts: int
    reads: tuple[str, ...]
    rings: int = 0
    counted: tuple[str, ...] = ()
    script: tuple[Move, ...] = ()


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
    script=(PickUp(after=2), Press("1", after=4), Press("1", after=4, when=Heard("How did it go"))),
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
TEXT_TALES = (JOINS_AND_CALLS, STOP_ICE, ALTO, BACK_IN, HELP)


def told(tale: TextTale, house: Rehearsal) -> Telling:
    """Have them text, one after the other, and judge."""
    house.world.rules.keywords = None
    house.world.add(Supporter(PHONE, tale.script, name=tale.name))
    (ours,) = house.runtime.config.numbers[:1]
    for word in tale.says:
        house.world.text_in(PHONE, ours, word)
        house.world.advance(SECONDS)
    house.play(minutes=TALKED)
    known = house.runtime.subscribers.standing(texting.key_of(PHONE)).with_programme(house.slug)
    rings = sum(call.rang is not None for call in house.world.calls_to(PHONE))
    counted = tuple(action.outcome.value for action in house.runtime.store.actions())[: len(tale.counted)]
    played = Played(PHONE, {"state": known.state.value}, rings, counted, (), tuple(_lines(house)))
    return Telling(tale, played, {PHONE: tale.name}, tuple(_unlike(tale, house, played)))


def _unlike(tale: TextTale, house: Rehearsal, played: Played) -> Iterator[str]:
    yield from differs("it ended as", tale.ends, played.state)
    yield from differs("they got texts:", tale.texts, len(_to_them(house)))
    yield from differs("the phone rang", tale.rings, played.rings)
    yield from differs("the ledger has", tale.counted, played.counted)
    texts = [{"kind": "said", "text": body} for body in _to_them(house)]
    yield from unheard(tale.reads, texts)
    yield from differs("ledger and tally differ by", 0, house.difference())
    yield from differs("wrong Twilio spoken", [], house.world.complaints)


def _to_them(house: Rehearsal) -> list[str]:
    return [text.body for text in house.world.texts if text.to == PHONE]


def _lines(house: Rehearsal) -> list[Json]:
    """What was texted, and what was said in calls, in order."""
    texted: list[Json] = [
        {"at": text.created, "who": PHONE, "kind": "spoke", "text": text.body}
        if text.from_ == PHONE
        else {"at": text.created, "who": "line", "kind": "said", "text": text.body}
        for text in house.world.texts
        if PHONE in {text.from_, text.to}
    ]
    said = [asdict(line) for call in house.world.calls_to(PHONE) for line in house.world.transcript(call.sid)]
    return sorted([*texted, *said], key=lambda line: float(line["at"]))
