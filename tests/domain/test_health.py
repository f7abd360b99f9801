"""What is well and what is not, fact by fact; no secret is in any word of it."""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from chalicelib.domain import health, mail_health, twilio_health
from chalicelib.domain.health import Channels, Finding, Level, QueueFacts, TableFacts
from chalicelib.domain.mail_health import AccountFacts
from chalicelib.domain.twilio_health import OwnNumber, ServiceFacts

OK, WARN, FAIL = Level.OK, Level.WARN, Level.FAIL
NOW = datetime(2026, 12, 9, 16, tzinfo=UTC)
BASE = "https://calls.our-campaign.net"
NUMBER = "+12025550142"
TOKEN, OTHER, KEY = "0123456789abcdef" * 2, "fedcba9876543210" * 2, "0123456789abcdef" * 4


def levels(found: Iterable[Finding]) -> list[Level]:
    listed = list(found)
    assert all(bool(each.why and each.way_on) == (each.level is not OK) for each in listed)
    return [each.level for each in listed]


@pytest.mark.parametrize(
    ("url", "level"),
    [
        (BASE, OK),
        ("http://calls.our-campaign.net", FAIL),
        ("https://calls.example.org", FAIL),
        ("https://192.0.2.7", FAIL),
        ("https://localhost", FAIL),
    ],
)
def test_an_address_is_https_and_ours(url: str, level: Level) -> None:
    assert levels([health.of_address(url, is_development=False)]) == [level]
    assert levels([health.of_address(url, is_development=True)]) == [OK]


@pytest.mark.parametrize(
    ("numbers", "level"),
    [
        (["+12024561111"], OK),
        ([NUMBER], FAIL),
        (["2024561111"], FAIL),
        (["+12024561111", "+12024561111"], FAIL),
    ],
)
def test_numbers_are_numbers_once_each_and_none_is_made_up(numbers: list[str], level: Level) -> None:
    assert levels([health.of_numbers(numbers, is_development=False)]) == [level]


def test_what_campaigns_promise_can_leave() -> None:
    assert levels(health.of_channels(Channels(True, True, ["a"], ["a"]))) == []
    assert levels(health.of_channels(Channels(False, False, ["a"], ["a"]))) == [WARN, FAIL]
    assert levels(health.of_channels(Channels(False, False))) == []


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({"twilio_auth_token": TOKEN, "phone_key": KEY}, [OK, OK]),
        ({"twilio_auth_token": TOKEN, "twilio_auth_token_next": OTHER, "phone_key": KEY}, [OK, WARN, OK]),
        ({"twilio_auth_token": TOKEN, "twilio_auth_token_next": TOKEN, "phone_key": KEY}, [OK, WARN, OK]),
        ({"twilio_auth_token": TOKEN, "twilio_auth_token_next": "x", "phone_key": KEY}, [OK, FAIL, OK]),
        ({"twilio_auth_token": "x" * 32, "phone_key": KEY[:31]}, [FAIL, FAIL]),
        (
            {"twilio_auth_token": "changeme", "phone_key": "a key for tests only, and a long one"},
            [FAIL, FAIL],
        ),
        ({}, [FAIL, FAIL]),
    ],
)
def test_secrets_are_there_of_their_form_and_never_told(
    fields: dict[str, str], expected: list[Level]
) -> None:
    found = list(health.of_secrets(fields, is_development=False))

    assert levels(found) == expected
    assert not [value for value in fields.values() for each in found if len(value) > 1 and value in str(each)]


@pytest.mark.parametrize(
    ("table", "expected"),
    [
        (TableFacts(True, True, 7, True), [OK, OK, OK, OK]),
        (TableFacts(True, False, 0, False), [OK, FAIL, FAIL, FAIL]),
        (TableFacts(False, True, 7, True), [FAIL]),
    ],
)
def test_a_table_forgets_can_be_restored_and_not_be_deleted(table: TableFacts, expected: list[Level]) -> None:
    assert levels(health.of_table(table, is_development=False)) == expected
    assert levels(health.of_table(table, is_development=True)) == expected[:2]


