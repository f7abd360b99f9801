"""A text's plain form: each step of the rule, shown by the text that needs it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.domain.normalizing import normalise, spelled, words


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("\uff33\uff34\uff2f\uff30", "stop"),  # NFKC: full width
        ("ﬁn", "fin"),
        ("STRASSE", "strasse"),
        ("Straße", "strasse"),  # casefold
        ("no más", "no mas"),
        ("no ma\u0301s", "no mas"),
        ("ESPAÑOL", "espanol"),
        ("don't", "dont"),
        ("don’t", "dont"),
        ("don\u00b4t", "dont"),
        ("“stop”", "stop"),
        ("  stop \n it\t", "stop it"),
        ("stop\u00a0it", "stop it"),
        ("stop\x00it", "stop it"),
        ("s\u200bto\u00adp", "stop"),
        ("S T O P", "stop"),
        ("s.t.o.p.", "stop"),
        ("a 1", "a 1"),  # not only letters
        ("¡Alto!", "alto"),
        ("opt-out", "opt-out"),  # within a message signs stay
        ("⛔️", "⛔"),
        ("?", "?"),
        (" ¿? ", "¿?"),
        ("", ""),
    ],
)
def test_the_plain_form(text: str, plain: str) -> None:
    assert normalise(text) == plain


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("opt-out", ("opt", "out")),
        ("Stop.Thank you", ("stop", "thank", "you")),
        ("🛑ICE", ("stop", "ice")),
        ("⛔️", ("stop",)),
        ("STOP🧊", ("stop", "ice")),
        ("s t o p", ("stop",)),
        ("?", ()),
    ],
)
def test_the_words(text: str, said: tuple[str, ...]) -> None:
    assert words(text) == said


def test_a_whole_message_is_its_words_or_else_its_signs() -> None:
    assert [spelled(text) for text in ("Call  me!", "¿?", "🌻")] == ["call me", "¿?", "🌻"]


@given(st.text())
def test_a_plain_form_is_its_own_plain_form(text: str) -> None:
    assert normalise(normalise(text)) == normalise(text)
