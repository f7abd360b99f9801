"""Proof of work: only what we asked for, here and now, is taken; whatever else is sent is refused, not an error."""

import base64
import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from statistics import median
from time import thread_time
from typing import Any

import pytest
from altcha import create_challenge, v1
from hypothesis import example, given
from hypothesis import strategies as st

from chalicelib.adapters.proof_of_work import GUESSES, LIFE, LONGEST, call_id, challenge, checked
from chalicelib.config import PROOF_COST
from chalicelib.domain.refusals import Code, Refusal
from dev.solving import solve
from tests.conftest import Figure

NOW = datetime(2031, 3, 9, 15, 0, tzinfo=UTC)
"""Years from the machine's own clock, which must not matter."""
SECRET, COST, SLUG = b"a secret of ours", 2, "families-28"
MOST_MS = 5.0


def solved(**changes: Any) -> str:
    asked: dict[str, Any] = {"slug": SLUG, "now": NOW, "secret": SECRET, "cost": COST} | changes
    return solve(challenge(**asked))


def refusal(
    payload: str, slug: str = SLUG, now: datetime = NOW, secret: bytes = SECRET, cost: int = COST
) -> Code:
    with pytest.raises(Refusal) as refused:
        checked(payload, slug, now, secret, cost)
    assert refused.value.field == "proof"
    return refused.value.code


def opened(payload: str) -> Any:
    return json.loads(base64.b64decode(payload))


def packed(document: object) -> str:
    return base64.b64encode(json.dumps(document).encode()).decode()


def test_a_solved_challenge_is_taken_until_its_ten_minutes_are_over() -> None:
    payload = solved()

    nonce = checked(payload, SLUG, NOW, SECRET, COST)
    assert nonce == opened(payload)["challenge"]["parameters"]["nonce"]
    assert checked(payload, SLUG, NOW + LIFE - timedelta(seconds=1), SECRET, COST) == nonce
    assert refusal(payload, now=NOW + LIFE) is Code.PROOF_REFUSED


def test_no_proof_is_missing_and_one_for_another_campaign_is_refused() -> None:
    assert refusal("") is Code.PROOF_MISSING
    assert refusal(solved(slug="another-campaign")) is Code.PROOF_REFUSED
    assert refusal(solved(secret=b"another secret")) is Code.PROOF_REFUSED


def test_a_cheaper_challenge_of_ours_is_refused_once_the_cost_is_raised() -> None:
    assert checked(solved(cost=2), SLUG, NOW, SECRET, cost=2)
    assert checked(solved(cost=3), SLUG, NOW, SECRET, cost=2)
    assert refusal(solved(cost=2), cost=3) is Code.PROOF_REFUSED


CHANGED: dict[str, Callable[[Any], object]] = {
    "less cost": lambda p: p["challenge"]["parameters"].update(cost=1),
    "a shorter prefix": lambda p: p["challenge"]["parameters"].update(keyPrefix="00"),
    "an empty prefix": lambda p: p["challenge"]["parameters"].update(keyPrefix=""),
    "a shorter key": lambda p: p["challenge"]["parameters"].update(keyLength=1),
    "an easier algorithm": lambda p: p["challenge"]["parameters"].update(algorithm="SHA-256"),
    "no signed key": lambda p: p["challenge"]["parameters"].pop("keySignature"),
    "later expiry": lambda p: p["challenge"]["parameters"]["data"].update(expires=2**40),
    "another campaign": lambda p: p["challenge"]["parameters"]["data"].update(campaign="another"),
    "no data": lambda p: p["challenge"]["parameters"].pop("data"),
    "another nonce": lambda p: p["challenge"]["parameters"].update(nonce="00" * 16),
    "another signature": lambda p: p["challenge"].update(signature="00" * 32),
    "no signature": lambda p: p["challenge"].pop("signature"),
    "the known half of the key": lambda p: p["solution"].update(
        derivedKey=p["challenge"]["parameters"]["keyPrefix"] + "00" * 16
    ),
    "no key": lambda p: p["solution"].update(derivedKey=""),
    "a key that is a number": lambda p: p["solution"].update(derivedKey=7),
    "a list for the parameters": lambda p: p["challenge"].update(parameters=[]),
    "a text for the solution": lambda p: p.update(solution="solved"),
    "no challenge": lambda p: p.pop("challenge"),
}


