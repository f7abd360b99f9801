"""Plays a tale on a running stack, and says what differed from how it must end.

Promises a phone of its own for every call, 555-01xx in a real area code, so that tales can be played again
and beside each other. Refuses to judge by words alone: the call's state, the ledger, the number of rings
and the phone world's complaints must all agree.
"""

import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

from dev.stories.site import Site
from dev.stories.tales import Tale

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


def play(tale: Tale, site: Site, wait: Wait) -> Telling:
    """Play a tale to its end. `wait` sleeps some seconds, or raises when somebody wants to stop."""
    complaints = len(site.complaints())
    numbers = site.numbers()
    with site.answering(dict(zip(numbers, tale.lines, strict=False))):
        phone, call_id = tapped(tale, site)
        view = settled(site, call_id, wait)
        refusal = site.tap(phone, tale.language) if tale.refused else None
    legs = site.legs_to(phone)
    transcript = site.transcript(legs[0]["sid"]) if legs else []
    counted = tuple(action.outcome.value for action in site.actions(call_id))
    differences = [
        *differs("it ended as", tale.ends, view.get("state")),
        *differs("the ledger has", tale.counted, counted),
        *differs("the phone rang", 1, len(legs)),
        *unheard(tale, transcript),
        *differs("wrong Twilio spoken", [], site.complaints()[complaints:]),
        *unrefused(tale, refusal),
    ]
    return Telling(
        tale, phone, str(view.get("state")), counted, view.get("number"), transcript, site.names(),
        tuple(differences),
    )  # fmt: skip


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
