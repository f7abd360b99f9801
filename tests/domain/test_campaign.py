"""A campaign's rules: where it may go, which lines may be dialled, in which order."""

from dataclasses import replace
from datetime import date, timedelta
from itertools import product

import pytest

from chalicelib.domain.campaign import Recording, Status, calling_order, may_move
from chalicelib.domain.office import VERIFICATION_DAYS, Line, dialable, may_dial
from chalicelib.domain.prompt_ids import PromptId
from chalicelib.domain.words import Language
from tests.values import ATLANTA, CAMPAIGN, NEW_YORK, WASHINGTON, unverified

TODAY = date(2026, 11, 24)
NUMBER = "+14045550190"

MOVES = {
    (None, Status.DRAFT),
    (None, Status.LIVE),
    (Status.DRAFT, Status.LIVE),
    (Status.LIVE, Status.PAUSED),
    (Status.PAUSED, Status.LIVE),
    (Status.PAUSED, Status.ENDED),
}


@pytest.mark.parametrize(("before", "after"), list(product([None, *Status], Status)))
def test_a_campaign_goes_only_where_the_design_says(before: Status | None, after: Status) -> None:
    assert may_move(before, after) is ((before, after) in MOVES or before is after)


def test_only_a_live_campaign_connects_anybody() -> None:
    live = [status for status in Status if replace(CAMPAIGN, status=status).is_live]

    assert live == [Status.LIVE]


@pytest.mark.parametrize(
    ("line", "is_dialled"),
    [
        (Line(NUMBER), False),
        (Line(NUMBER, callable=True), False),
        (Line(NUMBER, callable=False, verified_on=TODAY), False),
        (Line(NUMBER, callable=True, verified_on=TODAY), True),
        (Line(NUMBER, callable=True, verified_on=TODAY - timedelta(days=VERIFICATION_DAYS)), True),
        (Line(NUMBER, callable=True, verified_on=TODAY - timedelta(days=VERIFICATION_DAYS + 1)), False),
        (Line(NUMBER, callable=True, verified_on=TODAY - timedelta(days=8), good_days=7), False),
        (Line(NUMBER, callable=True, verified_on=TODAY, quarantined="three wrong numbers"), False),
    ],
)
def test_a_line_is_dialled_only_when_a_person_verified_it_lately(line: Line, *, is_dialled: bool) -> None:
    assert may_dial(line, TODAY) is is_dialled


def test_the_lines_that_may_be_dialled_stay_in_the_offices_order() -> None:
    second = Line("+14045550191", callable=True, verified_on=TODAY)
    third = Line("+14045550192", callable=True, verified_on=TODAY)

    assert dialable(replace(ATLANTA, lines=(Line(NUMBER), second, third)), TODAY) == (second, third)
    assert dialable(replace(ATLANTA, lines=(Line(NUMBER),)), TODAY) == ()
    assert dialable(replace(ATLANTA, lines=()), TODAY) == ()


def test_offices_are_called_in_the_campaigns_order_without_those_nobody_verified() -> None:
    campaign = replace(CAMPAIGN, offices=(NEW_YORK, unverified(WASHINGTON), ATLANTA))

    assert calling_order(campaign, TODAY) == ("ero-nyc", "ero-atl")


def test_an_office_is_found_by_its_id_as_long_as_the_campaign_has_it() -> None:
    assert CAMPAIGN.office("ero-was") is WASHINGTON
    assert CAMPAIGN.office("ero-chi") is None


def test_a_recording_replaces_one_prompt_in_one_language() -> None:
    campaign = replace(CAMPAIGN, recordings=(Recording(PromptId.HELLO, Language.ES, "/hello-es.mp3"),))

    assert campaign.recording(PromptId.HELLO, Language.ES) == "/hello-es.mp3"
    assert campaign.recording(PromptId.HELLO, Language.EN) is None
    assert campaign.recording(PromptId.MENU, Language.ES) is None
