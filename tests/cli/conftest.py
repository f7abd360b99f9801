"""A terminal for tests: the real command against DynamoDB by moto, in a folder of its own."""

import json
import os
import re
import threading
from collections.abc import Callable, Iterator, Sequence
from copy import deepcopy
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any, ClassVar

import boto3
import pytest
from botocore.exceptions import ClientError
from moto.dynamodb.models import dynamodb_backends
from typer.testing import CliRunner, Result

from chalicelib.adapters.catalog import Catalog
from chalicelib.adapters.ledger import counting
from chalicelib.adapters.store import Store
from chalicelib.adapters.table import Table
from chalicelib.domain.counts import Action, AnyOutcome, Basis, Channel, LetterAnswer, Outcome, action_id
from chalicelib.domain.events import Count
from chalicelib.domain.limits import Caller
from cli.main import app
from cli.terminal import CLOCK
from tests import values
from tests.quick_moto import mock_aws

ROOT = Path(__file__).resolve().parents[2]
TABLE = "patchthrough-cli"
CREDENTIALS = {
    "AWS_ACCESS_KEY_ID": "test",
    "AWS_SECRET_ACCESS_KEY": "test",
    "AWS_DEFAULT_REGION": "us-east-1",
}
SETTINGS = {
    "PATCHTHROUGH_STAGE": "production",
    "PATCHTHROUGH_TABLE": TABLE,
    "PATCHTHROUGH_PUBLIC_URL": "https://calls.example.org",
    "PATCHTHROUGH_QUEUE_RING": "https://sqs.example.org/ring",
    "PATCHTHROUGH_SECRETS": "patchthrough/production",
    "TWILIO_ACCOUNT_SID": "AC" + "0" * 32,
    "TWILIO_NUMBERS": "+12025550142",
}
os.environ |= CREDENTIALS
CLIENT = boto3.client("dynamodb", region_name="us-east-1")
NOW = datetime.now(UTC)
TODAY = NOW.date()
"""The one day of all these tests, which the terminal is told: a run that crosses midnight would else see two."""
BEGUN: dict[tuple[str, ...], Any] = {}
"""What a command has written into the empty table, by its words and the content of its files."""


@dataclass
class Shell:
    """A person at a terminal, and what the table holds."""

    catalog: Catalog
    store: Store

    def run(self, *words: str, answer: str | None = None) -> Result:
        """Type a command, and an answer if it asks; None: nobody is there."""
        return CliRunner().invoke(app, words, input=answer)

    def begin(self, *words: str) -> None:
        """Type a command into the empty table; it must succeed. What one test has had written, the next ones find."""
        asked = tuple(Path(word).read_text("utf-8") if Path(word).is_file() else word for word in words)
        asked = (os.environ["PATCHTHROUGH_STAGE"], *asked)
        table = dynamodb_backends["123456789012"]["us-east-1"].tables[TABLE]
        assert not table.items
        if asked not in BEGUN:
            assert self.run(*words).exit_code == 0
            BEGUN[asked] = deepcopy(table.items)
        table.items = deepcopy(BEGUN[asked])

    def count(self, slug: str, outcomes: Sequence[Outcome], office: str = "ero-atl") -> None:
        """Let calls be counted, each in its own transaction, as the app does it."""
        for number, outcome in enumerate(outcomes):
            call_id = f"call-{slug}-{office}-{number}"
            session = values.session(id=call_id, phone_key=call_id)
            self.store.open_call(session, Caller())
            action = Action(
                id=action_id(call_id, 0),
                campaign=slug,
                channel=Channel.CALLS,
                office=office,
                outcome=outcome,
                basis=Basis.KEY,
                seconds=42,
                at=values.NOW,
            )
            self.store.commit(session, replace(session, step=1), [Count(action)])

    def count_letter(
        self, slug: str, letter: str, outcomes: Sequence[AnyOutcome], office: str = "ero-atl"
    ) -> None:
        """Let a letter be counted, each outcome in the place of the one before; or what its writer says came of it."""
        for number, (outcome, before) in enumerate(zip(outcomes, [None, *outcomes], strict=False)):
            is_answer = isinstance(outcome, LetterAnswer)
            action = Action(
                id=action_id(f"letter-{slug}-{office}-{letter}", number),
                campaign=slug,
                channel=Channel.ANSWERS if is_answer else Channel.LETTERS,
                office=office,
                outcome=outcome,
                basis=Basis.FACTS,
                seconds=0,
                at=values.NOW,
                instead_of=before,
            )
            writes: Any = counting(self.catalog.table, [action])
            CLIENT.transact_write_items(TransactItems=writes)


