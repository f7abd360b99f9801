"""Every alarm, by its own definition, trips over what must trip it, and stays quiet over what must not."""

import copy
import json
import re
from pathlib import Path
from typing import Any

import pytest
from rich.table import Table

from chalicelib.observability import METRICS, NAMESPACE
from dev import fragments, watching
from dev.alarms import ALARMS, NOT_SERVING, QUEUES
from tests.conftest import Figure
from tests.infra.alarm_evaluator import MathError, parts, state

ROOT = Path(__file__).resolve().parents[2]
TEMPLATE = fragments.read()
AWS_METRICS = {
    ("AWS/ApiGateway", "5XXError"), ("AWS/ApiGateway", "Latency"), ("AWS/ApiGateway", "Count"),
    ("AWS/Lambda", "Errors"), ("AWS/Lambda", "Throttles"), ("AWS/Lambda", "Invocations"),
    ("AWS/DynamoDB", "ReadThrottleEvents"), ("AWS/DynamoDB", "WriteThrottleEvents"),
    ("AWS/SQS", "ApproximateAgeOfOldestMessage"), ("AWS/SQS", "ApproximateNumberOfMessagesVisible"),
    ("AWS/SES", "Send"), ("AWS/SES", "Bounce"), ("AWS/SES", "Complaint"),
}  # fmt: skip
X = None
"""Nothing came in this period."""


def defined(name: str) -> dict[str, Any]:
    """An alarm's properties as they stand in the template."""
    (alarm,) = [each for each in ALARMS if each.name == name]
    properties: dict[str, Any] = TEMPLATE["Resources"][alarm.logical_id]["Properties"]
    return properties


def one(*values: float | None) -> dict[str, list[float | None]]:
    return {"value": list(values)}


def several(**values: list[float | None]) -> dict[str, list[float | None]]:
    return values


def dead(**some: int) -> dict[str, list[float | None]]:
    return {name.lower(): [some.get(name.lower(), X)] for name in QUEUES}


