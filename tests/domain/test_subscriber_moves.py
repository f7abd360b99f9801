"""Rows of the subscriber's table, and the organization's stop, one promise each, by name."""

from dataclasses import replace
from datetime import timedelta

import pytest

from chalicelib.domain.subscriber import (
    CAPS,
    Reply,
    Rules,
    Source,
    State,
    Stop,
    digest_of,
    fresh,
    is_unchanged,
    lifted,
    stopped_again,
)
from chalicelib.domain.subscriber_events import (
    Answer,
    BlockedByCarrier,
    CallAsked,
    Confirmed,
    Desk,
    Drifted,
    Helped,
    Joined,
    LanguageAsked,
    LetterAsked,
    LiftStop,
    Record,
    Ring,
    SaidOther,
    SendLetterLink,
    ShowStaff,
    SignedUp,
    StopEverywhere,
    Stopped,
    StoppedElsewhere,
    TimePassed,
    Unclear,
    Undeliverable,
    ZipTold,
)
from chalicelib.domain.subscriber_machine import advance, advance_everywhere, next_look
from chalicelib.domain.words import Language
from tests.domain.subscriber_space import (
    A_MINUTE,
    OLD_WORDS,
    SHOWN,
    SINGLE,
    WORDS,
    YESTERDAY,
    moment,
    replies,
    rows,
    said,
    subscriber,
    take,
)
from tests.values import NOW

E1 = said()


def test_the_same_join_heard_twice_does_not_confirm_itself() -> None:
    asked = take(subscriber(), Joined(E1)).after

    assert take(asked, Joined(E1)).after is asked
    assert take(asked, Joined(said(NOW + A_MINUTE))).after.state is State.SUBSCRIBED


def test_single_opt_in_by_text_welcomes_at_once_from_unknown_and_stopped() -> None:
    for state in (State.UNKNOWN, State.STOPPED):
        t = take(subscriber(state), Joined(E1), moment(**SINGLE))
        assert (t.after.state, t.replies, t.rows[0].shown) == (State.SUBSCRIBED, [Reply.WELCOME], SHOWN)


def test_who_saw_words_we_do_not_know_is_asked_to_confirm_even_with_single_opt_in() -> None:
    t = take(subscriber(), Joined(said(shown=None)), moment(**SINGLE))

    assert (t.after.state, t.replies) == (State.PENDING, [Reply.CONFIRM])


def test_consent_is_to_the_words_that_were_asked_with_though_they_change_meanwhile() -> None:
    asked = take(subscriber(), SignedUp(said(source=Source.FORM))).after
    later = replace(moment(NOW + A_MINUTE), words="confirm-en-3")

    t = take(asked, Confirmed(said(NOW + A_MINUTE)), later)

    assert (t.after.consented_to, t.rows[0].shown) == (WORDS, WORDS)


@pytest.mark.parametrize(("late", "replied"), [((4, 59), [Reply.STOPPED]), ((5, 1), [])])
def test_a_stop_is_confirmed_within_five_minutes_or_never(
    late: tuple[int, int], replied: list[Reply]
) -> None:
    minutes, seconds = late

    t = take(
        subscriber(State.SUBSCRIBED),
        Stopped(said()),
        moment(NOW + timedelta(minutes=minutes, seconds=seconds)),
    )

    assert (t.after.state, t.replies) == (State.STOPPED, replied)


def test_a_second_stop_is_not_answered_and_adds_no_row() -> None:
    once = take(subscriber(State.SUBSCRIBED), Stopped(E1)).after

    t = take(once, Stopped(said(NOW + A_MINUTE)), moment(NOW + A_MINUTE))

    assert (t.after.state, t.replies, t.rows) == (State.STOPPED, [], [])


def test_a_start_that_was_sent_before_the_second_stop_but_arrives_after_it_opens_nothing() -> None:
    once = take(subscriber(State.SUBSCRIBED), Stopped(E1)).after
    twice = take(once, Stopped(said(NOW + 3 * A_MINUTE))).after

    t = take(twice, Joined(said(NOW + 2 * A_MINUTE)), moment(NOW + 4 * A_MINUTE))

    assert t.after is twice


