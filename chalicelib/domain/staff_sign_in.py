"""How staff sign in: what is asked in which order, and what a user pool's answer is worth.

Password, then a new one if the first was handed out, then an authenticator if there is none yet, then its code. Pure.
Promises: whatever the pool hands out, nobody is let in who has not shown a code in this very sign-in.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import StrEnum

from chalicelib.domain.staff import Person, role_in

LIFE = timedelta(minutes=15)
"""How long a sign-in may take, from the password to the code."""
TRIES = 5
"""Codes that may be typed in one sign-in; the pool itself locks after as many passwords."""


class Step(StrEnum):
    """What a sign-in waits for."""

    NEW_PASSWORD = "new_password"  # noqa: S105 - the name of a step
    AUTHENTICATOR = "authenticator"
    CODE = "code"


SHOWS_CODE = frozenset({Step.AUTHENTICATOR, Step.CODE})
"""The steps in which somebody shows a code of their authenticator."""


class Problem(StrEnum):
    """Why a sign-in goes no further, as the page tells it."""

    WRONG = "wrong"
    LOCKED = "locked"
    TOO_MANY = "too_many"
    WEAK_PASSWORD = "weak_password"  # noqa: S105 - the name of a problem
    WRONG_CODE = "wrong_code"
    TOO_LATE = "too_late"
    NO_SECOND_FACTOR = "no_second_factor"
    NO_ROLE = "no_role"
    UNREACHABLE = "unreachable"
    NOT_SET_UP = "not_set_up"


SENTENCES: dict[Problem, str] = {
    Problem.WRONG: "That user name and password don’t belong together. Check both, and try again.",
    Problem.LOCKED: "There were too many wrong passwords for this account, so it is locked for up to 15 minutes. "
    "Wait a quarter of an hour; trying sooner makes it longer.",
    Problem.TOO_MANY: "There were too many sign-ins from where you are. Try again in the next hour.",
    Problem.WEAK_PASSWORD: "That password is too easy to guess. Take at least 14 characters: four words that have "
    "nothing to do with each other are good, and easy to keep in mind.",
    Problem.WRONG_CODE: "That code is not the one of now. Wait for the next one and type all six digits.",
    Problem.TOO_LATE: "That took too long, or the code was wrong too often. Please begin again.",
    Problem.NO_SECOND_FACTOR: "This account has no authenticator, and without one nobody is let in. Ask whoever set "
    "up your account to add one.",
    Problem.NO_ROLE: "You have signed in, but your account has no role here yet. Ask whoever set it up to make you a "
    "viewer, an editor or an admin.",
    Problem.UNREACHABLE: "The sign-in service can’t be reached just now. Try again in a minute.",
    Problem.NOT_SET_UP: "Nobody can sign in here yet: this deployment has no user pool. Its operator sets one up.",
}


class NotLetInError(Exception):
    """A sign-in goes no further. Names why, and nobody."""

    def __init__(self, problem: Problem) -> None:
        """Keep why."""
        super().__init__(problem.value)
        self.problem = problem


@dataclass(frozen=True, slots=True)
class Pending:
    """A sign-in under way. `handle` is the pool's own of it, `seed` what an authenticator to be added learns."""

    step: Step
    username: str
    handle: str = field(repr=False)
    begun_at: datetime
    to: str
    seed: str = field(default="", repr=False)
    tries: int = 0


@dataclass(frozen=True, slots=True)
class Asked:
    """What the pool wants next; `username` is how it calls this person."""

    step: Step
    username: str
    handle: str = field(repr=False)
    seed: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class Granted:
    """What the pool hands out in the end: what its token says, and the token by which that is read again."""

    claims: Mapping[str, object]
    refresh: str = field(repr=False)


def let_in(granted: Granted, shown: Step | None) -> Person:
    """Return who this is. `shown`: the step that was answered just now, None for the password.

    Raises:
        NotLetInError: no code was shown, whatever the pool thinks; or there is no role.
    """
    if shown not in SHOWS_CODE:
        raise NotLetInError(Problem.NO_SECOND_FACTOR)
    return person_of(granted)


def person_of(granted: Granted) -> Person:
    """Return who a pool's token is about.

    Raises:
        NotLetInError: they have no role.
    """
    groups = granted.claims.get("cognito:groups")
    role = role_in(map(str, groups)) if isinstance(groups, list) else None
    if role is None:
        raise NotLetInError(Problem.NO_ROLE)
    username = str(granted.claims.get("cognito:username", ""))
    return Person(str(granted.claims.get("name") or username), username, role)


def going_on(pending: Pending, asked: Asked) -> Pending:
    """Return a sign-in that has come one step further."""
    return replace(
        pending, step=asked.step, username=asked.username, handle=asked.handle, seed=asked.seed, tries=0
    )


def missed(pending: Pending) -> Pending:
    """Return a sign-in after a wrong code.

    Raises:
        NotLetInError: that was one too many.
    """
    if pending.tries + 1 >= TRIES:
        raise NotLetInError(Problem.TOO_LATE)
    return replace(pending, tries=pending.tries + 1)


def is_under_way(pending: Pending, now: datetime) -> bool:
    """Whether there is still time."""
    return now < pending.begun_at + LIFE


def in_fours(seed: str) -> str:
    """Return a seed as a person copies it: ABCD EFGH."""
    return " ".join(seed[at : at + 4] for at in range(0, len(seed), 4))


def only_digits(typed: str) -> str:
    """Return a code as it was meant: "482 915" → 482915."""
    return "".join(each for each in typed if each.isdigit() and each.isascii())
