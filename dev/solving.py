"""Solves a proof of work as a supporter's browser does, for whatever taps without one: tests, stories, benchmarks."""

from collections.abc import Mapping
from typing import Any

from altcha import Challenge, Payload, solve_challenge


class Unsolved(Exception):
    """No solution was found in the library's ninety seconds."""


def solve(challenge: Mapping[str, Any]) -> str:
    """Return the payload that a challenge (as `GET /api/campaigns/{slug}/challenge` gives it) is solved with.

    Raises:
        Unsolved: not in time.
    """
    asked = Challenge.from_dict(dict(challenge))
    solution = solve_challenge(asked)
    if solution is None:
        raise Unsolved
    payload: str = Payload(asked, solution).to_base64()
    return payload
