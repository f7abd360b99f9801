"""A campaign goes live when two people have said so, of the very same words. Knows no page and no table.

Promises: nobody is the second of themselves, however they write their name; what was changed after the first person
signed takes their signature with it, for they signed something else.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from chalicelib.domain.campaign import Campaign, Status


@dataclass(frozen=True, slots=True)
class Signature:
    """One person's word that a campaign, as it was at `revision`, may go live."""

    slug: str
    revision: int
    by: str
    at: datetime


class NotLaunched(StrEnum):
    """Why a campaign is not live yet."""

    NOT_A_DRAFT = "not_a_draft"
    CHANGED = "changed"
    NEEDS_SECOND_PERSON = "needs_second_person"
    SAME_PERSON = "same_person"


def standing(first: Signature | None, campaign: Campaign) -> Signature | None:
    """Return the first person's signature, if it still holds for the campaign as it is."""
    return first if first and first.revision == campaign.revision else None


def why_not(campaign: Campaign, first: Signature | None, person: str, seen: int) -> NotLaunched | None:
    """Return why this person's word, at the revision `seen`, does not launch the campaign; None: it does."""
    if campaign.status is not Status.DRAFT:
        return NotLaunched.NOT_A_DRAFT
    if campaign.revision != seen:
        return NotLaunched.CHANGED
    holds = standing(first, campaign)
    if holds is None:
        return NotLaunched.NEEDS_SECOND_PERSON
    return NotLaunched.SAME_PERSON if is_same(holds.by, person) else None


def is_same(one: str, other: str) -> bool:
    """Whether two usernames are one person's."""
    return " ".join(one.split()).casefold() == " ".join(other.split()).casefold()
