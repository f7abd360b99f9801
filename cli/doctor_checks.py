"""What the doctor looks at: each check reads one thing and has it judged; none can keep another from running."""

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cached_property
from typing import TYPE_CHECKING, Any

import boto3
from botocore.exceptions import BotoCoreError, ClientError

from chalicelib.adapters import aws_account
from chalicelib.adapters.dead_letters import WatchedQueue
from chalicelib.adapters.twilio_account import TwilioAccount, Unanswered
from chalicelib.domain import health, mail_health, twilio_health
from chalicelib.domain.campaign import Campaign, Status
from chalicelib.domain.health import Channels, Finding, QueueFacts, doubtful, well
from chalicelib.domain.twilio_health import TOLL_FREE, OwnNumber
from cli.connection import Connection
from cli.queues import watched

if TYPE_CHECKING:
    from mypy_boto3_sesv2 import SESV2Client

SHORT_CODE = 7
"""The longest number that is a short code, with its sign."""


@dataclass(frozen=True)
class Patient:
    """A deployment that is looked at. What several checks need is read once, when the first of them asks."""

    connection: Connection

    @property
    def is_development(self) -> bool:
        """Whether it is a stack of this machine."""
        return self.connection.config.is_development

    @cached_property
    def secret(self) -> Mapping[str, str]:
        """The fields of the one secret."""
        client = self.connection.aws().secretsmanager
        text = client.get_secret_value(SecretId=self.connection.config.secrets)["SecretString"]
        fields: Mapping[str, str] = json.loads(text)
        return fields

    @cached_property
    def twilio(self) -> TwilioAccount:
        """The account."""
        config = self.connection.config
        return TwilioAccount(config.account_sid, self.secret["twilio_auth_token"], config.twilio_api_url)

    @cached_property
    def numbers(self) -> Mapping[str, OwnNumber]:
        """The numbers of the account."""
        return {found.number: found for found in self.twilio.numbers()}

    @cached_property
    def ses(self) -> "SESV2Client":
        """SES."""
        return self.connection.ses()

    @cached_property
    def campaigns(self) -> tuple[Campaign, ...]:
        """The campaigns that are live or paused."""
        catalog = self.connection.catalog
        rows = [row for row in catalog.campaigns() if row.status in {Status.LIVE, Status.PAUSED}]
        return tuple(filter(None, (catalog.campaign(row.slug) for row in rows)))

    @cached_property
    def sends_texts(self) -> bool:
        """Whether any text programme runs."""
        return any(campaign.texts for campaign in self.campaigns)

    @cached_property
    def queues(self) -> Mapping[str, WatchedQueue]:
        """The queues of the settings, by our names."""
        return watched(self.connection)


@dataclass(frozen=True, slots=True)
class Check:
    """One look: in which group it stands, what it looks at, how."""

    group: str
    name: str
    look: Callable[[Patient], Iterator[Finding]]


def examined(check: Check, patient: Patient) -> list[Finding]:
    """Do one check. What can't be asked is a finding, too."""
    try:
        return list(check.look(patient))
    except Exception as error:  # noqa: BLE001 - the edge of one check: whatever it meets, the next one goes on
        return [_unanswered(check, error, patient)]


# Looks.


def _settings(patient: Patient) -> Iterator[Finding]:
    config = patient.connection.config
    yield well(f"Complete, for {patient.connection.name}")
    yield health.of_address(config.public_url, is_development=patient.is_development)
    yield health.of_numbers(config.numbers, is_development=patient.is_development)


def _channels(patient: Patient) -> Iterator[Finding]:
    config, found = patient.connection.config, patient.campaigns
    yield well(f"Live or paused: {', '.join(each.slug for each in found) or 'no campaign yet'}")
    yield from health.of_channels(
        Channels(
            config.has_mail,
            config.has_alerts,
            [each.slug for each in found if any(office.mailboxes for office in each.offices)],
            [each.slug for each in found if each.texts],
        )
    )


def _secrets(patient: Patient) -> Iterator[Finding]:
    return health.of_secrets(patient.secret, is_development=patient.is_development)


def _table(patient: Patient) -> Iterator[Finding]:
    table = patient.connection.catalog.table
    facts = aws_account.table_facts(table.client, table.name)
    return health.of_table(facts, is_development=patient.is_development)


def _queues(patient: Patient) -> Iterator[Finding]:
    for name, queue in patient.queues.items():
        depth = queue.depth()
        yield health.of_queue(QueueFacts(name, depth.waiting + depth.delayed, depth.dead))


def _schedules(patient: Patient) -> Iterator[Finding]:
    """The oldest row that waits past its time says whether anybody comes to look."""
    now = datetime.now(UTC)
    oldest = min(
        (datetime.fromisoformat(key.sk[:19]) for key, _ in patient.connection.store.due(now)), default=None
    )
    late = now - oldest.replace(tzinfo=UTC) if oldest else timedelta()
    yield health.of_schedules(late.total_seconds() / 60)


def _concurrency(patient: Patient) -> Iterator[Finding]:
    if patient.is_development:
        yield well("On this machine no Lambda limits what runs")
        return
    where: Any = patient.connection.where
    yield health.of_concurrency(aws_account.may_run_at_once(boto3.client("lambda", **where)))


