"""What the desks promise, on three implementations of the table: moto, ministack and DynamoDB Local."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from chalicelib.adapters import keys
from chalicelib.adapters.desks import KEPT, TRIES, Crowded, Desks, desk_item
from chalicelib.adapters.table import keyed, wire
from chalicelib.domain.call import CallStatus
from chalicelib.domain.choosing import Standing
from chalicelib.domain.desk import (
    LEASE,
    MARK,
    MARKS,
    RECENT,
    Barred,
    Desk,
    Full,
    Granted,
    Lease,
    LineUse,
    Waiting,
    standing,
)
from chalicelib.domain.office import Caps, Line
from tests.conftest import Figure
from tests.quick_moto import by_http
from tests.stores import fresh_table
from tests.values import CALL_ID, NOW

OFFICE, FIRST, SECOND = "ero-atl", "+14045550190", "+14045550191"
LINE = Line(FIRST, caps=Caps(at_once=1, an_hour=20, pause=0))
KILOBYTE = 1024
A_SECOND = timedelta(seconds=1)


@pytest.fixture
def desks(backend: Any) -> Desks:
    return Desks(fresh_table(backend))


def load(desks: Desks, office: str = OFFICE) -> Desk:
    return desks.desks([office])[office]


# One after the other.


def test_a_line_is_granted_and_full_and_granted_again_once_it_is_given_back(desks: Desks) -> None:
    first = desks.ask(OFFICE, "a", [LINE], NOW, waits=False)
    second = desks.ask(OFFICE, "b", [LINE], NOW, waits=True)
    sick = desks.release(OFFICE, "a", FIRST, CallStatus.COMPLETED, NOW)

    assert first == Granted(FIRST)
    assert second == Full(1, 180)
    assert sick is None
    assert desks.ask(OFFICE, "c", [LINE], NOW, waits=False) == Full(2, 180)
    assert desks.ask(OFFICE, "b", [LINE], NOW, waits=True) == Granted(FIRST)


def test_an_office_s_lines_are_one_desk_and_another_office_has_its_own(desks: Desks) -> None:
    lines = [LINE, replace(LINE, number=SECOND)]

    answers = [desks.ask(OFFICE, name, lines, NOW, waits=False) for name in "ab"]

    assert answers == [Granted(FIRST), Granted(SECOND)]
    assert desks.ask("ero-bos", "c", [LINE], NOW, waits=False) == Granted(FIRST)
    assert desks.ask("ero-bos", "d", [], NOW, waits=True) == Barred()


def test_who_leaves_gives_up_the_place_and_who_never_stood_there_changes_nothing(desks: Desks) -> None:
    for name in "abc":
        desks.ask(OFFICE, name, [LINE], NOW, waits=True)

    desks.leave(OFFICE, "b", NOW)
    desks.leave(OFFICE, "nobody", NOW)
    desks.leave("ero-bos", "nobody", NOW)

    assert [each.ticket for each in load(desks).waiting] == ["c"]
    assert load(desks, "ero-bos") == Desk("ero-bos")


def test_three_callers_who_say_wrong_number_close_a_line_until_it_is_verified(desks: Desks) -> None:
    said = [desks.doubt(OFFICE, FIRST, mark, NOW) for mark in ("m1", "m2", "m2", "m3")]

    assert said == [None, None, None, "wrong_number"]
    assert desks.ask(OFFICE, "a", [LINE], NOW, waits=True) == Barred()
    desks.cure(OFFICE, FIRST, NOW)
    assert desks.ask(OFFICE, "a", [LINE], NOW, waits=True) == Granted(FIRST)


def test_the_fifth_failed_dial_of_ten_says_that_the_line_is_failing(desks: Desks) -> None:
    told = []
    for number in range(5):
        desks.ask(OFFICE, f"call-{number}", [LINE], NOW, waits=False)
        told.append(desks.release(OFFICE, f"call-{number}", FIRST, CallStatus.FAILED, NOW))

    assert told == [None, None, None, None, "failing"]
    assert standing(load(desks)) == Standing(0, 0, 5)
    assert desks.ask(OFFICE, "one more", [LINE], NOW, waits=False) == Barred()


def test_many_desks_are_one_read_and_one_that_nobody_called_is_empty(desks: Desks) -> None:
    desks.ask(OFFICE, "a", [LINE], NOW, waits=False)
    others = [f"office-{number}" for number in range(99)]

    with requests(desks) as seen:
        found = desks.desks([OFFICE, *others, OFFICE])

    assert [name for name, _ in seen] == ["BatchGetItem"]
    assert found == {OFFICE: load(desks)} | {other: Desk(other) for other in others}
    assert found[OFFICE].lines[FIRST].leases == (Lease("a", NOW + LEASE),)
    assert desks.desks([]) == {}


def test_part_of_a_second_never_shortens_a_lease_a_rest_or_an_hour(desks: Desks) -> None:
    caps = Caps(at_once=1, an_hour=1, pause=15)
    desks.ask(OFFICE, "a", [replace(LINE, caps=caps)], NOW + A_SECOND / 4, waits=False)

    use = load(desks).lines[FIRST]

    assert use.leases[0].until == NOW + LEASE + A_SECOND
    assert (use.starts, use.rests_until) == ((NOW + A_SECOND,), NOW + 16 * A_SECOND)


def test_a_desk_is_kept_for_a_year_after_its_last_change(desks: Desks) -> None:
    desks.doubt(OFFICE, FIRST, "m1", NOW)
    desks.doubt(OFFICE, FIRST, "m2", NOW + 30 * A_SECOND)

    item = desks._table.get(keys.desk(OFFICE))

    assert item is not None
    assert item["expires_at"] == (NOW + 30 * A_SECOND + KEPT).timestamp()
    assert timedelta(days=365) < KEPT
    assert (item["type"], item["version"]) == ("desk", 2)


# What is written.


@contextmanager
def requests(desks: Desks) -> Iterator[list[tuple[str, dict[str, Any]]]]:
    """What is asked of the table meanwhile: (operation, answer). Answers say what they consumed."""
    seen: list[tuple[str, dict[str, Any]]] = []
    events = desks._table.client.meta.events

    def metered(params: dict[str, Any], **_: Any) -> None:
        params["ReturnConsumedCapacity"] = "TOTAL"

    def answered(model: Any, parsed: dict[str, Any], **_: Any) -> None:
        seen.append((model.name, parsed))

    events.register("provide-client-params.dynamodb.*", metered)
    events.register("after-call.dynamodb.*", answered)
    try:
        yield seen
    finally:
        events.unregister("provide-client-params.dynamodb.*", metered)
        events.unregister("after-call.dynamodb.*", answered)


def units(desks: Desks, act: Callable[[], Any]) -> float:
    """Write units that `act` consumes."""
    with requests(desks) as seen:
        act()
    puts = [answer for name, answer in seen if name == "PutItem"]
    return float(sum(answer["ConsumedCapacity"]["CapacityUnits"] for answer in puts))


def busy_desk() -> Desk:
    """Two lines at their default caps with all that is ever kept of them, and six people waiting."""
    at_most = Caps()
    moments = [NOW - timedelta(seconds=3599 - 180 * each, microseconds=1) for each in range(at_most.an_hour)]
    use = LineUse(
        leases=tuple(Lease(f"{CALL_ID}#{each}", NOW + LEASE) for each in range(at_most.at_once)),
        starts=tuple(moments),
        rests_until=NOW,
        pause=at_most.pause,
        recent="a" * RECENT,
        wrong=tuple("abcdef01"[:MARK] for _ in range(MARKS)),
        connected=99_999,
        dialled=99_999,
    )
    waiting = tuple(Waiting(f"{CALL_ID}#{each}", NOW, NOW + timedelta(seconds=719)) for each in range(6))
    return Desk(OFFICE, 999_999, {FIRST: use, SECOND: use}, waiting)


def bytes_of(value: dict[str, Any]) -> int:
    """An attribute's size as DynamoDB counts it."""
    ((kind, inner),) = value.items()
    match kind:
        case "S":
            return len(inner.encode())
        case "N":
            return 1 + (len(inner) + 1) // 2
        case "L":
            return 3 + sum(1 + bytes_of(each) for each in inner)
        case "M":
            return 3 + sum(1 + len(name.encode()) + bytes_of(each) for name, each in inner.items())
        case _:
            return 1


