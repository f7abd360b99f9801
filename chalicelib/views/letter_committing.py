"""Decide, commit, and only then let effects leave: the one road by which a letter changes.

Every door takes it: pages, the API, workers, the command line. What must hold together is in one transaction: letters,
counts, next looks, and which mailbox gets nothing any more. Nothing of a writer is logged.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime

from chalicelib.adapters.letter_queue import LONGEST_DELAY, LetterTurn, WriterMail
from chalicelib.adapters.letters import Changed
from chalicelib.adapters.table import Write
from chalicelib.domain.addresses import Address
from chalicelib.domain.campaign import Status
from chalicelib.domain.counts import AnyOutcome, LetterOutcome
from chalicelib.domain.letter import Letter
from chalicelib.domain.letter_events import (
    Alarm,
    Count,
    Effect,
    Event,
    Mail,
    MailKind,
    OpenCircuit,
    PauseOffice,
    Send,
    Suppress,
)
from chalicelib.domain.letter_machine import advance, legal
from chalicelib.domain.letter_moves import Moment
from chalicelib.domain.phones import phone_key
from chalicelib.domain.refusals import Code, Refusal
from chalicelib.observability import count, log
from chalicelib.runtime import Runtime, runtime
from chalicelib.views.again import tried

OF_A_GROUP = frozenset({MailKind.CONFIRM, MailKind.AGAIN})
"""Mails that are about all letters that were begun together."""
ARRIVED_AT: dict[AnyOutcome, str] = {
    LetterOutcome.DELIVERED: "LettersDelivered",
    LetterOutcome.BOUNCED: "LettersBounced",
    LetterOutcome.SUPPRESSED: "LettersFailed",
    LetterOutcome.REJECTED: "LettersFailed",
    LetterOutcome.NOT_SENT: "LettersFailed",
}
"""In which figure an outcome counts, of those that are watched as they happen."""
Reading = Callable[[Letter], Event | None]
"""Makes an event of what happened, given the letter it is about; None when it says nothing new."""


def address_key(address: Address | str) -> str:
    """Return the keyed hash that stands for an address, a writer's or an office's, wherever mail is stopped."""
    identity = address.identity if isinstance(address, Address) else address.strip().lower()
    return phone_key(identity, runtime().secrets.current().derived("addresses"))


def moment_for(letter: Letter) -> Moment:
    """Return what a decision about this letter may look at."""
    r = runtime()
    campaign = r.campaign(letter.campaign)
    return Moment(r.now(), campaign.status if campaign else Status.ENDED)


def decided(letter: Letter, event: Event) -> Changed:
    """Decide what an event makes of a letter just read; nothing is written."""
    if not legal(letter, event):
        count("LetterEventsIgnored")
    return Changed(letter, *advance(letter, event, moment_for(letter)))


def commit(changed: Sequence[Changed], also: Sequence[Write] = (), throttles: int = 0) -> tuple[Letter, ...]:
    """Write letters as decided, with `also`, and let the effects leave. `throttles`: how often SES said "later".

    Raises:
        Stale: somebody else moved one of them; nothing was written.
        Repeated: a condition of `also` doesn't hold; nothing was written.
    """
    r = runtime()
    effects = list(_effects(changed))
    stops = [write for effect in effects for write in _stopping(r, effect)]
    written = r.letters.commit(changed, [*stops, *also])
    for effect in effects:
        _leave(r, effect, throttles)
    return written


def happened(letter_id: str, event: Event, throttles: int = 0) -> Letter:
    """Change a letter by one event.

    Raises:
        Refusal: LETTER_GONE.
        GaveUp: five lost races in a row.
    """
    return turned([letter_id], lambda _letter: event, throttles)[0]


def turned(letter_ids: Iterable[str], reading: Reading, throttles: int = 0) -> tuple[Letter, ...]:
    """Change letters together by what `reading` makes of each; a lost race loads them again and decides again.

    Raises:
        Refusal: LETTER_GONE: one of them was never there.
        GaveUp: five lost races in a row.
    """
    wanted = tuple(letter_ids)
    return tried(lambda: commit([_read(each, reading) for each in loaded(wanted)], throttles=throttles))


def loaded(letter_ids: Sequence[str]) -> tuple[Letter, ...]:
    """Return these letters.

    Raises:
        Refusal: LETTER_GONE.
    """
    r = runtime()
    found = r.letters.letters(letter_ids, r.now())
    if len(found) != len(set(letter_ids)) or not found:
        raise Refusal(Code.LETTER_GONE)
    return found


def _read(letter: Letter, reading: Reading) -> Changed:
    event = reading(letter)
    return Changed(letter, letter) if event is None else decided(letter, event)


def _effects(changed: Sequence[Changed]) -> Iterator[Effect]:
    """All effects; but links asked for together come in one mail for a group: that of its first letter holds them all.

    Letters begun together may be of two groups, where one was confirmed before and goes its own way.
    """
    mailed = set[tuple[MailKind, str]]()
    for each in changed:
        for effect in each.effects:
            if isinstance(effect, Mail) and effect.kind in OF_A_GROUP:
                if (effect.kind, each.after.group) in mailed:
                    continue
                mailed.add((effect.kind, each.after.group))
            yield effect


def _stopping(r: Runtime, effect: Effect) -> Iterable[Write]:
    """What is written so that a mailbox gets nothing any more, or nothing until a person has looked."""
    match effect:
        case Suppress(address=address, campaign=campaign):
            yield r.letters.suppressing(address_key(address), campaign, "said by its server", r.now())
        case PauseOffice(office=office, address=address, diagnosis=why):
            yield r.letters.resting_write(office, address_key(address), why, r.now())


def _leave(r: Runtime, effect: Effect, throttles: int) -> None:
    match effect:
        case Mail(id=mail_id, kind=kind, letter=letter_id):
            r.letter_queue.send(WriterMail(mail_id, kind, letter_id), 0)
        case Send(letter=letter_id, at=at):
            _send(r, letter_id, at, throttles)
        case OpenCircuit(fault=fault):
            count("SenderRefused")
            log("SES refuses the sender", why=fault)
        case Alarm(trouble=trouble):
            count("LetterPages" if effect.is_page else "LetterWarnings")
            log("a letter needs a person", why=trouble)
        case Count(action=action):
            count("LettersCounted")
            if action.outcome in ARRIVED_AT:
                count(ARRIVED_AT[action.outcome])
            log("letter counted", outcome=action.outcome, campaign=action.campaign)


def _send(r: Runtime, letter_id: str, at: datetime, throttles: int) -> None:
    """Onto the queue; what is too far off for it is looked at by the schedule when its time has come."""
    delay = (at - r.now()).total_seconds()
    if delay > LONGEST_DELAY:
        r.letters.watch(letter_id, at)
    else:
        r.letter_queue.send(LetterTurn(letter_id, throttles=throttles), delay)
