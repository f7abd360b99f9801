"""What a deployment needs to be well, judged from facts that others read: settings, secrets, table, queues, clock.

Promises: each judgement says what is, why it matters where it is not well, and what to do. No secret's value is in any
of them. Refuses to know: how a fact is read.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Level(StrEnum):
    """How it stands: well, to be looked at, or something does not work."""

    OK = "ok"
    WARN = "warn"
    FAIL = "fail"


@dataclass(frozen=True, slots=True)
class Finding:
    """One judgement. `why` it matters and the `way_on` are empty where all is well."""

    level: Level
    what: str
    why: str = ""
    way_on: str = ""


def well(what: str) -> Finding:
    """All is well."""
    return Finding(Level.OK, what)


def doubtful(what: str, why: str, way_on: str) -> Finding:
    """It works, and somebody should look."""
    return Finding(Level.WARN, what, why, way_on)


def broken(what: str, why: str, way_on: str) -> Finding:
    """Something does not work, or will not."""
    return Finding(Level.FAIL, what, why, way_on)


# Settings.

FICTION = re.compile(r"\+1[2-9]\d\d55501\d\d")
E164 = re.compile(r"\+[1-9]\d{6,14}")
NOT_OURS = ("example.org", "example.com", "example.net", "localhost")


def of_address(public_url: str, *, is_development: bool) -> Finding:
    """The address that Twilio signs and supporters open."""
    scheme, _, rest = public_url.partition("://")
    host = re.split(r"[:/]", rest, maxsplit=1)[0]
    if is_development:
        return well(f"Reached at {public_url}, on this machine")
    if scheme != "https":
        return broken(
            f"PATCHTHROUGH_PUBLIC_URL is not https ({public_url})",
            "What supporters type would go over the network for all to read.",
            "Set it to the https:// address of your domain, and the same at Twilio.",
        )
    if host.replace(".", "").isdigit() or host.endswith(NOT_OURS):
        return broken(
            f"PATCHTHROUGH_PUBLIC_URL is no address of yours ({host})",
            "Twilio signs this very address and must be able to reach it.",
            "Set it to the domain that your supporters open.",
        )
    return well(f"Reached at {public_url}")


def of_numbers(numbers: Sequence[str], *, is_development: bool) -> Finding:
    """The numbers the deployment calls its own."""
    wrong = [number for number in numbers if not E164.fullmatch(number)]
    made_up = [] if is_development else [number for number in numbers if FICTION.fullmatch(number)]
    if wrong or made_up or len(set(numbers)) < len(numbers):
        return broken(
            "TWILIO_NUMBERS has numbers that are none, made up (555-01xx), or there twice",
            "Twilio would refuse every call and text from them.",
            "List each number once, like +12025550100, as Twilio’s Console shows it.",
        )
    return well(f"{_counted(len(numbers), 'number')} of our own in the settings")


@dataclass(frozen=True, slots=True)
class Channels:
    """Which channels the deployment has, and which its campaigns want (the slugs of those that do)."""

    has_mail: bool
    has_alerts: bool
    letters: Sequence[str] = ()
    texts: Sequence[str] = ()


def of_channels(channels: Channels) -> Iterator[Finding]:
    """Whether what the campaigns promise can leave."""
    if channels.letters and not channels.has_mail:
        yield doubtful(
            f"Letters of {', '.join(channels.letters)} can’t go by mail: PATCHTHROUGH_MAIL_FROM is not set",
            "Their writers are given a letter to print, which most will not post.",
            "Set PATCHTHROUGH_MAIL_FROM, PATCHTHROUGH_MAIL_SET and the two queues of letters.",
        )
    if channels.texts and not channels.has_alerts:
        yield broken(
            f"Alerts of {', '.join(channels.texts)} can’t be sent: PATCHTHROUGH_QUEUE_ALERTS is not set",
            "A broadcast would be armed and never leave.",
            "Set it to the queue of alerts that the deployment printed.",
        )


# Secrets.

EXAMPLES = re.compile(r"(?i)change.?me|example|your|todo|secret|password|token|placeholder|for.tests")
TOKEN = re.compile(r"[0-9a-f]{32}")
SHORTEST_KEY, FEWEST_SIGNS = 32, 8


def of_secrets(fields: Mapping[str, str], *, is_development: bool) -> Iterator[Finding]:
    """The fields of the one secret. Nothing of any value is in what is said."""
    now, following = fields.get("twilio_auth_token", ""), fields.get("twilio_auth_token_next", "")
    yield _of_token(now, is_development=is_development)
    if following:
        yield _of_next_token(now, following, is_development=is_development)
    key = fields.get("phone_key", "")
    if len(key) < SHORTEST_KEY or _is_made_up(key):
        yield broken(
            "phone_key is short, or an example’s",
            "It is all that keeps supporters’ hashed numbers from being guessed.",
            "Before the first supporter: set 64 hexadecimal digits of chance. Later, every hash would change.",
        )
    else:
        yield well("phone_key is long and no example’s")


def _of_token(token: str, *, is_development: bool) -> Finding:
    if not token or _is_made_up(token) or not (is_development or TOKEN.fullmatch(token)):
        return broken(
            "twilio_auth_token is missing, an example’s, or not of Twilio’s form",
            "No webhook could be believed and no call placed.",
            "Copy the auth token from Twilio’s Console into the secret; within five minutes all take it.",
        )
    return well("twilio_auth_token has Twilio’s form")


def _of_next_token(now: str, following: str, *, is_development: bool) -> Finding:
    if following == now:
        return doubtful(
            "twilio_auth_token_next is the same as twilio_auth_token",
            "A rotation was prepared and not begun, or ended and not tidied.",
            "Empty it, or put the secondary token there before you promote it.",
        )
    if _is_made_up(following) or not (is_development or TOKEN.fullmatch(following)):
        return broken(
            "twilio_auth_token_next is not of Twilio’s form",
            "When it is promoted, every webhook would be refused.",
            "Copy Twilio’s secondary token there, or empty it.",
        )
    return doubtful(
        "A rotation of the auth token is under way: two tokens are taken",
        "Whoever has the old one can still sign.",
        "When the new one is promoted, make it twilio_auth_token and empty the other.",
    )


def _is_made_up(text: str) -> bool:
    return bool(EXAMPLES.search(text)) or len(set(text)) < FEWEST_SIGNS


# The table.


@dataclass(frozen=True, slots=True)
class TableFacts:
    """The table: is it up, does it forget by `expires_at`, how many days can it go back, is it safe from deletion."""

    is_up: bool
    forgets: bool
    days_back: int
    is_protected: bool


def of_table(table: TableFacts, *, is_development: bool) -> Iterator[Finding]:
    """Whether the table is there, forgets what it should and can be brought back."""
    if not table.is_up:
        yield broken("The table is not active", "Nothing works without it.", "Look at it in the AWS Console.")
        return
    yield well("The table answers")
    if table.forgets:
        yield well("It forgets by itself (TTL on expires_at)")
    else:
        yield broken(
            "It does not forget: TTL on expires_at is off",
            "Numbers and addresses would stay after their time, against what the page promises.",
            "Deploy infra/table.yaml again, or switch TTL on for expires_at.",
        )
    if is_development:
        return
    yield _of_backups(table)
    yield (
        well("It can’t be deleted by accident")
        if table.is_protected
        else broken(
            "Deletion protection is off",
            "One wrong command would end the ledger.",
            "Deploy infra/table.yaml again, or switch deletion protection on.",
        )
    )


def _of_backups(table: TableFacts) -> Finding:
    if table.days_back:
        return well(f"It can be restored to any second of the last {_counted(table.days_back, 'day')}")
    return broken(
        "Point-in-time recovery is off",
        "A wrong write could not be undone.",
        "Deploy infra/table.yaml again, or switch it on for 7 days: so long erased people stay in backups.",
    )


# Queues and schedules.


@dataclass(frozen=True, slots=True)
class QueueFacts:
    """A queue by our name for it: how many wait, how many were given up (None: it has no dead-letter queue)."""

    name: str
    waiting: int
    dead: int | None


def of_queue(queue: QueueFacts) -> Finding:
    """Whether a queue keeps what fails, and whether somebody has to look at it."""
    if queue.dead is None:
        return broken(
            f"The queue {queue.name} has no dead-letter queue",
            "What fails five times would go round for ever, or be lost.",
            "Deploy infra/ again; each queue there has one.",
        )
    if queue.dead:
        return doubtful(
            f"{_counted(queue.dead, 'message')} of {queue.name} given up",
            "A person waits for each of them, or should be told.",
            f"Mend what broke them, then: patchthrough redrive {queue.name}",
        )
    return well(f"The queue {queue.name}: {queue.waiting:,} waiting, none given up")


LATE_MINUTES, DEAD_MINUTES = 3, 10


def of_schedules(overdue_minutes: float) -> Finding:
    """Whether the schedules fire: how long the oldest call has been waiting to be looked at, past its time."""
    if overdue_minutes < LATE_MINUTES:
        return well("The schedules fire: no call waits past its time")
    what = f"A call has waited {overdue_minutes:.0f} minutes past its time"
    why = "The schedules may not fire: nobody would notice what Twilio did not tell us, and no booked call comes."
    way_on = "Look at the rule of the function Reconcile in EventBridge, and at its log."
    is_dead = overdue_minutes >= DEAD_MINUTES
    return broken(what, why, way_on) if is_dead else doubtful(what, why, way_on)


ENOUGH_AT_ONCE, NEW_ACCOUNT = 100, 10


def of_concurrency(at_once: int) -> Finding:
    """How many functions the AWS account may run at the same time."""
    what = f"Lambda may run {at_once:,} at once"
    if at_once >= ENOUGH_AT_ONCE:
        return well(what)
    why = "Pages, webhooks and workers share them: a busy evening would be refused at the door."
    way_on = "Ask AWS for more: Service Quotas, Lambda, Concurrent executions (L-B99A9384). It takes up to three days."
    return broken(what, why, way_on) if at_once <= NEW_ACCOUNT else doubtful(what, why, way_on)


# The clock.

CLOSE_SECONDS, WRONG_SECONDS = 10, 60


def of_clock(ours: datetime, theirs: datetime, whose: str) -> Finding:
    """How far this machine's clock is from another's, told to the second."""
    apart = abs((ours - theirs).total_seconds())
    if apart <= CLOSE_SECONDS:
        return well(f"This clock agrees with {whose}’s")
    what = f"This clock is {apart:,.0f} s off {whose}’s"
    why = "Beyond a minute, codes of the second factor and signatures are refused."
    way_on = "Set this machine’s clock by the network (NTP), and ask again."
    return broken(what, why, way_on) if apart > WRONG_SECONDS else doubtful(what, why, way_on)


def _counted(number: int, what: str) -> str:
    return f"{number:,} {what}" + ("" if number == 1 else "s")
