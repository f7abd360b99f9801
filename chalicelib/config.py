"""The configuration, read once from the environment. The only reader of the environment.

Knows no default that could ring anybody: outside development nothing has a phone number built in.
"""

import os
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from math import inf
from typing import Any, NamedTuple

from chalicelib.domain.broadcast_pacing import SHORT_CODES, TEN_DLC, TEN_DLC_POLITICAL, TOLL_FREE, Sender

LOCAL = "local"
DEVELOPMENT = frozenset({LOCAL, "test"})
"""Stages in which fictional numbers may ring (in the phone world) and lines are verified by the local stack."""

REQUIRED = (
    "PATCHTHROUGH_STAGE",
    "PATCHTHROUGH_TABLE",
    "PATCHTHROUGH_PUBLIC_URL",
    "PATCHTHROUGH_QUEUE_RING",
    "PATCHTHROUGH_SECRETS",
    "TWILIO_ACCOUNT_SID",
    "TWILIO_NUMBERS",
)
MAIL = ("PATCHTHROUGH_MAIL_SET", "PATCHTHROUGH_QUEUE_LETTERS", "PATCHTHROUGH_QUEUE_MAIL_EVENTS")
"""What is needed beside a sender's address where letters go by mail."""

PROOF_COST, LOCAL_PROOF_COST = 10_000, 1
"""Iterations of one guess at a proof of work: a second of a slow phone's time (adapters/proof_of_work.py); in
development, where a story taps hundreds of times, next to nothing."""

TEXT_SENDERS = {
    "toll-free": TOLL_FREE,
    **dict(zip(("10dlc-lowest", "10dlc-low", "10dlc-medium", "10dlc-top"), TEN_DLC, strict=True)),
    "10dlc-political": TEN_DLC_POLITICAL,
    **dict(zip(("short-code-100", "short-code-500", "short-code-1000"), SHORT_CODES, strict=True)),
}
"""What a deployment's number for texts may be, and so how fast its broadcasts go. The usual is the slowest."""


class ConfigError(Exception):
    """The environment is not complete or not right. Its text says all that is wrong, in plain words."""


@dataclass(frozen=True, slots=True)
class Config:
    """Everything the app is told from outside. Times in seconds."""

    stage: str
    table: str
    public_url: str
    ring_queue: str
    secrets: str
    account_sid: str
    twilio_api_url: str
    numbers: tuple[str, ...]
    calls_per_second: float
    regions: frozenset[str]
    calls_per_phone: int
    calls_per_source: int
    verification_days: int
    unproven_calls_per_source: int
    texts_per_phone: int
    proof_cost: int
    pages_per_source: int
    hidden_calls: int
    letter_queue: str
    mail_event_queue: str
    mail_from: str
    mail_set: str
    ses_url: str
    letters_per_address: int
    letters_per_source: int
    alert_queue: str
    text_sender: Sender
    text_service: str
    signups_per_source: int
    staff_client: str
    sign_ins_per_source: int

    @property
    def is_development(self) -> bool:
        """Whether every ring ends in the phone world."""
        return self.stage in DEVELOPMENT

    @property
    def keeps_hours(self) -> bool:
        """Whether closed offices are left alone. The local stack's are made up, and are tried at any hour."""
        return self.stage != LOCAL

    @property
    def has_mail(self) -> bool:
        """Whether letters can go by mail; without a sender they are printed."""
        return bool(self.mail_from)

    @property
    def has_alerts(self) -> bool:
        """Whether there are workers who send broadcasts."""
        return bool(self.alert_queue)

    @property
    def from_number(self) -> str:
        """The number supporters and offices see."""
        return self.numbers[0]

    @classmethod
    def from_environ(cls, environ: Mapping[str, str]) -> "Config":
        """Read and check all settings.

        Raises:
            ConfigError: names every missing or unusable setting at once.
        """
        problems = [f"{name} is not set" for name in REQUIRED if not environ.get(name)]
        values = _read(environ, problems)
        problems += _wrong(environ)
        if problems:
            raise ConfigError(
                "Patchthrough can’t start: " + "; ".join(problems) + ". See README, Configuration."
            )
        return cls(**values)


def configured() -> Config:
    """Return the configuration of this process.

    Raises:
        ConfigError: as `Config.from_environ`.
    """
    return Config.from_environ(os.environ)


# How a setting is read. A reader that can't, raises ValueError with what the setting must be.


def _listed(text: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in text.split(",") if part.strip())


def _set(text: str) -> frozenset[str]:
    return frozenset(_listed(text))


def _address(text: str) -> str:
    return text.rstrip("/")


def _number(text: str) -> float:
    try:
        value = float(text)
    except ValueError:
        value = 0.0
    if not 0 < value < inf:
        raise ValueError("a number above 0")
    return value


def _floor(text: str) -> int:
    return int(_number(text))


def _cost(text: str) -> int:
    return max(1, _floor(text))


def _whole(text: str) -> int:
    if not re.fullmatch(r"[1-9][0-9]{0,3}", text):
        raise ValueError("a whole number above 0")
    return int(text)


def _sender(text: str) -> Sender:
    if text not in TEXT_SENDERS:
        raise ValueError(f"one of {', '.join(TEXT_SENDERS)}")
    return TEXT_SENDERS[text]


def _service(text: str) -> str:
    if text and not re.fullmatch(r"MG[0-9a-f]{32}", text):
        raise ValueError("the id of a Messaging Service (MG and 32 hexadecimal digits) or empty")
    return text


class Setting(NamedTuple):
    """One row: the field of Config, the variable it is read from, how, and what it is where nothing is set."""

    field: str
    variable: str
    read: Callable[[str], object] = str
    default: str = ""


