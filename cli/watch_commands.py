"""`patchthrough watch`: the night of an alert in one table, anew every few seconds until Ctrl-C."""

import time
from datetime import UTC, datetime
from typing import Annotated

import typer
from rich.console import Console
from rich.live import Live

from cli import watch_screens as screens
from cli.connection import Connection, trouble
from cli.terminal import connected, plainly, screen
from cli.watch_board import CAMPAIGN_UNITS, Board, Watch

COST = (
    f"A refresh reads {CAMPAIGN_UNITS} read units for each live campaign, one for each of its offices and one beside, "
    "every half minute the campaign and its sums of the day too; "
    "with one campaign and 30 offices, every 2 seconds, that is about 1.3 cents an hour. Each asks SQS 16 questions. "
    "Only looks, and shows nothing of any person."
)


@plainly
def watch(
    every: Annotated[
        float, typer.Option("--every", min=0.5, max=3600, help="Seconds between refreshes.")
    ] = 2.0,
    once: Annotated[bool, typer.Option("--once", help="Show it once and end, as when it is piped.")] = False,
) -> None:
    """Watch calls, offices’ lines, queues, counts and today’s spending live, until Ctrl-C.

    What is piped is shown once.
    """
    console = screen()
    with connected() as connection:
        watching = Watch(connection)
        found = watching.board(datetime.now(UTC))
        if once or not console.is_terminal:
            console.print(screens.board(found))
            return
        try:
            _live(connection, console, watching, found, every)
        except KeyboardInterrupt:
            console.print("Nothing was changed by watching.", style="dim")


watch.__doc__ = f"{watch.__doc__}\n{COST}\n"


def _live(connection: Connection, console: Console, watching: Watch, found: Board, every: float) -> None:
    """Show it anew again and again. What can't be read for a while is said, and the last look stays."""
    with Live(screens.board(found, every), console=console, auto_refresh=False) as live:
        while True:
            time.sleep(every)
            wrong = ""
            try:
                found = watching.board(datetime.now(UTC))
            except Exception as error:  # noqa: BLE001 - one look of many: an outage is what one watches for
                wrong = trouble(error, connection.endpoint) or f"It can’t be read ({type(error).__name__})."
            live.update(screens.board(found, every, wrong), refresh=True)
