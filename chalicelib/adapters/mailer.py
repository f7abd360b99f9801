"""SES v2 as we use it: one mail out, once, and what the account may send. The only importer of SES's client.

Promises: retries are off, so that a mail is asked for once; every answer is one of five: taken, later, not this
sender, not this mail, nobody knows; and none of them carries an address or a word of the mail, which SES's and boto's
own errors do (so they are not chained). Refuses to know what is in a mail, and why.
"""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from botocore.exceptions import (
    BotoCoreError,
    ClientError,
    ConnectTimeoutError,
    CredentialRetrievalError,
    EndpointConnectionError,
    NoCredentialsError,
    ParamValidationError,
    PartialCredentialsError,
    ProxyConnectionError,
)

from chalicelib.adapters.mime import Outgoing, Unwritable, mime
from chalicelib.domain.letter_events import Fault
from chalicelib.observability import count, fault

if TYPE_CHECKING:
    from mypy_boto3_sesv2 import SESV2Client
    from mypy_boto3_sesv2.type_defs import SendEmailRequestTypeDef

ALLOWANCE_SECONDS = 60.0
"""How old what we know of the account's quota may be: SES answers about one such question a second."""
SAFE_RATE = 1.0
"""Mails a second while SES does not say how many: what every account may send, a new one too."""


@dataclass(frozen=True, slots=True)
class Allowance:
    """What SES lets the account send: mails a second, and whether it sends at all."""

    max_send_rate: float
    is_enabled: bool


class Later(Exception):
    """Nothing was sent, and it is nobody's fault: mail comes too fast, or SES could not be reached at all."""


class SenderDown(Exception):
    """SES refuses the sender, not the mail: nothing was sent."""

    def __init__(self, fault: Fault) -> None:
        """Keep which fault."""
        super().__init__(fault.value)
        self.fault = fault


class MailRefused(Exception):
    """SES clearly refused this mail, or it can't be written (a line break in a header)."""


class MailUnclear(Exception):
    """No clear answer: it may or may not have been taken."""


Trouble = Later | SenderDown | MailRefused | MailUnclear


