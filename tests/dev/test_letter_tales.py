"""Tales of letters: they end well on an app that is right, and say so where they don't."""

from dataclasses import replace

import pytest

from chalicelib.runtime import Runtime
from dev.phone_world.clock import DEFAULT_START
from dev.rehearsing import Rehearsal
from dev.stories.bursting import burst
from dev.stories.corresponding import lettered, told
from dev.stories.judging import Telling
from dev.stories.letters import BURST, LETTER_TALES, SCANNED, Confirms, LetterTale
from tests.rehearsal import TOKEN, campaign, sweep


def rehearse(tale: LetterTale, built: Runtime) -> Telling:
    sweep()
    asked = lettered(campaign(DEFAULT_START.date()), tale.offices)
    return told(tale, Rehearsal(built, asked, TOKEN, start=DEFAULT_START))


@pytest.mark.parametrize("tale", LETTER_TALES, ids=lambda tale: tale.title[:40])
def test_each_ends_as_it_must(tale: LetterTale, built: Runtime) -> None:
    telling = rehearse(tale, built)

    assert telling.differences == ()
    assert telling.played.transcript
    assert "difference=0" in telling.facts[0]


def test_a_letter_that_is_confirmed_after_all_is_a_difference(built: Runtime) -> None:
    telling = rehearse(replace(SCANNED, acts=(*SCANNED.acts, Confirms())), built)

    assert [words.partition(" (")[0] for words in telling.differences] == [
        "the letters ended as",
        "the ledger has",
        "Ana got",
        "SES took for offices 1, not 0",
    ]


def test_a_burst_leaves_at_the_pace_we_keep_and_each_letter_once(built: Runtime) -> None:
    sweep()
    asked = lettered(campaign(DEFAULT_START.date()), 1, an_hour=10**6)
    telling = burst(replace(BURST, letters=40, rate=2.0), Rehearsal(built, asked, TOKEN, start=DEFAULT_START))

    assert telling.differences == ()
    assert telling.facts[0] == "letters=40 lost=0 double=0 throttled=0"
