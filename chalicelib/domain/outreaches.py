"""One action as others may read it: under names that lead nowhere, and in the shape of OSDI's outreach.

Promises: nothing personal, and nothing that leads to it. An action's own id is made from its call's or letter's, and
those open that person's page: what leaves the house has a hash of it instead, always the same. Two calls of one person
have two names that nothing joins; what corrects an act has the act's, too.
OSDI: https://opensupporter.github.io/osdi-docs/outreaches.html. docs/exports.md says which of its fields are filled.
"""

from collections.abc import Mapping
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any

from chalicelib.domain.counts import ARRIVED, Action, Channel
from chalicelib.domain.explaining import act_of

ORIGIN = "Patchthrough"
TYPES: Mapping[Channel, str] = {Channel.CALLS: "phone", Channel.LETTERS: "email"}
"""OSDI's word for how somebody reached the office. What a writer says came of a letter is no outreach."""
HEX = 32
"""Digits of a name: 128 bits, so that no two actions ever have the same."""


def public_id(action: Action) -> str:
    """Return the name of an action: one row of the ledger, and one event."""
    return _name("act", action.id)


def act_id(action: Action) -> str:
    """Return the name of the act an action tells of: one call to one office, or one letter, with all corrections."""
    if action.channel is Channel.CALLS:
        return _name("act", act_of(action))
    letter = act_of(action).removesuffix("-answer")
    return _name("act", f"{letter}-0")


def written(at: datetime) -> str:
    """Return a moment in UTC, ISO 8601 with milliseconds."""
    return at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def is_outreach(action: Action) -> bool:
    """Whether OSDI has a resource for it: calls and letters; not what writers say came of them."""
    return action.channel in TYPES


def outreach(action: Action, office: str, site: str) -> dict[str, Any]:
    """Return a call or a letter as an OSDI outreach. `office` is its name, `site` our own address.

    Who keeps one resource for each of `identifiers` and lets the later `modified_date` win, has our ledger's sums.
    """
    campaign = f"{site}/api/campaigns/{action.campaign}"
    known = {
        "identifiers": [f"patchthrough:{act_id(action)}"],
        "origin_system": ORIGIN,
        "modified_date": written(action.at),
        "type": TYPES[action.channel],
        "targets": [{"organization": office}],
    }
    dates = {"created_date": written(action.at), "action_date": written(action.at)}
    duration = {"duration": action.seconds} if action.channel is Channel.CALLS else {}
    first = dates if action.instead_of is None else {}
    links = {"osdi:advocacy_campaign": {"href": campaign}}
    return known | first | duration | {"patchthrough": _own(action), "_links": links}


def _own(action: Action) -> dict[str, Any]:
    """What OSDI has no word for."""
    return {
        "action": public_id(action),
        "campaign": action.campaign,
        "channel": action.channel.value,
        "office": action.office,
        "outcome": action.outcome.value,
        "arrived": action.outcome in ARRIVED,
        "basis": action.basis.value,
        "instead_of": action.instead_of.value if action.instead_of else None,
    }


def _name(kind: str, text: str) -> str:
    return f"{kind}_{sha256(f'patchthrough {kind} {text}'.encode()).hexdigest()[:HEX]}"
