"""What an account has and may do: its numbers, and the limits Twilio sets.

Promises: every rule has Twilio's default. Refuses to know: how it is kept.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from dev.phone_world.calls import NOWHERE, Hook
from dev.phone_world.keywords import ADVANCED, LONG_CODE, Keywords


@dataclass(frozen=True, slots=True)
class OurNumber:
    """A number of the account, and the app's addresses for what comes in on it."""

    voice: Hook = NOWHERE
    fallback: Hook = NOWHERE
    status: Hook = NOWHERE
    text: Hook = NOWHERE
    text_fallback: Hook = NOWHERE
    service: str = ""
    """Sid of the Messaging Service the number is in (MG…), empty if in none."""


STATUSES_TOLD = frozenset({"queued", "sent", "delivered", "undelivered", "failed"})


@dataclass(slots=True)
class Rules:
    """The account's limits, and how exact the network is."""

    account: str = "active"
    """How the account stands: active, suspended or closed. Only told: a suspended one still calls here."""
    balance: str = "100.00"
    """What is left of what was paid, in dollars, as Twilio tells it. Only told, too."""
    cps: float = 1.0
    """Calls that the REST side starts per second; more are queued."""
    max_calls: int | None = None
    """Legs at once (10004 beyond); None: no limit."""
    verified: frozenset[str] = frozenset()
    """Numbers that are not ours, but may be shown as caller ID or used as From."""
    blocked: frozenset[str] = frozenset()
    """Numbers Twilio refuses to call (21216)."""
    keywords: Keywords | None = LONG_CODE
    """Words obeyed and answered before the app (`keywords.in_force` says which by which number); None: no words."""
    advanced: Keywords = ADVANCED
    """What the account has written down for Advanced Opt-Out, on or off; `keywords = advanced` switches it on."""
    statuses_told: frozenset[str] = STATUSES_TOLD
    """Of which statuses of a text the callback tells, if they come to it. Twilio documents none for the first one
    (queued, or accepted through a service) and promises neither order nor that each is told: also accepted, sending."""
    service_refuses_at_once: bool = True
    """Whether a text through a service to somebody who stopped is 21610 at once or fails later. [verify]"""
    creates_per_second: int | None = None
    """Texts that may be created within a second, all told; more are 429 with 20429. None: no limit."""
    segments_per_second: float | None = None
    """Parts of texts that each of our numbers sends per second; None: no limit."""
    longest_text_queue: float = 36_000.0
    """Seconds of waiting texts beyond which a number takes no more (21611; 30001 through a service)."""
    registered: bool = True
    """Whether our long codes are registered with the carriers (10DLC); if not, every text of theirs is 30034."""
    t_mobile_a_day: int | None = None
    """Parts a day that T-Mobile takes from our long codes, midnight to midnight Pacific (30023 beyond); None: any."""
    countries: tuple[str, ...] = ("+1",)
    """Where calls may go; elsewhere is 21215."""
    list_lag: float = 0.0
    """Seconds after which a new call or text shows up when listed."""
    action_after_hang_up: bool = True
    """Whether Dial's action is still asked when the caller hangs up in it (Twilio: normally)."""
    lone_finish_key_posts: bool = True
    """Whether Gather's finish key alone asks the action (blank Digits) or goes the way of silence. [verify]"""
    sound_seconds: Mapping[str, float] = field(default_factory=dict)
    """How long the sound files are that are played, by address; 5 s if not given."""
