"""`python -m dev.watching`: infra/watching.yaml and docs/watching.md, made from the lists of metrics and alarms.

Promises that alarms, dashboard and page say the same, since they have one source: `chalicelib/observability.py` and
`dev/alarms.py`. A test holds that what lies in the repository is what this makes.
"""

import json
from pathlib import Path
from typing import Any

import yaml

from chalicelib.observability import HAPPENINGS, METRICS, NAMESPACE
from dev.alarms import ALARMS, NOT_SERVING, PROD, QUEUES, Alarm, Part

ROOT = Path(__file__).resolve().parent.parent
TEMPLATE, PAGE = ROOT / "infra" / "watching.yaml", ROOT / "docs" / "watching.md"
HEAD = (
    "# Made by `python -m dev.watching` from dev/alarms.py and chalicelib/observability.py: change those.\n"
)
LOGS = ("Api", "Ring", "Reconcile", "Letters", "MailEvents", "Post", "Alerts", "Broadcasts")
QUERIES = {
    "what needs somebody": 'filter message = "happened" | filter '
    + " or ".join(
        f"ispresent({name})" for name, each in HAPPENINGS.items() if each.feeds == ("NeedsSomebody", "")
    )
    + " | sort @timestamp desc",
    "what failed, by kind": "filter ispresent(error) | stats count(*) as times by message, error | sort times desc",
    "errors outside of our code": "filter @message like /Traceback|Task timed out|errorType/ | sort @timestamp desc",
    "how calls end": 'filter message = "call ended" | stats count(*) as calls by campaign, ending | sort calls desc',
    "what Twilio refuses": "filter ispresent(code) | stats count(*) as times by message, code | sort times desc",
}
Resource = dict[str, Any]


def template() -> dict[str, Any]:
    """Return the fragment: topic, alarms, dashboard and saved queries, all of them in prod only."""
    resources = {"AlarmTopic": _topic(), "NotServingAlarm": _composite(), "Dashboard": _dashboard()}
    resources |= {alarm.logical_id: _alarm(alarm) for alarm in ALARMS}
    for name, query in QUERIES.items():
        resources["".join(filter(str.isalpha, name.title())) + "Query"] = _query(name, query)
    address = "Where alarms go: an e-mail address, which AWS asks to confirm. Empty: nobody is told."
    return {
        "Parameters": {"AlarmEmail": {"Type": "String", "Default": "", "Description": address}},
        "Conditions": {
            "IsProd": {"Fn::Equals": [{"Ref": "Stage"}, PROD]},
            "HasAlarmEmail": {"Fn::Not": [{"Fn::Equals": [{"Ref": "AlarmEmail"}, ""]}]},
        },
        "Resources": {name: {"Condition": "IsProd"} | each for name, each in resources.items()},
    }


def runbook(name: str) -> str:
    """Return where an alarm's page is."""
    return f"docs/runbooks/{name}.md"


def page() -> str:
    """Return docs/watching.md."""
    lines = [
        "# What is watched", "",
        "Made by `python -m dev.watching`; a test holds that it is what the code and the template say.", "",
        f"## Metrics, in `{NAMESPACE}/<stage>`", "", "| name | values | what it counts |", "|---|---|---|",
        *(_metric_row(name) for name in METRICS), "",
        "A gauge is written every five minutes, also when it is 0. Metrics may arrive twice, so they are for watching;",
        "the number is the tally, and `patchthrough counts verify` proves it against the ledger. That reads the whole",
        "table: of a million calls (about 1.5 GB) for 2 cents; every five minutes that would be 170 dollars a month.",
        "So the gauge `TallyDifference` holds each sum against its own parts only, and a person runs the command.", "",
        "## Alarms, in prod only", "", "| alarm | says | trips when | missing data | then |", "|---|---|---|---|---|",
        *(_alarm_row(alarm) for alarm in ALARMS),
        f"| [not-serving](runbooks/not-serving.md) | People can't act. | {' or '.join(NOT_SERVING)} | | page |",
        "",
        "## In the log", "",
        "Once a request, one line `happened` holds how often each of these came to pass. In CloudWatch Logs Insights:",
        '`filter message = "happened" | stats sum(CallsThrottled) by bin(5m)`.', "",
        "| name | what | series |", "|---|---|---|",
        *(f"| {name} | {each.what} | {_series(each.feeds)} |" for name, each in HAPPENINGS.items()), "",
    ]  # fmt: skip
    return "\n".join(lines)


