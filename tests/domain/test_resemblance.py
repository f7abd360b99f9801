"""How much of a letter is its writer's own: the same by the page's script and by the server's reading of the rule."""

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.domain.resemblance import own_fifths

VECTORS = json.loads((Path(__file__).parent.parent / "vectors" / "resemblance.json").read_text())
words = st.lists(st.sampled_from(["we", "ask", "you", "to", "stop", "now", "niños"]), max_size=12).map(
    " ".join
)


@pytest.mark.parametrize("vector", VECTORS, ids=lambda vector: vector["name"])
def test_it_measures_what_the_vectors_say(vector: dict[str, Any]) -> None:
    assert own_fifths(vector["text"], vector["sample"]) == vector["fifths"]


def test_the_vectors_show_every_fifth() -> None:
    assert {vector["fifths"] for vector in VECTORS} == set(range(6))


@given(words, words)
def test_the_sample_is_nobodys_own_and_signs_and_case_are_no_words(text: str, sample: str) -> None:
    assert own_fifths(sample, sample) == 0
    assert 0 <= own_fifths(text, sample) <= 5
    assert own_fifths(f"¡{text.upper()}!", sample) == own_fifths(text, sample)


@given(words, words)
def test_an_own_word_before_the_sample_never_makes_it_less_ones_own(text: str, sample: str) -> None:
    assert own_fifths(f"Ana {text}", text) >= (1 if text else 0)
    assert own_fifths(f"{sample} {sample}", sample) <= own_fifths(
        f"{sample} Ana Ana Ana Ana {sample}", sample
    )
