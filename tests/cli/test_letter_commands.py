"""`patchthrough letter status, held, release, deny, hold, resume`: what staff see of letters, and what they decide."""

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from chalicelib.adapters.dead_letters import WatchedQueue
from chalicelib.adapters.letters import Changed, Letters
from chalicelib.adapters.sending import Sending
from chalicelib.domain.counts import LetterOutcome
from chalicelib.domain.letter import Reason, State
from chalicelib.domain.letter_events import Fault, FoundSuppressed, Leased, Lined, OfficePaused
from chalicelib.views.letter_committing import address_key, happened
from cli.at_work import at_work
from cli.connection import connect
from cli.letter_screens import FAULTS, REASONS, STATES, handle
from tests.cli.conftest import Shell
from tests.cli.post_office import ADDRESS, SLUG, WORDS, WRITER, PostOffice, opened

BY = ("--by", "Dana R.")
PERSONAL = (WRITER, WORDS, "María", "Ejemplo")


@pytest.fixture
def post(shell: Shell, monkeypatch: pytest.MonkeyPatch) -> Iterator[PostOffice]:
    with opened(shell, monkeypatch) as found:
        yield found


def rest(post: PostOffice, why: str = "550 5.1.1 no such user") -> None:
    with at_work(connect()) as r:
        write = r.letters.resting_write("ero-atl", address_key(ADDRESS), why, r.now())
        r.letters.commit([], [write])


def stop(post: PostOffice) -> None:
    """What a complaint by the office leads to."""
    with at_work(connect()) as r:
        r.letters.suppress(address_key(ADDRESS), SLUG, "said by its server", r.now())


# Status.


def test_every_state_reason_to_hold_and_fault_of_the_sender_has_a_name() -> None:
    assert set(STATES) == set(State)
    assert {Reason.SUSPICIOUS, Reason.FILTERED, Reason.UNCLEAR} == set(REASONS)
    assert set(FAULTS) == set(Fault)


@pytest.mark.parametrize("columns", ["80", "120"])
def test_the_status_says_where_letters_are_and_what_is_in_their_way(
    post: PostOffice, monkeypatch: pytest.MonkeyPatch, columns: str
) -> None:
    monkeypatch.setenv("COLUMNS", columns)
    post.write()
    post.write("luis@example.org", is_suspicious=False)
    post.bury(post.letters_url, ["{}", "{}"])
    rest(post)
    Sending(post.shell.catalog.table).open(Fault.QUOTA_SPENT, datetime.now(UTC))

    result = post.run("letter", "status")

    assert result.exit_code == 0, result.output
    lines = [" ".join(line.split()) for line in result.stdout.splitlines()]
    assert lines[0] == SLUG
    assert {"Held: a person has to look 1", "Confirmed, about to get a turn 1", "All 2"} <= set(lines)
    # Two links were mailed, and one letter waits for its turn.
    assert "letters 3 0 0 2" in lines
    assert "mail_events 0 0 0 0" in lines
    text = " ".join(lines)
    assert "✗ Our mail service refuses us: the day’s quota is used up. Nothing is sent before" in text
    assert f"Atlanta ero-atl {ADDRESS} 550 5.1.1 no such user" in text
    assert "Held and waiting for a person: 1. See: patchthrough letter held" in text
    assert "patchthrough letter resume OFFICE ADDRESS --by NAME" in text
    assert "patchthrough letter redrive" in text
    assert not any(part in result.output for part in PERSONAL)
    assert max(map(len, result.stdout.splitlines())) <= int(columns)


def test_where_all_is_well_the_status_is_short(post: PostOffice) -> None:
    result = post.run("letter", "status")

    assert result.exit_code == 0, result.output
    assert "No letter yet." in result.stdout
    assert "● Our mail service takes letters." in result.stdout
    assert "resume" not in result.stdout


def test_where_no_mail_leaves_the_status_says_so(shell: Shell) -> None:
    result = shell.run("letter", "status")

    assert result.exit_code == 0, result.output
    assert "PATCHTHROUGH_MAIL_FROM is not set. They are printed." in result.stdout


