"""A letter as it is typed: what is wrong with it, what becomes of it, and when a person on our side looks first.

Promises: whatever was typed comes out as a letter's content or as codes of what to mend, field by field, never as a
fault; a name is one line that no mail header can be broken with.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass, field

from chalicelib.domain.addresses import address
from chalicelib.domain.areas import five_digits
from chalicelib.domain.letter import Content
from chalicelib.domain.refusals import Code, Refusal
from chalicelib.domain.words import Language, Words

LONGEST_NAME = 80
LONGEST_LETTER = 5000
"""Characters: two printed pages, and more than anybody reads to the end."""
MOST_WEB_ADDRESSES = 2
"""A letter in somebody's own words seldom has one; with more it is read by a person on our side first."""
WEB_ADDRESS = re.compile(r"https?://|\bwww\.", re.IGNORECASE)
CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029]")
"""What no keyboard types: would break a header, or hide something from the office's eyes."""
UNNAMELY = re.compile(r"[\n\t@<>]|https?:|\bwww\.", re.IGNORECASE)
"""What a name never has: it stands in a From line that offices and their filters read."""
DIRECTION = re.compile(r"[\u200e\u200f\u202a-\u202e\u2066-\u2069]")
CLOSING = Words("Sincerely,", "Atentamente,")


@dataclass(frozen=True, slots=True)
class Draft:
    """A letter as its writer typed it; `office` is the id of one they picked ("": none)."""

    name: str = field(repr=False)
    email: str = field(repr=False)
    zip: str = field(repr=False)
    office: str
    body: str = field(repr=False)
    language: Language


def problems(draft: Draft) -> dict[str, Code]:
    """Return what is to be mended, by field and in the order of the form; nothing: all is well."""
    found = ((name, check(draft)) for name, check in _CHECKS.items())
    return {name: code for name, code in found if code}


def content(draft: Draft, subject: str) -> Content:
    """Return what the letter holds.

    Raises:
        Refusal: the first of its problems.
    """
    for name, code in problems(draft).items():
        raise Refusal(code, name)
    return Content(clean_name(draft.name), address(draft.email), subject, clean_body(draft.body))


def clean_name(text: str) -> str:
    """A name in one line, with single spaces, and nothing that would turn round what is written after it."""
    return " ".join(without_direction(text).split())


def without_direction(text: str) -> str:
    """A text without the marks that turn round what follows: the organization's name behind a writer's, say."""
    return DIRECTION.sub("", text)


def clean_body(text: str) -> str:
    """A letter with plain line ends, without what no keyboard types and without empty lines around it."""
    plain = text.replace("\r\n", "\n").replace("\r", "\n").replace("\u2028", "\n").replace("\u2029", "\n\n")
    lines = CONTROL.sub("", plain).split("\n")
    return "\n".join(line.rstrip() for line in lines).strip("\n")


def signed(written: Content, language: Language) -> str:
    """Return the letter as the office reads it: the words, and the name below them."""
    return f"{written.body}\n\n{CLOSING.of(language)}\n{written.name}"


def is_suspicious(written: Content) -> bool:
    """Whether a person on our side looks before it leaves: it reads like an advertisement, not like a letter."""
    return len(WEB_ADDRESS.findall(written.body)) > MOST_WEB_ADDRESSES


def _name(draft: Draft) -> Code | None:
    if not clean_name(draft.name):
        return Code.NAME_MISSING
    is_odd = UNNAMELY.search(draft.name.strip()) or CONTROL.search(draft.name)
    return Code.NAME_MALFORMED if is_odd or len(clean_name(draft.name)) > LONGEST_NAME else None


def _email(draft: Draft) -> Code | None:
    try:
        address(draft.email)
    except Refusal as refusal:
        return refusal.code
    return None


def _zip(draft: Draft) -> Code | None:
    return Code.ZIP_MALFORMED if draft.zip.strip() and five_digits(draft.zip) is None else None


def _body(draft: Draft) -> Code | None:
    body = clean_body(draft.body)
    if not body.strip():
        return Code.LETTER_EMPTY
    return Code.LETTER_TOO_LONG if len(body) > LONGEST_LETTER else None


_CHECKS: dict[str, Callable[[Draft], Code | None]] = {
    "name": _name, "email": _email, "zip": _zip, "body": _body,
}  # fmt: skip