def test_a_desk_at_its_caps_is_one_write_unit(figure: Figure) -> None:
    desk = busy_desk()
    item = keyed(keys.desk(OFFICE)) | wire(
        desk_item(desk) | {"version": desk.version, "expires_at": int((NOW + KEPT).timestamp())}
    )

    size = sum(len(name) + bytes_of(value) for name, value in item.items())

    figure(f"desk_bytes={size} lines=2 starts=20+20 leases=2+2 waiting=6 (one write unit: 1024)")
    assert size <= KILOBYTE


def test_each_ask_and_each_release_is_one_write_unit_and_what_changes_nothing_is_none(
    desks: Desks, request: pytest.FixtureRequest, figure: Figure
) -> None:
    acts: dict[str, Callable[[], Any]] = {
        "ask": lambda: desks.ask(OFFICE, "a", [LINE], NOW, waits=False),
        "repeat": lambda: desks.ask(OFFICE, "a", [LINE], NOW, waits=True),
        "full": lambda: desks.ask(OFFICE, "b", [LINE], NOW, waits=False),
        "wait": lambda: desks.ask(OFFICE, "b", [LINE], NOW, waits=True),
        "leave": lambda: desks.leave(OFFICE, "b", NOW),
        "release": lambda: desks.release(OFFICE, "a", FIRST, CallStatus.COMPLETED, NOW),
        "released": lambda: desks.release(OFFICE, "a", FIRST, CallStatus.COMPLETED, NOW),
        "doubt": lambda: desks.doubt(OFFICE, FIRST, "m1", NOW),
        "doubted": lambda: desks.doubt(OFFICE, FIRST, "m1", NOW),
        "cure": lambda: desks.cure(OFFICE, FIRST, NOW),
        "cured": lambda: desks.cure(OFFICE, FIRST, NOW),
    }

    spent = {name: units(desks, act) for name, act in acts.items()}

    backend = request.node.callspec.params["backend"]
    figure("write_units " + " ".join(f"{name}={spent[name]:g}" for name in acts) + f" ({backend})")
    free = {"repeat", "full", "released", "doubted", "cured"}
    assert spent == {name: 0 if name in free else 1 for name in acts}


