"""The words that stop, in English and Spanish: which there are, and which are only near to one.

Promises: the FCC's seven (stop, quit, end, revoke, opt out, cancel, unsubscribe) are all here, in every spelling, and
so is ALTO, which carriers require. Whole messages only: what stands within a sentence is `stop_phrases`' matter.
"""

from collections.abc import Sequence
from itertools import groupby

from chalicelib.domain.words import Language

EN, ES = Language.EN, Language.ES

PER_SE = ("stop", "quit", "end", "revoke", "opt out", "cancel", "unsubscribe")
"""The FCC's: each is a revocation by itself (47 CFR 64.1200(a)(10))."""
STOPS: dict[str, Language] = dict.fromkeys(
    (
        *PER_SE, "stopall", "stop all", "optout", "unsub", "remove", "arret", "stop it", "quit it",
        "no more", "cancel all", "end all",
        "stop2quit", "stop 2 quit", "stop to quit", "stop2end", "stop 2 end", "stop to end",
    ),
    EN,
) | dict.fromkeys(
    (
        "alto", "parar", "pare", "paren", "para", "detener", "baja", "darme de baja", "cancelar", "salir", "fin",
        "no mas", "terminar", "desuscribir", "desuscribirme", "desuscribirse", "cancela", "cancele", "cancelen",
        "cancelar todo", "anular", "parenle",
    ),
    ES,
)  # fmt: skip
"""Each alone is a stop. "para", "fin", "baja" and "salir" are ordinary words, too: never looked for in a sentence."""
ORDINARY = frozenset({"para", "fin", "baja", "salir", "end", "pare", "no mas", "no more"})
"""Stops that mean something else as soon as another word stands with them."""
COURTESY = (
    ("thank", "you"), ("por", "favor"), ("please",), ("pls",), ("plz",), ("thanks",), ("thx",), ("now",),
    ("gracias",), ("porfa",), ("ya",), ("asap",), ("immediately",), ("forever",), ("inmediatamente",),
)  # fmt: skip
"""Said with a stop, at either end, and not part of it."""
GLUED = ("please", "pls", "now", "ya")
"""Courtesy that people type without a blank: "stopplease"."""
TYPED_WRONG = ("stop", "unsubscribe", "alto")
"""Stops that are also meant when one letter is missing, added, wrong, or two have changed places."""
NO_TYPOS = frozenset({
    "shop", "step", "top", "slop", "stow", "stoop", "atop", "stomp", "strop", "swop",
    "alta", "also", "auto", "altos", "salto", "alot", "acto", "apto",
    "algo", "alo", "allo", "falto", "alzo", "aldo", "alton", "alito",
})  # fmt: skip
"""Words of their own, one letter from a stop. ALTA is "sign-up", "algo" is "something", "aló" is "hello"."""
DRAWN_OUT = 3
"""Times the same letter, from which on it is no spelling."""
LONGEST = 3
"""Words in the longest stop."""

_TIGHT = {stop.replace(" ", ""): language for stop, language in STOPS.items()}
_GLUED = {
    tight + courtesy: language
    for stop, language in STOPS.items()
    for courtesy in GLUED
    if stop not in ORDINARY and (tight := stop.replace(" ", ""))
}


def stop_of(said: Sequence[str]) -> tuple[Language, bool] | None:
    """Return the language of a message that is a stop and nothing else, and whether it is one by a typo; else None.

    Also a stop said twice, or two of them ("STOP STOP", "stop, cancel").
    """
    core = without_courtesy([squeezed(word) for word in said])
    tight = "".join(core)
    language = STOPS.get(" ".join(core)) or _TIGHT.get(tight) or _GLUED.get(tight) or _only_stops(core)
    if language:
        return language, False
    near = near_stop(core[0]) if len(core) == 1 else None
    return (STOPS[near], True) if near else None


def near_stop(word: str) -> str | None:
    """Return the stop that a word is one typo away from; None: it is none, or a word of its own."""
    if word in NO_TYPOS:
        return None
    return next((stop for stop in TYPED_WRONG if is_one_typo(word, stop)), None)


def squeezed(word: str) -> str:
    """Return a word that was drawn out ("stoooop") with each letter once; any other as it is."""
    runs = [(letter, len(list(run))) for letter, run in groupby(word)]
    is_drawn_out = any(length >= DRAWN_OUT and letter.isalpha() for letter, length in runs)
    return "".join(letter for letter, _ in runs) if is_drawn_out else word


def is_one_typo(word: str, meant: str) -> bool:
    """Whether one letter is missing, added or wrong, or two neighbours have changed places."""
    if len(word) == len(meant):
        wrong = [at for at, letter in enumerate(word) if letter != meant[at]]
        return len(wrong) == 1 or (len(wrong) == 2 and _are_swapped(word, meant, *wrong))  # noqa: PLR2004
    short, long = sorted((word, meant), key=len)
    return len(long) == len(short) + 1 and any(long[:at] + long[at + 1 :] == short for at in range(len(long)))


def without_courtesy(said: Sequence[str]) -> tuple[str, ...]:
    """Return the words without "please", "gracias" and the like at either end; all, if they are nothing else."""
    first, end = 0, len(said)
    while size := _courtesy(said[first : min(end, first + 2)], at_end=False):
        first += size
    while size := _courtesy(said[max(first, end - 2) : end], at_end=True):
        end -= size
    return tuple(said[first:end]) or tuple(said)


def _courtesy(pair: Sequence[str], *, at_end: bool) -> int:
    """Return how many of these (at most two) words are courtesy, from the one side or the other."""
    for courtesy in COURTESY:
        size = len(courtesy)
        part = pair[len(pair) - size :] if at_end else pair[:size]
        if len(pair) >= size and tuple(part) == courtesy:
            return size
    return 0


def _only_stops(core: Sequence[str]) -> Language | None:
    found: Language | None = None
    at = 0
    while at < len(core):
        sizes = (size for size in range(LONGEST, 0, -1) if " ".join(core[at : at + size]) in STOPS)
        size = next(sizes, 0)
        if not size:
            return None
        found = found or STOPS[" ".join(core[at : at + size])]
        at += size
    return found


def _are_swapped(word: str, meant: str, one: int, other: int) -> bool:
    return other == one + 1 and word[one] == meant[other] and word[other] == meant[one]
