"""A campaign file → a Campaign value, or every problem in it by line.

Promises: a campaign that comes out has all its words in both languages, offices the directory knows, and
prompts the voice can speak. Refuses to know the table and the terminal.
"""

import json
from collections.abc import Collection, Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from string import Formatter
from typing import Any, cast

from chalicelib.domain.campaign import Campaign, Letter, Limits, Local, Order, Recording, Routing, Status
from chalicelib.domain.office import Office
from chalicelib.domain.prompt_ids import PromptId
from chalicelib.domain.spoken import PLACEHOLDERS
from chalicelib.domain.words import Language, Words
from cli import schema_words, yaml_lines
from cli.campaign_texts import keyword_findings, reply_findings, texts_of
from cli.directory import Directory
from cli.problems import FileRefused, Problem
from cli.schema_words import Finding, meant

SCHEMA = "schema.json"
OF_NO_CAMPAIGN = frozenset(
    {PromptId.ASK_CODE, PromptId.NO_CAMPAIGN, PromptId.TOO_MANY, PromptId.TOO_MANY_HIDDEN}
)
"""Spoken before it is known which campaign a caller means, or instead of it: the house's own."""
PROMPTS = tuple(prompt.value for prompt in PromptId if prompt not in OF_NO_CAMPAIGN)
ALONE = frozenset({PromptId.OUR_FAULT.value})
"""Prompts spoken when nothing of a call is at hand to fill in."""


def read_campaign(file: Path, directory: Directory, schema: Path) -> Campaign:
    """Read one campaign file; its revision is 0, to be replaced by the one that is live.

    Raises:
        FileRefused: with every problem found, by line.
    """
    document = yaml_lines.read(_text(file))
    found = list(document.problems)
    if document.value is not None:
        misshapen = list(
            schema_words.findings(document.value, json.loads(schema.read_text(encoding="utf-8")))
        )
        findings = [
            *misshapen,
            *_cross_checks(document.value, directory),
            *_reply_findings(document.value, misshapen),
        ]
        found += [(document.line(path), text) for path, text in findings]
    if found:
        raise FileRefused(Problem(str(file), line, text) for line, text in found)
    return _campaign(cast(dict[str, Any], document.value), directory)


def _text(file: Path) -> str:
    try:
        return file.read_bytes().decode("utf-8-sig")
    except FileNotFoundError as error:
        raise FileRefused([Problem(str(file), 1, "There is no such file. Check its name.")]) from error
    except IsADirectoryError as error:
        raise FileRefused([Problem(str(file), 1, "This is a folder. Name the file in it.")]) from error
    except UnicodeDecodeError as error:
        line = error.object[: error.start].count(b"\n") + 1
        text = "Here is a letter that isn’t UTF-8, so accents would be lost. Save the file as UTF-8."
        raise FileRefused([Problem(str(file), line, text)]) from error


def _cross_checks(value: object, directory: Directory) -> Iterator[Finding]:
    """What a schema can't see. Each check looks only at parts that have the right shape."""
    if not isinstance(value, dict):
        return
    yield from _office_findings(_entries(value.get("offices")), directory)
    yield from _addressee_findings(value.get("letter"), directory)
    yield from _number_findings(_entries(value.get("numbers")))
    yield from keyword_findings(value.get("texts"))
    spoken = value.get("spoken")
    for prompt, words in (spoken if isinstance(spoken, dict) else {}).items():
        yield from _spoken_findings(prompt, words)
    yield from _recording_findings(_entries(value.get("recordings")))


def _reply_findings(value: object, misshapen: list[Finding]) -> Iterator[Finding]:
    """What is wrong with the replies, once all that they are made of has the right shape."""
    if not isinstance(value, dict) or any(path[:1] in _OF_REPLIES for path, _ in misshapen):
        return
    if texts := texts_of(value.get("texts"), value["slug"]):
        yield from reply_findings(_words(value["organization"]), texts)


_OF_REPLIES = {(), ("slug",), ("organization",), ("texts",)}


def _entries(value: object) -> list[object]:
    return value if isinstance(value, list) else []


def _office_findings(ids: list[object], directory: Directory) -> Iterator[Finding]:
    for position, office in enumerate(ids):
        if isinstance(office, str) and (unknown := _unknown(office, directory)):
            yield ("offices", position), unknown
        elif office in ids[:position]:
            yield ("offices", position), f"{office} is listed twice. A supporter calls each once: delete one."


def _addressee_findings(letter: object, directory: Directory) -> Iterator[Finding]:
    ids = _entries(letter.get("to")) if isinstance(letter, dict) else []
    for position, office in enumerate(ids):
        if isinstance(office, str) and (unknown := _unknown(office, directory)):
            yield ("letter", "to", position), unknown
        elif office in ids[:position]:
            yield (
                ("letter", "to", position),
                f"{office} is named twice. It gets each letter once: delete one.",
            )


