"""The phone world: a small, faithful Twilio and the phones it can reach, for development and tests.

In a test::

    clock = VirtualClock()
    world = World(clock, transport, token, account_sid, ["+12025550142"], seed=7)
    world.add(
        Supporter("+14045550123", [PickUp(after=4), Press("1"), HangUp(when="office rings", after=3)]),
        OfficeLine("+14045550190", Answer.PERSON, ring_seconds=4, talk_seconds=60),
    )
    client = Client(account_sid, token, http_client=TwilioWire(world))
    client.calls.create(to="+14045550123", from_="+12025550142", url="https://app.example/voice/1")
    world.run_until_idle()
    assert world.complaints == []

`transport` is a callable (method, url, headers, body) → (status, headers, body) that asks the app, and
raises `TransportError` where a network would fail. It may call the world's REST side while it answers.
`clock` can be handed to the app as its `now`.

What a test reads: `world.calls`, `calls_to(number)`, `children(sid)`, `rings(number)`,
`transcript(call_sid)`, `shown_to(number)` (the caller IDs an office saw), `texts`, `wire`, `alerts`
(Twilio's debugger), `complaints` (wrong Twilio spoken).

What a test can do: `advance(seconds)`, `step()`, `run_until_idle()`; `answer(number)`, `decline`,
`voicemail`, `press(number, keys)`, `speak`, `hang_up`; `call_in(number, to, script, post_dial=",,482915")`,
`text_in(number, to, body)`; what becomes of texts to a person is
`Supporter(number, texts=[HANDSET_OFF], carrier=T_MOBILE)`, whom Twilio lets nobody text is `stopped`, which words it
obeys before the app is `rules.keywords` (`keywords.in_force` is the table), how much it sends are `rules`;
`next_plans.append(Plan.lost())`, `next_creates.append(CreateFault.hangs())`; change `token`, `faults`, `rules`,
`numbers`.

Over HTTP and in real time: `PhoneWorldServer(account_sid, token, numbers, port=4010).start()`, or
`python -m dev.phone_world`; the hands-on page is at `/`, the control API is described in `control`.

Promises: knows Twilio's public protocol and nothing of the app; reaches nothing beyond this machine.
"""

from dev.phone_world.calls import ANONYMOUS, WITHHELD, Call, Hook, Line
from dev.phone_world.clock import VirtualClock
from dev.phone_world.courier import InlineCourier, Outcome, Parcel, Transport
from dev.phone_world.faults import NO_FAULTS, CreateFault, Delivery, Faults, Plan, TransportError, Trouble
from dev.phone_world.keywords import ADVANCED, LONG_CODE, Keywords
from dev.phone_world.offices import Answer, OfficeLine
from dev.phone_world.people import (
    ARRIVES,
    FILTERED,
    HANDSET_OFF,
    LANDLINE,
    NO_SUCH_NUMBER,
    NOT_A_MOBILE,
    RATE_EXCEEDED,
    STOPPED,
    STOPPED_LATER,
    T_MOBILE,
    UNKNOWN_ERROR,
    UNKNOWN_HANDSET,
    Decline,
    HangUp,
    Heard,
    Moment,
    PickUp,
    Press,
    Speak,
    Star,
    Supporter,
    TextFate,
    Voicemail,
)
from dev.phone_world.rest import AnswerWithheld, ConnectionDropped, rest
from dev.phone_world.rules import STATUSES_TOLD, OurNumber, Rules
from dev.phone_world.server import PhoneWorldServer
from dev.phone_world.signing import signature
from dev.phone_world.texts import Text
from dev.phone_world.timeline import NeverIdle
from dev.phone_world.twilio_wire import TwilioWire
from dev.phone_world.wire_log import Alert, WireEntry
from dev.phone_world.world import World

__all__ = [
    "ADVANCED",
    "ANONYMOUS",
    "ARRIVES",
    "FILTERED",
    "HANDSET_OFF",
    "LANDLINE",
    "LONG_CODE",
    "NOT_A_MOBILE",
    "NO_FAULTS",
    "NO_SUCH_NUMBER",
    "RATE_EXCEEDED",
    "STATUSES_TOLD",
    "STOPPED",
    "STOPPED_LATER",
    "T_MOBILE",
    "UNKNOWN_ERROR",
    "UNKNOWN_HANDSET",
    "WITHHELD",
    "Alert",
    "Answer",
    "AnswerWithheld",
    "Call",
    "ConnectionDropped",
    "CreateFault",
    "Decline",
    "Delivery",
    "Faults",
    "HangUp",
    "Heard",
    "Hook",
    "InlineCourier",
    "Keywords",
    "Line",
    "Moment",
    "NeverIdle",
    "OfficeLine",
    "OurNumber",
    "Outcome",
    "Parcel",
    "PhoneWorldServer",
    "PickUp",
    "Plan",
    "Press",
    "Rules",
    "Speak",
    "Star",
    "Supporter",
    "Text",
    "TextFate",
    "Transport",
    "TransportError",
    "Trouble",
    "TwilioWire",
    "VirtualClock",
    "Voicemail",
    "WireEntry",
    "World",
    "rest",
    "signature",
]
