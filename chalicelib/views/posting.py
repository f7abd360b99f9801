"""One letter on its way: a turn, a claim, SES asked once, and what came of it.

Promises: SES is asked by the worker whose claim won, and by nobody else, whatever the queue repeats and whoever is
killed; what SES did not clearly answer is never sent again blindly. Whether a letter may go is looked at before each
claim: its campaign, its office's hours and mailboxes, our own suppression list, the sender's circuit, the account's
rate.
"""

from dataclasses import replace
from datetime import datetime, time, timedelta

from chalicelib.adapters.letter_queue import LONGEST_DELAY, LetterTurn
from chalicelib.adapters.mailer import Later, MailRefused, MailUnclear, SenderDown
from chalicelib.adapters.store import Stale
from chalicelib.domain.campaign import Campaign, Status
from chalicelib.domain.hours import is_open
from chalicelib.domain.letter import Letter, State
from chalicelib.domain.letter_events import (
    Accepted,
    Erased,
    Event,
    FoundDuplicate,
    FoundSuppressed,
    Leased,
    Lined,
    OfficePaused,
    OfficeResumed,
    Refused,
    SenderFailed,
    Throttled,
    TimePassed,
    Unclear,
)
from chalicelib.domain.letter_machine import next_look
from chalicelib.domain.office import Hours, Office, Span, writable
from chalicelib.domain.pacing import after_throttle
from chalicelib.observability import count, log
from chalicelib.runtime import runtime
from chalicelib.views import mails
from chalicelib.views.letter_committing import address_key, commit, decided, happened
from chalicelib.views.turns import EARLY, waits

LEASE = timedelta(minutes=2)
"""Longer than the worker can live (90 seconds) and SES is waited for."""
CLOSED_FOR_LONG = timedelta(days=1)
"""When to look again at an office that opens at no time we can see."""
PROBE_SECONDS = 60
"""How long a letter waits at least while another one tries whether SES takes mail again."""
MADE_UP_AN_HOUR = 3600
ALWAYS = Hours(week=((Span(time(0), time(0)),),) * 7, keeps_holidays=False)


def take(turn: LetterTurn) -> None:
    """Do for a letter what it needs now; a repeat finds it done."""
    r = runtime()
    letter = r.letters.letter(turn.letter, r.now())
    campaign = r.campaign(letter.campaign) if letter else None
    if letter is None or campaign is None:
        log("letter of no campaign" if letter else "no such letter")
        return
    match letter.state:
        case State.CONFIRMED | State.QUEUED if letter.content is None:
            # Its words are kept for as long as its page; a line longer than that has no letter at its end.
            happened(letter.id, Erased())
        case State.CONFIRMED if campaign.status is Status.PAUSED:
            # The schedule sends it again every quarter of an hour; it gets its turn when its campaign goes on.
            log("letter waits for a paused campaign")
        case State.CONFIRMED if campaign.status is Status.ENDED:
            happened(letter.id, TimePassed())
        case State.CONFIRMED:
            happened(letter.id, _lining(letter, campaign))
        case State.QUEUED:
            _send(letter, campaign, turn)


def look_at(letter_id: str) -> None:
    """Give a letter whose look has come what it needs: its turn, its office's return, or the word that time passed."""
    r = runtime()
    letter = r.letters.letter(letter_id, r.now())
    if letter is None:
        return
    if letter.state is State.QUEUED and letter.not_before and letter.not_before <= r.now():
        r.letter_queue.send(LetterTurn(letter.id), 0)
    after = happened(letter_id, _waking(letter) or TimePassed())
    look = next_look(after)
    if after.version == letter.version and look is not None and look <= r.now():
        r.letters.watch(letter_id, r.now() + timedelta(minutes=1))


# Before it is claimed.


def _lining(letter: Letter, campaign: Campaign) -> Event:
    """A turn at its office's pace; or why it needs none."""
    r = runtime()
    office = campaign.office(letter.office)
    if stopped := _stopped(letter, office):
        return stopped
    if _is_duplicate(letter):
        return FoundDuplicate()
    return Lined(next_turn(office, campaign) if office else r.now())


def _stopped(letter: Letter, office: Office | None) -> Event | None:
    """Why nothing may go to this office: all its mailboxes want none. One that only rests is looked at by the claim."""
    r = runtime()
    keys = [address_key(each) for each in letter.to]
    wants_none = r.letters.suppressed(keys, letter.campaign)
    return FoundSuppressed() if office is None or wants_none >= set(keys) else None


def _is_duplicate(letter: Letter) -> bool:
    """Whether a letter begun before it, by the same press, goes to the very same mailboxes."""
    r = runtime()
    mine = {each.address.lower() for each in letter.recipients}
    for other in r.letters.group(letter.group, r.now()):
        if other.id == letter.id:
            return False
        if mine == {each.address.lower() for each in other.recipients} and other.state is not State.CANCELLED:
            return True
    return False


