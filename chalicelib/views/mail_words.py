"""What a letter's writer is told by mail, part by part, in their language.

Promises: nothing somebody typed stands in a mail to an address that nobody has proved to be theirs, so that ours can't
carry a stranger's words; and nothing is promised that isn't known.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from chalicelib.domain.campaign import Campaign
from chalicelib.domain.counts import LetterOutcome
from chalicelib.domain.letter import Letter, Reason, State
from chalicelib.domain.letter_events import MailKind
from chalicelib.domain.letter_moves import CONFIRM_WITHIN
from chalicelib.domain.mail_facts import Status
from chalicelib.domain.office import Office
from chalicelib.domain.told_times import ZONES, at_time, full_day
from chalicelib.domain.words import Language
from chalicelib.domain.writing import signed
from chalicelib.views.rendering import first_upper, phrasebook
from chalicelib.views.writing import Links


@dataclass(frozen=True, slots=True)
class Says:
    """A paragraph of ours."""

    text: str
    kind: str = "says"


@dataclass(frozen=True, slots=True)
class Link:
    """A way on, by itself on its line; "aside": not the one most take."""

    text: str
    url: str
    kind: str = "link"


@dataclass(frozen=True, slots=True)
class Quoted:
    """The writer's own words ("letter"), or a postal address ("post"), under a heading."""

    heading: str
    text: str
    kind: str = "letter"


Part = Says | Link | Quoted


@dataclass(frozen=True, slots=True)
class Words:
    """A mail's subject, which is its heading too, and its parts in order."""

    subject: str
    parts: tuple[Part, ...]


def words_of(kind: MailKind, letters: tuple[Letter, ...], campaign: Campaign, links: Links) -> Words:
    """Return what a mail of this kind says about these letters."""
    told = _Told(letters, campaign, links)
    match kind:
        case MailKind.CONFIRM:
            return Words(told.subject("confirm"), tuple(_confirm(told)))
        case MailKind.REMINDER:
            return Words(told.subject("reminder"), tuple(_reminder(told)))
        case MailKind.RECEIPT:
            fate = fate_of(letters[0])
            return Words(told.subject(fate), tuple(_receipt(told, fate)))
        case MailKind.AGAIN:
            return Words(told.subject("again"), tuple(_again(told)))
        case MailKind.QUESTION:
            return Words(told.subject("question"), tuple(_question(told)))


FATES: dict[LetterOutcome | None, str] = {
    LetterOutcome.DELIVERED: "delivered",
    LetterOutcome.BOUNCED: "bounced",
    LetterOutcome.COMPLAINED: "complained",
    LetterOutcome.SUPPRESSED: "suppressed",
    LetterOutcome.REJECTED: "rejected",
}
UNSENT: dict[Reason | None, str] = {
    Reason.CAMPAIGN_ENDED: "ended",
    Reason.OFFICE_PAUSED: "rested",
    Reason.DENIED: "denied",
}
LOST = frozenset({*FATES.values(), *UNSENT.values(), "not_sent"}) - {"delivered"}
"""Fates after which a writer may want to send the letter by themselves."""


def fate_of(letter: Letter) -> str:
    """Return by which of its receipts a letter's fate is told."""
    if letter.outcome in FATES:
        return FATES[letter.outcome]
    return "duplicate" if letter.state is State.DUPLICATE else UNSENT.get(letter.reason, "not_sent")


@dataclass(frozen=True, slots=True)
class _Told:
    """Letters of one writer, and how they are told of."""

    letters: tuple[Letter, ...]
    campaign: Campaign
    links: Links

    @property
    def letter(self) -> Letter:
        return self.letters[0]

    @property
    def office(self) -> Office | None:
        return self.campaign.office(self.letter.office)

    def say(self, key: str, **values: object) -> str:
        """A sentence of `mail.*`, which may name the letter's offices and the organization."""
        language = self.letter.language
        known = {
            "offices": _joined([self._named(each.office) for each in self.letters], language),
            "organization": self.campaign.organization.of(language),
        }
        return first_upper(phrasebook(language).plain(f"mail.{key}", **(known | values)))

    def subject(self, about: str) -> str:
        return self.say(f"{about}.subject")

    def says(self, key: str, **values: object) -> Says:
        return Says(self.say(key, **values))

    def at(self, moment: datetime) -> str:
        """A moment by the office's clock, plain on whatever day it is read."""
        zone, language = self.office.zone if self.office else ZONES[0].id, self.letter.language
        day = full_day(moment.astimezone(ZoneInfo(zone)).date(), language)
        return f"{day} {at_time(moment, zone, language)}"

    def confirm_by(self) -> str:
        return self.at((self.letter.asked_at or self.letter.created_at) + CONFIRM_WITHIN)

    def _named(self, office_id: str) -> str:
        book, office = phrasebook(self.letter.language), self.campaign.office(office_id)
        if office is None:
            return book.plain("mail.office.unknown")
        return book.plain("mail.office", place=office.place.of(self.letter.language))


def _joined(names: list[str], language: Language) -> str:
    """As "the Atlanta office, the Boston office and the Washington office"; the same name stands once."""
    *first, last = dict.fromkeys(names)
    return phrasebook(language).plain("mail.and", first=", ".join(first), last=last) if first else last


# Before the writer has proved that the address is theirs: none of their words.


def _confirm(told: _Told) -> Iterator[Part]:
    yield told.says("confirm.text")
    yield told.says("confirm.only_then")
    yield Link(told.say("confirm.link"), told.links.confirm)
    is_first = told.letter.links <= 1
    yield told.says("confirm.week") if is_first else told.says("confirm.until", moment=told.confirm_by())
    yield from _what_to_know(told)


def _reminder(told: _Told) -> Iterator[Part]:
    yield told.says("reminder.text")
    yield told.says("confirm.only_then")
    yield Link(told.say("confirm.link"), told.links.confirm)
    yield told.says("reminder.once", moment=told.confirm_by())
    yield from _what_to_know(told)


def _what_to_know(told: _Told) -> Iterator[Part]:
    yield told.says("confirm.reply")
    yield told.says("confirm.sees")
    yield told.says("confirm.not_you")


def _again(told: _Told) -> Iterator[Part]:
    yield told.says("again.text")
    yield Link(told.say("follow"), told.links.follow)
    yield told.says("again.not_you")


# After.


def _question(told: _Told) -> Iterator[Part]:
    yield told.says("question.text")
    yield Link(told.say("question.link"), told.links.answer)
    yield told.says("question.once")


def _receipt(told: _Told, fate: str) -> Iterator[Part]:
    yield told.says(f"{fate}.text", moment=_delivered_at(told))
    if fate == "delivered":
        yield told.says("delivered.then")
    if fate in LOST:
        yield from _by_yourself(told)
    yield Link(told.say("follow"), told.links.follow)
    content = told.letter.content
    if content is not None:
        yield Quoted(told.say("your_letter"), signed(content, told.letter.language))


def _delivered_at(told: _Told) -> str:
    facts = (
        fact for each in told.letter.recipients for fact in each.facts if fact.status is Status.DELIVERED
    )
    return told.at(min((fact.at for fact in facts), default=told.letter.changed_at))


def _by_yourself(told: _Told) -> Iterator[Part]:
    """Their words are not lost: the postal address, and the office's own form."""
    office = told.office
    address = office.address if office and office.address else told.campaign.letter.post
    yield told.says("lost.not")
    if address:
        yield Quoted(told.say("lost.post"), address, kind="post")
    if office and office.web_form:
        yield Link(told.say("lost.form"), office.web_form, kind="aside")
