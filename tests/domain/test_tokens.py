"""Tokens in links: for one purpose, until one moment, by our key; anything else is refused."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.domain.tokens import LIVES, Expired, NotOurs, Purpose, subject_of, token
from tests.values import NOW

KEY, OLD, FOREIGN = b"k" * 32, b"o" * 32, b"f" * 32
SUBJECT = "Aq3vQ0Tn9yXrmC1o2bqk5LwYz-_01234"


@pytest.mark.parametrize("made", Purpose)
@pytest.mark.parametrize("asked", Purpose)
def test_d15_a_token_is_for_its_purpose_alone(made: Purpose, asked: Purpose) -> None:
    text = token(made, SUBJECT, NOW, KEY)
    if made is asked:
        assert subject_of(text, asked, NOW, [KEY]) == SUBJECT
        return
    with pytest.raises(NotOurs):
        subject_of(text, asked, NOW, [KEY])


@pytest.mark.parametrize("purpose", Purpose)
def test_d15_it_works_to_the_last_second_and_no_longer(purpose: Purpose) -> None:
    text, end = token(purpose, SUBJECT, NOW, KEY), NOW + LIVES[purpose]

    assert subject_of(text, purpose, end - timedelta(seconds=1), [KEY]) == SUBJECT
    with pytest.raises(Expired):
        subject_of(text, purpose, end, [KEY])


def test_d15_a_link_to_confirm_works_on_the_seventh_day_and_not_on_the_eighth() -> None:
    text = token(Purpose.CONFIRM, SUBJECT, NOW, KEY)

    assert subject_of(text, Purpose.CONFIRM, NOW + timedelta(days=6, hours=23), [KEY]) == SUBJECT
    with pytest.raises(Expired):
        subject_of(text, Purpose.CONFIRM, NOW + timedelta(days=8), [KEY])


@given(st.integers(0, 200), st.sampled_from("AZaz09-_.~ \n%"))
def test_one_character_changed_added_or_left_out_is_refused(at: int, other: str) -> None:
    text = token(Purpose.CONFIRM, SUBJECT, NOW, KEY)
    at %= len(text)
    for changed in (
        text[:at] + other + text[at + 1 :],
        text[:at] + other + text[at:],
        text[:at] + text[at + 1 :],
    ):
        if changed != text:
            with pytest.raises(NotOurs):
                subject_of(changed, Purpose.CONFIRM, NOW, [KEY])


def test_two_keys_work_while_one_is_replaced_and_a_foreign_one_never() -> None:
    by_old = token(Purpose.FOLLOW, SUBJECT, NOW, OLD)

    assert subject_of(by_old, Purpose.FOLLOW, NOW, [KEY, OLD]) == SUBJECT
    for keys in ([KEY], [FOREIGN], []):
        with pytest.raises(NotOurs):
            subject_of(by_old, Purpose.FOLLOW, NOW, keys)


@pytest.mark.parametrize(
    "person", ["maria@example.org", "+14045550123", "María", "", "a b", "a.b", "x" * 257]
)
def test_nothing_that_could_be_read_as_a_person_stands_in_a_token(person: str) -> None:
    with pytest.raises(ValueError, match="opaque"):
        token(Purpose.CONFIRM, person, NOW, KEY)


@pytest.mark.parametrize(
    "text", ["", ".", "a.1.b", "a" * 5000, SUBJECT, "ä.1." + "A" * 32, "a.0." + "A" * 32]
)
def test_what_is_no_token_is_refused(text: str) -> None:
    with pytest.raises(NotOurs):
        subject_of(text, Purpose.CONFIRM, NOW, [KEY])


def test_a_token_is_safe_in_a_path_and_says_no_purpose() -> None:
    text = token(Purpose.CONFIRM, SUBJECT, NOW, KEY)

    assert text.replace("-", "").replace("_", "").replace(".", "").isalnum()
    assert not any(purpose in text for purpose in Purpose)
    assert len(text) < 100
