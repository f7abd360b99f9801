"""What SES reports of a mail to a letter's writer, and what follows: for further mail to them, and for their letter.

Promises: who complains, or has no mailbox, gets no mail from us any more; a letter that was confirmed goes its way all
the same, one that was not is over. A full mailbox or a slow server stops nobody. Knows no table.
"""

from enum import StrEnum

from chalicelib.domain.letter import Letter
from chalicelib.domain.letter_events import FoundSuppressed
from chalicelib.domain.mail_facts import RANK, Status
from chalicelib.domain.ses_events import MailEvent


class Why(StrEnum):
    """Why a writer gets no more mail from us."""

    NO_MAILBOX = "there is no such mailbox"
    SUPPRESSED = "suppressed at SES"
    COMPLAINED = "complained"


STOPS = {
    Status.BOUNCED_HARD: Why.NO_MAILBOX,
    Status.SUPPRESSED: Why.SUPPRESSED,
    Status.COMPLAINED: Why.COMPLAINED,
}
"""What stops all mail to a writer; anything else is no fault of the address, or may be over tomorrow."""


def why_stopped(event: MailEvent) -> Why | None:
    """Return why the writer whom this mail went to gets no more of it; None: nothing follows of the event.

    A mail to a writer has one recipient, so whatever is reported is about them, named or not.
    """
    found = [report.status for report in event.reports if report.status in STOPS]
    return STOPS[max(found, key=RANK.__getitem__)] if found else None


def news_for(letter: Letter) -> FoundSuppressed | None:
    """Return what a letter of a stopped writer is told: that it is over, unless they have confirmed it."""
    return None if letter.is_confirmed else FoundSuppressed(is_writer=True)
