"""`patchthrough letter …`: where letters are, what holds them up, and what a person decides about one."""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Annotated, Never

import typer
from rich.text import Text

from chalicelib.adapters import audit
from chalicelib.adapters.letters import Letters
from chalicelib.adapters.sending import Sending
from chalicelib.domain.letter import Letter, State
from chalicelib.domain.office import Office
from chalicelib.views import deciding
from chalicelib.views.again import GaveUp
from chalicelib.views.letter_committing import address_key
from cli import letter_screens as screens
from cli.at_work import at_work
from cli.connection import Connection
from cli.letter_screens import Stop
from cli.letter_upkeep import erase, redrive
from cli.mailbox_commands import mailbox_of
from cli.office_people import name_given, office_named
from cli.queues import of_letters
from cli.resting import rests, told, wake
from cli.terminal import EXIT_CODES, REFUSED, WRONG, connected, give_up, plainly, screen

letter = typer.Typer(help="Letters: where they are, and those that need a person.", no_args_is_help=True)

Id = Annotated[str, typer.Argument(metavar="ID", help="The letter, as `patchthrough letter held` shows it.")]
By = Annotated[str, typer.Option("--by", help="Your name, for the record.")]
LEAST = 6
"""Characters of an id by which a letter may be named."""
STOPPED = frozenset({State.COMPLAINED, State.SUPPRESSED})
"""States of letters after which a mailbox may get no more of a campaign."""
LISTED = "SES has it on its own suppression list"
COMPLAINT = "the office called one spam"


@letter.command(epilog=EXIT_CODES)
@plainly
def status() -> None:
    """Show how many letters are where, whether mail leaves at all, the queues, and mailboxes that get none."""
    now = datetime.now(UTC)
    with connected() as connection:
        letters = list(Letters(connection.catalog.table).all(now))
        circuit = Sending(connection.catalog.table).circuit()
        depths = {name: queue.depth() for name, queue in of_letters(connection).items()}
        stops = list(dict.fromkeys([*_resting(connection), *_stopped(connection, letters)]))
    console = screen()
    found: dict[str, Counter[State]] = {}
    for each in letters:
        found.setdefault(each.campaign, Counter())[each.state] += 1
    console.print(screens.states(found) if found else "No letter yet.\n")
    if stops:
        console.print(screens.stops(stops))
    if depths:
        console.print(screens.queues(depths), "")
        console.print(screens.circuit(circuit, now))
    else:
        console.print("No letters leave by mail here: PATCHTHROUGH_MAIL_FROM is not set. They are printed.")
    for sentence in _ways_on(letters, stops, sum(depth.dead or 0 for depth in depths.values())):
        console.print(sentence, soft_wrap=True)


@letter.command(epilog=EXIT_CODES)
@plainly
def held(
    letter_id: Annotated[
        str | None, typer.Argument(metavar="[ID]", help="Show this one in full, which goes on record.")
    ] = None,
    by: Annotated[str | None, typer.Option("--by", help="Your name; needed to read a letter.")] = None,
) -> None:
    """List the letters that a person has to look at, and why; or show one of them, which is its writer’s own."""
    person = name_given(by) if letter_id is not None else ""
    with connected() as connection:
        if letter_id is not None:
            _show(connection, letter_id, person)
            return
        letters = Letters(connection.catalog.table).all(datetime.now(UTC))
        found = [each for each in letters if each.state is State.HELD]
    if not found:
        screen().print("No letter is held.")
        return
    screen().print(screens.held(found), "")
    for way in ("held ID --by NAME", "release ID --by NAME", "deny ID --by NAME"):
        screen().print(f"patchthrough letter {way}", soft_wrap=True)


@dataclass(frozen=True, slots=True)
class Decision:
    """What a person may decide of a letter in one of these states, how it is done, recorded and told."""

    states: frozenset[State]
    carry_out: Callable[[str], Letter]
    on_record: str
    done: str


HELD, WAITING = frozenset({State.HELD}), frozenset({State.CONFIRMED, State.QUEUED})
RELEASE = Decision(HELD, deciding.release, "letter released", "It goes, at its office’s next turn.")
DENY = Decision(HELD, deciding.deny, "letter denied", "It does not go; its writer is told.")
HOLD = Decision(WAITING, deciding.hold, "letter held", "It waits until somebody lets it go.")


@letter.command(epilog=EXIT_CODES)
@plainly
def release(letter_id: Id, by: By) -> None:
    """Let a held letter go, at its office’s pace."""
    _decide(letter_id, by, RELEASE)


@letter.command(epilog=EXIT_CODES)
@plainly
def deny(letter_id: Id, by: By) -> None:
    """Let a held letter not go. Its writer is told, and has the text back."""
    _decide(letter_id, by, DENY)


@letter.command(epilog=EXIT_CODES)
@plainly
def hold(letter_id: Id, by: By) -> None:
    """Hold a letter that has not left, until somebody has looked at it."""
    _decide(letter_id, by, HOLD)


