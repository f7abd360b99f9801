"""Whether an export of a long ledger takes no more memory than one of a short: `python -m benchmarks.exports`.

The real command runs in a process of its own for each length. Of DynamoDB only the answers to its Scan are made up, on
the wire: pages of 2,500 actions, made when they are asked for, so that nothing here holds the ledger either.
"""

import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

import boto3
from botocore.awsrequest import AWSResponse, HeadersDict

from chalicelib.adapters.catalog import Catalog
from chalicelib.adapters.session_items import action_item, millis
from chalicelib.adapters.table import Table, wire
from chalicelib.domain.counts import Action, Basis, Channel, Outcome, action_id
from cli.main import app
from tests import values
from tests.quick_moto import mock_aws

SIZES = (10_000, 1_000_000)
PAGE = 2_500
MOST = 1.1
"""How much more the long one may take than the short, in parts."""
SETTINGS = {
    "AWS_ACCESS_KEY_ID": "test",
    "AWS_SECRET_ACCESS_KEY": "test",
    "AWS_DEFAULT_REGION": "us-east-1",
    "PATCHTHROUGH_STAGE": "production",
    "PATCHTHROUGH_TABLE": "patchthrough-bench",
    "PATCHTHROUGH_PUBLIC_URL": "https://calls.example.org",
    "PATCHTHROUGH_QUEUE_RING": "https://sqs.example.org/ring",
    "PATCHTHROUGH_SECRETS": "patchthrough/production",
    "TWILIO_ACCOUNT_SID": "AC" + "0" * 32,
    "TWILIO_NUMBERS": values.OUR_NUMBER,
}
OUTCOMES = tuple(Outcome)
FIRST = datetime(2026, 11, 1, tzinfo=UTC)


class _Body:
    """What botocore reads an answer from."""

    def __init__(self, content: bytes) -> None:
        self._content = content

    def stream(self, *_: object, **__: object) -> list[bytes]:
        """All of it at once, as a page is."""
        return [self._content]


class Ledger:
    """A table of so many actions, as the wire shows it."""

    def __init__(self, rows: int) -> None:
        """Nothing is made yet."""
        self._rows = rows

    def answer(self, request: Any, **_: object) -> Any:
        """Answer a Scan; anything else goes where it would."""
        if not request.headers.get("X-Amz-Target", b"").endswith(b".Scan"):
            return None
        asked = json.loads(request.body)
        begin = int(asked["ExclusiveStartKey"]["SK"]["S"]) if "ExclusiveStartKey" in asked else 0
        end = min(begin + PAGE, self._rows)
        last = {"PK": {"S": "ACTION"}, "SK": {"S": str(end)}}
        more = f',"LastEvaluatedKey":{json.dumps(last)}' if end < self._rows else ""
        items = ",".join(map(_item, range(begin, end)))
        page = f'{{"Items":[{items}],"Count":{end - begin},"ScannedCount":{end - begin}{more}}}'
        headers: Any = HeadersDict()
        return AWSResponse(request.url, 200, headers, _Body(page.encode()))


@cache
def _template(outcome: Outcome) -> tuple[str, str]:
    """An action's item as JSON, before and after what differs from one to the next."""
    action = Action(
        id="ID",
        campaign=values.CAMPAIGN.slug,
        channel=Channel.CALLS,
        office=values.CAMPAIGN.offices[0].id,
        outcome=outcome,
        basis=Basis.KEY,
        seconds=42,
        at=FIRST,
    )
    before, after = json.dumps(wire(action_item(action))).split("ID")
    return before, after


def _item(number: int) -> str:
    before, after = _template(OUTCOMES[number % len(OUTCOMES)])
    at = millis(FIRST) + number * 1000
    return f"{before}{action_id(f'call-{number:012}', 0)}{after.replace(str(millis(FIRST)), str(at))}"


def export(rows: int, what: str, out: Path) -> None:
    """Run the command over a ledger of so many rows."""
    with mock_aws():
        client = boto3.client("dynamodb")
        kinds = [{"AttributeName": name, "AttributeType": "S"} for name in ("PK", "SK")]
        roles = [{"AttributeName": "PK", "KeyType": "HASH"}, {"AttributeName": "SK", "KeyType": "RANGE"}]
        client.create_table(
            TableName=SETTINGS["PATCHTHROUGH_TABLE"],
            BillingMode="PAY_PER_REQUEST",
            AttributeDefinitions=kinds,  # type: ignore[arg-type]  # made in a loop
            KeySchema=roles,  # type: ignore[arg-type]  # as above
        )
        Catalog(Table(client, SETTINGS["PATCHTHROUGH_TABLE"])).apply(
            replace(values.CAMPAIGN, revision=0), FIRST
        )
        session = boto3.DEFAULT_SESSION or boto3.Session()
        session.events.register_first("before-send.dynamodb.Scan", Ledger(rows).answer)
        app(["export", what, values.CAMPAIGN.slug, "--out", str(out)], standalone_mode=False)


def measured(rows: int, what: str) -> tuple[float, float]:
    """Return the peak of a process of its own, in MB, and how many seconds it ran."""
    begun = time.monotonic()
    ran = subprocess.run(
        [sys.executable, "-m", "benchmarks.exports", what, str(rows)],
        check=True,
        capture_output=True,
        text=True,
        env=os.environ | SETTINGS,
    )
    return float(ran.stdout.split()[-1]), time.monotonic() - begun


def report(sizes: tuple[int, int] = SIZES, kinds: Sequence[str] = ("actions", "totals")) -> bool:
    """Print the peaks; return whether the long ledger took about as much as the short."""
    kept = True
    for what in kinds:
        (short, _), (long, seconds) = (measured(rows, what) for rows in sizes)
        ratio = long / short
        print(
            f"export_{what} rows={sizes[1]} peak_mb={long:.1f} of_{sizes[0]}_mb={short:.1f} ratio={ratio:.3f}"
        )
        print(f"export_{what}_seconds={seconds:.1f} budget_ratio={MOST}")
        kept = kept and ratio <= MOST
    return kept


def _one(what: str, rows: int) -> None:
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder) / "out.csv"
        export(rows, what, out)
        with out.open(encoding="utf-8", newline="") as lines:
            found = sum(1 for _ in lines) - 1
    if what == "actions" and found != rows:
        sys.exit(f"{found} rows came out of {rows}.")
    print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)


if __name__ == "__main__":
    if len(sys.argv) > 1:
        _one(sys.argv[1], int(sys.argv[2]))
    else:
        sys.exit(0 if report() else "A budget is not kept.")
