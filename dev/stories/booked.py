"""The tales of `make story` whose office is closed: a call is booked, and must ring at its time.

Values one can read aloud, as the other tales. Moments are UTC, because the tale is that a wall time isn't: at the
change of clocks nine in the morning is another moment. Knows no phone number and no office by name.
"""

from dataclasses import dataclass
from datetime import UTC, date, datetime

from dev.phone_world.people import HangUp, Heard, Move, PickUp, Press
from dev.stories.tale import COMO_LE_FUE, HOW_DID_IT_GO, NO_FORM, OnPage


@dataclass(frozen=True, slots=True)
class BookedTale:
    """A supporter wishes to call at `now`, when every office is closed, and books a call to the first instead.

    `page` says how, by the page's forms. Without it a program asks for `at`, a time with its offset; `weekly_until` has
    it come every week up to that day. `rings` are the moments at which the phone must ring, each at most a minute
    late. `ends`, `counted` and `heard` are the last call's, as in any tale; each call before it ends alike.
    """

    title: str
    name: str
    language: str
    script: tuple[Move, ...]
    now: datetime
    rings: tuple[datetime, ...]
    ends: str | None
    counted: tuple[str, ...]
    heard: tuple[str, ...]
    page: OnPage = NO_FORM
    at: str = ""
    weekly_until: date | None = None


SPEAKS: tuple[Move, ...] = (
    PickUp(after=5),
    Press("1", after=6),
    Press("1", after=4, when=HOW_DID_IT_GO),
    HangUp(after=4, when=Heard("call number")),
)
"""Picks up, talks to the office, says so, and hangs up when thanked."""

IN_MARCH = BookedTale(
    title="A closed office in March: booked before the clocks go forward, rung when it opens after",
    name="Olga",
    language="es",
    script=(
        PickUp(after=5),
        Press("1", after=6),
        Press("1", after=4, when=COMO_LE_FUE),
        HangUp(after=4, when=Heard("la llamada número")),
    ),
    now=datetime(2027, 3, 13, 15, 0, tzinfo=UTC),
    rings=(datetime(2027, 3, 15, 13, 0, tzinfo=UTC),),
    ends="thanks",
    counted=("spoke",),
    heard=("oficina de ICE en Atlanta", "¿Cómo le fue?"),
    page=OnPage(
        books="Lunes, 9:00",
        reads=("Cerrada ahora", "La oficina de Atlanta abre el lunes a las 9:00"),
    ),
)

IN_NOVEMBER = BookedTale(
    title="A closed office in November: booked before the clocks go back, rung when it opens after",
    name="Pablo",
    language="en",
    script=SPEAKS,
    now=datetime(2027, 11, 6, 14, 0, tzinfo=UTC),
    rings=(datetime(2027, 11, 8, 14, 0, tzinfo=UTC),),
    ends="thanks",
    counted=("spoke",),
    heard=("ICE office in Atlanta", "How did it go"),
    page=OnPage(
        books="Monday, 9:00",
        reads=("Closed now", "The Atlanta office opens Monday at 9:00"),
    ),
)

EVERY_WEEK = BookedTale(
    title="Every Thursday at ten, before and after the clocks go forward",
    name="Rosa",
    language="en",
    script=SPEAKS,
    now=datetime(2027, 3, 6, 15, 0, tzinfo=UTC),
    at="2027-03-11T10:00:00-05:00",
    weekly_until=date(2027, 3, 18),
    rings=(datetime(2027, 3, 11, 15, 0, tzinfo=UTC), datetime(2027, 3, 18, 14, 0, tzinfo=UTC)),
    ends="thanks",
    counted=("spoke",),
    heard=("ICE office in Atlanta", "How did it go"),
)

BOOKED_TALES = (IN_MARCH, IN_NOVEMBER, EVERY_WEEK)
