"""A campaign's words and caps as the fields of a form, and back. Knows no page and no table.

Promises: what is not a field stays as it is; a campaign comes out only when every field is right, so that the form says
the same as a campaign's file would (campaigns/schema.json, which a test compares with what is here). What was typed is
never changed but for blanks at its ends.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from enum import Enum

from chalicelib.domain.campaign import Campaign
from chalicelib.domain.words import Language, Words

SHORT, LONG, LETTER, READ_OUT = 160, 1_000, 5_000, 400
"""Characters of a line, of a paragraph, of the letter, and of what is read out in English."""


class Kind(Enum):
    """What a field holds."""

    TEXT = "one text"
    LINES = "a text on each line"
    PARAGRAPHS = "texts with an empty line between them"
    NUMBER = "a whole number"
    NUMBER_OR_NONE = "a whole number, or nothing"


@dataclass(frozen=True, slots=True)
class Field:
    """One field: `name` on the page and in the form, what it is in plain words, its bounds.

    `most`: of a number the highest, of a text its characters (of lines and paragraphs: of each). `pieces`: how many of
    them at most.
    """

    part: str
    label: str
    kind: Kind
    most: int
    least: int = 0
    pieces: int = 1
    in_both: bool = True


FIELDS: tuple[Field, ...] = (
    Field("goal", "Goal: how many calls and letters that get through", Kind.NUMBER, 10_000_000, 1, in_both=False),
    Field("rings_a_day", "Calls we place in a day at most", Kind.NUMBER, 100_000, 0, in_both=False),
    Field(
        "calls_an_hour_per_source", "Calls one internet address may ask for in an hour (empty: as usual)",
        Kind.NUMBER_OR_NONE, 1_000, 1, in_both=False,
    ),
    Field("letters_an_hour", "Letters one office gets in an hour at most", Kind.NUMBER, 60, 1, in_both=False),
    Field("title", "Title, in browser tabs and shared links", Kind.TEXT, SHORT),
    Field("heading", "Heading: the situation in one sentence", Kind.TEXT, SHORT),
    Field("summary", "Summary: what is wrong and what to ask for", Kind.TEXT, LONG),
    Field("points", "Lines to read out, one on each line", Kind.LINES, SHORT, pieces=6),
    Field(
        "about", "For who wants to know more: paragraphs, with an empty line between", Kind.PARAGRAPHS, LONG,
        pieces=8,
    ),
    Field("reading", "What a Spanish speaker reads out, in English", Kind.TEXT, READ_OUT, in_both=False),
    Field("subject", "The letter’s subject", Kind.TEXT, SHORT),
    Field("body", "The letter, without the signature", Kind.TEXT, LETTER),
)  # fmt: skip
"""Every field, in the order of the page."""

Typed = Mapping[str, str]
"""What stands in the form, by the field's name."""


def names(field: Field) -> tuple[str, ...]:
    """Return the names of a field in the form: one for each language it is in."""
    return tuple(f"{field.part}_{language}" for language in Language) if field.in_both else (field.part,)


def typed(campaign: Campaign) -> dict[str, str]:
    """Return what stands in the form of a campaign before anybody typed."""
    limits, letter = campaign.limits, campaign.letter
    plain = {
        "goal": str(campaign.goal),
        "rings_a_day": str(limits.rings_a_day),
        "calls_an_hour_per_source": str(limits.calls_an_hour_per_source or ""),
        "letters_an_hour": str(letter.an_hour),
        "reading": campaign.reading,
    }
    words = {"title": campaign.title, "heading": campaign.heading, "summary": campaign.summary}
    words |= {"subject": letter.subject, "body": letter.body}
    words |= {"points": _joined(campaign.points, "\n"), "about": _joined(campaign.about, "\n\n")}
    return plain | {
        f"{part}_{language}": text.of(language) for part, text in words.items() for language in Language
    }


