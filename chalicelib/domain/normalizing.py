"""A text message as it is read: without case, accents, quotes and the other ways to write the same thing.

Promises: what is dropped here never decides what a person meant ("¡No más!", "NO MAS", "no más" are one), the work
grows with the text and not faster, and whoever keeps a text keeps it raw: this is for matching alone.
"""

from itertools import groupby
from unicodedata import category, normalize

SIGNS = {**dict.fromkeys("\U0001f6d1\u26d4\U0001f6ab", " stop "), "\U0001f9ca": " ice "}
"""Emoji that are read as words wherever they stand: stop sign, no entry, prohibited; and the ice of STOP ICE."""
APOSTROPHES = dict.fromkeys(map(ord, "'`\u00b4\u2018\u2019\u201b\u02bc\u2032"))
"""Dropped: phones curl them and people leave them out ("don't", "don’t", "dont")."""


def normalise(text: str) -> str:
    """Return a text's plain form: folded, marks and apostrophes dropped, blanks collapsed, ends stripped of signs.

    A message of single letters is joined ("S T O P"). Where nothing but signs is left ("?"), the signs stay.
    """
    plain = _joined(_plain(text))
    return _stripped(plain) or plain


def words(text: str) -> tuple[str, ...]:
    """Return the words of a text's plain form; other signs part words, some emoji are words (`SIGNS`)."""
    spelled = "".join(SIGNS.get(letter, letter) for letter in _plain(text))
    return _runs(_joined(spelled))


def spelled(text: str) -> str:
    """Return the form in which whole messages are compared: the words with one blank each, or else the signs."""
    return " ".join(words(text)) or normalise(text)


def _plain(text: str) -> str:
    folded = normalize("NFKC", text.translate(APOSTROPHES)).casefold()
    parted = normalize("NFKD", folded).casefold().translate(APOSTROPHES)
    return " ".join("".join(map(_shown, parted)).split())


def _shown(letter: str) -> str:
    """Return a letter; nothing for marks and invisible signs (accents, emoji variation selectors, joiners)."""
    kind = category(letter)
    if kind in {"Mn", "Me", "Cf"}:
        return ""
    return " " if kind == "Cc" else letter


def _joined(plain: str) -> str:
    runs = _runs(plain)
    is_spaced_out = len(runs) > 1 and all(len(run) == 1 and run.isalpha() for run in runs)
    return "".join(runs) if is_spaced_out else plain


def _runs(plain: str) -> tuple[str, ...]:
    return tuple("".join(run) for is_word, run in groupby(plain, str.isalnum) if is_word)


def _stripped(plain: str) -> str:
    inner = [at for at, letter in enumerate(plain) if letter.isalnum()]
    return plain[inner[0] : inner[-1] + 1] if inner else ""
