"""How a letter moves before it is sent: its writer's confirmation, its place in the queue, what people decide.

Each function is one row of `letter_machine`'s table. Counting and receipts are no concern of theirs: those follow from
the letter before and after.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from chalicelib.domain.campaign import Status as CampaignStatus
from chalicelib.domain.letter import Letter, Reason, State, forgotten
from chalicelib.domain.letter_events import (
    REASONS_OF_SUPPRESSION,
    Alarm,
    Confirmed,
    Denied,
    Effect,
    Erased,
    Forget,
    FoundDuplicate,
    FoundSuppressed,
    Held,
    Leased,
    Lined,
    LinkAsked,
    Mail,
    MailKind,
    OfficePaused,
    OfficeResumed,
    Released,
    Send,
    TakenBack,
    TimePassed,
    Trouble,
)
from chalicelib.domain.mail_facts import Recipient

Change = tuple[Letter, tuple[Effect, ...]]

CONFIRM_WITHIN = timedelta(days=7)
"""From the first link on; then the letter is forgotten."""
REMIND_AFTER = timedelta(days=3)
MOST_REMINDERS = 1
"""The page says "We remind you once"."""
MOST_LINKS = 5
"""Links mailed to one address for one letter: a letter is no way to fill somebody's mailbox."""
DRAFT_LIVES = timedelta(days=1)
"""A letter whose writer never asked for the link is forgotten."""
PAUSE_AT_MOST = timedelta(days=7)
"""A letter waits so long for a mailbox that rests; then its writer is told, and has the text."""
PAUSED_LOOK = timedelta(hours=1)
"""How often a letter that waits for a mailbox is looked at: somebody may have let it take letters again."""
HELD_LOOK = timedelta(days=1)
"""How often people on our side are told of a letter that waits for one of them."""
HELD_AT_MOST = timedelta(days=30)
"""Then nobody will look any more; its writer is told, while the text is still kept."""
LOOK_AGAIN = timedelta(minutes=15)
"""A letter whose message got lost is looked at again after this long."""


@dataclass(frozen=True, slots=True)
class Moment:
    """What a decision may look at beside the letter: the time, and whether its campaign is live."""

    now: datetime
    campaign: CampaignStatus = CampaignStatus.LIVE


def moved(letter: Letter, moment: Moment, **changes: object) -> Letter:
    """The letter with these changes, changed now."""
    return replace(letter, changed_at=moment.now, **changes)  # type: ignore[arg-type]  # replace checks the names


def queued(letter: Letter, at: datetime, moment: Moment, **changes: object) -> Change:
    """Into the queue, for a turn not before `at`; nobody owns it."""
    free = {"state": State.QUEUED, "not_before": at, "attempt": None, "lease_until": None}
    return moved(letter, moment, **(free | changes)), (Send(letter.id, at),)


def stopped(letter: Letter, reason: Reason, moment: Moment, state: State = State.CANCELLED) -> Change:
    """It is not sent, for this reason."""
    return moved(letter, moment, state=state, reason=reason, attempt=None, lease_until=None), ()


def _without_writer(change: Change) -> Change:
    after, effects = change
    return forgotten(after), (*effects, Forget(after.id))


# The writer.


def link_asked(letter: Letter, _event: LinkAsked, moment: Moment) -> Change:
    """Mail the link; again, if asked, but not without end. The time to confirm runs from the first."""
    if letter.links >= MOST_LINKS:
        return letter, ()
    asked_at, links = letter.asked_at or moment.now, letter.links + 1
    after = moved(letter, moment, state=State.AWAITING_CONFIRM, asked_at=asked_at, links=links)
    return after, (Mail(f"{letter.group}-link-{links}", MailKind.CONFIRM, letter.id),)


def asked_again(letter: Letter, _event: LinkAsked, _moment: Moment) -> Change:
    """Tell who begins a letter that they have confirmed where it is: by mail, and a few times at most.

    The letter goes its way: what runs from its last change must not begin anew.
    """
    is_silent = letter.content is None or letter.reason is Reason.WRITER_SUPPRESSED
    if not letter.is_confirmed or is_silent or letter.again >= MOST_LINKS:
        return letter, ()
    after = replace(letter, again=letter.again + 1)
    return after, (Mail(f"{letter.group}-again-{after.again}", MailKind.AGAIN, letter.id),)


