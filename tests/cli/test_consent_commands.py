"""`patchthrough consent show`: one number's record, as a demand letter asks for it."""

import json
import stat
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from chalicelib.adapters import keys
from chalicelib.domain.broadcast import Broadcast, ClaimState
from chalicelib.domain.claim import Claim
from chalicelib.domain.consent_record import Fault
from chalicelib.domain.subscriber import Source, State
from chalicelib.domain.words import Words
from chalicelib.views import texting
from chalicelib.views.alert_keeping import token
from cli.at_work import at_work
from cli.connection import connect
from cli.consent_words import ALERTS, FAULTS, STATES, WAYS
from tests.cli.conftest import Shell
from tests.cli.text_house import ANA, LUIS, OURS, SLUG, TextHouse, opened

BY = ("--by", "Dana R.")
TYPED = "(404) 555-0123"
FIELDS = {
    "id", "programme", "from", "to", "at", "at_local", "way", "to_our_number", "text", "language", "words_version",
    "digest", "is_unchanged",
}  # fmt: skip
"""A row's fields. Lawyers' programs read them: one is added, none is renamed."""


@pytest.fixture
def house(shell: Shell) -> Iterator[TextHouse]:
    with opened(shell) as found:
        yield found


def shown(house: TextHouse, typed: str = TYPED) -> dict[str, Any]:
    result = house.run("consent", "show", typed, "--json", *BY)
    assert result.exit_code == 0, result.output
    found: dict[str, Any] = json.loads(result.stdout)
    return found


def tampered(house: TextHouse, position: int, **changes: str) -> None:
    """Change a row of Ana's behind the app's back; with no changes, take it out."""
    table, row = house.shell.catalog.table, house.rows()[position]
    key = keys.consent(row.subscriber, row.at, row.id)
    if changes:
        table.change(key, changes)
    else:
        table.delete(key)


def test_every_state_way_and_fault_has_words() -> None:
    assert (set(STATES), set(WAYS)) == (set(State), set(Source))
    assert (set(FAULTS), set(ALERTS)) == (set(Fault), set(ClaimState))


@pytest.mark.parametrize("columns", ["80", "120"])
def test_a_number_is_shown_whole_with_text_words_version_way_time_and_digest(
    house: TextHouse, monkeypatch: pytest.MonkeyPatch, columns: str
) -> None:
    monkeypatch.setenv("COLUMNS", columns)
    house.join()
    house.text("¡Alto!")

    result = house.run("consent", "show", TYPED, *BY)

    assert result.exit_code == 0, result.output
    text = " ".join(result.stdout.split())
    assert "Number (404) 555-0123 (+14045550123)" in text
    assert f"Kept under {house.key()}" in text
    assert "Neighbors for Families 28 Families (families-28) stopped" in text
    assert "The whole organization stopped on " in text
    for change in ("no consent → asked to confirm", "asked to confirm → subscribed", "subscribed → stopped"):
        assert change in text
    assert f"How By text to {OURS}, in Spanish They wrote FAMILIAS" in text
    assert " in America/New_York" in text
    assert text.count("as it was written") == 3 + 1
    assert "Responda SI para recibir alertas" in text
    assert text.endswith("together they lead to where the number stands.")
    assert max(map(len, result.stdout.splitlines())) <= int(columns)


def test_the_json_has_every_field_of_every_row_in_order(house: TextHouse) -> None:
    house.join()

    found = shown(house)

    assert found["format"] == "patchthrough consent record 1"
    assert set(found) == {
        "format", "looked_up", "is_known", "programmes", "stop", "rows", "words_shown", "alerts_kept_days", "alerts",
        "is_whole", "findings",
    }  # fmt: skip
    assert found["looked_up"]["number"] == ANA
    assert found["looked_up"]["by"] == "Dana R."
    assert [(row["from"], row["to"], row["text"]) for row in found["rows"]] == [
        ("unknown", "pending", "FAMILIAS"),
        ("pending", "subscribed", "SI"),
    ]
    assert all(set(row) == FIELDS and row["is_unchanged"] for row in found["rows"])
    assert all(row["way"] == "text" and row["to_our_number"] == OURS for row in found["rows"])
    assert all(
        row["at"].endswith("Z") and row["at_local"][-6:] in {"-05:00", "-04:00"} for row in found["rows"]
    )
    (words,) = found["words_shown"]
    assert words["version"] == found["rows"][1]["words_version"]
    assert words["is_as_shown"]
    assert "ALTO para cancelar" in words["text"]
    assert (found["is_known"], found["is_whole"], found["findings"], found["stop"]) == (True, True, [], None)


def test_a_number_nobody_knows_is_an_answer(house: TextHouse) -> None:
    house.join()

    result = house.run("consent", "show", LUIS, *BY)

    assert result.exit_code == 0
    assert "Nothing is known of this number" in result.stdout
    assert house.key(LUIS) in result.stdout
    assert shown(house, LUIS)["is_known"] is False


def alerted(house: TextHouse, name: str, state: ClaimState, number: str = ANA) -> None:
    """Let a broadcast have had a number among its recipients."""
    with at_work(connect()) as r:
        now = r.now()
        r.broadcasts.make(
            Broadcast(name, 1, 1, now, campaign=SLUG, words=Words("Call today.", "Llame hoy."), made_at=now)
        )
        key = texting.key_of(number)
        claim = Claim(
            broadcast=name,
            token=token(name, key),
            phone_key=key,
            state=state,
            at=now,
            sid="SM1",
            delivery="delivered",
        )
        r.claims.skip(claim)