def _account(patient: Patient) -> Iterator[Finding]:
    yield twilio_health.of_account(patient.twilio.status())
    yield twilio_health.of_balance(*patient.twilio.balance())


def _numbers(patient: Patient) -> Iterator[Finding]:
    config = patient.connection.config
    wanted = dict.fromkeys(
        (*config.numbers, *(number for each in patient.campaigns for number in each.numbers))
    )
    for number in wanted:
        yield from twilio_health.of_number(
            number, patient.numbers.get(number), config.public_url, needs_texts=patient.sends_texts
        )


def _countries(patient: Patient) -> Iterator[Finding]:
    allowed = {iso: patient.twilio.may_call(iso) for iso in sorted(patient.connection.config.regions)}
    yield twilio_health.of_countries(allowed)


def _texts(patient: Patient) -> Iterator[Finding]:
    if not patient.sends_texts:
        yield well("No campaign sends texts: no registration is needed")
        return
    config, twilio = patient.connection.config, patient.twilio
    if config.text_service:
        service = twilio.service(config.text_service)
        yield twilio_health.of_service(service, config.numbers, config.public_url)
    free = [number for number in config.numbers if TOLL_FREE.match(number)]
    for number in free:
        found = patient.numbers.get(number)
        statuses = twilio.verification(found.sid) if found else []
        yield twilio_health.of_registration(f"Toll-free verification of {number}", statuses)
    long_codes = [number for number in config.numbers if number not in free and len(number) > SHORT_CODE]
    if long_codes:
        yield twilio_health.of_registration("10DLC brand", twilio.brands())
        campaigns = twilio.campaigns(config.text_service) if config.text_service else []
        yield twilio_health.of_registration("10DLC campaign of the Messaging Service", campaigns)


def _mail(patient: Patient) -> Iterator[Finding]:
    config = patient.connection.config
    if not config.has_mail:
        yield well("No letters leave by mail: they are printed")
        return
    domain = config.mail_from.partition("@")[2]
    is_verified, dkim = aws_account.mail_identity(patient.ses, domain)
    yield from mail_health.of_identity(domain, is_verified=is_verified, dkim=dkim)
    yield mail_health.of_set(config.mail_set, aws_account.mail_events(patient.ses, config.mail_set))


def _mail_quota(patient: Patient) -> Iterator[Finding]:
    if not patient.connection.config.has_mail:
        return
    account = aws_account.mail_account(patient.ses)
    depth = patient.queues["letters"].depth()
    yield from mail_health.of_account(account)
    yield mail_health.of_quota(account, depth.waiting + depth.delayed)


def _aws_clock(patient: Patient) -> Iterator[Finding]:
    table = patient.connection.catalog.table
    yield _clock(aws_account.aws_date(table.client, table.name), "AWS")


def _twilio_clock(patient: Patient) -> Iterator[Finding]:
    yield _clock(patient.twilio.date(), "Twilio")


def _clock(theirs: datetime | None, whose: str) -> Finding:
    if theirs is None:
        return doubtful(
            f"{whose} did not say what time it is", "This clock may be off.", "Compare it by hand."
        )
    return health.of_clock(datetime.now(UTC), theirs, whose)


CHECKS = (
    Check("Settings", "settings", _settings),
    Check("Settings", "campaigns", _channels),
    Check("Settings", "secrets", _secrets),
    Check("AWS", "table", _table),
    Check("AWS", "queues", _queues),
    Check("AWS", "schedules", _schedules),
    Check("AWS", "Lambda’s quota", _concurrency),
    Check("Twilio", "account", _account),
    Check("Twilio", "numbers", _numbers),
    Check("Twilio", "countries", _countries),
    Check("Twilio", "registration of texts", _texts),
    Check("Mail", "sender", _mail),
    Check("Mail", "quota", _mail_quota),
    Check("Clock", "AWS’s clock", _aws_clock),
    Check("Clock", "Twilio’s clock", _twilio_clock),
)


# What can't be asked.


def _unanswered(check: Check, error: Exception, patient: Patient) -> Finding:
    """What could not be asked. Of the error only its kind and code are told: its text may quote what was asked."""
    reason, way_on = _reason(error, patient)
    return health.broken(
        f"Could not look at {check.group}, {check.name}: {reason}", "How it stands isn’t known.", way_on
    )


def _reason(error: Exception, patient: Patient) -> tuple[str, str]:
    secrets = patient.connection.config.secrets
    if isinstance(error, Unanswered) and error.status == 401:  # noqa: PLR2004 - Twilio's answer, not ours
        return "Twilio refuses this account and token", f"Put the token of now into the secret {secrets}."
    if isinstance(error, Unanswered):
        return str(error), "Ask again; status.twilio.com says whether it is they."
    if isinstance(error, ClientError):
        code = error.response["Error"]["Code"]
        return (
            f"{error.operation_name} was refused ({code})",
            "Check its name in the settings, and what you may read.",
        )
    if isinstance(error, BotoCoreError):
        return (
            f"no answer from AWS ({type(error).__name__})",
            "Check the network, the region and your sign-in.",
        )
    return f"an answer that can’t be read ({type(error).__name__})", "Look at it in the Console."
