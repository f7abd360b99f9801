"""An alert's words, from a file or from the command line, with its campaign's link in them.

A file is YAML: `en` and `es`, and perhaps `campaign` and `until`, which the command line overrules.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from chalicelib.domain.broadcast_lint import LANGUAGES, Problem
from chalicelib.domain.words import Language, Words
from cli import problems
from cli.problems import FileRefused
from cli.schema_words import meant
from cli.terminal import WRONG, give_up, margin
from cli.yaml_lines import Document, Odd, read

LINK = "{link}"
KNOWN = ("campaign", "en", "es", "until")
EXAMPLE = "Write:  en: >-  and below it, indented, the English text; then  es: >-  and the Spanish one."


@dataclass(frozen=True, slots=True)
class Written:
    """What somebody wrote, and where: a file with the line of each part, or the command line (`file` empty)."""

    words: Words
    campaign: str = ""
    until: str = ""
    file: str = ""
    lines: Mapping[str, int] | None = None


def written(file: Path | None, en: str | None, es: str | None) -> Written:
    """Return what is in the file, or was typed. Ends with a sentence when there is neither, or are both."""
    if (file is None) == (en is None and es is None):
        give_up("Give the words: a file, or --en “…” and --es “…”.", WRONG)
    return read_words(file) if file else Written(Words(en or "", es or ""))


def read_words(file: Path) -> Written:
    """Read a file.

    Raises:
        FileRefused: with all that is wrong with it.
    """
    try:
        text = file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        give_up(f"There is no text file {file} that can be read.", WRONG)
    document = read(text) if text.strip() else Document()
    found = document.value if isinstance(document.value, dict) else {}
    wrong = [problems.Problem(str(file), line, each) for line, each in document.problems]
    if not wrong:
        pairs = _wrong(found) if found else [("", f"This file has no words. {EXAMPLE}")]
        wrong = [problems.Problem(str(file), document.line((key,)), each) for key, each in pairs]
    if wrong:
        raise FileRefused(wrong)
    lines = {key: document.line((key,)) for key in KNOWN}
    words = Words(found.get("en", ""), found.get("es", ""))
    return Written(words, found.get("campaign", ""), found.get("until", ""), str(file), lines)


def linked(words: Words, page: str) -> Words:
    """Return the words as they will be read: {link} is the campaign's page, in the reader's language."""
    return Words(
        *(
            words.of(each).strip().replace(LINK, f"{page}?lang={each.value}")
            for each in (Language.EN, Language.ES)
        )
    )


def refuse(source: Written, found: Iterable[Problem]) -> None:
    """Tell what is wrong with the words, at the line it is in where they are from a file, and end.

    Raises:
        FileRefused: they are from a file.
    """
    wrong = tuple(found)
    if source.file and wrong:
        lines = source.lines or {}
        raise FileRefused(
            problems.Problem(
                source.file, lines.get(each.language.value, 1), f"{LANGUAGES[each.language]}: {each.text}"
            )
            for each in wrong
        )
    for each in wrong:
        margin().print(f"{LANGUAGES[each.language]}: {each.text}", soft_wrap=True, markup=False)
    if wrong:
        number = "1 thing" if len(wrong) == 1 else f"{len(wrong)} things"
        give_up(f"Nothing was changed: {number} to correct first.", WRONG)


def _wrong(found: Mapping[str, object]) -> Iterable[tuple[str, str]]:
    for key, value in found.items():
        if key not in KNOWN:
            yield key, f"“{key}” means nothing here.{meant(key, KNOWN)} There are {', '.join(KNOWN)}."
        elif isinstance(value, Odd):
            yield key, f"“{key}” has to be a text. Put it in quotes."
        elif not isinstance(value, str):
            yield key, f"“{key}” has to be a text. {EXAMPLE}"
