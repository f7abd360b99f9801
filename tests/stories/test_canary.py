"""A canary through the whole house: one phone number and one name, and everything they must never be found in.

The number may stand in three places only: the session item's `phone` while the call is open, POST Calls' `To` (and
the callerId of a Dial after key 5), and Twilio's own webhook forms. A form that is refused is shown again to whoever
typed it. The name may stand nowhere. Everything else that leaves the house is searched: see `SINKS` in `canary_house`.
"""

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest
import requests
from twilio.http.response import Response as TwilioResponse

from chalicelib.adapters.phone import Phone, Placing, Rejected
from chalicelib.domain.campaign import Status
from chalicelib.runtime import Runtime, install
from dev.phone_world import (
    CreateFault,
    Decline,
    Faults,
    HangUp,
    Heard,
    PhoneWorldServer,
    PickUp,
    Press,
    Supporter,
    Voicemail,
)
from dev.phone_world.people import Move
from tests.rehearsal import (
    ACCOUNT,
    ENVIRONMENT,
    OUR_NUMBER,
    PUBLIC_URL,
    SLUG,
    TOKEN,
    campaign,
    sweep,
)
from tests.stories.canary_house import (
    CANARY,
    HOW,
    MALFORMED,
    NAME,
    SPELLINGS,
    CanaryHouse,
    Quoting,
    failing,
    invalid,
    listening,
    timed_out,
)

# The stories.


def pages(house: CanaryHouse) -> None:
    for path in (
        "/",
        f"/c/{SLUG}",
        f"/c/{SLUG}?lang=es",
        "/c/nowhere",
        "/calls/nothing-by-this-name",
        "/health",
    ):
        house.get(path)
    for typed in (*MALFORMED, "", NAME):
        house.page(typed)
    house.page(CANARY, consent="no such text")
    assert {house.page(spelling) for spelling in SPELLINGS} == {303}
    house.play()


def api(house: CanaryHouse) -> None:
    for typed in MALFORMED:
        assert house.tap(typed)["http"] == 400
    assert house.tap(language=NAME)["http"] == 400
    assert house.tap(consent=CANARY)["http"] == 400
    for body in (
        b"\xff" + CANARY.encode(),
        f'{{"phone": {CANARY}'.encode(),
        f'["{CANARY}"]'.encode(),
        b"{" * 3000,
    ):
        status, _, _ = house.ask(
            "POST", f"/api/campaigns/{SLUG}/calls", {"Content-Type": "application/json"}, body
        )
        assert status == 400
    for path in (f"/api/campaigns/{SLUG}/calls", f"/c/{SLUG}"):
        house.ask("POST", path, {"Content-Type": "text/plain"}, CANARY.encode())
    assert {house.tap(spelling)["http"] for spelling in SPELLINGS} == {202}
    house.play()


def too_many(house: CanaryHouse) -> None:
    house.world.add(Supporter(CANARY, [Decline()]))
    config = replace(house.runtime.config, calls_per_phone=1)
    install(replace(house.runtime, config=config))
    house.talk(0)
    assert house.tap()["http"] == 429
    assert house.page(CANARY) == 429
    config = replace(config, calls_per_phone=9, calls_per_source=1)
    install(replace(house.runtime, config=config))
    assert house.tap()["http"] == 429


def paused(house: CanaryHouse) -> None:
    house.set_status(Status.PAUSED)
    assert house.tap()["http"] == 409
    house.page(CANARY)
    house.set_status(Status.ENDED)
    assert house.tap()["http"] == 409
    house.page(CANARY)


def talked(house: CanaryHouse) -> None:
    house.talk()
    assert house.outcomes() == ["spoke"]


def own_number_shown(house: CanaryHouse) -> None:
    script: list[Move] = [
        PickUp(),
        Press("2"),
        Press("5", when=Heard("to show yours, press 5")),
        Press("1", when=HOW),
    ]
    house.world.add(Supporter(CANARY, script))
    house.talk()
    assert house.ears.allowed["callerId"] == 1


def key_nine(house: CanaryHouse) -> None:
    house.world.add(Supporter(CANARY, [PickUp(), Press("9")]))
    house.talk()
    assert house.tap()["error"]["code"] == "phone_not_called"
    assert house.page(CANARY) == 400