def confirmed(letter: Letter, event: Confirmed, moment: Moment) -> Change:
    """Its writer said yes, in time. What looks like abuse waits for a person; nothing waits unconfirmed."""
    if _confirm_by(letter) <= moment.now:
        return expired(letter, moment)
    if event.is_suspicious:
        return moved(letter, moment, state=State.HELD, confirmed_at=moment.now, reason=Reason.SUSPICIOUS), ()
    after = moved(letter, moment, state=State.CONFIRMED, confirmed_at=moment.now)
    return after, (Send(letter.id, moment.now),)


def _confirm_by(letter: Letter) -> datetime:
    return (letter.asked_at or letter.created_at) + CONFIRM_WITHIN


def expired(letter: Letter, moment: Moment) -> Change:
    """Nobody confirmed. The page tells; no mail does: nobody has proved that the address is the writer's."""
    return _without_writer((moved(letter, moment, state=State.EXPIRED), ()))


def drafted_long_ago(letter: Letter, _event: TimePassed, moment: Moment) -> Change:
    """Its writer never asked for the link."""
    if moment.now - letter.created_at < DRAFT_LIVES:
        return letter, ()
    return _without_writer(stopped(letter, Reason.ABANDONED, moment))


def unconfirmed_still(letter: Letter, _event: TimePassed, moment: Moment) -> Change:
    """Remind once, and give up after seven days."""
    if _confirm_by(letter) <= moment.now:
        return expired(letter, moment)
    if letter.reminders >= MOST_REMINDERS or moment.now < remind_at(letter):
        return letter, ()
    after = moved(letter, moment, reminders=letter.reminders + 1)
    return after, (Mail(f"{letter.group}-reminder-{after.reminders}", MailKind.REMINDER, letter.id),)


def remind_at(letter: Letter) -> datetime:
    """Return when the writer is reminded, unless they were."""
    return (letter.asked_at or letter.created_at) + REMIND_AFTER


def look_at_unconfirmed(letter: Letter) -> datetime:
    """Return when a letter that waits for its writer needs a look: to remind, or to give up."""
    return remind_at(letter) if letter.reminders < MOST_REMINDERS else _confirm_by(letter)


def deleted(letter: Letter, _event: TakenBack, moment: Moment) -> Change:
    """Say no to it before it was confirmed: nothing stays of it."""
    return _without_writer(stopped(letter, Reason.WITHDRAWN, moment))


def taken_back(letter: Letter, _event: TakenBack, moment: Moment) -> Change:
    """It has not left."""
    return stopped(letter, Reason.WITHDRAWN, moment)


def unwanted(letter: Letter, _event: TakenBack, moment: Moment) -> Change:
    """It may be on its way: not sent again, should it turn out that it was not."""
    return (letter if letter.is_unwanted else moved(letter, moment, is_unwanted=True)), ()


# Being forgotten.


def erased_unsent(letter: Letter, _event: Erased, moment: Moment) -> Change:
    """It has not left, and does not."""
    return _without_writer(stopped(letter, Reason.ERASED, moment))


def erased(letter: Letter, _event: Erased, moment: Moment) -> Change:
    """A tombstone, so that the same letter never goes twice, and counts stay right."""
    return _without_writer((moved(letter, moment, state=State.ERASED), ()))


# The queue.


def lined(letter: Letter, event: Lined | OfficeResumed, moment: Moment) -> Change:
    """It has a turn."""
    return queued(letter, event.at, moment)


def waiting_for_turn(letter: Letter, _event: TimePassed, moment: Moment) -> Change:
    """Confirmed, and nobody gave it a turn: it got lost, or its campaign is paused. When that ends, it is over."""
    if moment.campaign is CampaignStatus.ENDED:
        return stopped(letter, Reason.CAMPAIGN_ENDED, moment)
    if moment.now - letter.changed_at < LOOK_AGAIN:
        return letter, ()
    return moved(letter, moment), (Send(letter.id, moment.now),)


def still_queued(letter: Letter, _event: TimePassed, moment: Moment) -> Change:
    """Its turn is long over: the message got lost. When its campaign ends, it is over, too."""
    if moment.campaign is CampaignStatus.ENDED:
        return stopped(letter, Reason.CAMPAIGN_ENDED, moment)
    if moment.now - (letter.not_before or letter.changed_at) < LOOK_AGAIN:
        return letter, ()
    return queued(letter, moment.now, moment)


def leased(letter: Letter, event: Leased, moment: Moment) -> Change:
    """A worker takes it, if its turn has come; never after its campaign has ended.

    While that is paused the letter gives up its turn, and gets a new one at its office's pace when it goes on.
    """
    if moment.campaign is CampaignStatus.ENDED:
        return stopped(letter, Reason.CAMPAIGN_ENDED, moment)
    if letter.not_before is not None and moment.now < letter.not_before:
        return letter, ()
    if moment.campaign is not CampaignStatus.LIVE:
        return unlined(letter, moment), ()
    owned = {"state": State.LEASED, "attempt": event.attempt, "lease_until": event.until}
    return moved(letter, moment, recipients=_written_to(letter, event.to), **owned), ()


