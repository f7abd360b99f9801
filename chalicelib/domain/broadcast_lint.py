"""What is wrong with an alert's words, before anybody is counted: each problem in plain words, with what to do.

Promises: the words are judged as they will be read, with their links in them, in both languages. Looks for what
carriers refuse, what costs more than it must, and what would take supporters off the list by mistake; not for good
sense: a person still reads each text.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from chalicelib.domain.inbound_texts import Keyword, Kind, by_word, classify
from chalicelib.domain.normalizing import spelled
from chalicelib.domain.replies import Programme
from chalicelib.domain.reply_lint import CAPITALS, SHORTENERS, Element
from chalicelib.domain.segments import EXTENSION, outside_gsm7, plain, size_of
from chalicelib.domain.words import Language, Words

MOST_SEGMENTS = 2
"""Each segment is paid for, by carriers' caps too, and takes its time; more is a choice one has to make."""
LONGEST = 1_600
"""Characters Twilio takes in one message."""
STOP_EVERY = timedelta(days=30)
"""At least so often a programme's alerts say how to stop."""
ENDINGS = "app|co|com|edu|gov|info|io|link|ly|me|net|news|org|page|us|vote"
"""What a bare name must end in to be taken for a link: “now.Please” is none."""
LINK = re.compile(
    rf"(?:https?://|www\.)\S+|\b(?:[\w-]+\.)+(?:{ENDINGS})\b(?:/\S*)?|\b(?:[\w-]+\.)+[a-z]+/\S*",
    re.IGNORECASE,
)
HOST = re.compile(r"(?:[a-z]+://)?(?:[^/@]*@)?(?:www\.)?([^/:?#]*).*", re.DOTALL)
"""A link's host, without a name before an @, which may look like one."""
UNFILLED = re.compile(r"\{[^{}]*\}|[{}]|\[[A-Z][A-Z _-]+\]|<[^<>]+>")
"""A place nobody has filled in: {name}, a brace, [DATE], <link>."""
VERBS = (
    r"\b(?:reply|respond|text|send|answer|responda|conteste|envie|envíe|mande|escriba)"
    r"(?:\s+(?:us|back|with|con|the word|la palabra))*"
)
REPLIES = ("reply", "respond", "text", "conteste")
"""Verbs whose word in capitals is surely one to text: “send ICE a message” asks for none."""
ASKED = re.compile(
    rf"(?P<how>(?i:{VERBS})|[,;]|\b(?:or|o|and|y)\b)\s+[\"'“]?(?P<word>[A-ZÑÉÜ][A-ZÑÉÜ0-9]+(?:\s+[A-ZÑÉÜ]{{2,}})*)\b[\"'”]?"
    r"(?P<why>\s+(?:to|for|para)\s+(?P<rest>[^.,;!?\n]*))?"
)
"""A word in capitals that a reader is asked to text, and what for."""
ACTIONS = frozenset({Kind.CALL, Kind.LETTER})
ABOUT_TEXTS = frozenset("alert alerts alertas message messages msgs mensajes text texts textos".split())  # noqa: SIM905
DO_WHAT = Words("Reply CALL and we will call you", "Responda LLAMAR y le llamamos")
STOP_LINE = Words("Reply STOP to cancel.", "Responda ALTO para cancelar.")
LANGUAGES = {Language.EN: "English", Language.ES: "Spanish"}


@dataclass(frozen=True, slots=True)
class Rules:
    """What an alert's words are judged by: its programme, the words that join it, and the address of our pages.

    `must_say_stop`: none of the last 30 days' alerts did. `may_be_long`: more than two segments are wanted.
    """

    programme: Programme
    public_url: str
    keywords: tuple[Keyword, ...] = ()
    must_say_stop: bool = False
    may_be_long: bool = False


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing to correct, in the text of one language."""

    language: Language
    text: str


def broadcast_problems(words: Words, rules: Rules) -> tuple[Problem, ...]:
    """Return what is wrong with an alert's words; nothing: it may be sent."""
    found = [Problem(each, text) for each in Language for text in _problems(words.of(each), each, rules)]
    if words.en.strip() and words.en.strip() == words.es.strip():
        found.append(Problem(Language.ES, "It is the English text. Write it in Spanish."))
    return tuple(found)


def says_stop(words: Words) -> bool:
    """Whether an alert says in both languages how to stop: STOP, and ALTO."""
    return all(_says_stop(words.of(language), language) for language in Language)


def must_say_stop(said_at: datetime | None, now: datetime) -> bool:
    """Whether an alert must say how to stop; `said_at` is when the programme's last one did, None: never."""
    return said_at is None or now - said_at >= STOP_EVERY


def doubled(text: str) -> str:
    """Return the letters of a text that take the room of two, each once."""
    return "".join(dict.fromkeys(letter for letter in text if letter in EXTENSION))


def _problems(text: str, language: Language, rules: Rules) -> Iterator[str]:
    if not text.strip():
        yield f"There is no {LANGUAGES[language]} text. Every alert is written in both languages."
        return
    for rule in _RULES:
        yield from rule(text, language, rules)


