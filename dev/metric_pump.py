"""Plays CloudWatch's reading of the log: a line with metrics in it becomes metrics, within a second.

Promises that the log is written as if nobody read along, and that a CloudWatch that can't be reached costs metrics and
nothing else: those are for watching. Refuses to know what is counted.
"""

import json
import queue
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any, TextIO

from botocore.exceptions import BotoCoreError, ClientError

from dev.app_log import into

MARK = '{"_aws"'
"""How a line with metrics begins. It is written at once, and its end of line after it."""
MOST = 10_000
"""Lines that wait at most; more are dropped, the newest first."""
WAIT_SECONDS = 5.0

Datum = dict[str, Any]


def read(line: str) -> dict[str, list[Datum]]:
    """Return what PutMetricData takes for one line, by namespace."""
    content = json.loads(line)
    found: dict[str, list[Datum]] = {}
    for directive in content["_aws"]["CloudWatchMetrics"]:
        for names in directive["Dimensions"] or [[]]:
            of = [{"Name": name, "Value": content[name]} for name in names]
            at = datetime.fromtimestamp(content["_aws"]["Timestamp"] / 1000, UTC)
            data = found.setdefault(directive["Namespace"], [])
            data.extend(_datum(metric, content, of, at) for metric in directive["Metrics"])
    return found


def _datum(metric: dict[str, str], content: dict[str, Any], of: list[dict[str, str]], at: datetime) -> Datum:
    value = content[metric["Name"]]
    values = value if isinstance(value, list) else [value]
    named = {"MetricName": metric["Name"], "Unit": metric.get("Unit", "None"), "Dimensions": of}
    return named | {"Timestamp": at, "Values": values, "Counts": [1] * len(values)}


class Tapped:
    """A file that is written as it was, while lines with metrics in them are noted too."""

    def __init__(self, file: TextIO, note: Callable[[str], None]) -> None:
        """Keep the file."""
        self._file = file
        self._note = note

    def write(self, text: str) -> int:
        """Write on, and note a line with metrics."""
        if text.startswith(MARK):
            self._note(text)
        return self._file.write(text)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._file, name)


@contextmanager
def tapping(log: TextIO, cloudwatch: Any) -> Iterator[None]:
    """Have the app write to this log, and put what it counts into CloudWatch meanwhile."""
    waiting: queue.Queue[str | None] = queue.Queue(MOST)

    def note(line: str) -> None:
        if not waiting.full():
            waiting.put(line)

    def put() -> None:
        while (line := waiting.get()) is not None:
            for namespace, data in read(line).items():
                try:
                    cloudwatch.put_metric_data(Namespace=namespace, MetricData=data)
                except (BotoCoreError, ClientError) as error:
                    log.write(f"metrics not put: {type(error).__name__}\n")

    thread = threading.Thread(target=put, name="metric pump", daemon=True)
    thread.start()
    try:
        with into(Tapped(log, note)):  # type: ignore[arg-type]  # a file by what it does
            yield
    finally:
        waiting.put(None)
        thread.join(WAIT_SECONDS)
