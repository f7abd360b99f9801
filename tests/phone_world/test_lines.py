"""Office lines over several calls: busy for a while, full, two lines, and what their displays showed."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest

from dev.phone_world import Answer, OfficeLine, OurNumber, PickUp, Rules, Supporter, VirtualClock
from dev.phone_world.snapshot import state
from tests.phone_world.tiny_app import ANA, ANOTHER_OFFICE, LUIS, OFFICE, OURS, Page, Stage, stage

PLAIN: dict[str, Page] = {"/start": f'<Dial action="/after">{OFFICE}</Dial>', "/after": "<Hangup/>"}
FAILOVER: dict[str, Page] = {
    "/start": f'<Dial action="/second">{OFFICE}</Dial>',
    "/second": f'<Dial action="/after">{ANOTHER_OFFICE}</Dial>',
    "/after": "<Hangup/>",
}


def results(staged: Stage, path: str = "/after") -> list[str]:
    return [asked.fields["DialCallStatus"] for asked in staged.app.at(path)]


def test_a_line_can_answer_its_first_calls_otherwise() -> None:
    line = OfficeLine(OFFICE, Answer.VOICEMAIL, first=(Answer.BUSY, Answer.CANT_CONNECT, Answer.RINGS_OUT))
    staged = stage(PLAIN, Supporter(ANA, [PickUp()]), line)
    for _ in range(5):
        staged.play()

    assert results(staged) == ["busy", "failed", "no-answer", "completed", "completed"]
    assert [alert.code for alert in staged.world.alerts] == [13224]
    assert staged.world.rings(OFFICE) == 3


def test_a_call_keeps_the_line_as_it_found_it() -> None:
    line = OfficeLine(OFFICE, Answer.PERSON, first=(Answer.FULL_VOICEMAIL,))
    staged = stage(PLAIN, Supporter(ANA, [PickUp()]), line)
    staged.play()

    leg = staged.world.calls[1]
    assert leg.duration == 6
    assert "mailbox is full" in staged.world.transcript(leg.sid)[0].text


def test_of_two_lines_the_busy_one_leads_to_the_other() -> None:
    lines = (OfficeLine(OFFICE, Answer.BUSY), OfficeLine(ANOTHER_OFFICE, Answer.PERSON))
    staged = stage(FAILOVER, Supporter(ANA, [PickUp()]), *lines)
    staged.play()

    assert (results(staged, "/second"), results(staged)) == (["busy"], ["completed"])


@pytest.mark.parametrize(
    ("at_once", "expected"), [(1, ["busy", "completed"]), (2, ["completed"] * 2), (None, ["completed"] * 2)]
)
def test_a_line_takes_so_many_calls_at_once(at_once: int | None, expected: list[str]) -> None:
    line = OfficeLine(OFFICE, talk_seconds=60, at_once=at_once)
    staged = stage(PLAIN, Supporter(ANA, [PickUp()]), Supporter(LUIS, [PickUp()]), line)
    for phone in (ANA, LUIS):
        staged.call(to=phone)
    staged.world.run_until_idle()

    assert sorted(results(staged)) == expected


def test_a_line_is_free_again_when_a_call_ends() -> None:
    staged = stage(PLAIN, Supporter(ANA, [PickUp()]), OfficeLine(OFFICE, at_once=1))
    for _ in range(2):
        staged.play()

    assert results(staged) == ["completed", "completed"]


def test_of_two_calls_at_a_line_the_first_is_still_there_when_the_second_ends() -> None:
    staged = stage(
        PLAIN, Supporter(ANA, [PickUp()]), Supporter(LUIS, [PickUp()]), OfficeLine(OFFICE, talk_seconds=None)
    )
    for phone in (ANA, LUIS):
        staged.call(to=phone)
    staged.world.advance(30)
    assert shown(staged)["now"] == 2
    staged.world.hang_up(OFFICE)
    staged.world.advance(1)

    assert (shown(staged)["now"], shown(staged)["status"]) == (1, "in-progress")
    staged.world.hang_up(OFFICE)
    staged.world.run_until_idle()
    assert results(staged) == ["completed", "completed"]


# What the office's display showed.


def shown(staged: Stage) -> dict[str, object]:
    found: dict[str, object] = state(staged.world, paused=False, speed=1.0)["offices"][0]
    return found


def test_the_display_is_remembered_for_each_call_that_rang_the_newest_last() -> None:
    def start(asked: object) -> str:
        return f'<Dial callerId="{next(ids)}" action="/after">{OFFICE}</Dial>'

    ids = iter([OURS, ANA, LUIS, OURS])
    line = OfficeLine(OFFICE, first=(Answer.PERSON, Answer.RINGS_OUT, Answer.VOICEMAIL, Answer.BUSY))
    staged = stage(
        PLAIN | {"/start": start},
        Supporter(ANA, [PickUp()]),
        line,
        rules=Rules(verified=frozenset({LUIS})),
    )
    for _ in range(4):
        staged.play()

    assert staged.world.shown_to(OFFICE) == [OURS, ANA, LUIS]
    assert staged.world.shown_to(ANOTHER_OFFICE) == []
    saw = shown(staged)["saw"]
    assert isinstance(saw, list)
    assert [(one["shown"], one["whose"]) for one in saw] == [
        ("(202) 555-0142", "ours"),
        ("(404) 555-0123", "own"),
        ("(956) 555-0148", "own"),
    ]
    assert saw[0]["at"] < saw[1]["at"]


def test_a_number_of_the_pool_is_shown_as_ours() -> None:
    other = "+12025550187"
    staged = stage(
        PLAIN | {"/start": f'<Dial callerId="{other}">{OFFICE}</Dial>'},
        Supporter(ANA, [PickUp()]),
        OfficeLine(OFFICE),
    )
    staged.world.numbers[other] = OurNumber()
    staged.play()

    assert [one["whose"] for one in shown(staged)["saw"]] == ["ours"]  # type: ignore[attr-defined]


# Other days.


@pytest.mark.parametrize(
    ("start", "seconds", "wall"),
    [
        ("2026-03-08T01:59:00-05:00", 120, "2026-03-08T03:01:00-04:00"),
        ("2026-11-01T01:59:00-04:00", 120, "2026-11-01T01:01:00-05:00"),
        ("2028-02-28T23:59:30-05:00", 60, "2028-02-29T00:00:30-05:00"),
    ],
)
def test_the_clock_crosses_changes_of_the_hour_and_leap_days(start: str, seconds: int, wall: str) -> None:
    clock = VirtualClock(datetime.fromisoformat(start))
    staged = stage(PLAIN, Supporter(ANA, [PickUp()]), OfficeLine(OFFICE), clock=clock)
    staged.world.advance(seconds)

    assert staged.world.now().astimezone(ZoneInfo("America/New_York")).isoformat() == wall
    staged.play()
    assert results(staged) == ["completed"]


def test_lists_and_dates_are_those_of_the_worlds_day() -> None:
    clock = VirtualClock(datetime(2026, 3, 8, 6, 59, 50, tzinfo=UTC))
    staged = stage(PLAIN, Supporter(ANA, [PickUp()]), OfficeLine(OFFICE), clock=clock)
    sid = staged.play()

    listed = staged.client.calls.list(start_time_after=date(2026, 3, 8), to=ANA)
    assert [call.sid for call in listed] == [sid]
    assert listed[0].date_created == clock.start
    assert staged.client.calls.list(start_time_after=date(2026, 3, 9)) == []
