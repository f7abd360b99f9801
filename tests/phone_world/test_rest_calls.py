"""The REST side of calls: checks, fetching, listing, updating, queueing; through Twilio's own client."""

import json
from base64 import b64encode
from email.utils import parsedate_to_datetime
from typing import Any

import pytest
from twilio.base.exceptions import TwilioRestException  # type: ignore[import-untyped, unused-ignore]
from twilio.rest import Client  # type: ignore[import-untyped, unused-ignore]

from dev.phone_world import OfficeLine, PickUp, Press, Rules, Supporter, TwilioWire, rest
from tests.phone_world.tiny_app import ACCOUNT, ANA, BASE, LUIS, OFFICE, OURS, TOKEN, Page, Stage, stage

FLOW: dict[str, Page] = {
    "/start": '<Gather numDigits="1" action="/key" timeout="20"/>',
    "/key": f'<Dial action="/after" callerId="{OURS}">{OFFICE}</Dial>',
    "/after": "<Say>Thank you.</Say>",
    "/other": '<Say>Elsewhere.</Say><Pause length="5"/>',
}


def refusal(staged: Stage, **told: object) -> tuple[int, int]:
    with pytest.raises(TwilioRestException) as caught:
        staged.call(str(told.pop("to", ANA)), **told)
    assert staged.world.calls == []
    return caught.value.status, caught.value.code


def form_refusal(staged: Stage, form: str) -> tuple[int, Any]:
    status, _, body = rest(staged.world, "POST", PATH, basic(), form.encode())
    return status, json.loads(body)["code"]


PATH = f"/2010-04-01/Accounts/{ACCOUNT}/Calls.json"


def basic(user: str = ACCOUNT, password: str = TOKEN) -> dict[str, str]:
    return {"authorization": "Basic " + b64encode(f"{user}:{password}".encode()).decode()}


@pytest.mark.parametrize(
    ("number", "code"),
    [
        ("abc", 21211),
        ("911", 21211),
        ("4045550123", 21211),
        ("+1555", 21211),
        ("+10000000000", 21217),
        ("+14041550123", 21217),
        ("+442079460123", 21215),
        ("+8816123456", 21215),
        (LUIS, 21216),
    ],
)
def test_a_number_that_cannot_be_called_is_refused_with_its_code(number: str, code: int) -> None:
    staged = stage(FLOW, rules=Rules(blocked=frozenset({LUIS})))

    assert refusal(staged, to=number) == (400, code)


@pytest.mark.parametrize(
    ("told", "code"),
    [
        ({"from_": LUIS}, 21210),
        ({"url": "/relative"}, 21205),
        ({"url": "ftp://app.example/"}, 21205),
        ({"status_callback": "https://under_score.example/"}, 21205),
        ({"fallback_url": "nowhere"}, 21205),
        ({"method": "PUT"}, 21200),
        ({"timeout": 601}, 21208),
        ({"timeout": 0}, 21208),
        ({"send_digits": "12x"}, 21206),
        ({"time_limit": 0}, 20001),
        ({"url": None, "twiml": "x" * 4001}, 20001),
    ],
)
def test_a_wrong_parameter_is_refused_with_its_code(told: dict[str, object], code: int) -> None:
    assert refusal(stage(FLOW), **told) == (400, code)


@pytest.mark.parametrize(
    "form", ["From=%2B12025550142&Url=https://a.example", "To=%2B14045550123&Url=x", "To=a&From=b"]
)
def test_to_from_and_url_are_required(form: str) -> None:
    assert form_refusal(stage(FLOW), form) == (400, 21200)


@pytest.mark.parametrize(
    ("headers", "account"),
    [
        ({}, ACCOUNT),
        (basic(password="wrong"), ACCOUNT),
        (basic(user="AC" + "2" * 32), ACCOUNT),
        ({"authorization": "Basic ÿ"}, ACCOUNT),
        ({"authorization": "Bearer x"}, ACCOUNT),
        (basic(), "AC" + "2" * 32),
    ],
)
def test_only_the_account_itself_gets_in(headers: dict[str, str], account: str) -> None:
    path = f"/2010-04-01/Accounts/{account}/Calls.json"
    status, _, body = rest(stage(FLOW).world, "GET", path, headers, b"")

    assert status == 401
    assert b'"code": 20003' in body


def test_a_rotated_token_opens_the_rest_side() -> None:
    staged = stage(FLOW)
    staged.world.token = "the-next-token"
    with pytest.raises(TwilioRestException):
        staged.call()
    Client(ACCOUNT, "the-next-token", http_client=TwilioWire(staged.world)).calls.create(
        to=ANA, from_=OURS, url=f"{BASE}/start"
    )

    assert len(staged.world.calls) == 1


