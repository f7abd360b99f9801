"""The five tales of `make story`, as values one can read aloud.

Promises that a tale holds all of it: the language, what the supporter does, how the offices answer, and the
only end that is right. Knows the phone world's words for people and lines, and the app's for ends and
outcomes. Knows no port, no phone number and no office by name.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from dev.phone_world.offices import Answer
from dev.phone_world.people import HangUp, Heard, Moment, Move, PickUp, Press, Speak, Star, Voicemail

if TYPE_CHECKING:
    from dev.stories.site import Site

Link = Callable[["Site", str], str]
"""What a supporter who speaks this language dials: our number, with the page's code after commas or without."""


def our_number(site: "Site", _language: str) -> str:
    """Our number alone, as somebody types it who has it from a poster."""
    return site.our_number()


@dataclass(frozen=True, slots=True)
class Line:
    """How one line of an office answers: after how many seconds, and when it hangs up (None: never).

    `first` is how its next calls are answered, one each, before `answers` holds; `at_once` how many calls it
    takes at the same time (None: any number).
    """

    answers: Answer
    ring_seconds: float = 4.0
    talk_seconds: float | None = 45.0
    first: tuple[Answer, ...] = ()
    at_once: int | None = None


Lines = Line | tuple[Line, ...]
"""An office: one line, or several in the order in which they are tried."""


@dataclass(frozen=True, slots=True)
class DialsIn:
    """The supporter calls us: what is dialled, and whether the phone hides its number."""

    link: Link = our_number
    hides: bool = False


@dataclass(frozen=True, slots=True)
class Tale:
    """One supporter's call. `lines` are the campaign's first offices, in calling order.

    The page rings the supporter, unless `dials`: then they call us, and the script begins with the answer.

    `ends` is the call's state as the API names it (None for a caller whom the app turned away at once);
    `counted` the outcomes in the ledger, one per office called; `heard` words that the supporter must have
    heard, in order. `refused` is the code with which the same phone's next wish to be rung must be refused, if
    it must.
    """

    title: str
    name: str
    language: str
    script: tuple[Move, ...]
    lines: tuple[Lines, ...]
    ends: str | None
    counted: tuple[str, ...] = ()
    heard: tuple[str, ...] = ()
    refused: str | None = None
    dials: DialsIn | None = None


THREE_OFFICES = Tale(
    title="A call to three offices: somebody speaks, a line is busy, a voicemail answers",
    name="Alma",
    language="en",
    script=(
        PickUp(after=5),
        Press("1", after=6),
        Speak("Hello. I’m calling about the 28 children. Please let the families go. Thank you.", after=4),
        Press("1", after=4),
        Press("1", after=6),
        Press("1", after=5),
        Speak("Hello. Please halt the deportations of the 28 children and their parents.", after=9),
        Star(after=8, when=None),
        Press("2", after=4),
        HangUp(after=9, when=Heard("call number")),
    ),
    lines=(
        Line(Answer.PERSON, ring_seconds=6, talk_seconds=40),
        Line(Answer.BUSY),
        Line(Answer.VOICEMAIL, ring_seconds=12, talk_seconds=120),
    ),
    ends="thanks",
    counted=("spoke", "busy", "voicemail"),
    heard=(
        "Nothing is recorded",
        "Atlanta",
        "How did it go",
        "call number",
        "lines are all busy",
        "New York",
    ),
)

NEVER_PICKS_UP = Tale(
    title="A supporter who never picks up",
    name="Ben",
    language="en",
    script=(),
    lines=(Line(Answer.PERSON),),
    ends="not_picked_up",
)

VOICEMAIL_PICKS_UP = Tale(
    title="A supporter whose voicemail picks up: no office is ever called",
    name="Carmen",
    language="es",
    script=(Voicemail(after=15, seconds=120),),
    lines=(Line(Answer.PERSON),),
    ends="no_key",
    heard=("oprima el uno", "No recibimos ninguna tecla"),
)

NEVER_AGAIN = Tale(
    title="A supporter who presses 9, and is then refused a ring",
    name="Dana",
    language="en",
    script=(PickUp(after=5), Press("9", after=20)),
    lines=(Line(Answer.PERSON),),
    ends="never",
    heard=("press 9", "We won’t call this number again"),
    refused="phone_not_called",
)

HANGS_UP = Tale(
    title="A supporter who hangs up while an office rings",
    name="Elena",
    language="es",
    script=(PickUp(after=5), Press("1", after=6), HangUp(after=7, when=Moment.OFFICE_RINGS)),
    lines=(Line(Answer.RINGS_OUT),),
    ends="not_reached",
    counted=("no_answer",),
    heard=("oficina de ICE en Atlanta",),
)

TALES = (THREE_OFFICES, NEVER_PICKS_UP, VOICEMAIL_PICKS_UP, NEVER_AGAIN, HANGS_UP)
