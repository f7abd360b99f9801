"""What the store promises, on three implementations of the table: moto, ministack and DynamoDB Local."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from chalicelib.adapters import keys
from chalicelib.adapters.catalog import Catalog
from chalicelib.adapters.session_items import KEPT, session_item
from chalicelib.adapters.store import LineFull, Stale, Store
from chalicelib.adapters.table import keyed, wire
from chalicelib.domain.call import CallSession, CallStatus, Consent, Ending, Notice, OfficeCall, Stage
from chalicelib.domain.counts import Action, Basis, Channel, Outcome, counted, difference
from chalicelib.domain.events import Count, StopRinging
from chalicelib.domain.limits import LONGEST_WAIT, Caller
from chalicelib.domain.words import Language
from tests.hours import require_same_hours
from tests.rehearsal import SLUG
from tests.stores import fresh_table
from tests.values import CALL_ID, NOW, called, session

SECOND = timedelta(seconds=1)
KILOBYTE = 1024


@pytest.fixture
def store(backend: Any) -> Store:
    return Store(fresh_table(backend))


def action(number: int = 0, outcome: Outcome = Outcome.SPOKE, call: str = CALL_ID) -> Action:
    return Action(f"{call}-{number}", SLUG, Channel.CALLS, "ero-atl", outcome, Basis.KEY, 42, NOW)


def opened(store: Store, **changes: Any) -> CallSession:
    made = session(**changes)
    store.open_call(made, Caller(open_call=made.id))
    return made


def moved(before: CallSession, **changes: Any) -> CallSession:
    return replace(before, step=before.step + 1, changed_at=NOW + SECOND, **changes)


# One at a time.


def test_a_session_comes_back_as_it_was_written(store: Store) -> None:
    written = opened(store, legs=(called(Outcome.BUSY),))

    assert store.call(CALL_ID, NOW) == written
    assert store.caller(written.phone_key) == (Caller(version=1, open_call=CALL_ID), False)


def test_a_second_session_of_a_caller_who_moved_on_is_stale_and_leaves_nothing(store: Store) -> None:
    first = opened(store)

    with pytest.raises(Stale):
        store.open_call(session(id="another-call-of-hers"), Caller())

    assert store.call("another-call-of-hers", NOW) is None
    assert store.caller(first.phone_key)[0].open_call == CALL_ID


def test_the_same_session_is_never_opened_twice(store: Store) -> None:
    made = opened(store)

    with pytest.raises(Stale):
        store.open_call(made, store.caller(made.phone_key)[0])


def test_a_commit_writes_the_session_one_version_on(store: Store) -> None:
    before = opened(store)

    after = store.commit(before, moved(before, stage=Stage.MENU), [])

    assert (after.version, after.stage) == (1, Stage.MENU)
    assert store.call(CALL_ID, NOW) == after


def test_a_commit_that_changes_nothing_writes_nothing(store: Store) -> None:
    before = opened(store)

    assert store.commit(before, before, []) is before
    assert store.call(CALL_ID, NOW) == before


@pytest.mark.parametrize("effects", [[], [Count(action())], [StopRinging("0" * 32)]])
def test_a_stale_commit_writes_nothing_at_all(store: Store, effects: list[Any]) -> None:
    before = opened(store)
    store.commit(before, moved(before), [])

    with pytest.raises(Stale):
        store.commit(before, moved(before, stage=Stage.ENDED), effects)

    found = store.call(CALL_ID, NOW)
    assert found is not None
    assert (found.stage, found.version) == (before.stage, 1)
    assert list(store.actions()) == []
    assert store.tally(SLUG, Channel.CALLS).tally == 0
    assert not store.is_stopped("0" * 32)


def test_an_action_is_counted_with_its_session_or_not_at_all(store: Store) -> None:
    before = opened(store)

    store.commit(before, moved(before), [Count(action(0)), Count(action(1, Outcome.BUSY))])

    tally = store.tally(SLUG, Channel.CALLS)
    assert sorted(each.id for each in store.actions()) == [f"{CALL_ID}-0", f"{CALL_ID}-1"]
    assert (tally.tally, dict(tally.outcomes)) == (2, {Outcome.SPOKE: 1, Outcome.BUSY: 1})


def test_an_action_that_is_there_is_not_counted_again_while_the_session_goes_on(store: Store) -> None:
    before = opened(store)
    once = store.commit(before, moved(before), [Count(action())])

    twice = store.commit(once, moved(once), [Count(replace(action(), outcome=Outcome.FAILED))])

    assert store.call(CALL_ID, NOW) == twice
    assert [each.outcome for each in store.actions()] == [Outcome.SPOKE]
    assert store.tally(SLUG, Channel.CALLS).tally == 1


def test_a_stop_comes_with_its_commit_and_stays(store: Store) -> None:
    before = opened(store)
    store.commit(before, moved(before, stage=Stage.ENDED), [StopRinging(before.phone_key)])

    assert store.is_stopped(before.phone_key)
    assert store.caller(before.phone_key)[1]
    assert not store.is_stopped("1" * 32)


def test_a_page_whose_time_is_over_is_gone_though_its_item_is_still_there(store: Store) -> None:
    made = opened(store)

    assert store.call(CALL_ID, NOW + KEPT - SECOND) == made
    assert store.call(CALL_ID, NOW + KEPT) is None


@pytest.mark.parametrize("call_id", ["nobody", "x" * 2100, "☎" * 1000, "\x00"])
def test_what_is_not_there_is_none_however_long_its_name(store: Store, call_id: str) -> None:
    assert store.call(call_id, NOW) is None
    assert Catalog(store._table).campaign(call_id) is None


def test_what_is_due_is_found_across_the_hour_and_not_before_its_time(store: Store) -> None:
    at = datetime(2026, 11, 24, 15, 59, 30, tzinfo=UTC)
    store.watch("a-call-before-the-hour", at)
    store.watch("a-call-after-the-hour", at + timedelta(seconds=60))
    store.watch("a-call-much-later", at + timedelta(minutes=30))

    def due(now: datetime) -> list[str]:
        return [call_id for _, call_id in store.due(now)]

    assert due(at - SECOND) == []
    assert due(at) == ["a-call-before-the-hour"]
    assert due(at + timedelta(seconds=60)) == ["a-call-before-the-hour", "a-call-after-the-hour"]
    key, _ = next(iter(store.due(at)))
    store.seen(key)
    assert due(at + timedelta(seconds=60)) == ["a-call-after-the-hour"]


def test_what_a_sleeping_schedule_left_is_found_within_the_hour(store: Store) -> None:
    store.watch(CALL_ID, NOW)
    woken = NOW + timedelta(hours=9, minutes=17)

    minutes = [woken + timedelta(minutes=each) for each in range(60)]
    assert [CALL_ID] in [[call_id for _, call_id in store.due(each)] for each in minutes]


def test_turns_come_one_step_after_another_and_an_idle_line_is_free_at_once(store: Store) -> None:
    step = timedelta(seconds=0.5)

    turns = [store.reserve("voice", NOW, step) for _ in range(5)]
    later = NOW + timedelta(minutes=2)

    assert turns == [NOW + step * each for each in range(5)]
    assert store.reserve("voice", later, step) == later
    assert store.reserve("another", NOW, step) == NOW


def test_a_line_takes_nobody_who_would_wait_longer_than_we_promise(store: Store) -> None:
    step = LONGEST_WAIT / 2
    turns = [store.reserve("voice", NOW, step) for _ in range(3)]

    with pytest.raises(LineFull):
        store.reserve("voice", NOW, step)

    assert turns == [NOW, NOW + step, NOW + LONGEST_WAIT]


def test_a_ceiling_takes_so_many_and_no_more_for_each_window_and_name(store: Store) -> None:
    expires = NOW + timedelta(hours=2)

    assert [store.spend("a", "15", 2, expires) for _ in range(4)] == [True, True, False, False]
    assert store.spend("a", "16", 2, expires)
    assert store.spend("b", "15", 2, expires)


def test_a_thing_with_a_name_is_counted_once_however_often_it_is_asked_and_even_when_the_ceiling_is_reached(
    store: Store,
) -> None:
    expires = NOW + timedelta(hours=2)

    def spend(mark: str) -> bool:
        return store.spend_once("a", "15", 2, expires, mark)

    assert [spend("one"), spend("one"), store.spent("a", "15")] == [True, True, 1]
    assert [spend("two"), spend("two"), store.spent("a", "15")] == [True, True, 2]
    assert [spend("three"), spend("one"), store.spent("a", "15")] == [False, False, 2]
    assert store.spent("b", "15") == 0


def test_tallies_and_ledger_agree_over_every_shard(store: Store) -> None:
    before = opened(store)
    for number in range(12):
        outcome = list(Outcome)[number % len(Outcome)]
        before = store.commit(before, moved(before), [Count(action(number, outcome))])

    assert difference(counted(store.actions()), store.tally(SLUG, Channel.CALLS)) == 0
    require_same_hours(store._table, list(store.actions()))
    assert sum(tally.tally for _, _, tally in store.tallies()) == 12


# Sessions as items.

moments = st.integers(0, 4 * 10**12).map(lambda ms: datetime.fromtimestamp(ms / 1000, UTC))
texts = st.text(st.characters(codec="utf-8"), max_size=12)
small = st.integers(0, 10**6)
consents = st.builds(Consent, texts, small, st.sampled_from(Language), moments)
legs = st.builds(
    OfficeCall,
    office=texts,
    line=texts,
    step=small,
    started_at=moments,
    answered_at=st.none() | moments,
    status=st.none() | st.sampled_from(CallStatus),
    seconds=small,
    outcome=st.none() | st.sampled_from(Outcome),
    basis=st.none() | st.sampled_from(Basis),
)
sessions = st.builds(
    CallSession,
    id=st.just("replaced"),
    campaign=texts,
    language=st.sampled_from(Language),
    phone=st.none() | texts,
    phone_key=texts,
    phone_ends=texts,
    consent=consents,
    offices=st.lists(texts, max_size=3).map(tuple),
    created_at=moments,
    ring_at=moments,
    changed_at=moments,
    stage=st.sampled_from(Stage),
    step=small,
    version=small,
    tries=small,
    notice=st.none() | st.sampled_from(Notice),
    shows_own=st.booleans(),
    call_sid=st.none() | texts,
    attempt=st.none() | texts,
    legs=st.lists(legs, max_size=3).map(tuple),
    number=st.none() | small,
    ending=st.none() | st.sampled_from(Ending),
    reason=st.none() | small,
    answer_by=st.none() | moments,
)
_ids = count(1)


@given(sessions)
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_session_survives_the_table(store: Store, made: CallSession) -> None:
    number = next(_ids)
    written = replace(made, id=f"call-{number}", phone_key=f"key-{number}")

    store.open_call(written, Caller())

    assert store.call(written.id, written.changed_at) == written


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


def test_a_session_with_three_legs_and_everything_known_is_one_write_unit() -> None:
    legs_known = tuple(
        replace(called(Outcome.WRONG_NUMBER), office=office, answered_at=NOW, seconds=900)
        for office in session().offices
    )
    full = session(
        legs=legs_known, stage=Stage.ENDED, ending=Ending.NOT_PICKED_UP, notice=Notice.WRONG_KEY,
        call_sid="CA" + "1" * 32, attempt=CALL_ID, number=123_456, reason=13_224, answer_by=NOW, version=99, step=21,
        language=Language.ES, tries=2,
    )  # fmt: skip
    item = keyed(keys.session(full.id)) | wire(session_item(full))

    assert sum(len(name) + bytes_of(value) for name, value in item.items()) < KILOBYTE


def test_calls_by_a_shared_link_are_counted_by_day_and_campaign(store: Store) -> None:
    midnight = datetime(2026, 11, 25, tzinfo=UTC)
    for at in (midnight - SECOND, midnight, midnight + SECOND):
        store.add_shared(SLUG, at)
    store.add_shared("another-campaign", midnight)

    assert store.shared(SLUG) == {(midnight - SECOND).date(): 1, midnight.date(): 2}
    assert store.shared("nobody-shared-this") == {}