def next_turn(office: Office, campaign: Campaign) -> datetime:
    """The office's next turn. Offices that are made up are open at any hour and take all that comes."""
    r = runtime()
    kept, an_hour = (office, campaign.letter.an_hour)
    if not r.config.keeps_hours:
        kept, an_hour = replace(office, hours=ALWAYS), MADE_UP_AN_HOUR
    at = r.sending.line(kept, r.now(), r.fraction(), an_hour)
    return at or r.now() + CLOSED_FOR_LONG


def _waking(letter: Letter) -> Event | None:
    """A letter whose office's mailbox takes letters again."""
    campaign = runtime().campaign(letter.campaign)
    if letter.state is not State.TARGET_PAUSED or campaign is None:
        return None
    office = campaign.office(letter.office)
    if stopped := _stopped(letter, office):
        return stopped
    is_up = office is not None and _open_to(letter, office)
    return OfficeResumed(next_turn(office, campaign)) if office and is_up else None


def _open_to(letter: Letter, office: Office) -> tuple[str, ...]:
    """The addresses this letter goes to now: checked lately, not resting, and wanting letters."""
    r = runtime()
    checked = {mailbox.address for mailbox in writable(office, r.now().date())}
    resting = r.letters.resting(office.id)
    keys = {each: address_key(each) for each in letter.to if each in checked}
    stopped = r.letters.suppressed(keys.values(), letter.campaign)
    return tuple(each for each, key in keys.items() if key not in resting and key not in stopped)


# The claim, and SES.


def _send(letter: Letter, campaign: Campaign, turn: LetterTurn) -> None:
    now, office = runtime().now(), campaign.office(letter.office)
    if letter.not_before and letter.not_before - now > EARLY:
        _early(letter.not_before - now, turn)
        return
    if event := _stopped(letter, office):
        happened(letter.id, event)
    elif office is None or not (to := _open_to(letter, office)):
        happened(letter.id, OfficePaused())
    elif not campaign.is_live or not _waits(letter, turn):
        _claim(letter, campaign, office, to, turn.throttles)


def _early(wait: timedelta, turn: LetterTurn) -> None:
    """Put a message back that came before its letter's time; of one that is hours early the schedule takes care."""
    seconds = wait.total_seconds()
    if seconds <= LONGEST_DELAY:
        runtime().letter_queue.send(turn, seconds)


def _waits(letter: Letter, turn: LetterTurn) -> bool:
    """Whether the letter went back on the queue, for the sender's circuit or the account's turn. No attempt is used."""
    r = runtime()
    now = r.now()
    if not r.sending.may_send(letter.id, now):
        again = r.sending.circuit().until or now
        r.letter_queue.send(replace(turn, turn=None), max((again - now).total_seconds(), PROBE_SECONDS))
        return True
    return waits(turn)


def _claim(letter: Letter, campaign: Campaign, office: Office, to: tuple[str, ...], throttles: int) -> None:
    r = runtime()
    attempt = r.new_id()
    try:
        (claimed,) = commit([decided(letter, Leased(attempt, r.now() + LEASE, to))])
    except Stale:
        # Somebody else has it; or our own write did, and its answer was lost: then the lease runs out.
        return
    if claimed.state is not State.LEASED or claimed.attempt != attempt:
        return
    now_is = r.campaign(letter.campaign)
    rests = now_is is None or not now_is.is_live
    if rests or (r.config.keeps_hours and not is_open(office, r.now())):
        # Closed, or paused, while it was claimed: another turn.
        happened(letter.id, Throttled(attempt, next_turn(office, campaign)))
        return
    event = _asked(claimed, campaign, to, throttles)
    happened(letter.id, event, throttles + 1 if isinstance(event, Throttled) else 0)


def _asked(letter: Letter, campaign: Campaign, to: tuple[str, ...], throttles: int) -> Event:
    """Ask SES, once, and say what came of it."""
    r = runtime()
    attempt = letter.attempt or ""
    try:
        message = r.mailer.send(replace(mails.to_office(letter, campaign), to=to))
    except Later:
        count("LettersThrottled")
        return Throttled(attempt, after_throttle(r.now(), throttles, r.fraction()))
    except SenderDown as down:
        until = r.sending.open(down.fault, r.now()).until
        return SenderFailed(attempt, down.fault, until or r.now())
    except MailRefused:
        return Refused(attempt)
    except MailUnclear:
        count("LettersUnclear")
        return Unclear(attempt)
    count("LettersSent")
    r.sending.close()
    return Accepted(attempt, message)
