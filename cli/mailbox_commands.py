"""`patchthrough office mailbox …` and `office form`: where an office takes letters. Gathers, decides, asks, writes."""

from datetime import UTC, datetime, timedelta
from typing import Annotated, Never

import typer
from rich.text import Text

from chalicelib.adapters.audit import Entry
from chalicelib.adapters.letters import Letters
from chalicelib.adapters.mailboxes import Mailboxes, MailboxKnown
from chalicelib.domain.addresses import Address, address
from chalicelib.domain.mailboxes import why_no_mailbox
from chalicelib.domain.office import Mailbox, Office
from chalicelib.domain.refusals import Refusal
from cli import mailbox_screens as screens
from cli.connection import Connection
from cli.office_people import name_given, office_named, page_given, seen_on
from cli.resting import Woken, rests, told, wake
from cli.terminal import EXIT_CODES, REFUSED, WRONG, agreed, connected, give_up, plainly, screen, today

mailbox = typer.Typer(
    help="Offices’ e-mail addresses: add, verify, remove, list. Without one its letters are printed.",
    no_args_is_help=True,
)

AGENCY = "agency’s page with the address"
Id = Annotated[str, typer.Argument(metavar="ID", help="The office, like ero-atl.")]
Typed = Annotated[str, typer.Argument(metavar="ADDRESS", help="The office’s e-mail address.")]
Seer = Annotated[str, typer.Option("--by", help="Who has seen the address on the agency’s page.")]
By = Annotated[str, typer.Option("--by", help="Your name, for the record.")]
Page = Annotated[str, typer.Option("--source", help="The address of that page, https://…")]
On = Annotated[str | None, typer.Option("--on", help="The day it was seen, like 2026-12-24.")]


@mailbox.command(epilog=EXIT_CODES)
@plainly
def add(office: Id, address: Typed, by: Seer, source: Page, on: On = None) -> None:
    """Give an office an e-mail address that a person has seen on the agency’s own page: letters may go there."""
    person, page = name_given(by), page_given(source, wanted=AGENCY)
    with connected() as connection:
        day = seen_on(on, connection.catalog.verification_days)
        found, read = office_named(connection, office), _address(connection, address)
        seen = Mailbox(str(read), day, person, page)
        facts = {"address": seen.address, "source": page, "on": day.isoformat()}
        try:
            Mailboxes(connection.catalog).add(found.id, seen, _entry(person, "mailbox added", found, facts))
        except MailboxKnown:
            give_up(
                f"{found.id} has {read} already. After another look: patchthrough office mailbox verify "
                f"{found.id} {read} --by NAME --source https://…",
                WRONG,
            )
        _tell(connection, found, seen)


@mailbox.command(epilog=EXIT_CODES)
@plainly
def verify(office: Id, address: Typed, by: Seer, source: Page, on: On = None) -> None:
    """Record that a person has seen an office’s e-mail address on the agency’s own page once more.

    A mailbox that rests because its server refused letters takes them again.
    """
    person, page = name_given(by), page_given(source, wanted=AGENCY)
    with connected() as connection:
        day = seen_on(on, connection.catalog.verification_days)
        found = office_named(connection, office)
        _require_allowed(connection, _read(address))
        known = mailbox_of(found, address)
        facts = {"address": known.address, "source": page, "on": day.isoformat()}
        entry = _entry(person, "mailbox verified", found, facts)
        Mailboxes(connection.catalog).verify(found.id, known.address, day, page, entry)
        _tell(connection, found, Mailbox(known.address, day, person, page))


@mailbox.command(epilog=EXIT_CODES)
@plainly
def remove(
    office: Id,
    address: Typed,
    by: By,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Remove without asking.")] = False,
) -> None:
    """Take an e-mail address from an office: no letter goes there any more."""
    person = name_given(by)
    with connected() as connection:
        found = office_named(connection, office)
        known = mailbox_of(found, address)
        if not yes and not agreed(f"Send no letters to {known.address}, {found.place.en} ({found.id})?"):
            give_up("Nothing was changed.", REFUSED)
        entry = _entry(person, "mailbox removed", found, {"address": known.address})
        Mailboxes(connection.catalog).remove(found.id, known.address, entry)
        left = len(found.mailboxes) - 1
        way_on = f"{found.id} has {left} more." if left else "Its letters are printed from now on."
        screen().print(
            Text(f"Removed: {known.address}, {found.place.en} ({found.id}).", "bold"),
            f"{way_on} Letters that were on their way there wait up to 7 days for it to come back.",
            sep="\n",
            soft_wrap=True,
        )


