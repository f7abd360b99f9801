"""The stack's ports: a port in use is said plainly, with the variable that moves it."""

import socket
from collections.abc import Iterator

import pytest

from dev import ports
from dev.ports import PortError, Ports


@pytest.fixture
def taken() -> Iterator[int]:
    listener = socket.socket()
    listener.bind(("127.0.0.1", 0))
    listener.listen(1)
    yield listener.getsockname()[1]
    listener.close()


def test_the_usual_ports_are_8000_4566_4010_and_4020() -> None:
    assert [port.number for port in Ports.from_environ({}).all] == [8000, 4566, 4010, 4020]


@pytest.mark.parametrize("variable", ports.VARIABLES)
def test_each_variable_moves_one_port(variable: str) -> None:
    moved = Ports.from_environ({variable: "4219"})
    assert [port.variable for port in moved.all if port.number == 4219] == [variable]


@pytest.mark.parametrize("variable", ports.VARIABLES)
def test_a_port_in_use_is_named_with_the_variable_that_moves_it(variable: str, taken: int) -> None:
    others = dict(zip(ports.VARIABLES, map(str, ports.free(4)), strict=True))
    with pytest.raises(PortError) as refused:
        ports.require_free(Ports.from_environ(others | {variable: str(taken)}))
    words = str(refused.value)
    assert words.startswith(f"Port {taken} (")
    assert "is in use by another program" in words
    proposed = int(words.rsplit(f"make run {variable}=", 1)[1])
    assert not ports.is_taken(proposed)


def test_every_port_in_use_is_named_at_once(taken: int) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen(1)
        aws, mail = map(str, ports.free(2))
        both = {
            "PORT": str(taken),
            "PHONE_PORT": str(other.getsockname()[1]),
            "AWS_PORT": aws,
            "MAIL_PORT": mail,
        }
        with pytest.raises(PortError) as refused:
            ports.require_free(Ports.from_environ(both))
    assert [line.split(" (")[1].split(")")[0] for line in str(refused.value).splitlines()] == [
        "the app",
        "the phone world",
    ]


def test_a_port_taken_on_every_interface_is_taken_here_too() -> None:
    with socket.socket() as wide:
        wide.bind(("0.0.0.0", 0))
        wide.listen(1)
        assert ports.is_taken(wide.getsockname()[1])


@pytest.mark.parametrize("text", ["http", "80", "65536", "-1", "8000.0", "²"])
def test_what_is_no_port_is_refused_with_its_variable(text: str) -> None:
    with pytest.raises(PortError, match=r"PHONE_PORT=.* is no port"):
        Ports.from_environ({"PHONE_PORT": text})


def test_one_port_cannot_serve_two() -> None:
    with pytest.raises(PortError, match="four different ports"):
        Ports.from_environ({"PORT": "4566"})


def test_any_free_gives_ports_that_are_free() -> None:
    ports.require_free(Ports.any_free())
