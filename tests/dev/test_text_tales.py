"""The tales of `make story` that are texts end as they must, and one that doesn't says how it differs."""

from dataclasses import replace

import pytest

from dev.stories.texting import HELP, TEXT_TALES, TextTale, told
from tests.rehearsal import rehearsing


@pytest.mark.parametrize("tale", TEXT_TALES, ids=lambda tale: tale.name)
def test_a_tale_ends_as_it_must(tale: TextTale) -> None:
    with rehearsing() as house:
        assert told(tale, house).differences == ()


def test_a_tale_that_ends_otherwise_says_how() -> None:
    with rehearsing() as house:
        telling = told(replace(HELP, ends="subscribed", texts=2), house)

    assert telling.differences == ("it ended as unknown, not subscribed", "they got texts: 1, not 2")
