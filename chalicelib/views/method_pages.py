"""How we count, in plain words, with a campaign's figures of now: what each way of ending is, and whether it counts.

Promises what `pages` promises. It says of a campaign that has ended what it says of one that runs.
"""

from chalice.app import Blueprint, Response

from chalicelib.domain import outcomes
from chalicelib.domain.counts import ARRIVED, AnyOutcome, Channel, LetterOutcome, Outcome, Tally
from chalicelib.runtime import runtime
from chalicelib.views import tap, visits
from chalicelib.views.rendering import SHARED
from chalicelib.views.visits import page_reply

method_pages = Blueprint(__name__)

Row = tuple[str, int, bool]
"""An outcome, how many acts it has now, and whether they count."""


@method_pages.route("/c/{slug}/method", methods=["GET"])
@page_reply
def method_page(slug: str) -> Response:
    """What counts and what doesn't, how we know, and how the sum is proved."""
    campaign = tap.campaign(slug)
    sums = runtime().store.sums(slug)
    return visits.page(
        "method.html",
        SHARED,
        campaign=campaign,
        reached=sum(tally.reached for tally in sums.values()),
        calls=_rows(sums[Channel.CALLS], Outcome),
        letters=_rows(sums[Channel.LETTERS], LetterOutcome),
        least_talk=outcomes.LEAST_TALK,
        least_message=outcomes.LEAST_MESSAGE,
    )


def _rows(tally: Tally, every: type[Outcome] | type[LetterOutcome]) -> list[Row]:
    """Each outcome; those that count first."""
    found: list[AnyOutcome] = sorted(every, key=lambda outcome: outcome not in ARRIVED)
    return [(outcome.value, tally.outcomes.get(outcome, 0), outcome in ARRIVED) for outcome in found]
