"""From the tap to the code typed in: transitions of a call whose phone is not yet shown to be the supporter's own."""

from dataclasses import replace

from chalicelib.domain import codes
from chalicelib.domain.call import CallSession, Ending, Stage
from chalicelib.domain.campaign import Status
from chalicelib.domain.events import (
    CodeAsked,
    Expired,
    KeepCaller,
    Proved,
    Ring,
    SendCode,
    TextClaimed,
    TextRefused,
    TextThrottled,
)
from chalicelib.domain.moves import Change, Moment, ended, moved


def text_claimed(session: CallSession, event: TextClaimed, moment: Moment) -> Change:
    """A worker is about to text the latest code; one that was taken on before, or replaced, is left alone.

    While the campaign is paused nothing is texted, and the code waits.
    """
    proving = session.proving
    if proving is None or event.number != proving.codes or proving.texted >= event.number:
        return session, ()
    if moment.campaign.status is Status.ENDED:
        return ended(session, Ending.PAUSED, moment)
    if not moment.campaign.is_live:
        return session, ()
    texted = replace(proving, texted=event.number)
    return moved(session, moment, proving=texted, attempt=event.attempt), ()


def text_throttled(session: CallSession, event: TextThrottled, moment: Moment) -> Change:
    """It was clearly not sent: once more, unless there is a newer code by now."""
    proving = session.proving
    if proving is None or proving.texted != event.number:
        return session, ()
    back = moved(session, moment, proving=replace(proving, texted=event.number - 1), attempt=None)
    return back, (SendCode(session.id, event.number, event.seconds),)


def text_refused(session: CallSession, event: TextRefused, moment: Moment) -> Change:
    """No text reaches this phone. What is said of an older code's text is no longer of interest."""
    if event.number != codes.number_of(session):
        return session, ()
    ending = Ending.LANDLINE if event.code in codes.LANDLINE_CODES else Ending.NO_TEXT
    return ended(replace(session, reason=event.code), ending, moment)


def new_code(session: CallSession, event: CodeAsked, moment: Moment) -> Change:
    """Another code in place of the latest; a second tap finds it replaced."""
    proving = session.proving
    if proving is None or event.number != proving.codes or proving.codes >= codes.CODES:
        return session, ()
    another = replace(proving, codes=proving.codes + 1, made_at=moment.now)
    return moved(session, moment, proving=another), (SendCode(session.id, another.codes),)


def proved(session: CallSession, event: Proved, moment: Moment) -> Change:
    """The phone is theirs: into the line, and counted as one of the phone's calls. Its hour to be placed begins now.

    Into the line also while the campaign is paused: there it waits, as those do who were in it before.
    """
    if moment.campaign.status is Status.ENDED:
        return ended(session, Ending.PAUSED, moment)
    turn = {"stage": Stage.QUEUED, "ring_at": event.ring_at, "created_at": moment.now}
    after = moved(session, moment, proving=None, attempt=None, **turn)
    return after, (KeepCaller(session.phone_key, event.caller), Ring(session.id, event.ring_at))


def not_proved(session: CallSession, _event: Expired, moment: Moment) -> Change:
    """Nobody typed the code in."""
    return ended(session, Ending.NOT_PROVED, moment)
