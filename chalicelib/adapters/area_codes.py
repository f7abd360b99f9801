"""Where an area code may be, and which hours states keep: two tables beside this file, no network.

`area_code_zones.json` is made by `dev/area_codes.py` from the full `phonenumbers`, for the lite edition, which we ship,
has no zones. `state_hours.json` is one list that nobody has verified: it is off unless a deployment asks for it.
"""

import json
import re
from collections.abc import Mapping
from datetime import date, time
from functools import cache
from pathlib import Path
from typing import Any

from chalicelib.domain.quiet_hours import Calendar, DayHours, StateRule

TABLES = Path(__file__).resolve().parent
NORTH_AMERICAN = re.compile(r"\+1([2-9]\d{2})[2-9]\d{6}")


def zones_of(number: str) -> tuple[str, ...]:
    """Return all IANA zones of a number's (E.164) area code; none where we don't know it, as abroad."""
    parts = NORTH_AMERICAN.fullmatch(number)
    return area_code_zones().get(parts[1], ()) if parts else ()


@cache
def area_code_zones() -> Mapping[str, tuple[str, ...]]:
    """Return area code → its zones: the United States and their territories."""
    rows = _table("area_code_zones")["rows"]
    return {code: tuple(row["zones"]) for row in rows for code in row["area_codes"]}


@cache
def state_hours() -> Calendar:
    """Return the states' narrower hours. Unverified: counsel decides whether a deployment keeps to them."""
    return {state: tuple(map(_rule, rules)) for state, rules in _table("state_hours")["states"].items()}


def _table(name: str) -> dict[str, Any]:
    table: dict[str, Any] = json.loads((TABLES / f"{name}.json").read_text(encoding="utf-8"))
    return table


def _rule(row: dict[str, Any]) -> StateRule:
    hours = row["hours"] and DayHours(*map(time.fromisoformat, row["hours"]))
    since = date.fromisoformat(row["since"]) if "since" in row else None
    return StateRule(frozenset(row["days"]), hours, since)
