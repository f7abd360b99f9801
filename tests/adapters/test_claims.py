"""What the claims' table promises, on three implementations of it: moto, ministack and DynamoDB Local."""

from collections import Counter
from dataclasses import replace
from datetime import timedelta
from itertools import count
from typing import Any

import pytest

from chalicelib.adapters import keys
from chalicelib.adapters.claim_items import Pass
from chalicelib.adapters.claims import Claims, NotWanted
from chalicelib.adapters.store import Repeated, Stale
from chalicelib.adapters.subscribers import Said, Subscribers
from chalicelib.domain.broadcast import ClaimState
from chalicelib.domain.claim import Claim, missed, settled
from chalicelib.domain.subscriber import Evidence, Moment
from chalicelib.domain.subscriber_events import Confirmed, Event, Joined, Stopped, Unclear
from chalicelib.domain.subscriber_machine import advance_everywhere
from chalicelib.domain.words import Language
from tests.stores import fresh_table
from tests.values import NOW

ANA = "a1" + "0" * 30
NUMBER = "+14045550123"
FAMILIES, SHELTERS = "families-28", "shelters"
MINUTE = timedelta(minutes=1)
FIRST = Claim(
    broadcast="broadcast-1", token="t" * 24, phone_key=ANA, state=ClaimState.CLAIMED, at=NOW,
    attempt="attempt-1", segments=1, number=NUMBER,
)  # fmt: skip
sids = (f"SM{number:032x}" for number in count(1))


@pytest.fixture
def table(backend: Any) -> Any:
    return fresh_table(backend)


@pytest.fixture
def claims(table: Any) -> Claims:
    return Claims(table)


def says(table: Any, event: type, minute: int = 0, programme: str = FAMILIES) -> None:
    """Take one text of Ana's."""
    subscribers, at = Subscribers(table), NOW + minute * MINUTE
    standing = subscribers.standing(ANA)
    others = [each for name, each in sorted(standing.profiles.items()) if name != programme]
    told = Evidence(id=next(sids), at=at, sender="+12025550142", language=Language.EN, shown="v1")
    happened: Event = event(told)
    moment = Moment(at, "v1")
    changes = advance_everywhere(standing.with_programme(programme), others, happened, moment)
    subscribers.take(Said(told.id, at, NUMBER), standing, changes)


def joins(table: Any, minute: int = 0, programme: str = FAMILIES) -> None:
    says(table, Joined, minute, programme)
    says(table, Confirmed, minute + 1, programme)


def test_a_subscriber_is_claimed_once(table: Any, claims: Claims) -> None:
    joins(table)

    claims.claim(FIRST, FAMILIES)
    with pytest.raises(Repeated):
        claims.claim(replace(FIRST, attempt="attempt-2"), FAMILIES)

    assert claims.one("broadcast-1", "a1", FIRST.token) == FIRST


@pytest.mark.parametrize(
    ("words", "is_wanted"),
    [
        ((), False),
        ((Joined,), False),
        ((Joined, Confirmed), True),
        ((Joined, Confirmed, Unclear), False),
        ((Joined, Confirmed, Stopped), False),
        ((Joined, Confirmed, Stopped, Joined), False),
        ((Joined, Confirmed, Stopped, Joined, Confirmed), True),
    ],
    ids=["nobody", "asked", "subscribed", "held", "stopped", "stopped and asked", "joined anew"],
)
def test_only_a_subscriber_whom_no_stop_holds_is_claimed(
    table: Any, claims: Claims, words: tuple[type, ...], *, is_wanted: bool
) -> None:
    for minute, word in enumerate(words):
        says(table, word, minute)

    if is_wanted:
        claims.claim(FIRST, FAMILIES)
    else:
        with pytest.raises(NotWanted):
            claims.claim(FIRST, FAMILIES)
    assert (claims.one("broadcast-1", "a1", FIRST.token) is not None) == is_wanted


def test_a_stop_said_to_one_programme_holds_for_the_other_until_that_is_joined(
    table: Any, claims: Claims
) -> None:
    joins(table)
    says(table, Stopped, 5, SHELTERS)
    with pytest.raises(NotWanted):
        claims.claim(FIRST, FAMILIES)

    joins(table, 10, SHELTERS)
    with pytest.raises(NotWanted):
        claims.claim(FIRST, FAMILIES)

    joins(table, 20)
    claims.claim(FIRST, FAMILIES)


def test_a_profile_alone_does_not_do_while_the_stop_holds(table: Any, claims: Claims) -> None:
    """The stop is the organization's: whatever a row says, it is asked too."""
    joins(table)
    table.put(keys.stop_texts(ANA), {"type": "stop_texts", "version": 1, "at": 1, "lifted_for": [SHELTERS]})
    with pytest.raises(NotWanted):
        claims.claim(FIRST, FAMILIES)

    lifted = {"type": "stop_texts", "version": 2, "at": 1, "lifted_for": [FAMILIES, SHELTERS]}
    table.put(keys.stop_texts(ANA), lifted)
    claims.claim(FIRST, FAMILIES)


