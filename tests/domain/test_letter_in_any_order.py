"""What SES says of a letter, in any order, twice or not at all: the same end, and sums that can be proved."""

import os
from collections.abc import Iterable, Sequence
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chalicelib.domain.counts import counted
from chalicelib.domain.letter import Letter, State
from chalicelib.domain.letter_events import Accepted, Alarm, Effect, Event, Mail, Reported, Trouble
from chalicelib.domain.letter_machine import outcome_of
from chalicelib.domain.mail_facts import Recipient, Status
from tests.domain.letter_space import ATTEMPT, OFFICE, SECOND, THIRD, actions, letter, said, told

ADDRESSES = (OFFICE, SECOND, THIRD)
CASES = int(os.environ.get("PATCHTHROUGH_FAULT_SEQUENCES", "150"))

# Written down once more, apart from the code: of one address the last decides, of an office's addresses the first.
WEAKEST_FIRST = ("submitted", "delayed", "delivered", "bounced_soft", "rejected", "suppressed", "bounced_hard",
                 "complained")  # fmt: skip
FIRST_DECIDES = ("complained", "delivered", "delayed", "submitted", "bounced_soft", "bounced_hard", "suppressed",
                 "rejected")  # fmt: skip

statements = st.one_of(
    st.just((None, Status.SUBMITTED)),
    st.just((None, Status.REJECTED)),
    st.tuples(
        st.sampled_from(ADDRESSES), st.sampled_from([s for s in Status if s is not Status.REJECTED] + [None])
    ),
)
lives = st.lists(statements, max_size=9)
starts = st.sampled_from([State.LEASED, State.SEND_UNKNOWN, State.QUEUED, State.SUBMITTED])


def expected(
    heard: Iterable[tuple[str | None, Status | None]], addresses: Sequence[str], start: State
) -> str:
    """The state by the table in the test, from what was heard alone."""
    by_address: dict[str, set[str]] = {address: set() for address in addresses}
    if start is State.SUBMITTED:
        by_address[addresses[0]].add("submitted")
    for address, status in heard:
        for each in addresses if address is None else {address} & set(addresses):
            by_address[each] |= {status.value} if status else set()
    if not any(by_address.values()):
        return start.value
    strongest = {max(known or {"submitted"}, key=WEAKEST_FIRST.index) for known in by_address.values()}
    first = next(status for status in FIRST_DECIDES if status in strongest)
    return "submitted" if first == "delayed" else first


@settings(max_examples=CASES)
@given(lives, st.data(), st.integers(1, 3), starts)
def test_any_order_duplication_and_loss_ends_where_the_precedence_says(
    life: list[tuple[str | None, Status | None]], chance: st.DataObject, addresses: int, start: State
) -> None:
    heard = [each for each in life if chance.draw(st.integers(0, 4))]
    arrives = chance.draw(st.permutations(heard + heard[::2]))
    recipients = (*letter(start).recipients, *map(Recipient, ADDRESSES[1:addresses]))
    before = replace(letter(start), recipients=recipients)

    after, effects = told(before, [said(status, address) for address, status in arrives])

    assert after.state.value == expected(heard, ADDRESSES[:addresses], start)
    proved(before, after, effects)


SOFT = ("General", "MailboxFull", "ContentRejected", "MessageTooLarge", "SomethingNew")


@settings(max_examples=CASES)
@given(st.lists(st.tuples(st.sampled_from(ADDRESSES), st.sampled_from(Status), st.sampled_from(SOFT),
                          st.sampled_from(["m-1", "m-2", "m-3"])), max_size=9), st.integers(1, 3), starts)  # fmt: skip
def test_further_tries_and_holds_lose_no_letter_and_no_sum(
    life: list[tuple[str, Status, str, str]], addresses: int, start: State
) -> None:
    before = replace(letter(start), recipients=tuple(map(Recipient, ADDRESSES[:addresses])))
    events: list[Event] = [
        said(status, address, message, detail) for address, status, detail, message in life
    ]

    after, effects = told(before, [Accepted(ATTEMPT, "m-1"), *events])

    assert after.is_confirmed
    assert after.state not in {State.LEASED, State.SEND_UNKNOWN, State.CANCELLED, State.FAILED}
    proved(before, after, effects)


def proved(before: Letter, after: Letter, effects: Iterable[Effect]) -> None:
    """The ledger, with what stood in it before, recounted: one letter, under the outcome that it has."""
    made = actions(effects)
    at_first = outcome_of(before)
    assert at_first is not None
    assert after.outcome is not None
    sums = dict(counted(made).outcomes)
    sums[at_first] = sums.get(at_first, 0) + 1
    assert {outcome: number for outcome, number in sums.items() if number} == {after.outcome: 1}
    assert len({action.id for action in made}) == len(made)


@given(st.permutations([Status.SUBMITTED, Status.DELIVERED, Status.BOUNCED_HARD, Status.COMPLAINED]))
def test_an_event_before_our_own_record_of_sending_is_taken(order: list[Status]) -> None:
    events: list[Event] = [said(status) for status in order]
    for place in range(len(events) + 1):
        told_late = [*events[:place], Accepted(ATTEMPT, "m-1"), *events[place:]]
        after, effects = told(letter(State.LEASED), told_late)
        assert after.state is State.COMPLAINED
        assert Trouble.SENT_TWICE not in [e.trouble for e in effects if isinstance(e, Alarm)]


@pytest.mark.parametrize("repeats", [2, 5])
def test_each_receipt_is_asked_for_once_whatever_is_repeated(repeats: int) -> None:
    life: list[Reported] = [said(Status.DELIVERED)] * repeats + [said(Status.BOUNCED_HARD)] * repeats
    _, effects = told(letter(State.SUBMITTED), life)

    assert [effect.id.rsplit("-", 1)[1] for effect in effects if isinstance(effect, Mail)] == [
        "delivered",
        "bounced",
    ]
