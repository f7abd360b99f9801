"""What the subscribers' table promises, on three implementations of it: moto, ministack and DynamoDB Local."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import count
from typing import Any

import pytest

from chalicelib.adapters import keys
from chalicelib.adapters.store import Repeated, Stale
from chalicelib.adapters.subscribers import Reaction, Said, Standing, Subscribers
from chalicelib.domain.retention import KEPT_AFTER
from chalicelib.domain.subscriber import Evidence, Moment, Reply, State, is_unchanged
from chalicelib.domain.subscriber_events import Answer, Confirmed, Event, Joined, Stopped, Unclear
from chalicelib.domain.subscriber_machine import advance_everywhere
from chalicelib.domain.words import Language
from tests.stores import fresh_table
from tests.values import NOW

ANA = "a" * 32
NUMBER = "+14045550123"
FAMILIES, SHELTERS = "families-28", "shelters"
MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)
sids = (f"SM{number:032x}" for number in count(1))


@pytest.fixture
def subscribers(backend: Any) -> Subscribers:
    return Subscribers(fresh_table(backend))


def told(at: datetime, text: str = "", sid: str = "") -> Evidence:
    return Evidence(
        id=sid or next(sids), at=at, sender="+12025550142", text=text, language=Language.ES, shown="v1"
    )


def changes(standing: Standing, event: Event, at: datetime, programme: str = FAMILIES) -> Sequence[Any]:
    others = [each for name, each in sorted(standing.profiles.items()) if name != programme]
    return advance_everywhere(standing.with_programme(programme), others, event, Moment(at, "v1"))


def says(
    subscribers: Subscribers, event: type, at: datetime, programme: str = FAMILIES, **more: str
) -> Answer | None:
    """Take one text of Ana's."""
    standing, evidence = subscribers.standing(ANA), told(at, **more)
    said = Said(evidence.id, at, NUMBER, evidence.text)
    reaction = subscribers.take(said, standing, changes(standing, event(evidence), at, programme))
    assert reaction.programme == programme
    assert reaction.what is None or isinstance(reaction.what, Answer)
    return reaction.what


def joined(subscribers: Subscribers, programme: str = FAMILIES, at: datetime = NOW) -> None:
    says(subscribers, Joined, at, programme)
    says(subscribers, Confirmed, at + MINUTE, programme)


def test_who_joins_and_confirms_is_subscribed_and_the_ledger_says_why(subscribers: Subscribers) -> None:
    asked = says(subscribers, Joined, NOW, text="FAMILIAS")
    welcomed = says(subscribers, Confirmed, NOW + MINUTE, text="SI")

    assert (asked, welcomed) == (Answer(Reply.CONFIRM, Language.ES), Answer(Reply.WELCOME, Language.ES))
    assert subscribers.standing(ANA).with_programme(FAMILIES).state is State.SUBSCRIBED
    rows = subscribers.consents(ANA)
    assert [(row.was, row.now, row.text) for row in rows] == [
        (State.UNKNOWN, State.PENDING, "FAMILIAS"),
        (State.PENDING, State.SUBSCRIBED, "SI"),
    ]
    assert all(map(is_unchanged, rows))


def test_a_standing_reads_as_it_was_written(subscribers: Subscribers) -> None:
    joined(subscribers)
    says(subscribers, Unclear, NOW + 2 * MINUTE, text="STOP ICE")
    before = subscribers.standing(ANA)

    read = before.with_programme(FAMILIES)
    assert (read.state, read.version, read.language) == (State.HELD, 3, Language.ES)
    assert [each.reply for each in read.replied] == [Reply.CONFIRM, Reply.WELCOME, Reply.UNCLEAR]
    assert read.held_at == NOW + 2 * MINUTE


def test_a_text_is_taken_once_and_its_repeat_is_answered_alike(subscribers: Subscribers) -> None:
    sid = next(sids)
    first = says(subscribers, Joined, NOW, sid=sid)
    before = subscribers.standing(ANA)

    with pytest.raises(Repeated):
        says(subscribers, Joined, NOW + MINUTE, sid=sid)

    assert subscribers.standing(ANA) == before
    assert subscribers.reaction(sid) == Reaction(FAMILIES, first)
    assert first == Answer(Reply.CONFIRM, Language.ES)
    assert len(subscribers.consents(ANA)) == 1


def test_a_stop_is_for_every_programme_and_for_those_without_a_row(subscribers: Subscribers) -> None:
    joined(subscribers)
    joined(subscribers, SHELTERS)
    answer = says(subscribers, Stopped, NOW + 2 * MINUTE, text="ALTO")

    standing = subscribers.standing(ANA)
    assert answer == Answer(Reply.STOPPED, Language.ES)
    assert {each.state for each in standing.profiles.values()} == {State.STOPPED}
    assert standing.with_programme("one-never-heard-of").state is State.STOPPED
    assert says(subscribers, Stopped, NOW + 3 * MINUTE) is None


