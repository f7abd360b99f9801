"""A campaign and the offices it may call, as values.

Promises: nothing here dials, reads a clock or a file.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from chalicelib.domain.inbound_texts import Keyword
from chalicelib.domain.office import Office, dialable
from chalicelib.domain.prompt_ids import PromptId
from chalicelib.domain.words import Language, Words

LETTERS_AN_HOUR = 12
"""To one office, unless the campaign says otherwise: few enough to be read, and not to be filtered."""


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


class Order(StrEnum):
    """In which order a campaign's listed offices are called."""

    FIXED = "fixed"  # as listed
    SHUFFLED = "shuffled"  # a new order for each call
    BALANCED = "balanced"  # fewest connected calls first, weighted toward lines that pick up


class Local(StrEnum):
    """What the office of the supporter's own area is to a campaign, beside those it lists."""

    NEVER = "never"  # nobody is asked for a ZIP code
    BEFORE = "before"  # first, then the list
    AFTER = "after"  # after the list
    ONLY = "only"  # alone; the list only for who has no area
    FALLBACK = "fallback"  # first, and the list only when it can't be called


@dataclass(frozen=True, slots=True)
class Routing:
    """How a campaign chooses offices for a call."""

    order: Order = Order.FIXED
    local: Local = Local.NEVER


@dataclass(frozen=True, slots=True)
class Limits:
    """What a campaign may cost and bear. `rings_a_day`: calls we place in one day (UTC), a hard cap.

    `calls_an_hour_per_source`: calls asked for from one address range in one hour; None: as the deployment allows.
    """

    rings_a_day: int = 1000
    calls_an_hour_per_source: int | None = None


@dataclass(frozen=True, slots=True)
class Letter:
    """The campaign's letter, the start of each supporter's own, and where letters go.

    `offices` always get one (the campaign's addressees, by id); with `is_local` so does the office of the writer's
    area. `post` is the postal address for whoever prints theirs, line by line, unless the writer's office is known.
    `an_hour`: letters to one office in an hour, at most.
    """

    subject: Words
    body: Words
    offices: tuple[str, ...] = ()
    is_local: bool = True
    post: str = ""
    an_hour: int = LETTERS_AN_HOUR


class OnCall(StrEnum):
    """What a subscriber gets who texts CALL."""

    RING = "ring"  # their phone rings at once
    LINK = "link"  # the page to call from


@dataclass(frozen=True, slots=True)
class Texts:
    """A campaign's programme of texts: the words that join it, and what its replies say of it.

    `name` is the programme's, said after the organization's; `frequency`, `contact`, `terms` and `privacy` are as in
    `replies.Programme`. `confirms`: who joins by text is asked to confirm. `thanks` answers whatever else subscribers
    say; None: nothing does. `call` is what CALL gets them.
    """

    keywords: tuple[Keyword, ...]
    name: Words
    frequency: Words
    contact: Words
    terms: str
    privacy: str = ""
    confirms: bool = True
    thanks: Words | None = None
    call: OnCall = OnCall.RING


@dataclass(frozen=True, slots=True)
class Recording:
    """An audio file that replaces one spoken prompt in one language."""

    prompt: PromptId
    language: Language
    url: str


@dataclass(frozen=True, slots=True)
class Campaign:
    """One ask with its words in each language, its goal and its offices as listed.

    `elsewhere` are offices that aren't listed: the letter's addressees, and where `routing` or `letter` ask for
    supporters' areas all others of the directory.
    `numbers` are those of our account (E.164) that are this campaign's own: the first is shown, all take calls.
    `points` are the lines a supporter may read out; `reading` is what to read if the office answers in
    English (only shown to Spanish readers). `spoken` replaces spoken prompts by the campaign's own text.
    `asks_code`: before "Call me" rings, a code texted to the phone is asked for; else the key press alone must do.
    `texts`: the campaign's programme of texts, None where it has none.
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
    routing: Routing = field(default_factory=Routing)
    limits: Limits = field(default_factory=Limits)
    asks_code: bool = True
    elsewhere: tuple[Office, ...] = ()
    numbers: tuple[str, ...] = ()
    texts: Texts | None = None

    @property
    def ever_called(self) -> tuple[Office, ...]:
        """The offices a call may go to: those listed, and those elsewhere where supporters' areas matter to calls."""
        return self.offices if self.routing.local is Local.NEVER else (*self.offices, *self.elsewhere)

    @property
    def is_live(self) -> bool:
        """Whether anybody may be connected now."""
        return self.status is Status.LIVE

    def office(self, office_id: str) -> Office | None:
        """Return the office with this id, or None when the campaign no longer has it."""
        return next((office for office in (*self.offices, *self.elsewhere) if office.id == office_id), None)

    def recording(self, prompt: PromptId, language: Language) -> str | None:
        """Return the URL of the audio that replaces `prompt` in `language`, if there is one."""
        found = (r.url for r in self.recordings if r.prompt is prompt and r.language is language)
        return next(found, None)


def may_move(before: Status | None, after: Status) -> bool:
    """Whether a campaign may go from one status to another, or stay; None: it is new."""
    return before is after or after in MOVES[before]


def calling_order(campaign: Campaign, today: date) -> tuple[str, ...]:
    """Return the ids of the offices a call started today goes to, in order: those with a line to dial."""
    return tuple(office.id for office in campaign.offices if dialable(office, today))