def test_a_full_desk_is_still_written_for_one_unit_by_the_table_s_own_count(desks: Desks) -> None:
    item = desk_item(busy_desk()) | {"version": 999_999, "expires_at": 1}
    desks._table.put(keys.desk(OFFICE), item)

    assert units(desks, lambda: desks.release(OFFICE, f"{CALL_ID}#0", FIRST, CallStatus.BUSY, NOW)) == 1


# Responses lost on the way.


@contextmanager
def lost_responses(desks: Desks) -> Iterator[list[str]]:
    """The first answer to each write gets lost after it took effect, and the client sends it once more."""
    lost: list[str] = []
    events: Any = desks._table.client.meta.events

    def needs_retry(response: Any, operation: Any, attempts: int, **_: Any) -> int | None:
        if operation.name != "PutItem" or attempts > 1 or response is None:
            return None
        lost.append(operation.name)
        return 0

    events.register_first("needs-retry.dynamodb.PutItem", needs_retry)
    try:
        with by_http(desks._table.client):
            yield lost
    finally:
        events.unregister("needs-retry.dynamodb.PutItem", needs_retry)


def test_a_response_lost_on_the_way_is_harmless(desks: Desks) -> None:
    with lost_responses(desks) as lost:
        assert desks.ask(OFFICE, "a", [LINE], NOW, waits=True) == Granted(FIRST)
        assert desks.ask(OFFICE, "b", [LINE], NOW, waits=True) == Full(1, 180)
        desks.release(OFFICE, "a", FIRST, CallStatus.BUSY, NOW)
        desks.doubt(OFFICE, FIRST, "m1", NOW)

    use = load(desks).lines[FIRST]
    assert len(lost) == 4
    assert (len(use.starts), use.leases, use.recent, use.dialled) == (1, (), "b", 1)
    assert use.wrong == ("m1",)
    assert [each.ticket for each in load(desks).waiting] == ["b"]


