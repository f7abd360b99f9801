"""What an account has and may do: its numbers, and the limits Twilio sets.

Promises: every rule has Twilio's default. Refuses to know: how it is kept.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from dev.phone_world.calls import NOWHERE, Hook
from dev.phone_world.keywords import LONG_CODE, Keywords


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


@dataclass(slots=True)
class Rules:
    """The account's limits, and how exact the network is."""

    cps: float = 1.0
    """Calls that the REST side starts per second; more are queued."""
    max_calls: int | None = None
    """Legs at once (10004 beyond); None: no limit."""
    verified: frozenset[str] = frozenset()
    """Numbers that are not ours, but may be shown as caller ID or used as From."""
    blocked: frozenset[str] = frozenset()
    """Numbers Twilio refuses to call (21216)."""
    keywords: Keywords | None = LONG_CODE
    """Words Twilio obeys and answers by itself; None as on a bare short code."""
    service_refuses_at_once: bool = True
    """Whether a text through a service to somebody who stopped is 21610 at once or fails later. [verify]"""
    segments_per_second: float | None = None
    """Parts of texts that each of our numbers sends per second; None: no limit."""
    longest_text_queue: float = 14_400.0
    """Seconds of waiting texts beyond which a number takes no more (21611; 30001 through a service)."""
    countries: tuple[str, ...] = ("+1",)
    """Where calls may go; elsewhere is 21215."""
    list_lag: float = 0.0
    """Seconds after which a new call shows up when listed."""
    action_after_hang_up: bool = True
    """Whether Dial's action is still asked when the caller hangs up in it (Twilio: normally)."""
    lone_finish_key_posts: bool = True
    """Whether Gather's finish key alone asks the action (blank Digits) or goes the way of silence. [verify]"""
    sound_seconds: Mapping[str, float] = field(default_factory=dict)
    """How long the sound files are that are played, by address; 5 s if not given."""
