"""Who works at the console, and what each may do. Pure: sessions, sign-in and pages are elsewhere.

Three roles, each of which may do what the one before may: a viewer looks, an editor runs campaigns, an admin
answers for people and for the number. Whoever has no role may do nothing, not even look.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import IntEnum, StrEnum

LONGEST = timedelta(hours=12)
"""A session ends so long after the sign-in, whatever was done in it."""
IDLE = timedelta(hours=2)
"""And so long after the last page that somebody asked for by hand."""
NOTED = timedelta(minutes=5)
"""How exactly it is known when that was: one write in five minutes, not one for each page."""
CHECKED = timedelta(minutes=15)
"""How old a person's role may be before it is read again: the longest that somebody who was removed may still act."""

TRUSTED = timedelta(hours=1)
"""And while nobody can be asked: whoever watches a campaign must be able to pause it when the user pool is down."""


class Role(IntEnum):
    """What somebody is trusted with; each can do all that a lower one can."""

    VIEWER = 1
    EDITOR = 2
    ADMIN = 3

    @property
    def word(self) -> str:
        """How the role is called on pages, and the name of its group in the user pool."""
        return self.name.lower()


class Act(StrEnum):
    """What can be done at the console, as the audit calls it."""

    LOOK = "look"
    SIGN_OUT = "sign out"
    PAUSE = "pause a campaign"
    RESUME = "resume a campaign"
    EDIT = "edit a campaign"
    LAUNCH = "launch a campaign"
    END = "end a campaign"
    VERIFY = "verify a line"
    CLOSE = "close an office"
    LETTERS = "decide on letters"
    TEXTS = "arm a broadcast"
    FIND_PERSON = "find a person"
    ERASE = "erase a person"
    NEVER_RING = "never ring a number"
    EXPORT = "export"


NEEDS: dict[Act, Role] = {
    Act.LOOK: Role.VIEWER,
    Act.SIGN_OUT: Role.VIEWER,
    Act.PAUSE: Role.EDITOR,
    Act.RESUME: Role.EDITOR,
    Act.EDIT: Role.EDITOR,
    Act.LAUNCH: Role.EDITOR,
    Act.END: Role.ADMIN,
    Act.VERIFY: Role.EDITOR,
    Act.CLOSE: Role.EDITOR,
    Act.LETTERS: Role.EDITOR,
    Act.TEXTS: Role.EDITOR,
    Act.FIND_PERSON: Role.ADMIN,
    Act.ERASE: Role.ADMIN,
    Act.NEVER_RING: Role.EDITOR,
    Act.EXPORT: Role.EDITOR,
}
"""The role that each act needs."""


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody at the console. `name` is for pages, `username` for the record of who did what."""

    name: str
    username: str
    role: Role


@dataclass(frozen=True, slots=True)
class Session:
    """A person signed in. `seen_at`: the last page asked for by hand; `checked_at`: when the role was read."""

    person: Person
    signed_in_at: datetime
    seen_at: datetime
    checked_at: datetime

    @property
    def ends_at(self) -> datetime:
        """When it ends if nothing else is done."""
        return min(self.signed_in_at + LONGEST, self.seen_at + IDLE)


def may(person: Person, act: Act) -> bool:
    """Whether a person's role is enough for an act."""
    return person.role >= NEEDS[act]


def role_in(groups: Iterable[str]) -> Role | None:
    """Return the highest role among the groups somebody is in; None is nobody of ours."""
    by_word = {role.word: role for role in Role}
    return max((by_word[group] for group in groups if group in by_word), default=None)


def is_open(session: Session, now: datetime) -> bool:
    """Whether a session is still good."""
    return now < session.ends_at


def is_due(session: Session, now: datetime) -> bool:
    """Whether the person's role must be read again before they go on."""
    return now - session.checked_at >= CHECKED


def is_trusted(session: Session, now: datetime) -> bool:
    """Whether a role that can't be read again still holds."""
    return now - session.checked_at < TRUSTED


def is_noted(session: Session, now: datetime) -> bool:
    """Whether it is known closely enough that somebody was here."""
    return now - session.seen_at < NOTED
