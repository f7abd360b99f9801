"""What would change of a campaign, as values: part by part, in the order of its file.

Knows no terminal, no page and no table. What a person said about a line is not a campaign's to change: it is no change.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher

from chalicelib.domain.campaign import Campaign, Letter, Texts
from chalicelib.domain.office import Office
from chalicelib.domain.words import Language, Words


@dataclass(frozen=True, slots=True)
class Change:
    """One part, in one language or none: its text before (None: it is new) and after (None: it goes)."""

    part: str
    language: Language | None
    before: str | None
    after: str | None


@dataclass(frozen=True, slots=True)
class Piece:
    """A piece of a text that changed, and whether the other text has it too."""

    text: str
    is_kept: bool


WORD = re.compile(r"\s+|[^\s]+")
ALIKE = 0.4
"""Below this likeness two texts are told whole, without marking words."""
Pieces = tuple[Piece, ...]
Parts = dict[tuple[str, Language | None], str]


def changes(before: Campaign | None, after: Campaign) -> tuple[Change, ...]:
    """Return everything that differs; with nothing before, everything."""
    old = _parts(before) if before else {}
    return (
        *_differences(old, _parts(after)),
        *_office_changes("offices", before.offices if before else (), after.offices),
        *_elsewhere_changes(before, after),
    )


def marked(before: str, after: str) -> tuple[Pieces, Pieces]:
    """Return both texts in pieces, so that the words that differ can be marked; of unlike texts no word is."""
    old, new = WORD.findall(before), WORD.findall(after)
    matcher = SequenceMatcher(a=old, b=new, autojunk=False)
    if matcher.ratio() < ALIKE:
        return (Piece(before, is_kept=True),), (Piece(after, is_kept=True),)
    removed, added = [], []
    for sign, start, end, first, last in matcher.get_opcodes():
        removed.append(Piece("".join(old[start:end]), is_kept=sign == "equal"))
        added.append(Piece("".join(new[first:last]), is_kept=sign == "equal"))
    return _told(removed), _told(added)


def _told(pieces: list[Piece]) -> Pieces:
    return tuple(piece for piece in pieces if piece.text)


def _differences(old: Parts, new: Parts) -> Iterator[Change]:
    for name in [*new, *(name for name in old if name not in new)]:
        if old.get(name) != new.get(name):
            yield Change(*name, old.get(name), new.get(name))


def _parts(campaign: Campaign) -> Parts:
    """Flatten a campaign to texts by the names people know its parts by. Offices come separately."""
    parts: Parts = {("status", None): campaign.status.value, ("goal", None): f"{campaign.goal:,}"}
    parts["order of offices", None] = campaign.routing.order.value
    parts["local office", None] = campaign.routing.local.value
    parts["numbers", None] = ", ".join(campaign.numbers) or "those that no campaign has for itself"
    parts["phone check", None] = "code" if campaign.asks_code else "key"
    parts["rings a day", None] = f"{campaign.limits.rings_a_day:,}"
    per_source = campaign.limits.calls_an_hour_per_source
    parts["calls an hour per source", None] = f"{per_source:,}" if per_source else "as the deployment allows"
    for name in ("organization", "title", "heading", "summary"):
        parts |= _words(name, getattr(campaign, name))
    for name in ("about", "points"):
        for number, words in enumerate(getattr(campaign, name), start=1):
            parts |= _words(f"{name} {number}", words)
    parts["reading", None] = campaign.reading
    parts |= _letter_parts(campaign.letter)
    parts |= _text_parts(campaign.texts) if campaign.texts else {}
    for prompt, words in campaign.spoken.items():
        parts |= _words(f"spoken {prompt.value}", words)
    for recording in campaign.recordings:
        parts[f"recording {recording.prompt.value}", recording.language] = recording.url
    return parts


def _letter_parts(letter: Letter) -> Parts:
    parts = _words("letter subject", letter.subject) | _words("letter body", letter.body)
    parts["letter to", None] = ", ".join(letter.offices) or "no office in any case"
    parts["letter to the local office", None] = "yes" if letter.is_local else "no"
    parts["letters an hour to an office", None] = str(letter.an_hour)
    return parts | ({("letter by post to", None): letter.post} if letter.post else {})


def _text_parts(texts: Texts) -> Parts:
    parts: Parts = {
        ("texts keywords", language): ", ".join(
            each.word for each in texts.keywords if each.language is language
        )
        for language in Language
    }
    for name in ("name", "frequency", "contact"):
        parts |= _words(f"texts {name}", getattr(texts, name))
    parts["texts terms", None] = texts.terms
    parts["texts privacy", None] = texts.privacy or texts.terms
    parts["texts ask to confirm", None] = "yes" if texts.confirms else "no"
    parts["texts answer to CALL", None] = texts.call.value
    return parts | (_words("texts thanks", texts.thanks) if texts.thanks else {})


def _words(name: str, words: Words) -> Parts:
    return {(name, language): words.of(language) for language in Language}


def _elsewhere_changes(before: Campaign | None, after: Campaign) -> Iterator[Change]:
    """What changes among the offices elsewhere; one that goes to the list or comes from it is told there."""
    listed = {office.id for here in (before, after) if here for office in here.offices}
    was, will_be = (
        tuple(office for office in here.elsewhere if office.id not in listed) if here else ()
        for here in (before, after)
    )
    return _office_changes("offices elsewhere", was, will_be)


def _office_changes(name: str, before: tuple[Office, ...], after: tuple[Office, ...]) -> Iterator[Change]:
    """Offices that come, go or move, and what the directory now says otherwise about those that stay."""
    old, new = [office.id for office in before], [office.id for office in after]
    titles = {office.id: f"{office.id} ({office.place.en})" for office in (*before, *after)}
    for sign, start, end, first, last in SequenceMatcher(a=old, b=new, autojunk=False).get_opcodes():
        if sign != "equal":
            gone, come = (
                ", ".join(titles[each] for each in part) for part in (old[start:end], new[first:last])
            )
            place = _span(first, last) if come else _span(start, end)
            yield Change(f"{name} {place}", None, gone or None, come or None)
    known = {office.id: office for office in before}
    for office in after:
        if office.id in known:
            yield from _differences(_office_parts(known[office.id]), _office_parts(office))


def _span(start: int, end: int) -> str:
    return str(end) if end - start == 1 else f"{start + 1} to {end}"


def _office_parts(office: Office) -> Parts:
    plain = {"zone": office.zone, "address": office.address, "lines": ", ".join(_numbers(office))}
    named = _words(f"{office.id} name", office.name) | _words(f"{office.id} place", office.place)
    return named | {(f"{office.id} {name}", None): text for name, text in plain.items()}


def _numbers(office: Office) -> Iterator[str]:
    return (line.number for line in office.lines)
