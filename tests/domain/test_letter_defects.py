"""What went wrong with other people's letters (letters.md §2): each row has tests that bear its number, here or there.

| D | what must not happen to us | tests |
|---|---|---|
| D1 | the same letter, twice | domain/test_letter_defects adapters/test_letters_under_contention |
| D2 | counted as sent, and never taken by SES | domain/test_letter_defects |
| D3 | poison that goes round for ever | stories/test_letter_batches |
| D4 | a bounce after a delivery, dropped | domain/test_letter_defects adapters/test_letters_contract |
| D5 | a weaker bounce over a stronger one | domain/test_letter_defects domain/test_letter_in_any_order |
| D6 | an event told again, taken again | domain/test_letter_defects adapters/test_letters_contract |
| D7 | one of SES's two shapes, one recipient of several | domain/test_letter_defects |
| D8 | a public door for events | infra/test_mail_template |
| D9 | a suppressed address, asked of SES | domain/test_letter_defects |
| D10 | an answer that was lost, and a second copy | domain/test_letter_defects stories/test_killed_senders |
| D11 | a herd of retries | domain/test_pacing stories/test_letter_pace |
| D12 | attempts used up by throttles | domain/test_letter_defects stories/test_letter_pace |
| D13 | retries nobody asked for | adapters/test_mailer |
| D14 | a link that confirms when it is opened | domain/test_letter_defects |
| D15 | a token that never ends, or opens something else | domain/test_tokens |
| D16 | what was typed, read as a template | domain/test_letter_defects adapters/test_mime views/test_mails_as_typed |
| D17 | a payload nobody expected, a KeyError | domain/test_letter_defects |
| D18 | an office switched off by one soft bounce | domain/test_letter_defects |
| D19 | the sender's fault, a letter's failure | domain/test_letter_defects domain/test_pacing |
| D20 | forgotten, and sent once more | domain/test_letter_defects adapters/test_letters_contract |
| D21 | a row without a test | domain/test_letter_defects |
"""

import itertools
import re
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from chalicelib.domain.counts import AnyOutcome, LetterOutcome, counted
from chalicelib.domain.letter import Letter, State, letter_id
from chalicelib.domain.letter_events import (
    Accepted,
    Alarm,
    Confirmed,
    Erased,
    Event,
    Fault,
    FoundSuppressed,
    Leased,
    LinkAsked,
    Mail,
    OpenCircuit,
    PauseOffice,
    Refused,
    Reported,
    Send,
    SenderFailed,
    Suppress,
    Throttled,
    TimePassed,
    Trouble,
    Unclear,
)
from chalicelib.domain.letter_machine import advance, legal
from chalicelib.domain.letter_moves import Moment
from chalicelib.domain.mail_facts import Recipient, Status
from chalicelib.domain.ses_events import dedupe_key, read
from tests.domain.letter_space import (
    ATTEMPT,
    CONTENT,
    LATER,
    OFFICE,
    OTHER,
    SECOND,
    WRITER,
    actions,
    letter,
    said,
    take,
    told,
)
from tests.values import NOW

AT = "2026-11-24T15:00:00Z"
MAIL: dict[str, Any] = {
    "timestamp": AT,
    "messageId": "m-1",
    "destination": [OFFICE],
    "tags": {"letter": ["x"]},
}


def sum_of(start: Letter, effects: list[Any]) -> dict[AnyOutcome, int]:
    """The sum of the letter that began on its way, and of what was counted since."""
    sums: dict[AnyOutcome, int] = {
        LetterOutcome.ON_ITS_WAY: 1 if start.outcome is LetterOutcome.ON_ITS_WAY else 0
    }
    for outcome, number in counted(actions(effects)).outcomes.items():
        sums[outcome] = sums.get(outcome, 0) + number
    return {outcome: number for outcome, number in sums.items() if number}


def test_d1_the_same_letter_has_the_same_id_in_every_batch() -> None:
    ids = {letter_id("families-28", "ero-atl", WRITER, b"k" * 32) for _ in range(100)}
    assert len(ids) == 1


def test_d2_in_an_outage_nothing_counts_as_sent_and_all_leaves_later() -> None:
    made = letter(State.LEASED)
    for hour in range(3):
        made, effects = told(made, [Throttled(ATTEMPT, LATER)], Moment(NOW + timedelta(hours=hour)))
        assert (made.state, made.attempts, actions(effects)) == (State.QUEUED, 0, [])
        made, _ = told(made, [Leased(ATTEMPT, LATER)], Moment(NOW + timedelta(hours=hour + 2)))

    assert told(made, [Accepted(ATTEMPT, "m-1")])[0].state is State.SUBMITTED


