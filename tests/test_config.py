"""Settings that have a default: what they are, and what is refused."""

import pytest

from chalicelib.adapters.catalog import Catalog
from chalicelib.config import Config, ConfigError
from chalicelib.runtime import Runtime
from cli.connection import connect
from tests.rehearsal import ENVIRONMENT

NAME = "PATCHTHROUGH_VERIFICATION_DAYS"


def test_a_verification_is_good_for_thirty_days_unless_configured_otherwise() -> None:
    assert Config.from_environ(ENVIRONMENT).verification_days == 30
    assert Config.from_environ(ENVIRONMENT | {NAME: "7"}).verification_days == 7


@pytest.mark.parametrize("text", ["0", "-1", "1.5", "a month", "30 ", "99999", "٣٠"])
def test_days_that_are_no_whole_number_above_0_are_refused(text: str) -> None:
    with pytest.raises(ConfigError, match=f"{NAME} must be a whole number above 0"):
        Config.from_environ(ENVIRONMENT | {NAME: text})


def test_the_configured_days_reach_the_app_and_the_command_line() -> None:
    settings = ENVIRONMENT | {NAME: "7"}
    found: list[Catalog] = [
        Runtime.build(Config.from_environ(settings)).catalog,
        connect(
            settings | {"AWS_ENDPOINT_URL": "http://127.0.0.1:1", "AWS_DEFAULT_REGION": "us-east-1"}
        ).catalog,
    ]

    assert [catalog.verification_days for catalog in found] == [7, 7]
