"""`patchthrough campaign list` and the calls of the day."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

from chalicelib.adapters.store import Store
from chalicelib.domain.limits import calls_of, day_of
from tests.cli.conftest import Shell

SLUG = "families-28"


def test_the_list_says_how_many_were_called_today_of_how_many(shell: Shell, campaign_file: Path) -> None:
    shell.begin("campaign", "apply", str(campaign_file), "--yes")
    store, today, expires = (
        Store(shell.catalog.table),
        day_of(datetime.now(UTC)),
        datetime.now(UTC) + timedelta(2),
    )
    for _ in range(12):
        store.spend(calls_of(SLUG), today, 1000, expires)

    row = next(line for line in shell.run("campaign", "list").stdout.splitlines() if line.startswith(SLUG))

    assert "12 of 1,000" in row