def _unknown(office: str, directory: Directory) -> str | None:
    if office in directory.offices:
        return None
    suggestion = meant(office, tuple(directory.offices)) or " Look it up there."
    return f"There is no office “{office}” in directory/offices.csv.{suggestion}"


def _number_findings(numbers: list[object]) -> Iterator[Finding]:
    for position, number in enumerate(numbers):
        if number in numbers[:position]:
            yield ("numbers", position), f"{number} is listed twice. Delete one."


def _spoken_findings(prompt: str, words: object) -> Iterator[Finding]:
    if prompt not in PROMPTS:
        known = f" The prompts are {', '.join(PROMPTS)}."
        yield ("spoken", prompt), f"The voice has no prompt “{prompt}”.{meant(prompt, PROMPTS) or known}"
        return
    for language, text in (words if isinstance(words, dict) else {}).items():
        for problem in _placeholder_problems(prompt, text if isinstance(text, str) else ""):
            yield ("spoken", prompt, language), problem


def _placeholder_problems(prompt: str, text: str) -> Iterator[str]:
    allowed = frozenset[str]() if prompt in ALONE else PLACEHOLDERS
    known = ", ".join(f"{{{name}}}" for name in sorted(allowed)) or "none in this prompt"
    try:
        parts = list(Formatter().parse(text))
    except ValueError:
        yield f"Spoken words have a single {{ or }}. They mark what is filled in; known: {known}."
        return
    for _, name, format_spec, conversion in parts:
        if name is not None and (name not in allowed or format_spec or conversion):
            yield f"“{{{name}}}” can’t be filled in here, so a caller would hear nothing. Known: {known}."


def _recording_findings(recordings: list[object]) -> Iterator[Finding]:
    seen: set[tuple[str, str]] = set()
    for position, recording in enumerate(recordings):
        if not isinstance(recording, dict):
            continue
        prompt, language = recording.get("prompt"), recording.get("language")
        if isinstance(prompt, str) and prompt not in PROMPTS:
            suggestion = meant(prompt, PROMPTS) or f" The prompts are {', '.join(PROMPTS)}."
            yield ("recordings", position, "prompt"), f"The voice has no prompt “{prompt}”.{suggestion}"
        if isinstance(prompt, str) and isinstance(language, str):
            if (prompt, language) in seen:
                yield (
                    ("recordings", position),
                    f"{prompt} in {language} has two recordings. Only one can play: delete one.",
                )
            seen.add((prompt, language))


def _words(value: Mapping[str, str]) -> Words:
    return Words(value["en"], value["es"])


def _campaign(value: Mapping[str, Any], directory: Directory) -> Campaign:
    """Build the value from a file's content that was found right."""
    routing = _routing(value.get("routing", {}))
    letter = _letter(value["letter"], routing)
    return Campaign(
        slug=value["slug"],
        status=Status(value["status"]),
        revision=0,
        organization=_words(value["organization"]),
        title=_words(value["title"]),
        heading=_words(value["heading"]),
        summary=_words(value["summary"]),
        about=tuple(map(_words, value["about"])),
        points=tuple(map(_words, value["points"])),
        reading=value["reading"],
        goal=value["goal"],
        offices=tuple(directory.offices[office] for office in value["offices"]),
        letter=letter,
        spoken={PromptId(prompt): _words(words) for prompt, words in value.get("spoken", {}).items()},
        recordings=tuple(
            Recording(PromptId(each["prompt"]), Language(each["language"]), each["url"])
            for each in value.get("recordings", [])
        ),
        routing=routing,
        numbers=tuple(value.get("numbers", ())),
        limits=Limits(**value.get("limits", {})),
        asks_code=value.get("phone_check", "code") == "code",
        elsewhere=_elsewhere(value["offices"], letter, routing, directory),
        texts=texts_of(value.get("texts"), value["slug"]),
    )


def _routing(value: Mapping[str, str]) -> Routing:
    """What a file leaves out is as it is where nothing is said of routing."""
    usual = Routing()
    return Routing(Order(value.get("order", usual.order)), Local(value.get("local", usual.local)))


def _letter(value: Mapping[str, Any], routing: Routing) -> Letter:
    """Whether supporters' own offices get a letter is, unless said, as it is with calls."""
    usual = Letter(_words(value["subject"]), _words(value["body"]), is_local=routing.local is not Local.NEVER)
    return replace(
        usual,
        offices=tuple(value.get("to", usual.offices)),
        is_local=value.get("local", usual.is_local),
        post="\n".join(value.get("post", ())),
        an_hour=value.get("an_hour", usual.an_hour),
    )


def _elsewhere(
    listed: Collection[str], letter: Letter, routing: Routing, directory: Directory
) -> tuple[Office, ...]:
    """The offices beside those listed: the letter's own, or all, where a supporter may live in the area of any."""
    is_local = letter.is_local or routing.local is not Local.NEVER
    wanted = directory.offices.keys() if is_local else letter.offices
    found = (
        (office_id, directory.offices[office_id]) for office_id in directory.offices if office_id in wanted
    )
    return tuple(office for office_id, office in found if office_id not in listed)
