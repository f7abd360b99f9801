"""How a letter moves while it is sent and after: what SES answers, what it reports later, and silence.

Only three things say that SES has a letter: its answer, an event with our tag, and nothing else. So a worker that
died, or heard nothing, leaves a letter whose fate is unknown; it waits for proof and only then, or after GRACE, goes
back to the queue. Facts about recipients may come in any order (`mail_facts`); the state follows from them.
"""

from collections.abc import Iterator
from datetime import timedelta

from chalicelib.domain.letter import Letter, Reason, State
from chalicelib.domain.letter_events import (
    Accepted,
    Alarm,
    Effect,
    OpenCircuit,
    PauseOffice,
    Refused,
    Reported,
    SenderFailed,
    Suppress,
    Throttled,
    TimePassed,
    Trouble,
    Unclear,
)
from chalicelib.domain.letter_moves import Change, Moment, moved, queued, stopped
from chalicelib.domain.mail_facts import Fact, Recipient, Status, is_spent, with_fact, without
from chalicelib.domain.ses_events import MailEvent, Report, same_address

GRACE = timedelta(minutes=30)
"""How long a letter without a clear answer waits for an event: SES publishes within minutes, the queue may lag."""
MOST_UNCLEAR = 3
"""So many tries in a row without any answer are no accident: a person must look."""
FULL_WAIT = timedelta(hours=2)
LONGEST_FULL_WAIT = timedelta(hours=24)
"""A full mailbox is tried again after two hours, then after twice as long each time, a day at most."""
FULL_AT_MOST = timedelta(days=7)
"""From the first message on; then the bounce is final."""

MAILBOX_FULL, CONTENT_REJECTED = "MailboxFull", "ContentRejected"
TOO_LARGE = frozenset({"MessageTooLarge", "AttachmentRejected"})

STATES: dict[Status, State] = {
    Status.SUBMITTED: State.SUBMITTED,
    Status.DELAYED: State.SUBMITTED,
    Status.DELIVERED: State.DELIVERED,
    Status.BOUNCED_SOFT: State.BOUNCED_SOFT,
    Status.REJECTED: State.REJECTED,
    Status.SUPPRESSED: State.SUPPRESSED,
    Status.BOUNCED_HARD: State.BOUNCED_HARD,
    Status.COMPLAINED: State.COMPLAINED,
}
"""What is known at the office → where the letter is, but for bounces that are not the end."""
NOT_SENT = frozenset({State.CANCELLED, State.FAILED})
"""Where the writer was told that the letter had not left."""


# What SES answers, and silence.


def accepted(letter: Letter, event: Accepted, moment: Moment) -> Change:
    """SES has it: the weakest of facts, which may come after stronger ones."""
    report = Report(None, Status.SUBMITTED)
    return _told(letter, MailEvent("Accepted", event.message, moment.now, reports=(report,)), moment)


def throttled(letter: Letter, event: Throttled, moment: Moment) -> Change:
    """Not now; no attempt was used."""
    return _not_sent(letter, event, moment) if event.attempt == letter.attempt else (letter, ())


def sender_failed(letter: Letter, event: SenderFailed, moment: Moment) -> Change:
    """Not the letter's fault: it waits unharmed, and nothing else is tried meanwhile."""
    if event.attempt != letter.attempt:
        return letter, ()
    after, effects = _not_sent(letter, event, moment)
    trouble = Alarm(Trouble.SENDER_FAILED, letter.id)
    return after, (*effects, OpenCircuit(event.fault, event.at), trouble)


def _not_sent(letter: Letter, event: Throttled | SenderFailed, moment: Moment) -> Change:
    if letter.is_unwanted:
        return stopped(letter, Reason.WITHDRAWN, moment)
    return queued(letter, event.at, moment)


def refused(letter: Letter, event: Refused, moment: Moment) -> Change:
    """SES clearly refused this letter: it is not tried again."""
    if event.attempt != letter.attempt:
        return letter, ()
    after, effects = stopped(letter, Reason.REFUSED, moment, State.REJECTED)
    return moved(after, moment, attempts=letter.attempts + 1), (*effects, Alarm(Trouble.REJECTED, letter.id))


def unclear(letter: Letter, event: Unclear, moment: Moment) -> Change:
    """It may or may not have left."""
    if event.attempt != letter.attempt:
        return letter, ()
    return moved(letter, moment, state=State.SEND_UNKNOWN, lease_until=None), ()


def lease_over(letter: Letter, _event: TimePassed, moment: Moment) -> Change:
    """Its worker was never heard of again: as unclear as no answer."""
    if letter.lease_until is not None and moment.now < letter.lease_until:
        return letter, ()
    return moved(letter, moment, state=State.SEND_UNKNOWN, lease_until=None), ()


def still_unknown(letter: Letter, _event: TimePassed, moment: Moment) -> Change:
    """No event within the time of grace: it did not leave, and is tried again; but not without end."""
    if moment.now - letter.changed_at < GRACE:
        return letter, ()
    tried = {"attempts": letter.attempts + 1, "unclear": letter.unclear + 1}
    if letter.is_unwanted:
        return stopped(moved(letter, moment, **tried), Reason.WITHDRAWN, moment)
    if letter.unclear + 1 >= MOST_UNCLEAR:
        after, _ = stopped(moved(letter, moment, **tried), Reason.UNCLEAR, moment, State.HELD)
        return after, (Alarm(Trouble.NO_ANSWERS, letter.id),)
    return queued(letter, moment.now, moment, **tried)


def unwritten(letter: Letter, event: Throttled | SenderFailed | Refused, moment: Moment) -> Change:
    """The answer to an attempt whose writer has been forgotten meanwhile: it did not leave."""
    if event.attempt != letter.attempt:
        return letter, ()
    return moved(letter, moment, attempt=None, lease_until=None, reason=Reason.ERASED), ()