Data = dict[str, list[float | None]]
CASES: dict[str, list[tuple[str, Data, str]]] = {
    "api-errors": [
        ("three bad minutes of five", one(6, 0, 9, 0, 6), "ALARM"),
        ("two bad minutes", one(6, 0, 0, 0, 60), "OK"),
        ("five errors a minute", one(5, 5, 5, 5, 5), "OK"),
        ("no requests", one(X, X, X, X, X), "OK"),
    ],
    "api-slow": [
        ("slow for five minutes", one(3001, 4000, 5000, 4000, 3001), "ALARM"),
        ("one fast minute between", one(4000, 4000, 2999, 4000, 4000), "OK"),
        ("no requests", one(X, X, X, X, X), "OK"),
    ],
    "functions-fail": [
        ("four errors in three minutes", one(4, 0, 4, 0, 4), "ALARM"),
        ("three errors a minute", one(3, 3, 3, 3, 3), "OK"),
        ("nothing runs", one(X, X, X, X, X), "OK"),
    ],
    "throttled": [
        ("the table, twice", several(functions=[0, 0, 0], reads=[X, X, X], writes=[X, 1, 2]), "ALARM"),
        ("one each", several(functions=[1, 0, 0], reads=[X, 1, X], writes=[X, X, X]), "ALARM"),
        ("once", several(functions=[0, 5, 0], reads=[X, X, X], writes=[X, X, X]), "OK"),
        ("no data at all", several(functions=[X, X, X], reads=[X, X, X], writes=[X, X, X]), "OK"),
    ],
    "rings-late": [
        ("three of five", one(121, 0, 200, 0, 300), "ALARM"),
        ("two bad minutes of five", one(300, 0, 0, 0, 300), "OK"),
        ("two minutes are fine", one(120, 120, 120, 120, 120), "OK"),
        ("an empty queue", one(X, X, X, X, X), "OK"),
    ],
    "letters-late": [
        ("for five minutes", one(901, 960, 1020, 1080, 1140), "ALARM"),
        ("one minute late", one(0, 0, 0, 0, 1000), "OK"),
        ("an empty queue", one(X, X, X, X, X), "OK"),
    ],
    "texts-late": [
        ("for five minutes", one(601, 660, 720, 780, 840), "ALARM"),
        ("ten minutes are fine", one(600, 600, 600, 600, 600), "OK"),
        ("an empty queue", one(X, X, X, X, X), "OK"),
    ],
    "dead-letters": [
        ("one of letters", dead(letters=1), "ALARM"),
        ("one of mail events", dead(mailevents=1), "ALARM"),
        ("none", dead(ring=0, letters=0, alerts=0, mailevents=0), "OK"),
        ("queues that AWS forgot: idle", dead(), "OK"),
    ],
    "unknown-placements": [
        ("for a quarter of an hour", one(1, 2, 1), "ALARM"),
        ("known after ten minutes", one(1, 1, 0), "OK"),
        ("the schedule is dead", one(X, X, X), "ALARM"),
    ],
    "tally-difference": [
        ("one too many", several(difference=[1]), "ALARM"),
        ("one too few", several(difference=[-1]), "ALARM"),
        ("equal", several(difference=[0]), "OK"),
        ("the schedule is dead", several(difference=[X]), "ALARM"),
    ],
    "bounces": [
        ("3 of 100, two hours", several(sent=[100, 100, 100], bad=[3, X, 3]), "ALARM"),
        ("2 of 100", several(sent=[100, 100, 100], bad=[2, 2, 2]), "OK"),
        ("all of a few", several(sent=[49, 49, 49], bad=[49, 49, 49]), "OK"),
        ("no letters", several(sent=[X, X, X], bad=[X, X, X]), "OK"),
    ],
    "complaints": [
        ("1 of 1,000", several(sent=[1000, X, X], bad=[1, X, X]), "ALARM"),
        ("1 of 2,000", several(sent=[2000, X, X], bad=[1, X, X]), "OK"),
        ("1 of 199", several(sent=[199, X, X], bad=[1, X, X]), "OK"),
        ("no letters", several(sent=[X, X, X], bad=[X, X, X]), "OK"),
    ],
    "spend-80": [("80 %", one(80), "ALARM"), ("79.9 %", one(79.9), "OK"), ("no gauge", one(X), "OK")],
    "spend-100": [("used up", one(100), "ALARM"), ("99.9 %", one(99.9), "OK"), ("no gauge", one(X), "OK")],
    "silence": [
        (
            "visits, no form",
            several(requests=[300, 201, 400], texts=[X, X, X], form=[X, 0, X]),
            "ALARM",
        ),
        ("one form", several(requests=[300, 300, 300], texts=[X, X, X], form=[X, 1, X]), "OK"),
        ("200 visits", several(requests=[200, 200, 200], texts=[X, X, X], form=[X, X, X]), "OK"),
        (
            "callbacks of a broadcast",
            several(requests=[4000, 4000, 4000], texts=[1000, 1000, 1000], form=[X, X, X]),
            "OK",
        ),
        ("night", several(requests=[X, X, X], texts=[X, X, X], form=[X, X, X]), "OK"),
    ],
    "signature-refused": [("21", one(21), "ALARM"), ("20", one(20), "OK"), ("none", one(X), "OK")],
    "schedule-dead": [
        ("no call for a quarter of an hour", one(X, X, X), "ALARM"),
        ("zero calls", one(0, 0, 0), "ALARM"),
        ("one call in between", one(X, 1, X), "OK"),
        ("as it should be", one(5, 5, 5), "OK"),
    ],
    "needs-somebody": [("one", one(1), "ALARM"), ("zero", one(0), "OK"), ("nothing", one(X), "OK")],
}
EACH = [(name, *case) for name, cases in CASES.items() for case in cases]


