"""How offices and lines stand, as staff see it."""

from dataclasses import replace
from datetime import timedelta

import pytest

from chalicelib.domain.office import Line, Mailbox
from chalicelib.domain.office_health import (
    Health,
    Seen,
    Standing,
    line_seen,
    mailbox_seen,
    needing_eyes,
    standing,
)
from tests.values import NOW, campaign

TODAY = NOW.date()
GOOD = Line("+14045550123", callable=True, verified_on=TODAY, good_days=30)


@pytest.mark.parametrize(
    ("line", "seen"),
    [
        (GOOD, Seen(Health.GOOD, 30)),
        (replace(GOOD, verified_on=TODAY - timedelta(days=22)), Seen(Health.GOOD, 8)),
        (replace(GOOD, verified_on=TODAY - timedelta(days=23)), Seen(Health.ENDS_SOON, 7)),
        (replace(GOOD, verified_on=TODAY - timedelta(days=30)), Seen(Health.ENDS_SOON, 0)),
        (replace(GOOD, verified_on=TODAY - timedelta(days=31)), Seen(Health.ENDED, -1)),
        (replace(GOOD, verified_on=None), Seen(Health.UNSEEN)),
        (replace(GOOD, quarantined="wrong number"), Seen(Health.RESTS)),
        (replace(GOOD, callable=False), Seen(Health.NEVER)),
    ],
)
def test_a_line_stands_as_its_verification_does(line: Line, seen: Seen) -> None:
    assert line_seen(line, TODAY) == seen


def test_a_mailbox_stands_alike() -> None:
    box = Mailbox("atlanta@example.gov", verified_on=TODAY - timedelta(days=31), good_days=30)

    assert mailbox_seen(box, TODAY) == Seen(Health.ENDED, -1)
    assert mailbox_seen(replace(box, verified_on=None), TODAY) == Seen(Health.UNSEEN)


def test_an_office_without_a_line_that_may_be_dialed_is_out_whatever_its_hours() -> None:
    fine = replace(campaign().offices[0], lines=(GOOD,))
    at_night = NOW.replace(hour=5)

    assert standing(fine, NOW) is Standing.OPEN
    assert standing(fine, at_night) is Standing.CLOSED
    assert standing(replace(fine, lines=(replace(GOOD, quarantined="wrong number"),)), NOW) is Standing.OUT
    assert standing(replace(fine, lines=()), NOW) is Standing.OUT


def test_an_office_needs_eyes_when_one_of_its_lines_does() -> None:
    fine = replace(campaign().offices[0], lines=(GOOD,))
    tired = replace(fine, lines=(GOOD, replace(GOOD, quarantined="wrong number")))
    never = replace(fine, lines=(replace(GOOD, callable=False),))

    assert needing_eyes([fine, tired, never], TODAY) == (tired,)
