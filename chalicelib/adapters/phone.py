"""Twilio's REST API: place a call or send a text once, and ask what became of it. The only importer of its client.

Retries are off: a POST Calls or Messages has no idempotency key, so whatever is not a clear yes or no is Unclear and is
never sent again (design §4). Numbers and sids stay out of every error text.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import takewhile
from typing import TYPE_CHECKING, Any

from chalicelib.domain.call import CallStatus

if TYPE_CHECKING:
    from twilio.http import HttpClient
    from twilio.rest import Client
    from twilio.rest.api.v2010.account.call import CallInstance
    from twilio.rest.api.v2010.account.message import MessageInstance

RING_SECONDS = 30
"""How long a supporter's phone rings."""
CALL_SECONDS = 3600
"""The longest call, set always: Twilio's own cap is four hours."""
TIMEOUT_SECONDS = 10.0
WAITS = {429: 1.0, 401: 60.0}
"""Seconds until a call that was clearly not placed is tried again. A new token is in memory within five minutes."""
UNREACHABLE_SECONDS = 60.0
MOST_LISTED = 20
MOST_ON_A_PAGE = 1000
"""Calls in one answer, Twilio's own ceiling: at a call a second, a quarter of an hour."""
OUT_OF_ORDER = timedelta(minutes=5)
"""How far from the order of their making Twilio may list calls: it may sort by the time they were dialled."""


class TooMany(Exception):
    """Twilio clearly did not place it and may next time: 429, or 401 while a token is being rotated."""

    def __init__(self, seconds: float) -> None:
        """Keep how long to wait."""
        super().__init__("Twilio asks us to slow down")
        self.seconds = seconds


class Unreachable(TooMany):
    """There was no connection to Twilio: certainly nothing was placed or sent."""

    def __init__(self) -> None:
        """Wait a minute."""
        super().__init__(UNREACHABLE_SECONDS)
        self.args = ("no connection to Twilio",)


class Rejected(Exception):
    """Twilio clearly refused, with its error code: not placed, and no use in trying again."""

    def __init__(self, code: int) -> None:
        """Keep Twilio's code."""
        super().__init__(f"Twilio refused with code {code}")
        self.code = code


class Unlisted(Exception):
    """Twilio gave no list of its calls: it can't be reached, or refuses our token."""


class Unclear(Exception):
    """No clear answer: the call may or may not have been placed."""


@dataclass(frozen=True, slots=True)
class Placing:
    """What Twilio needs to place one call. URLs are absolute."""

    to: str
    from_number: str
    url: str
    fallback: str
    status: str


@dataclass(frozen=True, slots=True)
class Texting:
    """What Twilio needs to send one text. `status` is the absolute URL at which it tells what became of it.

    A Messaging `service` chooses the number to send from; without one it is `from_number`. After `validity` seconds
    Twilio forgets a text that it could not hand on; None: after its own ten hours.
    """

    to: str = field(repr=False)
    from_number: str
    body: str = field(repr=False)
    status: str
    service: str = ""
    validity: int | None = None


@dataclass(frozen=True, slots=True)
class Known:
    """What Twilio says of a call or leg: `seconds` of talk, `created_at` when it was placed."""

    sid: str
    status: CallStatus
    seconds: int
    to: str
    created_at: datetime | None


@dataclass(frozen=True, slots=True)
class Dialled:
    """A call to an office, as Twilio lists it: dialled from the call `parent`; `ended_at` is None while it goes on."""

    sid: str
    parent: str
    to: str = field(repr=False)
    status: CallStatus
    seconds: int
    ended_at: datetime | None


@dataclass(frozen=True, slots=True)
class KnownText:
    """What Twilio says of a text of ours: its last `status`, its `error` (0: none), when it was `created_at`."""

    sid: str
    to: str = field(repr=False)
    body: str = field(repr=False)
    status: str
    error: int
    created_at: datetime | None