def test_each_alert_that_was_for_the_number_is_there_and_what_became_of_it(house: TextHouse) -> None:
    house.join()
    alerted(house, "alert-one", ClaimState.SENT)
    alerted(house, "alert-two", ClaimState.SKIPPED_STOPPED)
    alerted(house, "alert-three", ClaimState.SENT, LUIS)

    found = shown(house)["alerts"]
    text = " ".join(house.run("consent", "show", TYPED, *BY).stdout.split())

    assert [(each["broadcast"], each["state"], each["twilio_id"]) for each in found] == [
        ("alert-one", "sent", "SM1"),
        ("alert-two", "skipped-stopped", "SM1"),
    ]
    assert found[0]["words"] == {"en": "Call today.", "es": "Llame hoy."}
    assert "sent, and Twilio’s last word of it was “delivered” (alert-one)" in text
    assert "not sent: they had stopped" in text
    assert "alert-three" not in text


def test_who_only_stopped_has_a_record(house: TextHouse) -> None:
    house.text("STOP", LUIS)

    found = shown(house, LUIS)

    assert (found["is_known"], found["is_whole"]) == (True, True)
    assert [(row["from"], row["to"]) for row in found["rows"]] == [("unknown", "stopped")]
    assert found["stop"] is not None


def test_each_look_is_on_record_under_the_hash_and_never_the_number(house: TextHouse) -> None:
    house.join()
    house.run("consent", "show", TYPED, *BY)
    house.run("consent", "show", LUIS, *BY)

    entries = house.record()
    assert [(each.who, each.what, each.subject) for each in entries] == [
        ("Dana R.", "consent record read", house.key(ANA)),
        ("Dana R.", "consent record read", house.key(LUIS)),
    ]
    assert not [each for each in entries if "555" in str(each)]


def test_nobody_looks_without_a_name(house: TextHouse) -> None:
    result = house.run("consent", "show", TYPED, "--by", " ")

    assert result.exit_code == 2
    assert house.record() == []


def test_a_number_can_be_typed_where_no_history_keeps_it(house: TextHouse) -> None:
    house.join()

    result = house.run("consent", "show", *BY, answer=f"{TYPED}\n")

    assert result.exit_code == 0, result.output
    assert "Neighbors for Families 28 Families" in result.stdout


@pytest.mark.parametrize("typed", ["nobody", "555", "404555012", "+"])
def test_what_is_no_number_is_looked_up_nowhere(house: TextHouse, typed: str) -> None:
    result = house.run("consent", "show", typed, *BY)

    assert result.exit_code == 2
    assert "That is no phone number" in result.stderr
    assert house.record() == []


@pytest.mark.parametrize(
    ("position", "changes", "said"),
    [
        (1, {"text": "NO"}, "does not read as it was written"),
        (1, {}, "do not lead to where the number stands"),
        (0, {}, "begin in the midst"),
    ],
)
def test_a_record_that_is_not_whole_says_so_and_is_no_success(
    house: TextHouse, position: int, changes: dict[str, str], said: str
) -> None:
    house.join()
    tampered(house, position, **changes)

    result = house.run("consent", "show", TYPED, *BY)

    assert result.exit_code == 1
    lines = " ".join(result.stdout.split())
    assert said in lines
    assert lines.endswith("The record is not whole.")


def test_a_consent_that_ended_long_ago_is_no_longer_there_and_nothing_is_missed(house: TextHouse) -> None:
    house.join(ago=timedelta(days=6 * 366))
    house.text("ALTO", ago=timedelta(days=2000))
    with at_work(connect()) as r:
        assert r.subscribers.set_ends(house.key()) == 2

    found = shown(house)
    assert [(row["from"], row["to"]) for row in found["rows"]] == [("subscribed", "stopped")]
    assert (found["is_whole"], found["stop"] is not None) == (True, True)
    text = " ".join(house.run("consent", "show", TYPED, *BY).stdout.split())
    assert "more than five years ago are no longer kept, but for those of a stop. The record is whole" in text


def test_words_that_are_not_those_shown_are_seen(house: TextHouse) -> None:
    house.join()
    version = house.rows()[1].shown or ""
    house.shell.catalog.table.change(keys.shown_words(version), {"text": "Other words"})

    assert [each["is_as_shown"] for each in shown(house)["words_shown"]] == [False]


def test_it_is_written_to_a_file_for_its_owner_alone(house: TextHouse, tmp_path: Path) -> None:
    house.join(ago=timedelta(hours=3))
    house.text("<b>STOP ICE</b>")
    file = tmp_path / "record.html"

    result = house.run("consent", "show", TYPED, "--to", str(file), *BY)

    assert result.exit_code == 0, result.output
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    page = file.read_text(encoding="utf-8")
    assert "&lt;b&gt;STOP ICE&lt;/b&gt;" in page
    assert "<b>" not in page
    assert "http" not in page.replace("https://example.org/texts", "")
    assert house.key() in page
    assert ANA not in result.output


@pytest.mark.parametrize(
    ("name", "code"), [("record.pdf", 2), ("there.json", 1), ("no/folder/record.json", 2)]
)
def test_a_file_that_cant_be_written_is_told(house: TextHouse, tmp_path: Path, name: str, code: int) -> None:
    (tmp_path / "there.json").write_text("mine", encoding="utf-8")

    result = house.run("consent", "show", TYPED, "--to", str(tmp_path / name), *BY)

    assert result.exit_code == code
    assert (tmp_path / "there.json").read_text(encoding="utf-8") == "mine"


def test_the_programme_of_a_campaign_without_texts_keeps_its_record(house: TextHouse) -> None:
    house.join()
    catalog = house.shell.catalog
    campaign = catalog.campaign(SLUG)
    assert campaign is not None
    catalog.apply(replace(campaign, texts=None), datetime.now(UTC))

    found = shown(house)
    assert [each["title"] for each in found["programmes"]] == [SLUG]
    assert len(found["rows"]) == 2