def _series(feeds: tuple[str, str] | None) -> str:
    return " ".join(filter(None, feeds)) if feeds else ""


def _metric_row(name: str) -> str:
    metric = METRICS[name]
    values = f"{metric.dimension}: {', '.join(metric.values)}" if metric.dimension else ""
    return f"| `{name}` | {values or ('gauge' if metric.is_gauge else '')} | {metric.what} |"


def _alarm_row(alarm: Alarm) -> str:
    rule = alarm.math or f"{alarm.parts[0].metric} ({alarm.parts[0].stat})"
    sign = {"Greater": ">", "LessTha": "<"}[alarm.compares[:7]] + ("=" if "OrEqual" in alarm.compares else "")
    when = f"`{rule}` {sign} {alarm.threshold:g}, {alarm.of[0]} of {alarm.of[1]} × {alarm.period} s"
    return f"| [{alarm.name}](runbooks/{alarm.name}.md) | {alarm.says} | {when} | {alarm.missing} | {alarm.severity} |"


def _topic() -> Resource:
    # Not encrypted: an alarm's text names no person, and AWS's own key would shut CloudWatch out, silently.
    mail = [{"Protocol": "email", "Endpoint": {"Ref": "AlarmEmail"}}]
    subscription = {"Fn::If": ["HasAlarmEmail", mail, {"Ref": "AWS::NoValue"}]}
    return {"Type": "AWS::SNS::Topic", "Properties": {"Subscription": subscription}}


def _description(alarm: Alarm) -> str:
    return f"{alarm.severity}: {alarm.says} What to do: {runbook(alarm.name)}"


def _named(name: str) -> Resource:
    return {"Fn::Sub": f"${{AWS::StackName}}-{name}"}


def _told() -> Resource:
    return {"AlarmActions": [{"Ref": "AlarmTopic"}], "OKActions": [{"Ref": "AlarmTopic"}]}


def _alarm(alarm: Alarm) -> Resource:
    properties: Resource = {
        "AlarmName": _named(alarm.name),
        "AlarmDescription": _description(alarm),
        "EvaluationPeriods": alarm.of[1],
        "DatapointsToAlarm": alarm.of[0],
        "ComparisonOperator": alarm.compares,
        "Threshold": alarm.threshold,
        "TreatMissingData": alarm.missing,
    }
    if alarm.name not in NOT_SERVING:
        properties |= _told()
    properties |= _read(alarm) | dict(alarm.more)
    return {"Type": "AWS::CloudWatch::Alarm", "Properties": properties}


def _read(alarm: Alarm) -> Resource:
    if not alarm.math:
        (part,) = alarm.parts
        stat = "ExtendedStatistic" if part.stat.startswith("p") else "Statistic"
        return _metric(part) | {"Period": alarm.period, stat: part.stat}
    read: list[Resource] = [
        {
            "Id": part.id,
            "ReturnData": False,
            "MetricStat": {"Metric": _metric(part), "Period": alarm.period, "Stat": part.stat},
        }
        for part in alarm.parts
    ]
    return {"Metrics": [{"Id": "result", "Expression": alarm.math, "ReturnData": True}, *read]}


def _metric(part: Part) -> Resource:
    of = [{"Name": name, "Value": value} for name, value in part.dimensions]
    return {"Namespace": part.namespace, "MetricName": part.metric} | ({"Dimensions": of} if of else {})


def _composite() -> Resource:
    ids = {alarm.name: alarm.logical_id for alarm in ALARMS}
    rule = " OR ".join(f"ALARM(${{{ids[name]}}})" for name in NOT_SERVING)
    properties = {
        "AlarmName": _named("not-serving"),
        "AlarmDescription": f"page: We are not serving people. What to do: {runbook('not-serving')}",
        "AlarmRule": {"Fn::Sub": rule},
    }
    return {"Type": "AWS::CloudWatch::CompositeAlarm", "Properties": properties | _told()}


def _query(name: str, query: str) -> Resource:
    groups = [{"Ref": f"{log}Log"} for log in LOGS]
    properties = {
        "Name": {"Fn::Sub": f"${{AWS::StackName}}/{name}"},
        "LogGroupNames": groups,
        "QueryString": query,
    }
    return {"Type": "AWS::Logs::QueryDefinition", "Properties": properties}


