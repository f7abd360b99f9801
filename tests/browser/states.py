"""Every state a call's page can show, as the session that shows it; and the other pages, by their paths."""

from datetime import timedelta

from chalicelib.domain.call import CallSession, CallStatus, Ending, Proving, Stage
from chalicelib.domain.counts import Outcome
from tests.values import NOW, called, leg, over, session

TALKED = leg(status=CallStatus.COMPLETED, seconds=40)
CALLS: dict[str, CallSession] = {
    "awaiting": session(stage=Stage.AWAITING, code="482915"),
    "code old": session(stage=Stage.AWAITING, code="482915", created_at=NOW - timedelta(minutes=16)),
    "zip": session(stage=Stage.ZIP),
    "holding": session(stage=Stage.HOLDING, place=3, wait=120, held_at=NOW),
    "office closed": session(stage=Stage.CLOSED, opens_at=NOW + timedelta(hours=18)),
    "booked": over(Ending.BOOKED, booking="a-booking-of-hers-001", booked_at=NOW + timedelta(hours=18)),
    "line full": over(Ending.LINE_FULL),
    "closed at the end": over(Ending.CLOSED),
    "code": session(stage=Stage.PROVING, proving=Proving(NOW)),
    "last code": session(stage=Stage.PROVING, proving=Proving(NOW, codes=3)),
    "next in line": session(),
    "in line": session(ring_at=NOW + timedelta(seconds=120)),
    "placing": session(stage=Stage.PLACING),
    "checking": session(stage=Stage.UNKNOWN),
    "ringing": session(stage=Stage.RINGING),
    "menu": session(stage=Stage.MENU),
    "points": session(stage=Stage.POINTS),
    "calling the office": session(stage=Stage.DIALING, legs=(leg(),)),
    "connected": session(stage=Stage.DIALING, legs=(leg(answered_at=NOW - timedelta(seconds=42)),)),
    "asking": session(stage=Stage.ASKING, legs=(TALKED,)),
    "next after thanks": session(stage=Stage.NEXT, legs=(called(Outcome.SPOKE),)),
    "next after busy": session(stage=Stage.NEXT, legs=(called(Outcome.BUSY),)),
    "next after nobody": session(stage=Stage.NEXT, legs=(called(Outcome.NO_ANSWER),)),
    "next after failed": session(stage=Stage.NEXT, legs=(called(Outcome.FAILED),)),
    "next after wrong number": session(stage=Stage.NEXT, legs=(called(Outcome.WRONG_NUMBER),)),
    "next after closed": session(stage=Stage.NEXT, legs=(called(Outcome.CLOSED),)),
    "question": over(Ending.DONE, legs=(TALKED,)),
    "settling": over(Ending.DONE, legs=(leg(),)),
    "thanks": over(Ending.DONE, legs=(called(Outcome.SPOKE),), number=942),
    "thanks for two": over(Ending.DONE, legs=(called(Outcome.SPOKE), called(Outcome.VOICEMAIL)), number=943),
    "busy": over(Ending.DONE, legs=(called(Outcome.BUSY),)),
    "nobody": over(Ending.DONE, legs=(called(Outcome.NO_ANSWER),)),
    "failed": over(Ending.DONE, legs=(called(Outcome.FAILED),)),
    "wrong number": over(Ending.DONE, legs=(called(Outcome.WRONG_NUMBER),)),
    "closed": over(Ending.DONE, legs=(called(Outcome.CLOSED),)),
    "not picked up": over(Ending.NOT_PICKED_UP),
    "no key": over(Ending.NO_KEY),
    "hung up": over(Ending.HUNG_UP),
    "never": over(Ending.NEVER),
    "withdrawn": over(Ending.WITHDRAWN),
    "refused": over(Ending.REFUSED),
    "not placed": over(Ending.NOT_PLACED),
    "paused": over(Ending.PAUSED),
    "no office": over(Ending.NO_OFFICE),
    "budget": over(Ending.BUDGET),
    "not proved": over(Ending.NOT_PROVED),
    "no text": over(Ending.NO_TEXT),
    "landline": over(Ending.LANDLINE),
}
PATHS: dict[str, str] = {
    "home": "/",
    "campaign": "/c/families-28",
    "method": "/c/families-28/method",
    "not found": "/c/nothing-here",
    "gone": "/calls/a-call-of-last-week-00",
}
