"""What SES says of a letter, in any order, twice or not at all: the same end, and sums that can be proved."""

import json
import os
from collections import Counter
from collections.abc import Iterable
from dataclasses import replace

import pytest
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st

from chalicelib.domain.counts import counted
from chalicelib.domain.letter import Letter, State
from chalicelib.domain.letter_events import Accepted, Alarm, Effect, Event, Mail, Reported, Trouble
from chalicelib.domain.letter_machine import outcome_of
from chalicelib.domain.mail_facts import Recipient, Status
from chalicelib.domain.ses_events import read
from tests.conftest import IS_THOROUGH, Figure
from tests.domain.letter_space import (
    ATTEMPT,
    LETTER_ID,
    OFFICE,
    SECOND,
    THIRD,
    actions,
    known,
    letter,
    said,
    told,
)
from tests.rough_mail import ADDRESSES, COUNTED, KINDS, SEED, Said, arrivals, end

CASES = int(os.environ.get("PATCHTHROUGH_FAULT_SEQUENCES", "300"))
FEWER = CASES // 2
starts = st.sampled_from([State.LEASED, State.SEND_UNKNOWN, State.QUEUED, State.SUBMITTED])


def test_the_model_knows_the_addresses_and_every_status_there_is() -> None:
    assert ADDRESSES == (OFFICE, SECOND, THIRD)
    assert {status for _, status, _, _ in KINDS.values() if status} == {each.value for each in Status}


@pytest.mark.faults
def test_d5_any_order_duplication_and_loss_ends_where_the_precedence_says(figure: Figure) -> None:
    sums = Counter[str]()

    @seed(SEED)
    @settings(
        max_examples=CASES,
        derandomize=False,
        database=None,
        phases=[Phase.generate, Phase.shrink],
        suppress_health_check=list(HealthCheck),
    )
    @given(arrivals(), st.integers(1, 3), starts)
    def one_letter(heard: list[Said], addresses: int, start: State) -> None:
        before = begun(start, addresses)

        after, effects = told(before, (Reported(read(json.loads(each.body(LETTER_ID)))) for each in heard))

        assert after.state.value == end(heard, addresses, start.value)
        proved(before, after, effects)
        sums.update(letters=1, events=len(heard), ended=after.state is not start)

    one_letter()
    assert sums["letters"] >= CASES
    figure(
        f"letters={sums['letters']} lost=0 double=0 events={sums['events']} ended={sums['ended']} seed={SEED}"
    )


def begun(start: State, addresses: int) -> Letter:
    """A letter in this state, to so many addresses; SES has it at all of them, or nothing is known."""
    is_sent = start is State.SUBMITTED
    recipients = (known(each, Status.SUBMITTED) if is_sent else Recipient(each) for each in ADDRESSES)
    return replace(letter(start), recipients=tuple(recipients)[:addresses])


SOFT = ("General", "MailboxFull", "ContentRejected", "MessageTooLarge", "SomethingNew")


@settings(max_examples=FEWER, derandomize=not IS_THOROUGH)
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
    assert after.to or after.state is not State.QUEUED, "what waits to leave has somebody to go to"
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
    assert COUNTED.get(after.state.value, "on_its_way") == after.outcome.value
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
