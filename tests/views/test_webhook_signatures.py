"""Every way to send a webhook that Twilio did not sign, to all five voice routes: refused, and nothing written.

And the genuine ones, which all pass: with blank fields, a port, a path prefix, a token just rotated.
"""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from typing import Any
from urllib.parse import quote, urlencode

import boto3
import pytest

from app import app
from chalicelib.adapters.secrets import SecretStore
from chalicelib.domain.call import Stage
from chalicelib.domain.limits import Caller
from chalicelib.runtime import Runtime, install
from chalicelib.views.calling_in import incoming
from dev.server import Transport, in_process
from tests.conftest import Figure
from tests.rehearsal import ENVIRONMENT, SECRET, Rehearsal, sweep
from tests.values import CALL_ID, session
from tests.views.signature_probes import (
    FORM,
    INBOUND,
    INBOUND_STATUS,
    LISTED,
    MORE,
    ROOT,
    ROUTES,
    SID,
    STATUS,
    STEP,
    TAKEN,
    Genuine,
    Sent,
    mutants,
    sent,
    with_body,
)


@pytest.fixture
def house(built: Runtime) -> Iterator[Rehearsal]:
    """A call in which the supporter is asked for a key, at step 12, and one to us at its menu."""
    made = Rehearsal(built, built.store._table.client)
    asked = session(stage=Stage.MENU, step=12, call_sid=SID, changed_at=made.clock.now())
    made.runtime.store.open_call(asked, Caller())
    theirs = incoming(INBOUND_STATUS.form)
    called_us = replace(asked, id=theirs.id, call_sid=theirs.sid, phone_key=theirs.phone_key, is_inbound=True)
    made.runtime.store.open_call(called_us, Caller())
    yield made
    rotate()
    sweep()


@dataclass
class Requests:
    """What is asked of DynamoDB, by operation."""

    seen: list[str] = field(default_factory=list)

    def watch(self, client: Any) -> None:
        client.meta.events.register("before-call.dynamodb", self._note)

    def forget(self, client: Any) -> None:
        client.meta.events.unregister("before-call.dynamodb", self._note)

    def _note(self, model: Any, **_: Any) -> None:
        self.seen.append(model.name)


def posted(ask: Transport, request: Sent, prefix: str = "") -> tuple[int, bytes]:
    status, _, body = ask("POST", prefix + request.path, request.headers, request.body)
    return status, body


def test_no_webhook_is_taken_that_twilio_did_not_sign(house: Rehearsal, figure: Figure) -> None:
    requests, before = Requests(), house.rows()
    requests.watch(house.dynamodb)
    answers: dict[str, int] = {}
    for g in ROUTES:
        probes = [(name, probe(g)) for name, probe in (LISTED | MORE).items()]
        for name, request in [*probes, *mutants(g)]:
            answers[f"{name} {g.path}"] = posted(house.ask, request)[0]

    accepted = [name for name, status in answers.items() if status < 400]
    broken = [name for name, status in answers.items() if status >= 500]
    requests.forget(house.dynamodb)
    tally = f"probes={len(answers)} accepted={len(accepted)} 5xx={len(broken)} dynamodb={len(requests.seen)}"
    figure(tally)
    assert (accepted, broken, requests.seen) == ([], [], [])
    assert house.rows() == before


def test_the_probes_are_all_there_and_each_is_403_but_where_no_route_is(house: Rehearsal) -> None:
    numbers = {name.split()[0] for name in LISTED}
    assert numbers == {str(number) for number in range(1, 23)} - {"16"}  # 16 is genuine: see below

    statuses = {
        f"{name} {g.path}": posted(house.ask, probe(g))[0]
        for g in ROUTES
        for name, probe in (LISTED | MORE).items()
    }
    others = {name: status for name, status in statuses.items() if status != 403}
    assert set(others.values()) <= {404, 415}, others


@pytest.mark.parametrize("g", [route for route in ROUTES if route is not INBOUND])
def test_the_same_requests_signed_by_twilio_are_taken(house: Rehearsal, g: Genuine) -> None:
    before = house.rows()

    status, _ = posted(house.ask, sent(g))

    assert status in {200, 204}
    assert house.rows() != before


def test_the_first_request_of_a_call_to_us_is_answered_and_keeps_nothing(house: Rehearsal) -> None:
    before = house.rows()

    status, spoken = posted(house.ask, sent(INBOUND))

    assert (status, b"For English, press 1." in spoken) == (200, True)
    assert house.rows() == before