def unlined(letter: Letter, moment: Moment) -> Letter:
    """Without a turn, as when it was confirmed."""
    return moved(letter, moment, state=State.CONFIRMED, not_before=None, attempt=None, lease_until=None)


def _written_to(letter: Letter, to: tuple[str, ...] | None) -> tuple[Recipient, ...]:
    """Leave out mailboxes it is not sent to and never was: nothing will be heard of them, and it waits for nothing."""
    if to is None:
        return letter.recipients
    return tuple(each for each in letter.recipients if each.facts or each.address in to)


def suppressed_unconfirmed(letter: Letter, event: FoundSuppressed, moment: Moment) -> Change:
    """Its writer wants no mail from us, or the link could not be delivered: nothing stays of it."""
    return _without_writer(suppressed(letter, event, moment))


def suppressed(letter: Letter, event: FoundSuppressed, moment: Moment) -> Change:
    """Our own list says no: SES is not asked."""
    return stopped(letter, REASONS_OF_SUPPRESSION[event.is_writer], moment, State.SUPPRESSED)


def duplicate(letter: Letter, _event: FoundDuplicate, moment: Moment) -> Change:
    """Its writer's other letter goes to the same mailbox."""
    return moved(letter, moment, state=State.DUPLICATE), ()


def office_paused(letter: Letter, _event: OfficePaused, moment: Moment) -> Change:
    """It waits."""
    return moved(letter, moment, state=State.TARGET_PAUSED), ()


def still_paused(letter: Letter, _event: TimePassed, moment: Moment) -> Change:
    """It has waited long enough, or its campaign is over; else it is looked at again in an hour."""
    if moment.campaign is CampaignStatus.ENDED:
        return stopped(letter, Reason.CAMPAIGN_ENDED, moment)
    if moment.now - aside_at(letter) >= PAUSE_AT_MOST:
        return stopped(letter, Reason.OFFICE_PAUSED, moment)
    return (moved(letter, moment) if moment.now - letter.changed_at >= PAUSED_LOOK else letter), ()


def aside_at(letter: Letter) -> datetime:
    """Return since when it waits, for a mailbox or for a person."""
    return letter.aside_at or letter.changed_at


def look_at_paused(letter: Letter) -> datetime:
    """Return when a letter that waits for a mailbox needs a look."""
    return min(letter.changed_at + PAUSED_LOOK, aside_at(letter) + PAUSE_AT_MOST)


# People on our side.


def held(letter: Letter, _event: Held, moment: Moment) -> Change:
    """Somebody wants to look first."""
    return moved(letter, moment, state=State.HELD, reason=Reason.SUSPICIOUS), ()


def still_held(letter: Letter, _event: TimePassed, moment: Moment) -> Change:
    """Nobody has looked: say so each day. In the end, or with its campaign, it is over, and its writer is told."""
    if moment.campaign is CampaignStatus.ENDED:
        return _given_up(letter, Reason.CAMPAIGN_ENDED, moment)
    if moment.now - aside_at(letter) >= HELD_AT_MOST:
        return _given_up(letter, Reason.OVERLOOKED, moment)
    if moment.now - letter.changed_at < HELD_LOOK:
        return letter, ()
    return moved(letter, moment), (Alarm(Trouble.HELD_LONG, letter.id),)


def look_at_held(letter: Letter) -> datetime:
    """Return when a letter that waits for a person needs a look."""
    return min(letter.changed_at + HELD_LOOK, aside_at(letter) + HELD_AT_MOST)


def released(letter: Letter, event: Released, moment: Moment) -> Change:
    """Somebody looked, and it goes; what was unclear before is forgiven."""
    return queued(letter, event.at, moment, reason=None, unclear=0)


def denied(letter: Letter, _event: Denied, moment: Moment) -> Change:
    """Somebody looked, and it doesn't go."""
    return _given_up(letter, Reason.DENIED, moment)


def _given_up(letter: Letter, reason: Reason, moment: Moment) -> Change:
    """It doesn't go. One that the office's server refused has come back, and stays so."""
    if letter.reason is Reason.FILTERED:
        return moved(letter, moment, state=State.BOUNCED_SOFT), ()
    return stopped(letter, reason, moment, State.FAILED)