@pytest.mark.parametrize(("dead", "level"), [(0, OK), (3, WARN), (None, FAIL)])
def test_a_queue_keeps_what_fails(dead: int | None, level: Level) -> None:
    assert levels([health.of_queue(QueueFacts("ring", 4, dead))]) == [level]


@pytest.mark.parametrize(("minutes", "level"), [(0, OK), (2.9, OK), (3, WARN), (9.9, WARN), (10, FAIL)])
def test_schedules_that_do_not_fire_are_seen_by_what_waits(minutes: float, level: Level) -> None:
    assert levels([health.of_schedules(minutes)]) == [level]


@pytest.mark.parametrize(("at_once", "level"), [(1000, OK), (100, OK), (50, WARN), (10, FAIL)])
def test_lambda_may_run_enough_at_once(at_once: int, level: Level) -> None:
    assert levels([health.of_concurrency(at_once)]) == [level]


@pytest.mark.parametrize(
    ("seconds", "level"), [(0, OK), (-10, OK), (11, WARN), (-60, WARN), (61, FAIL), (-900, FAIL)]
)
def test_a_clock_more_than_a_minute_off_is_not_well(seconds: int, level: Level) -> None:
    assert levels([health.of_clock(NOW + timedelta(seconds=seconds), NOW, "AWS")]) == [level]


def owned(**changes: object) -> OwnNumber:
    as_deployed: dict[str, object] = {
        "number": NUMBER,
        "sid": "PN1",
        "has_voice": True,
        "has_texts": True,
        "voice_url": f"{BASE}/twilio/voice/inbound",
        "fallback_url": f"{BASE}/twilio/voice/fallback",
        "status_url": f"{BASE}/twilio/voice/inbound/status",
        "text_url": f"{BASE}/twilio/texts/inbound#rc=3&rp=all",
        "text_fallback_url": f"{BASE}/twilio/texts/fallback",
    }
    return OwnNumber(**(as_deployed | changes))  # type: ignore[arg-type]  # each by its name


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, [OK]),
        ({"voice_url": ""}, [FAIL]),
        ({"voice_url": "https://demo.twilio.com/welcome/voice/"}, [FAIL]),
        ({"voice_url": f"{BASE}/twilio/voice/inbound/"}, [FAIL]),
        ({"fallback_url": ""}, [FAIL]),
        ({"status_url": "https://old.our-campaign.net/twilio/voice/inbound/status"}, [FAIL]),
        ({"text_url": ""}, [FAIL]),
        ({"text_fallback_url": ""}, [FAIL]),
        ({"has_voice": False}, [FAIL, OK]),
        ({"has_texts": False}, [FAIL, OK]),
    ],
)
def test_a_number_is_ours_can_do_it_and_leads_here(changes: dict[str, object], expected: list[Level]) -> None:
    assert levels(twilio_health.of_number(NUMBER, owned(**changes), BASE, needs_texts=True)) == expected
    about_texts = any("text" in name for name in changes)
    without = levels(twilio_health.of_number(NUMBER, owned(**changes), BASE, needs_texts=False))
    assert without == ([OK] if about_texts else expected)


def test_a_number_of_somebody_else_is_not_well() -> None:
    assert levels(twilio_health.of_number(NUMBER, None, BASE, needs_texts=False)) == [FAIL]


def test_an_account_is_active_and_has_money() -> None:
    assert [levels([twilio_health.of_account(each)]) for each in ("active", "suspended", "closed")] == [
        [OK], [FAIL], [FAIL],
    ]  # fmt: skip
    amounts = ("20", "19.99", "0.99", "-3")
    assert [levels([twilio_health.of_balance(Decimal(each), "USD")])[0] for each in amounts] == [
        OK,
        WARN,
        FAIL,
        FAIL,
    ]


