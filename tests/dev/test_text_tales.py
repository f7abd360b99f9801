"""The tales of `make story` that are texts end as they must, and one that doesn't says how it differs."""

from dataclasses import replace

import pytest

from chalicelib.domain.broadcast import ClaimState
from dev.stories.texting import BY_THE_FORM, HELP, STOPS_IN_THE_MIDST, TEXT_TALES, TextTale, told
from tests.rehearsal import rehearsing


@pytest.mark.parametrize("tale", TEXT_TALES, ids=lambda tale: tale.name)
def test_a_tale_ends_as_it_must(tale: TextTale) -> None:
    with rehearsing() as house:
        assert told(tale, house).differences == ()


def test_a_tale_that_ends_otherwise_says_how() -> None:
    with rehearsing() as house:
        telling = told(replace(HELP, ends="subscribed", texts=2), house)

    assert telling.differences == ("it ended as unknown, not subscribed", "they got texts: 1, not 2")


def test_an_alerts_claims_are_held_against_its_audience_and_what_must_become_of_each() -> None:
    with rehearsing() as house:
        right = told(STOPS_IN_THE_MIDST, house)
    with rehearsing() as house:
        wrong = told(replace(STOPS_IN_THE_MIDST, became=((ClaimState.SENT, 3),)), house)

    assert right.facts == ("claims 3 = audience 3 (2 sent + 1 skipped-stopped)",)
    assert len(wrong.differences) == 1
    assert wrong.differences[0].startswith("of the alert’s recipients became")


def test_a_form_that_nobody_says_yes_to_signs_nobody_up() -> None:
    with rehearsing() as house:
        telling = told(
            replace(BY_THE_FORM, says=BY_THE_FORM.says[:1], ends="pending", texts=1, reads=()), house
        )

    assert telling.differences == ()
