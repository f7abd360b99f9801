"""The campaign that the local stack starts with, applied exactly as a person would apply it.

Promises `patchthrough campaign apply … --yes` and nothing beside it: what the command line refuses, the
stack refuses too. Knows the file; knows nothing of what is in it.
"""

import contextlib
from pathlib import Path
from typing import cast

import click
from typer.main import get_command

from cli.main import app as patchthrough

CAMPAIGN = Path(__file__).resolve().parent.parent / "campaigns" / "families-28.yaml"


class NotSeeded(Exception):
    """The campaign can't be applied; the command line has said why."""


def apply_campaign(file: Path = CAMPAIGN) -> str:
    """Apply a campaign file where this process's environment leads; return a sentence. Raises NotSeeded."""
    code = run("campaign", "apply", str(file), "--yes")
    if code:
        raise NotSeeded(
            f"{file.name} could not be applied (see above). If it clashes with what an earlier run left, "
            "make reset forgets that."
        )
    return f"Campaign {file.stem} as its file has it; the lines are verified, for the phone world only"


def run(*arguments: str) -> int:
    """Run `patchthrough` with these arguments in this process; return its exit code."""
    command = get_command(patchthrough)
    with contextlib.suppress(click.exceptions.Abort):
        try:
            return cast("int | None", command.main(list(arguments), standalone_mode=False)) or 0
        except click.exceptions.Exit as end:
            return end.exit_code
        except click.ClickException as wrong:
            wrong.show()
            return wrong.exit_code
    return 1