@pytest.mark.parametrize(("at", "ends"), [(-1, State.SUBSCRIBED), (0, State.STOPPED), (1, State.STOPPED)])
def test_an_older_stop_loses_to_a_later_start_and_a_tie_is_a_stop(at: int, ends: State) -> None:
    joined = subscriber(State.SUBSCRIBED, joined_at=NOW)

    assert take(joined, Stopped(said(NOW + at * A_MINUTE)), moment(NOW + A_MINUTE)).after.state is ends


def test_help_is_answered_three_times_an_hour() -> None:
    told, answers = subscriber(), 0
    for minute in range(59):
        told, effects = advance(told, Helped(said()), moment(NOW + minute * A_MINUTE))
        answers += len(replies(effects))
    assert answers == 3
    assert replies(advance(told, Helped(said()), moment(NOW + 62 * A_MINUTE))[1]) == [Reply.HELP]


@pytest.mark.parametrize(
    ("state", "kind", "reply"),
    [
        (State.UNKNOWN, SaidOther, Reply.NOT_JOINED),
        (State.SUBSCRIBED, Joined, Reply.ALREADY),
        (State.SUBSCRIBED, SaidOther, Reply.THANKS),
    ],
)
def test_a_capped_reply_comes_again_only_when_its_time_is_over(
    state: State, kind: type[SaidOther | Joined], reply: Reply
) -> None:
    _, within = CAPS[reply]
    early_at, late_at = NOW + within - A_MINUTE, NOW + within

    once = take(subscriber(state), kind(said()), moment(thanks=True))
    early = take(once.after, kind(said(early_at)), moment(early_at, thanks=True))
    late = take(early.after, kind(said(late_at)), moment(late_at, thanks=True))

    assert (once.replies, early.replies, late.replies) == ([reply], [], [reply])


def test_who_is_pending_is_asked_twice_and_then_left_alone() -> None:
    asked = subscriber(State.PENDING)
    first, second = take(asked, SaidOther(E1)), take(take(asked, Unclear(E1)).after, SaidOther(E1))

    assert (first.replies, second.replies) == ([Reply.CONFIRM], [])
    assert second.effects == (ShowStaff(E1.id, Desk.INBOX),)


def test_a_question_nobody_answered_is_over_after_a_day_with_a_row_and_without_a_text() -> None:
    asked = subscriber(State.PENDING)
    due = next_look(asked, Rules())
    assert due == YESTERDAY + timedelta(hours=24)

    t = take(asked, TimePassed(), moment(due))

    assert (t.after.state, t.replies, t.rows[0].source) == (State.UNKNOWN, [], Source.TIME)
    assert next_look(t.after, Rules()) is None


def test_a_yes_after_the_day_is_too_late_though_no_clock_looked() -> None:
    t = take(
        subscriber(State.PENDING),
        Confirmed(said(NOW + timedelta(hours=5))),
        moment(NOW + timedelta(hours=5)),
    )

    assert (t.after.state, t.replies) == (State.UNKNOWN, [Reply.NOT_JOINED])


def test_a_form_texts_a_number_at_most_once_a_day() -> None:
    asked = take(subscriber(), SignedUp(said(source=Source.FORM))).after
    dead = take(asked, Undeliverable(30006, said())).after
    alive = take(dead, SaidOther(said())).after

    t = take(alive, SignedUp(said(source=Source.FORM)), moment(NOW + timedelta(hours=23)))

    assert (alive.state, t.after, t.effects) == (State.UNKNOWN, alive, ())