def other_ends(house: CanaryHouse) -> None:
    scripts: list[list[Move]] = [
        [],
        [Decline()],
        [Voicemail(seconds=90)],
        [PickUp()],
        [PickUp(), HangUp(after=1)],
        [PickUp(), Press("1"), HangUp(when="office rings", after=2)],
        [PickUp(), Press("1"), HangUp(when="connected", after=15)],
    ]
    for script in scripts:
        house.world.add(Supporter(CANARY, script))
        call_id = house.talk(0)
        house.post_form(f"/calls/{call_id}", outcome=f"{NAME} {CANARY}")
        house.post_form(f"/calls/{call_id}", do="withdraw", name=NAME)
    house.play(minutes=20, every=4)


def placing(house: CanaryHouse) -> None:
    for fault in (
        CreateFault.throttled(),
        CreateFault.refused(),
        CreateFault.broken(placed=True),
        CreateFault.broken(placed=False),
        CreateFault.hangs(),
        CreateFault.reset(),
        CreateFault.unreachable(),
    ):
        house.world.next_creates.append(fault)
        house.talk(10)
    house.world.rules.blocked = frozenset({CANARY})
    house.talk(0)


def quoting_twilio(house: CanaryHouse) -> None:
    def refuses(status: int) -> TwilioResponse:
        words = f"The number {CANARY} of {NAME} is unverified"
        return TwilioResponse(status, json.dumps({"code": 21219, "message": words, "status": status}))

    def breaks() -> TwilioResponse:
        raise requests.ConnectionError(f"HTTPSConnectionPool: /Calls.json?To={CANARY} {NAME}")

    def babbles() -> TwilioResponse:
        return TwilioResponse(201, f"<html>{CANARY} {NAME}")

    for answer in (lambda: refuses(400), lambda: refuses(429), lambda: refuses(503), breaks, babbles):
        install(replace(house.runtime, http=Quoting(answer)))
        call = house.tap()
        house.world.advance(2)
        house.call_page(call["id"])
        house.world.advance(4)
        install(replace(house.runtime, http=Quoting(breaks)))
        for _ in range(2):
            house.world.advance(180)
            house.reconcile()
        install(house.runtime)
        house.play(minutes=20, every=2)
        assert house.session(call["id"]).is_over


def rough_webhooks(house: CanaryHouse) -> None:
    house.world.faults = Faults(duplicate=0.4, delay=0.2, reorder=0.4, lose=0.25, lose_answer=0.1)
    for _ in range(4):
        house.talk()


def forged_webhooks(house: CanaryHouse) -> None:
    call_id = house.tap()["id"]
    step, status = f"/twilio/voice/{call_id}/steps/0", f"/twilio/voice/{call_id}/status"
    for path in (
        step,
        status,
        "/twilio/voice/fallback",
        "/twilio/voice/inbound",
        "/twilio/voice/inbound/status",
    ):
        assert house.webhook(path, signature="") == 403
        assert house.webhook(path, signature=NAME) == 403
        assert house.webhook(path, CallStatus=CANARY) == 403
        assert house.webhook(path, CallSid=CANARY) == 403
        assert house.webhook(path, AccountSid="AC" + "9" * 32) == 403
        for kind in ("application/json", "text/plain"):
            assert house.ask("POST", path, {"Content-Type": kind}, f'{{"To": "{CANARY}"}}'.encode())[0] == 403
    house.play()


def strange_webhooks(house: CanaryHouse) -> None:
    call_id = house.tap()["id"]
    for name in (call_id, "a-call-that-never-was"):
        step, status = f"/twilio/voice/{name}/steps/7", f"/twilio/voice/{name}/status"
        house.webhook(step, Digits="1", SpeechResult=f"{NAME} {CANARY}")
        house.webhook(status, CallStatus="unheard-of", Body=NAME)
        house.webhook("/twilio/voice/fallback", ErrorCode="11200", ErrorUrl=f"{PUBLIC_URL}{step}")
        house.webhook("/twilio/voice/fallback", ErrorUrl=f"https://example.org/{CANARY}")
    house.play(minutes=20, every=4)


