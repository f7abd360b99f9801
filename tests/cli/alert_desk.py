"""A terminal of whoever writes alerts, and people who have joined, on moto."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import boto3
import pytest

from chalicelib.adapters import keys
from chalicelib.adapters.broadcasts import Broadcasts
from chalicelib.adapters.claims import Claims
from chalicelib.adapters.table import keyed, wire
from chalicelib.domain.broadcast import Broadcast, ClaimState, begun
from chalicelib.domain.claim import Claim
from tests.cli.conftest import CLIENT, TABLE, Shell
from tests.cli.text_house import SLUG, TextHouse, opened

DANA, LEE = ("--by", "Dana R."), ("--by", "Lee K.")
EN = "Neighbors for Families: The hearing is today. Call the office: {link} Reply STOP to cancel."
ES = "Vecinos por las Familias: La audiencia es hoy. Llame a la oficina: {link} Responda ALTO para cancelar."
WORDS = ("--en", EN, "--es", ES, "--campaign", SLUG)
NEVER = datetime.min.replace(tzinfo=UTC)
NUMBERS = ("+14045550", "+12135550", "+18085550")
"""Atlanta, Los Angeles, Honolulu: the beginnings of numbers."""


class Desk(TextHouse):
    """The terminal of whoever writes alerts."""

    @property
    def shelf(self) -> Broadcasts:
        """The broadcasts of the table."""
        return Broadcasts(self.shell.catalog.table)

    def join_many(self, number: int, first: int = 0, ago: timedelta = timedelta(hours=1)) -> None:
        """Let people stand on the roll, as if they had joined some time ago."""
        since = int((datetime.now(UTC) - ago).timestamp() * 1000)
        puts = []
        for n in range(first, first + number):
            key = f"{n % 256:02x}{n:030x}"
            row = {
                "type": "roll", "version": 1, "phone_key": key, "number": f"{NUMBERS[n % 3]}{n % 1000:03}",
                "language": "es" if n % 4 == 0 else "en", "since": since,
            }  # fmt: skip
            puts.append({"PutRequest": {"Item": keyed(keys.roll(SLUG, key)) | wire(row)}})
        for start in range(0, len(puts), 25):
            CLIENT.batch_write_item(RequestItems={TABLE: puts[start : start + 25]})  # type: ignore[dict-item]  # made here

    def leave(self, n: int) -> None:
        """Let one of them go."""
        self.shell.catalog.table.delete(keys.roll(SLUG, f"{n % 256:02x}{n:030x}"))

    def draft(self, *words: str) -> Broadcast:
        """Write an alert; it must be good."""
        result = self.run("broadcast", "draft", *(words or WORDS), *DANA)
        assert result.exit_code == 0, result.output
        return self.latest()

    def latest(self) -> Broadcast:
        """The broadcast made last."""
        found = self.shelf.broadcast(max(self.shelf.all(), key=lambda row: row.made_at or NEVER).id)
        assert found
        return found

    def begin(self) -> Broadcast:
        """Draft and arm an alert, and let it be planned."""
        drafted = self.draft()
        result = self.run("broadcast", "arm", drafted.id, "--count", str(drafted.audience), *DANA)
        assert result.exit_code == 0, result.output
        return self.shelf.move(self.latest(), begun(self.latest(), drafted.audience))

    def claim(self, broadcast: Broadcast, **numbers: int) -> None:
        """Let it be known of so many people what became of them."""
        states = [state for name, many in numbers.items() for state in [ClaimState[name.upper()]] * many]
        for n, state in enumerate(states):
            key = f"{n:02x}" + "0" * 30
            Claims(self.shell.catalog.table).skip(
                Claim(
                    broadcast=broadcast.id,
                    token=f"token{n:019}",
                    phone_key=key,
                    state=state,
                    at=datetime.now(UTC),
                )
            )

    def acts(self) -> list[tuple[str, str, str]]:
        """Who did what to which broadcast."""
        return [(each.who, each.what, each.subject) for each in self.record() if "broadcast" in each.what]


@contextmanager
def seated(shell: Shell, monkeypatch: pytest.MonkeyPatch) -> Iterator[Desk]:
    """A deployment that sends alerts."""
    queue = boto3.client("sqs", region_name="us-east-1").create_queue(QueueName="alerts")["QueueUrl"]
    monkeypatch.setenv("PATCHTHROUGH_QUEUE_ALERTS", queue)
    with opened(shell):
        yield Desk(shell)


def refused(result: Any, code: int, *parts: str) -> None:
    """What was typed must have been refused in these words."""
    text = " ".join(result.output.split())
    assert result.exit_code == code, result.output
    for part in parts:
        assert part in text, result.output