def test_held_stays_silent_for_days_and_a_person_reads() -> None:
    held = take(subscriber(State.SUBSCRIBED), Unclear(E1))
    assert held.effects[-1] == ShowStaff(E1.id, Desk.REVIEW)
    assert not held.after.gets_broadcasts

    later = moment(NOW + timedelta(hours=73))

    assert take(held.after, TimePassed(), later).after is held.after
    assert take(held.after, SaidOther(E1), later).effects == (ShowStaff(E1.id, Desk.REVIEW),)


def test_a_join_sent_before_the_unclear_word_but_heard_after_it_releases_nobody() -> None:
    held = take(subscriber(State.SUBSCRIBED), Unclear(E1)).after

    assert take(held, Joined(said(NOW - A_MINUTE))).after is held


def test_a_second_row_only_where_other_words_were_shown() -> None:
    same = take(subscriber(State.SUBSCRIBED), Joined(said(shown=WORDS)))
    other = take(subscriber(State.SUBSCRIBED), Joined(said(shown=OLD_WORDS)))

    assert (same.rows, [row.shown for row in other.rows]) == ([], [OLD_WORDS])


def test_call_and_letter_are_for_subscribers() -> None:
    assert take(subscriber(State.SUBSCRIBED), CallAsked(E1)).effects == (Ring(Language.EN),)
    assert take(subscriber(State.SUBSCRIBED), LetterAsked(E1)).effects == (SendLetterLink(Language.EN),)
    for state in (State.UNKNOWN, State.PENDING, State.HELD, State.STOPPED, State.INVALID):
        effects = take(subscriber(state), CallAsked(E1)).effects
        assert not any(isinstance(effect, Ring) for effect in effects)


def test_zip_and_language_are_kept() -> None:
    told = take(subscriber(State.SUBSCRIBED), ZipTold(E1, "30303")).after
    spanish = take(told, LanguageAsked(E1, Language.ES)).after

    assert (spanish.zip, spanish.language) == ("30303", Language.ES)
    assert take(spanish, Helped(E1)).effects == (Answer(Reply.HELP, Language.ES),)


def test_who_asks_for_a_language_is_told_in_it_at_most_three_times_an_hour() -> None:
    told = subscriber(State.SUBSCRIBED)
    replies: list[object] = []
    for minute, language in enumerate((Language.ES, Language.EN, Language.ES, Language.EN)):
        t = take(
            told, LanguageAsked(said(NOW + minute * A_MINUTE), language), moment(NOW + minute * A_MINUTE)
        )
        told, replies = t.after, [*replies, *t.effects]

    assert replies == [Answer(Reply.LANGUAGE, each) for each in (Language.ES, Language.EN, Language.ES)]
    assert told.language is Language.EN


def test_who_is_asked_to_confirm_and_wants_spanish_is_asked_in_spanish_and_consents_to_those_words() -> None:
    asked = subscriber(State.PENDING, asked_with=OLD_WORDS)
    first = take(asked, LanguageAsked(E1, Language.ES))
    second = take(first.after, LanguageAsked(said(NOW + A_MINUTE), Language.EN))
    joined = take(first.after, Confirmed(said(NOW + A_MINUTE)))

    assert first.effects == (Answer(Reply.CONFIRM, Language.ES),)
    assert second.effects == ()
    assert [row.shown for row in joined.rows] == [WORDS]


def test_a_stranger_is_answered_in_the_language_of_the_word() -> None:
    t = take(subscriber(), Joined(said(language=Language.ES)))

    assert t.effects[-1] == Answer(Reply.CONFIRM, Language.ES)
    assert t.after.language is Language.ES


@pytest.mark.parametrize("code", [30003, 30005, 21211])
def test_a_number_is_dead_after_three_errors_in_thirty_days(code: int) -> None:
    told = subscriber(State.SUBSCRIBED)
    for day in (0, 20, 31, 40):
        at = NOW + timedelta(days=day)
        told = take(told, Undeliverable(code, said(at)), moment(at)).after
        assert told.state is (State.INVALID if day == 40 else State.SUBSCRIBED)
    assert take(told, Undeliverable(code, said(NOW))).after is told