def test_whoever_has_a_claim_is_repeated_even_if_they_have_stopped_since(table: Any, claims: Claims) -> None:
    joins(table)
    claims.claim(FIRST, FAMILIES)
    says(table, Stopped, 5)

    with pytest.raises(Repeated):
        claims.claim(replace(FIRST, attempt="attempt-2"), FAMILIES)


def test_a_skip_is_put_once_and_is_a_claim_like_another(table: Any, claims: Claims) -> None:
    joins(table)
    skipped = replace(FIRST, state=ClaimState.SKIPPED_STALE, number=None, attempt="")

    assert claims.skip(skipped)
    assert not claims.skip(replace(skipped, state=ClaimState.SKIPPED_CANCELLED))
    with pytest.raises(Repeated):
        claims.claim(FIRST, FAMILIES)
    assert claims.of("broadcast-1", "a1", [FIRST.token, "unknown"]) == {FIRST.token: skipped}


def test_a_claim_moves_from_where_it_was_read_alone_and_its_number_goes(table: Any, claims: Claims) -> None:
    joins(table)
    claims.claim(FIRST, FAMILIES)
    sent = claims.move(FIRST, settled(FIRST, ClaimState.SENT, "SM1"))

    for after in (settled(FIRST, ClaimState.AMBIGUOUS), settled(FIRST, ClaimState.FAILED, error=21211)):
        with pytest.raises(Stale):
            claims.move(FIRST, after)
    assert claims.one("broadcast-1", "a1", FIRST.token) == sent
    assert (sent.state, sent.sid, sent.version) == (ClaimState.SENT, "SM1", 2)
    item = table.get(keys.claim("broadcast-1", "a1", FIRST.token))
    assert NUMBER not in str(item)
    assert item["expires_at"] == (NOW + timedelta(days=396)).timestamp()


def test_an_open_claim_keeps_its_number_and_what_was_learned_of_it(table: Any, claims: Claims) -> None:
    joins(table)
    claims.claim(FIRST, FAMILIES)
    ambiguous = claims.move(FIRST, settled(FIRST, ClaimState.AMBIGUOUS))
    looked = claims.move(ambiguous, missed(ambiguous, NOW + 20 * MINUTE))

    assert claims.one("broadcast-1", "a1", FIRST.token) == looked
    assert (looked.number, looked.missed_at) == (NUMBER, NOW + 20 * MINUTE)
    assert claims.move(looked, looked) is looked


def test_a_claim_is_taken_back_by_whoever_put_it_and_only_while_it_is_unsettled(
    table: Any, claims: Claims
) -> None:
    joins(table)
    claims.claim(FIRST, FAMILIES)
    with pytest.raises(Stale):
        claims.release(replace(FIRST, attempt="attempt-2"))

    claims.release(FIRST)
    assert claims.one("broadcast-1", "a1", FIRST.token) is None
    claims.claim(FIRST, FAMILIES)
    claims.move(FIRST, settled(FIRST, ClaimState.SENT, "SM1"))
    with pytest.raises(Stale):
        claims.release(FIRST)


def test_claims_are_counted_by_state_over_all_shards_and_one_broadcast(claims: Claims) -> None:
    states = [ClaimState.SENT, ClaimState.SENT, ClaimState.SKIPPED_HELD, ClaimState.AMBIGUOUS]
    for nth, state in enumerate(states):
        who = f"{nth * 80:02x}" + "0" * 30
        claims.skip(replace(FIRST, phone_key=who, token=f"token-{nth}", state=state))
    claims.skip(replace(FIRST, broadcast="broadcast-2"))

    assert claims.by_state("broadcast-1") == Counter(states)


def test_many_recipients_are_asked_for_at_once(claims: Claims) -> None:
    tokens = [f"token-{nth:03}" for nth in range(230)]
    for token in tokens[::2]:
        claims.skip(replace(FIRST, token=token))

    assert set(claims.of("broadcast-1", "a1", tokens)) == set(tokens[::2])


def test_a_pass_is_found_when_its_time_has_come_until_it_is_taken_off(claims: Claims) -> None:
    early = Pass("pass-1", "broadcast-1", "a1", 0, NOW)
    late = Pass("pass-2", "broadcast-1", "a1", 1, NOW + MINUTE)
    for each in (late, early):
        claims.begin(each)

    assert list(claims.passes_due(NOW - MINUTE)) == []
    assert list(claims.passes_due(NOW)) == [early]
    assert list(claims.passes_due(NOW + MINUTE)) == [early, late]
    claims.end(early)
    assert list(claims.passes_due(NOW + MINUTE)) == [late]


def test_no_claim_that_is_shown_shows_a_number() -> None:
    assert NUMBER not in repr(FIRST)
