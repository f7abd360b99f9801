"""How a Twilio account stands, read by REST: the account, its numbers, its Messaging Service, what it may do.

Promises: only reads; asks once and not for long; no token, and no number, is in a URL or an error. Needs Twilio's HTTP
client only, not its products: the command line asks, never a view.
"""

import json
from collections.abc import Iterator, Mapping
from datetime import datetime
from decimal import Decimal, InvalidOperation
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from chalicelib.domain.twilio_health import OwnNumber, ServiceFacts

if TYPE_CHECKING:
    from twilio.http import HttpClient

API, MESSAGING, VOICE = "https://api.twilio.com", "https://messaging.twilio.com", "https://voice.twilio.com"
TIMEOUT_SECONDS = 10.0
MOST_PAGES = 50


class Unanswered(Exception):
    """Twilio did not say: `status` is its answer's (0: none), `code` its own error number (0: none)."""

    def __init__(self, status: int, code: int = 0) -> None:
        """Keep what is known of it; never the body, which may quote what was asked."""
        super().__init__(f"Twilio answered {status or 'nothing'}" + (f", error {code}" if code else ""))
        self.status, self.code = status, code


class TwilioAccount:
    """One account. `api_url` leads elsewhere than to Twilio's own hosts ("": to these); `http` replaces the wire."""

    def __init__(
        self, account_sid: str, token: str, api_url: str = "", http: "HttpClient | None" = None
    ) -> None:
        """Keep what is needed; nothing is asked yet."""
        self._sid, self._token, self._api_url, self._http = account_sid, token, api_url, http

    def status(self) -> str:
        """Return "active", "suspended" or "closed"."""
        return str(self._asked(API, f"/2010-04-01/Accounts/{self._sid}.json")["status"])

    def date(self) -> datetime | None:
        """Return what time it is at Twilio."""
        answer = self._answer(API, f"/2010-04-01/Accounts/{self._sid}.json")
        return moment_of(answer.headers or {})

    def balance(self) -> tuple[Decimal, str]:
        """Return what is left, and in which currency."""
        told = self._asked(API, f"/2010-04-01/Accounts/{self._sid}/Balance.json")
        try:
            return Decimal(str(told["balance"])), str(told["currency"])
        except InvalidOperation as error:
            raise Unanswered(200) from error

    def numbers(self) -> Iterator[OwnNumber]:
        """Yield all numbers of the account. Twilio could filter by number, but then it would stand in a URL."""
        path: str | None = f"/2010-04-01/Accounts/{self._sid}/IncomingPhoneNumbers.json?PageSize=1000"
        for _ in range(MOST_PAGES):
            if path is None:
                return
            page = self._asked(API, path)
            yield from map(_number, page["incoming_phone_numbers"])
            path = page["next_page_uri"]

    def service(self, sid: str) -> ServiceFacts:
        """Return a Messaging Service with its numbers."""
        told = self._asked(MESSAGING, f"/v1/Services/{sid}")
        own = told.get("use_inbound_webhook_on_number")
        numbers = self._all(f"/v1/Services/{sid}/PhoneNumbers?PageSize=1000", "phone_numbers")
        found = [str(one["phone_number"]) for one in numbers]
        return ServiceFacts(found, None if own else str(told.get("inbound_request_url") or ""))

    def campaigns(self, service_sid: str) -> list[str]:
        """Return how the service's 10DLC campaigns stand."""
        found = self._all(f"/v1/Services/{service_sid}/Compliance/Usa2p", "compliance")
        return [str(one["campaign_status"]) for one in found]

    def brands(self) -> list[str]:
        """Return how the account's 10DLC brands stand."""
        return [str(one["status"]) for one in self._all("/v1/a2p/BrandRegistrations", "data")]

    def verification(self, number_sid: str) -> list[str]:
        """Return how a toll-free number's verifications stand."""
        path = f"/v1/Tollfree/Verifications?TollfreePhoneNumberSid={number_sid}"
        return [str(one["status"]) for one in self._all(path, "verifications")]

    def may_call(self, iso: str) -> bool:
        """Whether calls may go to a country's ordinary numbers."""
        told = self._asked(VOICE, f"/v1/DialingPermissions/Countries/{iso}")
        return bool(told["low_risk_numbers_enabled"])

    # Strictly private.

    def _all(self, path: str, name: str) -> Iterator[Any]:
        """Yield what is on all pages of a newer product's list."""
        following: str | None = path
        for _ in range(MOST_PAGES):
            if following is None:
                return
            page = self._asked(MESSAGING, following)
            yield from page[name]
            url = page["meta"]["next_page_url"]
            following = f"{urlsplit(url).path}?{urlsplit(url).query}" if url else None

    def _asked(self, host: str, path: str) -> Any:  # noqa: ANN401 - JSON, read by name
        answer = self._answer(host, path)
        try:
            told = json.loads(answer.text)
        except ValueError:
            told = {}
        if answer.status_code != 200:  # noqa: PLR2004 - Twilio's answer, not ours
            raise Unanswered(answer.status_code, int(told.get("code") or 0))
        return told

    def _answer(self, host: str, path: str) -> Any:  # noqa: ANN401 - twilio's client has no types of its own
        from requests.exceptions import RequestException  # noqa: PLC0415 - slow import, the command line only

        try:
            return self._wire().request(
                "GET", (self._api_url or host) + path, auth=(self._sid, self._token), timeout=TIMEOUT_SECONDS
            )
        except RequestException:
            # Its text has the whole URL.
            raise Unanswered(0) from None

    def _wire(self) -> "HttpClient":
        if self._http is None:
            from twilio.http.http_client import TwilioHttpClient  # noqa: PLC0415 - slow import, as above

            self._http = TwilioHttpClient(pool_connections=False, timeout=TIMEOUT_SECONDS, max_retries=0)
        return self._http


def moment_of(headers: Mapping[str, str]) -> datetime | None:
    """Return the moment of an answer's Date, None if it has none."""
    told = next((value for name, value in headers.items() if name.lower() == "date"), "")
    try:
        return parsedate_to_datetime(told)
    except ValueError:
        return None


def _number(told: Mapping[str, Any]) -> OwnNumber:
    can = told["capabilities"]
    return OwnNumber(
        number=str(told["phone_number"]),
        sid=str(told["sid"]),
        has_voice=bool(can.get("voice")),
        has_texts=bool(can.get("sms")),
        voice_url=str(told.get("voice_url") or ""),
        fallback_url=str(told.get("voice_fallback_url") or ""),
        status_url=str(told.get("status_callback") or ""),
        text_url=str(told.get("sms_url") or ""),
        text_fallback_url=str(told.get("sms_fallback_url") or ""),
    )