def test_a_path_or_method_that_is_not_there_is_said_so() -> None:
    world = stage(FLOW).world

    assert rest(world, "GET", "/2010-04-01/Nothing.json", basic(), b"")[0] == 404
    assert rest(world, "DELETE", PATH, basic(), b"")[0] == 405


def test_a_parameter_that_is_not_played_is_a_complaint() -> None:
    staged = stage(FLOW)
    staged.call(record=True)

    assert "does not play the parameter Record" in staged.world.complaints[0].message


def test_events_in_one_field_are_a_complaint() -> None:
    staged = stage(FLOW)
    staged.call(status_callback=f"{BASE}/status", status_callback_event=["initiated ringing"])

    assert [alert.code for alert in staged.world.complaints] == [21626]


def test_a_new_call_is_queued_and_has_not_started() -> None:
    staged = stage(FLOW)
    call = staged.client.calls(staged.call()).fetch()

    assert (call.status, call.start_time, call.end_time, call.duration) == ("queued", None, None, None)
    assert (call.to, call.from_formatted, call.direction) == (ANA, "(202) 555-0142", "outbound-api")
    assert call.queue_time == "0"


def test_a_finished_call_tells_its_times_and_its_duration() -> None:
    staged = stage(FLOW, Supporter(ANA, [PickUp(after=4), Press("1")]), OfficeLine(OFFICE, talk_seconds=30))
    sid = staged.play()
    call = staged.client.calls(sid).fetch()

    assert call.status == "completed"
    assert call.duration == str(staged.world.by_sid[sid].duration)
    assert call.start_time < call.end_time
    assert parsedate_to_datetime("Wed, 09 Dec 2026 15:42:00 +0000") == call.date_created


def test_an_unanswered_call_has_no_duration() -> None:
    staged = stage(FLOW, Supporter(ANA, []))
    call = staged.client.calls(staged.play(timeout=5)).fetch()

    assert (call.status, call.duration) == ("no-answer", None)


def test_an_unknown_call_is_not_found() -> None:
    with pytest.raises(TwilioRestException) as caught:
        stage(FLOW).client.calls("CA" + "0" * 32).fetch()
    assert (caught.value.status, caught.value.code) == (404, 20404)


def test_one_call_a_second_is_started_and_the_rest_wait() -> None:
    staged = stage(FLOW)
    sids = [staged.call(to=f"+1404555010{n}") for n in range(4)]
    staged.world.advance(2.5)

    assert [staged.world.by_sid[sid].status for sid in sids] == ["ringing", "ringing", "initiated", "queued"]
    assert staged.client.calls(sids[2]).fetch().status == "queued"
    staged.world.run_until_idle()
    assert [staged.world.by_sid[sid].started for sid in sids] == [0, 1, 2, 3]
    assert staged.client.calls(sids[3]).fetch().queue_time == "3000"


def test_more_calls_a_second_can_be_agreed() -> None:
    staged = stage(FLOW, rules=Rules(cps=4))
    sids = [staged.call(to=f"+1404555010{n}") for n in range(4)]
    staged.world.run_until_idle()

    assert [staged.world.by_sid[sid].started for sid in sids] == [0, 0.25, 0.5, 0.75]


def test_more_calls_at_once_than_allowed_are_refused() -> None:
    staged = stage(FLOW, rules=Rules(max_calls=1))
    staged.call()
    with pytest.raises(TwilioRestException) as caught:
        staged.call(to=LUIS)
    assert caught.value.code == 10004


def test_more_than_a_day_of_waiting_is_refused() -> None:
    staged = stage(FLOW, rules=Rules(cps=1 / 50_000))
    for _ in range(2):
        staged.call()
    with pytest.raises(TwilioRestException) as caught:
        staged.call()
    assert caught.value.code == 22005


# Updates.


@pytest.mark.parametrize(("seconds", "status"), [(0.0, "queued"), (0.5, "queued"), (3.0, "ringing")])
def test_a_call_can_be_canceled_before_it_is_answered(seconds: float, status: str) -> None:
    staged = stage(FLOW, Supporter(ANA, []))
    sid = staged.call(status_callback=f"{BASE}/status")
    staged.world.advance(seconds)
    assert staged.client.calls(sid).fetch().status == status
    assert staged.client.calls(sid).update(status="canceled").status == "canceled"
    staged.world.run_until_idle()

    assert staged.app.events() == ["canceled"]


def test_canceling_does_nothing_to_a_call_in_progress() -> None:
    staged = stage(FLOW, Supporter(ANA, [PickUp(after=1)]))
    sid = staged.call()
    staged.world.advance(5)

    assert staged.client.calls(sid).update(status="canceled").status == "in-progress"


