"""The code itself: six digits that only the key can make, what people type, and a text that is paid for once."""

from collections import Counter
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.domain.call import Proving
from chalicelib.domain.codes import (
    GUESSES,
    LIFE,
    PHONE_TEXTS,
    code_for,
    is_good,
    text_of,
    typed_code,
)
from chalicelib.domain.segments import GSM, ROOM, Encoding, plain
from chalicelib.domain.words import Language, Words
from tests.values import CALL_ID, NOW

KEY = b"a key for codes"


def test_a_code_is_six_digits_and_another_for_each_number_call_and_key() -> None:
    made = [code_for(CALL_ID, number, KEY) for number in range(1, 1001)]

    assert all(len(code) == 6 and code.isdecimal() and code.isascii() for code in made)
    assert len(set(made)) > 990
    assert code_for(CALL_ID, 1, KEY) == code_for(CALL_ID, 1, KEY)
    assert len({code_for(CALL_ID, 1, KEY), code_for(CALL_ID, 2, KEY), code_for(CALL_ID, 1, b"other")}) == 3
    assert code_for("another-call-entirely", 1, KEY) != code_for(CALL_ID, 1, KEY)


def test_codes_are_spread_evenly_and_keep_their_noughts() -> None:
    first = Counter(code_for(f"call {number}", 1, KEY)[0] for number in range(10_000))

    assert set(first) == set("0123456789")
    assert max(first.values()) - min(first.values()) < 200


def test_all_guesses_there_can_be_in_an_hour_are_few_among_a_million() -> None:
    assert GUESSES * PHONE_TEXTS / 10**6 <= 1 / 3000


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("482915", "482915"),
        ("482 915", "482915"),
        ("482-915", "482915"),
        (" 4 8 2 9 1 5 ", "482915"),
        ("482\u00a0915", "482915"),
        ("482\u2011915", "482915"),
        ("000000", "000000"),
        ("", None),
        ("48291", None),
        ("4829155", None),
        ("48291S", None),
        ("٤٨٢٩١٥", None),
        ("-", None),
        ("482915" + " " * 40, None),
    ],
)
def test_six_digits_are_read_however_they_are_grouped(typed: str, code: str | None) -> None:
    assert typed_code(typed) == code


def test_a_code_works_for_fifteen_minutes_to_the_second() -> None:
    proving = Proving(NOW)

    assert is_good(proving, NOW + LIFE - timedelta(milliseconds=1))
    assert not is_good(proving, NOW + LIFE)


@given(name=st.text(max_size=160), language=st.sampled_from(Language))
def test_the_text_is_one_segment_of_gsm_7_whatever_the_organization_is_called(
    name: str, language: Language
) -> None:
    text = text_of("482915", Words(name, name), language)

    assert len(text) <= ROOM[Encoding.GSM7][0]
    assert set(text) <= GSM
    assert text.startswith("482915 ")


@pytest.mark.parametrize(
    ("name", "plainer"),
    [
        ("Vecinos por las Familias", "Vecinos por las Familias"),
        ("Unión de Mamás, Niños y Güelos", "Union de Mamas, Niños y Güelos"),
        ("“Neighbors’ Union” – Łódź", '"Neighbors\' Union" - odz'),
    ],
)
def test_an_accent_that_a_text_has_no_letter_for_is_left_out(name: str, plainer: str) -> None:
    assert plain(name) == plainer