def test_calls_may_go_where_supporters_are() -> None:
    assert levels([twilio_health.of_countries({"US": True, "CA": True})]) == [OK]
    found = twilio_health.of_countries({"US": True, "CA": False})
    assert (found.level, "not go to CA" in found.what) == (FAIL, True)


@pytest.mark.parametrize(
    ("service", "level"),
    [
        (ServiceFacts([NUMBER], None), OK),
        (ServiceFacts([NUMBER], f"{BASE}/twilio/texts/inbound#rc=3&rp=all"), OK),
        (ServiceFacts([NUMBER], ""), FAIL),
        (ServiceFacts([NUMBER], "https://elsewhere.net/twilio/texts/inbound"), FAIL),
        (ServiceFacts([], None), FAIL),
    ],
)
def test_a_service_holds_our_numbers_and_its_texts_come_to_us(service: ServiceFacts, level: Level) -> None:
    assert levels([twilio_health.of_service(service, [NUMBER], BASE)]) == [level]
    more = levels([twilio_health.of_service(service, [NUMBER, "+12025550143"], BASE)])
    assert more == ([WARN] if level is OK else [FAIL])


@pytest.mark.parametrize(
    ("statuses", "level"),
    [
        (["APPROVED"], OK),
        (["VERIFIED", "FAILED"], OK),
        (["TWILIO_APPROVED"], OK),
        (["PENDING"], WARN),
        (["IN_PROGRESS"], WARN),
        (["PENDING_REVIEW"], WARN),
        (["FAILED"], FAIL),
        (["SUSPENDED"], FAIL),
        (["TWILIO_REJECTED"], FAIL),
        ([], FAIL),
    ],
)
def test_a_registration_is_approved_waits_or_is_not_there(statuses: list[str], level: Level) -> None:
    assert levels([twilio_health.of_registration("10DLC brand", statuses)]) == [level]


def account(**changes: object) -> AccountFacts:
    usual: dict[str, object] = {
        "is_sandboxed": False,
        "may_send": True,
        "enforcement": "HEALTHY",
        "a_second": 14.0,
        "a_day": 50_000.0,
        "sent_today": 0.0,
        "suppresses": ("BOUNCE", "COMPLAINT"),
    }
    return AccountFacts(**(usual | changes))  # type: ignore[arg-type]  # each by its name


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, [OK]),
        ({"is_sandboxed": True}, [FAIL]),
        ({"may_send": False}, [FAIL, OK]),
        ({"enforcement": "PROBATION"}, [FAIL, OK]),
        ({"suppresses": ("BOUNCE",)}, [OK, WARN]),
    ],
)
def test_a_mail_account_may_send_to_anybody(changes: dict[str, object], expected: list[Level]) -> None:
    assert levels(mail_health.of_account(account(**changes))) == expected


@pytest.mark.parametrize(
    ("waiting", "changes", "level"),
    [
        (0, {}, OK),
        (50_000, {}, OK),
        (50_001, {}, WARN),
        (100, {"sent_today": 49_950.0}, WARN),
        (4_000, {"a_second": 1.0}, WARN),
    ],
)
def test_letters_that_wait_fit_into_the_quota(waiting: int, changes: dict[str, object], level: Level) -> None:
    assert levels([mail_health.of_quota(account(**changes), waiting)]) == [level]


def test_a_sender_is_verified_signed_and_told_what_becomes_of_letters() -> None:
    def identity(dkim: str, *, is_verified: bool) -> list[Level]:
        return levels(mail_health.of_identity("our-campaign.net", is_verified=is_verified, dkim=dkim))

    assert identity("SUCCESS", is_verified=True) == [OK, OK]
    assert identity("PENDING", is_verified=True) == [OK, WARN]
    assert identity("SUCCESS", is_verified=False) == [FAIL]
    assert levels([mail_health.of_set("letters", mail_health.NEEDED)]) == [OK]
    assert levels([mail_health.of_set("letters", mail_health.NEEDED - {"BOUNCE"})]) == [FAIL]
