"""What Twilio's client makes of a wire that fails: a real socket that nobody answers, or that is torn."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from chalicelib.adapters.phone import Phone, Texting, TooMany, Unclear, Unreachable
from tests.rehearsal import ACCOUNT, TOKEN
from tests.stores import free_port

TEXT = Texting(
    "+14045550123", "+12025550142", "Call today.", "https://calls.example.org/s", service="", validity=60
)


def phone(port: int) -> Phone:
    return Phone(ACCOUNT, TOKEN, f"http://127.0.0.1:{port}")


@contextmanager
def torn() -> Iterator[int]:
    """A server that hears a request and hangs up; its port."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        thread = threading.Thread(target=_hang_up, args=(server,), daemon=True)
        thread.start()
        yield server.getsockname()[1]
        thread.join(5)


def _hang_up(server: socket.socket) -> None:
    taken, _ = server.accept()
    taken.recv(65_536)
    taken.close()


def test_without_a_connection_nothing_was_sent_and_it_may_be_tried_again() -> None:
    with pytest.raises(Unreachable) as raised:
        phone(free_port()).text(TEXT)

    assert isinstance(raised.value, TooMany)
    assert raised.value.seconds == 60


def test_once_there_was_a_connection_nobody_knows() -> None:
    with torn() as port, pytest.raises(Unclear):
        phone(port).text(TEXT)


def test_no_order_that_is_shown_shows_to_whom_or_what() -> None:
    assert "555012" not in repr(TEXT)
    assert "Call today" not in repr(TEXT)
