"""A campaign in a form and back: nothing is lost, nothing wrong gets through, and the form says what a file says."""

import json
from dataclasses import replace
from pathlib import Path

import pytest

from chalicelib.domain.campaign import Letter, Limits
from chalicelib.domain.editing import FIELDS, Field, edited, names, problems, typed
from chalicelib.domain.words import Words
from tests.values import CAMPAIGN

SCHEMA = json.loads((Path(__file__).parents[2] / "campaigns" / "schema.json").read_text(encoding="utf-8"))
PARTS = SCHEMA["properties"]
FORM = typed(CAMPAIGN)


def test_a_form_that_nobody_touched_changes_nothing() -> None:
    assert problems(FORM) == {}
    assert edited(CAMPAIGN, FORM) == CAMPAIGN


def test_a_browser_s_line_ends_and_blanks_change_nothing() -> None:
    sent = {name: f" {text} ".replace("\n", " \r\n") for name, text in FORM.items()}

    assert problems(sent) == {}
    assert edited(CAMPAIGN, sent) == CAMPAIGN


def test_what_was_typed_is_in_the_campaign() -> None:
    form = FORM | {
        "goal": "3000", "rings_a_day": "0", "calls_an_hour_per_source": "12", "letters_an_hour": "5",
        "points_en": "Stop.\nThank you.", "points_es": "Paren.\n\nGracias.", "body_es": "Uno\r\n\r\nDos",
    }  # fmt: skip

    after = edited(CAMPAIGN, form)

    assert problems(form) == {}
    assert (after.goal, after.limits) == (3000, Limits(rings_a_day=0, calls_an_hour_per_source=12))
    assert after.points == (Words("Stop.", "Paren."), Words("Thank you.", "Gracias."))
    assert after.letter == replace(CAMPAIGN.letter, body=Words("Dear office", "Uno\n\nDos"), an_hour=5)
    assert (after.slug, after.revision, after.offices) == (CAMPAIGN.slug, 1, CAMPAIGN.offices)


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("goal", "0"), ("goal", ""), ("goal", "2,000"), ("goal", "-5"), ("goal", "²"), ("goal", "9" * 5000),
        ("rings_a_day", "100001"), ("calls_an_hour_per_source", "0"), ("letters_an_hour", "61"),
        ("title_en", " "), ("title_es", "a" * 161), ("summary_en", "a" * 1001), ("reading", ""),
        ("points_en", "One line"), ("points_es", "\n".join("abcdefg")), ("about_en", "one\n\ntwo\n\nthree"),
        ("body_en", "a" * 5001), ("subject_es", ""),
    ],
)  # fmt: skip
def test_what_is_wrong_is_said_at_the_field(name: str, text: str) -> None:
    assert problems(FORM | {name: text}).keys() & {name, name.replace("_en", "_es")}


def test_a_field_that_was_not_sent_is_wrong_and_no_fault() -> None:
    assert problems({}).keys() == FORM.keys() - {"calls_an_hour_per_source"}


def test_every_field_has_a_place_in_the_form() -> None:
    assert {name for field in FIELDS for name in names(field)} == FORM.keys()


@pytest.mark.parametrize("field", FIELDS, ids=lambda field: field.part)
def test_bounds_are_those_of_a_file(field: Field) -> None:
    schema = {
        "rings_a_day": PARTS["limits"]["properties"]["rings_a_day"],
        "calls_an_hour_per_source": PARTS["limits"]["properties"]["calls_an_hour_per_source"],
        "letters_an_hour": PARTS["letter"]["properties"]["an_hour"],
        "subject": PARTS["letter"]["properties"]["subject"],
        "body": PARTS["letter"]["properties"]["body"],
    }.get(field.part) or PARTS[field.part]
    pieces = schema.get("maxItems", 1)
    schema = schema.get("items", schema)
    if "$ref" in schema:
        schema = SCHEMA["$defs"][schema["$ref"].rpartition("/")[2]]["properties"]["en"]

    assert field.most == schema.get("maximum", schema.get("maxLength"))
    assert field.least == schema.get("minimum", 0)
    assert field.pieces == pieces


def test_a_letter_keeps_what_the_form_does_not_show() -> None:
    letter = Letter(
        Words("a", "b"), Words("c", "d"), offices=("ero-was",), is_local=False, post="1 Example Street"
    )
    before = replace(CAMPAIGN, letter=letter)

    assert edited(before, typed(before)) == before
