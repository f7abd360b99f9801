"""Which numbers can't be a target by their shape, each with its reason."""

import csv
from pathlib import Path

import pytest

from chalicelib.domain.targets import is_target_shape, why_no_target

DIRECTORY = Path(__file__).resolve().parents[2] / "directory"


def numbers(file: str) -> list[str]:
    with (DIRECTORY / file).open(encoding="utf-8", newline="") as lines:
        return [row["phone_e164"] for row in csv.DictReader(lines)]


@pytest.mark.parametrize(
    ("number", "reason"),
    [
        ("911", "emergency number or a short code"),
        ("+1911", "emergency number or a short code"),
        ("1911", "emergency number or a short code"),
        ("112", "emergency number or a short code"),
        ("988", "emergency number or a short code"),
        ("311", "emergency number or a short code"),
        ("46873", "emergency number or a short code"),
        ("274637", "emergency number or a short code"),
        ("+442079460018", "not a phone number in North America"),
        ("+11234567890", "not a phone number in North America"),
        ("+14041550123", "not a phone number in North America"),
        ("404 555 0123", "not a phone number in North America"),
        ("+140455501234", "not a phone number in North America"),
        ("+1404555012", "not a phone number in North America"),
        ("+14045550123\n", "not a phone number in North America"),
        ("", "not a phone number in North America"),
        ("+19115550123", "service code"),
        ("+14049110123", "service code"),
        ("+18885550123", "toll-free"),
        ("+18005550123", "toll-free"),
        ("+18335550123", "toll-free"),
        ("+18445550123", "toll-free"),
        ("+18555550123", "toll-free"),
        ("+18665550123", "toll-free"),
        ("+18775550123", "toll-free"),
        ("+18225550123", "toll-free"),
        ("+18815550123", "toll-free"),
        ("+19005550123", "premium"),
        ("+14049760123", "premium"),
        ("+14045551212", "directory assistance"),
    ],
)
def test_what_can_be_no_target_says_why(number: str, reason: str) -> None:
    assert reason in (why_no_target(number) or "")
    assert not is_target_shape(number)


@pytest.mark.parametrize("number", ["+14045550123", "+18725550123", "+18085550123", "+17875550123"])
def test_an_ordinary_number_can_be_one(number: str) -> None:
    assert is_target_shape(number)


def test_every_field_office_can_be_one_and_of_the_numbers_never_called_only_one_by_shape() -> None:
    assert [number for number in numbers("offices.csv") if not is_target_shape(number)] == []
    assert [number for number in numbers("do_not_call.csv") if is_target_shape(number)] == ["+12027324200"]
