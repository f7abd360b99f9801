"""The stack's environment: nothing in it leads off this machine, and the command line can read it."""

import os
import socket
import stat
import subprocess
from pathlib import Path

import pytest

from chalicelib.config import Config
from dev import environment, reset
from dev.environment import Loopback

AWS = {
    "AWS_ENDPOINT_URL": "http://127.0.0.1:4566",
    "PATCHTHROUGH_TABLE": "patchthrough-local",
    "PATCHTHROUGH_QUEUE_RING": "http://127.0.0.1:4566/000000000000/ring",
    "PATCHTHROUGH_QUEUE_LETTERS": "http://127.0.0.1:4566/000000000000/letters",
    "PATCHTHROUGH_QUEUE_MAIL_EVENTS": "http://127.0.0.1:4566/000000000000/mail-events",
    "PATCHTHROUGH_SECRETS": "patchthrough/local",
}


def built(**changes: str) -> dict[str, str]:
    places = {
        "app_url": "http://127.0.0.1:8000",
        "phone_url": "http://127.0.0.1:4010",
        "mail_url": "http://127.0.0.1:4020",
    } | changes
    return environment.build(**places, aws=AWS)


def test_it_is_all_the_app_asks_for() -> None:
    config = Config.from_environ(built())
    assert (config.is_development, config.from_number) == (True, "+14045550100")
    assert config.text_service == environment.SERVICE
    assert (config.has_mail, config.ses_url) == (True, "http://127.0.0.1:4020")


ADDRESS_OF = {
    "app_url": "PATCHTHROUGH_PUBLIC_URL",
    "phone_url": "TWILIO_API_URL",
    "mail_url": "PATCHTHROUGH_SES_URL",
}


@pytest.mark.parametrize("place", ADDRESS_OF)
@pytest.mark.parametrize(
    "url",
    ["", "https://api.twilio.com", "https://email.us-east-1.amazonaws.com",
     "http://api.twilio.com", "http://127.0.0.1.example.org", "http://10.0.0.1",
     "http://0.0.0.0:4010", "//127.0.0.1", "https://127.0.0.1", "http://user@example.org", "http://[::2]:80"],
)  # fmt: skip
def test_without_a_loopback_address_for_each_nothing_starts(place: str, url: str) -> None:
    with pytest.raises(Loopback, match=ADDRESS_OF[place]):
        built(**{place: url})


@pytest.mark.parametrize(
    "url", ["http://127.0.0.1:4010", "http://localhost:1", "http://[::1]:80", "http://127.8.8.8"]
)
def test_loopback_in_all_its_spellings_is_fine(url: str) -> None:
    assert built(phone_url=url)["TWILIO_API_URL"] == url


def test_the_file_can_be_sourced_and_read_back_and_is_its_owners_only(tmp_path: Path) -> None:
    path = tmp_path / "local" / "env"
    written = built(app_url="http://127.0.0.1:8000/it's here")
    environment.write(written, path)
    assert environment.read(path) == written
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    shell = subprocess.run(
        ["sh", "-c", '. "$1"; sh -c \'printf %s "$PATCHTHROUGH_PUBLIC_URL"\'', "sh", path],
        capture_output=True, text=True, check=True, env={"PATH": os.environ["PATH"]},
    )  # fmt: skip
    assert shell.stdout == written["PATCHTHROUGH_PUBLIC_URL"]


def test_what_leads_past_the_local_aws_is_left_behind() -> None:
    process = {
        "AWS_ENDPOINT_URL_DYNAMODB": "https://dynamodb.us-east-1.amazonaws.com",
        "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS": "true",
        "AWS_PROFILE": "production",
        "HTTP_PROXY": "http://proxy.example",
        "HOME": "/home/ana",
    }
    environment.adopt(built(), process)
    assert (
        not {"AWS_ENDPOINT_URL_DYNAMODB", "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS", "AWS_PROFILE"}
        & process.keys()
    )
    assert (process["HOME"], process["AWS_ENDPOINT_URL"]) == ("/home/ana", AWS["AWS_ENDPOINT_URL"])
    assert "127.0.0.1" in process["NO_PROXY"]


def test_no_file_is_no_environment(tmp_path: Path) -> None:
    assert environment.read(tmp_path / "env") == {}


def test_reset_forgets_everything(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    local = tmp_path / "local"
    (local / "aws").mkdir(parents=True)
    (local / "aws" / "state.json").write_text("{}")
    environment.write(built(app_url="http://127.0.0.1:4219"), local / "env")
    assert reset.main(local) == 0
    assert not local.exists()
    assert "starts empty next time" in capsys.readouterr().out
    assert reset.main(local) == 0


def test_reset_leaves_a_running_stack_alone(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with socket.socket() as app:
        app.bind(("127.0.0.1", 0))
        app.listen(1)
        environment.write(built(app_url=f"http://127.0.0.1:{app.getsockname()[1]}"), tmp_path / "env")
        assert reset.main(tmp_path) == 1
    assert (tmp_path / "env").exists()
    assert "is running" in capsys.readouterr().out