def test_a_queue_that_is_not_there_is_said_plainly(post: PostOffice, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATCHTHROUGH_QUEUE_LETTERS", f"{post.letters_url}-elsewhere")

    result = post.run("letter", "status")

    assert result.exit_code == 3
    assert "There is no such queue here. Check PATCHTHROUGH_QUEUE_LETTERS" in result.stderr


# Held.


def test_held_letters_are_listed_without_a_word_of_theirs(post: PostOffice) -> None:
    letter = post.write()
    post.write("luis@example.org", is_suspicious=False)

    result = post.run("letter", "held")

    assert result.exit_code == 0, result.output
    (row,) = (line for line in result.stdout.splitlines() if "ero-atl" in line)
    assert row.startswith(handle(letter.id))
    assert "looks like abuse" in row
    assert not any(part in result.output for part in PERSONAL)
    assert post.record() == []


def test_since_when_a_letter_is_held_does_not_move_when_it_is_told_of_again(post: PostOffice) -> None:
    letter = post.write()
    with at_work(connect()) as r:
        (found,) = r.letters.letters([letter.id], r.now())
        told = replace(found, aside_at=datetime(2026, 11, 3, 9, 30, tzinfo=UTC), changed_at=r.now())
        r.letters.commit([Changed(found, told)])

    for asked in ((), (handle(letter.id), *BY)):
        assert "2026-11-03 09:30" in post.run("letter", "held", *asked).stdout


def test_nothing_held_is_said(post: PostOffice) -> None:
    assert "No letter is held." in post.run("letter", "held").stdout


def test_one_is_shown_to_whoever_gives_their_name_and_that_is_on_record(post: PostOffice) -> None:
    letter = post.write()

    nameless = post.run("letter", "held", handle(letter.id))
    shown = post.run("letter", "held", handle(letter.id), *BY)

    assert nameless.exit_code == 2
    assert "Say who you are: add --by" in nameless.stderr
    assert WORDS not in nameless.output
    assert all(part in shown.stdout for part in PERSONAL)
    (told,) = post.record()
    assert (told.who, told.what, told.subject) == ("Dana R.", "held letter read", "ero-atl")
    assert told.facts == {"letter": letter.id}


def test_only_a_held_letter_is_shown(post: PostOffice) -> None:
    letter = post.write(is_suspicious=False)

    result = post.run("letter", "held", handle(letter.id), *BY)

    assert result.exit_code == 1
    assert "It is among: Confirmed, about to get a turn." in result.stderr
    assert WORDS not in result.output
    assert post.record() == []


@pytest.mark.parametrize("command", ["release", "deny", "hold"])
@pytest.mark.parametrize("typed", ["nowhere1", "abc", ""])
def test_a_letter_nobody_knows_is_not_decided_about(post: PostOffice, command: str, typed: str) -> None:
    post.write()

    result = post.run("letter", command, typed, *BY)

    assert result.exit_code == 2
    assert "There is no letter" in result.stderr


# Decided.


def test_a_released_letter_goes_at_its_offices_pace(post: PostOffice) -> None:
    letter = post.write()
    post.queued(post.letters_url)

    result = post.run("letter", "release", handle(letter.id), *BY)

    assert result.exit_code == 0, result.output
    after = post.letter(letter)
    assert (after.state, after.reason) == (State.QUEUED, None)
    assert after.not_before is not None
    second = post.write("luis@example.org")
    post.run("letter", "release", handle(second.id), *BY)
    later = post.letter(second).not_before
    assert later is not None
    assert later - after.not_before >= timedelta(minutes=5), "twelve an hour, not two at once"
    assert [(each.who, each.what) for each in post.record()] == [("Dana R.", "letter released")] * 2


def test_a_letter_that_is_let_go_is_asked_for_again(
    post: PostOffice, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATCHTHROUGH_STAGE", "local")
    monkeypatch.setenv("TWILIO_API_URL", "http://127.0.0.1:1")
    letter = post.write()
    post.queued(post.letters_url)

    post.run("letter", "release", handle(letter.id), *BY)

    depth = WatchedQueue(post.sqs, post.letters_url).depth()
    assert (depth.waiting + depth.delayed, post.letter(letter).state) == (1, State.QUEUED)


def test_a_denied_letter_does_not_go_and_is_counted_and_told_its_writer(post: PostOffice) -> None:
    letter = post.write()
    post.queued(post.letters_url)

    result = post.run("letter", "deny", handle(letter.id), *BY)

    assert result.exit_code == 0, result.output
    after = post.letter(letter)
    assert (after.state, after.outcome) == (State.FAILED, LetterOutcome.NOT_SENT)
    assert [json.loads(body)["kind"] for body in post.queued(post.letters_url)] == ["receipt"]
    assert post.run("counts", "verify").stdout.splitlines()[-1] == "ledger=1 tally=1 difference=0"
    assert [each.what for each in post.record()] == ["letter denied"]


def test_what_is_decided_is_decided(post: PostOffice) -> None:
    letter = post.write()
    post.run("letter", "deny", handle(letter.id), *BY)

    result = post.run("letter", "release", handle(letter.id), *BY)

    assert result.exit_code == 1
    assert "This letter can’t be decided about now. It is among: Not sent: a person said no." in result.stderr
    assert post.letter(letter).state is State.FAILED
    assert len(post.record()) == 1


def test_a_letter_that_has_not_left_can_be_held(post: PostOffice) -> None:
    letter = post.write(is_suspicious=False)

    result = post.run("letter", "hold", handle(letter.id), *BY)

    assert result.exit_code == 0, result.output
    assert post.letter(letter).state is State.HELD
    assert handle(letter.id) in post.run("letter", "held").stdout


def test_a_letter_that_is_being_sent_is_left_alone(post: PostOffice) -> None:
    letter = post.write()
    post.run("letter", "release", handle(letter.id), *BY)
    at = post.letter(letter).not_before
    assert at is not None
    with at_work(connect()) as r:
        object.__setattr__(r, "now", lambda: at)
        happened(letter.id, Leased("an-attempt", at + timedelta(minutes=2)))

    result = post.run("letter", "hold", handle(letter.id), *BY)

    assert result.exit_code == 1
    assert "It is among: Being sent." in result.stderr


def test_where_no_mail_leaves_nothing_is_decided(post: PostOffice, monkeypatch: pytest.MonkeyPatch) -> None:
    letter = post.write()
    monkeypatch.delenv("PATCHTHROUGH_MAIL_FROM")
    monkeypatch.delenv("PATCHTHROUGH_QUEUE_LETTERS")

    result = post.run("letter", "release", handle(letter.id), *BY)

    assert result.exit_code == 2
    assert "No letters leave by mail here" in result.stderr
    assert post.letter(letter).state is State.HELD


# Resumed.


def test_a_mailbox_that_rests_is_woken_and_what_waited_goes_on(post: PostOffice) -> None:
    letter = post.write(is_suspicious=False)
    post.happen(letter, Lined(datetime.now(UTC)), OfficePaused())
    rest(post)

    result = post.run("letter", "resume", "ero-atl", ADDRESS.upper(), *BY)

    assert result.exit_code == 0, result.output
    assert f"{ADDRESS}, Atlanta (ero-atl), takes letters again." in result.stdout
    assert "1 letter that waited goes on, at the office’s pace." in result.stdout
    assert post.letter(letter).state is State.QUEUED
    assert Letters(post.shell.catalog.table).resting("ero-atl") == {}
    assert [(each.what, each.facts) for each in post.record()] == [("mailbox resumed", {"address": ADDRESS})]


def test_after_a_complaint_only_a_person_who_names_the_campaign_lets_it_have_letters_again(
    post: PostOffice,
) -> None:
    stop(post)

    def is_stopped() -> bool:
        with at_work(connect()) as r:
            return bool(r.letters.suppressed([address_key(ADDRESS)], SLUG))

    post.run("letter", "resume", "ero-atl", ADDRESS, *BY)
    still = is_stopped()
    unknown = post.run("letter", "resume", "ero-atl", ADDRESS, *BY, "--campaign", "nowhere")
    result = post.run("letter", "resume", "ero-atl", ADDRESS, *BY, "--campaign", SLUG)

    assert (still, unknown.exit_code, result.exit_code) == (True, 2, 0)
    assert not is_stopped()
    assert post.record()[-1].facts == {"address": ADDRESS, "campaign": SLUG}


def test_an_address_that_is_not_the_offices_is_not_woken(post: PostOffice) -> None:
    result = post.run("letter", "resume", "ero-atl", "other@agency.gov", *BY)

    assert result.exit_code == 2
    assert f"ero-atl has no mailbox other@agency.gov. Its mailboxes: {ADDRESS}." in result.stderr
    assert post.record() == []


def test_a_mailbox_that_bounced_is_taken_off_our_list_and_the_mail_services_own(post: PostOffice) -> None:
    """Else the first letter after the waking would come back as suppressed, and stop it again."""
    post.mails.suppress(ADDRESS)
    with at_work(connect()) as r:
        r.letters.suppress(address_key(ADDRESS), None, "said by its server", r.now())

    result = post.run("letter", "resume", "ero-atl", ADDRESS, *BY)

    assert result.exit_code == 0, result.output
    assert "aws sesv2" not in result.stdout
    assert list(post.mails.suppressed) == []
    assert list(post.shell.catalog.table.scan("no_mail")) == []


def test_where_the_mail_service_cannot_be_asked_a_person_is_told_what_to_do_there(
    post: PostOffice, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATCHTHROUGH_SES_URL", "http://127.0.0.1:1")
    rest(post)

    result = post.run("letter", "resume", "ero-atl", ADDRESS, *BY)

    assert result.exit_code == 0, result.output
    assert f"aws sesv2 delete-suppressed-destination --email-address {ADDRESS}" in result.stdout
    assert Letters(post.shell.catalog.table).resting("ero-atl") == {}


def test_the_status_tells_a_complaint_from_the_mail_services_own_list(post: PostOffice) -> None:
    letter = post.write(is_suspicious=False)
    post.happen(letter, FoundSuppressed())
    stop(post)
    complained = post.run("letter", "status").stdout
    with at_work(connect()) as r:
        r.letters.suppress(address_key(ADDRESS), None, "said by its server", r.now())
    listed = post.run("letter", "status").stdout

    assert f"no letters of {SLUG}: the office called one spam" in complained
    assert "with --campaign SLUG" in complained
    assert "SES has it on its own suppression list" in listed
    assert "called one spam" not in listed
