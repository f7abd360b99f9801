"""How the AWS side of a deployment stands: the table, the mail account, what Lambda may run. Only reads.

Knows no judgement of it; that is the domain's.
"""

from datetime import datetime
from typing import TYPE_CHECKING, Any

from chalicelib.adapters.twilio_account import moment_of
from chalicelib.domain.health import TableFacts
from chalicelib.domain.mail_health import AccountFacts

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_sesv2 import SESV2Client

FORGETS_BY = "expires_at"


def table_facts(dynamodb: "DynamoDBClient", name: str) -> TableFacts:
    """Read how the table is set up."""
    table: Any = dynamodb.describe_table(TableName=name)["Table"]
    ttl: Any = dynamodb.describe_time_to_live(TableName=name)["TimeToLiveDescription"]
    backups: Any = dynamodb.describe_continuous_backups(TableName=name)["ContinuousBackupsDescription"]
    recovery = backups.get("PointInTimeRecoveryDescription", {})
    is_on = recovery.get("PointInTimeRecoveryStatus") == "ENABLED"
    return TableFacts(
        is_up=table["TableStatus"] in {"ACTIVE", "UPDATING"},
        forgets=ttl.get("TimeToLiveStatus") in {"ENABLED", "ENABLING"}
        and ttl.get("AttributeName") == FORGETS_BY,
        days_back=int(recovery.get("RecoveryPeriodInDays", 35)) if is_on else 0,
        is_protected=bool(table.get("DeletionProtectionEnabled")),
    )


def aws_date(dynamodb: "DynamoDBClient", name: str) -> datetime | None:
    """Return what time it is at AWS, None where its answer does not say."""
    answer: Any = dynamodb.describe_table(TableName=name)
    return moment_of(answer["ResponseMetadata"].get("HTTPHeaders", {}))


def mail_account(ses: "SESV2Client") -> AccountFacts:
    """Read what SES lets the account do."""
    told: Any = ses.get_account()
    quota = told.get("SendQuota", {})
    return AccountFacts(
        is_sandboxed=not told.get("ProductionAccessEnabled"),
        may_send=bool(told.get("SendingEnabled")),
        enforcement=told.get("EnforcementStatus", ""),
        a_second=float(quota.get("MaxSendRate", 0)),
        a_day=float(quota.get("Max24HourSend", 0)),
        sent_today=float(quota.get("SentLast24Hours", 0)),
        suppresses=told.get("SuppressionAttributes", {}).get("SuppressedReasons", ()),
    )


def mail_identity(ses: "SESV2Client", domain: str) -> tuple[bool, str]:
    """Read whether a domain is verified, and how its signing stands ("SUCCESS", "PENDING", …)."""
    told: Any = ses.get_email_identity(EmailIdentity=domain)
    return bool(told["VerifiedForSendingStatus"]), told.get("DkimAttributes", {}).get("Status", "NOT_STARTED")


def mail_events(ses: "SESV2Client", configuration_set: str) -> frozenset[str]:
    """Read which events the configuration set publishes, at destinations that are on."""
    told: Any = ses.get_configuration_set_event_destinations(ConfigurationSetName=configuration_set)
    on = [one for one in told.get("EventDestinations", ()) if one.get("Enabled")]
    return frozenset(kind for one in on for kind in one.get("MatchingEventTypes", ()))


def may_run_at_once(client: Any) -> int:  # noqa: ANN401 - Lambda's client, whose types are not installed
    """Read how many functions the account may run at the same time."""
    return int(client.get_account_settings()["AccountLimit"]["ConcurrentExecutions"])
