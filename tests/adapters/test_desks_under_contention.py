"""Caps with many threads at once, on the two tables that are right about it: exactly so many, never one more."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from threading import Barrier
from typing import Any, TypeVar

import pytest

from chalicelib.adapters.desks import Desks
from chalicelib.adapters.store import Store
from chalicelib.domain.call import CallStatus
from chalicelib.domain.desk import LEASE, Answer, Desk, Full, Granted
from chalicelib.domain.office import Caps, Line
from tests.conftest import Figure
from tests.stores import BACKENDS, CONTENDED, THREADS, fresh_table
from tests.values import NOW

OFFICE, NUMBER = "ero-atl", "+14045550190"
CAP = 3
LINE = Line(NUMBER, caps=Caps(at_once=CAP, an_hour=1000, pause=0))
SPEND_CAP, TRIES = 100, 4
A_SECOND = timedelta(seconds=1)
T = TypeVar("T")


@pytest.fixture(scope="module", params=CONTENDED)
def contended(request: pytest.FixtureRequest) -> Iterator[Any]:
    with BACKENDS[request.param]() as dynamodb:
        yield dynamodb


@pytest.fixture
def backend(request: pytest.FixtureRequest) -> str:
    name: str = request.node.callspec.params["contended"]
    return name


@pytest.fixture
def desks(contended: Any) -> Desks:
    return Desks(fresh_table(contended))


def at_once(work: Callable[[int], T], number: int = THREADS) -> list[T]:
    """Do the work in so many threads that all begin together; an error in one is raised here."""
    start = Barrier(number)

    def begin(index: int) -> T:
        start.wait()
        return work(index)

    with ThreadPoolExecutor(number) as pool:
        return list(pool.map(begin, range(number)))


def all_ask(desks: Desks, now: datetime = NOW, *, waits: bool = False, called: str = "call") -> list[Answer]:
    """64 callers ask for the line at once; the answers by caller."""
    return at_once(lambda each: desks.ask(OFFICE, f"{called}-{each}", [LINE], now, waits=waits))


def granted(answers: list[Answer]) -> list[int]:
    return [caller for caller, answer in enumerate(answers) if isinstance(answer, Granted)]


def places(answers: list[Answer]) -> dict[int, int]:
    """Each waiting caller's place."""
    return {caller: answer.place for caller, answer in enumerate(answers) if isinstance(answer, Full)}


def live(desks: Desks, now: datetime = NOW) -> int:
    """Leases of the line that hold now, as the table has them."""
    desk: Desk = desks.desks([OFFICE])[OFFICE]
    return sum(lease.until > now for lease in desk.lines[NUMBER].leases)


def test_64_who_ask_at_once_for_a_line_of_3_are_3(desks: Desks, backend: str, figure: Figure) -> None:
    answers = all_ask(desks)

    served = len(granted(answers))
    figure(f"line_cap={CAP} threads={THREADS} granted={served} ({backend})")
    assert served == live(desks) == CAP
    assert len(places(answers)) == THREADS - CAP


def test_repeats_of_the_same_64_hold_no_second_line(desks: Desks) -> None:
    first = granted(all_ask(desks))

    assert granted(all_ask(desks)) == first
    assert live(desks) == CAP


@pytest.mark.parametrize("ends", [1, 2, 3])
def test_so_many_lines_given_back_let_so_many_in(
    desks: Desks, backend: str, figure: Figure, ends: int
) -> None:
    talking = granted(all_ask(desks))[:ends]
    # Each end is told by both webhooks that tell it, all at once.
    told = [f"call-{each}" for each in talking] * 2
    at_once(lambda each: desks.release(OFFICE, told[each], NUMBER, CallStatus.COMPLETED, NOW), len(told))

    served = len(granted(all_ask(desks, called="next")))

    figure(f"line_cap={CAP} released={ends} threads={THREADS} granted={served} ({backend})")
    assert served == ends
    assert live(desks) == CAP
    assert desks.desks([OFFICE])[OFFICE].lines[NUMBER].connected == ends


def test_ends_and_asks_at_the_same_time_never_pass_the_cap(desks: Desks) -> None:
    talking = granted(all_ask(desks))

    def go(each: int) -> Answer | str | None:
        if each < CAP:
            return desks.release(OFFICE, f"call-{talking[each]}", NUMBER, CallStatus.BUSY, NOW)
        return desks.ask(OFFICE, f"next-{each}", [LINE], NOW, waits=True)

    answers = [answer for answer in at_once(go) if isinstance(answer, Granted | Full)]

    assert len(granted(list(answers))) == live(desks) <= CAP
    assert len(answers) == THREADS - CAP


def test_64_who_wait_have_64_places_and_are_served_in_their_order(
    desks: Desks, backend: str, figure: Figure
) -> None:
    answers = all_ask(desks, waits=True)
    talking, line = granted(answers), places(answers)
    assert sorted(line.values()) == list(range(1, THREADS - CAP + 1))

    at_once(lambda each: desks.release(OFFICE, f"call-{talking[each]}", NUMBER, None, NOW), CAP)
    again = {caller: desks.ask(OFFICE, f"call-{caller}", [LINE], NOW, waits=True) for caller in line}
    served = {line[caller] for caller, answer in again.items() if isinstance(answer, Granted)}

    figure(f"line_cap={CAP} waiting={len(line)} places_served={sorted(served)} ({backend})")
    assert served == {1, 2, 3}


def test_calls_that_are_killed_give_their_lines_back_in_their_time(
    desks: Desks, backend: str, figure: Figure
) -> None:
    all_ask(desks)
    before, then = NOW + LEASE - A_SECOND, NOW + LEASE

    early = len(granted(all_ask(desks, before, called="early")))
    later = len(granted(all_ask(desks, then, called="later")))

    figure(
        f"line_cap={CAP} killed={CAP} granted_after_{LEASE.seconds - 1}s={early} "
        f"granted_after_{LEASE.seconds}s={later} ({backend})"
    )
    assert (early, later) == (0, CAP)
    assert live(desks, then) == CAP


def test_64_who_say_wrong_number_at_once_are_heard_and_the_line_is_sick(desks: Desks) -> None:
    found = at_once(lambda each: desks.doubt(OFFICE, NUMBER, f"{each:08}", NOW))

    assert found.count("wrong_number") == THREADS - 2
    assert len(desks.desks([OFFICE])[OFFICE].lines[NUMBER].wrong) == 8


def test_64_threads_pass_a_spend_cap_of_100_exactly_100_times(
    contended: Any, backend: str, figure: Figure
) -> None:
    store, expires = Store(fresh_table(contended)), NOW + timedelta(days=2)

    def try_often(_: int) -> list[bool]:
        return [store.spend("calls#families-28", "2026-11-24", SPEND_CAP, expires) for _ in range(TRIES)]

    passed = [was for each in at_once(try_often) for was in each]

    figure(f"spend_cap={SPEND_CAP} tried={len(passed)} passed={sum(passed)} ({backend})")
    assert (len(passed), sum(passed)) == (THREADS * TRIES, SPEND_CAP)
