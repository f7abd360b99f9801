"""Which function may do what: by action and resource, and whose items it may delete.

tests/infra/promises.py holds that the template says so, tests/infra/test_least_privilege.py that nobody needs less.
"""

TABLE = ("Table", "Arn")
RING = ("RingQueue", "Arn")
LETTERS = ("LettersQueue", "Arn")
MAIL_EVENTS = ("MailEventsQueue", "Arn")
ALERTS = ("AlertsQueue", "Arn")
IDENTITY = "arn:${AWS::Partition}:ses:${AWS::Region}:${AWS::AccountId}:identity/${Domain}"
MAIL_SET = "arn:${AWS::Partition}:ses:${AWS::Region}:${AWS::AccountId}:configuration-set/${MailSet}"
SECRET = "arn:${AWS::Partition}:secretsmanager:${AWS::Region}:${AWS::AccountId}:secret:${SecretName}-??????"
ITEM = ("BatchGetItem", "GetItem", "PutItem", "Query", "UpdateItem")
ON_TABLE = {(f"dynamodb:{action}", TABLE) for action in ITEM}
SEND = {("sqs:SendMessage", RING)}
SEND_ALERT = {("sqs:SendMessage", ALERTS)}
SEND_LETTER = {("sqs:SendMessage", LETTERS)}
FORGET = {("dynamodb:DeleteItem", TABLE)}
CHECK = {("dynamodb:ConditionCheckItem", TABLE)}
"""A part of a transaction that only looks."""
RECEIVE = ("ChangeMessageVisibility", "DeleteMessage", "GetQueueAttributes", "ReceiveMessage")
MAIL = {(action, to) for action in ("ses:SendEmail", "ses:SendRawEmail") for to in (IDENTITY, MAIL_SET)}
ASK_ACCOUNT = {("ses:GetAccount", "*")}
NO_RESOURCE = {"ses:GetAccount"}
"""Actions for which AWS knows no resource but all."""
READ_SECRET = {("secretsmanager:GetSecretValue", SECRET)}


def log(group: str) -> set[tuple[str, object]]:
    """Writing to a log group that is there already; creating one is for the stack."""
    return {(f"logs:{action}", (group, "Arn")) for action in ("CreateLogStream", "PutLogEvents")}


def drain(queue: tuple[str, str]) -> set[tuple[str, object]]:
    """What Lambda's poller does with a queue, in the function's name."""
    return {(f"sqs:{action}", queue) for action in RECEIVE}


ALLOWED: dict[str, set[tuple[str, object]]] = {
    "APIHandler": ON_TABLE | FORGET | SEND | SEND_LETTER | READ_SECRET | log("ApiLog"),
    "Ring": ON_TABLE | FORGET | SEND | drain(RING) | READ_SECRET | log("RingLog"),
    "Reconcile": ON_TABLE | FORGET | SEND | READ_SECRET | log("ReconcileLog"),
    "Letters": ON_TABLE
    | FORGET
    | SEND_LETTER
    | drain(LETTERS)
    | MAIL
    | ASK_ACCOUNT
    | READ_SECRET
    | log("LettersLog"),
    "MailEvents": ON_TABLE - {("dynamodb:GetItem", TABLE)}
    | SEND_LETTER
    | drain(MAIL_EVENTS)
    | READ_SECRET
    | log("MailEventsLog"),
    "Post": ON_TABLE | FORGET | SEND_LETTER | READ_SECRET | log("PostLog"),
    "Alerts": ON_TABLE | CHECK | FORGET | drain(ALERTS) | READ_SECRET | log("AlertsLog"),
    "Broadcasts": ON_TABLE | FORGET | SEND_ALERT | READ_SECRET | log("BroadcastsLog"),
}
FORGETS: dict[str, list[str] | None] = {
    "APIHandler": ["CAMPAIGN#*", "LETTER#*", "ROLL#*", "SESSION#*", "SIGNIN#*"],
    "Ring": ["ROLL#*"],
    "Reconcile": None,
    "Letters": ["MAIL#*"],
    "Post": ["LETTER#*", "LETTERDUE#*"],
    "Alerts": ["CLAIM#*", "PASSES", "ROLL#*"],
    "Broadcasts": ["PASSES", "ROLL#*", "SUBSCRIBERDUE#*"],
}
"""Which items a function may delete, by the beginning of their keys; None: any but the ledger's."""
