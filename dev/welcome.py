"""What `make run` shows when everything is up: where things are, and what to try first.

Promises that every line can be clicked or copied as it stands. Knows addresses; starts and asks nothing.
"""

from collections.abc import Sequence

from rich.console import Console, Group
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from dev.inboxes import PEOPLE
from dev.offices import HANDSETS
from dev.ports import Ports
from dev.staff_pool import Member

CAMPAIGN = "families-28"
COMMAND = ".venv/bin/patchthrough"


def links(ports: Ports) -> tuple[tuple[str, str], ...]:
    """Return what there is to open or run: name → address or command."""
    app, phone, mail = ports.app.url, ports.phone.url, ports.mail.url
    return (
        ("Campaign, English", f"{app}/c/{CAMPAIGN}?lang=en"),
        ("Campaign, Spanish", f"{app}/c/{CAMPAIGN}?lang=es"),
        ("All campaigns", f"{app}/"),
        ("A letter to an office", f"{app}/c/{CAMPAIGN}/letter?lang=en"),
        ("Phone world", f"{phone}/"),
        ("Mail world, its inboxes", f"{mail}/"),
        ("Console, for staff", f"{app}/staff"),
        ("Codes to sign in there", ".venv/bin/python -m dev.staff_pool"),
        ("API", f"{app}/api/campaigns/{CAMPAIGN}"),
        ("Counts", f"{COMMAND} counts show"),
        ("Counts, proved", f"{COMMAND} counts verify"),
        ("Campaigns", f"{COMMAND} campaign list"),
        ("Alerts by text", f"{COMMAND} broadcast status"),
        ("Texts for people to read", f"{COMMAND} text inbox"),
        ("The app’s log", "tail -f .local/app.log"),
    )


def steps() -> tuple[str, ...]:
    """Return what to try, in order."""
    ana, writer = HANDSETS[0], PEOPLE[0].address
    return (
        f"Open the campaign and tap Call now. In the phone world, dial what it shows from {ana.name}’s phone; press 1.",
        f"Or type {ana.shown} (that is {ana.name}), tap Call me, and type in the code that this phone is texted.",
        f"In the phone world, {ana.name}’s phone rings: answer, and press 1. Choose how the office answers.",
        "Say how it went, and see the number on the campaign’s page grow.",
        f"Text FAMILIES from {ana.name}’s phone in the phone world (or FAMILIAS), and answer YES: she is subscribed.",
        "Text 30303 (her ZIP code), then CALL: her phone rings.",
        f"Alert whoever joined, from another terminal: {COMMAND} broadcast draft --help, then arm what it made.",
        "Text STOP ICE: she is asked what she means. Text STOP: it is over, and one answer says so.",
        f"Write a letter as {writer}. In the mail world, open {ana.name}’s mailbox and the link in it; say yes.",
        "See the letter arrive in the office’s mailbox, and the receipt in hers. Or let it bounce there.",
        "In another terminal: make story plays whole calls of every kind and compares ledger and tally.",
    )


def staff(members: Sequence[Member]) -> Table:
    """Return who can sign in at the console. These are nobody, and they are on this machine only."""
    table = Table(box=None, padding=(0, 2, 0, 0), title_justify="left")
    for heading in ("Console user", "Role", "Password", "Key for an authenticator"):
        table.add_column(heading, no_wrap=True, overflow="ignore")
    for each in members:
        table.add_row(each.username, each.role, each.password, each.seed)
    return table


def show(console: Console, ports: Ports, seconds: float, members: Sequence[Member] = ()) -> None:
    """Print the links, who can sign in, and the steps."""
    table = Table(box=None, show_header=False, padding=(0, 2, 0, 0))
    table.add_column(style="bold")
    table.add_column(no_wrap=True, overflow="ignore")
    for name, where in links(ports):
        is_address = where.startswith("http")
        table.add_row(name, Text(where, style=f"cyan link {where}" if is_address else "green"))
    tries = Group(*(Text(f"{number}. {step}") for number, step in enumerate(steps(), start=1)))
    console.print()
    console.print(
        Text(
            f"Patchthrough is ready ({seconds:.1f} s). No ring and no mail leaves this machine.", style="bold"
        )
    )
    console.print(Padding(table, (1, 0, 1, 2)))
    if members:
        console.print(Text("Who can sign in at the console, on this machine only", style="bold"))
        console.print(Padding(staff(members), (0, 0, 1, 2)))
    console.print(Text("What to try", style="bold"))
    console.print(Padding(tries, (0, 0, 1, 2)))
    console.print("Ctrl-C ends all of it and keeps what you did; make reset forgets.", style="dim")