def test_the_same_error_told_twice_counts_once() -> None:
    told = subscriber(State.SUBSCRIBED)
    for _ in range(5):
        told = take(told, Undeliverable(30003, said())).after
    assert told.state is State.SUBSCRIBED


def test_a_block_we_did_not_know_of_is_an_alarm_and_one_we_knew_is_none() -> None:
    drift = take(subscriber(State.SUBSCRIBED), BlockedByCarrier(said(source=Source.PROVIDER)))
    known = take(subscriber(State.STOPPED), BlockedByCarrier(said(source=Source.PROVIDER)))

    assert Drifted("alerts") in drift.effects
    assert drift.rows[0].source is Source.PROVIDER
    assert not any(isinstance(effect, Drifted | Record) for effect in known.effects)


# The organization's stop.


def test_a_stop_is_for_all_programmes_and_answered_once() -> None:
    others = [replace(subscriber(state), programme=state.value) for state in State]

    first, *rest = advance_everywhere(subscriber(State.SUBSCRIBED), others, Stopped(E1), moment())

    assert StopEverywhere(NOW) in first[1]
    assert {after.state for after, _ in (first, *rest)} == {State.STOPPED}
    assert [replies(effects) for _, effects in rest] == [[]] * len(others)
    ids = [row.id for _, effects in (first, *rest) for row in rows(effects)]
    assert len(ids) == len(set(ids)) == len(State)


def test_a_stop_is_for_one_programme_where_the_organization_chose_so() -> None:
    other = replace(subscriber(State.SUBSCRIBED), programme="other")

    first, second = advance_everywhere(
        subscriber(State.SUBSCRIBED), [other], Stopped(E1), moment(stops_everything=False)
    )

    assert (first[0].state, second) == (State.STOPPED, (other, ()))
    assert not any(isinstance(effect, StopEverywhere) for effect in first[1])


def test_whatever_is_no_stop_is_told_to_one_programme() -> None:
    other = replace(subscriber(State.SUBSCRIBED), programme="other")

    assert advance_everywhere(subscriber(), [other], Joined(E1), moment())[1] == (other, ())


def test_a_stop_older_than_joining_one_programme_still_stops_the_others() -> None:
    joined = subscriber(State.SUBSCRIBED, joined_at=NOW)
    other = replace(subscriber(State.SUBSCRIBED), programme="other")
    stop = Stopped(said(NOW - A_MINUTE))

    first, second = advance_everywhere(joined, [other], stop, moment())

    assert first == (joined, (StopEverywhere(NOW - A_MINUTE), LiftStop("alerts")))
    assert second[0].state is State.STOPPED


def test_the_organizations_stop_holds_for_programmes_without_a_row_until_each_is_joined() -> None:
    stop = stopped_again(None, NOW)
    assert fresh("k", "alerts", stop).state is State.STOPPED
    joined = take(fresh("k", "alerts", stop), Joined(said(NOW + A_MINUTE)))
    assert LiftStop("alerts") in joined.effects

    after = lifted(stop, "alerts")

    assert fresh("k", "alerts", after).state is State.UNKNOWN
    assert fresh("k", "other", after).state is State.STOPPED
    assert fresh("k", "other").state is State.UNKNOWN
    assert stopped_again(after, NOW - A_MINUTE) == after
    assert stopped_again(after, NOW + A_MINUTE) == Stop(NOW + A_MINUTE)


def test_a_row_that_was_changed_shows() -> None:
    (row,) = take(subscriber(State.SUBSCRIBED), Stopped(E1)).rows

    assert is_unchanged(row)
    assert not is_unchanged(replace(row, text="another"))
    assert digest_of(row) == row.digest


def test_elsewhere_and_late_changes_nothing_twice() -> None:
    stopped = subscriber(State.STOPPED)

    assert take(stopped, StoppedElsewhere(said(YESTERDAY))).after is stopped
    assert take(stopped, StoppedElsewhere(said())).effects == ()