class Mailer:
    """Mail by way of SES, from one address and with one configuration set."""

    def __init__(
        self,
        client: Callable[[], "SESV2Client"],
        sender: str,
        configuration_set: str,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        """Keep what is needed; the client is made with the first mail."""
        self._make, self._sender, self._set, self._monotonic = client, sender, configuration_set, monotonic
        self._client: SESV2Client | None = None
        self._allowance: tuple[float, Allowance] | None = None

    def send(self, mail: Outgoing) -> str:
        """Send one mail, asked for once; return SES's id of it.

        Raises:
            Later: too fast. SenderDown: nothing can be sent. MailRefused: not this one. MailUnclear: nobody knows.
        """
        answer = self._asked(mail)
        if isinstance(answer, str):
            return answer
        raise answer

    def allowance(self) -> Allowance:
        """Return what the account may send, at most a minute old; little, when SES does not say: mail goes on."""
        now = self._monotonic()
        if self._allowance is None or now - self._allowance[0] > ALLOWANCE_SECONDS:
            self._allowance = now, self._told()
        return self._allowance[1]

    def readmit(self, address: str) -> bool:
        """Take an address off SES's own suppression list, for a person has looked; False: SES would not, or is away.

        After a hard bounce SES itself sends nothing more there, and nothing but this ends that.
        """
        ses = self._ses()
        try:
            ses.delete_suppressed_destination(EmailAddress=address)
        except ses.exceptions.NotFoundException:
            return True
        except (ClientError, BotoCoreError) as error:
            fault("SES keeps an address on its list", error)
            return False
        return True

    # Strictly private.

    def _asked(self, mail: Outgoing) -> str | Trouble:
        """Ask, and return what came of it as a value: raised from here it would carry SES's own error along."""
        try:
            answer = self._ses().send_email(**self._request(mail))
        except Unwritable:
            return MailRefused()
        except ClientError as error:
            return _refusal(error, self._sender)
        except BotoCoreError as error:
            return _silence(error)
        return answer.get("MessageId") or MailUnclear()

    def _request(self, mail: Outgoing) -> "SendEmailRequestTypeDef":
        return {
            "FromEmailAddress": self._sender,
            "Destination": {"ToAddresses": list(mail.to)},
            "Content": {"Raw": {"Data": mime(mail, self._sender)}},
            "EmailTags": [{"Name": name, "Value": value} for name, value in mail.tags.items()],
            "ConfigurationSetName": self._set,
        }

    def _told(self) -> Allowance:
        try:
            told = self._ses().get_account()
        except (ClientError, BotoCoreError) as error:
            count("QuotaUnknown")
            fault("SES does not tell the quota", error)
            return Allowance(SAFE_RATE, is_enabled=True)
        rate = float(told.get("SendQuota", {}).get("MaxSendRate") or SAFE_RATE)
        return Allowance(rate, bool(told.get("SendingEnabled", True)))

    def _ses(self) -> "SESV2Client":
        if self._client is None:
            self._client = self._make()
        return self._client


FAULTS: dict[str, Fault] = {
    "SendingPausedException": Fault.SENDING_PAUSED,
    "AccountSuspendedException": Fault.ACCOUNT_SUSPENDED,
    "MailFromDomainNotVerifiedException": Fault.DOMAIN_UNVERIFIED,
    "NotFoundException": Fault.SETTING_MISSING,
    "LimitExceededException": Fault.LIMIT_EXCEEDED,
}
THROTTLED = frozenset({"TooManyRequestsException", "ThrottlingException", "Throttling"})
TOO_MANY, TIMED_OUT = 429, 408
NOT_LET_IN = frozenset({401, 403, 404})
"""What SES, and AWS before it, says to who may not ask at all: no permission, no such operation, an old token."""
UNVERIFIED = "not verified"

NEVER_ASKED = (EndpointConnectionError, ConnectTimeoutError, ProxyConnectionError)
"""There was no connection, so no request: certainly not sent. A connection that breaks later says nothing."""
NO_CREDENTIALS = (NoCredentialsError, PartialCredentialsError, CredentialRetrievalError)


def _refusal(error: ClientError, sender: str) -> Trouble:
    """What an answer that is no 200 means."""
    code, text, status = _read(error.response)
    if code in THROTTLED or status == TOO_MANY:
        return SenderDown(Fault.QUOTA_SPENT) if "quota" in text else Later()
    if code in FAULTS:
        return SenderDown(FAULTS[code])
    if code == "MessageRejected" and UNVERIFIED in text and _names(text, sender):
        return SenderDown(Fault.DOMAIN_UNVERIFIED)
    if status in NOT_LET_IN:
        return SenderDown(Fault.SETTING_MISSING)
    is_clear = 400 <= status < 500 and status != TIMED_OUT  # noqa: PLR2004 - HTTP's own classes
    return MailRefused() if is_clear else MailUnclear()


def _read(response: Mapping[str, Any]) -> tuple[str, str, int]:
    """The error's code, its text in lower case, and the status: 500 where there is none."""
    told = response.get("Error", {})
    status = response.get("ResponseMetadata", {}).get("HTTPStatusCode", 500)
    return told.get("Code", ""), told.get("Message", "").lower(), int(status)


def _names(text: str, sender: str) -> bool:
    """Whether it is our own address or domain that nobody verified. In SES's sandbox it can be a recipient's."""
    failed = text.rpartition(":")[2].replace(",", " ").split()
    return bool({sender.lower(), sender.lower().partition("@")[2]} & set(failed))


def _silence(error: BotoCoreError) -> Trouble:
    """What no answer means."""
    if isinstance(error, ParamValidationError):
        return MailRefused()
    if isinstance(error, NEVER_ASKED):
        count("SesUnreachable")
        return Later()
    if isinstance(error, NO_CREDENTIALS):
        return SenderDown(Fault.SETTING_MISSING)
    return MailUnclear()