@letter.command(epilog=EXIT_CODES)
@plainly
def resume(
    office: Annotated[str, typer.Argument(metavar="OFFICE", help="The office, like ero-atl.")],
    address: Annotated[str, typer.Argument(metavar="ADDRESS", help="Its mailbox that gets no letters.")],
    by: By,
    campaign: Annotated[
        str | None,
        typer.Option("--campaign", help="After a complaint: let it have this campaign’s letters again."),
    ] = None,
) -> None:
    """Let a mailbox take letters again that rests, or that a complaint stopped: you have looked into why."""
    person = name_given(by)
    with connected() as connection:
        found = office_named(connection, office)
        mailbox = mailbox_of(found, address)
        if campaign is not None:
            _require_campaign(connection, campaign)
        woken = wake(connection, found.id, mailbox.address, campaign)
        facts = {"address": mailbox.address} | ({"campaign": campaign} if campaign else {})
        _record(connection, person, "mailbox resumed", found.id, facts)
    screen().print(
        Text(f"{mailbox.address}, {found.place.en} ({found.id}), takes letters again.", "bold"),
        soft_wrap=True,
    )
    for sentence in told(woken, mailbox.address):
        screen().print(sentence, soft_wrap=True)


letter.command("redrive", epilog=EXIT_CODES)(redrive)
letter.command("erase", epilog=EXIT_CODES)(erase)


def _ways_on(letters: Sequence[Letter], stops: Sequence[Stop], dead: int) -> Iterator[str]:
    if number := sum(each.state is State.HELD for each in letters):
        yield f"Held and waiting for a person: {number}. See: patchthrough letter held"
    if stops:
        yield "Look into it, then: patchthrough letter resume OFFICE ADDRESS --by NAME"
    if any(stop.campaign for stop in stops):
        yield "After a complaint, where the office agrees: the same, with --campaign SLUG"
    if dead:
        yield "Bring back what was given up: patchthrough letter redrive"


def _resting(connection: Connection) -> Iterator[Stop]:
    offices = connection.catalog.offices()
    places = {office.id: office.place.en for office in offices}
    for (office_id, address), why in rests(connection, offices).items():
        yield Stop(office_id, places[office_id], address, why)


def _stopped(connection: Connection, letters: Sequence[Letter]) -> Iterator[Stop]:
    """The mailboxes that get no more letters of one campaign. The keys are asked for only when any may."""
    for slug in sorted({each.campaign for each in letters if each.state in STOPPED}):
        campaign = connection.catalog.campaign(slug)
        for office in (*campaign.offices, *campaign.elsewhere) if campaign else ():
            yield from _stops_of(connection, slug, office)


def _stops_of(connection: Connection, slug: str, office: Office) -> Iterator[Stop]:
    if not office.mailboxes:
        return
    with at_work(connection) as r:
        hashed = {address_key(each.address): each.address for each in office.mailboxes}
        listed, stopped = r.letters.suppressed(hashed), r.letters.suppressed(hashed, slug)
    for key, address in hashed.items():
        if key in listed:
            yield Stop(office.id, office.place.en, address, LISTED)
        elif key in stopped:
            yield Stop(office.id, office.place.en, address, COMPLAINT, slug)


def _show(connection: Connection, typed: str, person: str) -> None:
    """Show a held letter in full; that somebody read it is on record before they do."""
    found = _named(connection, typed)
    _require(found, HELD)
    if found.content is None:
        give_up("Its words are no longer kept. Deny it: nobody can read what would be sent.", REFUSED)
    _record(connection, person, "held letter read", found.office, {"letter": found.id})
    screen().print(screens.whole(found, found.content))


def _decide(typed: str, by: str, decision: Decision) -> None:
    person = name_given(by)
    with connected() as connection:
        if not connection.config.letter_queue:
            give_up("No letters leave by mail here: set PATCHTHROUGH_MAIL_FROM and its queues first.", WRONG)
        found = _named(connection, typed)
        _require(found, decision.states)
        with at_work(connection):
            after = _carried_out(decision, found)
        if after.state is found.state:
            give_up("Somebody else was faster; the letter is as they left it. Look again.", REFUSED)
        facts = {"letter": found.id, "campaign": found.campaign}
        _record(connection, person, decision.on_record, found.office, facts)
    name = f"{screens.handle(found.id)}, {found.office}, {found.campaign}"
    screen().print(Text(name, "bold"), decision.done, sep="\n")


def _carried_out(decision: Decision, found: Letter) -> Letter:
    try:
        return decision.carry_out(found.id)
    except GaveUp:
        give_up("The letter is being moved by others right now. Nothing was changed. Try again.", REFUSED)


def _named(connection: Connection, typed: str) -> Letter:
    """The one letter that is meant, with its words."""
    letters, now = Letters(connection.catalog.table), datetime.now(UTC)
    wanted = typed.lstrip("-")
    if len(wanted) < LEAST:
        _unknown(typed)
    found = [each.id for each in letters.all(now) if each.id.lstrip("-").startswith(wanted)]
    if len(found) > 1:
        give_up(f"“{typed}” stands for {len(found)} letters. Give more of the id.", WRONG)
    known = letters.letter(found[0], now) if found else None
    return known or _unknown(typed)


def _unknown(typed: str) -> Never:
    give_up(f"There is no letter “{typed}”. Those that need a person: patchthrough letter held", WRONG)


def _require(found: Letter, states: frozenset[State]) -> None:
    if found.state not in states:
        is_now = screens.STATES[found.state]
        give_up(f"This letter can’t be decided about now. It is among: {is_now}.", REFUSED)


def _require_campaign(connection: Connection, slug: str) -> None:
    if all(each.slug != slug for each in connection.catalog.campaigns()):
        give_up(f"There is no campaign {slug} in {connection.name}. See: patchthrough campaign list", WRONG)


def _record(connection: Connection, person: str, what: str, subject: str, facts: dict[str, str]) -> None:
    entry = audit.Entry(person, what, subject, datetime.now(UTC), facts)
    audit.record(connection.catalog.table, entry)
