"""`patchthrough erase`: a person in every kind of row, looked for afterwards in the raw table."""

import importlib
import inspect
import json
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from chalicelib.adapters import keys
from chalicelib.adapters.broadcasts import Broadcasts
from chalicelib.adapters.keys import Key
from chalicelib.adapters.outgoing_texts import OutgoingText
from chalicelib.domain.broadcast_chunks import Chunk
from chalicelib.domain.call import Stage
from chalicelib.domain.erasing import BY_TYPE, DECISIONS, Fate
from chalicelib.domain.limits import Caller
from chalicelib.domain.subscriber import State
from chalicelib.domain.words import Language
from cli.at_work import at_work
from cli.connection import connect
from tests import values
from tests.booking_values import booking
from tests.cli.conftest import CLIENT, TABLE, Shell
from tests.cli.post_office import WRITER, PostOffice
from tests.cli.post_office import opened as with_letters
from tests.cli.text_house import ANA, LUIS, SLUG, TextHouse, opened

BY = ("--by", "Dana R.")
TYPED = "(404) 555-0123"
NATIONAL = ANA.removeprefix("+1")


@pytest.fixture
def house(shell: Shell) -> Iterator[TextHouse]:
    with opened(shell) as found:
        yield found


def raw() -> list[dict[str, Any]]:
    """Every item of the table as DynamoDB has it."""
    pages = CLIENT.get_paginator("scan").paginate(TableName=TABLE)
    return [item for page in pages for item in page["Items"]]


def text_of(item: dict[str, Any]) -> str:
    """All of an item as a text; bytes as hexadecimal digits."""
    return json.dumps(item, ensure_ascii=False, default=bytes.hex)


def about(*needles: str) -> list[str]:
    """The types of the raw items in which one of these stands."""
    return sorted(
        item["type"]["S"]
        for item in raw()
        if any(needle.lower() in text_of(item).lower() for needle in needles)
    )


def furnished(house: TextHouse, number: str = ANA, *, stage: Stage = Stage.ENDED) -> None:
    """Let somebody be in every kind of row that knows a phone."""
    house.join(number)
    house.text("30303", number, timedelta(hours=1))
    house.text("Good work, I am Ana Ejemplo", number, timedelta(minutes=50))
    with at_work(connect()) as r:
        now, key = r.now(), house.key(number)
        raw_number = None if stage is Stage.ENDED else number
        session = values.session(
            id=f"call-{key[::-1]}",
            phone=raw_number,
            phone_key=key,
            stage=stage,
            created_at=now,
            changed_at=now,
        )
        r.store.open_call(session, Caller(calls=1, window_at=now))
        made = booking(id=f"booking-{key[::-1]}", phone=number, phone_key=key, created_at=now, changed_at=now,
                       at=now + timedelta(hours=3))  # fmt: skip
        booker, _ = r.bookings.open_of(key, now)
        r.bookings.book(made, booker, 5)
        r.outgoing_texts.put(
            OutgoingText(
                id=f"text-{key[::-1]}",
                campaign=SLUG,
                phone_key=key,
                ends=number[-4:],
                language=Language.EN,
                beside="Beside",
                at=now,
                number=number,
            )
        )
        r.store.spend(key, "2026-12-09", 5, now + timedelta(days=1))
    table = house.shell.catalog.table
    table.put(keys.stop(key), {"type": "stop", "version": 1})
    Broadcasts(table).put_chunk(Chunk("alert-one", key[:2], 0, 1, 1, keys=tuple(sorted((key, "0" * 32)))))
    claim = {"type": "claim", "version": 1, "phone_key": key, "state": "sent", "broadcast": "alert-one"}
    table.put(keys.claim("alert-one", key[:2], "token"), claim)


def erased(house: TextHouse, number: str = TYPED, ends: str = "0123") -> Any:
    return house.run("erase", "--phone", *BY, answer=f"{number}\n{ends}\n")


# The list of decisions.


def key_names() -> Iterator[str]:
    """Every kind of key that any module of keys has: its functions and constants that are one."""
    folder = Path(inspect.getfile(keys)).parent
    for file in sorted(folder.glob("*keys.py")):
        module: ModuleType = importlib.import_module(f"chalicelib.adapters.{file.stem}")
        for name, thing in vars(module).items():
            is_own = getattr(thing, "__module__", module.__name__) == module.__name__
            makes_one = inspect.isfunction(thing) and inspect.signature(thing).return_annotation is Key
            if not name.startswith("_") and ((makes_one and is_own) or isinstance(thing, Key)):
                yield name


