"""What the inbox promises, on three implementations of the table: moto, ministack and DynamoDB Local."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import count
from typing import Any

import pytest

from chalicelib.adapters.inbox import Inbox
from chalicelib.adapters.subscribers import SHOWN_KEPT, Said, Subscribers
from chalicelib.adapters.table import Table
from chalicelib.domain.subscriber import Evidence, Moment
from chalicelib.domain.subscriber_events import Desk, Event, Joined, SaidOther, Unclear
from chalicelib.domain.subscriber_machine import advance
from tests.stores import fresh_table
from tests.values import NOW

ANA, LUIS, SAM = "a1" * 16, "f2" * 16, "a1b" + "3" * 29
FAMILIES = "families-28"
DAY, MINUTE = timedelta(days=1), timedelta(minutes=1)
sids = (f"SM{number:032x}" for number in count(1))


@pytest.fixture
def table(backend: Any) -> Table:
    return fresh_table(backend)


def writes(table: Table, text: str, at: datetime, who: str = ANA, event: type = SaidOther) -> None:
    """Let somebody say something that no program can answer."""
    subscribers = Subscribers(table)
    evidence = Evidence(id=next(sids), at=at, text=text, shown="v1")
    said: Event = event(evidence)
    standing = subscribers.standing(who)
    change = advance(standing.with_programme(FAMILIES), said, Moment(at, "v1"))
    subscribers.take(Said(evidence.id, at, "+14045550123", text), standing, [change])


def texts(table: Table, since: datetime, now: datetime) -> Sequence[str]:
    return [each.text for each in sorted(Inbox(table).since(since, now), key=lambda each: each.at)]


def test_what_nobody_could_answer_waits_with_who_what_when_and_why(table: Table) -> None:
    writes(table, "FAMILIES", NOW, event=Joined)
    writes(table, "when is the vigil?", NOW + MINUTE)

    (found,) = Inbox(table).since(NOW - DAY, NOW + DAY)
    assert (found.text, found.at, found.phone_key, found.programme) == (
        "when is the vigil?", NOW + MINUTE, ANA, FAMILIES
    )  # fmt: skip
    assert (found.desk, found.is_open, found.done_by) == (Desk.INBOX, True, "")
    assert "vigil" not in repr(found)


def test_it_is_read_from_a_moment_on_over_the_ends_of_days(table: Table) -> None:
    midnight = NOW.replace(hour=0)
    for hours in (-49, -24, -1, 1, 9):
        writes(table, f"{hours}", midnight + timedelta(hours=hours), LUIS)

    assert texts(table, midnight - DAY, midnight + timedelta(hours=9)) == ["-24", "-1", "1", "9"]
    assert texts(table, midnight, midnight + timedelta(hours=9)) == ["1", "9"]


def test_somebodys_texts_are_theirs_alone_in_order(table: Table) -> None:
    writes(table, "first", NOW - 3 * DAY)
    writes(table, "of Luis", NOW - 2 * DAY, LUIS)
    writes(table, "of Sam", NOW - 2 * DAY, SAM)
    writes(table, "second", NOW - MINUTE)

    assert [each.text for each in Inbox(table).of(ANA, NOW)] == ["first", "second"]
    assert {each.phone_key for each in Inbox(table).beginning("a1", NOW)} == {ANA, SAM}
    assert {each.phone_key for each in Inbox(table).beginning("a1b", NOW)} == {SAM}


def test_a_text_is_dealt_with_once_and_stays_readable(table: Table) -> None:
    writes(table, "hello?", NOW)
    inbox = Inbox(table)
    (waiting,) = inbox.of(ANA, NOW)

    assert inbox.done(waiting, "Dana R.")
    assert not inbox.done(waiting, "Sam K.")
    assert [(each.text, each.done_by, each.is_open) for each in inbox.of(ANA, NOW)] == [
        ("hello?", "Dana R.", False)
    ]


def test_a_text_is_gone_after_ninety_days_whether_or_not_the_table_has_swept(table: Table) -> None:
    writes(table, "hello?", NOW)
    inbox = Inbox(table)
    (waiting,) = inbox.of(ANA, NOW)

    assert len(inbox.of(ANA, NOW + SHOWN_KEPT - MINUTE)) == 1
    assert inbox.of(ANA, NOW + SHOWN_KEPT + MINUTE) == ()
    assert list(inbox.since(NOW - MINUTE, NOW + SHOWN_KEPT + MINUTE)) == []
    assert table.get(waiting.key)["expires_at"] == int((NOW + SHOWN_KEPT).timestamp())  # type: ignore[index]  # there
    table.delete(waiting.key)
    assert not inbox.done(replace(waiting), "Dana R.")


def test_what_may_be_a_stop_waits_at_a_desk_of_its_own(table: Table) -> None:
    subscribers = Subscribers(table)
    for event in (Joined, Joined):
        evidence = Evidence(id=next(sids), at=NOW, shown="v1")
        standing = subscribers.standing(ANA)
        moment = Moment(NOW, "v1", replace(Moment(NOW, "v1").rules, confirms_texts=False))
        change = advance(standing.with_programme(FAMILIES), event(evidence), moment)
        subscribers.take(Said(evidence.id, NOW, "+14045550123"), standing, [change])
    writes(table, "STOP ICE", NOW + MINUTE, event=Unclear)

    assert [(each.desk, each.text) for each in Inbox(table).of(ANA, NOW + DAY)] == [(Desk.REVIEW, "STOP ICE")]
