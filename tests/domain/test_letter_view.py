"""What a letter's writer sees of it, for every letter there can be."""

from dataclasses import replace
from datetime import timedelta

import pytest

from chalicelib.domain.campaign import Status as CampaignStatus
from chalicelib.domain.letter import Letter, State
from chalicelib.domain.letter_events import TakenBack
from chalicelib.domain.letter_machine import advance
from chalicelib.domain.letter_moves import Moment
from chalicelib.domain.letter_view import LIVELY, OPEN, TEXT_BACK, as_json, seen
from chalicelib.domain.letter_view import State as Seen
from tests.domain.letter_space import every_letter, letter
from tests.letter_states import LETTERS
from tests.values import NOW

EVERY = [*every_letter(), *LETTERS.values()]


@pytest.mark.parametrize("campaign", [CampaignStatus.LIVE, CampaignStatus.PAUSED, CampaignStatus.ENDED])
def test_every_letter_there_can_be_has_its_words(campaign: CampaignStatus) -> None:
    views = [seen(each, campaign, NOW) for each in EVERY]

    assert {view.state for view in views} <= set(Seen)
    assert all(isinstance(as_json(view)["state"], str) for view in views)


def test_every_state_is_shown_by_some_letter() -> None:
    live = {seen(each, CampaignStatus.LIVE, NOW).state for each in LETTERS.values()}

    assert live | {Seen.PAUSED} == set(Seen)


def test_delivered_is_said_only_of_what_a_server_took() -> None:
    for each in EVERY:
        view = seen(each, CampaignStatus.LIVE, NOW)
        assert (view.state is Seen.DELIVERED) is (each.state is State.DELIVERED), each.state


def test_take_it_back_is_offered_when_and_only_when_it_does_something() -> None:
    for each in EVERY:
        after, _ = advance(each, TakenBack(), Moment(NOW))
        offered = seen(each, CampaignStatus.LIVE, NOW).can_take_back
        assert offered is (after is not each and each.is_confirmed), each


def test_what_is_over_changes_no_more_and_what_moves_is_looked_at_for_ten_minutes() -> None:
    for each in EVERY:
        view = seen(each, CampaignStatus.LIVE, NOW)
        later = seen(each, CampaignStatus.LIVE, each.changed_at + LIVELY)
        assert not (view.is_changing and not view.is_open), each.state
        assert not later.is_changing or each.state is State.QUEUED, each.state


def test_a_letter_that_leaves_tomorrow_is_not_waited_for_on_the_page() -> None:
    soon = letter(State.QUEUED, not_before=NOW + timedelta(minutes=4))
    tomorrow = letter(State.QUEUED, not_before=NOW + timedelta(hours=20))

    assert seen(soon, CampaignStatus.LIVE, NOW).is_changing
    assert not seen(tomorrow, CampaignStatus.LIVE, NOW).is_changing


def test_the_words_come_back_only_while_they_are_kept() -> None:
    bounced = letter(State.BOUNCED_HARD)

    assert seen(bounced, CampaignStatus.LIVE, NOW).gives_text_back
    assert not seen(replace(bounced, content=None), CampaignStatus.LIVE, NOW).gives_text_back
    assert not TEXT_BACK & OPEN


@pytest.mark.parametrize(
    ("name", "steps"),
    [
        ("waiting", []),
        ("in line", ["written done", "confirmed done", "in_line now", "accepted ", "delivered "]),
        ("checking", ["written done", "confirmed done", "in_line done", "accepted now", "delivered "]),
        ("accepted", ["written done", "confirmed done", "accepted done", "delivered "]),
        ("delivered", ["written done", "confirmed done", "accepted done", "delivered done", "ask "]),
        (
            "came back later",
            ["written done", "confirmed done", "accepted done", "delivered done", "came_back fail"],
        ),
        ("came back", ["written done", "confirmed done", "accepted done", "came_back fail"]),
        ("denied", ["written done", "confirmed done", "not_sent fail"]),
        ("taken back", ["written done", "confirmed done", "taken_back fail"]),
        ("forgotten", []),
    ],
)
def test_its_way_is_told_step_by_step(name: str, steps: list[str]) -> None:
    found = seen(LETTERS[name], CampaignStatus.LIVE, NOW).steps

    assert [f"{step.name} {step.mark}" for step in found] == steps


def test_it_is_asked_after_only_if_the_writer_will_be() -> None:
    silent: Letter = replace(LETTERS["delivered"], wants_no_question=True)

    assert [step.name for step in seen(silent, CampaignStatus.LIVE, NOW).steps][-1] == "delivered"