@pytest.mark.parametrize(("name", "story", "data", "expected"), EACH, ids=[f"{e[0]}: {e[1]}" for e in EACH])
def test_an_alarm_trips_when_it_must_and_only_then(name: str, story: str, data: Data, expected: str) -> None:
    assert state(defined(name), data) == expected, story


def test_each_alarm_is_proven_both_ways_and_without_data(figure: Figure) -> None:
    assert CASES.keys() == {alarm.name for alarm in ALARMS}
    table = Table("alarm", "data", "verdict", title="alarms, each by its own definition in the template")
    for name, story, data, _expected in EACH:
        table.add_row(name, story, state(defined(name), data))
    figure(table)
    for name, cases in CASES.items():
        assert {verdict for *_, verdict in cases} == {"ALARM", "OK"}, name
        assert any(all(v is X for row in data.values() for v in row) for _, data, _ in cases), name


BROKEN = [
    ("rings-late", {"DatapointsToAlarm": 1}),
    ("rings-late", {"TreatMissingData": "breaching"}),
    ("unknown-placements", {"TreatMissingData": "notBreaching"}),
    ("unknown-placements", {"ComparisonOperator": "GreaterThanThreshold"}),
    ("schedule-dead", {"ComparisonOperator": "GreaterThanThreshold"}),
    ("spend-80", {"Threshold": 90}),
]
MATH = [
    ("bounces", "FILL(sent, 0) >= 50", "FILL(sent, 0) >= 5"),
    ("tally-difference", "ABS(difference)", "difference"),
    ("silence", "AND", "OR"),
    ("silence", "FILL(form, 0)", "form"),
    ("dead-letters", " + FILL(mailevents, 0)", ""),
]


def disagreements(name: str, alarm: dict[str, Any]) -> list[str]:
    return [story for story, data, expected in CASES[name] if state(alarm, data) != expected]


@pytest.mark.parametrize(("name", "change"), BROKEN)
def test_a_wrong_number_or_word_is_noticed(name: str, change: dict[str, Any]) -> None:
    assert disagreements(name, defined(name)) == []
    assert disagreements(name, defined(name) | change) != []


@pytest.mark.parametrize(("name", "right", "wrong"), MATH)
def test_wrong_math_is_noticed(name: str, right: str, wrong: str) -> None:
    alarm = copy.deepcopy(defined(name))
    assert right in alarm["Metrics"][0]["Expression"]

    alarm["Metrics"][0]["Expression"] = alarm["Metrics"][0]["Expression"].replace(right, wrong)

    assert disagreements(name, alarm) != []


@pytest.mark.parametrize("expression", ["MEDIAN(difference)", "ABS(differense)", "difference ** 2"])
def test_what_nobody_knows_how_to_work_out_is_an_error(expression: str) -> None:
    alarm = copy.deepcopy(defined("tally-difference"))
    alarm["Metrics"][0]["Expression"] = expression

    with pytest.raises(MathError):
        state(alarm, {"difference": [1]})


def test_an_alarm_reads_only_what_somebody_writes() -> None:
    for alarm in ALARMS:
        for part in parts(defined(alarm.name)).values():
            if part["Namespace"] != f"{NAMESPACE}/prod":
                assert (part["Namespace"], part["MetricName"]) in AWS_METRICS, alarm.name
                continue
            metric = METRICS[part["MetricName"]]
            of = {each["Name"]: each["Value"] for each in part.get("Dimensions") or []}
            assert of.keys() == ({metric.dimension} if metric.dimension else set()), alarm.name
            assert set(of.values()) <= set(metric.values), alarm.name


def test_every_alarm_of_the_template_is_one_of_ours_and_in_prod_alone() -> None:
    resources = TEMPLATE["Resources"]
    watching_kinds = ("AWS::CloudWatch::", "AWS::Logs::QueryDefinition")
    of_watching = {n: r for n, r in resources.items() if str(r.get("Type")).startswith(watching_kinds)}
    alarms = {name for name, each in of_watching.items() if each["Type"] == "AWS::CloudWatch::Alarm"}

    assert alarms == {alarm.logical_id for alarm in ALARMS}
    assert {each["Condition"] for each in of_watching.values()} == {"IsProd"}
    assert TEMPLATE["Conditions"]["IsProd"] == {"Fn::Equals": [{"Ref": "Stage"}, "prod"]}