def test_d4_a_bounce_after_the_delivery_takes_it_off_the_count() -> None:
    start = letter(State.SUBMITTED)
    delivered, first = told(start, [said(Status.DELIVERED)])
    bounced, second = told(delivered, [said(Status.BOUNCED_HARD)])

    assert sum_of(start, first) == {LetterOutcome.DELIVERED: 1}
    assert bounced.state is State.BOUNCED_HARD
    assert sum_of(start, first + second) == {LetterOutcome.BOUNCED: 1}
    assert counted(actions(first)).reached == 1
    assert counted(actions(first + second)).reached == 0
    assert [action.id[-2:] for action in actions(first + second)] == ["-1", "-2"]


@pytest.mark.parametrize(
    "order", list(itertools.permutations([Status.DELIVERED, Status.BOUNCED_SOFT, Status.BOUNCED_HARD]))
)
@pytest.mark.parametrize("repeats", [1, 3])
def test_d5_a_weaker_bounce_never_undoes_a_stronger_one(order: tuple[Status, ...], repeats: int) -> None:
    start = letter(State.SUBMITTED)
    after, effects = told(start, [said(status) for status in order] * repeats)

    assert after.state is State.BOUNCED_HARD
    assert sum_of(start, effects) == {LetterOutcome.BOUNCED: 1}


def test_d6_a_complaint_five_times_is_one_and_the_office_is_let_alone() -> None:
    body = {"eventType": "Complaint", "mail": MAIL, "complaint": {
        "timestamp": AT, "feedbackId": "f", "complainedRecipients": [{"emailAddress": OFFICE}]}}  # fmt: skip
    events = [read(body) for _ in range(5)]
    after, effects = told(letter(State.DELIVERED), [Reported(event) for event in events])

    assert len({dedupe_key(event) for event in events}) == 1
    assert after.state is State.COMPLAINED
    assert [e for e in effects if isinstance(e, Suppress)] == [Suppress("ero-atl", OFFICE, "families-28")]
    assert [(e.trouble, e.is_page) for e in effects if isinstance(e, Alarm)] == [(Trouble.COMPLAINT, True)]


@pytest.mark.parametrize("shape", ["eventType", "notificationType"])
def test_d7_both_shapes_and_every_recipient(shape: str) -> None:
    people = [{"emailAddress": address.upper(), "status": "5.1.1"} for address in (OFFICE, SECOND)]
    about = {
        "timestamp": AT,
        "bounceType": "Permanent",
        "bounceSubType": "General",
        "bouncedRecipients": people,
    }
    body = {shape: "Bounce", "mail": MAIL, "bounce": about}
    start = letter(State.SUBMITTED, recipients=(Recipient(OFFICE), Recipient(SECOND)))
    after, effects = told(start, [Reported(read(body))])

    assert [recipient.status for recipient in after.recipients] == [Status.BOUNCED_HARD] * 2
    assert {e.address for e in effects if isinstance(e, PauseOffice)} == {OFFICE, SECOND}


@pytest.mark.parametrize("state", [State.CONFIRMED, State.QUEUED, State.LEASED, State.TARGET_PAUSED])
def test_d9_who_is_on_our_list_is_not_asked_of_ses(state: State) -> None:
    after, effects = told(letter(state), [FoundSuppressed(), Leased(OTHER, LATER)])

    assert after.state is State.SUPPRESSED
    assert not any(isinstance(effect, Send) for effect in effects)
    assert sum(isinstance(effect, Mail) for effect in effects) == 1


def test_d9_a_writer_who_wants_no_mail_gets_none_about_it_either() -> None:
    after, effects = told(letter(State.AWAITING_CONFIRM), [FoundSuppressed(is_writer=True), LinkAsked()])
    assert (after.state, after.content) == (State.SUPPRESSED, None)
    assert not any(isinstance(effect, Mail) for effect in effects)

    after, effects = told(letter(State.QUEUED), [FoundSuppressed(is_writer=True)])
    assert after.state is State.SUPPRESSED
    assert not any(isinstance(effect, Mail) for effect in effects)


SILENCES: tuple[Event, ...] = (Unclear(ATTEMPT), TimePassed())


