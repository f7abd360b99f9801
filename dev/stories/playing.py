"""Plays a tale on a running stack, and says what differed from how it must end.

Promises a phone of its own for every call, 555-01xx in a real area code, so that tales can be played again
and beside each other. Refuses to judge by words alone: the call's state, the ledger, the number of rings
and the phone world's complaints must all agree.
"""

import contextlib
import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from chalicelib.runtime import CAMPAIGN_SECONDS
from dev.stories.site import Site
from dev.stories.tales import DialsIn, Line, Tale

# fmt: off
AREA_CODES = (
    201, 202, 206, 212, 213, 214, 215, 303, 305, 312, 313, 314, 317, 401, 402, 404, 405, 412, 414, 415, 419, 434,
    501, 502, 503, 504, 505, 512, 513, 515, 601, 602, 603, 608, 612, 614, 615, 617, 619, 701, 702, 703, 713, 716,
    801, 802, 803, 804, 808, 813, 816, 901, 904, 907, 912, 914, 915, 916, 919, 956,
)
# fmt: on
TRIES = 40
POLL_SECONDS = 0.25
PATIENCE = 120.0
"""Seconds of real time for one call. At 20 times the speed the longest takes about ten."""
FORGOTTEN = CAMPAIGN_SECONDS + 1.0
"""Seconds of real time after which the app reads a changed campaign anew."""
UNDECIDED = "question"

Wait = Callable[[float], None]


@dataclass(frozen=True, slots=True)
class Telling:
    """What came of a tale: the transcript, and every difference (none, if all is well)."""

    tale: Tale
    phone: str
    state: str
    counted: tuple[str, ...]
    number: int | None
    transcript: list[dict[str, Any]]
    names: dict[str, str]
    differences: tuple[str, ...] = field(default=())

    @property
    def is_right(self) -> bool:
        """Whether it ended as it must."""
        return not self.differences


@dataclass(frozen=True, slots=True)
class Played:
    """What there is to judge: the phone, the call's id and last view, its legs to the phone, its transcript."""

    phone: str
    call_id: str | None
    view: dict[str, Any]
    legs: list[dict[str, Any]]
    transcript: list[dict[str, Any]]


def play(tale: Tale, site: Site, wait: Wait) -> Telling:
    """Play a tale to its end. `wait` sleeps some seconds, or raises when somebody wants to stop."""
    complaints = len(site.complaints())
    offices = [lines if isinstance(lines, tuple) else (lines,) for lines in tale.lines]
    with (
        furnished(site, [len(lines) for lines in offices], wait) as numbers,
        site.answering(dict(answers(numbers, offices))),
    ):
        played = dialled(tale, tale.dials, site, wait) if tale.dials else rung(tale, site, wait)
        refusal = site.tap(played.phone, tale.language) if tale.refused else None
    counted = tuple(action.outcome.value for action in site.actions(played.call_id)) if played.call_id else ()
    differences = [
        *differs("it ended as", tale.ends, played.view.get("state")),
        *differs("the ledger has", tale.counted, counted),
        *differs("the phone rang", 0 if tale.dials else 1, len(played.legs)),
        *unheard(tale, played.transcript),
        *differs("wrong Twilio spoken", [], site.complaints()[complaints:]),
        *unrefused(tale, refusal),
    ]
    return Telling(
        tale, played.phone, str(played.view.get("state")), counted, played.view.get("number"), played.transcript,
        site.names(), tuple(differences),
    )  # fmt: skip


@contextlib.contextmanager
def furnished(site: Site, counts: Sequence[int], wait: Wait) -> Iterator[list[list[str]]]:
    """Yield the offices' numbers with the lines that a tale wants; wait until the app has forgotten the others."""
    changes = any(count > 1 for count in counts)
    with site.offices_with(counts) as numbers:
        if changes:
            wait(FORGOTTEN)
        yield numbers
    if changes:
        wait(FORGOTTEN)


