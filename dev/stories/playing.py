"""Plays a tale on a running stack.

Promises a phone of its own for every call, 555-01xx in a real area code, so that tales can be played again
and beside each other. What is right is `judging`'s to say.
"""

import random
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from chalicelib.runtime import CAMPAIGN_SECONDS
from dev.stories.furnishing import Furnished
from dev.stories.judging import (
    Leg,
    Played,
    Telling,
    broken_off,
    differs,
    unheard,
    unlike,
    unread,
    unrefused,
    unshown,
)
from dev.stories.site import USUAL, Site
from dev.stories.tale import NO_FORM, Caller, DialsIn, Line, OnPage, Tale
from dev.stories.visiting import Visit, typed, visited

# fmt: off
AREA_CODES = (
    201, 206, 212, 213, 214, 215, 303, 305, 312, 313, 314, 317, 401, 402, 405, 412, 414, 415, 419, 434,
    501, 502, 503, 504, 505, 512, 513, 515, 601, 602, 603, 608, 612, 614, 615, 617, 619, 701, 702, 703, 713, 716,
    801, 802, 803, 804, 808, 813, 816, 901, 904, 907, 912, 914, 915, 916, 919, 956,
)
# fmt: on
"""Of supporters. 202 and 404 are not among them: the made-up lines of offices and our own number have those."""
TRIES = 40
POLL_SECONDS = 0.25
PATIENCE = 120.0
"""Seconds of real time for one call. At 20 times the speed the longest takes about ten."""
FORGOTTEN = CAMPAIGN_SECONDS + 1.0
"""Seconds of real time after which the app reads a changed campaign anew."""
UNDECIDED, CONNECTED = "question", "connected"
ACCEPTED = 202

Wait = Callable[[float], None]


@dataclass(frozen=True, slots=True)
class Begun:
    """A call that was asked for: the phone, our id of it (none: turned away), and the phone world's once it rings."""

    phone: str
    call_id: str
    sid: str | None = None


@dataclass(frozen=True, slots=True)
class Scene:
    """Where a tale is played: the stack, the lines its offices have, and how to wait.

    `wait` sleeps some seconds, or raises when somebody wants to stop.
    """

    site: Site
    offices: Sequence[Furnished]
    wait: Wait

    def until(self, is_so: Callable[[], bool]) -> None:
        """Wait until something is so, at most for PATIENCE: whoever judges sees that it is not."""
        for _ in range(int(PATIENCE / POLL_SECONDS)):
            if is_so():
                return
            self.wait(POLL_SECONDS)

    def places(self) -> dict[str, str]:
        """Return where each office's lines are; whoever else the phone world knows, by name."""
        own = {number: place for office in self.offices for number, place in office.places().items()}
        return self.site.names() | own


def play(tale: Tale, scene: Scene) -> Telling:
    """Play a tale to its end, or to where the app or the phone world refuses to go on."""
    try:
        return _play(tale, scene)
    except ValueError as problem:
        return broken_off(tale, problem)


def _play(tale: Tale, scene: Scene) -> Telling:
    site = scene.site
    complaints = len(site.complaints())
    with site.answering(answers(tale, scene.offices)):
        begun = [begin(caller, scene) for caller in tale.before]
        played = called(tale, scene)
        before = tuple(ended(each, scene) for each in begun)
        refusal = site.tap(played.phone, tale.language) if tale.refused else None
    differences = [
        *unlike_others(tale.before, before),
        *unlike(tale, played),
        *differs("the phone rang", 0 if tale.dials else 1, played.rings),
        *unread(tale.page.reads, played.read),
        *unheard(tale.heard, played.transcript),
        *unshown(tale.shows_own, played, site.our_number()),
        *differs("the first line rests for", tale.rests, site.quarantine(scene.offices[0])),
        *differs("wrong Twilio spoken", [], site.complaints()[complaints:]),
        *unrefused(tale.refused, refusal),
    ]
    texts = site.texts(played.phone) if tale.page != NO_FORM else ()
    asides = (*tale.page.asides(), *(f"By text: “{body}”" for body in texts))
    return Telling(tale, played, site.names(), tuple(differences), before, asides, tale.facts)


def called(tale: Tale, scene: Scene) -> Played:
    """Let the supporter call us, or ask for a ring by the page's forms or as a program does; to the call's end."""
    if tale.dials:
        return dialled(tale, tale.dials, scene)
    if tale.page != NO_FORM:
        return on_page(tale, scene)
    return ended(tapped(tale, scene.site), scene)


def unlike_others(callers: Sequence[Caller], played: Sequence[Played]) -> list[str]:
    """Say how the calls of those who called before differ from the wished ones."""
    pairs = zip(callers, played, strict=True)
    return [words for caller, call in pairs for words in unlike(caller, call, whose=f"{caller.name}: ")]