@pytest.mark.parametrize("name", CHANGED)
def test_a_payload_that_was_changed_is_refused(name: str) -> None:
    document = opened(solved())
    assert checked(packed(document), SLUG, NOW, SECRET, COST), "as it came it is good"

    CHANGED[name](document)

    assert refusal(packed(document)) is Code.PROOF_REFUSED


def test_a_challenge_the_client_made_up_is_refused_of_either_version() -> None:
    made = create_challenge(
        "PBKDF2/SHA-256", 1, data={"campaign": SLUG, "expires": 2**40}, hmac_secret=b"theirs"
    )
    old = v1.create_challenge(v1.ChallengeOptions(hmac_key=SECRET.decode(), number=7, max_number=7)).to_dict()

    assert refusal(solve(made.to_dict())) is Code.PROOF_REFUSED
    assert refusal(packed(old | {"number": 7})) is Code.PROOF_REFUSED


@pytest.mark.parametrize(
    "garbage",
    [
        "{}",
        "e30=",
        "bnVsbA==",
        "\ud800",
        "=",
        "a" * 5000,
        packed([[]]),
        packed({"challenge": {}, "solution": {}}),
        base64.b64encode(b"[" * 1400).decode(),
        base64.b64encode(b"\xff\xfe").decode(),
    ],
)
def test_garbage_is_refused(garbage: str) -> None:
    assert refusal(garbage) is Code.PROOF_REFUSED


leaves = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20)
documents = st.recursive(
    leaves, lambda each: st.lists(each, max_size=3) | st.dictionaries(st.text(max_size=9), each, max_size=3)
)
places = st.sampled_from(
    [("solution", name) for name in ("counter", "derivedKey", "time")]
    + [
        ("parameters", name)
        for name in ("algorithm", "cost", "keyLength", "keyPrefix", "nonce", "salt", "data")
    ]
    + [("parameters", name) for name in ("keySignature", "expiresAt", "memoryCost", "__proto__")]
)
GOOD = solved()


@given(place=places, value=documents)
@example(place=("solution", "counter"), value="1" * LONGEST)
def test_whatever_stands_in_any_place_of_a_payload_is_taken_or_refused(
    place: tuple[str, str], value: object
) -> None:
    document = opened(GOOD)
    holder = document["solution"] if place[0] == "solution" else document["challenge"]["parameters"]
    is_read = place[1] not in {"counter", "time", "__proto__"} and holder.get(place[1], ...) != value
    holder[place[1]] = value
    sent = packed(document)

    if is_read or len(sent) > LONGEST:
        assert refusal(sent) is Code.PROOF_REFUSED
    else:
        checked(sent, SLUG, NOW, SECRET, COST)


@given(st.text(max_size=300))
def test_any_text_is_refused(text: str) -> None:
    assert refusal(text) in {Code.PROOF_MISSING, Code.PROOF_REFUSED}


def test_a_call_id_is_one_nonce_s_and_nobody_makes_it_without_the_secret() -> None:
    nonces = [challenge(SLUG, NOW, SECRET, 1)["parameters"]["nonce"] for _ in range(50)]

    assert len({call_id(nonce, SECRET) for nonce in nonces}) == 50
    assert call_id(nonces[0], SECRET) == call_id(nonces[0], SECRET) != call_id(nonces[0], b"another")
    assert {len(call_id(nonce, SECRET)) for nonce in nonces} == {22}


def test_a_check_costs_us_little_and_a_solution_costs_the_asker_much(figure: Figure) -> None:
    made, solving, checking = [], [], []
    for _ in range(7):
        start = thread_time()
        asked = challenge(SLUG, NOW, SECRET, PROOF_COST)
        made.append(thread_time() - start)
        payload = solve(asked)
        solving.append(thread_time() - start - made[-1])
        start = thread_time()
        checked(payload, SLUG, NOW, SECRET, PROOF_COST)
        checking.append(thread_time() - start)
        assert opened(payload)["solution"]["counter"] in GUESSES
        assert len(payload) < LONGEST / 2

    make, solution, check = (1000 * median(times) for times in (made, solving, checking))
    figure(f"proof of work: made in {make:.1f} ms, solved in {solution:.0f} ms, checked in {check:.2f} ms")
    assert check <= MOST_MS
    assert solution > 10 * (make + check)
