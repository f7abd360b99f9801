"""What the bookings promise, on three implementations of the table; what is counted, under 64 threads on two."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from chalicelib.adapters import keys
from chalicelib.adapters.bookings import DUE_KEPT, KEPT, Booker, Bookings, Full, booking_item
from chalicelib.adapters.store import Stale
from chalicelib.adapters.table import keyed, wire
from chalicelib.domain.booking import Booking, Reason, State, cancelled, dropped, placed
from chalicelib.domain.call import Consent
from chalicelib.domain.words import Language
from tests.conftest import Figure
from tests.crowd import at_once
from tests.stores import BACKENDS, CONTENDED, THREADS, fresh_table
from tests.values import NOW, PHONE

AT = datetime(2026, 11, 25, 17, 15, tzinfo=UTC)
SECOND, MINUTE, HOUR, WEEK = timedelta(seconds=1), timedelta(minutes=1), timedelta(hours=1), timedelta(days=7)
UNTIL = date(2026, 12, 9)
KILOBYTE = 1024
ROOM = 5


@pytest.fixture
def bookings(backend: Any) -> Bookings:
    return Bookings(fresh_table(backend))


@pytest.fixture(scope="module", params=CONTENDED)
def contended(request: pytest.FixtureRequest) -> Iterator[Any]:
    with BACKENDS[request.param]() as dynamodb:
        yield dynamodb


def made(number: int = 0, **changes: Any) -> Booking:
    """A booking of one of many people."""
    booking = Booking(
        id=f"booking-{number}", campaign="families-28", office="ero-atl", language=Language.ES, phone=PHONE,
        phone_key=f"{number:032}", phone_ends="23", consent=Consent("book-1", 1, Language.ES, NOW),
        zone="America/Chicago", at=AT, wall=time(11, 15), until=None, created_at=NOW, changed_at=NOW,
    )  # fmt: skip
    return replace(booking, **changes)


def kept(bookings: Bookings, booking: Booking, room: int = ROOM) -> Booking:
    bookings.book(booking, bookings.open_of(booking.phone_key, NOW)[0], room)
    return booking


def raw(bookings: Bookings) -> str:
    """The whole table, as text."""
    return str(bookings._table.client.scan(TableName=bookings._table.name)["Items"])


def due_ids(bookings: Bookings, now: datetime, ahead: timedelta = timedelta(seconds=90)) -> list[str]:
    return [listed.booking_id for listed in bookings.due(now, now + ahead)]


# One at a time.


@pytest.mark.parametrize("until", [None, UNTIL])
def test_a_booking_comes_back_as_it_was_written(bookings: Bookings, until: date | None) -> None:
    written = kept(bookings, made(until=until))

    assert bookings.booking(written.id, NOW) == written
    assert bookings.open_of(written.phone_key, NOW) == (
        Booker(written.phone_key, (written.id,), 1),
        (written,),
    )


@pytest.mark.parametrize("booking_id", ["nobody", "x" * 2100, "☎" * 1000, "\x00"])
def test_what_is_not_there_is_none(bookings: Bookings, booking_id: str) -> None:
    assert bookings.booking(booking_id, NOW) is None


def test_a_quarter_hour_takes_as_many_as_it_bears_and_no_more(bookings: Bookings) -> None:
    for number in range(ROOM):
        kept(bookings, made(number))

    with pytest.raises(Full):
        kept(bookings, made(ROOM))

    assert bookings.taken("ero-atl", AT) == {AT: ROOM}
    assert bookings.booking(f"booking-{ROOM}", NOW) is None
    assert bookings.open_of(made(ROOM).phone_key, NOW) == (Booker(made(ROOM).phone_key), ())
    assert len(due_ids(bookings, AT)) == ROOM


def test_quarters_of_other_times_and_offices_are_not_touched(bookings: Bookings) -> None:
    kept(bookings, made(0), room=1)

    kept(bookings, made(1, office="ero-was"), room=1)
    kept(bookings, made(2, at=AT + 15 * MINUTE), room=1)

    assert bookings.taken("ero-atl", AT + HOUR) == {AT: 1, AT + 15 * MINUTE: 1}
    assert bookings.taken("ero-atl", AT) == {AT: 1}
    assert bookings.taken("ero-was", AT) == {AT: 1}


def test_a_weekly_call_takes_its_place_in_every_week_or_in_none(bookings: Bookings) -> None:
    kept(bookings, made(0, at=AT + WEEK), room=1)

    with pytest.raises(Full):
        kept(bookings, made(1, until=UNTIL), room=1)
    kept(bookings, made(2, until=UNTIL), room=2)

    assert bookings.taken("ero-atl", AT + 2 * WEEK) == {AT: 1, AT + WEEK: 2, AT + 2 * WEEK: 1}


def test_cancelling_gives_every_place_back_and_takes_the_number_out_of_the_table(bookings: Bookings) -> None:
    written = kept(bookings, made(until=UNTIL), room=1)
    assert PHONE in raw(bookings)

    after = bookings.change(written, cancelled(written, NOW + MINUTE))

    assert (after.state, after.version) == (State.CANCELLED, 1)
    assert bookings.booking(written.id, NOW) == after
    assert bookings.taken("ero-atl", AT + 2 * WEEK) == {AT: 0, AT + WEEK: 0, AT + 2 * WEEK: 0}
    assert PHONE not in raw(bookings)
    kept(bookings, made(1, until=UNTIL, phone=None), room=1)


def test_a_series_that_moves_on_gives_back_nothing_and_is_listed_for_its_next_time(
    bookings: Bookings,
) -> None:
    written = kept(bookings, made(until=UNTIL))

    after = bookings.change(written, placed(written, "a-call", AT))

    assert bookings.booking(written.id, AT) == after
    assert (after.at, after.call_id, after.phone) == (AT + WEEK, "a-call", PHONE)
    assert due_ids(bookings, AT + WEEK) == [written.id]
    assert bookings.taken("ero-atl", AT + 2 * WEEK)[AT + WEEK] == 1


def test_a_cancelled_series_gives_back_only_what_is_to_come(bookings: Bookings) -> None:
    written = kept(bookings, made(until=UNTIL))
    second = bookings.change(written, dropped(written, Reason.CLOSED, AT))

    bookings.change(second, cancelled(second, AT + HOUR))

    assert bookings.taken("ero-atl", AT + 2 * WEEK) == {AT: 1, AT + WEEK: 0, AT + 2 * WEEK: 0}


@pytest.mark.parametrize("change", [cancelled, lambda b, now: dropped(b, Reason.CLOSED, now)])
def test_a_change_of_what_somebody_else_moved_writes_nothing(
    bookings: Bookings, change: Callable[[Booking, datetime], Booking]
) -> None:
    written = kept(bookings, made(until=UNTIL))
    moved = bookings.change(written, placed(written, "a-call", AT))

    with pytest.raises(Stale):
        bookings.change(written, change(written, AT))

    assert bookings.booking(written.id, AT) == moved
    assert bookings.taken("ero-atl", AT + 2 * WEEK)[AT + WEEK] == 1


def test_a_change_that_changes_nothing_writes_nothing(bookings: Bookings) -> None:
    written = kept(bookings, made())

    assert bookings.change(written, written) is written
    assert bookings.booking(written.id, NOW) == written


def later(before: Booking, by: timedelta) -> Booking:
    at = before.at + by
    return replace(before, at=at, wall=at.astimezone(ZoneInfo(before.zone)).time(), changed_at=NOW + MINUTE)


def test_another_time_is_taken_and_the_old_one_given_back_in_one_write(bookings: Bookings) -> None:
    before = kept(bookings, made(until=UNTIL))
    after = bookings.reschedule(before, later(before, 2 * HOUR), ROOM)

    assert bookings.booking(before.id, NOW) == after
    assert (after.at, after.version) == (AT + 2 * HOUR, 1)
    assert {at: count for at, count in bookings.taken("ero-atl", AT + 5 * WEEK).items() if count} == {
        AT + 2 * HOUR + n * WEEK: 1 for n in range(3)
    }
    assert due_ids(bookings, AT + 2 * HOUR - MINUTE) == [before.id]


def test_a_week_that_both_have_is_neither_given_back_nor_taken_twice(bookings: Bookings) -> None:
    before = kept(bookings, made(until=UNTIL), room=1)
    bookings.reschedule(before, later(before, WEEK), 1)

    taken = bookings.taken("ero-atl", AT + 5 * WEEK)
    assert [taken[AT + n * WEEK] for n in range(3)] == [0, 1, 1]


def test_a_time_that_is_taken_leaves_the_old_one_as_it_was(bookings: Bookings) -> None:
    kept(bookings, made(1, at=AT + HOUR), room=1)
    before = kept(bookings, made(), room=1)

    with pytest.raises(Full):
        bookings.reschedule(before, later(before, HOUR), 1)

    assert bookings.booking(before.id, NOW) == before
    assert bookings.taken("ero-atl", AT + WEEK) == {AT: 1, AT + HOUR: 1}


def test_another_time_for_what_somebody_moved_or_ended_is_stale(bookings: Bookings) -> None:
    before = kept(bookings, made())
    bookings.change(before, cancelled(before, NOW))

    with pytest.raises(Stale):
        bookings.reschedule(before, later(before, HOUR), ROOM)

    assert set(bookings.taken("ero-atl", AT + WEEK).values()) == {0}
    assert bookings.reschedule(before, before, ROOM) is before


def test_a_phone_s_list_that_moved_on_is_stale(bookings: Bookings) -> None:
    first = kept(bookings, made())

    with pytest.raises(Stale):
        bookings.book(made(1, phone_key=first.phone_key), Booker(first.phone_key), ROOM)

    assert bookings.taken("ero-atl", AT) == {AT: 1}


def test_the_same_id_is_never_booked_twice(bookings: Bookings) -> None:
    written = kept(bookings, made())

    with pytest.raises(Stale):
        bookings.book(replace(written, phone_key="f" * 32), Booker("f" * 32), ROOM)


def test_what_is_over_drops_out_of_its_phone_s_list(bookings: Bookings) -> None:
    mine = "f" * 32
    first, second = (kept(bookings, made(n, phone_key=mine, at=AT + n * HOUR)) for n in (1, 2))
    bookings.change(first, cancelled(first, NOW))

    booker, still_open = bookings.open_of(mine, NOW)

    assert (booker.bookings, still_open) == ((second.id,), (second,))


def test_a_page_lives_thirty_days_after_the_last_change(bookings: Bookings) -> None:
    written = kept(bookings, made())
    after = bookings.change(written, dropped(written, Reason.CLOSED, AT))

    assert bookings.booking(written.id, AT + KEPT - SECOND) == after
    assert bookings.booking(written.id, AT + KEPT) is None


def test_a_page_of_a_call_to_come_lives_at_least_until_then(bookings: Bookings) -> None:
    written = kept(bookings, made(at=NOW + timedelta(days=14)))

    assert bookings.booking(written.id, written.at + timedelta(days=29)) == written


# What comes when.


def test_what_comes_is_found_ahead_of_its_time_across_the_hour(bookings: Bookings) -> None:
    at = datetime(2026, 11, 25, 18, 0, tzinfo=UTC)
    for number, moment in enumerate((at - 15 * MINUTE, at, at + 15 * MINUTE)):
        kept(bookings, made(number, at=moment))

    assert due_ids(bookings, at - 91 * SECOND) == ["booking-0"]
    assert due_ids(bookings, at - 90 * SECOND) == ["booking-0", "booking-1"]
    assert due_ids(bookings, at + 5 * MINUTE) == ["booking-0", "booking-1"]


def test_what_is_seen_is_off_the_list_and_nothing_else(bookings: Bookings) -> None:
    kept(bookings, made(0))
    kept(bookings, made(1))

    first = next(bookings.due(AT, AT))
    bookings.seen(first)

    assert (first.booking_id, first.at) == ("booking-0", AT)
    assert due_ids(bookings, AT) == ["booking-1"]


def test_what_a_sleeping_schedule_left_is_found_within_the_hour(bookings: Bookings) -> None:
    written = kept(bookings, made())
    woken = AT + timedelta(hours=9, minutes=17)

    assert [written.id] in [due_ids(bookings, woken + n * MINUTE) for n in range(60)]
    assert woken - AT < DUE_KEPT


def bytes_of(value: dict[str, Any]) -> int:
    """An attribute's size as DynamoDB counts it."""
    ((kind, inner),) = value.items()
    match kind:
        case "S":
            return len(inner.encode())
        case "N":
            return 1 + (len(inner) + 1) // 2
        case "M":
            return 3 + sum(1 + len(name.encode()) + bytes_of(each) for name, each in inner.items())
        case _:
            return 1


