"""How many texts Twilio and carriers take, from which number they leave, and when they can be found again."""

from datetime import UTC, datetime, timedelta

import pytest
from twilio.base.exceptions import (  # type: ignore[import-untyped, unused-ignore]
    TwilioException,
    TwilioRestException,
)

from dev.phone_world import (
    HANDSET_OFF,
    NO_SUCH_NUMBER,
    NOT_A_MOBILE,
    STATUSES_TOLD,
    STOPPED,
    STOPPED_LATER,
    T_MOBILE,
    OurNumber,
    Plan,
    Rules,
    Supporter,
    TextFate,
    VirtualClock,
)
from dev.phone_world.calls import Hook
from tests.phone_world.tiny_app import ANA, BASE, LUIS, OURS, Stage, stage

SERVICE = "MG" + "2" * 32
ANOTHER = "+12025550143"
TOLL_FREE = "+18885550142"
SHORT = "55501"
EVENING = datetime(2026, 12, 10, 7, 59, tzinfo=UTC)
"""A minute before midnight in Los Angeles."""


def send(staged: Stage, to: str = ANA, **told: object) -> str:
    asked = {"to": to, "from_": OURS, "body": "Hello", "status_callback": f"{BASE}/text-status"} | told
    return str(staged.client.messages.create(**asked).sid)


def statuses(staged: Stage) -> list[str]:
    return [asked.fields["MessageStatus"] for asked in staged.app.at("/text-status")]


def end(staged: Stage, sid: str) -> tuple[str, int | None]:
    staged.world.run_until_idle()
    text = staged.client.messages(sid).fetch()
    return text.status, text.error_code


def test_a_callback_can_tell_of_every_status() -> None:
    rules = Rules(statuses_told=STATUSES_TOLD | {"accepted", "sending"})
    staged = stage({}, rules=rules, ours=OurNumber(service=SERVICE))
    sid = send(staged, from_=None, messaging_service_sid=SERVICE)
    seen = [staged.client.messages(sid).fetch().status]
    while staged.world.step():
        seen.append(staged.client.messages(sid).fetch().status)

    assert statuses(staged) == ["accepted", "queued", "sending", "sent", "delivered"]
    assert list(dict.fromkeys(seen)) == ["accepted", "queued", "sending", "sent", "delivered"]


def test_a_text_without_a_service_is_queued_from_the_first() -> None:
    staged = stage({}, rules=Rules(statuses_told=STATUSES_TOLD | {"accepted", "sending"}))
    send(staged)
    staged.world.run_until_idle()

    assert statuses(staged) == ["sending", "sent", "delivered"]


def test_more_creates_in_a_second_than_allowed_are_too_many() -> None:
    staged = stage({}, rules=Rules(creates_per_second=2))
    send(staged)
    staged.world.advance(0.5)
    send(staged)
    with pytest.raises(TwilioRestException) as caught:
        send(staged)
    assert (caught.value.status, caught.value.code) == (429, 20429)
    assert len(staged.world.texts) == 2
    staged.world.advance(0.6)
    send(staged)

    assert len(staged.world.texts) == 3


@pytest.mark.parametrize(("fate", "code"), [(STOPPED, 21610), (NO_SUCH_NUMBER, 21211), (NOT_A_MOBILE, 21614)])
def test_twilio_takes_no_text_to_some_people(fate: TextFate, code: int) -> None:
    staged = stage({}, Supporter(ANA, texts=[fate]))
    with pytest.raises(TwilioRestException) as caught:
        send(staged)

    assert (caught.value.status, caught.value.code) == (400, code)
    assert staged.world.texts == []


def test_a_reply_that_twilio_refuses_is_an_alert_and_no_text() -> None:
    ours = OurNumber(text=Hook(f"{BASE}/text"))
    staged = stage({"/text": "<Message>Thanks.</Message>"}, Supporter(ANA, texts=[NOT_A_MOBILE]), ours=ours)
    staged.world.text_in(ANA, OURS, "JOIN")
    staged.world.run_until_idle()

    assert [text.direction for text in staged.world.texts] == ["inbound"]
    assert [alert.code for alert in staged.world.alerts] == [21614]


def test_that_somebody_stopped_may_be_found_out_later() -> None:
    staged = stage({}, Supporter(ANA, texts=[STOPPED_LATER]))

    assert end(staged, send(staged)) == ("failed", 21610)
    assert statuses(staged) == ["failed"]


def test_other_countries_are_off() -> None:
    with pytest.raises(TwilioRestException) as caught:
        send(stage({}), to="+525555550142")

    assert caught.value.code == 21408


@pytest.mark.parametrize(("ours", "code"), [(OURS, 30034), (TOLL_FREE, None), (SHORT, None)])
def test_an_unregistered_long_code_gets_nothing_through(ours: str, code: int | None) -> None:
    staged = stage({}, Supporter(ANA, texts=[TextFate()]), rules=Rules(registered=False))
    staged.world.numbers[ours] = OurNumber()

    assert end(staged, send(staged, from_=ours)) == ("undelivered" if code else "delivered", code)


def on_t_mobile(most: int) -> Stage:
    people = (Supporter(ANA, carrier=T_MOBILE), Supporter(LUIS))
    return stage({}, *people, rules=Rules(t_mobile_a_day=most), clock=VirtualClock(EVENING))