@mailbox.command("list", epilog=EXIT_CODES)
@plainly
def list_() -> None:
    """List offices’ mailboxes: who verified each and until when, which rest and what their servers said."""
    with connected() as connection:
        offices = connection.catalog.offices()
        resting = rests(connection, offices)
    console = screen()
    if any(office.mailboxes for office in offices):
        console.print(screens.mailboxes(offices, resting, today(), console.width), "")
    else:
        console.print(
            "No office has a mailbox: letters are printed. Add the first with: patchthrough office mailbox add ID "
            "ADDRESS --by NAME --source https://…",
            soft_wrap=True,
        )
    if known := screens.forms(offices):
        console.print(Text("Web forms of their own", "bold"), known, "", sep="\n")
    console.print(Text(screens.summary(offices, resting, today()), "bold"))


@plainly
def form(
    office: Id,
    by: By,
    url: Annotated[str | None, typer.Argument(help="The form’s address, https://…; none: forget it.")] = None,
) -> None:
    """Say where an office’s own web form is: writers open it themselves, beside printing their letter."""
    person = name_given(by)
    page = page_given(url, "The address", "office’s own form") if url else ""
    with connected() as connection:
        found = office_named(connection, office)
        entry = _entry(person, "web form set", found, {"form": page})
        Mailboxes(connection.catalog).set_web_form(found.id, page, entry)
        done = (
            f"The web form of {found.place.en} ({found.id}) is {page}"
            if page
            else f"{found.id} has no web form now."
        )
        screen().print(Text(done, "bold"), soft_wrap=True)


def mailbox_of(office: Office, typed: str) -> Mailbox:
    """The mailbox of an office that is meant, however it is written; ends with a sentence when there is none."""
    wanted = _read(typed).identity
    found = next((each for each in office.mailboxes if each.address.lower() == wanted), None)
    if found is None:
        known = ", ".join(each.address for each in office.mailboxes)
        give_up(f"{office.id} has no mailbox {typed}. Its mailboxes: {known or 'none'}.", WRONG)
    return found


def _address(connection: Connection, typed: str) -> Address:
    read = _read(typed)
    _require_allowed(connection, read)
    return read


def _read(typed: str) -> Address:
    try:
        return address(typed)
    except Refusal:
        give_up(f"“{typed}” is no e-mail address. Write it like outreach@agency.example.", WRONG)


def _require_allowed(connection: Connection, read: Address) -> None:
    config = connection.config
    why = why_no_mailbox(read, config.mail_from, is_development=config.is_development)
    if why:
        _refuse(read, why)


def _refuse(read: Address, why: str) -> Never:
    give_up(f"{read} {why}. Give the address on the agency’s own page.", REFUSED)


def _entry(person: str, what: str, office: Office, facts: dict[str, str]) -> Entry:
    return Entry(person, what, office.id, datetime.now(UTC), facts)


def _tell(connection: Connection, office: Office, seen: Mailbox) -> None:
    """Wake the mailbox, for somebody has looked; and say what holds now."""
    woken = wake(connection, office.id, seen.address) if _may_wait(connection, office) else Woken()
    until = (seen.verified_on or today()) + timedelta(days=connection.catalog.verification_days)
    screen().print(
        Text(f"{seen.verified_by} has verified {seen.address}, {office.place.en} ({office.id}).", "bold"),
        f"Letters may go there until {until}, that day included.",
        sep="\n",
        soft_wrap=True,
    )
    for sentence in told(woken, seen.address):
        screen().print(sentence, soft_wrap=True)


def _may_wait(connection: Connection, office: Office) -> bool:
    """Whether anything can wait for this office: letters go by mail here, or a mailbox of it rests."""
    return connection.config.has_mail or bool(Letters(connection.catalog.table).resting(office.id))
