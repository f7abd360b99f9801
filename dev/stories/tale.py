"""What a tale is: what people do, how the offices answer, and the only end that is right.

Promises that a tale holds all of it and can be read aloud. Knows the phone world's words for people and lines, and
the app's for ends and outcomes. Knows no port and no phone number.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from chalicelib.domain.office import Caps
from dev.phone_world.offices import Answer
from dev.phone_world.people import Heard, Move
from dev.stories.furnishing import Wanted

if TYPE_CHECKING:
    from dev.stories.site import Site

Link = Callable[["Site", str], str]
"""What a supporter who speaks this language dials: our number, with the page's code after commas or without."""

HOW_DID_IT_GO, COMO_LE_FUE = Heard("How did it go"), Heard("¿Cómo le fue?")
PATIENT = Caps(at_once=9, an_hour=1000, pause=0)
"""A line that bears whatever tales ask of it: they are told many times as fast as an office lives."""
FIRST_OFFICES = 3
"""So many offices of the campaign have lines for tales."""
ELSEWHERE = ("ero-hlg", "ero-snd")
"""Harlingen and San Diego have lines for tales too: ZIP codes lead there."""
ONE_AT_A_TIME = Caps(at_once=1, an_hour=1000, pause=0)


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
    """The supporter calls us: what is dialled where no page says it, and whether the phone hides its number."""

    link: Link = our_number
    hides: bool = False


@dataclass(frozen=True, slots=True)
class OnPage:
    """The supporter goes through the campaign's page: the ZIP code typed, the office picked, the number to show.

    The code that is texted to them they type in, with `mistypes` a wrong one first. With `taps` they tap to call us,
    and dial what the page's button dials. With `books` the office is closed, and this time is picked instead. `picks`,
    `shows` and `books` are how the labels of those choices begin; what is empty is left as it is. `reads` are words
    that the pages on the way must have said, in order.
    """

    zip_code: str = ""
    picks: str = ""
    shows: str = ""
    mistypes: bool = False
    taps: bool = False
    books: str = ""
    reads: tuple[str, ...] = ()

    def asides(self) -> Iterator[str]:
        """Yield what a reader of the tale should know of the pages, which no transcript holds."""
        if self.reads:
            yield "On the page: " + " … ".join(f"“{words}”" for words in self.reads)


NO_FORM = OnPage()


@dataclass(frozen=True, slots=True)
class Caller:
    """Somebody else, whom the page rings before the tale's own supporter: what they do, and the right end.

    `talks_on`: the tale's supporter calls while this one still has the office on the line; otherwise afterwards.
    """

    name: str
    language: str
    script: tuple[Move, ...]
    ends: str
    counted: tuple[str, ...] = ()
    talks_on: bool = False


@dataclass(frozen=True, slots=True)
class Tale:
    """One supporter's call. `lines` are the campaign's first offices, in calling order, and `caps` what they bear.

    A program of the page's asks for the ring, or the supporter by the page's own forms (`page`). With `dials` they
    call us instead, and the script begins with the answer.
    `before` are others who called before.

    `ends` is the call's state as the API names it (None for a caller whom the app turned away at once);
    `counted` the outcomes in the ledger, one per line dialled; `heard` words that the supporter must have
    heard, in order; `shows_own` whose number the offices' displays must have shown (None: either). `refused` is
    the code with which the same phone's next wish to be rung must be refused, if it must. `rests` is why the
    first office's first line must be in quarantine afterwards; None: it must not.
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
    page: OnPage = NO_FORM
    before: tuple[Caller, ...] = ()
    caps: Caps = PATIENT
    shows_own: bool | None = None
    rests: str | None = None

    @property
    def facts(self) -> tuple[str, ...]:
        """What was right beside end and ledger, in words."""
        said = {
            "asked again: refused": bool(self.refused),
            "the office saw the supporter’s own number": self.shows_own is True,
            "the offices saw our number": self.shows_own is False,
            "the first line rests until somebody verifies it": bool(self.rests),
        }
        return tuple(words for words, is_so in said.items() if is_so)

    @property
    def offices(self) -> tuple[tuple[Line, ...], ...]:
        """The lines of each office."""
        return tuple(lines if isinstance(lines, tuple) else (lines,) for lines in self.lines)

    @property
    def wanted(self) -> Wanted:
        """What the offices must be like for this tale; tales of few lines want the same, so that none waits."""
        counts = [len(lines) for lines in self.offices]
        return Wanted((*counts, *[1] * (FIRST_OFFICES - len(counts))), self.caps, ELSEWHERE)