@pytest.mark.parametrize("silence", SILENCES, ids=["no answer", "the worker died"])
def test_d10_a_lost_answer_is_found_by_its_tag_and_nothing_is_sent_twice(silence: Event) -> None:
    after, effects = told(letter(State.LEASED), [silence], Moment(LATER))
    assert (after.state, effects) == (State.SEND_UNKNOWN, [])

    early = Moment(LATER + timedelta(minutes=29))
    after, effects = told(after, [TimePassed(), Leased(OTHER, LATER)], early)
    assert (after.state, effects) == (State.SEND_UNKNOWN, [])

    found, _ = told(after, [said(Status.SUBMITTED)], early)
    assert (found.state, found.attempts) == (State.SUBMITTED, 1)
    assert told(found, [TimePassed(), Leased(OTHER, LATER)], Moment(NOW + timedelta(days=2)))[0] == found

    again, effects = told(after, [TimePassed()], Moment(LATER + timedelta(minutes=30)))
    assert (again.state, again.id, again.attempts) == (State.QUEUED, after.id, 1)
    assert [type(effect) for effect in effects] == [Send]


def test_d10_proof_that_comes_while_it_waits_again_calls_the_second_try_off() -> None:
    after, effects = told(letter(State.QUEUED, unclear=1), [said(Status.DELIVERED), Leased(OTHER, LATER)])
    assert after.state is State.DELIVERED
    assert not any(isinstance(effect, Send) for effect in effects)

    _, effects = told(after, [said(Status.SUBMITTED, message="m-2")])
    assert Alarm(Trouble.SENT_TWICE, after.id) in effects, "and if it was sent twice all the same, it is said"


def test_d12_a_storm_of_throttles_uses_no_attempt_and_a_late_one_changes_nothing() -> None:
    made = letter(State.LEASED)
    for _ in range(100):
        made, _ = told(made, [Throttled(OTHER, LATER)])
        assert made.state is State.LEASED, "another worker's answer"
        made, _ = told(made, [Throttled(ATTEMPT, NOW), Leased(ATTEMPT, LATER)])
    assert (made.state, made.attempts, made.unclear) == (State.LEASED, 0, 0)


def test_d14_no_event_comes_of_opening_a_link_and_one_press_counts_once() -> None:
    start = letter(State.AWAITING_CONFIRM)
    after, effects = told(start, [Confirmed()] * 5)

    assert [action.outcome for action in actions(effects)] == [LetterOutcome.ON_ITS_WAY]
    assert after.is_confirmed
    assert not any(legal(start, event) for event in (said(Status.DELIVERED), Leased(ATTEMPT, LATER)))


@pytest.mark.parametrize(
    "text", ["{{x}}", "{0}", "%s", "${x}", "<b>", "line\r\nBcc: all@example.org", "{{#if}}"]
)
def test_d16_what_the_writer_typed_is_kept_as_typed(text: str) -> None:
    start = letter(content=replace(CONTENT, name=text, subject=text, body=text))
    after, effects = told(start, [LinkAsked(), Confirmed()])

    assert after.content == start.content
    assert text not in repr(effects)
    assert text not in repr(after)


@pytest.mark.parametrize("kind", ["Open", "Rendering Failure", "SomethingNew", "DeliveryDelay", "Send"])
@pytest.mark.parametrize("shape", ["eventType", "notificationType"])
def test_d17_other_kinds_and_shapes_are_taken_without_harm(kind: str, shape: str) -> None:
    event = read({shape: kind, "mail": MAIL, kind[:1].lower() + kind[1:]: {"timestamp": AT}})
    after, _ = told(letter(State.DELIVERED), [Reported(event)])

    assert after.state is State.DELIVERED


def test_d18_a_full_mailbox_is_tried_again_for_a_week_and_the_office_stays_up() -> None:
    made, now, waits = letter(State.LEASED), NOW, list[timedelta]()
    for number in range(20):
        event = said(Status.BOUNCED_SOFT, message=f"m-{number}", detail="MailboxFull")
        made, effects = told(made, [Accepted(ATTEMPT, f"m-{number}"), event, event], Moment(now))
        assert not any(isinstance(effect, PauseOffice | Suppress | Alarm) for effect in effects)
        if made.state is State.BOUNCED_SOFT:
            break
        assert (made.state, made.outcome) == (State.QUEUED, LetterOutcome.ON_ITS_WAY)
        assert made.not_before is not None
        waits.append(made.not_before - now)
        now = made.not_before
        made, _ = told(made, [Leased(ATTEMPT, now)], Moment(now))

    assert made.outcome is LetterOutcome.BOUNCED
    assert waits[:5] == [timedelta(hours=hours) for hours in (2, 4, 8, 16, 24)]
    assert timedelta(days=5) < now - NOW <= timedelta(days=7)


