"""What CloudWatch would make of an alarm: its own definition from the template, over data that a test makes up.

No emulator here does M of N, missing data or math. Takes the last N periods; fills what is missing as the alarm says.
AWS looks further back for real points before it takes one for missing, which this does not: it is the stricter.
"""

import ast
from collections.abc import Callable, Mapping, Sequence
from typing import Any

Alarm = Mapping[str, Any]
Values = Mapping[str, Sequence[float | None]]
"""By a part's id ("value" with one metric): one value a period, the oldest first; None: nothing came."""

COMPARES: dict[str, Callable[[float, float], bool]] = {
    "GreaterThanThreshold": lambda value, than: value > than,
    "GreaterThanOrEqualToThreshold": lambda value, than: value >= than,
    "LessThanThreshold": lambda value, than: value < than,
    "LessThanOrEqualToThreshold": lambda value, than: value <= than,
}
OPERATORS: dict[type, Callable[[float, float], float]] = {
    ast.Add: lambda a, b: a + b,
    ast.Sub: lambda a, b: a - b,
    ast.Mult: lambda a, b: a * b,
    ast.Div: lambda a, b: a / b,
    ast.Gt: lambda a, b: float(a > b),
    ast.GtE: lambda a, b: float(a >= b),
    ast.Lt: lambda a, b: float(a < b),
    ast.LtE: lambda a, b: float(a <= b),
    ast.Eq: lambda a, b: float(a == b),
    ast.NotEq: lambda a, b: float(a != b),
}


class MathError(Exception):
    """An expression names or does what this does not know, and CloudWatch perhaps not either."""


def state(alarm: Alarm, values: Values) -> str:
    """Return "ALARM", "OK", "INSUFFICIENT_DATA" or "unchanged"."""
    n, m = alarm["EvaluationPeriods"], alarm["DatapointsToAlarm"]
    if not 1 <= m <= n:
        raise MathError(f"{m} of {n}")
    points = _points(alarm, values)[-n:]
    missing = alarm["TreatMissingData"]
    if all(point is None for point in points) and missing in {"missing", "ignore"}:
        return {"missing": "INSUFFICIENT_DATA", "ignore": "unchanged"}[missing]
    breaches = COMPARES[alarm["ComparisonOperator"]]
    filled = {"breaching": True, "notBreaching": False, "missing": False, "ignore": False}[missing]
    bad = sum(filled if point is None else breaches(point, alarm["Threshold"]) for point in points)
    bad += (n - len(points)) * filled
    return "ALARM" if bad >= m else "OK"


def parts(alarm: Alarm) -> dict[str, dict[str, Any]]:
    """Return the metrics an alarm reads, by id: Namespace, MetricName, Dimensions, Period."""
    if "Metrics" not in alarm:
        return {"value": {key: alarm.get(key) for key in ("Namespace", "MetricName", "Dimensions", "Period")}}
    stats = {each["Id"]: each["MetricStat"] for each in alarm["Metrics"] if "MetricStat" in each}
    return {name: stat["Metric"] | {"Period": stat["Period"]} for name, stat in stats.items()}


def _points(alarm: Alarm, values: Values) -> list[float | None]:
    if values.keys() != parts(alarm).keys():
        raise MathError(f"{sorted(values)} for {sorted(parts(alarm))}")
    if "Metrics" not in alarm:
        return list(values["value"])
    (expression,) = [each for each in alarm["Metrics"] if each.get("ReturnData")]
    text = expression["Expression"].replace(" AND ", " and ").replace(" OR ", " or ")
    body = ast.parse(text, mode="eval").body
    rows = [dict(zip(values, row, strict=True)) for row in zip(*values.values(), strict=True)]
    return [_value(body, row) for row in rows]


def _value(node: ast.expr, row: Mapping[str, float | None]) -> float | None:
    """The value of an expression in one period; None where a part that it needs is missing."""
    match node:
        case ast.Constant(value=int() | float() as number):
            return number
        case ast.Name(id=name) if name in row:
            return row[name]
        case ast.BinOp(left=left, op=op, right=right) if type(op) in OPERATORS:
            return _joined(OPERATORS[type(op)], _value(left, row), _value(right, row))
        case ast.Compare(left=left, ops=[op], comparators=[right]) if type(op) in OPERATORS:
            return _joined(OPERATORS[type(op)], _value(left, row), _value(right, row))
        case ast.BoolOp(op=op, values=found):
            truths = [bool(_value(each, row)) for each in found]
            return float(all(truths) if isinstance(op, ast.And) else any(truths))
        case ast.Call(func=ast.Name(id=name), args=arguments):
            return _called(name, arguments, row)
    raise MathError(ast.unparse(node))


def _called(name: str, arguments: Sequence[ast.expr], row: Mapping[str, float | None]) -> float | None:
    match name, arguments:
        case "IF", [condition, then, otherwise]:
            return _value(then if _value(condition, row) else otherwise, row)
        case "FILL", [value, instead]:
            found = _value(value, row)
            return _value(instead, row) if found is None else found
        case "ABS", [value]:
            found = _value(value, row)
            return None if found is None else abs(found)
        case "SUM", [ast.List(elts=elements)]:
            return sum(found for each in elements if (found := _value(each, row)) is not None)
    raise MathError(name)


def _joined(by: Callable[[float, float], float], left: float | None, right: float | None) -> float | None:
    if left is None or right is None or (by is OPERATORS[ast.Div] and right == 0):
        return None
    return by(left, right)
