"""What the gauges show: figures of how things stand now, each of which should be 0, or less than a hundred percent."""

from collections.abc import Iterable
from datetime import datetime

from chalicelib.domain.call import CallSession, Stage
from chalicelib.domain.campaign import Campaign
from chalicelib.domain.counts import Tally
from chalicelib.domain.reconciling import GRACE


def is_unknown(session: CallSession, now: datetime) -> bool:
    """Whether nobody knows if Twilio placed this call: no clear answer, or its worker was killed on the way."""
    match session.stage:
        case Stage.UNKNOWN:
            return session.call_sid is None
        case Stage.PLACING:
            return session.call_sid is None and now - session.changed_at > GRACE
    return False


def lines_down(campaigns: Iterable[Campaign]) -> int:
    """Return how many lines of these campaigns rest until a person verifies them anew, each line once."""
    return len({
        line.number
        for campaign in campaigns
        for office in (*campaign.offices, *campaign.elsewhere)
        for line in office.lines
        if line.quarantined is not None
    })  # fmt: skip


def apart(tally: Tally) -> int:
    """Return how far a sum is from its own parts: 0, or it was changed by something else than a count."""
    return abs(tally.tally - sum(tally.outcomes.values()))
