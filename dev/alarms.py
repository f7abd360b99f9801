"""The alarms, as values: what each reads, when it trips, and whom it wakes. infra/watching.yaml is made from them.

Promises nothing by itself: `dev.watching` writes the template and the page, and tests/infra runs every definition over
data that must trip it and data that must not.
"""

from dataclasses import dataclass
from typing import Any

from chalicelib.observability import NAMESPACE, SERVICE

PROD = "prod"
Dimensions = tuple[tuple[str, Any], ...]


@dataclass(frozen=True, slots=True)
class Part:
    """One metric an alarm reads: its id in the expression, where it is, and how a period is summed up."""

    id: str
    namespace: str
    metric: str
    stat: str
    dimensions: Dimensions = ()


@dataclass(frozen=True, slots=True)
class Alarm:
    """When to tell somebody. `of`: (M, N), so many of the last N periods; `missing` is CloudWatch's word.

    `severity`: "page" wakes somebody, "ticket" waits for office hours. `math` joins several parts; "" with one.
    """

    name: str
    says: str
    severity: str
    parts: tuple[Part, ...]
    period: int
    of: tuple[int, int]
    compares: str
    threshold: float
    missing: str = "notBreaching"
    math: str = ""
    more: tuple[tuple[str, Any], ...] = ()

    @property
    def logical_id(self) -> str:
        """Its name in the template."""
        return "".join(word.capitalize() for word in self.name.split("-")) + "Alarm"


ABOVE, FROM, BELOW = (
    "GreaterThanThreshold",
    "GreaterThanOrEqualToThreshold",
    "LessThanThreshold",
)
API: Dimensions = (("ApiName", SERVICE), ("Stage", PROD))
QUEUES = ("Ring", "Letters", "Alerts", "MailEvents")


def _own(metric: str, stat: str, id_: str = "value", **of: str) -> Part:
    return Part(id_, f"{NAMESPACE}/{PROD}", metric, stat, tuple(of.items()))


def _queue(name: str, metric: str, id_: str = "value") -> Part:
    return Part(id_, "AWS/SQS", metric, "Maximum", (("QueueName", {"Fn::GetAtt": [name, "QueueName"]}),))


def _table(metric: str, id_: str) -> Part:
    return Part(id_, "AWS/DynamoDB", metric, "Sum", (("TableName", {"Ref": "Table"}),))


def _late(name: str, queue: str, of: tuple[int, int], seconds: int, severity: str) -> Alarm:
    part = _queue(f"{queue}Queue", "ApproximateAgeOfOldestMessage")
    says = f"The oldest message of its queue has waited for more than {seconds} seconds."
    return Alarm(name, says, severity, (part,), 60, of, ABOVE, seconds)


def _mail(name: str, metric: str, says: str, *, of: tuple[int, int], above: float, least: int) -> Alarm:
    parts = (Part("sent", "AWS/SES", "Send", "Sum"), Part("bad", "AWS/SES", metric, "Sum"))
    math = f"IF(FILL(sent, 0) >= {least}, 100 * FILL(bad, 0) / sent, 0)"
    return Alarm(name, says, "page", parts, 3600, of, ABOVE, above, math=math)


ALARMS: tuple[Alarm, ...] = (
    Alarm(
        "api-errors", "People and Twilio get errors from us.", "page",
        (Part("value", "AWS/ApiGateway", "5XXError", "Sum", API),), 60, (3, 5), ABOVE, 5,
    ),
    Alarm(
        "api-slow", "One request in a hundred takes longer than three seconds; Twilio hangs up at fifteen.", "ticket",
        (Part("value", "AWS/ApiGateway", "Latency", "p99", API),), 60, (5, 5), ABOVE, 3000,
        more=(("EvaluateLowSampleCountPercentile", "ignore"),),
    ),
    Alarm(
        "functions-fail", "Functions end with errors.", "page",
        (Part("value", "AWS/Lambda", "Errors", "Sum"),), 60, (3, 5), ABOVE, 3,
    ),
    Alarm(
        "throttled", "AWS turns work away: functions at once, or reads and writes a second.", "page",
        (
            Part("functions", "AWS/Lambda", "Throttles", "Sum"),
            _table("ReadThrottleEvents", "reads"),
            _table("WriteThrottleEvents", "writes"),
        ),
        60, (2, 3), ABOVE, 0, math="FILL(functions, 0) + FILL(reads, 0) + FILL(writes, 0)",
    ),
    _late("rings-late", "Ring", (3, 5), 120, "page"),
    _late("letters-late", "Letters", (5, 5), 900, "ticket"),
    _late("texts-late", "Alerts", (5, 5), 600, "ticket"),
    Alarm(
        "dead-letters", "A message failed five times, and waits for a person.", "ticket",
        tuple(_queue(f"{name}Dead", "ApproximateNumberOfMessagesVisible", name.lower()) for name in QUEUES),
        300, (1, 1), ABOVE, 0, math=" + ".join(f"FILL({name.lower()}, 0)" for name in QUEUES),
    ),
    Alarm(
        "unknown-placements", "For a quarter of an hour nobody knows whether Twilio placed some call.", "page",
        (_own("Unknown", "Maximum"),), 300, (3, 3), FROM, 1, "breaching",
    ),
    Alarm(
        "tally-difference", "A sum is not that of its parts.", "page",
        (_own("TallyDifference", "Maximum", "difference"),), 3600, (1, 1), ABOVE, 0, "breaching",
        math="ABS(difference)",
    ),
    _mail("bounces", "Bounce", "More than two letters in a hundred come back.", of=(2, 3), above=2, least=50),
    _mail(
        "complaints", "Complaint", "More than one letter in two thousand is called spam.",
        of=(1, 3), above=0.05, least=200,
    ),
    Alarm(
        "spend-80", "A campaign has used 80 of 100 calls of its day.", "ticket",
        (_own("SpendShare", "Maximum"),), 300, (1, 1), FROM, 80,
    ),
    Alarm(
        "spend-100", "A campaign has used all calls of its day: nobody else is called.", "page",
        (_own("SpendShare", "Maximum"),), 300, (1, 1), FROM, 100,
    ),
    Alarm(
        "silence", "Requests come, and nobody's form gets through.", "page",
        (
            Part("requests", "AWS/ApiGateway", "Count", "Sum", API),
            _own("Text", "Sum", "texts", state="sent"),
            _own("Step", "Sum", "form", step="form"),
        ),
        300, (3, 3), FROM, 1,
        math="IF(FILL(requests, 0) - 4 * FILL(texts, 0) > 200 AND FILL(form, 0) == 0, 1, 0)",
    ),
    Alarm(
        "signature-refused", "Many requests are not Twilio's, or no longer look like it.", "ticket",
        (_own("SignatureRefused", "Sum"),), 300, (1, 1), ABOVE, 20,
    ),
    Alarm(
        "schedule-dead", "The schedule that sees to every call's end has not run.", "page",
        (Part("value", "AWS/Lambda", "Invocations", "Sum", (("FunctionName", {"Ref": "Reconcile"}),)),),
        300, (3, 3), BELOW, 1, "breaching",
    ),
    Alarm(
        "needs-somebody", "Something happened that must never happen: the log says which.", "page",
        (_own("NeedsSomebody", "Sum"),), 300, (1, 1), ABOVE, 0,
    ),
)  # fmt: skip
"""`silence` belongs on the edge's count of requests, in us-east-1. There is no edge yet, so every request reaches us:
it counts those, less what texts' callbacks bring."""

NOT_SERVING = ("api-errors", "rings-late", "silence")
"""What makes the one alarm `not-serving`, which wakes somebody once for all three."""
