"""One honest outcome out of three things: the leg's status, its talk time, and the supporter's own key.

Twilio's `completed` also means a voicemail, a phone tree or a skip (voice.md V12), so it proves little alone.
"""

from chalicelib.domain.call import CallStatus
from chalicelib.domain.counts import Basis, Outcome

NOT_CONNECTED: dict[CallStatus, Outcome] = {
    CallStatus.BUSY: Outcome.BUSY,
    CallStatus.NO_ANSWER: Outcome.NO_ANSWER,
    CallStatus.CANCELED: Outcome.NO_ANSWER,
    CallStatus.FAILED: Outcome.FAILED,
}
"""Statuses that decide alone: no key can turn a busy line into a talk."""

KEYS: dict[str, Outcome] = {
    "1": Outcome.SPOKE,
    "2": Outcome.VOICEMAIL,
    "3": Outcome.NO_ANSWER,
    "4": Outcome.WRONG_NUMBER,
    "5": Outcome.VOICEMAIL_FULL,
}
"""The keys of "How did it go?"."""

LEAST_TALK = 5
"""Seconds: nobody speaks to someone, or leaves a message, in less. A claim of either then counts as no answer."""
LEAST_MESSAGE = 15
"""Seconds: with no key pressed, an answered leg this long is counted as a message left, the lesser of the two
claims that fit; a shorter one as no answer. A supporter's own word decides wherever there is one."""


def is_decided(status: CallStatus) -> bool:
    """Whether the status alone decides, so that nobody need be asked."""
    return status in NOT_CONNECTED


def outcome(status: CallStatus | None, seconds: int, said: Outcome | None) -> tuple[Outcome, Basis]:
    """Join the leg's facts and what the supporter said. `status` None: Twilio never told us."""
    if status in NOT_CONNECTED:
        return NOT_CONNECTED[status], Basis.FACTS
    if said is None:
        return (Outcome.VOICEMAIL if seconds >= LEAST_MESSAGE else Outcome.NO_ANSWER), Basis.FACTS
    is_too_short = status is not None and seconds < LEAST_TALK
    if is_too_short and said in {Outcome.SPOKE, Outcome.VOICEMAIL}:
        return Outcome.NO_ANSWER, Basis.FACTS
    return said, Basis.KEY
