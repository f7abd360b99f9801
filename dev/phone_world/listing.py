"""Asking lists by time, which calls and texts have alike.

Promises: a day alone means the whole day; `<` and `>` include the moment they name. Refuses to know: of what.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from dev.phone_world.refusals import RestError

if TYPE_CHECKING:
    from dev.phone_world.world import World

A_DAY = len("2026-12-09")


def during(world: World, sign: str, text: str) -> Callable[[float | None], bool]:
    """Whether a time of the world's clock is the one that a filter names: `sign` is "", "<" or ">".

    What has no time yet is never found. RestError 20001 for what is neither a date nor a time.
    """
    try:
        moment = datetime.fromisoformat(text)
    except ValueError as wrong:
        raise RestError(400, 20001, f"{text} is not a date or a time") from wrong
    moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    first = (moment - world.clock.start).total_seconds()
    last = first + timedelta(days=1).total_seconds() if len(text) == A_DAY else first + 1
    if sign == "<":
        return lambda at: at is not None and at < last
    if sign == ">":
        return lambda at: at is not None and at >= first
    return lambda at: at is not None and first <= at < last
