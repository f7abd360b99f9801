"""`patchthrough text …`: what waits for a person, and what a person decides about somebody who texted."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from chalicelib.domain.inbound_texts import Keyword
from chalicelib.domain.subscriber import Reply, Source, State
from chalicelib.domain.words import Language
from cli.reply_screens import replies_of
from cli.text_people import HANDLE, moment_given
from tests.cli.conftest import Shell
from tests.cli.text_house import ANA, LUIS, SHELTERS, SLUG, TextHouse, opened

BY = ("--by", "Dana R.")
HOUR = timedelta(hours=1)


@pytest.fixture
def house(shell: Shell) -> Iterator[TextHouse]:
    with opened(shell) as found:
        yield found


def run(house: TextHouse, *words: str, code: int = 0, answer: str | None = None) -> str:
    """Type a command and return what it said, in one line."""
    result: Any = house.run("text", *words, answer=answer)
    assert result.exit_code == code, (result.output, result.exception)
    said = " ".join((result.stdout + result.stderr).split())
    assert not [number for number in (ANA, LUIS) if number in said]
    return said


def person(house: TextHouse, number: str = ANA) -> str:
    return house.key(number)[:HANDLE]


def held(house: TextHouse, text: str = "STOP ICE", number: str = ANA) -> None:
    house.join(number, ago=3 * HOUR)
    house.text(text, number, ago=2 * HOUR)


# The inbox.


@pytest.mark.parametrize("columns", ["80", "120"])
def test_the_inbox_shows_each_text_in_full_and_nobodys_number(
    house: TextHouse, monkeypatch: pytest.MonkeyPatch, columns: str
) -> None:
    monkeypatch.setenv("COLUMNS", columns)
    held(house)
    house.text(
        "When and where is the vigil on Sunday? My mother and her sister would like to come along.", LUIS
    )

    said = run(house, "inbox")

    assert f"{person(house)} may be a stop STOP ICE" in said
    assert f"{person(house, LUIS)} to read" in said
    for word in ("vigil", "mother", "sister", "along."):
        assert word in said
    assert "Texts that wait: 2." in said


def test_the_inbox_can_be_one_desk_and_so_many_days(house: TextHouse) -> None:
    held(house)
    house.text("hello from long ago", LUIS, ago=timedelta(days=10))

    assert "hello" not in run(house, "inbox")
    assert "hello" in run(house, "inbox", "--days", "11")
    assert "STOP ICE" in run(house, "inbox", "--desk", "review")
    assert "STOP ICE" not in run(house, "inbox", "--desk", "inbox", "--days", "11")
    assert run(house, "inbox", "--desk", "inbox") == "No text of the last 7 days waits for a person."


def test_what_is_done_is_shown_once_more_and_waits_no_longer(house: TextHouse) -> None:
    house.text("where is it?")
    house.text("and when?")
    house.text("not mine", LUIS)

    said = run(house, "done", person(house), *BY)

    assert "where is it?" in said
    assert "and when?" in said
    assert "Taken out of the inbox: 2." in said
    left = run(house, "inbox")
    assert "not mine" in left
    assert "where" not in left
    assert run(house, "done", person(house), *BY).startswith("Nothing of theirs waits")


def test_reading_what_may_be_a_stop_decides_nothing(house: TextHouse) -> None:
    held(house)

    assert "They are still held" in run(house, "done", person(house), *BY)
    assert house.state() is State.HELD


def test_nothing_a_terminal_obeys_comes_through(house: TextHouse) -> None:
    house.text("hello\x1b[31m\x07 there")

    assert "\x1b" not in run(house, "inbox")


# Held.


def test_the_review_shows_who_is_held_since_when_and_all_they_wrote(house: TextHouse) -> None:
    held(house)
    house.text("I meant the raids", ago=HOUR)
    held(house, "no thanks", LUIS)
    house.text("STOP", LUIS)

    said = run(house, "review")

    assert f"{person(house)}, Neighbors for Families 28 Families, held since " in said
    assert said.index("STOP ICE") < said.index("I meant the raids")
    assert person(house, LUIS) not in said
    assert run(house, "review", "--all").startswith(said[:60])


def test_who_was_held_long_ago_is_found_in_the_whole_table(house: TextHouse) -> None:
    house.join(ago=timedelta(days=120))
    house.text("STOP ICE", ago=timedelta(days=100))

    assert "Nobody is held who wrote" in run(house, "review")
    assert "STOP ICE" in run(house, "review", "--all")


def test_who_is_released_gets_alerts_again_and_no_text(house: TextHouse) -> None:
    held(house)

    said = run(house, "release", person(house), *BY)

    assert "STOP ICE" in said
    assert "Released: they get alerts again." in said
    assert (house.state(), house.is_listed()) == (State.SUBSCRIBED, True)
    row = house.rows()[-1]
    assert (row.was, row.now, row.source) == (State.HELD, State.SUBSCRIBED, Source.STAFF)
    assert [(each.who, each.what, each.subject) for each in house.record()] == [
        ("Dana R.", "held person released", house.key())
    ]
    assert run(house, "inbox").startswith("No text")
    assert "is not held now" in run(house, "release", person(house), *BY, code=1)


def test_who_stopped_meanwhile_is_not_released(house: TextHouse) -> None:
    held(house)
    house.text("ALTO")

    assert "is not held now" in run(house, "release", person(house), *BY, code=1)
    assert house.state() is State.STOPPED


def test_what_was_a_stop_after_all_is_one_with_their_own_words(house: TextHouse) -> None:
    held(house, "end detention")

    said = run(house, "stop", person(house), "--how", "text", *BY)

    assert "Stopped: they get no more texts of ours." in said
    assert (house.state(), house.is_listed()) == (State.STOPPED, False)
    row = house.rows()[-1]
    assert (row.source, row.text) == (Source.STAFF, "end detention")
    assert run(house, "inbox").startswith("No text")


def test_what_no_program_took_for_a_stop_is_one_from_when_it_came_with_their_words(house: TextHouse) -> None:
    house.join(ago=3 * HOUR)
    house.text("I moved to another town", ago=2 * HOUR)

    said = run(house, "stop", person(house), "--how", "text", *BY)

    assert "I moved to another town" in said
    row = house.rows()[-1]
    assert (row.now, row.text) == (State.STOPPED, "I moved to another town")
    assert timedelta(minutes=119) < datetime.now(UTC) - row.at < timedelta(minutes=122)


def test_who_joined_after_what_they_wrote_stays_in(house: TextHouse) -> None:
    house.text("not now", ago=4 * HOUR)
    house.join(ago=3 * HOUR)

    assert "They joined again after that" in run(house, "stop", person(house), "--how", "text", *BY)
    assert house.state() is State.SUBSCRIBED


# Stops by other ways.


@pytest.mark.parametrize(
    ("how", "source"),
    [
        ("phone", Source.PHONE),
        ("email", Source.EMAIL),
        ("letter", Source.LETTER),
        ("in_person", Source.IN_PERSON),
        ("web", Source.FORM),
    ],
)
def test_a_stop_by_any_way_is_for_all_programmes_and_answered_by_no_text(
    house: TextHouse, how: str, source: Source
) -> None:
    house.join()
    house.join(keyword="REFUGIOS")
    before = house.standing().with_programme(SLUG).replied

    run(house, "stop", "(404) 555-0123", "--how", how, *BY)

    after = house.standing()
    assert {each.state for each in after.profiles.values()} == {State.STOPPED}
    assert set(after.profiles) == {SLUG, SHELTERS}
    assert after.stop is not None
    assert after.with_programme(SLUG).replied == before
    assert {row.source for row in house.rows() if row.now is State.STOPPED} == {source}
    (entry,) = house.record()
    assert (entry.what, entry.subject, entry.facts["how"]) == ("texts stopped", house.key(), how)


def test_whoever_never_joined_may_stop_and_no_form_signs_them_up(house: TextHouse) -> None:
    run(house, "stop", "--how", "phone", *BY, answer="305 555 0187\n")

    assert house.state(LUIS) is State.STOPPED
    assert house.state(LUIS, SHELTERS) is State.STOPPED


def test_a_stop_counts_from_when_it_reached_us(house: TextHouse) -> None:
    house.join(ago=2 * HOUR)
    early = f"{datetime.now(UTC) - 3 * HOUR:%Y-%m-%d %H:%M} UTC"

    said = run(house, "stop", ANA.removeprefix("+1"), "--how", "email", "--at", early, *BY)

    assert "They joined again after that moment" in said
    assert house.state() is State.SUBSCRIBED
    assert house.state(slug=SHELTERS) is State.STOPPED
    run(house, "stop", ANA.removeprefix("+1"), "--how", "email", *BY)
    assert house.state() is State.STOPPED


@pytest.mark.parametrize(
    ("typed", "at"),
    [
        ("2026-11-24 09:30 America/New_York", datetime(2026, 11, 24, 14, 30, tzinfo=UTC)),
        ("2026-11-24 9:30 -05:00", datetime(2026, 11, 24, 14, 30, tzinfo=UTC)),
        ("2026-11-24T14:30Z", datetime(2026, 11, 24, 14, 30, tzinfo=UTC)),
        ("2026-11-24 14:30 UTC", datetime(2026, 11, 24, 14, 30, tzinfo=UTC)),
        # An hour that the clock shows twice: the later one.
        ("2026-11-01 01:30 America/New_York", datetime(2026, 11, 1, 6, 30, tzinfo=UTC)),
    ],
)
def test_a_moment_is_read_with_its_zone(typed: str, at: datetime) -> None:
    assert moment_given(typed, datetime(2026, 11, 25, tzinfo=UTC)) == at


@pytest.mark.parametrize(
    "typed", ["2026-11-24", "2026-11-24 14:30", "14:30 UTC", "2026-13-24 14:30 UTC", "2026-11-24 14:30 Mars/Olympus",
              "2999-01-01 00:00 UTC", "2026-11-24 25:00 UTC", "2026-11-24 14:30 ../etc/passwd"],
)  # fmt: skip
def test_a_moment_without_zone_or_sense_changes_nothing(house: TextHouse, typed: str) -> None:
    house.join()

    assert "--at" in run(house, "stop", "404 555 0123", "--how", "phone", "--at", typed, *BY, code=2)
    assert house.state() is State.SUBSCRIBED
    assert house.record() == []


def test_only_their_own_word_leads_back(house: TextHouse) -> None:
    house.join()
    run(house, "stop", "404 555 0123", "--how", "letter", *BY)
    house.text("hello again")
    assert house.state() is State.STOPPED

    house.text("INICIAR")
    assert house.state() is State.PENDING


@pytest.mark.parametrize("who", ["zzzzzzzz", "a1b2", "5550123", "00000000"])
def test_nobody_is_guessed(house: TextHouse, who: str) -> None:
    house.join()

    run(house, "stop", who, "--how", "phone", *BY, code=2)
    assert (house.state(), house.record()) == (State.SUBSCRIBED, [])


@pytest.mark.parametrize("words", [("release",), ("done",), ("stop", "--how", "phone"), ("reassigned",)])
def test_every_decision_has_a_name_to_it(house: TextHouse, words: tuple[str, ...]) -> None:
    held(house)

    run(house, *words, person(house), "--by", "  ", code=2)
    assert (house.state(), house.record()) == (State.HELD, [])


# Reassigned.


def test_a_number_with_another_owner_has_no_consent_left_and_keeps_its_stop(house: TextHouse) -> None:
    house.join()
    house.join(keyword="REFUGIOS")

    said = run(house, "reassigned", "404 555 0123", *BY)

    assert "What its last owner agreed to is void." in said
    assert (house.state(), house.state(slug=SHELTERS)) == (State.UNKNOWN, State.UNKNOWN)
    assert not house.is_listed()
    assert house.standing().with_programme(SLUG).language is None
    house.join(LUIS)
    house.text("stop", LUIS)
    run(house, "reassigned", "305 555 0187", *BY)
    assert house.state(LUIS) is State.STOPPED


def test_a_number_nobody_knows_has_nothing_to_make_void(house: TextHouse) -> None:
    assert "Nothing is known of this number" in run(house, "reassigned", "404 555 0123", *BY, code=1)


# Twilio.


def test_what_twilio_is_told_is_what_we_answer_word_for_word(
    house: TextHouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    campaign = house.shell.catalog.campaign(SLUG)
    assert campaign is not None

    result = house.run("text", "setup", SLUG)

    lines = result.stdout.splitlines()
    texts = replies_of(campaign)
    for language in Language:
        for reply in (Reply.STOPPED, Reply.CONFIRM, Reply.HELP):
            assert texts[reply, language] in lines
    assert "JOIN, START, UNSTOP, SUBSCRIBE, FAMILIES" in lines
    assert "UNIRSE, INICIO, INICIAR, SUSCRIBIR, ALERTAS, FAMILIAS" in lines
    assert "Take out of the opt-in words: YES." in result.stdout
    assert [line for line in lines if line.startswith("Opt-out, ") and line.endswith(", 1 segment")]


def test_a_keyword_that_twilio_can_not_know_is_told(house: TextHouse) -> None:
    catalog = house.shell.catalog
    campaign = catalog.campaign(SLUG)
    assert campaign is not None
    assert campaign.texts is not None
    keywords = (*campaign.texts.keywords, Keyword("Free them", SLUG, Language.EN))
    catalog.apply(replace(campaign, texts=replace(campaign.texts, keywords=keywords)), datetime.now(UTC))

    said = run(house, "setup", SLUG)
    assert "Twilio can’t be told of “Free them”" in said
    assert "FREE THEM" not in said


def test_a_campaign_without_texts_has_nothing_to_set_up(house: TextHouse) -> None:
    catalog = house.shell.catalog
    campaign = catalog.campaign(SLUG)
    assert campaign is not None
    catalog.apply(replace(campaign, texts=None), datetime.now(UTC))

    assert "has no texts" in run(house, "setup", SLUG, code=1)
    assert "There is no campaign nobody" in run(house, "setup", "nobody", code=2)
