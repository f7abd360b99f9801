"""The mail world: a small, faithful SES v2 and the mailboxes it can reach, for development and tests.

In a test::

    clock = VirtualClock()
    world = MailWorld(clock, seed=7)
    world.verify("letters.example.org")
    world.set_up("patchthrough-test", topic=TOPIC)
    world.subscribe(TOPIC, lambda bodies: app_takes(bodies))
    world.add(
        Mailbox("atlanta@office.example", (Delivered(after=2), Bounce("Permanent", "General", after=17))),
        Mailbox("el.paso@office.example", (Bounce("Transient", "MailboxFull"),)),
    )
    SesWire(world).attach(client)          # the app's own boto3 sesv2 client
    client.send_email(…)
    world.run_until_idle()
    assert world.copies_of("letter", letter_id) == 1

The world may share a clock, and an agenda, with a phone world: `MailWorld(clock, agenda=phones.agenda)`.

What a test reads: `world.accepted`, `ledger(tag)`, `copies_of(tag, value)`, `letters_in(address)`, `published`,
`wire`, `requests`, `hidden_retries`, `complaints` (what the app asked that the world does not play).

What a test can do: `advance(seconds)`, `step()`, `run_until_idle()`; `next_to(address, Bounce())`;
`sender = SenderTrouble.PAUSED`; `next_sends.append(SendFault.hangs())`; `next_plans.append(EventPlan.twice())`;
`suppress(address, "COMPLAINT")`; `garble(topic, "not json")`; `notify(identity, topic)`; change `rules`, `faults`.

Over HTTP and in real time: `MailWorldServer(port=4020).start()`, or `python -m dev.mail_world`; the inbox is at
`/`, the control API is described in `control`.

Promises: knows SES's public protocol and nothing of the app; reaches nothing beyond this machine.
"""

from dev.mail_world.faults import (
    NO_FAULTS,
    CallerKilled,
    EventPlan,
    Faults,
    SenderTrouble,
    SendFault,
    SendTrouble,
)
from dev.mail_world.mailboxes import (
    ARRIVES,
    AutoReply,
    Bounce,
    Complaint,
    Delay,
    Delivered,
    Mailbox,
    Reject,
    Silence,
)
from dev.mail_world.messages import Accepted, Copy, Fate
from dev.mail_world.publishing import Published, Sink
from dev.mail_world.queues import QueueSink
from dev.mail_world.refusals import SesError
from dev.mail_world.rest import rest
from dev.mail_world.rules import Rules, Throttle
from dev.mail_world.server import MailWorldServer
from dev.mail_world.ses_wire import SesWire
from dev.mail_world.wire_log import WireEntry
from dev.mail_world.world import MailWorld
from dev.phone_world.clock import VirtualClock
from dev.phone_world.timeline import NeverIdle

__all__ = [
    "ARRIVES",
    "NO_FAULTS",
    "Accepted",
    "AutoReply",
    "Bounce",
    "CallerKilled",
    "Complaint",
    "Copy",
    "Delay",
    "Delivered",
    "EventPlan",
    "Fate",
    "Faults",
    "MailWorld",
    "MailWorldServer",
    "Mailbox",
    "NeverIdle",
    "Published",
    "QueueSink",
    "Reject",
    "Rules",
    "SendFault",
    "SendTrouble",
    "SenderTrouble",
    "SesError",
    "SesWire",
    "Silence",
    "Sink",
    "Throttle",
    "VirtualClock",
    "WireEntry",
    "rest",
]