def test_what_becomes_of_each_kind_of_row_is_decided() -> None:
    assert set(key_names()) == set(DECISIONS), "Decide in domain/erasing.py what becomes of a new kind of row"


def test_what_stays_has_a_reason() -> None:
    assert [each for each in DECISIONS.values() if each.fate is Fate.KEPT and not each.why] == []
    assert [each for each in DECISIONS.values() if each.fate is Fate.STRIPPED and not each.gone] == []


# Erasing.


def test_a_person_in_every_kind_of_row_is_in_none_afterwards_but_those_that_may_know_a_hash(
    house: TextHouse,
) -> None:
    furnished(house)
    key = house.key()
    rows_that_know = {each.type for each in DECISIONS.values() if each.fate is not Fate.NOBODYS}
    of_letters, made_later = {"letter", "letter_words", "no_mail"}, {"stop_texts", "audit"}
    assert set(about(key, ANA)) == rows_that_know - of_letters - made_later
    assert about(NATIONAL, "Ana Ejemplo", "30303") != []

    result = erased(house)

    assert result.exit_code == 0, result.output
    consent = [item for item in raw() if item["type"]["S"] == "consent"]
    assert about(NATIONAL) == []
    assert set(about("Ana Ejemplo", "30303")) <= {"consent"}
    assert consent
    kept = {each.type for each in DECISIONS.values() if each.fate in {Fate.KEPT, Fate.STRIPPED}}
    assert set(about(key)) == kept - of_letters
    assert ANA not in result.stdout
    assert "Done: " in result.stdout


def test_their_texts_end_by_a_stop_and_the_ledger_stays_whole(house: TextHouse) -> None:
    furnished(house)

    erased(house)

    assert house.state() is State.STOPPED
    assert not house.is_listed()
    shown = house.run("consent", "show", TYPED, *BY)
    assert shown.exit_code == 0, shown.output
    assert "The record is whole" in " ".join(shown.stdout.split()) or "together they lead to" in shown.stdout


def test_nobody_else_is_touched_and_no_count_moves(house: TextHouse) -> None:
    furnished(house, LUIS)
    others = [item for item in raw() if house.key(LUIS) in text_of(item)]
    furnished(house)

    assert erased(house).exit_code == 0

    assert [item for item in raw() if house.key(LUIS) in text_of(item)] == others
    assert house.run("counts", "verify").stdout.splitlines()[-1].endswith("difference=0")


def test_a_booked_calls_quarter_hour_is_given_back(house: TextHouse) -> None:
    furnished(house)
    office = "ero-atl"

    erased(house)

    with at_work(connect()) as r:
        assert sum(r.bookings.taken(office, r.now() + timedelta(days=1)).values()) == 0


def test_who_is_in_a_call_is_left_until_it_is_over(house: TextHouse) -> None:
    furnished(house, stage=Stage.RINGING)
    before = raw()

    result = erased(house)

    assert result.exit_code == 1
    assert "They are in a call" in result.stderr
    assert raw() == before


@pytest.mark.parametrize(("number", "ends"), [(TYPED, "0124"), (TYPED, ""), ("nobody", "0123")])
def test_a_slip_changes_nothing(house: TextHouse, number: str, ends: str) -> None:
    furnished(house)
    before = raw()

    assert erased(house, number, ends).exit_code in {1, 2}
    assert raw() == before


def test_a_dry_run_and_a_second_run_change_nothing(house: TextHouse) -> None:
    furnished(house)
    before = raw()
    dry = house.run("erase", "--phone", "--dry-run", *BY, answer=f"{TYPED}\n")
    assert (dry.exit_code, raw()) == (0, before)
    erased(house)
    after = raw()

    again = erased(house)

    assert again.exit_code == 0
    assert "There is nothing left to forget." in again.stdout
    assert raw() == after