GENUINE: dict[str, Callable[[Genuine], Sent]] = {
    "blank fields": sent,
    "unknown new fields": lambda g: sent(
        replace(
            g, form=g.form | {"StirVerstat": "TN-Validation-Passed-A", "CallToken": "ey%J{}", "Señal": "☎"}
        )
    ),
    "a charset after the type": lambda g: sent(g, **{"Content-Type": f"{FORM}; charset=UTF-8"}),
    "another case of the header's name": lambda g: replace(
        sent(g), headers={name.upper(): value for name, value in sent(g).headers.items()}
    ),
    "spaces as twenties": lambda g: with_body(
        replace(g, form=g.form | {"ToCity": "NEW YORK"}),
        urlencode(g.form | {"ToCity": "NEW YORK"}, quote_via=quote).encode(),
    ),
    "a name with a word of ours in it": lambda g: sent(
        replace(g, form=g.form | {"CallerName": "TO TOM, Toledo"})
    ),
}


@pytest.mark.parametrize("name", GENUINE)
def test_genuine_requests_pass_with(house: Rehearsal, name: str) -> None:
    assert [posted(house.ask, GENUINE[name](g))[0] for g in ROUTES] == TAKEN


@pytest.mark.parametrize(
    ("public", "prefix"),
    [
        ("http://127.0.0.1:8000", ""),
        ("https://x.example.org:8443", ""),
        ("https://x.example.org/api", "/api"),
    ],
)
def test_genuine_requests_pass_with_a_port_and_behind_a_path_prefix(
    house: Rehearsal, public: str, prefix: str
) -> None:
    install(replace(house.runtime, config=replace(house.runtime.config, public_url=public)))
    ask = in_process(app, prefix)

    status, spoken = posted(ask, sent(STEP, public=public), prefix)

    assert (status, f'action="{public}{ROOT}/{CALL_ID}/steps/'.encode() in spoken) == (200, True)
    assert [posted(ask, sent(g, public=public), prefix)[0] for g in ROUTES[1:]] == TAKEN[1:]
    assert posted(ask, sent(STEP), prefix)[0] == 403  # signed for where we are not


def rotate(**tokens: str) -> None:
    vault = boto3.client("secretsmanager")
    secret = json.dumps(SECRET | tokens)
    vault.put_secret_value(SecretId=ENVIRONMENT["PATCHTHROUGH_SECRETS"], SecretString=secret)


@dataclass
class Ticks:
    """A clock for the secret's age, in seconds, and the reads that were made."""

    seconds: float = 0.0
    reads: int = 0

    def __call__(self) -> float:
        return self.seconds

    def store(self, house: Rehearsal) -> None:
        """Give the house a secret store on this clock."""
        vault = boto3.client("secretsmanager")
        vault.meta.events.register("before-call.secrets-manager.GetSecretValue", self._count)
        vaulted = SecretStore(vault, ENVIRONMENT["PATCHTHROUGH_SECRETS"], self)
        install(replace(house.runtime, secrets=vaulted))

    def _count(self, **_: Any) -> None:
        self.reads += 1


def test_both_tokens_sign_while_one_replaces_the_other(house: Rehearsal) -> None:
    rotate(twilio_auth_token_next="the next token")
    Ticks().store(house)

    assert posted(house.ask, sent(STATUS, token="the next token"))[0] == 204
    assert posted(house.ask, sent(STATUS))[0] == 204
    assert posted(house.ask, sent(STATUS, token="a token after that"))[0] == 403


def test_a_token_rotated_a_moment_ago_is_looked_up_and_taken(house: Rehearsal) -> None:
    ticks = Ticks()
    ticks.store(house)
    assert posted(house.ask, sent(STATUS))[0] == 204

    rotate(twilio_auth_token="the token of now")
    ticks.seconds = 11.0

    assert posted(house.ask, sent(STATUS, token="the token of now"))[0] == 204
    assert posted(house.ask, sent(STATUS))[0] == 403


def test_a_flood_of_forgeries_reads_the_secret_once_in_ten_seconds(house: Rehearsal) -> None:
    ticks = Ticks()
    ticks.store(house)
    for second in range(60):
        ticks.seconds = float(second)
        for _ in range(5):
            assert posted(house.ask, sent(STATUS, token="forged"))[0] == 403

    assert ticks.reads <= 7


def test_a_secret_that_cannot_be_read_refuses_and_never_breaks(house: Rehearsal) -> None:
    vault = boto3.client("secretsmanager")
    lost = SecretStore(vault, "no such secret", Ticks())
    install(replace(house.runtime, secrets=lost))

    assert [posted(house.ask, sent(g))[0] for g in ROUTES] == [403] * len(ROUTES)
