"""The JSON API of letters, and counts that hold calls and letters."""

import json
from dataclasses import replace
from typing import Any

import pytest

from chalicelib.adapters.letters import Changed
from chalicelib.domain.campaign import Status
from chalicelib.domain.counts import LetterAnswer, LetterOutcome
from chalicelib.domain.letter_events import Answered, Count
from chalicelib.domain.letter_machine import advance
from chalicelib.domain.letter_moves import Moment
from chalicelib.domain.mail_facts import Status as Fate
from chalicelib.domain.refusals import SENTENCES, Code
from chalicelib.domain.tokens import Purpose
from chalicelib.domain.words import Language
from chalicelib.views.letter_committing import address_key
from tests.browser.served import PREFIX, Answer, Served
from tests.domain.letter_space import said
from tests.letter_states import LETTERS, link, seed, two, written_to
from tests.values import NOW
from tests.views.letter_forms import FORM, letters_of

LETTERS_PATH = "/api/campaigns/families-28/letters"
BODY = {"name": "María Ejemplo", "email": "maria@example.org", "office": "ero-atl", "body": "Please."}


@pytest.fixture(autouse=True)
def reached(served: Served) -> None:
    served.refit(written_to())


def post(served: Served, body: object) -> Answer:
    return served.ask("POST", LETTERS_PATH, json.dumps(body).encode(), content_type="application/json")


