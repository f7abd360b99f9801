"""Two people launch a campaign: the second is another one, and both signed the same words."""

import pytest

from chalicelib.domain.campaign import Status
from chalicelib.domain.launching import NotLaunched, Signature, why_not
from tests.values import NOW, campaign

DRAFT = campaign(status=Status.DRAFT, revision=3)
DANA = Signature(DRAFT.slug, 3, "dana", NOW)


def test_the_second_person_launches() -> None:
    assert why_not(DRAFT, DANA, "luis", 3) is None


def test_one_person_alone_does_not() -> None:
    assert why_not(DRAFT, None, "dana", 3) is NotLaunched.NEEDS_SECOND_PERSON


@pytest.mark.parametrize("name", ["dana", "Dana", " DANA "])
def test_nobody_is_the_second_of_themselves(name: str) -> None:
    assert why_not(DRAFT, DANA, name, 3) is NotLaunched.SAME_PERSON


def test_a_change_after_the_first_signature_takes_it_along() -> None:
    assert (
        why_not(campaign(status=Status.DRAFT, revision=4), DANA, "luis", 4) is NotLaunched.NEEDS_SECOND_PERSON
    )


def test_who_looked_at_older_words_signs_nothing() -> None:
    assert why_not(DRAFT, DANA, "luis", 2) is NotLaunched.CHANGED


@pytest.mark.parametrize("status", [Status.LIVE, Status.PAUSED, Status.ENDED])
def test_only_a_draft_is_launched(status: Status) -> None:
    assert why_not(campaign(status=status, revision=3), DANA, "luis", 3) is NotLaunched.NOT_A_DRAFT
