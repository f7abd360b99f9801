"""The `texts` of a campaign file → a value, and what is wrong with them: keywords, and the replies they would make.

Promises: each problem is told at the line that has to change. Refuses to know the table and the terminal.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from chalicelib.domain.campaign import OnCall, Texts
from chalicelib.domain.inbound_texts import Keyword
from chalicelib.domain.keyword_lint import why_not
from chalicelib.domain.normalizing import spelled
from chalicelib.domain.programme import programme_of
from chalicelib.domain.replies import TEXTS, Programme, reply_text
from chalicelib.domain.reply_lint import reply_problems
from chalicelib.domain.segments import plain
from chalicelib.domain.subscriber import Reply
from chalicelib.domain.words import Language, Words
from cli.schema_words import Finding
from cli.yaml_lines import Path

ANSWERS: Mapping[Reply, str] = {
    Reply.CONFIRM: "to a keyword",
    Reply.WELCOME: "to YES",
    Reply.STOPPED: "to STOP",
    Reply.HELP: "to HELP",
    Reply.ALREADY: "to a keyword again",
    Reply.UNCLEAR: "to what may be a stop",
    Reply.NOT_JOINED: "to whoever has not joined",
    Reply.LANGUAGE: "to a language",
    Reply.THANKS: "to anything else",
}
"""What each reply answers, as people who write campaigns would say it."""
REACHED = re.compile(r"[^\s@]+@[^\s@]+\.[^\s@]+|(\d\D{0,2}){9}\d")
"""An e-mail address, or a phone number of ten digits at least."""
_PLAIN = Words("Org", "Org")
HARMLESS = Programme(
    _PLAIN, _PLAIN, _PLAIN, Words("help@example.org", "help@example.org"), "https://example.org"
)
"""Of each part one that causes no problem in any reply."""
WHERE: Mapping[str, Path] = {
    "organization": ("organization",),
    **{part: ("texts", part) for part in ("terms", "privacy", "contact", "frequency", "name")},
}
"""Part of a programme → where a file says it."""
LINKS = frozenset({"terms", "privacy"})
"""They are the same in every language."""


@dataclass(frozen=True, slots=True)
class Fault:
    """Something wrong with one reply, and where the file causes it."""

    path: Path
    problem: str
    reply: Reply


def keyword_findings(texts: object) -> Iterator[Finding]:
    """Yield each keyword that can't be one, and each that is here twice. Looks only at what has the right shape."""
    seen: dict[str, str] = {}
    for path, word in _keywords(texts):
        for reason in why_not(word):
            yield path, f"The keyword “{word}” {reason}. Choose another word."
        first = seen.setdefault(spelled(word), word)
        if first is not word:
            yield path, f"“{word}” is the same word as “{first}” to whoever reads texts. Delete one."


def _keywords(texts: object) -> Iterator[tuple[Path, str]]:
    by_language = texts.get("keywords") if isinstance(texts, dict) else None
    for language, listed in (by_language if isinstance(by_language, dict) else {}).items():
        for position, word in enumerate(listed if isinstance(listed, list) else []):
            if isinstance(word, str):
                yield ("texts", "keywords", language, position), word


def reply_findings(organization: Words, texts: Texts) -> Iterator[Finding]:
    """Yield what is wrong with the replies, each problem once, at the part that causes it."""
    yield from _name_findings(texts.name)
    yield from _contact_findings(texts.contact)
    together: dict[tuple[Path, str], list[Reply]] = {}
    for fault in _faults(organization, texts):
        together.setdefault((fault.path, fault.problem), []).append(fault.reply)
    for (path, problem), replies in together.items():
        answers = ", ".join(dict.fromkeys(f"{ANSWERS[reply]} ({reply.value})" for reply in replies))
        yield path, f"Our answer {answers} would not do: {problem} {_way_out(path)}"


def _name_findings(name: Words) -> Iterator[Finding]:
    for language in Language:
        if not plain(name.of(language)).strip():
            yield (
                ("texts", "name", language.value),
                f"No letter of “{name.of(language)}” fits a plain text. Write it in Latin letters.",
            )


def _contact_findings(contact: Words) -> Iterator[Finding]:
    way_out = "Write an e-mail address or a phone number with its area code."
    for language in Language:
        if not REACHED.search(contact.of(language)):
            yield (
                ("texts", "contact", language.value),
                f"Nobody can be reached at “{contact.of(language)}”. {way_out}",
            )


def _faults(organization: Words, texts: Texts) -> Iterator[Fault]:
    programme = programme_of(organization, texts)
    for reply in TEXTS:
        for language in Language:
            for problem in _problems(reply, programme, language):
                yield Fault(_cause(problem, reply, programme, language), problem, reply)
    for language in Language if texts.thanks else ():
        own = texts.thanks.of(language) if texts.thanks else ""
        for problem in reply_problems(Reply.THANKS, own, programme, language):
            yield Fault(("texts", "thanks", language.value), problem, Reply.THANKS)


def _problems(reply: Reply, programme: Programme, language: Language) -> tuple[str, ...]:
    return reply_problems(reply, reply_text(reply, programme, language), programme, language)


def _cause(problem: str, reply: Reply, programme: Programme, language: Language) -> Path:
    """Return the longest part without which the problem would be none; all of `texts` where no single part is."""

    def is_without(part: str) -> bool:
        swapped: Any = {part: getattr(HARMLESS, part)}
        return problem not in _problems(reply, replace(programme, **swapped), language)

    causes = {part: _said(getattr(programme, part), language) for part in filter(is_without, WHERE)}
    if not causes:
        return ("texts",)
    part = max(causes, key=lambda each: len(causes[each]))
    return WHERE[part] if part in LINKS else (*WHERE[part], language.value)


def _said(part: Words | str, language: Language) -> str:
    return part if isinstance(part, str) else part.of(language)


def _way_out(path: Path) -> str:
    if path == ("texts",):
        return "Shorten name, frequency, contact or the links."
    if path[-1] in LINKS:
        return "Use a short address at your own domain."
    return "Say it shorter or in other words here."


def texts_of(value: Mapping[str, Any] | None, slug: str) -> Texts | None:
    """Build the value from a file's content that was found right; None: the campaign has no texts."""
    if value is None:
        return None
    return Texts(
        keywords=tuple(
            Keyword(word, slug, Language(language))
            for language, listed in value["keywords"].items()
            for word in listed
        ),
        name=_words(value["name"]),
        frequency=_words(value["frequency"]),
        contact=_words(value["contact"]),
        terms=value["terms"],
        privacy=value.get("privacy", ""),
        confirms=value.get("confirm", True),
        thanks=_words(value["thanks"]) if "thanks" in value else None,
        call=OnCall(value.get("call", OnCall.RING)),
    )


def _words(value: Mapping[str, str]) -> Words:
    return Words(value["en"], value["es"])
