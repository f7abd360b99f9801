"""Which programme a text is for, where one number of ours serves several."""

from datetime import timedelta

import pytest

from chalicelib.domain.addressed import addressed
from chalicelib.domain.inbound_texts import Keyword, by_word, classify
from chalicelib.domain.subscriber import State, Subscriber
from chalicelib.domain.words import Language
from tests.values import NOW

FAMILIES, SHELTERS = "families-28", "shelters"
BOTH = (FAMILIES, SHELTERS)
WORDS = by_word([Keyword("FAMILIES", FAMILIES, Language.EN), Keyword("SHELTER", SHELTERS, Language.EN)])
NEARER = [
    (State.PENDING, State.SUBSCRIBED), (State.PENDING, State.HELD), (State.PENDING, State.STOPPED),
    (State.SUBSCRIBED, State.STOPPED), (State.SUBSCRIBED, State.INVALID), (State.HELD, State.UNKNOWN),
    (State.STOPPED, State.UNKNOWN), (State.STOPPED, State.INVALID),
]  # fmt: skip


def standing(programme: str, state: State, minutes: int = 0) -> Subscriber:
    at = NOW + timedelta(minutes=minutes)
    return Subscriber(id="a" * 32, programme=programme, state=state, changed_at=at)


def for_whom(text: str, *known: Subscriber) -> str:
    return addressed(classify(text, WORDS), BOTH, {each.programme: each for each in known})


def test_a_keyword_names_its_own_whatever_they_are_with() -> None:
    assert for_whom("shelter", standing(FAMILIES, State.SUBSCRIBED)) == SHELTERS


@pytest.mark.parametrize(("near", "far"), NEARER)
@pytest.mark.parametrize("text", ["YES", "STOP", "START", "what is this?"])
def test_anything_else_goes_to_the_programme_they_are_nearest_to(near: State, far: State, text: str) -> None:
    assert for_whom(text, standing(FAMILIES, far, 9), standing(SHELTERS, near)) == SHELTERS
    assert for_whom(text, standing(FAMILIES, near), standing(SHELTERS, far, 9)) == FAMILIES


def test_of_two_alike_the_one_in_which_something_happened_last() -> None:
    assert (
        for_whom("START", standing(FAMILIES, State.STOPPED, 1), standing(SHELTERS, State.STOPPED, 2))
        == SHELTERS
    )
    assert (
        for_whom("HELP", standing(FAMILIES, State.HELD, 2), standing(SHELTERS, State.SUBSCRIBED, 1))
        == FAMILIES
    )


def test_a_stranger_is_the_first_ones() -> None:
    assert for_whom("JOIN") == FAMILIES
    assert for_whom("JOIN", standing(SHELTERS, State.UNKNOWN)) == FAMILIES


def test_a_programme_of_another_number_is_nobodys() -> None:
    read = classify("SHELTER", WORDS)

    assert addressed(read, [FAMILIES], {SHELTERS: standing(SHELTERS, State.SUBSCRIBED)}) == FAMILIES