def test_a_booking_with_everything_known_is_one_write_unit(figure: Figure) -> None:
    full = made(
        id="i" * 22, zone="America/Argentina/ComodRivadavia", office="ero-" + "o" * 28, campaign="c" * 60,
        until=UNTIL, call_id="c" * 22, dropped=Reason.LINE_TOO_LONG, last_at=AT, version=99,
    )  # fmt: skip
    item = keyed(keys.booking(full.id)) | wire(booking_item(full))
    size = sum(len(name) + bytes_of(value) for name, value in item.items())

    figure(f"a booking's item: {size} of {KILOBYTE} bytes")
    assert size < KILOBYTE


# Many at once.


def until_answered(work: Callable[[], Any]) -> Any:
    """Once more after a lost race, as whoever books does."""
    while True:
        try:
            return work()
        except Stale:
            continue


def test_sixty_four_people_want_five_places(contended: Any, figure: Figure) -> None:
    bookings = Bookings(fresh_table(contended))

    found = at_once(THREADS, lambda n: until_answered(lambda: kept(bookings, made(n))))

    got = [each for each in found if isinstance(each, Booking)]
    figure(f"one quarter-hour of 5 places, 64 people at once: booked={len(got)}")
    assert len(got) == ROOM
    assert {type(each) for each in found} == {Booking, Full}
    assert bookings.taken("ero-atl", AT) == {AT: ROOM}
    assert len(due_ids(bookings, AT)) == ROOM


def test_one_phone_books_from_sixty_four_places_and_its_list_loses_none(contended: Any) -> None:
    bookings, mine = Bookings(fresh_table(contended)), "f" * 32

    found = at_once(THREADS, lambda n: kept(bookings, made(n, phone_key=mine, at=AT + n * HOUR)))

    won = {each.id for each in found if isinstance(each, Booking)}
    assert {type(each) for each in found} <= {Booking, Stale}
    assert won
    assert set(bookings.open_of(mine, NOW)[0].bookings) == won


def test_a_cancelling_and_a_placing_at_once_are_one_or_the_other(contended: Any) -> None:
    bookings = Bookings(fresh_table(contended))
    written = kept(bookings, made(until=UNTIL))
    ends = (cancelled(written, AT), placed(written, "a-call", AT))

    found = at_once(16, lambda n: bookings.change(written, ends[n % 2]))

    won = [each for each in found if isinstance(each, Booking)]
    assert len(won) == 1
    assert bookings.booking(written.id, AT) == won[0]
    assert bookings.taken("ero-atl", AT + WEEK)[AT + WEEK] == (0 if won[0].is_over else 1)
