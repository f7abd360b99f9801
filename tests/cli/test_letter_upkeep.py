"""`patchthrough letter redrive` and `erase`: nothing is lost, nothing unreadable moves, nobody's words stay."""

import json
from collections.abc import Iterator
from typing import Any

import pytest

from chalicelib.adapters.dead_letters import WatchedQueue
from chalicelib.domain.counts import LetterOutcome
from chalicelib.domain.letter import Reason, State
from chalicelib.domain.letter_events import Leased, Lined, Released
from tests.cli.conftest import Shell
from tests.cli.post_office import SLUG, WORDS, WRITER, PostOffice, opened
from tests.domain.test_ses_events import body

BY = ("--by", "Dana R.")
TURN = json.dumps({"letter": "a-letter"})
MAIL = json.dumps({"mail": "a-mail", "kind": "receipt", "letter": "a-letter"})
EVENT = json.dumps(body("Delivery", recipients=["one@atlanta.example"]))
POISON = ["{}", "not JSON", json.dumps({"mail": "a", "kind": "unheard-of", "letter": "b"})]


@pytest.fixture
def post(shell: Shell, monkeypatch: pytest.MonkeyPatch) -> Iterator[PostOffice]:
    with opened(shell, monkeypatch) as found:
        yield found


def dead(post: PostOffice, url: str) -> int | None:
    return WatchedQueue(post.sqs, url).depth().dead


# Redrive.


def test_what_was_given_up_goes_back_to_its_own_queue(post: PostOffice) -> None:
    letters = [json.dumps({"letter": f"letter-{number}"}) for number in range(23)]
    post.bury(post.letters_url, [*letters, MAIL])
    post.bury(post.events_url, [EVENT])

    result = post.run("letter", "redrive", *BY)

    assert result.exit_code == 0, result.output
    assert result.stdout.splitlines() == [
        "letters: 24 went back; unreadable, so left where they are: 0.",
        "mail_events: 1 went back; unreadable, so left where they are: 0.",
    ]
    assert sorted(post.queued(post.letters_url)) == sorted([*letters, MAIL])
    assert post.queued(post.events_url) == [EVENT]
    assert (dead(post, post.letters_url), dead(post, post.events_url)) == (0, 0)
    assert [(each.who, each.subject, each.facts) for each in post.record()] == [
        ("Dana R.", "letters", {"went back": "24", "stay": "0"}),
        ("Dana R.", "mail_events", {"went back": "1", "stay": "0"}),
    ]


def test_what_no_worker_can_read_stays_and_is_said(post: PostOffice) -> None:
    post.bury(post.letters_url, [*POISON, TURN, EVENT])
    post.bury(post.events_url, [*POISON, TURN])

    result = post.run("letter", "redrive")

    assert result.exit_code == 1
    assert "letters: 1 went back; unreadable, so left where they are: 4." in result.stdout
    assert "mail_events: 0 went back; unreadable, so left where they are: 4." in result.stdout
    assert post.queued(post.letters_url) == [TURN]
    assert (dead(post, post.letters_url), dead(post, post.events_url)) == (4, 4), "and can be read at once"


def test_a_dry_run_counts_and_moves_nothing(post: PostOffice) -> None:
    post.bury(post.letters_url, [TURN, MAIL, POISON[0]])

    dry = post.run("letter", "redrive", "--dry-run")
    again = post.run("letter", "redrive", "--dry-run")

    assert "letters: 2 would go back; unreadable, so left where they are: 1." in dry.stdout
    assert again.stdout == dry.stdout
    assert post.queued(post.letters_url) == []
    assert dead(post, post.letters_url) == 3
    assert post.record() == []


def test_whoever_is_killed_before_the_dead_queue_forgets_a_message_loses_none(
    post: PostOffice, monkeypatch: pytest.MonkeyPatch
) -> None:
    post.bury(post.letters_url, [TURN])
    events = post.sqs.meta.events

    class Killed(BaseException):
        """Nothing catches it."""

    def die(**_: Any) -> None:
        raise Killed

    queue = WatchedQueue(post.sqs, post.letters_url)
    events.register_first("before-call.sqs.DeleteMessage", die, "die")
    with pytest.raises(Killed):
        list(queue.redrive(lambda _: True))
    events.unregister("before-call.sqs.DeleteMessage", unique_id="die")

    assert post.queued(post.letters_url) == [TURN]