def answers(
    numbers: Sequence[Sequence[str]], offices: Sequence[Sequence[Line]]
) -> Iterator[tuple[str, Line]]:
    """Yield each number with how it answers, office by office and line by line."""
    for own_numbers, lines in zip(numbers, offices, strict=False):
        yield from zip(own_numbers, lines, strict=False)


def rung(tale: Tale, site: Site, wait: Wait) -> Played:
    """Let the page ring the supporter, and wait until nothing changes any more."""
    phone, call_id = tapped(tale, site)
    view = settled(site, call_id, wait)
    legs = site.legs_to(phone)
    return Played(phone, call_id, view, legs, site.transcript(legs[0]["sid"]) if legs else [])


def dialled(tale: Tale, dials: DialsIn, site: Site, wait: Wait) -> Played:
    """Let the supporter call us, and wait until the call is over and nothing changes any more.

    A caller whom the app turns away at once has no call of ours: then the view is empty.
    """
    phone = next(phone for phone in phones() if not site.legs_to(phone))
    site.add_supporter(phone, tale.name, ())
    sid = site.call_in(phone, dials.link(site, tale.language), tale.script, hides=dials.hides)
    for _ in range(int(PATIENCE / POLL_SECONDS)):
        if site.leg(sid)["ended"] is not None:
            break
        wait(POLL_SECONDS)
    call_id = site.call_id_of(sid)
    view = settled(site, call_id, wait) if call_id else {}
    return Played(phone, call_id, view, site.legs_to(phone), site.transcript(sid))


def tapped(tale: Tale, site: Site) -> tuple[str, str]:
    """Ask for a call with a new phone; return it and the call's id. A phone that pressed 9 once is left."""
    for phone in phones():
        if site.legs_to(phone):
            continue
        site.add_supporter(phone, tale.name, tale.script)
        status, answer = site.tap(phone, tale.language)
        if status == 202:  # noqa: PLR2004 - HTTP's own
            return phone, str(answer["id"])
        if answer.get("error", {}).get("code") != "phone_not_called":
            raise ValueError(f"the app answered {status}: {answer}")
    raise ValueError(f"{TRIES} phones in a row were refused: make reset forgets who pressed 9.")


def phones() -> Iterator[str]:
    """Yield made-up phones: 555-01xx is nobody's, in any area code."""
    for _ in range(TRIES):
        yield f"+1{random.choice(AREA_CODES)}55501{random.randrange(100):02}"  # noqa: S311 - not a secret


def settled(site: Site, call_id: str, wait: Wait) -> dict[str, Any]:
    """Wait until nothing about a call changes any more; return how it is then, at the latest after PATIENCE."""
    view = site.call(call_id)
    for _ in range(int(PATIENCE / POLL_SECONDS)):
        if not view.get("changing") and view.get("state") != UNDECIDED:
            break
        wait(POLL_SECONDS)
        view = site.call(call_id)
    return view


def differs(what: str, right: object, found: object) -> list[str]:
    """Say how something differs from what is right, or nothing."""
    return [] if right == found else [f"{what} {found}, not {right}"]


def unheard(tale: Tale, transcript: list[dict[str, Any]]) -> list[str]:
    """Say which words the supporter should have heard and did not, in that order."""
    said = " ".join(line["text"] for line in transcript if line["kind"] == "said")
    missing, rest = [], said
    for words in tale.heard:
        before, found, after = rest.partition(words)
        rest = after if found else before
        if not found:
            missing.append(f"nobody said “{words}” in its turn")
    return missing


def unrefused(tale: Tale, refusal: tuple[int, dict[str, Any]] | None) -> list[str]:
    """Say whether the next wish to be rung was not refused as it must be."""
    if refusal is None:
        return []
    status, answer = refusal
    return differs(
        "the next wish was answered", (400, tale.refused), (status, answer.get("error", {}).get("code"))
    )