def test_what_is_there_is_shown_with_its_fate_and_reason_at_80_columns(
    house: TextHouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    furnished(house)

    result = house.run("erase", "--phone", "--dry-run", *BY, answer=f"{TYPED}\n")

    text = " ".join(result.stdout.split())
    assert "booked calls 1 deleted" in text
    assert "never expires" in text
    assert max(map(len, result.stdout.splitlines())) <= 80
    assert not [part for part in (ANA, NATIONAL, "Ana Ejemplo", house.key()) if part in result.stdout]


@pytest.mark.parametrize("written", range(12))
def test_whoever_is_killed_midway_runs_it_again_and_it_ends(house: TextHouse, written: int) -> None:
    furnished(house)
    import boto3  # noqa: PLC0415 - the session the command's clients are made in

    events = boto3._get_default_session().events
    left = [written]

    class Killed(BaseException):
        """Nothing catches it."""

    def die(**_: Any) -> None:
        left[0] -= 1
        if left[0] < 0:
            raise Killed

    wanted = [
        f"before-call.dynamodb.{each}"
        for each in ("DeleteItem", "UpdateItem", "TransactWriteItems", "PutItem")
    ]
    for each in wanted:
        events.register(each, die, each)
    try:
        house.run("erase", "--phone", *BY, answer=f"{TYPED}\n0123\n")
    except Killed:
        pass
    finally:
        for each in wanted:
            events.unregister(each, unique_id=each)

    result = erased(house)

    assert result.exit_code == 0, result.output
    assert about(NATIONAL) == []
    assert house.state() is State.STOPPED
    assert house.run("consent", "show", TYPED, *BY).exit_code == 0


def test_it_is_on_record_by_the_hash_and_never_the_number(house: TextHouse) -> None:
    furnished(house)
    erased(house)

    told = [(each.who, each.what, each.subject) for each in house.record()]
    assert told == [("Dana R.", "erasure begun", house.key()), ("Dana R.", "person erased", house.key())]
    assert not [each for each in house.record() if "555" in str(each)]


def test_a_row_nobody_has_decided_about_is_told_and_no_success(house: TextHouse) -> None:
    furnished(house)
    house.shell.catalog.table.put(Key(f"NEW#{house.key()}", "NEW"), {"type": "new", "version": 1})

    result = erased(house)

    assert result.exit_code == 1
    assert "Nobody has decided" in " ".join(result.stdout.split())


def test_nobody_is_an_answer(house: TextHouse) -> None:
    result = house.run("erase", "--phone", *BY, answer=f"{TYPED}\n")

    assert (result.exit_code, "Nothing here mentions them." in result.stdout) == (0, True)


@pytest.mark.parametrize("words", [(), ("--phone", "--email")])
def test_one_way_to_name_them_is_needed(house: TextHouse, words: tuple[str, ...]) -> None:
    assert house.run("erase", *words, *BY).exit_code == 2


# By address.


@pytest.fixture
def post(shell: Shell, monkeypatch: pytest.MonkeyPatch) -> Iterator[PostOffice]:
    with with_letters(shell, monkeypatch) as found:
        yield found


def test_a_writer_is_forgotten_and_their_wish_for_no_mail_stays(post: PostOffice) -> None:
    mine, other = post.write(), post.write("luis@example.org")
    with at_work(connect()) as r:
        from chalicelib.views.letter_committing import address_key  # noqa: PLC0415 - needs a runtime

        r.letters.suppress(address_key(WRITER), None, "asked for no more mail", r.now())
        key = address_key(WRITER)
    local, _, domain = WRITER.partition("@")

    result = post.run("erase", "--email", *BY, answer=f"{WRITER.upper()}\n{WRITER}\n")

    assert result.exit_code == 0, result.output
    words = [item for item in raw() if item["type"]["S"] == "letter_words"]
    assert [item["PK"]["S"] for item in words] == [f"LETTER#{other.id}"]
    assert about(WRITER, "María Ejemplo") == ["letter_words"], (
        "the other writer has the same name in this test"
    )
    assert (local, domain) not in [(item["local"]["S"], item["domain"]["S"]) for item in words]
    assert set(about(key)) <= {"no_mail", "audit", "spend"}
    assert post.letter(mine).content is None
    assert post.letter(other).content is not None
    again = post.run("erase", "--email", *BY, answer=f"{WRITER}\n{WRITER}\n")
    assert "nothing left to forget" in again.stdout


def test_every_type_has_one_decision() -> None:
    assert {each.type for each in DECISIONS.values() if BY_TYPE[each.type].fate is not each.fate} == set()
