"""`python -m dev.confusion`: what other senders of texts would have made of the texts in our table, counted.

Promises: each matcher is a rule of our own writing, after what is known of the named version (from its public source
or its vendor's documentation); none of their code is here. Rows are tests/vectors/inbound_texts.csv, judged as we judge
them. `--write` puts the tables into docs/texts.md, and a test holds that they are there.
"""

import csv
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from io import StringIO
from pathlib import Path

from chalicelib.domain.inbound_texts import Keyword, Kind, by_word, classify
from chalicelib.domain.words import Language

ROOT = Path(__file__).resolve().parent.parent
VECTORS = ROOT / "tests" / "vectors" / "inbound_texts.csv"
PAGE = ROOT / "docs" / "texts.md"
BEGIN, END = "<!-- python -m dev.confusion --write -->", "<!-- end -->"
KEYWORDS = (
    Keyword("FAMILIES", "families-28", Language.EN),
    Keyword("Familias", "families-28", Language.ES),
    Keyword("NIÑOS", "children", Language.ES),
    Keyword("🌻", "sunflowers", Language.ES),
)
"""The programmes' words that the rows use."""


@dataclass(frozen=True, slots=True)
class Row:
    """One text of the table, and what it asks for."""

    text: str
    kind: Kind
    language: str
    note: str


@dataclass(frozen=True, slots=True)
class Matcher:
    """Somebody's rule for one question about a text. `name` is the column's."""

    name: str
    takes: Callable[[str], bool]


def _ours(*kinds: Kind) -> Callable[[str], bool]:
    keywords = by_word(KEYWORDS)
    return lambda text: classify(text, keywords).kind in kinds


# politics-rewired/Spoke b8761c73: a list of 14, trimmed and in lower case, the whole text.
PR = frozenset({
    "stop", "stop all", "stopall", "unsub", "unsubscribe", "cancel", "end", "quit", "stop2quit", "stop 2 quit",
    "stop=quit", "stop = quit", "stop to quit", "stoptoquit",
})  # fmt: skip
# Twilio's default words, one word only; AWS's, at the text's beginning.
TWILIO_STOPS = frozenset({"stop", "stopall", "unsubscribe", "cancel", "end", "quit", "revoke", "optout"})
TWILIO_STARTS = frozenset({"start", "yes", "unstop"})
AWS = ("arret", "cancel", "end", "opt-out", "optout", "quit", "remove", "stop", "td", "unsubscribe")
# StateVoicesNational/Spoke 715ab464c: the word stop first; some words alone; some phrases.
SV_ALONE = frozenset({"unsubscribe", "cancel", "end", "quit"})
SV_PHRASES = (
    "remove my name", "lose my number", "delete my number", "i opt out", "stop2quit", "stopall", "don't contact me",
    "dont contact me", "don’t contact me",
)  # fmt: skip


def _as_state_voices(text: str) -> bool:
    low = text.casefold().strip()
    begins = low.startswith("stop") and not low[4:5].isalnum() and low[4:5] != "_"
    return (
        begins or low in SV_ALONE or low.endswith("remove me") or any(phrase in low for phrase in SV_PHRASES)
    )


STOP_MATCHERS = (
    Matcher("ours", _ours(Kind.STOP)),
    Matcher("PR", lambda text: text.strip().casefold() in PR),
    Matcher("SV", _as_state_voices),
    Matcher("RP", lambda _: False),
    Matcher("TW", lambda text: text.strip().casefold() in TWILIO_STOPS),
    Matcher("AW", lambda text: text.strip().casefold().startswith(AWS)),
    Matcher("MA", lambda text: text.casefold() == "stop"),
)
"""Who takes a text for a stop. RP has no words of its own: it learns of stops from the carrier's error 21610."""
BACK_MATCHERS = (
    Matcher("ours", _ours(Kind.JOIN, Kind.KEYWORD)),
    Matcher("PR", lambda _: False),
    Matcher("SV", lambda _: False),
    Matcher("RP", lambda _: True),
    Matcher("TW", lambda text: text.strip().casefold() in TWILIO_STARTS),
    Matcher("MA", lambda _: False),
)
"""Who, of somebody who has stopped, takes a text for their coming back."""

WORDS = {Kind.HELP, Kind.JOIN, Kind.CONFIRM, Kind.KEYWORD}
WISHES = {Kind.CALL, Kind.LETTER, Kind.ZIP, Kind.LANGUAGE}
GROUPS: tuple[tuple[str, Callable[[Row], bool]], ...] = (
    ("a stop, English", lambda row: row.kind is Kind.STOP and row.language == Language.EN),
    ("a stop, Spanish", lambda row: row.kind is Kind.STOP and row.language == Language.ES),
    (
        "“STOP ICE” and the like, English: ask",
        lambda row: row.kind is Kind.HOLD and row.language == Language.EN,
    ),
    (
        "“alto a las redadas” and the like: ask",
        lambda row: row.kind is Kind.HOLD and row.language == Language.ES,
    ),
    ("help, sign-up, confirmation, a keyword", lambda row: row.kind in WORDS),
    ("a call, a letter, a ZIP code, a language", lambda row: row.kind in WISHES),
    ("anything else", lambda row: row.kind is Kind.OTHER),
)
BACK_GROUPS: tuple[tuple[str, Callable[[Row], bool]], ...] = (
    ("an opt-in word or a keyword", lambda row: row.kind in {Kind.JOIN, Kind.KEYWORD}),
    ("YES, SI, OK: not asked anything", lambda row: row.kind is Kind.CONFIRM),
    ("a stop, said again", lambda row: row.kind is Kind.STOP),
    ("anything else", lambda row: row.kind not in {Kind.JOIN, Kind.KEYWORD, Kind.CONFIRM, Kind.STOP}),
)


def rows() -> list[Row]:
    """Return the table."""
    read = csv.DictReader(StringIO(VECTORS.read_text(encoding="utf-8"), newline=""))
    return [Row(row["text"], Kind(row["kind"]), row["language"], row["note"]) for row in read]


def tables() -> str:
    """Return both tables, as they stand in docs/texts.md."""
    every = rows()
    stops = _table("taken for a stop", every, GROUPS, STOP_MATCHERS)
    back = _table("takes somebody who stopped back", every, BACK_GROUPS, BACK_MATCHERS)
    return f"{stops}\n\n{back}"


def _table(
    title: str,
    every: Sequence[Row],
    groups: Sequence[tuple[str, Callable[[Row], bool]]],
    matchers: Sequence[Matcher],
) -> str:
    lines = [
        f"| {title} | rows | " + " | ".join(matcher.name for matcher in matchers) + " |",
        "|---|---" + "|---" * len(matchers) + "|",
    ]
    for name, belongs in groups:
        texts = [row.text for row in every if belongs(row)]
        counts = [sum(matcher.takes(text) for text in texts) for matcher in matchers]
        lines.append(f"| {name} | {len(texts)} | " + " | ".join(map(str, counts)) + " |")
    return "\n".join(lines)


def written(page: str) -> str:
    """Return the page with the tables as they are now."""
    before, _, rest = page.partition(BEGIN)
    return f"{before}{BEGIN}\n\n{tables()}\n\n{END}{rest.partition(END)[2]}"


def main(arguments: Sequence[str]) -> None:
    """Print the tables, or write them into the page."""
    if "--write" in arguments:
        PAGE.write_text(written(PAGE.read_text(encoding="utf-8")), encoding="utf-8")
    print(tables())


if __name__ == "__main__":
    main(sys.argv[1:])