def test_t_mobile_takes_so_many_parts_a_day_until_midnight_pacific() -> None:
    staged = on_t_mobile(3)
    two_parts = {"body": "a" * 161}
    assert end(staged, send(staged, **two_parts)) == ("delivered", None)
    assert end(staged, send(staged, **two_parts)) == ("undelivered", 30023)
    assert end(staged, send(staged)) == ("delivered", None)
    assert end(staged, send(staged)) == ("undelivered", 30023)
    assert end(staged, send(staged, LUIS)) == ("delivered", None)
    staged.world.advance(60)
    assert end(staged, send(staged)) == ("delivered", None)


def test_the_days_cap_is_the_brands_and_not_of_short_codes() -> None:
    staged = on_t_mobile(1)
    staged.world.numbers |= {ANOTHER: OurNumber(), SHORT: OurNumber()}

    assert end(staged, send(staged)) == ("delivered", None)
    assert end(staged, send(staged, from_=ANOTHER)) == ("undelivered", 30023)
    assert end(staged, send(staged, from_=SHORT)) == ("delivered", None)


def test_the_day_that_counts_is_the_one_on_which_a_text_leaves() -> None:
    staged = on_t_mobile(1)
    staged.world.rules.segments_per_second = 0.01
    first, second = send(staged), send(staged)

    assert end(staged, first) == end(staged, second) == ("delivered", None)


def test_a_service_keeps_to_the_number_that_somebody_knows_and_spreads_the_rest() -> None:
    staged = stage({}, rules=Rules(segments_per_second=1), ours=OurNumber(service=SERVICE))
    staged.world.numbers[ANOTHER] = OurNumber(service=SERVICE)
    for to in (ANA, ANA, LUIS, ANA, LUIS):
        send(staged, to, from_=None, messaging_service_sid=SERVICE)

    senders = {to: [text.from_ for text in staged.world.texts if text.to == to] for to in (ANA, LUIS)}
    assert senders == {ANA: [OURS] * 3, LUIS: [ANOTHER] * 2}


def test_each_number_has_a_queue_of_its_own() -> None:
    staged = stage({}, rules=Rules(segments_per_second=0.5))
    staged.world.numbers[ANOTHER] = OurNumber()
    for from_ in (OURS, OURS, ANOTHER):
        send(staged, from_=from_)
    staged.world.run_until_idle()

    assert [text.sent for text in staged.world.texts] == [0.5, 2.5, 0.5]


# Lists


def spread() -> Stage:
    """Five texts, ten minutes apart, the last one not sent yet."""
    staged = stage({}, Supporter(LUIS, texts=[HANDSET_OFF]))
    for nth in range(5):
        staged.client.messages.create(to=(ANA, LUIS)[nth % 2], from_=OURS, body=str(nth))
        if nth < 4:
            staged.world.advance(600)
    return staged


def listed(staged: Stage, **told: object) -> str:
    return "".join(text.body for text in staged.client.messages.list(**told))


def test_texts_are_listed_from_a_time_on_and_the_unsent_have_none() -> None:
    staged = spread()
    start = staged.world.clock.start

    assert listed(staged) == "43210"
    assert listed(staged, date_sent_after=start + timedelta(minutes=10)) == "321"
    assert listed(staged, date_sent_before=start + timedelta(minutes=10)) == "10"
    assert listed(staged, date_sent=start + timedelta(minutes=10)) == "1"
    assert listed(staged, date_sent="2026-12-09") == "3210"
    assert listed(staged, date_sent_after="2026-12-09", to=LUIS) == "31"
    assert listed(staged, date_sent_after="2026-12-10") == ""
    staged.world.run_until_idle()
    assert listed(staged, date_sent_after=start) == "43210"


def test_a_list_comes_page_by_page_the_newest_first() -> None:
    staged = spread()
    asked = staged.client.messages.list(page_size=2, date_sent_after=staged.world.clock.start)

    assert [text.body for text in asked] == ["3", "2", "1", "0"]
    pages = [entry for entry in staged.world.wire if entry.what == "GET Messages"]
    assert len(pages) == 2
    assert all("DateSent>" in page.fields for page in pages)


def test_what_is_no_date_is_refused() -> None:
    with pytest.raises(TwilioException, match="yesterday is not a date or a time"):
        spread().client.messages.list(date_sent_after="yesterday")


def test_a_new_text_may_show_up_late_in_lists() -> None:
    staged = stage({}, rules=Rules(list_lag=30))
    send(staged)
    staged.world.advance(29)
    assert listed(staged) == ""
    staged.world.advance(1)
    assert listed(staged) == "Hello"


def test_what_a_person_sent_is_listed_by_its_time_too() -> None:
    staged = stage({})
    staged.world.text_in(ANA, OURS, "JOIN")

    assert listed(staged, date_sent_after=staged.world.clock.start, from_=ANA) == "JOIN"


# The rough way


def test_a_callback_that_is_lost_is_not_told_again() -> None:
    staged = stage({})
    staged.world.next_plans.append(Plan.lost())
    send(staged)
    staged.world.run_until_idle()

    assert statuses(staged) == ["delivered"]