def test_completing_ends_both_legs() -> None:
    staged = stage(FLOW, Supporter(ANA, [PickUp(), Press("1")]), OfficeLine(OFFICE, talk_seconds=None))
    sid = staged.call()
    staged.world.advance(30)
    staged.client.calls(sid).update(status="completed")
    staged.world.run_until_idle()

    assert [call.status for call in staged.world.calls] == ["completed", "completed"]


@pytest.mark.parametrize(
    "told", [{"url": f"{BASE}/other"}, {"twiml": "<Response><Say>Elsewhere.</Say></Response>"}]
)
def test_a_live_call_can_be_taken_elsewhere(told: dict[str, str]) -> None:
    staged = stage(FLOW, Supporter(ANA, [PickUp(), Press("1")]), OfficeLine(OFFICE, talk_seconds=None))
    sid = staged.call()
    staged.world.advance(30)
    staged.client.calls(sid).update(**told)
    staged.world.run_until_idle()

    assert staged.said(sid) == ["Elsewhere."]
    assert staged.world.children(sid)[0].status == "completed"
    assert staged.app.at("/after") == []


def test_a_call_that_is_over_cannot_be_taken_elsewhere() -> None:
    staged = stage(FLOW, Supporter(ANA, []))
    sid = staged.play(timeout=5)
    with pytest.raises(TwilioRestException) as caught:
        staged.client.calls(sid).update(url=f"{BASE}/other")

    assert caught.value.code == 21220


def test_a_live_calls_time_limit_can_be_changed() -> None:
    staged = stage({"/start": '<Pause length="600"/>'}, Supporter(ANA, [PickUp(after=1)]))
    sid = staged.call()
    staged.world.advance(10)
    staged.client.calls(sid).update(time_limit=60)
    staged.world.run_until_idle()

    assert staged.world.by_sid[sid].duration == 60


def test_the_time_limit_ends_the_call() -> None:
    staged = stage({"/start": '<Pause length="600"/>'}, Supporter(ANA, [PickUp(after=1)]))
    sid = staged.play(time_limit=45)

    assert (staged.world.by_sid[sid].status, staged.world.by_sid[sid].duration) == ("completed", 45)


# Lists.


def several() -> Stage:
    staged = stage(FLOW, Supporter(ANA, [PickUp(), Press("1")]), Supporter(LUIS, []), OfficeLine(OFFICE))
    staged.play()
    staged.world.advance(86_400)
    staged.play(to=LUIS, timeout=5)
    return staged


def test_calls_are_listed_the_newest_first() -> None:
    assert [call.to for call in several().client.calls.list()] == [LUIS, OFFICE, ANA]


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({"to": ANA}, [ANA]),
        ({"from_": OURS}, [LUIS, OFFICE, ANA]),
        ({"from_": LUIS}, []),
        ({"status": "no-answer"}, [LUIS]),
        ({"status": "in-progress"}, []),
        ({"start_time": "2026-12-09"}, [OFFICE, ANA]),
        ({"start_time_after": "2026-12-10"}, [LUIS]),
        ({"start_time_before": "2026-12-09"}, [OFFICE, ANA]),
        ({"start_time_after": "2026-12-09T15:42:01Z"}, [LUIS, OFFICE]),
        ({"end_time_before": "2026-12-09"}, [OFFICE, ANA]),
    ],
)
def test_lists_can_be_narrowed(query: dict[str, object], found: list[str]) -> None:
    assert [call.to for call in several().client.calls.list(**query)] == found


def test_the_legs_of_a_call_can_be_listed() -> None:
    staged = several()
    parent = staged.world.calls[0]

    assert [call.to for call in staged.client.calls.list(parent_call_sid=parent.sid)] == [OFFICE]


def test_pages_follow_each_other() -> None:
    staged = stage(FLOW, rules=Rules(cps=1000))
    made = [staged.call(to=f"+14045550{n}") for n in range(100, 107)]

    assert [call.sid for call in staged.client.calls.list(page_size=3)] == made[::-1]
    first = staged.client.calls.page(page_size=3)
    assert first.next_page_url.startswith("https://api.twilio.com/2010-04-01/Accounts/")
    assert first.next_page().previous_page_url is not None


@pytest.mark.parametrize("query", ["PageSize=0", "PageSize=1001", "Page=x", "Status=ended", "StartTime=soon"])
def test_a_wrong_list_parameter_is_refused(query: str) -> None:
    status, _, body = rest(stage(FLOW).world, "GET", f"{PATH}?{query}", basic(), b"")

    assert status == 400
    assert b"20001" in body


def test_a_list_may_lag_behind() -> None:
    staged = stage(FLOW, rules=Rules(list_lag=5))
    sid = staged.call()

    assert staged.client.calls.list() == []
    assert staged.client.calls(sid).fetch().sid == sid
    staged.world.advance(5)
    assert len(staged.client.calls.list()) == 1
