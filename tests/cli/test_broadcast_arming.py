"""`patchthrough broadcast arm`: who may let an alert go, and what stops them."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from chalicelib.domain.broadcast import NotArmed, Stage
from chalicelib.domain.campaign import Status
from chalicelib.domain.words import Words
from chalicelib.views import broadcasting
from cli.at_work import at_work
from cli.broadcast_arming import WHY_NOT
from cli.connection import connect
from tests.cli.alert_desk import DANA, LEE, Desk, refused, seated
from tests.cli.conftest import Shell
from tests.cli.text_house import SLUG


@pytest.fixture
def desk(shell: Shell, monkeypatch: pytest.MonkeyPatch) -> Iterator[Desk]:
    with seated(shell, monkeypatch) as found:
        yield found


def test_one_person_arms_a_small_one_by_typing_the_number(desk: Desk) -> None:
    desk.join_many(3)
    made = desk.draft()

    result = desk.run("broadcast", "arm", made.id, *DANA, answer="3\n")

    assert result.exit_code == 0, result.output
    after = desk.latest()
    assert (after.stage, after.armed_by, after.words) == (Stage.ARMED, ("Dana R.",), made.words)
    assert desk.acts()[-1] == ("Dana R.", "broadcast armed", made.id)
    assert f"patchthrough broadcast pause {made.id}" in result.stdout


@pytest.mark.parametrize("typed", ["4", "0", "-3"])
def test_a_wrong_number_arms_nothing(desk: Desk, typed: str) -> None:
    desk.join_many(3)
    made = desk.draft()

    refused(desk.run("broadcast", "arm", made.id, "--count", typed, *DANA), 1, "Nothing was armed.")

    assert desk.latest().stage is Stage.DRAFT
    assert [what for _, what, _ in desk.acts()] == ["broadcast drafted"]


def test_with_nobody_there_to_type_nothing_is_armed(desk: Desk) -> None:
    desk.join_many(3)
    made = desk.draft()

    refused(desk.run("broadcast", "arm", made.id, *DANA), 1, "Nobody answered, so nothing was armed.")
    assert desk.latest().stage is Stage.DRAFT


def test_a_large_one_takes_a_second_person(desk: Desk) -> None:
    desk.join_many(1_001)
    made = desk.draft()
    count = ("--count", "1001")

    first = desk.run("broadcast", "arm", made.id, *count, *DANA)
    assert first.exit_code == 0, first.output
    assert "a second person has to" in first.stdout
    assert desk.latest().stage is Stage.DRAFT
    for same in ("Dana R.", "dana r.", " Dana  R. "):
        again = desk.run("broadcast", "arm", made.id, *count, "--by", same)
        refused(again, 1, "Dana R. has armed it already")
    assert desk.latest().stage is Stage.DRAFT
    desk.leave(7)
    desk.join_many(5, first=1_001, ago=timedelta(0))
    second = desk.run("broadcast", "arm", made.id, *count, *LEE)

    assert second.exit_code == 0, second.output
    assert "Of the 1,001, 1 left" in second.output
    after = desk.latest()
    assert (after.stage, after.armed_by, after.audience) == (Stage.ARMED, ("Dana R.", "Lee K."), 1_001)
    assert [what for _, what, _ in desk.acts()] == [
        "broadcast drafted",
        "broadcast armed by the first of two",
        "broadcast armed",
    ]


def test_a_number_that_has_moved_is_told_and_the_old_one_arms_nothing(desk: Desk) -> None:
    desk.join_many(3)
    made = desk.draft()
    desk.join_many(2, first=3)

    result = desk.run("broadcast", "arm", made.id, "--count", "3", *DANA)

    refused(result, 1, "it was 3 and is 5", "It goes to 5 people, and you typed 3. Nothing was armed.")
    assert desk.run("broadcast", "arm", made.id, "--count", "5", *DANA).exit_code == 0
    assert desk.latest().audience == 5


def test_nobody_is_no_audience(desk: Desk) -> None:
    made = desk.draft()

    refused(desk.run("broadcast", "arm", made.id, "--count", "0", *DANA), 1, WHY_NOT[NotArmed.NOBODY])


def test_what_is_stale_is_not_armed(desk: Desk) -> None:
    desk.join_many(1)
    made = desk.draft()
    desk.shelf.move(made, replace(made, not_after=datetime.now(UTC)))

    refused(desk.run("broadcast", "arm", made.id, "--count", "1", *DANA), 1, "It is too late")


def test_what_is_armed_is_not_armed_again(desk: Desk) -> None:
    desk.join_many(1)
    desk.begin()

    refused(
        desk.run("broadcast", "arm", desk.latest().id, "--count", "1", *DANA), 1, "It is no draft any more"
    )


def test_a_campaign_that_is_paused_sends_no_alert(desk: Desk) -> None:
    desk.join_many(1)
    made = desk.draft()
    live = desk.shell.catalog.campaign(SLUG)
    assert live
    desk.shell.catalog.apply(replace(live, status=Status.PAUSED), datetime.now(UTC))

    refused(desk.run("broadcast", "arm", made.id, "--count", "1", *DANA), 1, "is paused")


def test_without_workers_nothing_is_armed(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    desk.join_many(1)
    made = desk.draft()
    monkeypatch.setenv("PATCHTHROUGH_QUEUE_ALERTS", "")

    refused(desk.run("broadcast", "arm", made.id, "--count", "1", *DANA), 2, "PATCHTHROUGH_QUEUE_ALERTS")


def test_the_words_are_read_once_more_before_they_are_final(desk: Desk) -> None:
    desk.join_many(1)
    made = desk.draft()
    live = desk.shell.catalog.campaign(SLUG)
    assert live
    renamed = replace(live, organization=Words("Other Name", "Otro Nombre"))
    desk.shell.catalog.apply(renamed, datetime.now(UTC))

    refused(desk.run("broadcast", "arm", made.id, "--count", "1", *DANA), 2, "Put “Other Name:” first")


def test_what_is_armed_at_a_terminal_is_planned_granted_and_watched(desk: Desk) -> None:
    desk.join_many(7)
    made = desk.draft()
    desk.run("broadcast", "arm", made.id, "--count", "7", *DANA)
    desk.join_many(2, first=7, ago=timedelta(0))

    with at_work(connect()) as r:
        broadcasting.each_minute()
        broadcasting.each_minute()
        granted = sum(chunk.granted for chunk in r.broadcasts.chunks(made.id))

    after = desk.latest()
    assert (after.stage, after.planned, granted) == (Stage.SENDING, 7, 7)
    assert "0 of 7" in desk.run("broadcast", "status", made.id).stdout
    assert desk.run("broadcast", "pause", made.id, *DANA).exit_code == 0
