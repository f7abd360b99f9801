"""A slow Twilio never slows a live call: what answers webhooks and what asks Twilio share no module, lock or wait."""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from chalicelib.domain.call import Stage
from tests.rehearsal import LUIS, stage
from tests.stories.placing_house import Placing, webhook

ROOT = Path(__file__).resolve().parents[2]
SLOW = ("twilio.rest", "requests", "jinja2")
"""What the doors for Twilio and for programs never need: the REST client with its wire, and the pages' templates."""
ANSWER_A_WEBHOOK = """
from tests.rehearsal import rehearsing
from tests.stories.placing_house import webhook
with rehearsing(offices=1) as house:
    call = house.tap()
    assert webhook(house, f"/twilio/voice/{call['id']}/steps/0", CallSid="CA" + "0" * 32) == 200
    assert house.session(call["id"]).stage == "menu"
"""


def loaded_by(code: str) -> set[str]:
    """The modules that a fresh interpreter has loaded after running some code."""
    script = f"{code}\nimport sys\nprint('\\nMODULES', *sys.modules)"
    ran = subprocess.run(
        [sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert ran.returncode == 0, ran.stderr
    return set(ran.stdout.rpartition("MODULES")[2].split())


def test_starting_the_app_loads_nothing_that_only_asks_twilio_or_draws_pages() -> None:
    assert loaded_by("import app") & set(SLOW) == set()


def test_a_tap_and_a_webhook_are_answered_without_twilio_s_rest_client() -> None:
    assert loaded_by(ANSWER_A_WEBHOOK) & {"twilio.rest", "jinja2"} == set()


@pytest.fixture
def house() -> Iterator[Placing]:
    with stage() as built:
        yield Placing(built)


def test_a_webhook_is_answered_while_a_worker_still_waits_for_twilio(house: Placing) -> None:
    """The worker gets its answer only after the webhook got its own: waiting for each other, neither would."""
    first, order = house.tap()["id"], []

    def answer() -> None:
        sid = house.session(first).call_sid or ""
        assert webhook(house, f"/twilio/voice/{first}/steps/0", CallSid=sid) == 200
        order.append((house.session(first).stage, house.session(second).stage))

    house.queue.copies = lambda: (30.0,)
    second = house.tap(LUIS)["id"]
    house.world.advance(20)
    house.wire.meanwhile = answer
    house.world.advance(20)

    assert order == [(Stage.MENU, Stage.PLACING)]
    assert house.session(second).stage is not Stage.PLACING