# Lost races.


@contextmanager
def rival(desks: Desks, most: int) -> Iterator[list[int]]:
    """Somebody who writes the desk between our reading it and our writing it, `most` times."""
    races: list[int] = []
    client, table = desks._table.client, desks._table.name

    def be_faster(**_: Any) -> None:
        if len(races) < most:
            races.append(len(races))
            client.update_item(
                TableName=table, Key=keyed(keys.desk(OFFICE)), UpdateExpression="ADD version :one",
                ExpressionAttributeValues=wire({":one": 1}),
            )  # fmt: skip

    client.meta.events.register("before-parameter-build.dynamodb.PutItem", be_faster)
    try:
        yield races
    finally:
        client.meta.events.unregister("before-parameter-build.dynamodb.PutItem", be_faster)


def test_a_lost_race_is_decided_anew(desks: Desks) -> None:
    desks.doubt(OFFICE, FIRST, "m1", NOW)

    with rival(desks, TRIES - 1) as races:
        assert desks.ask(OFFICE, "a", [LINE], NOW, waits=False) == Granted(FIRST)

    assert len(races) == TRIES - 1
    assert load(desks).version == 1 + len(races) + 1


def test_who_loses_every_race_is_told_so_and_nothing_is_written(desks: Desks) -> None:
    desks.doubt(OFFICE, FIRST, "m1", NOW)

    with rival(desks, TRIES), pytest.raises(Crowded):
        desks.ask(OFFICE, "a", [LINE], NOW, waits=False)

    assert load(desks).lines[FIRST].leases == ()


# Desks as items.

moments = st.integers(0, 4 * 10**9).map(lambda seconds: datetime.fromtimestamp(seconds, UTC))
texts = st.text(st.characters(codec="utf-8"), min_size=1, max_size=12)
small = st.integers(0, 10**6)
uses = st.builds(
    LineUse,
    leases=st.lists(st.builds(Lease, texts, moments), max_size=3).map(tuple),
    starts=st.lists(moments, max_size=5).map(tuple),
    rests_until=st.none() | moments,
    pause=small,
    recent=st.text("abnf", max_size=RECENT),
    wrong=st.lists(texts, max_size=3).map(tuple),
    connected=small,
    dialled=small,
)
whole_desks = st.builds(
    Desk,
    office=st.just("replaced"),
    version=small,
    lines=st.dictionaries(texts, uses, max_size=3),
    waiting=st.lists(st.builds(Waiting, texts, moments, moments), max_size=4).map(tuple),
)
_ids = count(1)


@given(whole_desks)
@example(Desk("replaced", lines={FIRST: LineUse(rests_until=datetime.fromtimestamp(0, UTC))}))
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_desk_survives_the_table(desks: Desks, made: Desk) -> None:
    written = replace(made, office=f"office-{next(_ids)}")

    desks._table.put(keys.desk(written.office), desk_item(written) | {"version": written.version})

    assert load(desks, written.office) == written