OPERATIONS = ("GetItem", "PutItem", "UpdateItem", "BatchGetItem", "TransactWriteItems", "Query")


def store_down(house: CanaryHouse) -> None:
    """Every operation in turn, for every door and both workers, with errors that quote what was written."""
    for error in (invalid, timed_out):
        for operation in OPERATIONS:
            with failing(house, operation, error=error):
                house.tap()
                house.page(CANARY)
            call = house.tap()
            with failing(house, operation, error=error):
                house.get("/")
                house.get(f"/api/campaigns/{SLUG}/counts")
                house.call_page(call["id"])
                house.world.advance(40)
                house.reconcile()
                house.post_form(f"/calls/{call['id']}", do="withdraw")
            house.play(minutes=24, every=4)


def damaged_items(house: CanaryHouse) -> None:
    """Items that nothing of ours wrote, so that reading them fails, each with a value in the error."""
    for name, value in {
        "stage": CANARY,
        "language": NAME,
        "ring_at": CANARY,
        "legs": f"{NAME} {CANARY}",
    }.items():
        house.queue.copies = lambda: (10.0,)
        call_id = house.tap()["id"]
        with house.unheard():
            house.dynamodb.update_item(
                TableName=ENVIRONMENT["PATCHTHROUGH_TABLE"],
                Key={"PK": {"S": f"CALL#{call_id}"}, "SK": {"S": "SESSION"}},
                UpdateExpression="SET #name = :value",
                ExpressionAttributeNames={"#name": name},
                ExpressionAttributeValues={":value": {"S": value}},
            )
        house.call_page(call_id)
        house.post_form(f"/calls/{call_id}", do="withdraw")
        house.webhook(f"/twilio/voice/{call_id}/steps/0")
        house.webhook(f"/twilio/voice/{call_id}/status")
        house.world.advance(400)
        house.reconcile()
        with house.unheard():
            sweep()
            house._apply(campaign(house.clock.now().date()))


def poison_messages(house: CanaryHouse) -> None:
    for body in (
        f"{CANARY} {NAME}",
        f'{{"phone": "{CANARY}"}}',
        f'["{NAME}"]',
        f'{{"call_id": ["{CANARY}"]}}',
        "{",
    ):
        house.queue.deliver([body])


STORIES = [
    pages, api, too_many, paused, talked, own_number_shown, key_nine, other_ends, placing, quoting_twilio,
    rough_webhooks, forged_webhooks, strange_webhooks, store_down, damaged_items, poison_messages,
]  # fmt: skip


@pytest.mark.parametrize("story", STORIES, ids=lambda story: story.__name__)
def test_the_canary_is_found_nowhere(
    built: Runtime, capfd: pytest.CaptureFixture[str], story: Callable[[CanaryHouse], None]
) -> None:
    sweep()

    with listening(built.store._table.client, capfd) as ears:
        house = CanaryHouse(built, ears)
        story(house)

    assert ears.leaks() == {}
    assert house.world.complaints == []


def test_twilio_s_own_client_and_its_libraries_log_no_number(
    built: Runtime, capfd: pytest.CaptureFixture[str]
) -> None:
    """The real client over HTTP, at the lowest level of the log: it would write numbers if it were let."""
    server = PhoneWorldServer(ACCOUNT, TOKEN, [OUR_NUMBER], port=0)
    server.start()
    phone = Phone(ACCOUNT, TOKEN, server.url)
    order = Placing(CANARY, OUR_NUMBER, server.url, server.url, server.url)
    try:
        with listening(built.store._table.client, capfd) as ears:
            sid = phone.place(order)
            found = [known.sid for known in phone.calls_to(CANARY, server.world.now() - timedelta(minutes=1))]
            assert (found, list(phone.legs_of(sid))) == ([sid], [])
            assert list(phone.dialled(None, None)) == [None], "one call, and it is no leg"
            with server.pace.lock:
                server.world.rules.blocked = frozenset({CANARY})
            with pytest.raises(Rejected) as refusal:
                phone.place(order)
            ears.hear("escaped error", refusal.value)
    finally:
        server.stop()

    assert ears.leaks() == {}
