"""The worker's side of mail to a letter's writer: claim, ask SES once, and no more than once.

A mail that got no clear answer is left: it may have come, and the writer can ask for the link again. What is no longer
true by the time it leaves is not sent (a receipt of a delivery that has bounced since).
"""

from dataclasses import replace
from datetime import timedelta

from chalicelib.adapters.letter_queue import WriterMail
from chalicelib.adapters.mailer import Later, MailRefused, MailUnclear, SenderDown
from chalicelib.adapters.mime import Outgoing
from chalicelib.domain.campaign import Campaign, Status
from chalicelib.domain.letter import Letter, State
from chalicelib.domain.letter_events import MailKind
from chalicelib.domain.pacing import after_throttle
from chalicelib.observability import count, log
from chalicelib.runtime import runtime
from chalicelib.views import mails, writing
from chalicelib.views.letter_committing import address_key
from chalicelib.views.turns import waits

REST = timedelta(minutes=15)
"""A mail about a paused campaign tries again after this long."""
TO_CONFIRM = frozenset({MailKind.CONFIRM, MailKind.REMINDER})


def send(asked: WriterMail) -> None:
    """Send a mail to a letter's writer, once. A repeat finds it claimed, or no longer true, and does nothing."""
    r = runtime()
    letter = r.letters.letter(asked.letter, r.now())
    if letter is None or letter.content is None or not _is_true(letter, asked) or _is_stopped(letter):
        count("WriterMailsDropped")
        return
    campaign = r.campaign(letter.campaign)
    if campaign is not None and campaign.status is Status.ENDED and asked.kind is not MailKind.RECEIPT:
        # Of a campaign that is over a writer still hears what became of their letter, and is asked nothing.
        count("WriterMailsDropped")
        return
    if (
        campaign is not None
        and not _rests(campaign, asked)
        and not waits(asked)
        and r.letters.claim_mail(asked.id, r.new_id(), r.now())
    ):
        _ask(_mail(letter, campaign, asked), asked)


def _is_true(letter: Letter, asked: WriterMail) -> bool:
    """Whether what the mail says still holds."""
    if asked.kind in TO_CONFIRM:
        return letter.state is State.AWAITING_CONFIRM
    if asked.kind is MailKind.RECEIPT:
        return asked.id == f"{letter.id}-{letter.outcome}"
    return letter.is_confirmed and (asked.kind is MailKind.AGAIN or letter.state is State.DELIVERED)


def _is_stopped(letter: Letter) -> bool:
    """Whether this mailbox wants no mail from us, or there is none."""
    key = address_key(letter.content.address) if letter.content else ""
    return bool(runtime().letters.suppressed([key]))


def _rests(campaign: Campaign, asked: WriterMail) -> bool:
    """Whether it went back on the queue: a paused campaign sends nothing to anybody, nor does a refused sender."""
    r = runtime()
    until = r.sending.circuit().until or r.now()
    wait = REST if campaign.status is Status.PAUSED else until - r.now()
    if wait > timedelta(0):
        r.letter_queue.send(asked, wait.total_seconds())
    return wait > timedelta(0)


def _mail(letter: Letter, campaign: Campaign, asked: WriterMail) -> Outgoing:
    r = runtime()
    together = tuple(
        each for each in r.letters.group(letter.group, r.now()) if each.group == letter.group and each.content
    )
    about = (letter,) if asked.kind in {MailKind.RECEIPT, MailKind.QUESTION} else together or (letter,)
    return mails.to_writer(asked.kind, about, campaign, writing.links(letter, r.now()))


def _ask(mail: Outgoing, asked: WriterMail) -> None:
    """Ask SES, once. What was clearly not sent for no fault of its own is tried again later."""
    r = runtime()
    try:
        r.mailer.send(mail)
    except Later:
        wait = after_throttle(r.now(), asked.throttles, r.fraction()) - r.now()
        _put_back(replace(asked, turn=None, throttles=asked.throttles + 1), wait)
    except SenderDown as down:
        until = r.sending.open(down.fault, r.now()).until or r.now()
        _put_back(replace(asked, turn=None), until - r.now())
    except (MailRefused, MailUnclear) as error:
        count("WriterMailsDropped")
        log("mail to a writer not sent", why=type(error).__name__)
    else:
        count("WriterMailsSent")


def _put_back(asked: WriterMail, wait: timedelta) -> None:
    r = runtime()
    r.letters.release_mail(asked.id)
    r.letter_queue.send(asked, wait.total_seconds())
