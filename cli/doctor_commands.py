"""`patchthrough doctor`: whether everything that a deployment stands on is well, before somebody needs it to be."""

import json
from typing import Annotated

import typer
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

from chalicelib.config import ConfigError
from chalicelib.domain.health import Finding, Level, broken
from cli import doctor_screens as screens
from cli.connection import connect
from cli.doctor_checks import CHECKS, Patient, examined
from cli.terminal import REFUSED, margin, plainly, screen


@plainly
def doctor(
    is_json: Annotated[bool, typer.Option("--json", help="Print JSON instead.")] = False,
) -> None:
    """Look at settings, secrets, table, queues, schedules, Twilio, SES, quotas and the clock; say what to do.

    Only reads, and changes nothing. Exit code 1 if anything is not well.
    """
    found = _found()
    if is_json:
        typer.echo(json.dumps(screens.as_json(found), indent=2, ensure_ascii=False))
    else:
        screen().print(screens.report(found))
    if any(each.level is Level.FAIL for findings in found.values() for each in findings):
        raise typer.Exit(REFUSED)


def _found() -> dict[str, list[Finding]]:
    """Do every check, showing how far it is."""
    try:
        patient = Patient(connect())
    except ConfigError as error:
        return {"Settings": [broken(str(error), "Nothing can start like this.", "Set them, then ask again.")]}
    found: dict[str, list[Finding]] = {}
    columns = (TextColumn("Looking at {task.description}"), BarColumn(), MofNCompleteColumn())
    with Progress(*columns, console=margin(), transient=True) as progress:
        task = progress.add_task("", total=len(CHECKS))
        for check in CHECKS:
            progress.update(task, description=f"{check.group}: {check.name}")
            found.setdefault(check.group, []).extend(examined(check, patient))
            progress.advance(task)
    return found
