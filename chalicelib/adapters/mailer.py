"""SES v2 as we use it: one mail out, once, and what the account may send. The only importer of SES's client.

Promises: retries are off, so that a mail is asked for once; every answer is one of four: taken, later, not this
sender, not this mail; and no answer is Unclear. Refuses to know what is in a mail, and why.
"""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from typing import TYPE_CHECKING

from botocore.exceptions import BotoCoreError, ClientError

from chalicelib.domain.letter_events import Fault

if TYPE_CHECKING:
    from mypy_boto3_sesv2 import SESV2Client

ALLOWANCE_SECONDS = 60.0
"""How old what we know of the account's quota may be: SES answers about one such question a second."""


@dataclass(frozen=True, slots=True)
class Outgoing:
    """One mail. `from_name` is shown before our own address; `to` are bare addresses.

    `tags` come back in every event ([A-Za-z0-9_-]). `headers` are ours beside the usual ones (Auto-Submitted,
    List-Unsubscribe).
    """

    from_name: str = field(repr=False)
    to: tuple[str, ...] = field(repr=False)
    subject: str = field(repr=False)
    text: str = field(repr=False)
    html: str = field(repr=False)
    language: str
    tags: Mapping[str, str]
    reply_to: str | None = field(default=None, repr=False)
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)


@dataclass(frozen=True, slots=True)
class Allowance:
    """What SES lets the account send: mails a second, and whether it sends at all."""

    max_send_rate: float
    is_enabled: bool


class Later(Exception):
    """SES says that mail comes too fast: nothing was sent, and it is nobody's fault."""


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
        try:
            raw = mime(mail, self._sender)
        except ValueError as error:
            raise MailRefused from error
        try:
            answer = self._ses().send_email(
                Destination={"ToAddresses": list(mail.to)},
                Content={"Raw": {"Data": raw}},
                EmailTags=[{"Name": name, "Value": value} for name, value in mail.tags.items()],
                ConfigurationSetName=self._set,
            )
        except ClientError as error:
            raise _meaning(error) from error
        except BotoCoreError as error:
            raise MailUnclear from error
        return answer["MessageId"]

    def allowance(self) -> Allowance:
        """Return what the account may send, at most a minute old."""
        now = self._monotonic()
        if self._allowance is None or now - self._allowance[0] > ALLOWANCE_SECONDS:
            told = self._ses().get_account()
            rate = float(told.get("SendQuota", {}).get("MaxSendRate", 1.0))
            self._allowance = now, Allowance(rate, bool(told.get("SendingEnabled", True)))
        return self._allowance[1]

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


def _meaning(error: ClientError) -> Exception:
    code, text = error.response["Error"].get("Code", ""), error.response["Error"].get("Message", "")
    if code in THROTTLED:
        return SenderDown(Fault.QUOTA_SPENT) if "quota" in text.lower() else Later()
    if code in FAULTS:
        return SenderDown(FAULTS[code])
    status = int(error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 500))
    return MailRefused() if 400 <= status < 500 else MailUnclear()  # noqa: PLR2004 - HTTP's own classes


def mime(mail: Outgoing, sender: str) -> bytes:
    """Write a mail as MIME: From our own address with the supporter's name, text and HTML, no line over 998 octets.

    Raises:
        ValueError: a header would hold a line break.
    """
    made = EmailMessage(policy=SMTP)
    local, _, domain = sender.partition("@")
    made["From"] = Address(mail.from_name, local, domain)
    made["To"] = ", ".join(mail.to)
    if mail.reply_to:
        made["Reply-To"] = mail.reply_to
    made["Subject"] = mail.subject
    made["Content-Language"] = mail.language
    for name, value in mail.headers.items():
        made[name] = value
    made.set_content(mail.text)
    made.add_alternative(mail.html, subtype="html")
    return made.as_bytes()
