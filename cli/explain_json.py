"""One number explained to a program: everything the screen shows, and every row."""

from typing import Any

from chalicelib.domain.counts import Action, Channel, Tally
from chalicelib.domain.explaining_carriers import Difference
from cli import explain_screens as screens
from cli.counts_screens import WORDS


def as_json(told: screens.Told) -> dict[str, Any]:
    """Return an explanation as plain values; moments are ISO 8601 in UTC."""
    found = told.found
    span = {"from": found.span.start, "until": found.span.end}
    return {
        "campaign": told.slug,
        "channel": found.channel.value,
        "zone": told.zone.key,
        "span": {name: at.isoformat() if at else None for name, at in span.items()},
        "now": _figures(found.standing, found.channel),
        "then": _figures(found.then, found.channel),
        "basis": _bases(told),
        "times": {at.isoformat(): _figures(tally, found.channel) for at, tally in found.times.items()},
        "offices": {office: _figures(tally, found.channel) for office, tally in found.offices.items()},
        "rows": [_row(row, is_last=row is act.last) for act in found.acts for row in act.rows],
        "corrections": [
            {"row": each.row.id, "in_place_of": each.before.id, "by_hand": each.by_hand,
             "sentence": screens.correction_sentence(told, each)}
            for each in found.corrections
        ],
        "checks": {
            "ledger_and_tally_apart": told.apart,
            "broken": [act.id for act in found.broken],
            "carrier": _carrier(told),
        },
        "differences": told.differences,
    }  # fmt: skip


def _figures(tally: Tally, channel: Channel) -> dict[str, Any]:
    outcomes = {outcome.value: tally.outcomes.get(outcome, 0) for outcome in WORDS[channel]}
    return {"acts": tally.tally, "reached": tally.reached, "outcomes": outcomes}


def _bases(told: screens.Told) -> dict[str, dict[str, int]]:
    found: dict[str, dict[str, int]] = {}
    for (outcome, basis), number in sorted(told.found.basis.items()):
        found.setdefault(outcome.value, {})[basis.value] = number
    return found


def _row(row: Action, *, is_last: bool) -> dict[str, Any]:
    return {
        "id": row.id,
        "office": row.office,
        "outcome": row.outcome.value,
        "basis": row.basis.value,
        "seconds": row.seconds,
        "at": row.at.isoformat(),
        "instead_of": row.instead_of.value if row.instead_of else None,
        "counts": is_last,
    }


def _carrier(told: screens.Told) -> dict[str, Any]:
    """`asked` false: nothing was compared, and `why` says why."""
    if told.carrier is None:
        return {"asked": False, "why": told.unasked}
    name = "Twilio" if told.found.channel is Channel.CALLS else "what SES told us"
    return {
        "asked": True,
        "of": name,
        "agree": told.carrier.agree,
        "open": told.carrier.open,
        "undialled": told.carrier.undialled,
        "differences": [_difference(told, each) for each in told.carrier.differences],
    }


def _difference(told: screens.Told, each: Difference) -> dict[str, Any]:
    return {
        "how": each.how.value,
        "row": each.row.id if each.row else None,
        "call": each.leg.sid if each.leg else None,
        "sentence": screens.difference_sentence(told, each),
    }