def test_an_alarm_fits_into_what_aws_looks_back() -> None:
    for alarm in ALARMS:
        assert alarm.of[1] * alarm.period <= 24 * 3600, alarm.name


def test_one_page_says_all_three_that_mean_nobody_is_served() -> None:
    composite = TEMPLATE["Resources"]["NotServingAlarm"]["Properties"]
    ids = {alarm.logical_id for alarm in ALARMS if alarm.name in NOT_SERVING}

    assert set(re.findall(r"ALARM\(\$\{(\w+)\}\)", composite["AlarmRule"]["Fn::Sub"])) == ids
    for alarm in ALARMS:
        told = defined(alarm.name).get("AlarmActions")
        assert told == (None if alarm.name in NOT_SERVING else [{"Ref": "AlarmTopic"}]), alarm.name
    assert composite["AlarmActions"] == [{"Ref": "AlarmTopic"}]


HEADINGS = ("## What it means", "## How to look", "## What to do", "## How to know it is over")


@pytest.mark.parametrize("name", [*(alarm.name for alarm in ALARMS), "not-serving"])
def test_every_alarm_has_a_page_that_says_what_to_do(name: str) -> None:
    text = (ROOT / "docs" / "runbooks" / f"{name}.md").read_text()

    assert text.startswith(f"# {name}\n")
    assert [line for line in text.splitlines() if line.startswith("## ")] == list(HEADINGS)
    if name != "not-serving":
        assert f"docs/runbooks/{name}.md" in defined(name)["AlarmDescription"]


def test_no_page_is_about_an_alarm_that_is_gone() -> None:
    pages = {path.stem for path in (ROOT / "docs" / "runbooks").glob("*.md")}

    assert pages == {alarm.name for alarm in ALARMS} | {"not-serving"}


def test_template_and_page_are_what_the_lists_make() -> None:
    for path, text in watching.made().items():
        assert path.read_text() == text, f"{path.name}: run python -m dev.watching"


def test_the_dashboard_asks_in_order_and_reads_what_is_written() -> None:
    body = json.loads(TEMPLATE["Resources"]["Dashboard"]["Properties"]["DashboardBody"]["Fn::Sub"])
    asked = [each["properties"]["markdown"] for each in body["widgets"] if each["type"] == "text"]
    read = [metric for each in body["widgets"] for metric in each["properties"].get("metrics", [])]

    assert asked == [f"## {question}" for question in watching.rows()]
    assert {metric[1] for metric in read if metric[0] == f"{NAMESPACE}/prod"} == METRICS.keys()
    for space, name, *of in read:
        if space == f"{NAMESPACE}/prod":
            assert of == [] or (of[0] == METRICS[name].dimension and of[1] in METRICS[name].values)
    assert all(each["x"] + each["width"] <= 24 for each in body["widgets"])


def test_pages_name_real_commands_only() -> None:
    """Every `patchthrough …` in backticks, down to the last word that is a command."""
    from typer.main import get_command  # noqa: PLC0415 - the command line is needed here alone

    from cli.main import app  # noqa: PLC0415 - as above

    said = {
        command
        for path in (ROOT / "docs" / "runbooks").glob("*.md")
        for command in re.findall(r"`patchthrough ([^`]+)`", " ".join(path.read_text().split()))
    }
    assert len(said) > 20
    for command in said:
        known: Any = get_command(app)
        for word in command.split():
            if not hasattr(known, "commands"):
                break
            assert word in known.commands, command
            known = known.commands[word]
        assert not hasattr(known, "commands"), f"{command} is not whole"