def test_d18_a_letter_the_office_filters_is_held_and_one_too_large_is_shown_to_staff() -> None:
    held, effects = told(letter(State.SUBMITTED), [said(Status.BOUNCED_SOFT, detail="ContentRejected")])
    large, more = told(letter(State.SUBMITTED), [said(Status.BOUNCED_SOFT, detail="MessageTooLarge")])

    assert (held.state, large.state) == (State.HELD, State.BOUNCED_SOFT)
    assert Alarm(Trouble.FILTERED, held.id) in effects
    assert Alarm(Trouble.TOO_LARGE, large.id) in more


@pytest.mark.parametrize("fault", Fault)
def test_d19_what_is_the_senders_fault_harms_no_letter(fault: Fault) -> None:
    after, effects = told(letter(State.LEASED), [SenderFailed(ATTEMPT, fault, LATER)])

    assert (after.state, after.not_before, after.attempts) == (State.QUEUED, LATER, 0)
    assert OpenCircuit(fault, LATER) in effects
    assert Alarm(Trouble.SENDER_FAILED, after.id) in effects
    assert actions(effects) == []


def test_d19_what_is_the_letters_own_is_not_tried_again() -> None:
    after, effects = told(letter(State.LEASED), [Refused(ATTEMPT), Leased(OTHER, LATER), TimePassed()])

    assert (after.state, after.attempts) == (State.REJECTED, 1)
    assert not any(isinstance(effect, Send | OpenCircuit) for effect in effects)


@pytest.mark.parametrize("state", State)
def test_d20_a_forgotten_letter_stays_as_an_id_and_a_count_and_never_goes_again(state: State) -> None:
    start = letter(state)
    erased, effects = told(start, [Erased()])
    again, more = told(erased, [LinkAsked(), Confirmed(), Leased(OTHER, LATER), TimePassed()])

    assert erased.content is None
    assert (erased.id, erased.campaign, erased.office) == (start.id, start.campaign, start.office)
    assert erased.state in {State.ERASED, State.CANCELLED}
    assert again == erased
    assert not any(isinstance(effect, Send | Mail) for effect in [*effects, *more])


def test_d20_a_bounce_after_forgetting_still_corrects_the_count() -> None:
    start = letter(State.SUBMITTED)
    after, effects = told(start, [said(Status.DELIVERED), Erased(), said(Status.BOUNCED_HARD)])

    assert after.state is State.ERASED
    assert sum_of(start, effects) == {LetterOutcome.BOUNCED: 1}


def test_d20_forgotten_while_it_was_being_sent_it_is_counted_by_what_came_of_it() -> None:
    start = letter(State.LEASED)
    unsent, effects = told(start, [Erased(), Throttled(ATTEMPT, LATER)])
    sent, more = told(start, [Erased(), Accepted(ATTEMPT, "m-1"), said(Status.DELIVERED)])

    assert sum_of(start, effects) == {LetterOutcome.WITHDRAWN: 1}
    assert sum_of(start, more) == {LetterOutcome.DELIVERED: 1}
    assert {unsent.state, sent.state} == {State.ERASED}


def test_an_automatic_reply_and_a_complaint_that_blames_nobody_change_nothing() -> None:
    start = letter(State.DELIVERED)
    assert advance(start, said(None), Moment(NOW)) == (start, ())
    assert take(start, said(None)).after is start


TESTS = Path(__file__).resolve().parents[1]
ROW = re.compile(r"^\| D(\d+) \| .* \| (.+) \|$", re.MULTILINE)


def test_d21_every_row_is_held_by_tests_that_bear_its_number() -> None:
    assert __doc__ is not None
    rows = {int(number): files.split() for number, files in ROW.findall(__doc__)}
    missing = [
        (number, name)
        for number, names in rows.items()
        for name in names
        if f"def test_d{number}_" not in (TESTS / f"{name}.py").read_text(encoding="utf-8")
    ]

    assert list(rows) == list(range(1, 22))
    assert missing == []
