"""What came of a tale, and what differs from how it must end.

Refuses to judge by words alone: the call's state, the ledger, the number of rings, what the offices' displays
showed, which line rests and the phone world's complaints must all agree. Values only: no stack, no terminal.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

Json = Mapping[str, Any]


class Wished(Protocol):
    """A call as it must go: a tale's own, or that of somebody who called before."""

    @property
    def ends(self) -> str | None:
        """The state in which it ends."""

    @property
    def counted(self) -> tuple[str, ...]:
        """What the ledger has of it."""


class Told(Protocol):
    """What is printed of a tale, whichever kind it is."""

    @property
    def title(self) -> str:
        """What happens, in a line."""

    @property
    def name(self) -> str:
        """Whose call it is."""


@dataclass(frozen=True, slots=True)
class Leg:
    """One line of an office that was dialled: where, and whose number its display showed (None: it never rang)."""

    place: str
    shown: str | None


@dataclass(frozen=True, slots=True)
class Played:
    """What there is to judge of one call: its last view, how often the phone rang, the ledger, legs, transcript.

    `read` is what the pages on the way to it said.
    """

    phone: str
    view: Json
    rings: int
    counted: tuple[str, ...]
    legs: tuple[Leg, ...]
    transcript: Sequence[Json]
    read: str = ""

    @property
    def state(self) -> str | None:
        """How it ended; None for a caller who has no call of ours."""
        return self.view.get("state")


@dataclass(frozen=True, slots=True)
class Telling:
    """What came of a tale: the call, those before it, who is at each number, and every difference (none: all well).

    `asides` are sentences for the reader that no transcript holds; `facts` a few words each on what else is right.
    """

    tale: Told
    played: Played
    names: Mapping[str, str]
    differences: tuple[str, ...] = ()
    before: tuple[Played, ...] = ()
    asides: tuple[str, ...] = ()
    facts: tuple[str, ...] = ()

    @property
    def is_right(self) -> bool:
        """Whether it ended as it must."""
        return not self.differences


def broken_off(tale: Told, problem: ValueError) -> Telling:
    """A tale that could not be played to its end: what stood against it is the difference."""
    return Telling(tale, Played("", {}, 0, (), (), ()), {}, (str(problem),))


def differs(what: str, right: object, found: object) -> list[str]:
    """Say how something differs from what is right, or nothing."""
    return [] if right == found else [f"{what} {found}, not {right}"]


def unlike(wished: Wished, played: Played, whose: str = "") -> list[str]:
    """Say how a call's end and its lines in the ledger differ from the wished ones; `whose` call, if not the tale's."""
    return [
        *differs(f"{whose}it ended as", wished.ends, played.state),
        *differs(f"{whose}the ledger has", wished.counted, played.counted),
    ]


def unheard(words: Iterable[str], transcript: Sequence[Json]) -> list[str]:
    """Say which of these the supporter should have heard and did not, in that order."""
    said = " ".join(line["text"] for line in transcript if line["kind"] == "said")
    return [f"nobody said “{missing}” in its turn" for missing in _absent(words, said)]


def unread(words: Iterable[str], pages: str) -> list[str]:
    """Say which of these should have stood on the pages and did not, in that order."""
    return [f"no page said “{missing}” in its turn" for missing in _absent(words, pages)]


def _absent(words: Iterable[str], text: str) -> Iterator[str]:
    rest = text
    for wanted in words:
        _, found, after = rest.partition(wanted)
        rest = after if found else rest
        if not found:
            yield wanted


def unshown(shows_own: bool | None, played: Played, ours: str) -> list[str]:  # noqa: FBT001 - a tale's own field
    """Say which office's display showed another number than it must; None: any will do."""
    if shows_own is None:
        return []
    right, other = ("the supporter’s own", "ours") if shows_own else ("ours", "the supporter’s own")
    number = played.phone if shows_own else ours
    wrong = [leg.place for leg in played.legs if leg.shown not in {None, number}]
    none = [] if any(leg.shown for leg in played.legs) else ["no office’s display showed any number"]
    return none + [f"the display in {place} showed {other} number, not {right}" for place in wrong]


def unrefused(wanted: str | None, refusal: tuple[int, Json] | None) -> list[str]:
    """Say whether the next wish to be rung was not refused with this code as it must be."""
    if refusal is None:
        return []
    status, answer = refusal
    return differs("the next wish was answered", (400, wanted), (status, answer.get("error", {}).get("code")))
