"""What Twilio reports of an alert: before the create's answer, late, twice, in any order, forged or never."""

from collections.abc import Callable
from datetime import timedelta
from itertools import permutations

import pytest

from chalicelib.domain.broadcast import ClaimState
from chalicelib.domain.broadcast_pacing import BRAND, TEN_DLC, pacific_day
from chalicelib.domain.claim import Claim
from chalicelib.domain.subscriber import State
from chalicelib.domain.subscriber_events import Confirmed, Joined, Stopped
from chalicelib.runtime import Runtime
from chalicelib.views import alert_keeping, texting
from dev.phone_world import Faults, Plan, Supporter, TextFate
from tests.rehearsal import SLUG, sweep
from tests.stories.alert_house import ID, AlertHouse, key_of, neighbors, standing
from tests.stories.placing_house import webhook

ANA, LUIS = neighbors()[:2]
OTHER = "SM" + "9" * 32
NO_CONTENT, FORBIDDEN = 204, 403


@pytest.fixture
def house(built: Runtime) -> AlertHouse:
    """A house of one subscriber who was sent an alert, and nothing was reported of it."""
    sweep()
    made = AlertHouse(built, Faults(decide=lambda delivery: Plan.lost()))
    made.join(ANA)
    made.begin([ANA])
    made.send()
    return made


def address(number: str = ANA) -> str:
    key = key_of(number)
    return f"/twilio/texts/alert.{ID}.{key[:2]}.{alert_keeping.token(ID, key)}/status"


def report(house: AlertHouse, status: str, error: int = 0, sid: str = "") -> int:
    sid = sid or house.world.texts[0].sid
    code = {"ErrorCode": str(error)} if error else {}
    return webhook(house, address(), MessageSid=sid, MessageStatus=status, **code)


def claim(house: AlertHouse) -> Claim:
    found = house.claim(ANA)
    assert found is not None
    return found


def test_what_is_reported_is_kept_by_its_last_word(house: AlertHouse) -> None:
    assert [report(house, status) for status in ("queued", "sent", "delivered")] == [NO_CONTENT] * 3

    assert (claim(house).state, claim(house).delivery) == (ClaimState.SENT, "delivered")


@pytest.mark.parametrize("order", list(permutations(("queued", "sent", "undelivered"))), ids="-".join)
def test_the_end_is_the_same_in_any_order(house: AlertHouse, order: tuple[str, ...]) -> None:
    for status in (*order, *order):
        assert report(house, status, 30005 if status == "undelivered" else 0) == NO_CONTENT

    ended = claim(house)
    assert (ended.state, ended.delivery, ended.error) == (ClaimState.FAILED, "undelivered", 30005)
    profile = house.runtime.subscribers.standing(key_of(ANA)).with_programme(SLUG)
    assert [each.code for each in profile.failures] == [30005]


ERRORS: dict[str, tuple[str, int, str, str]] = {
    "the handset is off": ("undelivered", 30003, "failed", "subscribed"),
    "the carrier knows no such handset": ("undelivered", 30005, "failed", "subscribed"),
    "a landline": ("undelivered", 30006, "failed", "invalid"),
    "taken for spam": ("undelivered", 30007, "failed", "subscribed"),
    "the carrier doesn't say": ("undelivered", 30008, "failed", "subscribed"),
    "no such number": ("failed", 21211, "failed", "subscribed"),
    "no mobile number": ("failed", 21614, "failed", "invalid"),
    "stopped at Twilio": ("failed", 21610, "skipped-stopped", "stopped"),
    "its window was over": ("failed", 30036, "skipped-expired", "subscribed"),
    "T-Mobile's day is used up": ("failed", 30023, "failed", "subscribed"),
    "too fast": ("failed", 30022, "failed", "subscribed"),
    "the service's queue is full": ("failed", 30001, "failed", "subscribed"),
    "an unregistered sender": ("failed", 30034, "failed", "subscribed"),
}
"""Twilio's last word and code → the claim's end, where the subscriber stands."""


@pytest.mark.parametrize("error", ERRORS)
def test_what_becomes_of_claim_and_subscriber_after_each_error(house: AlertHouse, error: str) -> None:
    status, code, state, ends = ERRORS[error]
    for _ in range(2):
        assert report(house, status, code) == NO_CONTENT

    assert (house.states(), standing(house, ANA), claim(house).error) == ({state: 1}, ends, code)


def test_a_handset_that_is_off_three_times_is_taken_for_dead(built: Runtime) -> None:
    sweep()
    house = AlertHouse(built)
    house.world.add(Supporter(ANA, (), texts=[TextFate("undelivered", 30003)]))
    house.join(ANA)
    for nth in range(3):
        house.begin([ANA], id=f"{ID}-{nth}")
        house.send()
        house.world.advance(3600)

    assert standing(house, ANA) == State.INVALID
    assert [row.number for row in house.runtime.roll.all(SLUG)] == []


