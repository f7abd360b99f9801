"""A campaign and the offices it may call, as values.

Promises: nothing here dials, reads a clock or a file. A line is dialled only when `may_dial` says so.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from enum import StrEnum

from chalicelib.domain.prompt_ids import PromptId
from chalicelib.domain.words import Language, Words

VERIFICATION_DAYS = 30
"""A person's verification of a line is good for this many days (design §9)."""


class Status(StrEnum):
    """Where a campaign is: draft → live ⇄ paused → ended."""

    DRAFT = "draft"
    LIVE = "live"
    PAUSED = "paused"
    ENDED = "ended"


MOVES: dict[Status | None, frozenset[Status]] = {
    None: frozenset({Status.DRAFT, Status.LIVE}),
    Status.DRAFT: frozenset({Status.LIVE}),
    Status.LIVE: frozenset({Status.PAUSED}),
    Status.PAUSED: frozenset({Status.LIVE, Status.ENDED}),
    Status.ENDED: frozenset(),
}
"""From where a campaign may go where; None: it is new."""


@dataclass(frozen=True, slots=True)
class Line:
    """One phone number of an office. `callable` and `verified_on` are set by a person, never by a file."""

    number: str
    callable: bool = False
    verified_on: date | None = None


@dataclass(frozen=True, slots=True)
class Office:
    """A public office: `name` is spoken ("ICE office in Atlanta"), `place` is short ("Atlanta")."""

    id: str
    name: Words
    place: Words
    zone: str
    address: str
    lines: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class Letter:
    """The campaign's letter, the start of each supporter's own."""

    subject: Words
    body: Words


@dataclass(frozen=True, slots=True)
class Recording:
    """An audio file that replaces one spoken prompt in one language."""

    prompt: PromptId
    language: Language
    url: str


@dataclass(frozen=True, slots=True)
class Campaign:
    """One ask with its words in each language, its goal and its offices in calling order.

    `points` are the lines a supporter may read out; `reading` is what to read if the office answers in
    English (only shown to Spanish readers). `spoken` replaces spoken prompts by the campaign's own text.
    """

    slug: str
    status: Status
    revision: int
    organization: Words
    title: Words
    heading: Words
    summary: Words
    about: tuple[Words, ...]
    points: tuple[Words, ...]
    reading: str
    goal: int
    offices: tuple[Office, ...]
    letter: Letter
    spoken: Mapping[PromptId, Words] = field(default_factory=dict)
    recordings: tuple[Recording, ...] = ()

    @property
    def is_live(self) -> bool:
        """Whether anybody may be connected now."""
        return self.status is Status.LIVE

    def office(self, office_id: str) -> Office | None:
        """Return the office with this id, or None when the campaign no longer has it."""
        return next((office for office in self.offices if office.id == office_id), None)

    def recording(self, prompt: PromptId, language: Language) -> str | None:
        """Return the URL of the audio that replaces `prompt` in `language`, if there is one."""
        found = (r.url for r in self.recordings if r.prompt is prompt and r.language is language)
        return next(found, None)


def may_move(before: Status | None, after: Status) -> bool:
    """Whether a campaign may go from one status to another, or stay; None: it is new."""
    return before is after or after in MOVES[before]


def may_dial(line: Line, today: date) -> bool:
    """Whether a line may be dialled on `today`: callable, and verified by a person in the last 30 days."""
    if not line.callable or line.verified_on is None:
        return False
    return today - line.verified_on <= timedelta(days=VERIFICATION_DAYS)


def dialable(office: Office, today: date) -> str | None:
    """Return the number of the office's first line that may be dialled today, or None."""
    return next((line.number for line in office.lines if may_dial(line, today)), None)


def calling_order(campaign: Campaign, today: date) -> tuple[str, ...]:
    """Return the ids of the offices a call started today goes to, in order: those with a line to dial."""
    return tuple(office.id for office in campaign.offices if dialable(office, today))
