"""Settings that have a default: what they are, and what is refused."""

from dataclasses import fields

import pytest

from chalicelib.adapters.catalog import Catalog
from chalicelib.config import SETTINGS, TEXT_SENDERS, Config, ConfigError
from chalicelib.domain.broadcast_pacing import SENDERS, TOLL_FREE
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


def test_every_field_is_read_from_one_variable_of_its_own() -> None:
    assert [setting.field for setting in SETTINGS] == [field.name for field in fields(Config)]
    assert len({setting.variable for setting in SETTINGS}) == len(SETTINGS)


def test_what_is_empty_is_not_set() -> None:
    empty = {setting.variable: "" for setting in SETTINGS if setting.variable not in ENVIRONMENT}

    assert Config.from_environ(ENVIRONMENT | empty) == Config.from_environ(ENVIRONMENT)


def test_all_that_is_wrong_is_said_at_once() -> None:
    wrong = ENVIRONMENT | {"PATCHTHROUGH_TABLE": "", "PATCHTHROUGH_CALLS_PER_PHONE": "inf", NAME: "0"}

    with pytest.raises(ConfigError) as refused:
        Config.from_environ(wrong)

    assert "PATCHTHROUGH_TABLE is not set; " in str(refused.value)
    assert "PATCHTHROUGH_CALLS_PER_PHONE must be a number above 0, not 'inf'; " in str(refused.value)
    assert f"{NAME} must be a whole number above 0, not '0'" in str(refused.value)


SENDER, SERVICE = "PATCHTHROUGH_TEXT_SENDER", "PATCHTHROUGH_TEXT_SERVICE"


def test_texts_leave_at_the_slowest_sender_s_pace_unless_configured_otherwise() -> None:
    assert (
        Config.from_environ(ENVIRONMENT).text_sender
        == TOLL_FREE
        == min(SENDERS, key=lambda each: each.a_second)
    )
    assert Config.from_environ(ENVIRONMENT | {SENDER: "10dlc-low"}).text_sender.a_day_on_t_mobile == 10_000
    assert set(TEXT_SENDERS.values()) == set(SENDERS)


def test_a_sender_we_do_not_know_is_refused_with_those_we_do() -> None:
    with pytest.raises(
        ConfigError, match=f"{SENDER} must be one of toll-free, 10dlc-lowest, .*, not 'pigeon'"
    ):
        Config.from_environ(ENVIRONMENT | {SENDER: "pigeon"})


def test_a_messaging_service_is_one_by_its_id_or_none() -> None:
    service = "MG" + "0123456789abcdef" * 2

    assert Config.from_environ(ENVIRONMENT).text_service == ""
    assert Config.from_environ(ENVIRONMENT | {SERVICE: service}).text_service == service
    with pytest.raises(ConfigError, match=f"{SERVICE} must be the id of a Messaging Service"):
        Config.from_environ(ENVIRONMENT | {SERVICE: service[:-1]})