def answers(tale: Tale, offices: Sequence[Furnished]) -> dict[str, Line]:
    """Return how each line answers: as the tale says, office by office and line by line; as usual otherwise."""
    found = {number: USUAL for office in offices for number in office.numbers}
    for office, lines in zip(offices, tale.offices, strict=False):
        found.update(zip(office.numbers, lines, strict=False))
    return found


def begin(caller: Caller, scene: Scene) -> Begun:
    """Ring somebody who calls before; return when their call is over, or when an office talks with them."""
    begun = tapped(caller, scene.site)
    if caller.talks_on:
        scene.until(lambda: scene.site.call(begun.call_id).get("state") == CONNECTED)
    else:
        settled(begun.call_id, scene)
    return begun


def ended(begun: Begun, scene: Scene) -> Played:
    """Wait until nothing about a call changes any more, and return what there is to judge."""
    view = settled(begun.call_id, scene)
    legs = scene.site.legs_to(begun.phone)
    return _played(replace(begun, sid=legs[0]["sid"] if legs else None), view, scene)


def on_page(tale: Tale, scene: Scene) -> Played:
    """Let the supporter ask for the call on the page, and wait until nothing changes any more.

    They type in the code if one is texted.
    """
    site = scene.site
    phone = new_phone(site)
    site.add_supporter(phone, tale.name, tale.script)
    visit = visited(site.opens, site.page(tale.language), phone, tale.page)
    if visit.asks_code:
        visit = proved(visit, site, phone, tale.page)
    return replace(ended(Begun(phone, visit.id), scene), read=visit.read)


def proved(visit: Visit, site: Site, phone: str, wish: OnPage) -> Visit:
    """Type in the code that was texted to the phone, after a wrong one if they mistype."""
    code = site.code(phone)
    if wish.mistypes:
        visit = typed(site.opens, visit, str((int(code) + 1) % 10 ** len(code)).zfill(len(code)))
    return typed(site.opens, visit, code)


def dialled(tale: Tale, dials: DialsIn, scene: Scene) -> Played:
    """Let the supporter call us, and wait until the call is over and nothing changes any more.

    A caller whom the app turns away at once has no call of ours: then the view is empty.
    """
    site = scene.site
    phone = new_phone(site)
    site.add_supporter(phone, tale.name, ())
    link, read = dials.link(site, tale.language), ""
    if tale.page != NO_FORM:
        visit = visited(site.opens, site.page(tale.language), phone, tale.page)
        link, read = visit.dials, visit.read
    sid = site.call_in(phone, link, tale.script, hides=dials.hides)
    scene.until(lambda: site.leg(sid)["ended"] is not None)
    call_id = site.call_id_of(sid)
    view = settled(call_id, scene) if call_id else {}
    return replace(_played(Begun(phone, call_id or "", sid), view, scene), read=read)


def tapped(caller: Caller | Tale, site: Site) -> Begun:
    """Ask for a call with a new phone; return it and the call's id. A phone that pressed 9 once is left."""
    for phone in phones():
        if site.legs_to(phone):
            continue
        site.add_supporter(phone, caller.name, caller.script)
        status, answer = site.tap(phone, caller.language)
        if status == ACCEPTED:
            return Begun(phone, str(answer["id"]))
        if answer.get("error", {}).get("code") != "phone_not_called":
            raise ValueError(f"the app answered {status}: {answer}")
    raise ValueError(f"{TRIES} phones in a row were refused: make reset forgets who pressed 9.")


def new_phone(site: Site) -> str:
    """Return a phone that was never rung here. Raises ValueError when all that were tried have been."""
    for phone in phones():
        if not site.legs_to(phone):
            return phone
    raise ValueError(f"{TRIES} phones in a row had been rung before: make reset forgets them.")


def phones() -> Iterator[str]:
    """Yield made-up phones: 555-01xx is nobody's, in any area code."""
    for _ in range(TRIES):
        yield f"+1{random.choice(AREA_CODES)}55501{random.randrange(100):02}"  # noqa: S311 - not a secret


def settled(call_id: str, scene: Scene) -> dict[str, Any]:
    """Wait until nothing about a call changes any more; return how it is then, at the latest after PATIENCE."""

    def is_settled() -> bool:
        view = scene.site.call(call_id)
        return not view.get("changing") and view.get("state") != UNDECIDED

    scene.until(is_settled)
    return scene.site.call(call_id)


# Strictly private.


def _played(begun: Begun, view: Mapping[str, Any], scene: Scene) -> Played:
    site, phone, call_id, sid = scene.site, begun.phone, begun.call_id, begun.sid
    return Played(
        phone=phone,
        view=view,
        rings=len(site.legs_to(phone)),
        counted=tuple(action.outcome.value for action in site.actions(call_id)) if call_id else (),
        legs=tuple(_legs(sid, scene)) if sid else (),
        transcript=site.transcript(sid) if sid else [],
    )


def _legs(sid: str, scene: Scene) -> Iterator[Leg]:
    places = scene.places()
    for leg in scene.site.children(sid):
        number = str(leg["to"])
        yield Leg(places.get(number, number), None if leg["rang"] is None else leg["from_"])
