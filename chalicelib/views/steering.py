"""How staff change a campaign from the console: launch, pause, resume, end, words and caps. One road for each.

Promises: a campaign is written whole, as `patchthrough campaign apply` writes it, and never over somebody else's newer
change; what was done is on record with who did it and what it changed. Refuses to know pages.
"""

from collections.abc import Sequence
from dataclasses import replace

from chalicelib.adapters import audit
from chalicelib.adapters.audit import Entry
from chalicelib.adapters.campaign_moves import move
from chalicelib.adapters.launches import Launches
from chalicelib.domain.campaign import Campaign, Status
from chalicelib.domain.campaign_changes import Change, changes
from chalicelib.domain.launching import NotLaunched, Signature, why_not
from chalicelib.domain.refusals import Code, Refusal
from chalicelib.domain.staff import Person
from chalicelib.runtime import runtime


def campaign_named(slug: str) -> Campaign:
    """Return a campaign as it is now, not as it was some seconds ago.

    Raises:
        Refusal: there is none by that name.
    """
    found = runtime().catalog.campaign(slug)
    if found is None:
        raise Refusal(Code.NOT_FOUND)
    return found


def moved(slug: str, to: Status, person: Person) -> Campaign:
    """Pause, resume or end a campaign by the one road (`adapters/campaign_moves`), and return it.

    Raises:
        Refusal: there is none by that name.
        NotMoved: from where it is, it can't go there.
        Overtaken: others changed it again and again.
    """
    r = runtime()
    found = move(r.catalog, slug, to, person.username, r.now())
    if found is None:
        raise Refusal(Code.NOT_FOUND)
    return found


def launched(slug: str, seen: int, person: Person) -> NotLaunched | None:
    """Take one person's word that a campaign, as it was at revision `seen`, may go live; the second one launches it.

    Returns why it isn't live yet; None: it is, by this very press.

    Raises:
        Refusal: there is none by that name.
        Overtaken: somebody else changed it while this was decided.
    """
    found, launches = campaign_named(slug), Launches(runtime().catalog.table)
    first = launches.first(slug)
    problem = why_not(found, first, person.username, seen)
    if problem is NotLaunched.NEEDS_SECOND_PERSON:
        launches.sign(Signature(slug, found.revision, person.username, runtime().now()))
        _record(person, "campaign launch signed by the first of two", slug, revision=str(found.revision))
    if problem or first is None:
        return problem
    _written(replace(found, status=Status.LIVE), person, "campaign launched", first=first.by)
    return None


def saved(before: Campaign, after: Campaign, person: Person) -> tuple[Change, ...]:
    """Write a campaign's new words and caps, and return what changed; without a change nothing is written.

    Raises:
        Overtaken: `before` is not what is there any more.
    """
    found = changes(before, after)
    if found:
        _written(after, person, "campaign edited", parts=_parts(found))
    return found


def _parts(found: Sequence[Change]) -> str:
    """The parts that changed, by name: what they say now is in the campaign itself."""
    return ", ".join(dict.fromkeys(change.part for change in found))


def _written(after: Campaign, person: Person, what: str, **facts: str) -> Campaign:
    r = runtime()
    written = r.catalog.apply(after, r.now())
    _record(person, what, after.slug, revision=str(written.revision), **facts)
    return written


def _record(person: Person, what: str, slug: str, **facts: str) -> None:
    r = runtime()
    audit.record(r.catalog.table, Entry(person.username, what, slug, r.now(), facts))
