"""A campaign paused, resumed or ended by a person: the one road, for the command line and the staff's pages.

Promises: a pause is never lost to somebody else's change of the same campaign, whose words stay; who did it is on
record. Nothing is begun later than ten seconds after it is written: whoever sends keeps a campaign in memory for five
at most. Refuses to know why.
"""

from dataclasses import replace
from datetime import datetime

from chalicelib.adapters.audit import Entry, record
from chalicelib.adapters.catalog import Catalog, Overtaken
from chalicelib.domain.campaign import MOVES, Campaign, Status

TRIES = 5
"""Lost races until we give up: who wants a halt must get it."""
ON_RECORD: dict[Status, str] = {
    Status.PAUSED: "campaign paused",
    Status.LIVE: "campaign resumed",
    Status.ENDED: "campaign ended",
}


class NotMoved(Exception):
    """A campaign can't go there from where it is. Nothing was written."""

    def __init__(self, was: Status, to: Status) -> None:
        """Remember where it is and where it was to go."""
        super().__init__(f"a campaign that is {was} can't be {to}")
        self.was, self.to = was, to


def move(catalog: Catalog, slug: str, to: Status, who: str, now: datetime) -> Campaign | None:
    """Pause, resume or end a campaign, as it is in the table by now; return it, or None where there is none.

    One that is there already is left as it is, and nothing is put on record. A draft is launched by two people, not
    by this.

    Raises:
        NotMoved: it can't go there from where it is.
        Overtaken: somebody else changed it again and again.
    """
    for left in reversed(range(TRIES)):
        before = catalog.campaign(slug)
        if before is None or before.status is to:
            return before
        if before.status is Status.DRAFT or to not in MOVES[before.status]:
            raise NotMoved(before.status, to)
        try:
            after = catalog.apply(replace(before, status=to), now)
        except Overtaken:
            if not left:
                raise
        else:
            record(catalog.table, Entry(who, ON_RECORD[to], slug, now, {"revision": str(after.revision)}))
            return after
    return None