def test_a_queue_without_a_dead_queue_brings_nothing(post: PostOffice) -> None:
    url = post.sqs.create_queue(QueueName="alone")["QueueUrl"]
    queue = WatchedQueue(post.sqs, url)

    assert list(queue.redrive(lambda _: True)) == []
    assert queue.depth().dead is None


def test_where_no_mail_leaves_there_is_nothing_to_bring_back(shell: Shell) -> None:
    result = shell.run("letter", "redrive")

    assert result.exit_code == 2
    assert "PATCHTHROUGH_QUEUE_LETTERS is not set." in result.stderr


# Erase.


def words(post: PostOffice) -> list[Any]:
    return list(post.shell.catalog.table.scan("letter_words"))


def test_a_writer_is_forgotten_in_all_campaigns_and_what_has_not_left_does_not(post: PostOffice) -> None:
    mine = post.write()
    other = post.write("luis@example.org")

    result = post.run("letter", "erase", *BY, answer=f"{WRITER.upper()}\ny\n")

    assert result.exit_code == 0, result.output
    assert f"Forget 1 letter ({SLUG})? This can’t be undone." in result.stdout
    assert "Forgotten: 1 letter." in result.stdout
    assert "Not sent any more: 1." in result.stdout
    after = post.letter(mine)
    assert (after.state, after.reason, after.content) == (State.CANCELLED, Reason.ERASED, None)
    assert post.letter(other).content is not None
    assert [item["PK"] for item in words(post)] == [f"LETTER#{other.id}"]
    assert post.run("counts", "verify").stdout.splitlines()[-1] == "ledger=2 tally=2 difference=0"
    (told,) = post.record()
    assert (told.who, told.what, told.facts) == ("Dana R.", "writer forgotten", {"letters": "1"})


def test_a_letter_that_is_on_its_way_leaves_a_tombstone(post: PostOffice) -> None:
    letter = post.write()
    now = letter.changed_at
    sent = post.happen(letter, Released(now), Leased("an-attempt", now))
    assert sent.state is State.LEASED

    result = post.run("letter", "erase", *BY, "--yes", answer=f"{WRITER}\n")

    assert "Not sent any more: 0." in result.stdout
    after = post.letter(letter)
    assert (after.state, after.content, after.outcome) == (State.ERASED, None, LetterOutcome.ON_ITS_WAY)


def test_who_was_forgotten_can_not_send_the_same_letter_again_and_is_kept_from_no_other(
    post: PostOffice,
) -> None:
    letter = post.write(is_suspicious=False)
    now = letter.changed_at
    post.happen(letter, Lined(now), Leased("an-attempt", now))
    post.run("letter", "erase", *BY, "--yes", answer=f"{WRITER}\n")

    again = post.run("letter", "erase", *BY, "--yes", answer=f"{WRITER}\n")

    assert "No letter of this address is known. Nothing was changed." in again.stdout
    assert list(post.shell.catalog.table.scan("no_mail")) == []


def test_nothing_is_forgotten_without_a_yes_or_an_address(post: PostOffice) -> None:
    letter = post.write()

    said_no = post.run("letter", "erase", *BY, answer=f"{WRITER}\nn\n")
    nobody = post.run("letter", "erase", *BY)
    typed_wrong = post.run("letter", "erase", *BY, answer="maria\n")
    stranger = post.run("letter", "erase", *BY, "--yes", answer="nobody@example.org\n")

    assert (said_no.exit_code, nobody.exit_code, typed_wrong.exit_code, stranger.exit_code) == (1, 1, 2, 0)
    assert "That is no e-mail address. Nothing was changed." in typed_wrong.stderr
    assert "No letter of this address is known." in stranger.stdout
    assert post.letter(letter).content is not None
    assert post.record() == []


def test_an_address_is_no_argument_that_a_shell_would_remember(post: PostOffice) -> None:
    result = post.run("letter", "erase", WRITER, *BY)

    assert result.exit_code == 2
    assert "unexpected extra argument" in result.stderr


def test_nothing_of_a_writer_is_on_record(post: PostOffice) -> None:
    post.write()
    post.run("letter", "erase", *BY, "--yes", answer=f"{WRITER}\n")

    assert not any(part in repr(post.record()) for part in (WRITER, WORDS, "María"))
