"""The command `patchthrough`."""

import typer

from cli.broadcast_commands import broadcast
from cli.campaign_commands import campaign
from cli.consent_commands import consent
from cli.counts_commands import counts
from cli.doctor_commands import doctor
from cli.erase_commands import erase
from cli.export_commands import export
from cli.letter_commands import letter
from cli.office_commands import office
from cli.redrive_commands import redrive
from cli.terminal import EXIT_CODES
from cli.text_commands import text
from cli.watch_commands import watch

app = typer.Typer(
    help="Campaigns, offices, letters, alerts and counts of Patchthrough. "
    "Beside `make run` it finds this machine’s stack by itself.",
    epilog=EXIT_CODES,
    no_args_is_help=True,
    add_completion=False,
    # A traceback may not spell out what is in the variables: a phone number could be.
    pretty_exceptions_show_locals=False,
)
app.add_typer(broadcast, name="broadcast")
app.add_typer(campaign, name="campaign")
app.add_typer(consent, name="consent")
app.add_typer(counts, name="counts")
app.add_typer(export, name="export")
app.add_typer(letter, name="letter")
app.add_typer(office, name="office")
app.add_typer(text, name="text")
app.command(epilog=EXIT_CODES)(doctor)
app.command(epilog=EXIT_CODES)(erase)
app.command(epilog=EXIT_CODES)(redrive)
app.command(epilog=EXIT_CODES)(watch)
