"""The offices and the campaign that the local stack starts with, exactly as a person would load them.

Promises `patchthrough office import … --yes`, `campaign apply … --yes` and nothing beside them: what the command
line refuses, the stack refuses too. Knows the files; knows nothing of what is in them.
"""

import contextlib
from pathlib import Path
from typing import cast

import click
from typer.main import get_command

from cli.local_stack import VERIFIER
from cli.main import app as patchthrough

SOURCE = Path(__file__).resolve().parent.parent
CAMPAIGN = SOURCE / "campaigns" / "families-28.yaml"
OFFICES = SOURCE / "directory" / "offices.csv"


class NotSeeded(Exception):
    """The offices or the campaign can't be loaded; the command line has said why."""


def apply_campaign(file: Path = CAMPAIGN) -> str:
    """Apply a campaign file where this process's environment leads; return a sentence. Raises NotSeeded."""
    code = run("campaign", "apply", str(file), "--yes")
    if code:
        raise NotSeeded(
            f"{file.name} could not be applied (see above). If it clashes with what an earlier run left, "
            "make reset forgets that."
        )
    return f"Campaign {file.stem} as its file has it; lines and mailboxes are verified, for these worlds only"


def import_offices(file: Path = OFFICES) -> str:
    """Import the whole directory where this process's environment leads; return a sentence. Raises NotSeeded."""
    code = run("office", "import", str(file), "--yes", "--by", VERIFIER)
    if code:
        raise NotSeeded(
            f"{file.name} could not be imported (see above). If it clashes with what an earlier run left, "
            "make reset forgets that."
        )
    return "All offices of the directory, with mailboxes of the mail world, verified for these worlds only"


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
