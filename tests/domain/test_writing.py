"""What people type into the letter's form: mended gently, or said field by field; never a header that breaks."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.domain.letter import Content
from chalicelib.domain.refusals import Code, Refusal
from chalicelib.domain.words import Language
from chalicelib.domain.writing import (
    LONGEST_LETTER,
    LONGEST_NAME,
    Draft,
    clean_body,
    content,
    is_suspicious,
    problems,
    signed,
)


def draft(**typed: str) -> Draft:
    usual = {
        "name": "Maria Lopez",
        "email": "maria@example.org",
        "zip": "30303",
        "office": "",
        "body": "Please.",
    }
    return Draft(**(usual | typed), language=Language.EN)


def test_a_letter_in_order_has_no_problem() -> None:
    assert problems(draft()) == {}


@pytest.mark.parametrize(
    ("field", "typed", "code"),
    [
        ("name", "", Code.NAME_MISSING),
        ("name", " \t ", Code.NAME_MISSING),
        ("name", "M" * (LONGEST_NAME + 1), Code.NAME_MALFORMED),
        ("name", "Maria\r\nBcc: all@example.org", Code.NAME_MALFORMED),
        ("name", "Maria\x00", Code.NAME_MALFORMED),
        ("name", "Maria\u2028Lopez", Code.NAME_MALFORMED),
        ("name", "Buy at www.example.org", Code.NAME_MALFORMED),
        ("name", "HTTPS://example.org", Code.NAME_MALFORMED),
        ("name", "maria@example.org", Code.NAME_MALFORMED),
        ("name", "Maria <b>", Code.NAME_MALFORMED),
        ("email", "", Code.EMAIL_MALFORMED),
        ("email", "maria", Code.EMAIL_MALFORMED),
        ("zip", "3030", Code.ZIP_MALFORMED),
        ("zip", "Georgia", Code.ZIP_MALFORMED),
        ("body", "", Code.LETTER_EMPTY),
        ("body", " \r\n\r\n ", Code.LETTER_EMPTY),
        ("body", "\x00\x01", Code.LETTER_EMPTY),
        ("body", "a" * (LONGEST_LETTER + 1), Code.LETTER_TOO_LONG),
    ],
)
def test_each_field_says_what_to_mend(field: str, typed: str, code: Code) -> None:
    assert problems(draft(**{field: typed})) == {field: code}


def test_all_problems_are_said_at_once_in_the_order_of_the_form() -> None:
    found = problems(draft(name="", email="", zip="1", body=""))

    assert list(found) == ["name", "email", "zip", "body"]


def test_a_zip_code_may_be_left_out() -> None:
    assert problems(draft(zip="")) == {}


@pytest.mark.parametrize("name", ["M" * LONGEST_NAME, "José Ñúñez", "Anne-Marie O’Neil, Jr.", "李小龍"])
def test_names_of_all_kinds_are_names(name: str) -> None:
    assert problems(draft(name=name)) == {}
    assert content(draft(name=f"  {name}  "), "Subject").name == " ".join(name.split())


def test_a_name_cant_turn_round_what_stands_after_it() -> None:
    assert content(draft(name="\u202eairaM\u2066 Lopez\u200f"), "Subject").name == "airaM Lopez"
    assert problems(draft(name="\u202e\u200f")) == {"name": Code.NAME_MISSING}


def test_the_first_problem_is_the_refusal() -> None:
    with pytest.raises(Refusal) as refused:
        content(draft(email="", body=""), "Subject")

    assert (refused.value.code, refused.value.field) == (Code.EMAIL_MALFORMED, "email")


def test_a_letter_of_just_the_longest_length_is_taken() -> None:
    typed = "a" * LONGEST_LETTER

    assert content(draft(body=f"\r\n{typed}\r\n"), "Subject").body == typed


def test_lines_end_alike_and_nothing_is_hidden() -> None:
    assert clean_body("\n\nOne\r\ntwo  \rthree\u2028four\x07\n\n\n") == "One\ntwo\nthree\nfour"


def test_words_that_look_like_templates_stay_as_they_were_typed() -> None:
    typed = "{{x}} {% y %} {0} %s <script>alert(1)</script> $HOME"

    assert content(draft(body=typed), "Subject").body == typed


def test_a_letter_ends_with_its_writers_name_in_its_language() -> None:
    written = content(draft(body="Please."), "Subject")

    assert signed(written, Language.EN) == "Please.\n\nSincerely,\nMaria Lopez"
    assert signed(written, Language.ES) == "Please.\n\nAtentamente,\nMaria Lopez"


@pytest.mark.parametrize(
    ("body", "is_held"),
    [
        ("See https://example.org and www.example.org", False),
        ("https://a.example http://b.example www.c.example", True),
        ("HTTPS://a.example Http://b.example WWW.c.example", True),
        ("awww.so sweet, http is a word, www too", False),
    ],
)
def test_a_letter_full_of_web_addresses_is_read_first(body: str, is_held: bool) -> None:  # noqa: FBT001 - a table
    assert is_suspicious(content(draft(body=body), "Subject")) is is_held


@given(name=st.text(), email=st.text(), zip_code=st.text(), body=st.text())
def test_whatever_is_typed_is_a_letter_or_a_list_of_problems(
    name: str, email: str, zip_code: str, body: str
) -> None:
    typed = draft(name=name, email=email, zip=zip_code, body=body)
    if problems(typed):
        return
    written: Content = content(typed, "Subject")
    assert not set("\r\n\x00") & set(written.name)
    assert 0 < len(written.name) <= LONGEST_NAME
    assert 0 < len(written.body) <= LONGEST_LETTER
    assert not set("\r\x00") & set(written.body)


@given(st.text())
def test_a_letter_cleaned_twice_is_a_letter_cleaned_once(body: str) -> None:
    assert clean_body(clean_body(body)) == clean_body(body)
