"""Segments: the alphabets letter by letter, the borders, and the letters that would be torn apart."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.domain.segments import EXTENSION, Encoding, Size, outside_gsm7, size_of

BASIC = (
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§"
    "¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
"""3GPP TS 23.038, 6.2.1: all 128 places but the escape to the extension."""
GSM, UCS = Encoding.GSM7, Encoding.UCS2


def test_the_basic_table_is_whole_and_each_letter_of_it_takes_one() -> None:
    assert len(set(BASIC)) == len(BASIC) == 127
    assert {size_of(letter) for letter in BASIC} == {Size(GSM, 1, 1)}


def test_the_extension_is_whole_and_each_letter_of_it_takes_two() -> None:
    assert set("^{}\\[~]|€\f") == EXTENSION
    assert {size_of(letter) for letter in EXTENSION} == {Size(GSM, 2, 1)}


@pytest.mark.parametrize("letter", "áíóúÁÍÓÚçêãЖ中’‘“”–—…`\t\u00a0")
def test_a_letter_outside_takes_the_whole_text_to_ucs_2(letter: str) -> None:
    assert size_of(f"abc{letter}") == Size(UCS, 4, 1)
    assert outside_gsm7(f"{letter}abc{letter}") == letter


@pytest.mark.parametrize("letter", "ñéüèàòìù¿¡ÑÉÜ")
def test_these_letters_of_spanish_are_inside(letter: str) -> None:
    assert size_of(letter).encoding is GSM


@pytest.mark.parametrize(
    ("text", "size"),
    [
        ("", Size(GSM, 0, 0)),
        ("a" * 160, Size(GSM, 160, 1)),
        ("a" * 161, Size(GSM, 161, 2)),
        ("a" * 306, Size(GSM, 306, 2)),
        ("a" * 307, Size(GSM, 307, 3)),
        ("a" * 1600, Size(GSM, 1600, 11)),
        ("€" * 80, Size(GSM, 160, 1)),
        ("€" * 81, Size(GSM, 162, 2)),
        ("a" * 158 + "€", Size(GSM, 160, 1)),
        ("a" * 159 + "€", Size(GSM, 161, 2)),
        ("€" * 152, Size(GSM, 304, 2)),  # 76 in each: the 153rd place stays empty
        ("€" * 153, Size(GSM, 306, 3)),
        ("a" * 152 + "€" + "a" * 151, Size(GSM, 305, 2)),
        ("a" * 152 + "€" + "a" * 152, Size(GSM, 306, 3)),
        ("á" * 70, Size(UCS, 70, 1)),
        ("á" * 71, Size(UCS, 71, 2)),
        ("á" * 134, Size(UCS, 134, 2)),
        ("á" * 135, Size(UCS, 135, 3)),
        ("á" * 1600, Size(UCS, 1600, 24)),
        ("🌻" * 35, Size(UCS, 70, 1)),
        ("🌻" * 36, Size(UCS, 72, 2)),
        ("🌻" * 66, Size(UCS, 132, 2)),  # 33 in each: the 67th place stays empty
        ("🌻" * 67, Size(UCS, 134, 3)),
        ("€" * 35 + "á" * 35, Size(UCS, 70, 1)),  # the extension is GSM-7's: here it is one letter
    ],
    ids=lambda part: repr(part)[:24],
)
def test_the_borders(text: str, size: Size) -> None:
    assert size_of(text) == size


def test_the_sheets_spanish_example_costs_twice_what_its_plain_form_does() -> None:
    accented = "Envíe ALTO para cancelar su suscripción. Más información: https://example.org/abc"
    padded = accented + "x" * (103 - len(accented))
    plain = padded.translate(str.maketrans("íóá", "ioa"))

    assert (size_of(padded), size_of(plain)) == (Size(UCS, 103, 2), Size(GSM, 103, 1))


@given(st.text(max_size=700))
def test_segments_hold_the_text_and_waste_at_most_a_place_each(text: str) -> None:
    size = size_of(text)
    alone, each = (160, 153) if size.encoding is GSM else (70, 67)

    assert size.segments <= 1 or size.units > alone
    assert size.segments == 0 or size.units <= max(alone, size.segments * each)
    assert size.segments <= 1 or size.units > (size.segments - 1) * (each - 1)
