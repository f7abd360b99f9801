"""What the app counts on this machine is in the local CloudWatch a moment later, and the log is as it was."""

import io
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import EndpointConnectionError

from chalicelib.observability import came, count, forget, gauge, measure_for, write_counted
from dev import aws, ports
from dev.metric_pump import tapping
from tests.conftest import Figure

SPACE = "Patchthrough/local"
AT_MOST = 10.0
"""Seconds from a call to what the console can read of it."""


@pytest.fixture(scope="module")
def cloudwatch(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    (port,) = ports.free(1)
    folder: Path = tmp_path_factory.mktemp("aws")
    with aws.running(port, scratch=folder) as endpoint:
        yield aws.client("cloudwatch", endpoint)


@pytest.fixture(autouse=True)
def counted() -> Iterator[None]:
    forget()
    measure_for("local")
    yield
    forget()
    measure_for("test")


def total(cloudwatch: Any, name: str, **of: str) -> float | None:
    """The sum of the last ten minutes, as a console reads it."""
    now = datetime.now(UTC)
    metric = {
        "Namespace": SPACE,
        "MetricName": name,
        "Dimensions": [{"Name": key, "Value": value} for key, value in of.items()],
    }
    query = {"Id": "m", "MetricStat": {"Metric": metric, "Period": 60, "Stat": "Sum"}}
    answer = cloudwatch.get_metric_data(
        MetricDataQueries=[query], StartTime=now - timedelta(minutes=10), EndTime=now + timedelta(minutes=1)
    )
    values = answer["MetricDataResults"][0]["Values"]
    return sum(values) if values else None


def test_what_is_counted_can_be_read_within_ten_seconds(cloudwatch: Any, figure: Figure) -> None:
    log = io.StringIO()
    began = time.monotonic()
    with tapping(log, cloudwatch):
        for step in ("form", "rang", "rang"):
            came(step)
        count("TextsStopped", 3)
        gauge("Unknown", 0)
        write_counted()
        while total(cloudwatch, "Unknown") is None and time.monotonic() - began < AT_MOST:
            time.sleep(0.05)
        seconds = time.monotonic() - began

    figure(f"local metrics: readable {seconds:.2f} s after they were counted (at most {AT_MOST:.0f})")
    assert total(cloudwatch, "Step", step="form") == 1
    assert total(cloudwatch, "Step", step="rang") == 2
    assert total(cloudwatch, "OptOut") == 3
    assert total(cloudwatch, "Unknown") == 0
    assert log.getvalue().count('"_aws"') == 4
    assert '"message":"happened"' in log.getvalue()


class Down:
    """A CloudWatch that nobody can reach."""

    def put_metric_data(self, **_: object) -> None:
        raise EndpointConnectionError(endpoint_url="http://127.0.0.1:1")


def test_without_cloudwatch_the_app_goes_on_and_the_log_says_so() -> None:
    log = io.StringIO()
    with tapping(log, Down()):
        came("form")
        write_counted()

    assert '"Step":[1.0]' in log.getvalue()
    assert "metrics not put: EndpointConnectionError" in log.getvalue()