def _brand(text: str, language: Language, rules: Rules) -> Iterator[str]:
    name = plain(rules.programme.organization.of(language))
    if not f"{spelled(text)} ".startswith(f"{spelled(name)} "):
        yield f"It must begin with who writes. Put “{name}:” first."


def _letters(text: str, _: Language, __: Rules) -> Iterator[str]:
    letters = outside_gsm7(text)
    if letters:
        swaps = ", ".join(
            f"“{plain(each)}” for “{each}”" if plain(each) else f"nothing for “{each}”" for each in letters
        )
        yield (
            "One letter outside of GSM-7, and a segment holds 70 instead of 160: the text costs about double. "
            f"Write {swaps}."
        )


def _length(text: str, _: Language, rules: Rules) -> Iterator[str]:
    segments = size_of(text).segments
    if len(text) > LONGEST:
        yield f"It has {len(text):,} characters, and Twilio takes {LONGEST:,} at most. Shorten it."
    elif segments > MOST_SEGMENTS and not rules.may_be_long:
        yield (
            f"It takes {segments} segments, and each is paid for. Shorten it to {MOST_SEGMENTS}, "
            "or say --long if that is what you want."
        )


def _links(text: str, _: Language, rules: Rules) -> Iterator[str]:
    own = _own_hosts(rules)
    for host in dict.fromkeys(map(_host, _found_links(text))):
        if host in SHORTENERS:
            yield f"Carriers block links of {host}. Write {{link}}, which becomes the campaign’s own."
        elif host not in own:
            yield f"{host} is not this campaign’s own domain. Write {{link}}, which leads to its page."


def _unfilled(text: str, _: Language, __: Rules) -> Iterator[str]:
    for place in dict.fromkeys(UNFILLED.findall(text)):
        yield f"“{place}” would be sent as it stands. Fill it in or delete it; only {{link}} is filled in for you."


def _stop(text: str, language: Language, rules: Rules) -> Iterator[str]:
    if rules.must_say_stop and not _says_stop(text, language):
        word = CAPITALS[Element.STOP].of(language)
        yield (
            f"No alert of the last {STOP_EVERY.days} days has said how to stop, so this one must. "
            f"Add “{STOP_LINE.of(language)}”, with {word} in capitals."
        )


def _asks(text: str, language: Language, rules: Rules) -> Iterator[str]:
    """What it asks readers to text back must do what they expect."""
    keywords = by_word(rules.keywords)
    kinds = set()
    for found in ASKED.finditer(text):
        kind = classify(found["word"], keywords).kind
        is_plain = _is_asked(found)
        kinds |= {kind} if is_plain else set()
        if kind in {Kind.STOP, Kind.HOLD}:
            yield from _asked_to_stop(found, kind)
        elif kind in _MISREAD and found["how"].lower().startswith(REPLIES):
            yield _MISREAD[kind].format(word=found["word"])
    if not kinds & ACTIONS and not _found_links(text):
        yield f"It says nothing that one can do. Add {{link}}, or “{DO_WHAT.of(language)}”."


def _asked_to_stop(found: re.Match[str], kind: Kind) -> Iterator[str]:
    """A stop word is for stopping the messages: whoever texts it for anything else is off the list."""
    word, rest = found["word"], found["rest"]
    if not _is_asked(found) and rest is None:
        return
    is_the_word = word in {CAPITALS[Element.STOP].of(each) for each in Language}
    if kind is Kind.STOP and is_the_word and (rest is None or _is_about_texts(rest)):
        return
    yield f"Whoever texts “{word}” gets no more alerts. Ask for another word, like CALL, or give {{link}}."


def _is_about_texts(rest: str) -> bool:
    return bool(ABOUT_TEXTS & set(spelled(rest).split())) or classify(rest, {}).kind is Kind.STOP


def _is_asked(found: re.Match[str]) -> bool:
    """Whether a verb asks for the word, rather than a comma that may part anything."""
    return found["how"][0].isalpha() and found["how"].lower() not in {"or", "o", "and", "y"}


def _says_stop(text: str, language: Language) -> bool:
    return re.search(rf"\b{CAPITALS[Element.STOP].of(language)}\b", text) is not None


def _found_links(text: str) -> tuple[str, ...]:
    return tuple(found[0] for found in LINK.finditer(text) if text[found.start() - 1 : found.start()] != "@")


def _host(link: str) -> str:
    return HOST.sub(r"\1", link.casefold()).rstrip(".,;:!?)")


def _own_hosts(rules: Rules) -> frozenset[str]:
    pages = (rules.public_url, rules.programme.terms, rules.programme.privacy)
    return frozenset(_host(page) for page in pages if page)


_MISREAD = {
    Kind.OTHER: "Nobody but a person understands “{word}” as a reply. Ask for CALL or LETTER, or give {{link}}.",
    Kind.CONFIRM: "“{word}” means “sign me up” to carriers, and nothing to us here. Ask for another word.",
}
"""Replies that would not do what a reader expects."""
_RULES: tuple[Callable[[str, Language, Rules], Iterator[str]], ...] = (
    _brand, _unfilled, _letters, _length, _links, _stop, _asks,
)  # fmt: skip