@pytest.fixture
def shell(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Shell]:
    """A terminal of a staff member, signed in to production, in an empty folder."""
    for name in [name for name in os.environ if name.startswith(("AWS_", "PATCHTHROUGH_", "TWILIO_"))]:
        monkeypatch.delenv(name)
    for name, value in {**CREDENTIALS, **SETTINGS, "COLUMNS": "120"}.items():
        monkeypatch.setenv(name, value)
    monkeypatch.chdir(tmp_path)
    told = CLOCK.set(lambda: NOW)
    with mock_aws():
        CLIENT.create_table(
            TableName=TABLE,
            BillingMode="PAY_PER_REQUEST",
            KeySchema=[
                {"AttributeName": "PK", "KeyType": "HASH"},
                {"AttributeName": "SK", "KeyType": "RANGE"},
            ],
            AttributeDefinitions=[
                {"AttributeName": "PK", "AttributeType": "S"},
                {"AttributeName": "SK", "AttributeType": "S"},
            ],
        )
        table = Table(CLIENT, TABLE)
        yield Shell(Catalog(table), Store(table))
    CLOCK.reset(told)


class Door(BaseHTTPRequestHandler):
    """DynamoDB on this machine, as ministack is: moto behind a loopback address, one request at a time."""

    rivals: ClassVar[list[Callable[[], object]]] = []
    """What somebody else does just before the next transaction."""

    def do_POST(self) -> None:
        """Do what X-Amz-Target says, and answer in DynamoDB's own JSON."""
        wanted = self.headers["X-Amz-Target"].split(".")[1]
        asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        if wanted == "TransactWriteItems" and self.rivals:
            self.rivals.pop()()
        try:
            self._answer(200, CLIENT._make_api_call(wanted, asked))  # type: ignore[attr-defined]  # every call's own
        except ClientError as error:
            self._answer(400, error.response | {"__type": error.response["Error"]["Code"]})

    def _answer(self, status: int, content: Any) -> None:
        body = json.dumps(
            {name: part for name, part in content.items() if name != "ResponseMetadata"}
        ).encode()
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - http.server's own name
        """Keep quiet."""


@pytest.fixture
def loopback(shell: Shell) -> Iterator[str]:
    """The address of the same table on this machine."""
    with HTTPServer(("127.0.0.1", 0), Door) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


@pytest.fixture
def whole_file(tmp_path: Path) -> Path:
    """A copy of the first campaign as it is: with its routing, it brings all offices of the directory."""
    copy = tmp_path / "families-28.yaml"
    copy.write_text((ROOT / "campaigns" / "families-28.yaml").read_text(encoding="utf-8"), encoding="utf-8")
    return copy


@pytest.fixture
def campaign_file(whole_file: Path) -> Path:
    """A copy to change, that brings the campaign's own 7 offices only: what areas add has tests of its own."""
    text = whole_file.read_text(encoding="utf-8")
    whole_file.write_text(re.sub(r"(?m)^(routing:.*|  local: true)\n", "", text), encoding="utf-8")
    return whole_file


def changed(file: Path, before: str, after: str) -> None:
    """Edit a file as a person would; what is to be changed must be there."""
    text = file.read_text(encoding="utf-8")
    assert before in text
    file.write_text(text.replace(before, after, 1), encoding="utf-8")