def test_an_opt_in_word_lifts_the_stop_for_its_programme_alone(subscribers: Subscribers) -> None:
    joined(subscribers)
    joined(subscribers, SHELTERS)
    says(subscribers, Stopped, NOW + 2 * MINUTE)
    joined(subscribers, FAMILIES, NOW + 3 * MINUTE)

    standing = subscribers.standing(ANA)
    assert standing.with_programme(FAMILIES).state is State.SUBSCRIBED
    assert standing.with_programme(SHELTERS).state is State.STOPPED
    assert standing.stop is not None
    assert standing.stop.lifted_for == {FAMILIES}


def test_a_stop_and_the_ledger_have_no_end(subscribers: Subscribers) -> None:
    joined(subscribers)
    says(subscribers, Stopped, NOW + 2 * MINUTE)
    table = subscribers._table

    kept = [*table.partition(keys.subscriber(ANA)), table.get(keys.stop_texts(ANA)) or {}]
    assert len(kept) == 5
    assert not [item for item in kept if "expires_at" in item]


def ends(subscribers: Subscribers) -> list[int | None]:
    """The end of each row of Ana's, in order."""
    rows = subscribers._table.partition(keys.subscriber(ANA))
    return [row.get("expires_at") for row in rows if row["type"] == "consent"]


def test_rows_get_their_end_once_their_consent_has_ended_and_keep_it(subscribers: Subscribers) -> None:
    joined(subscribers)
    assert subscribers.set_ends(ANA) == 0
    says(subscribers, Stopped, NOW + 2 * MINUTE)
    joined(subscribers, FAMILIES, NOW + 5 * MINUTE)
    joined(subscribers, SHELTERS, NOW + 7 * MINUTE)

    assert subscribers.set_ends(ANA) == 2
    assert subscribers.set_ends(ANA) == 0
    end = int((NOW + 2 * MINUTE + KEPT_AFTER).timestamp())
    assert ends(subscribers) == [end, end, None, None, None, None, None]
    assert all(map(is_unchanged, subscribers.consents(ANA)))


def test_a_row_whose_time_is_over_is_not_read_though_the_table_has_not_swept(
    subscribers: Subscribers,
) -> None:
    joined(subscribers)
    says(subscribers, Stopped, NOW + 2 * MINUTE)
    subscribers.set_ends(ANA)
    end = NOW + 2 * MINUTE + KEPT_AFTER

    assert len(subscribers.consents(ANA, end - MINUTE)) == 3
    (left,) = subscribers.consents(ANA, end)
    assert left.now is State.STOPPED
    assert len(subscribers.consents(ANA)) == 3


def test_a_consent_that_ends_is_listed_for_a_look(subscribers: Subscribers) -> None:
    joined(subscribers)
    before = [each[0] for each in subscribers.due(NOW + 2 * DAY)]
    says(subscribers, Stopped, NOW + 2 * MINUTE)

    listed = [each for each in subscribers.due(NOW + 2 * MINUTE) if each[0] not in before]
    assert [each[1:] for each in listed] == [(ANA, FAMILIES)]
    says(subscribers, Stopped, NOW + 3 * MINUTE)
    assert [each for each in subscribers.due(NOW + 3 * MINUTE) if each[0] not in before] == listed


def test_a_row_to_which_no_words_were_shown_reads_as_it_was_written(subscribers: Subscribers) -> None:
    evidence = replace(told(NOW, "STOP"), shown=None)
    standing = subscribers.standing(ANA)
    subscribers.take(Said(evidence.id, NOW, NUMBER), standing, changes(standing, Stopped(evidence), NOW))

    (row,) = subscribers.consents(ANA)
    assert (row.now, row.shown) == (State.STOPPED, None)
    assert is_unchanged(row)


def test_who_was_overtaken_writes_nothing(subscribers: Subscribers) -> None:
    joined(subscribers)
    old = subscribers.standing(ANA)
    says(subscribers, Stopped, NOW + 2 * MINUTE)
    evidence = told(NOW + 3 * MINUTE)

    with pytest.raises(Stale):
        subscribers.take(Said(evidence.id, evidence.at), old, changes(old, Unclear(evidence), evidence.at))

    assert subscribers.standing(ANA).with_programme(FAMILIES).state is State.STOPPED
    assert subscribers.reaction(evidence.id) is None
    assert len(subscribers.consents(ANA)) == 3


def test_a_text_that_changes_nothing_is_taken_all_the_same(subscribers: Subscribers) -> None:
    says(subscribers, Stopped, NOW)
    sid = next(sids)

    assert says(subscribers, Stopped, NOW + MINUTE, sid=sid) is None
    with pytest.raises(Repeated):
        says(subscribers, Stopped, NOW + 2 * MINUTE, sid=sid)
    assert subscribers.reaction(sid) == Reaction(FAMILIES)


def test_the_ledger_is_only_added_to(subscribers: Subscribers) -> None:
    joined(subscribers)
    row = subscribers.consents(ANA)[0]
    standing, evidence = (
        subscribers.standing(ANA),
        replace(told(row.at), id=row.id.removesuffix(f"-{FAMILIES}")),
    )
    again = changes(Standing(ANA), Joined(evidence), row.at)

    with pytest.raises(Stale):
        subscribers.take(Said(next(sids), NOW), standing, again)

    assert subscribers.consents(ANA)[0] == row
