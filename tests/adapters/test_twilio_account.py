"""How an account stands, read through Twilio's own client: from the phone world, page by page, torn answers."""

import json
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest
import requests
from twilio.http import HttpClient  # type: ignore[import-untyped, unused-ignore]
from twilio.http.response import Response  # type: ignore[import-untyped, unused-ignore]

from chalicelib.adapters.twilio_account import TwilioAccount, Unanswered, moment_of
from dev.offices import our_number
from dev.phone_world import Rules, TwilioWire
from tests.phone_world.tiny_app import ACCOUNT, OURS, TOKEN, stage

BASE = "https://calls.our-campaign.net"
SERVICE = "MG" + "1" * 32
DATE = "Wed, 09 Dec 2026 16:00:00 GMT"


def account(rules: Rules | None = None, token: str = TOKEN) -> TwilioAccount:
    staged = stage({}, rules=rules, ours=our_number(BASE, SERVICE))
    return TwilioAccount(ACCOUNT, token, http=TwilioWire(staged.world))


class Recorded(HttpClient):  # type: ignore[misc, unused-ignore]
    """A wire that gives these answers, one after the other, and remembers what was asked."""

    def __init__(self, *answers: Response | Exception) -> None:
        """Keep the answers."""
        super().__init__(None, False, None)
        self.answers, self.asked = iter(answers), list[str]()

    def request(self, method: str, url: str, **_: Any) -> Response:
        """Give the next answer."""
        assert method == "GET"
        self.asked.append(url)
        answer = next(self.answers)
        if isinstance(answer, Exception):
            raise answer
        return answer


def answer(told: object, status: int = 200, **headers: str) -> Response:
    return Response(status, json.dumps(told), headers)


def test_everything_is_read_from_twilios_own_shapes() -> None:
    found = account(Rules(balance="12.34"))

    (number,) = found.numbers()
    assert (number.number, number.has_voice, number.has_texts) == (OURS, True, True)
    assert number.voice_url == f"{BASE}/twilio/voice/inbound"
    assert number.text_fallback_url == f"{BASE}/twilio/texts/fallback"
    assert (found.status(), found.balance()) == ("active", (Decimal("12.34"), "USD"))
    service = found.service(SERVICE)
    assert (service.numbers, service.inbound_url) == ([OURS], None)
    assert (found.campaigns(SERVICE), found.brands(), found.verification(number.sid)) == (
        ["VERIFIED"],
        ["APPROVED"],
        [],
    )
    assert (found.may_call("US"), found.may_call("MX")) == (True, False)


def test_each_product_is_asked_at_its_own_host_and_lists_to_their_end() -> None:
    meta = {"next_page_url": "https://messaging.twilio.com/v1/a2p/BrandRegistrations?Page=1&PageToken=x"}
    wire = Recorded(
        answer({"data": [{"status": "FAILED"}], "meta": meta}),
        answer({"data": [{"status": "APPROVED"}], "meta": {"next_page_url": None}}),
        answer({"low_risk_numbers_enabled": True}),
        answer({"status": "active"}),
    )
    found = TwilioAccount(ACCOUNT, TOKEN, http=wire)

    assert found.brands() == ["FAILED", "APPROVED"]
    assert (found.may_call("US"), found.status()) == (True, "active")
    assert wire.asked == [
        "https://messaging.twilio.com/v1/a2p/BrandRegistrations",
        "https://messaging.twilio.com/v1/a2p/BrandRegistrations?Page=1&PageToken=x",
        "https://voice.twilio.com/v1/DialingPermissions/Countries/US",
        f"https://api.twilio.com/2010-04-01/Accounts/{ACCOUNT}.json",
    ]


def test_a_list_that_never_ends_is_left_after_a_while() -> None:
    def pages() -> Iterator[Response]:
        while True:
            yield answer({"incoming_phone_numbers": [], "next_page_uri": "/2010-04-01/again.json"})

    wire = Recorded()
    wire.answers = pages()

    assert list(TwilioAccount(ACCOUNT, TOKEN, http=wire).numbers()) == []
    assert len(wire.asked) == 50


@pytest.mark.parametrize(
    ("told", "status", "code"),
    [
        (answer({"code": 20003, "message": "Authenticate"}, 401), 401, 20003),
        (answer({}, 503), 503, 0),
        (Response(502, "<html>"), 502, 0),
        (requests.ConnectionError("https://api.twilio.com/secret"), 0, 0),
        (requests.ReadTimeout("https://api.twilio.com/secret"), 0, 0),
    ],
)
def test_what_is_no_answer_says_only_its_status_and_code(
    told: Response | Exception, status: int, code: int
) -> None:
    with pytest.raises(Unanswered) as refused:
        TwilioAccount(ACCOUNT, TOKEN, http=Recorded(told)).status()

    assert (refused.value.status, refused.value.code) == (status, code)
    assert "secret" not in str(refused.value)
    assert refused.value.__cause__ is None


def test_a_balance_that_is_none_is_no_answer() -> None:
    with pytest.raises(Unanswered):
        TwilioAccount(ACCOUNT, TOKEN, http=Recorded(answer({"balance": "much", "currency": "USD"}))).balance()


def test_the_time_is_that_of_the_answer() -> None:
    at = TwilioAccount(ACCOUNT, TOKEN, http=Recorded(answer({}, Date=DATE))).date()

    assert at is not None
    assert at.isoformat() == "2026-12-09T16:00:00+00:00"
    assert moment_of({"date": "yesterday"}) is None
    assert moment_of({}) is None
