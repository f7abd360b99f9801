"""Which programme a text is for, where a number of ours serves several: the one it names, else the nearest."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime

from chalicelib.domain.inbound_texts import Classified
from chalicelib.domain.subscriber import State, Subscriber

NEARNESS = {
    State.PENDING: 3,
    State.HELD: 2,
    State.SUBSCRIBED: 2,
    State.STOPPED: 1,
    State.INVALID: 0,
    State.UNKNOWN: 0,
}
"""A question of ours is answered before anything else is meant; whoever gets alerts speaks of those."""
LONG_AGO = datetime.min.replace(tzinfo=UTC)


def addressed(read: Classified, programmes: Sequence[str], known: Mapping[str, Subscriber]) -> str:
    """Return the programme a text is for. `programmes` are those of the number it came to, the likeliest first.

    A keyword names its own. Anything else goes to the programme they are nearest to, of several alike to the one
    in which something happened last, or which they joined last where one stop was told to all; and to the first
    where they are with none.
    """
    if read.keyword and read.keyword.programme in programmes:
        return read.keyword.programme
    with_them = [known[each] for each in programmes if each in known]
    nearest = max(with_them, key=_nearness, default=None)
    return nearest.programme if nearest and NEARNESS[nearest.state] else programmes[0]


def _nearness(subscriber: Subscriber) -> tuple[int, datetime, datetime]:
    return NEARNESS[subscriber.state], subscriber.changed_at or LONG_AGO, subscriber.joined_at or LONG_AGO
