r"""How much of a letter is its writer's own: a measure to coach with, in fifths. Never a ban, and never sent.

The page's script measures the same way while somebody writes (tests/vectors/resemblance.json holds both to it):

1. Lower case, then Unicode's NFC. Words are runs of letters and numbers of any script: `[\p{L}\p{N}]+`.
2. A run of three neighbouring words is a shingle, in the letter and in the sample; of two, or of one, where the
   letter has no more words.
3. Own are the letter's shingles that the sample doesn't have; each counts as often as it stands there.
4. Own · 5 / all, rounded half up; but any own word is a fifth, and five fifths have nothing of the sample.
"""

import re
from unicodedata import normalize

FIFTHS = 5
SHINGLE = 3
WORD = re.compile(r"[^\W_]+")


def own_fifths(text: str, sample: str) -> int:
    """Return how many fifths of a letter are its writer's own words: 0 is the sample, 5 has nothing of it."""
    words = _words(text)
    size = min(SHINGLE, len(words))
    shingles, known = _shingles(words, size), set(_shingles(_words(sample), size))
    own = sum(shingle not in known for shingle in shingles)
    if own in {0, len(shingles)}:
        return FIFTHS if own else 0
    rounded = (2 * FIFTHS * own + len(shingles)) // (2 * len(shingles))
    return min(max(rounded, 1), FIFTHS - 1)


def _words(text: str) -> list[str]:
    return WORD.findall(normalize("NFC", text.lower()))


def _shingles(words: list[str], size: int) -> list[tuple[str, ...]]:
    return [tuple(words[at : at + size]) for at in range(len(words) - size + 1)] if size else []