class Phone:
    """One Twilio account. The client is built on first use: its import is slow and no webhook needs it."""

    def __init__(
        self, account_sid: str, token: str, api_url: str = "", http: "HttpClient | None" = None
    ) -> None:
        """Keep the account; `api_url` empty is Twilio itself, `http` replaces the wire."""
        self._account_sid, self._token, self._api_url, self._http = account_sid, token, api_url, http
        self._built: Client | None = None

    def place(self, order: Placing) -> str:
        """Place the call and return its sid.

        Raises:
            TooMany: safe to try again later.
            Rejected: clearly not placed.
            Unclear: nobody knows; ask later with `calls_to`.
        """
        return _once(lambda: self._client().calls.create(
            to=order.to, from_=order.from_number, url=order.url, method="POST",
            fallback_url=order.fallback, fallback_method="POST",
            status_callback=order.status, status_callback_method="POST",
            status_callback_event=["ringing", "answered", "completed"],
            timeout=RING_SECONDS, time_limit=CALL_SECONDS,
        ))  # fmt: skip

    def text(self, order: Texting) -> str:
        """Send the text and return its sid.

        Raises:
            TooMany, Rejected, Unclear: as `place`.
        """
        sender = {"messaging_service_sid": order.service} if order.service else {"from_": order.from_number}
        limits = {} if order.validity is None else {"validity_period": order.validity}
        return _once(lambda: self._client().messages.create(
            to=order.to, body=order.body, status_callback=order.status, **sender, **limits,
        ))  # fmt: skip

    def call(self, sid: str) -> Known | None:
        """Return what Twilio says of this call now, None if it knows no such call."""
        from twilio.base.exceptions import TwilioRestException  # noqa: PLC0415 - as above

        try:
            return _known(self._client().calls(sid).fetch())
        except TwilioRestException as error:
            if error.status == 404:  # noqa: PLR2004 - Twilio's answer, not ours
                return None
            raise

    def calls_to(self, number: str, since: datetime) -> Iterator[Known]:
        """Yield the calls placed to a number since a moment, newest first.

        Twilio could filter by number, but then it would stand in a URL: all of the last minutes are read instead.
        """
        listed = map(_known, self._client().calls.stream(page_size=MOST_ON_A_PAGE))
        recent = takewhile(
            lambda call: call.created_at is None or call.created_at >= since - OUT_OF_ORDER, listed
        )
        return (call for call in recent if call.to == number and (call.created_at or since) >= since)

    def dialled(self, since: datetime | None, until: datetime | None) -> Iterator[Dialled | None]:
        """Yield the calls that others led to, of all that began from `since` to `until`; None for each other one.

        Page by page, all of them, for the reason `calls_to` has; one that is no leg is told of as how far this is.

        Raises:
            Unlisted: Twilio was not reached, or gave no list.
        """
        from requests.exceptions import RequestException  # noqa: PLC0415 - slow import, the command line only
        from twilio.base.exceptions import TwilioException  # noqa: PLC0415 - as above

        days = {name: at for name, at in (("start_time_after", since), ("start_time_before", until)) if at}
        try:
            yield from map(_dialled, self._client().calls.stream(page_size=MOST_ON_A_PAGE, **days))
        except (RequestException, TwilioException) as error:
            raise Unlisted from error

    def texts_between(self, since: datetime, until: datetime) -> Iterator[KnownText]:
        """Yield the texts we sent that were made from `since` to `until`, newest first.

        All of them, for the reason `calls_to` has; `until` is what Twilio is told, so that later ones aren't listed.
        """
        before = until + OUT_OF_ORDER
        listed = map(_known_text, self._client().messages.stream(
            date_sent_before=before, page_size=MOST_ON_A_PAGE,
        ))  # fmt: skip
        recent = takewhile(
            lambda text: text.created_at is None or text.created_at >= since - OUT_OF_ORDER, listed
        )
        return (text for text in recent if since <= (text.created_at or since) <= until)

    def legs_of(self, sid: str) -> Iterator[Known]:
        """Yield the legs dialled from a call."""
        return map(_known, self._client().calls.list(parent_call_sid=sid, limit=MOST_LISTED))

    def _client(self) -> "Client":
        if self._built is None:
            from twilio.http.http_client import TwilioHttpClient  # noqa: PLC0415 - slow import, workers only
            from twilio.rest import Client  # noqa: PLC0415 - as above

            # A fresh connection each time: a kept one that died would make a clear "not sent" unclear.
            http = self._http or TwilioHttpClient(
                pool_connections=False, timeout=TIMEOUT_SECONDS, max_retries=0
            )
            self._built = Client(self._account_sid, self._token, http_client=http)
            if self._api_url:
                self._built.api.base_url = self._api_url
        return self._built


def _once(create: Callable[[], "CallInstance | MessageInstance"]) -> str:
    """Ask Twilio to make something, once, and return its sid."""
    from twilio.base.exceptions import TwilioRestException  # noqa: PLC0415 - slow import, workers only

    try:
        made = create()
    except TwilioRestException as error:
        raise _answer(error.status, error.code) from error
    except Exception as error:  # a reset, a time-out, a torn answer: the wire's errors have no common root
        if _never_left(error):
            raise Unreachable from error
        raise Unclear("no clear answer from Twilio") from error
    if not made.sid:
        raise Unclear("an answer without a sid")
    return str(made.sid)


def _never_left(error: Exception) -> bool:
    """Whether the connection itself failed. Whatever comes after that may have reached Twilio."""
    from requests.exceptions import ConnectTimeout  # noqa: PLC0415 - slow import, workers only
    from urllib3.exceptions import NewConnectionError  # noqa: PLC0415 - as above

    cause = getattr(error.args[0], "reason", None) if error.args else None
    return isinstance(error, ConnectTimeout) or isinstance(cause, NewConnectionError)


def _answer(status: int, code: int | None) -> TooMany | Rejected | Unclear:
    """Sort a REST error: two are safe to repeat, another 4xx is a clear no, anything else is unclear."""
    if status in WAITS:
        return TooMany(WAITS[status])
    if 400 <= status < 500:  # noqa: PLR2004 - as above
        return Rejected(code or status)
    return Unclear(f"Twilio answered {status}")


def _known(call: "CallInstance") -> Known:
    return Known(
        sid=str(call.sid),
        status=CallStatus(str(_text(call.status))),
        seconds=int(call.duration or 0),
        to=str(call.to),
        created_at=call.date_created,
    )


def _dialled(call: "CallInstance") -> Dialled | None:
    if not call.parent_call_sid:
        return None
    return Dialled(
        sid=str(call.sid),
        parent=str(call.parent_call_sid),
        to=str(call.to),
        status=CallStatus(str(_text(call.status))),
        seconds=int(call.duration or 0),
        ended_at=call.end_time,
    )


def _known_text(text: "MessageInstance") -> KnownText:
    return KnownText(
        sid=str(text.sid),
        to=str(text.to),
        body=str(text.body),
        status=_text(text.status),
        error=int(text.error_code or 0),
        created_at=text.date_created,
    )


def _text(value: Any) -> str:  # noqa: ANN401 - an enum or a plain text, by version of the client
    return str(getattr(value, "value", value))
