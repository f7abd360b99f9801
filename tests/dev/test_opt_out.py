"""Advanced Opt-Out as a campaign wants it: the words, and answers that are the campaign's own."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from chalicelib.domain.campaign import Status
from chalicelib.domain.programme import programme
from chalicelib.domain.replies import reply_text
from chalicelib.domain.reply_lint import reply_problems
from chalicelib.domain.subscriber import Reply, State
from chalicelib.domain.words import Language
from chalicelib.views import texting
from dev.opt_out import words
from dev.phone_world.keywords import HELP, START, STOP
from tests.rehearsal import ANA, OUR_NUMBER, SLUG, Rehearsal, campaign, rehearsing

ASKED = campaign(date(2026, 12, 9))
EN, ES = Language


def own(reply: Reply, language: Language) -> str:
    told = programme(ASKED)
    assert told is not None
    assert reply_problems(reply, reply_text(reply, told, language), told, language) == ()
    return reply_text(reply, told, language)


@pytest.mark.parametrize(
    ("said", "meaning", "reply", "language"),
    [
        ("STOP", STOP, Reply.STOPPED, EN),
        ("stopall", STOP, Reply.STOPPED, EN),
        ("Revoke", STOP, Reply.STOPPED, EN),
        ("ALTO", STOP, Reply.STOPPED, ES),
        ("parar", STOP, Reply.STOPPED, ES),
        ("FAMILIES", START, Reply.CONFIRM, EN),
        ("JOIN", START, Reply.CONFIRM, EN),
        ("START", START, Reply.CONFIRM, EN),
        ("familias", START, Reply.CONFIRM, ES),
        ("UNIRSE", START, Reply.CONFIRM, ES),
        ("INICIAR", START, Reply.CONFIRM, ES),
        ("help", HELP, Reply.HELP, EN),
        ("AYUDA", HELP, Reply.HELP, ES),
    ],
)
def test_each_word_is_answered_as_the_campaign_would(
    said: str, meaning: str, reply: Reply, language: Language
) -> None:
    found = words([ASKED])

    assert (found.meaning(said), found.answers(said)) == (meaning, (own(reply, language),))


@pytest.mark.parametrize("said", ["YES", "SI", "Y", "STOP ICE", "stop texting me", "CALL", "no mas", "30303"])
def test_what_is_the_apps_to_answer_is_left_to_it(said: str) -> None:
    assert words([ASKED]).answers(said) == ()


def test_where_nothing_is_to_be_confirmed_a_keyword_is_welcomed() -> None:
    assert ASKED.texts is not None
    single = replace(ASKED, texts=replace(ASKED.texts, confirms=False))

    assert words([single]).answers("FAMILIES") == (own(Reply.WELCOME, EN),)


def test_of_two_campaigns_each_keyword_has_its_own_answer_and_shared_words_the_firsts() -> None:
    assert ASKED.texts is not None
    other = replace(
        ASKED,
        texts=replace(
            ASKED.texts,
            name=replace(ASKED.texts.name, en="Homes"),
            keywords=(replace(ASKED.texts.keywords[0], word="HOMES"),),
        ),
    )
    found = words([ASKED, other])

    assert "Homes" in found.answers("HOMES")[0]
    assert found.answers("FAMILIES") == (own(Reply.CONFIRM, EN),)
    assert found.answers("STOP") == (own(Reply.STOPPED, EN),)


@pytest.mark.parametrize("silent", [{"texts": None}, {"status": Status.ENDED}, {"status": Status.DRAFT}])
def test_a_campaign_that_has_no_texts_or_does_not_run_adds_nothing(silent: dict[str, Any]) -> None:
    assert words([replace(ASKED, **silent)]).start == frozenset({"START", "UNSTOP"})


def state(house: Rehearsal) -> State:
    return house.runtime.subscribers.standing(texting.key_of(ANA)).with_programme(SLUG).state


def test_with_opt_out_on_each_text_has_one_answer_and_the_app_follows() -> None:
    with rehearsing() as house:
        house.switch_opt_out_on()
        story = [
            ("FAMILIES", Reply.CONFIRM, EN, State.PENDING),
            ("YES", Reply.WELCOME, EN, State.SUBSCRIBED),
            ("HELP", Reply.HELP, EN, State.SUBSCRIBED),
            ("STOP", Reply.STOPPED, EN, State.STOPPED),
            ("FAMILIES", Reply.CONFIRM, EN, State.PENDING),
            ("ALTO", Reply.STOPPED, ES, State.STOPPED),
        ]
        for said, reply, language, after in story:
            assert house.text_us(said) == [own(reply, language)], said
            assert state(house) is after, said
        assert house.text_us("STOP") == []
        assert house.text_us("YES") == []
        assert state(house) is State.STOPPED
        assert house.world.complaints == []
        assert house.world.numbers[OUR_NUMBER].service