# The dashboard: in the order in which a tired person asks.

OWN = f"{NAMESPACE}/{PROD}"
REST = ["ApiName", "patchthrough", "Stage", PROD]
AGE, DEAD = "ApproximateAgeOfOldestMessage", "ApproximateNumberOfMessagesVisible"


def rows() -> dict[str, list[tuple[str, str, list[list[Any]]]]]:
    """Return the dashboard's questions, each with its pictures: title, statistic, metrics."""
    return {
        "Are we serving people now?": [
            ("Calls asked for, and conversations", "Sum", [_own("Step", "form"), _own("Step", "spoke")]),
            ("Requests and errors", "Sum", [["AWS/ApiGateway", "Count", *REST], ["AWS/ApiGateway", "5XXError", *REST]]),
            ("Slowest of a hundred, ms", "p99", [["AWS/ApiGateway", "Latency", *REST]]),
        ],
        "Where do they drop?": [
            ("The way of a call", "Sum", [_own("Step", step) for step in METRICS["Step"].values]),
            ("Letters", "Sum", [_own("Letter", state) for state in METRICS["Letter"].values]),
            ("Texts", "Sum", [_own("Text", state) for state in METRICS["Text"].values]),
            ("Numbers that stopped", "Sum", [_own("OptOut")]),
        ],
        "What is queued?": [
            ("Oldest message, s", "Maximum", [_queue(f"{name}Queue", AGE) for name in QUEUES]),
            ("Dead messages", "Maximum", [_queue(f"{name}Dead", DEAD) for name in QUEUES]),
        ],
        "What is broken?": [
            ("Should be 0", "Maximum", [_own(each) for each in ("Unknown", "TallyDifference", "LinesDown")]),
            ("Needs somebody", "Sum", [_own("NeedsSomebody")]),
            ("Refused; found out by asking", "Sum", [_own("SignatureRefused"), _own("Reconciled")]),
            ("Functions: errors, turned away", "Sum", [["AWS/Lambda", "Errors"], ["AWS/Lambda", "Throttles"]]),
        ],
        "What does it cost today?": [
            ("Calls of the day used, %", "Maximum", [_own("SpendShare")]),
            ("Units of the table", "Sum", [_table("ConsumedWriteCapacityUnits"), _table("ConsumedReadCapacityUnits")]),
        ],
    }  # fmt: skip


def _own(name: str, value: str = "") -> list[Any]:
    return [OWN, name, *((METRICS[name].dimension, value) if value else ())]


def _queue(name: str, metric: str) -> list[Any]:
    return ["AWS/SQS", metric, "QueueName", f"${{{name}.QueueName}}"]


def _table(metric: str) -> list[Any]:
    return ["AWS/DynamoDB", metric, "TableName", "${Table}"]


def _dashboard() -> Resource:
    widgets: list[Resource] = []
    y = 0
    for question, pictures in rows().items():
        widgets.append(_widget((0, y), (24, 1), "text", {"markdown": f"## {question}"}))
        width = 24 // len(pictures)
        for at, (title, stat, metrics) in enumerate(pictures):
            shown = {
                "title": title,
                "stat": stat,
                "period": 60,
                "region": "${AWS::Region}",
                "metrics": metrics,
            }
            widgets.append(_widget((at * width, y + 1), (width, 6), "metric", shown | {"view": "timeSeries"}))
        y += 7
    body = {"Fn::Sub": json.dumps({"widgets": widgets})}
    return {
        "Type": "AWS::CloudWatch::Dashboard",
        "Properties": {"DashboardName": {"Ref": "AWS::StackName"}, "DashboardBody": body},
    }


def _widget(at: tuple[int, int], size: tuple[int, int], kind: str, shown: Resource) -> Resource:
    place = {"x": at[0], "y": at[1], "width": size[0], "height": size[1]}
    return {"type": kind, "properties": shown} | place


def made() -> dict[Path, str]:
    """Return each file that is made, with what stands in it."""
    text = HEAD + yaml.safe_dump(template(), sort_keys=True, width=118, allow_unicode=True)
    return {TEMPLATE: text, PAGE: page()}


if __name__ == "__main__":
    for path, text in made().items():
        path.write_text(text, encoding="utf-8")
        print(path.relative_to(ROOT))