def test_an_unregistered_sender_pauses_the_broadcast_until_a_person_has_looked(house: AlertHouse) -> None:
    report(house, "failed", 30034)
    assert house.broadcast().stage == "paused"

    epoch = house.broadcast().epoch
    report(house, "failed", 30034)
    assert house.broadcast().epoch == epoch


def test_a_day_that_is_used_up_elsewhere_is_used_up_here(house: AlertHouse) -> None:
    report(house, "failed", 30023)

    cap, day = TEN_DLC[3].a_day_on_t_mobile, pacific_day(house.clock.now())
    assert house.runtime.broadcasts.spent(BRAND, day) == cap
    assert house.runtime.broadcasts.spent(BRAND, day + timedelta(days=1)) == 0


def test_too_fast_empties_the_bucket(house: AlertHouse) -> None:
    assert house.left_in_bucket() > 1

    report(house, "failed", 30022)
    assert house.left_in_bucket() <= 1


def test_a_stop_at_twilio_is_a_stop_for_the_organization_and_says_that_we_missed_one(
    house: AlertHouse, caplog: pytest.LogCaptureFixture
) -> None:
    report(house, "failed", 21610)

    kept = house.runtime.subscribers.standing(key_of(ANA))
    assert (kept.stop is not None, [row.number for row in house.runtime.roll.all(SLUG)]) == (True, [])
    rows = house.runtime.subscribers.consents(key_of(ANA))
    assert [row.source for row in rows if row.now is State.STOPPED] == ["provider"]
    assert [each.__dict__.get("SubscribersDrifted") for each in caplog.records][-1:] == [1]


def test_whoever_has_joined_again_since_the_text_left_stays(house: AlertHouse) -> None:
    house.world.advance(60)
    for event in (Stopped, Joined, Confirmed):
        house.say(ANA, event)
        house.world.advance(1)
    report(house, "failed", 21610)

    assert standing(house, ANA) == State.SUBSCRIBED
    assert house.states() == {"skipped-stopped": 1}


def test_a_report_before_the_answer_to_the_create_is_not_lost(built: Runtime) -> None:
    for status, error, state in (
        ("sent", 0, "sent"),
        ("delivered", 0, "sent"),
        ("undelivered", 30006, "failed"),
    ):
        sweep()
        house = AlertHouse(built, Faults(decide=lambda delivery: Plan.lost()))
        house.join(ANA)
        house.begin([ANA])
        house.wire.after = _reporting(house, status, error)
        house.send()

        assert house.states() == {state: 1}
        assert (claim(house).sid, claim(house).number) == (house.world.texts[0].sid, None)
        assert claim(house).delivery == (None if status == "sent" else status)


def _reporting(house: AlertHouse, status: str, error: int) -> Callable[[], object]:
    return lambda: report(house, status, error)


def test_a_report_about_another_text_or_nobody_changes_nothing(house: AlertHouse) -> None:
    before = claim(house)
    assert report(house, "failed", 21610, sid=OTHER) == NO_CONTENT
    assert webhook(house, address(LUIS), MessageSid=OTHER, MessageStatus="failed") == NO_CONTENT

    assert (claim(house), standing(house, ANA)) == (before, "subscribed")


@pytest.mark.parametrize(
    "path",
    [
        f"alert.{ID}.a1.short", f"alert.{ID}.A1.{'t' * 24}", f"alert.{ID}.{'t' * 24}", f"alert.{ID}.a1.{'t' * 44}",
        f"alert.{ID}.a1.{'t' * 23}é", f"alert..a1.{'t' * 24}",
    ],
)  # fmt: skip
def test_an_address_we_never_gave_is_refused(house: AlertHouse, path: str) -> None:
    answered = webhook(house, f"/twilio/texts/{path}/status", MessageSid=OTHER, MessageStatus="sent")
    assert answered in {FORBIDDEN, 404}


def test_reports_that_come_twice_shuffled_and_late_end_all_alike(built: Runtime) -> None:
    people = neighbors()[:12]
    for seed in range(3):
        sweep()
        house = AlertHouse(built, Faults(duplicate=0.5, delay=0.3, reorder=0.8, lose_answer=0.2))
        house.world.chance.seed(seed)
        for nth, number in enumerate(people):
            fate = TextFate("undelivered", 30008) if nth % 3 == 0 else TextFate()
            house.world.add(Supporter(number, (), texts=[fate]))
        house.join(*people)
        house.begin(people)
        house.settle()

        assert house.states() == {"sent": 8, "failed": 4}
        assert max(house.creates().values()) == 1
        assert house.world.complaints == []


def test_the_number_of_nobody_is_in_the_log(house: AlertHouse, capsys: pytest.CaptureFixture[str]) -> None:
    report(house, "failed", 21610)
    said = capsys.readouterr().out

    assert said
    for secret in (ANA, ANA[2:], key_of(ANA), alert_keeping.token(ID, key_of(ANA)), texting.key_of(ANA)):
        assert secret not in said
