"""What the local stack may say of offices by itself: nothing rings there but the phone world, no mail leaves it.

Promises: a line in quarantine, and a mailbox that rests, stay so until somebody verifies them, here as anywhere; and a
mailbox that it makes up is at a domain that nobody can own.
"""

from dataclasses import replace
from datetime import UTC, date, datetime

from chalicelib.adapters.audit import Entry
from chalicelib.adapters.catalog import Catalog
from chalicelib.adapters.mailboxes import Mailboxes
from chalicelib.domain.office import Line, Mailbox, Office, may_dial, may_write

VERIFIER = "the local stack"
DOMAIN = "offices.example"


def vouch(catalog: Catalog, offices: tuple[Office, ...], today: date) -> None:
    """Verify the lines that no person has verified. Only for a connection that `is_local_stack`."""
    for office in offices:
        for line in office.lines:
            if _needs_word(line, today):
                catalog.verify_line(office.id, line.number, today, VERIFIER, VERIFIER)


def give_mailboxes(catalog: Catalog, offices: tuple[Office, ...], today: date) -> None:
    """Give each office that has none a mailbox, and verify those that no person has. As above, only there."""
    mailboxes = Mailboxes(catalog)
    without = [office for office in offices if not office.mailboxes]
    mailboxes.add_all({office.id: (_made_up(office, today), _entry(office.id)) for office in without})
    for office in offices:
        for mailbox in office.mailboxes:
            if not may_write(mailbox, today):
                mailboxes.verify(office.id, mailbox.address, today, VERIFIER, _entry(office.id))


def vouched(offices: tuple[Office, ...], today: date) -> tuple[Office, ...]:
    """How the offices stand once the local stack has vouched for them."""
    return tuple(
        replace(
            office,
            lines=tuple(_vouched(line, today) for line in office.lines),
            mailboxes=tuple(replace(box, verified_on=today) for box in _mailboxes(office, today)),
        )
        for office in offices
    )


def _mailboxes(office: Office, today: date) -> tuple[Mailbox, ...]:
    return office.mailboxes or (_made_up(office, today),)


def _made_up(office: Office, today: date) -> Mailbox:
    return Mailbox(f"{office.id}@{DOMAIN}", today, VERIFIER, VERIFIER)


def _entry(office_id: str) -> Entry:
    return Entry(VERIFIER, "mailbox made up", office_id, datetime.now(UTC))


def _needs_word(line: Line, today: date) -> bool:
    return not may_dial(line, today) and line.quarantined is None


def _vouched(line: Line, today: date) -> Line:
    return replace(line, callable=True, verified_on=today) if _needs_word(line, today) else line
