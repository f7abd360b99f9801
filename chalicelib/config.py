"""The configuration, read once from the environment. The only reader of the environment.

Knows no default that could ring anybody: outside development nothing has a phone number built in.
"""

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass

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
    alert_queue: str = ""

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
        rate = _number(environ, "PATCHTHROUGH_CALLS_PER_SECOND", 1.0, problems)
        per_phone = _number(environ, "PATCHTHROUGH_CALLS_PER_PHONE", 3, problems)
        per_source = _number(environ, "PATCHTHROUGH_CALLS_PER_SOURCE", 20, problems)
        verification_days = _whole(environ, "PATCHTHROUGH_VERIFICATION_DAYS", 30, problems)
        unproven = _number(environ, "PATCHTHROUGH_UNPROVEN_CALLS_PER_SOURCE", 3, problems)
        pages = _whole(environ, "PATCHTHROUGH_PAGES_PER_SOURCE", 60, problems)
        hidden = _whole(environ, "PATCHTHROUGH_HIDDEN_CALLS", 60, problems)
        texts = _whole(environ, "PATCHTHROUGH_TEXTS_PER_PHONE", 6, problems)
        letters = _whole(environ, "PATCHTHROUGH_LETTERS_PER_ADDRESS", 6, problems)
        letters_source = _whole(environ, "PATCHTHROUGH_LETTERS_PER_SOURCE", 20, problems)
        usual = LOCAL_PROOF_COST if environ.get("PATCHTHROUGH_STAGE") in DEVELOPMENT else PROOF_COST
        cost = _number(environ, "PATCHTHROUGH_PROOF_COST", usual, problems)
        problems += _wrong(environ)
        if problems:
            raise ConfigError(
                "Patchthrough can’t start: " + "; ".join(problems) + ". See README, Configuration."
            )
        return cls(
            stage=environ["PATCHTHROUGH_STAGE"],
            table=environ["PATCHTHROUGH_TABLE"],
            public_url=environ["PATCHTHROUGH_PUBLIC_URL"].rstrip("/"),
            ring_queue=environ["PATCHTHROUGH_QUEUE_RING"],
            secrets=environ["PATCHTHROUGH_SECRETS"],
            account_sid=environ["TWILIO_ACCOUNT_SID"],
            twilio_api_url=environ.get("TWILIO_API_URL", "").rstrip("/"),
            numbers=_listed(environ["TWILIO_NUMBERS"]),
            calls_per_second=rate,
            regions=frozenset(_listed(environ.get("PATCHTHROUGH_REGIONS", "US,PR,VI,GU,AS,MP,CA"))),
            calls_per_phone=int(per_phone),
            calls_per_source=int(per_source),
            verification_days=verification_days,
            unproven_calls_per_source=int(unproven),
            texts_per_phone=texts,
            proof_cost=max(1, int(cost)),
            pages_per_source=pages,
            hidden_calls=hidden,
            letter_queue=environ.get("PATCHTHROUGH_QUEUE_LETTERS", ""),
            mail_event_queue=environ.get("PATCHTHROUGH_QUEUE_MAIL_EVENTS", ""),
            mail_from=environ.get("PATCHTHROUGH_MAIL_FROM", "").strip(),
            mail_set=environ.get("PATCHTHROUGH_MAIL_SET", "").strip(),
            ses_url=environ.get("PATCHTHROUGH_SES_URL", "").rstrip("/"),
            letters_per_address=letters,
            letters_per_source=letters_source,
            alert_queue=environ.get("PATCHTHROUGH_QUEUE_ALERTS", ""),
        )


def configured() -> Config:
    """Return the configuration of this process.

    Raises:
        ConfigError: as `Config.from_environ`.
    """
    return Config.from_environ(os.environ)


def _listed(text: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in text.split(",") if part.strip())


def _number(environ: Mapping[str, str], name: str, default: float, problems: list[str]) -> float:
    text = environ.get(name) or str(default)
    try:
        value = float(text)
    except ValueError:
        value = 0.0
    if value <= 0:
        problems.append(f"{name} must be a number above 0, not {text!r}")
    return value


def _whole(environ: Mapping[str, str], name: str, default: int, problems: list[str]) -> int:
    text = environ.get(name) or str(default)
    if not re.fullmatch(r"[1-9][0-9]{0,3}", text):
        problems.append(f"{name} must be a whole number above 0, not {text!r}")
        return default
    return int(text)


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