def state(served: Served, token: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(served.ask("GET", f"/api/letters/{token}").text)
    return found


def token_of(served: Served, purpose: Purpose, name: str) -> str:
    return link(served.runtime, purpose, LETTERS[name]).split("/")[2]


# Beginning.


def test_a_letter_is_begun_and_its_link_mailed(served: Served) -> None:
    answer = post(served, BODY | {"language": "es"})
    body = json.loads(answer.text)
    (begun,) = letters_of(served)

    assert answer.status == 202
    assert body == {"token": body["token"], "page": f"{PREFIX}/letters/{body['token']}"}
    assert answer.headers["location"] == f"{PREFIX}/api/letters/{body['token']}"
    assert answer.headers["cache-control"] == "no-store"
    assert (begun.office, begun.language) == ("ero-atl", Language.ES)
    assert len(served.queue.sent) == 1
    assert state(served, body["token"]) == {"state": "open_your_email"}


def test_it_says_the_same_of_every_address(served: Served) -> None:
    mine = json.loads(post(served, BODY).text)
    (begun,) = letters_of(served)
    seed(served.runtime, replace(LETTERS["delivered"], id=begun.id, group=begun.group))
    again = json.loads(post(served, BODY).text)
    other_words = json.loads(post(served, BODY | {"body": "In other words."}).text)
    stranger = json.loads(post(served, BODY | {"email": "nobody@example.org"}).text)

    told = [state(served, answer["token"]) for answer in (mine, again, other_words, stranger)]

    assert told == [{"state": "open_your_email"}] * 4
    assert mine["token"] == again["token"]


@pytest.mark.parametrize(
    ("changes", "status", "code", "field"),
    [
        ({"name": ""}, 400, Code.NAME_MISSING, "name"),
        ({"name": "http://x.example"}, 400, Code.NAME_MALFORMED, "name"),
        ({"name": 7}, 400, Code.BODY_MALFORMED, "name"),
        ({"email": "maria"}, 400, Code.EMAIL_MALFORMED, "email"),
        ({"zip": "303"}, 400, Code.ZIP_MALFORMED, "zip"),
        ({"body": " "}, 400, Code.LETTER_EMPTY, "body"),
        ({"body": "x" * 5001}, 400, Code.LETTER_TOO_LONG, "body"),
        ({"office": "nobody-s"}, 400, Code.OFFICE_UNKNOWN, "office"),
        ({"office": "ero-was"}, 409, Code.NO_MAILBOX, None),
        ({"language": "fr"}, 400, Code.LANGUAGE_UNKNOWN, "language"),
    ],
)
def test_what_is_wrong_is_a_code_a_field_and_a_sentence(
    served: Served, changes: dict[str, object], status: int, code: Code, field: str | None
) -> None:
    answer = post(served, BODY | changes)
    error = json.loads(answer.text)["error"]

    assert (answer.status, error["code"], error.get("field")) == (status, code.value, field)
    assert error["messages"]["es"] == SENTENCES[code].es
    assert letters_of(served) == []


def test_a_letter_as_long_as_the_page_takes_is_taken_however_it_is_escaped(served: Served) -> None:
    assert post(served, BODY | {"body": "ñ" * 5000}).status == 202
    assert post(served, BODY | {"body": "x" * 50_000}).status == 400


@pytest.mark.parametrize(
    ("status", "code"), [(Status.PAUSED, Code.CAMPAIGN_PAUSED), (Status.ENDED, Code.CAMPAIGN_ENDED)]
)
def test_a_resting_campaign_takes_none(served: Served, status: Status, code: Code) -> None:
    served.run(replace(written_to(), status=status))
    answer = post(served, BODY)

    assert (answer.status, json.loads(answer.text)["error"]["code"]) == (409, code.value)


def test_a_writer_who_wants_no_mail_is_refused(served: Served) -> None:
    served.runtime.letters.suppress(address_key("maria@example.org"), None, "asked", NOW)
    answer = post(served, BODY)

    assert (answer.status, json.loads(answer.text)["error"]["code"]) == (409, "letter_not_sent")


def test_too_many_are_told_when_to_try_again(served: Served) -> None:
    answers = [post(served, BODY | {"body": f"Letter {number}."}) for number in range(51)]

    assert {answer.status for answer in answers[:50]} == {202}
    assert answers[50].status == 429
    assert int(answers[50].headers["retry-after"]) > 0


# Following.


@pytest.mark.parametrize("name", LETTERS)
def test_a_link_tells_where_each_letter_is_and_nothing_of_its_writer(served: Served, name: str) -> None:
    seed(served.runtime, LETTERS[name])
    told = state(served, token_of(served, Purpose.FOLLOW, name))
    (one,) = told["letters"]

    assert (told["state"], told["campaign"]) == ("begun", "families-28")
    assert one["office"]["id"] == "ero-atl"
    assert one["outcome"] == LETTERS[name].outcome
    assert "María" not in json.dumps(told)
    assert "example.org" not in json.dumps(told)


def test_moments_are_told_in_utc_and_offices_in_both_languages(served: Served) -> None:
    seed(served.runtime, *two("in line", "delivered"))
    in_line, delivered = state(served, token_of(served, Purpose.FOLLOW, "in line"))["letters"]

    assert in_line["state"] == "in_line"
    assert in_line["leaves_at"] == "2026-11-25T14:00:00+00:00"
    assert in_line["can_take_back"] is True
    assert in_line["delivered_at"] is None
    assert delivered["delivered_at"] == "2026-11-24T15:00:00+00:00"
    assert (delivered["changing"], delivered["can_take_back"]) == (False, False)
    assert delivered["office"]["place"] == {"en": "New York", "es": "Nueva York"}


def test_a_link_that_is_none_of_ours_and_one_about_no_letter_are_404(served: Served) -> None:
    seed(served.runtime, LETTERS["waiting"])
    tokens = ["not-a-token", token_of(served, Purpose.UNSUBSCRIBE, "waiting")]

    for token in tokens:
        answer = served.ask("GET", f"/api/letters/{token}")
        assert (answer.status, json.loads(answer.text)["error"]["code"]) == (404, "letter_gone")


# Counting.


def test_the_counts_are_the_tally_s_and_nothing_else(served: Served) -> None:
    nothing: dict[str, object] = {"actions": 0, "outcomes": {}}
    body = json.loads(served.ask("GET", "/api/campaigns/families-28/counts").text)

    assert body == {
        "campaign": "families-28", "goal": 2000, "reached": 0, **nothing, "letters": {"reached": 0, **nothing},
        "answers": nothing,
    }  # fmt: skip


def test_the_goal_counts_calls_and_delivered_letters_and_each_is_told_by_outcome(served: Served) -> None:
    served.reach(1284)
    fresh = replace(LETTERS["accepted"], outcome=None, counted=0)
    delivered, counted = advance(fresh, said(Fate.DELIVERED), Moment(NOW))
    answered, more = advance(delivered, Answered(LetterAnswer.PERSON), Moment(NOW))
    effects = (*counted, *more)
    served.runtime.letters.commit([Changed(fresh, answered, effects)])
    body = json.loads(served.ask("GET", "/api/campaigns/families-28/counts").text)

    assert sum(isinstance(effect, Count) for effect in effects) == 2
    assert (body["reached"], body["actions"], body["outcomes"]) == (1285, 1284, {"spoke": 1284})
    assert body["letters"] == {"reached": 1, "actions": 1, "outcomes": {LetterOutcome.DELIVERED: 1}}
    assert body["answers"] == {"actions": 1, "outcomes": {LetterAnswer.PERSON: 1}}
    for path in ("/", "/c/families-28"):
        assert "1,285</b> of 2,000 calls and letters" in served.ask("GET", f"{path}?lang=en").text


def test_what_the_page_asks_is_what_the_api_takes(served: Served) -> None:
    assert set(BODY) | {"zip"} == set(FORM)