# What SES reports.


def reported(letter: Letter, event: Reported, moment: Moment) -> Change:
    """An event with our tag: its facts, and what follows from all that is known."""
    return _told(letter, event.event, moment)


def _told(letter: Letter, event: MailEvent, moment: Moment) -> Change:
    if not letter.is_confirmed:
        return letter, ()
    recipients = tuple(_with_reports(recipient, event, letter) for recipient in letter.recipients)
    if recipients == letter.recipients:
        return letter, ()
    known = moved(letter, moment, recipients=recipients, sent_at=min(letter.sent_at or event.at, event.at))
    after, effects = _placed(known, event, moment)
    troubles = _about_recipients(letter, after if after.spent == letter.spent else known, event)
    return after, (*effects, *troubles, *_about_messages(letter, known))


def _with_reports(recipient: Recipient, event: MailEvent, letter: Letter) -> Recipient:
    for report in event.reports:
        if report.status is None or not _is_about(report, recipient):
            continue
        fact = Fact(report.status, event.at, event.message, report.detail, event.until)
        if not is_spent(fact, set(letter.spent)):
            recipient = with_fact(recipient, fact)
    return recipient


def _is_about(report: Report, recipient: Recipient) -> bool:
    return report.address is None or same_address(report.address, recipient.address)


def _placed(letter: Letter, event: MailEvent, moment: Moment) -> Change:
    """Where the letter is now, by what is known of it."""
    status = letter.status
    if letter.content is None:
        return moved(letter, moment, state=State.ERASED), ()
    is_waiting_again = event.message in letter.spent and status in {Status.SUBMITTED, Status.DELAYED}
    if status is None or is_waiting_again:
        return letter, ()
    if status is Status.BOUNCED_SOFT:
        return _bounced_softly(letter, moment)
    return _settled(letter, STATES[status], moment)


def _settled(letter: Letter, state: State, moment: Moment) -> Change:
    is_first = letter.state in {
        State.QUEUED,
        State.LEASED,
        State.SEND_UNKNOWN,
        State.TARGET_PAUSED,
        State.HELD,
    }
    attempts = letter.attempts + is_first
    over = {"attempt": None, "lease_until": None, "not_before": None, "reason": None, "unclear": 0}
    return moved(letter, moment, state=state, attempts=attempts, **over), ()


def _bounced_softly(letter: Letter, moment: Moment) -> Change:
    """Full: again later, for a week. Filtered: a person looks, for more of its kind would fare alike. Else final."""
    details = _soft_details(letter)
    settled, _ = _settled(letter, State.BOUNCED_SOFT, moment)
    if letter.is_unwanted:
        return settled, ()
    if CONTENT_REJECTED in details:
        return _answered(settled, State.HELD, Reason.FILTERED, moment), ()
    again = moment.now + min(FULL_WAIT * (1 << min(len(letter.spent), 8)), LONGEST_FULL_WAIT)
    if MAILBOX_FULL in details and again - (letter.sent_at or moment.now) <= FULL_AT_MOST:
        return queued(_answered(settled, State.QUEUED, None, moment), again, moment)
    return settled, ()


def _soft_details(letter: Letter) -> frozenset[str]:
    soft = (each.details for each in letter.recipients if each.status is Status.BOUNCED_SOFT)
    return frozenset().union(*soft)


def _answered(letter: Letter, state: State, reason: Reason | None, moment: Moment) -> Letter:
    """The letter with its soft bounces answered by a further try, or by whoever decides about one."""
    spent = tuple(sorted({*letter.spent, *letter.messages}))
    recipients = tuple(without(recipient, set(spent)) for recipient in letter.recipients)
    return moved(letter, moment, state=state, reason=reason, spent=spent, recipients=recipients)


# What a person, or the office's other letters, must hear of it.


def _about_recipients(before: Letter, after: Letter, event: MailEvent) -> Iterator[Effect]:
    for was, now in zip(before.recipients, after.recipients, strict=True):
        if now.status is not was.status or now.details != was.details:
            yield from _about_recipient(after, now, event)


def _about_recipient(letter: Letter, recipient: Recipient, event: MailEvent) -> Iterator[Effect]:
    office, address = letter.office, recipient.address
    match recipient.status:
        case Status.BOUNCED_HARD:
            said = (report.diagnosis for report in event.reports if _is_about(report, recipient))
            yield PauseOffice(office, address, next(said, ""))
            yield Alarm(Trouble.BOUNCED, letter.id)
        case Status.COMPLAINED:
            yield Suppress(office, address, letter.campaign)
            yield Alarm(Trouble.COMPLAINT, letter.id)
        case Status.SUPPRESSED:
            yield Suppress(office, address, None)
            yield Alarm(Trouble.SUPPRESSED_AT_SES, letter.id)
        case Status.REJECTED:
            yield Alarm(Trouble.REJECTED, letter.id)
        case Status.BOUNCED_SOFT if CONTENT_REJECTED in recipient.details:
            yield Alarm(Trouble.FILTERED, letter.id)
        case Status.BOUNCED_SOFT if TOO_LARGE & recipient.details:
            yield Alarm(Trouble.TOO_LARGE, letter.id)


def _about_messages(before: Letter, known: Letter) -> Iterator[Effect]:
    """What must not happen, and is said when it did: a second message, or one after it was called off."""
    if len(known.messages) > max(len(before.messages), 1):
        yield Alarm(Trouble.SENT_TWICE, before.id)
    if before.state in NOT_SENT:
        yield Alarm(Trouble.SENT_AFTER_ALL, before.id)
