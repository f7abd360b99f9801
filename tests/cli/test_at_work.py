"""The app's own roads at a terminal: what it logs and counts for machines is not printed between a person's lines."""

import logging
from collections.abc import Iterator

import pytest

from chalicelib.domain.letter_events import Denied
from chalicelib.observability import forget, logger, unwritten
from chalicelib.runtime import install, runtime
from chalicelib.views.letter_committing import happened
from cli.at_work import at_work
from cli.connection import connect
from cli.letter_screens import handle
from tests.cli.conftest import Shell
from tests.cli.post_office import PostOffice, opened


@pytest.fixture
def post(shell: Shell, monkeypatch: pytest.MonkeyPatch) -> Iterator[PostOffice]:
    with opened(shell, monkeypatch) as found:
        yield found


@pytest.fixture
def said() -> Iterator[list[str]]:
    """What the app says to its log meanwhile."""
    lines: list[str] = []

    class Keeper(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            lines.append(record.getMessage())

    keeper, inner = Keeper(), logging.getLogger(logger.service)
    inner.addHandler(keeper)
    forget()
    yield lines
    inner.removeHandler(keeper)
    forget()


def test_a_command_says_nothing_to_the_apps_log_and_counts_nothing(post: PostOffice, said: list[str]) -> None:
    letter = post.write()

    result = post.run("letter", "deny", handle(letter.id), "--by", "Dana R.")

    assert result.exit_code == 0, result.output
    assert (said, unwritten()) == ([], {})


def test_the_app_by_itself_does_both(post: PostOffice, said: list[str]) -> None:
    """So that the test above can fail."""
    letter = post.write()
    with at_work(connect()) as r:
        kept = r
    install(kept)

    happened(letter.id, Denied())

    install(None)
    assert said == ["letter counted"]
    assert "LettersCounted" in unwritten()


def test_the_runtime_is_gone_once_the_work_is_done(post: PostOffice) -> None:
    with at_work(connect()) as r:
        assert runtime() is r

    assert runtime() is not r
    install(None)
