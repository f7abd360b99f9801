"""POST …/subscriptions and what a program reads before it, as a program sees them."""

import json
from typing import Any

import pytest

from chalicelib.domain.campaign import Status
from chalicelib.domain.programme import version_of
from chalicelib.runtime import Runtime
from tests.rehearsal import SLUG, sweep
from tests.stories.signing_house import API, Signing


@pytest.fixture
def house(built: Runtime) -> Signing:
    sweep()
    return Signing(built)


def campaign_json(house: Signing) -> Any:
    return json.loads(house.get(f"/api/campaigns/{SLUG}")[2])


def test_a_program_reads_what_to_show_shows_it_and_signs_up(house: Signing) -> None:
    texts = campaign_json(house)["texts"]
    shown = texts["consent"]["es"]
    told = house.asks(language="es", consent=shown["id"])
    headers = {name.lower(): value for name, value in told.pop("headers").items()}

    assert shown["id"] == version_of(shown["text"]) == house.version("es")
    assert texts["words"] == {"en": "FAMILIES", "es": "FAMILIAS"}
    assert told == {"http": 202, "phone_ends": "23", "reply": "SI", "join": texts}
    assert headers["cache-control"] == "no-store"
    assert house.get(headers["location"])[0] == 200


@pytest.mark.parametrize(
    ("changes", "code", "field"),
    [
        ({"phone": ""}, "phone_missing", "phone"),
        ({"phone": "12"}, "phone_malformed", "phone"),
        ({"phone": "900 234 5678"}, "phone_not_texted", "phone"),
        ({"consent": ""}, "box_not_ticked", "consent"),
        ({"consent": "call-1"}, "words_changed", "consent"),
        ({"language": "fr"}, "language_unknown", "language"),
        ({"phone": 4045550123}, "body_malformed", "phone"),
        ({"proof": ""}, "proof_missing", "proof"),
        ({"proof": "nonsense"}, "proof_refused", "proof"),
    ],
)
def test_bad_input_is_a_400_with_code_and_field(
    house: Signing, changes: dict[str, Any], code: str, field: str
) -> None:
    body = {"phone": "404 555 0123", "language": "en", "consent": house.version(), "proof": house.proof()}
    answer = house.post(API, body | changes)

    assert (answer["http"], answer["error"]["code"], answer["error"]["field"]) == (400, code, field)
    assert house.queue.sent == []


@pytest.mark.parametrize(
    ("status", "http", "code"),
    [
        (Status.PAUSED, 409, "campaign_paused"),
        (Status.ENDED, 409, "campaign_ended"),
        (Status.DRAFT, 404, "not_found"),
    ],
)
def test_a_campaign_that_rests_takes_nobody(house: Signing, status: Status, http: int, code: str) -> None:
    proof, consent = house.proof(), house.version()
    house.set_status(status)
    answer = house.asks(proof=proof, consent=consent)

    assert (answer["http"], answer["error"]["code"]) == (http, code)


def test_too_many_are_told_when_to_try_again(house: Signing) -> None:
    house.configured(signups_per_source=1)
    house.asks()
    answer = house.asks("+19565550148")

    assert (answer["http"], answer["error"]["code"]) == (429, "too_many_signups")
    assert int({name.lower(): value for name, value in answer["headers"].items()}["retry-after"]) > 0
