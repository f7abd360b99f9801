"""The environment that the local stack gives to the app, and leaves in `.local/env` for the command line.

Promises that every address in it is on this machine: `Loopback` is raised before anything starts
otherwise, for with an empty TWILIO_API_URL the app would ring real phones, and with an empty PATCHTHROUGH_SES_URL
write to real people. Needs the standard library only.
"""

import os
import shlex
from collections.abc import Mapping, MutableMapping
from ipaddress import ip_address
from pathlib import Path
from urllib.parse import urlsplit

ROOT = Path(__file__).resolve().parent.parent
LOCAL = ROOT / ".local"
"""All that the local stack keeps: what `make reset` forgets."""
ENV = LOCAL / "env"

ACCOUNT = "AC" + "0" * 31 + "1"
NUMBER = "+14045550100"
"""The organization's own number in the phone world. 555-01xx is never a real phone."""
SERVICE = "MG" + "0" * 31 + "1"
"""The Messaging Service in the phone world that this number is in."""
MAIL_DOMAIN = "letters.example.org"
"""Whose mail the mail world sends. Nobody owns a name under example.org."""
MAIL_FROM = f"letters@{MAIL_DOMAIN}"
MAIL_SET = "patchthrough-local"
STAGE = "local"
ADDRESSES = ("PATCHTHROUGH_PUBLIC_URL", "TWILIO_API_URL", "PATCHTHROUGH_SES_URL", "AWS_ENDPOINT_URL")


WITHOUT_PROXY = {"NO_PROXY": "127.0.0.1,localhost", "no_proxy": "127.0.0.1,localhost"}
"""A proxy could only be in the way of what never leaves this machine."""
ASTRAY = ("AWS_PROFILE", "AWS_SESSION_TOKEN", "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS")
"""What would lead boto3 past AWS_ENDPOINT_URL, as would any AWS_ENDPOINT_URL_*."""


class Loopback(Exception):
    """An address that must be on this machine isn't."""


def build(*, app_url: str, phone_url: str, mail_url: str, aws: Mapping[str, str]) -> dict[str, str]:
    """Return all the app reads (design §6), `aws` being what the local AWS adds. Raises Loopback."""
    environment = {
        "PATCHTHROUGH_STAGE": STAGE,
        "PATCHTHROUGH_PUBLIC_URL": app_url,
        "TWILIO_API_URL": phone_url,
        "TWILIO_ACCOUNT_SID": ACCOUNT,
        "TWILIO_NUMBERS": NUMBER,
        "PATCHTHROUGH_TEXT_SERVICE": SERVICE,
        "PATCHTHROUGH_SES_URL": mail_url,
        "PATCHTHROUGH_MAIL_FROM": MAIL_FROM,
        "PATCHTHROUGH_MAIL_SET": MAIL_SET,
        "PATCHTHROUGH_CALLS_PER_SECOND": "1",
        # One developer is every supporter here, from one address.
        "PATCHTHROUGH_CALLS_PER_PHONE": "1000",
        "PATCHTHROUGH_CALLS_PER_SOURCE": "1000",
        "PATCHTHROUGH_UNPROVEN_CALLS_PER_SOURCE": "1000",
        "PATCHTHROUGH_TEXTS_PER_PHONE": "1000",
        "PATCHTHROUGH_LETTERS_PER_ADDRESS": "1000",
        "PATCHTHROUGH_LETTERS_PER_SOURCE": "1000",
        "PATCHTHROUGH_SIGNUPS_PER_SOURCE": "1000",
        # A person's own settings may name other endpoints.
        "AWS_CONFIG_FILE": os.devnull,
        "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
        **WITHOUT_PROXY,
        **aws,
    }
    require_loopback(environment)
    return environment


def require_loopback(environment: Mapping[str, str]) -> None:
    """Raise Loopback, naming each address that is empty or leads off this machine."""
    wrong = [name for name in ADDRESSES if not is_loopback(environment.get(name, ""))]
    if wrong:
        raise Loopback(
            f"{', '.join(wrong)} must be an address on this machine (http://127.0.0.1:…): "
            "here nobody is rung but in the phone world, and nobody is written to but in the mail world."
        )


def is_loopback(url: str) -> bool:
    """Whether an http address can only lead here; a name other than localhost may lead anywhere."""
    parts = urlsplit(url)
    if parts.scheme != "http" or parts.hostname is None:
        return False
    if parts.hostname == "localhost":
        return True
    try:
        return ip_address(parts.hostname).is_loopback
    except ValueError:
        return False


def write(environment: Mapping[str, str], path: Path = ENV) -> None:
    """Write a file to be sourced: `. .local/env`. It is its owner's only and holds no secret."""
    lines = [f"export {name}={shlex.quote(value)}\n" for name, value in sorted(environment.items())]
    path.parent.mkdir(parents=True, exist_ok=True)
    path.touch(mode=0o600)
    path.write_text("# Written by `make run`; gone when it ends.\n" + "".join(lines))


def read(path: Path = ENV) -> dict[str, str]:
    """Read what `write` wrote; nothing when there is no such file."""
    if not path.exists():
        return {}
    words = [shlex.split(line, comments=True) for line in path.read_text().splitlines()]
    pairs = (line[1].partition("=") for line in words if line[:1] == ["export"])
    return {name: value for name, _, value in pairs}


def adopt(environment: Mapping[str, str], process: MutableMapping[str, str] = os.environ) -> None:
    """Make it this process's own, so that the app, boto3 and the command line find it and nothing else."""
    for name in [n for n in process if n in ASTRAY or n.startswith("AWS_ENDPOINT_URL_")]:
        del process[name]
    process.update(environment)
