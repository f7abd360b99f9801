"""Texts as people write them, through the reading and the machine: what they come to."""

import pytest

from chalicelib.domain.heard_texts import EVENTS, event_of
from chalicelib.domain.inbound_texts import Keyword, Kind, by_word, classify
from chalicelib.domain.subscriber import Reply, State
from chalicelib.domain.subscriber_events import Joined, LanguageAsked, ZipTold
from chalicelib.domain.words import Language
from tests.domain.subscriber_space import said, subscriber, take

KEYWORDS = by_word([Keyword("FAMILIAS", "alerts", Language.ES)])


@pytest.mark.parametrize(
    ("was", "text", "to", "reply"),
    [
        (State.SUBSCRIBED, "STOP", State.STOPPED, Reply.STOPPED),
        (State.SUBSCRIBED, "ALTO", State.STOPPED, Reply.STOPPED),
        (State.SUBSCRIBED, "please stop texting me", State.STOPPED, Reply.STOPPED),
        (State.STOPPED, "STOP", State.STOPPED, None),
        (State.STOPPED, "YES", State.STOPPED, None),
        (State.STOPPED, "START", State.PENDING, Reply.CONFIRM),
        (State.SUBSCRIBED, "STOP ICE", State.HELD, Reply.UNCLEAR),
        (State.HELD, "alto a las redadas", State.HELD, None),
        (State.UNKNOWN, "Familias", State.PENDING, Reply.CONFIRM),
        (State.UNKNOWN, "yes", State.UNKNOWN, Reply.NOT_JOINED),
        (State.PENDING, "sí", State.SUBSCRIBED, Reply.WELCOME),
        (State.PENDING, "START", State.SUBSCRIBED, Reply.WELCOME),
        (State.UNKNOWN, "AYUDA", State.UNKNOWN, Reply.HELP),
        (State.UNKNOWN, "who is this", State.UNKNOWN, Reply.NOT_JOINED),
    ],
)
def test_from_words_to_state(was: State, text: str, to: State, reply: Reply | None) -> None:
    t = take(subscriber(was), event_of(classify(text, KEYWORDS), said(text=text)))

    assert (t.after.state, t.replies) == (to, [reply] if reply else [])


def test_every_kind_has_an_event() -> None:
    assert set(EVENTS) | {Kind.ZIP, Kind.LANGUAGE} == set(Kind)


def test_what_twilio_has_answered_we_do_not() -> None:
    event = event_of(classify("STOP", KEYWORDS, "STOP"), said())

    t = take(subscriber(State.SUBSCRIBED), event)

    assert (t.after.state, t.replies) == (State.STOPPED, [])


def test_a_keyword_brings_its_language_and_a_language_and_a_zip_code_bring_themselves() -> None:
    joined = event_of(classify("familias", KEYWORDS), said())
    assert isinstance(joined, Joined)
    assert joined.evidence.language is Language.ES

    zip_told = event_of(classify("30303", KEYWORDS), said())
    assert isinstance(zip_told, ZipTold)
    assert zip_told.zip == "30303"

    other = event_of(classify("IDIOMA", KEYWORDS), said(), Language.ES)
    assert isinstance(other, LanguageAsked)
    assert other.language is Language.EN