SETTINGS = (
    Setting("stage", "PATCHTHROUGH_STAGE"),
    Setting("table", "PATCHTHROUGH_TABLE"),
    Setting("public_url", "PATCHTHROUGH_PUBLIC_URL", _address),
    Setting("ring_queue", "PATCHTHROUGH_QUEUE_RING"),
    Setting("secrets", "PATCHTHROUGH_SECRETS"),
    Setting("account_sid", "TWILIO_ACCOUNT_SID"),
    Setting("twilio_api_url", "TWILIO_API_URL", _address),
    Setting("numbers", "TWILIO_NUMBERS", _listed),
    Setting("calls_per_second", "PATCHTHROUGH_CALLS_PER_SECOND", _number, "1.0"),
    Setting("regions", "PATCHTHROUGH_REGIONS", _set, "US,PR,VI,GU,AS,MP,CA"),
    Setting("calls_per_phone", "PATCHTHROUGH_CALLS_PER_PHONE", _floor, "3"),
    Setting("calls_per_source", "PATCHTHROUGH_CALLS_PER_SOURCE", _floor, "20"),
    Setting("verification_days", "PATCHTHROUGH_VERIFICATION_DAYS", _whole, "30"),
    Setting("unproven_calls_per_source", "PATCHTHROUGH_UNPROVEN_CALLS_PER_SOURCE", _floor, "3"),
    Setting("texts_per_phone", "PATCHTHROUGH_TEXTS_PER_PHONE", _whole, "6"),
    Setting("proof_cost", "PATCHTHROUGH_PROOF_COST", _cost, str(PROOF_COST)),
    Setting("pages_per_source", "PATCHTHROUGH_PAGES_PER_SOURCE", _whole, "60"),
    Setting("hidden_calls", "PATCHTHROUGH_HIDDEN_CALLS", _whole, "60"),
    Setting("letter_queue", "PATCHTHROUGH_QUEUE_LETTERS"),
    Setting("mail_event_queue", "PATCHTHROUGH_QUEUE_MAIL_EVENTS"),
    Setting("mail_from", "PATCHTHROUGH_MAIL_FROM", str.strip),
    Setting("mail_set", "PATCHTHROUGH_MAIL_SET", str.strip),
    Setting("ses_url", "PATCHTHROUGH_SES_URL", _address),
    Setting("letters_per_address", "PATCHTHROUGH_LETTERS_PER_ADDRESS", _whole, "6"),
    Setting("letters_per_source", "PATCHTHROUGH_LETTERS_PER_SOURCE", _whole, "20"),
    Setting("alert_queue", "PATCHTHROUGH_QUEUE_ALERTS"),
    Setting("text_sender", "PATCHTHROUGH_TEXT_SENDER", _sender, "toll-free"),
    Setting("text_service", "PATCHTHROUGH_TEXT_SERVICE", _service),
    Setting("signups_per_source", "PATCHTHROUGH_SIGNUPS_PER_SOURCE", _whole, "20"),
    Setting("staff_client", "PATCHTHROUGH_STAFF_CLIENT", str.strip),
    Setting("sign_ins_per_source", "PATCHTHROUGH_SIGN_INS_PER_SOURCE", _whole, "20"),
)
IN_DEVELOPMENT = {"PATCHTHROUGH_PROOF_COST": str(LOCAL_PROOF_COST)}
"""Where a default is another one in development."""


def _read(environ: Mapping[str, str], problems: list[str]) -> dict[str, Any]:
    """Read every setting, noting each that can't be; what is empty is not set."""
    usual = IN_DEVELOPMENT if environ.get("PATCHTHROUGH_STAGE") in DEVELOPMENT else {}
    values = {}
    for field, variable, read, default in SETTINGS:
        text = environ.get(variable) or usual.get(variable, default)
        try:
            values[field] = read(text)
        except ValueError as error:
            problems.append(f"{variable} must be {error}, not {text!r}")
    return values


def _wrong(environ: Mapping[str, str]) -> list[str]:
    problems = []
    url = environ.get("PATCHTHROUGH_PUBLIC_URL", "")
    if url and not url.startswith(("http://", "https://")):
        problems.append("PATCHTHROUGH_PUBLIC_URL must begin with https:// (or http:// on this machine)")
    if "@" in url or "?" in url or "#" in url:
        problems.append("PATCHTHROUGH_PUBLIC_URL must hold no user name, query or fragment: Twilio signs it")
    if environ.get("PATCHTHROUGH_STAGE") in DEVELOPMENT and not environ.get("TWILIO_API_URL"):
        problems.append("TWILIO_API_URL is not set: in development every ring must end in the phone world")
    return problems + _wrong_mail(environ)


def _wrong_mail(environ: Mapping[str, str]) -> list[str]:
    """Mail needs its four settings, or none of them: without the set, say, no event would ever come back."""
    problems, sender = [], environ.get("PATCHTHROUGH_MAIL_FROM", "").strip()
    if sender and not re.fullmatch(r"[A-Za-z0-9.+_-]+@[a-z0-9.-]+", sender):
        problems.append(
            "PATCHTHROUGH_MAIL_FROM must be an address of a domain of yours, like letters@example.org"
        )
    missing = [name for name in MAIL if not environ.get(name)]
    if sender and missing:
        problems.append(f"PATCHTHROUGH_MAIL_FROM is set, but {', '.join(missing)} is not")
    if (
        environ.get("PATCHTHROUGH_STAGE") in DEVELOPMENT
        and sender
        and not environ.get("PATCHTHROUGH_SES_URL")
    ):
        problems.append(
            "PATCHTHROUGH_SES_URL is not set: in development every mail must end in the mail world"
        )
    return problems