def problems(form: Typed) -> dict[str, str]:
    """Return what is wrong, by the name of the field: none, and `edited` may be asked."""
    found: dict[str, str] = {}
    for field in FIELDS:
        for name in names(field):
            if problem := _problem(field, form.get(name, "").strip()):
                found[name] = problem
        found |= {} if found.keys() & set(names(field)) else _apart(field, form)
    return found


def edited(campaign: Campaign, form: Typed) -> Campaign:
    """Return the campaign with what was typed. Only for a form without problems."""
    source = form.get("calls_an_hour_per_source", "").strip()
    limits = replace(
        campaign.limits,
        rings_a_day=int(form["rings_a_day"]),
        calls_an_hour_per_source=int(source) if source else None,
    )
    letter = replace(
        campaign.letter,
        subject=_words(form, "subject"),
        body=_words(form, "body"),
        an_hour=int(form["letters_an_hour"]),
    )
    return replace(
        campaign,
        goal=int(form["goal"]),
        limits=limits,
        letter=letter,
        title=_words(form, "title"),
        heading=_words(form, "heading"),
        summary=_words(form, "summary"),
        points=_list(form, "points", Kind.LINES),
        about=_list(form, "about", Kind.PARAGRAPHS),
        reading=form["reading"].strip(),
    )


def _problem(field: Field, text: str) -> str:
    """What is wrong with one field; nothing when it is right."""
    if field.kind in {Kind.NUMBER, Kind.NUMBER_OR_NONE}:
        return _number_problem(field, text)
    pieces = _pieces(text, field.kind)
    if not pieces:
        return "Write something here."
    if len(pieces) > field.pieces:
        return f"These are {len(pieces)}; {field.pieces} at most."
    longest = max(map(len, pieces))
    which = "This has" if len(pieces) == 1 else "The longest has"
    return f"{which} {longest:,} letters; {field.most:,} at most." if longest > field.most else ""


def _number_problem(field: Field, text: str) -> str:
    if not text and field.kind is Kind.NUMBER_OR_NONE:
        return ""
    is_number = text.isascii() and text.isdigit() and len(text) <= len(str(field.most))
    if not is_number or not field.least <= int(text) <= field.most:
        return f"Write a whole number in digits, {field.least:,} to {field.most:,}, without commas."
    return ""


def _apart(field: Field, form: Typed) -> dict[str, str]:
    """Each line and each paragraph exists in both languages."""
    if field.kind not in {Kind.LINES, Kind.PARAGRAPHS}:
        return {}
    english, spanish = (len(_pieces(form.get(name, ""), field.kind)) for name in names(field))
    if english == spanish:
        return {}
    what = "lines" if field.kind is Kind.LINES else "paragraphs"
    return {
        names(field)[
            1
        ]: f"The English has {english} {what}, the Spanish {spanish}: every one is in both languages."
    }


def _pieces(text: str, kind: Kind) -> tuple[str, ...]:
    return tuple(_split(text.replace("\r\n", "\n").strip(), kind))


def _split(text: str, kind: Kind) -> Iterator[str]:
    if kind is Kind.TEXT:
        yield from [text] if text else []
        return
    lines = text.split("\n") if kind is Kind.LINES else _paragraphs(text)
    yield from (line.strip() for line in lines if line.strip())


def _paragraphs(text: str) -> list[str]:
    """Texts with an empty line, or one of blanks, between them."""
    return "\n".join(line.strip() for line in text.split("\n")).split("\n\n")


def _words(form: Typed, part: str) -> Words:
    texts = (form[f"{part}_{language}"].replace("\r\n", "\n").strip() for language in Language)
    return Words(*texts)


def _list(form: Typed, part: str, kind: Kind) -> tuple[Words, ...]:
    texts = (_pieces(form[f"{part}_{language}"], kind) for language in Language)
    return tuple(Words(*pair) for pair in zip(*texts, strict=True))


def _joined(words: tuple[Words, ...], between: str) -> Words:
    return Words(*(between.join(each.of(language) for each in words) for language in Language))
