"""What people on our side decide about a letter, by the road that every letter takes.

A letter that somebody let go leaves at its office's pace like any other; what staff decide is counted and told the
writer as what a worker does.
"""

from chalicelib.domain.letter import Letter
from chalicelib.domain.letter_events import Denied, Erased, Event, Held, Released
from chalicelib.runtime import runtime
from chalicelib.views.letter_committing import happened, turned
from chalicelib.views.posting import next_turn


def release(letter_id: str) -> Letter:
    """Let a held letter go, at its office's next turn.

    Raises:
        Refusal: LETTER_GONE.
        GaveUp: five lost races in a row.
    """
    return turned([letter_id], _released)[0]


def deny(letter_id: str) -> Letter:
    """Let a held letter not go; its writer is told. Raises as `release`."""
    return happened(letter_id, Denied())


def hold(letter_id: str) -> Letter:
    """Have a person look at a letter before it leaves. Raises as `release`."""
    return happened(letter_id, Held())


def forget(letter_id: str) -> Letter:
    """Forget a letter's writer and their words; one that has not left does not leave. Raises as `release`."""
    return happened(letter_id, Erased())


def _released(letter: Letter) -> Event:
    r = runtime()
    campaign = r.campaign(letter.campaign)
    office = campaign.office(letter.office) if campaign else None
    return Released(next_turn(office, campaign) if office and campaign else r.now())
