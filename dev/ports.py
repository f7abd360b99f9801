"""The ports of the local stack, and the plain words when one of them can't be had.

Knows the variables that move them. Knows nothing of what listens there. Needs the standard library only.
"""

import socket
from collections.abc import Mapping
from dataclasses import dataclass

HOST = "127.0.0.1"
HIGHEST = 65535
HIGH = 1024
"""Below it a port needs an administrator."""


class PortError(Exception):
    """A port can't be used; the message names it and the variable that moves it."""


@dataclass(frozen=True, slots=True)
class Port:
    """A port, what it is for ("the app"), and the variable that moves it."""

    number: int
    use: str
    variable: str

    @property
    def url(self) -> str:
        """Its address."""
        return f"http://{HOST}:{self.number}"


@dataclass(frozen=True, slots=True)
class Ports:
    """Where the app, the local AWS, the phone world and the mail world listen."""

    app: Port
    aws: Port
    phone: Port
    mail: Port

    @classmethod
    def from_environ(cls, environ: Mapping[str, str]) -> "Ports":
        """Read the four `VARIABLES`. Raises PortError for what is no port, or one port twice."""
        ports = cls(
            Port(_number(environ, "PORT", 8000), "the app", "PORT"),
            Port(_number(environ, "AWS_PORT", 4566), "the local AWS", "AWS_PORT"),
            Port(_number(environ, "PHONE_PORT", 4010), "the phone world", "PHONE_PORT"),
            Port(_number(environ, "MAIL_PORT", 4020), "the mail world", "MAIL_PORT"),
        )
        if len({port.number for port in ports.all}) < len(ports.all):
            raise PortError("PORT, AWS_PORT, PHONE_PORT and MAIL_PORT must be four different ports.")
        return ports

    @classmethod
    def any_free(cls) -> "Ports":
        """Take ports that are free now, for a stack beside another one."""
        numbers = free(len(VARIABLES))
        names = {name: str(number) for name, number in zip(VARIABLES, numbers, strict=True)}
        return cls.from_environ(names)

    @property
    def all(self) -> tuple[Port, ...]:
        """All four."""
        return self.app, self.aws, self.phone, self.mail


VARIABLES = ("PORT", "AWS_PORT", "PHONE_PORT", "MAIL_PORT")


def _number(environ: Mapping[str, str], name: str, default: int) -> int:
    text = environ.get(name) or str(default)
    if not (text.isascii() and text.isdigit() and HIGH <= int(text) <= HIGHEST):
        raise PortError(f"{name}={text} is no port. Give a number from {HIGH} to {HIGHEST}.")
    return int(text)


def require_free(ports: Ports) -> None:
    """Raise PortError, with one sentence for each port in use, unless all of them can be taken."""
    taken = [port for port in ports.all if is_taken(port.number)]
    if taken:
        raise PortError("\n".join(sentence(port) for port in taken))


def sentence(port: Port) -> str:
    """Say that a port is in use and how to move what we wanted there."""
    return (
        f"Port {port.number} ({port.use}) is in use by another program. "
        f"Use another: make run {port.variable}={suggestion(port.number)}"
    )


def suggestion(number: int) -> int:
    """Return the next port that is free, or 0 for want of any."""
    return next((other for other in range(number + 1, min(number + 200, HIGHEST)) if not is_taken(other)), 0)


def is_taken(number: int) -> bool:
    """Whether a server could not listen here now."""
    with socket.socket() as probe:
        # As servers do: a connection that ended a minute ago is no reason to wait.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, number))
            probe.listen(1)
        except OSError:
            return True
        return False


def answers(number: int) -> bool:
    """Whether something accepts connections here."""
    with socket.socket() as probe:
        probe.settimeout(1)
        return probe.connect_ex((HOST, number)) == 0


def free(how_many: int) -> list[int]:
    """Return this many different ports that are free now."""
    probes = [socket.socket() for _ in range(how_many)]
    try:
        for probe in probes:
            probe.bind((HOST, 0))
        return [probe.getsockname()[1] for probe in probes]
    finally:
        for probe in probes:
            probe.close()
