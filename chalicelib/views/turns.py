"""The account's turns: every mail that leaves takes one, a letter to an office and a mail to its writer alike.

SES counts both against one rate. A turn travels with its message, so that a message that had to wait doesn't take
another; one that was not used in time is given up.
"""

from dataclasses import replace
from datetime import timedelta

from chalicelib.adapters.letter_queue import LetterTurn, WriterMail
from chalicelib.runtime import runtime

EARLY = timedelta(seconds=0.25)
"""What has its turn this soon goes now."""
TURN_LIVES = timedelta(minutes=1)
"""A turn that was not used for so long is given up: the next ones have gone past it."""


def waits(asked: LetterTurn | WriterMail) -> bool:
    """Whether a message went back on the queue for its turn, however far off that is."""
    r = runtime()
    now = r.now()
    turn = asked.turn
    if turn is None or now - turn > TURN_LIVES:
        turn = r.sending.take(r.mailer.allowance().max_send_rate, now)
    if turn - now <= EARLY:
        return False
    r.letter_queue.send(replace(asked, turn=turn), (turn - now).total_seconds())
    return True
