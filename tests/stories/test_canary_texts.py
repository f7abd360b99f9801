"""The canary texts: its number stands on the roll while it is subscribed, and in a claim while nobody knows.

Its own words stand in the ledger of consent and before a person's eyes. Nothing else has either: no log, metric,
address, message of a queue or answer.
"""

import logging
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from aws_lambda_powertools.metrics import MetricUnit, single_metric
from botocore.exceptions import ClientError

from chalicelib.adapters.phone import Texting
from chalicelib.domain.broadcast import Broadcast, armed
from chalicelib.domain.words import Words
from chalicelib.observability import log
from chalicelib.runtime import Runtime
from dev.phone_world import CreateFault
from tests.conftest import Figure
from tests.rehearsal import LUIS, OUR_NUMBER, SLUG, sweep
from tests.stories.canary_house import (
    CANARY,
    NAME,
    CanaryHouse,
    Ears,
    Sent,
    escapes,
    failing,
    finds,
    invalid,
    listening,
    timed_out,
)

OPERATIONS = ("GetItem", "PutItem", "Query", "TransactWriteItems", "BatchGetItem")
SAID = (
    "FAMILIAS", "sí", f"{NAME} dice gracias", "48201", "ENGLISH", "HELP", "LETTER", "CALL", f"stop ICE, {NAME}", "STOP",
    "START", "YES", "ALTO",
)  # fmt: skip


class TextingHouse(CanaryHouse):
    """A canary house whose canary texts and is texted."""

    def __init__(self, built: Runtime, ears: Ears) -> None:
        super().__init__(built, ears)
        self.alerts.sent = Sent(ears)
        self.said = 0

    def says(self, body: str, **more: str) -> int:
        """One text of the canary's, as Twilio hands it on: with its number, and a name in whatever it knows."""
        self.said += 1
        self.ears.said.add(body)
        form = {"MessageSid": f"SM{self.said:032x}", "From": CANARY, "To": OUR_NUMBER, "Body": body} | more
        return self.webhook("/twilio/texts/inbound", FromCity=NAME, **form)

    def joins(self) -> None:
        for body in ("FAMILIES", "YES"):
            assert self.says(body) == 200

    def alert(self, minutes: int = 60) -> None:
        """An alert to whoever is on the roll, to its end or for so many minutes."""
        now = self.clock.now()
        count = self.runtime.roll.count(SLUG, now)
        draft = Broadcast(
            id=f"alert-{self.said}", audience=count, segments=1, not_after=now + timedelta(hours=3), campaign=SLUG,
            words=Words("Neighbors for Families: Reply CALL. STOP to stop", "Vecinos: Responda LLAMAR."),
            sender="short code", made_by="Ana", made_at=now, counted_at=now,
        )  # fmt: skip
        made = self.runtime.broadcasts.make(draft)
        self.runtime.broadcasts.move(made, armed(made, count, "Ana", now)[0])
        for _ in range(minutes):
            self._schedule("broadcasts")
            self.world.advance(60)

    def poisoned(self, body: str) -> None:
        """A message on the alerts' queue that none of ours wrote, as Lambda hands it on."""
        self._handed_to("alerts", [body])


def lived(house: TextingHouse) -> None:
    for body in SAID:
        assert house.says(body) == 200
        house.play(1)
    assert not house.runtime.roll.count(SLUG, house.clock.now())


def repeated_and_forged(house: TextingHouse) -> None:
    for body in SAID:
        house.says(body, MessageSid="SM" + "7" * 32)
        house.webhook("/twilio/texts/inbound", signature="", From=CANARY, Body=NAME, MessageSid=CANARY)
        house.webhook("/twilio/texts/fallback", From=CANARY, Body=body, MessageSid=NAME, ErrorUrl=CANARY)
    house.says("FAMILIES", From=NAME)


def alerted(house: TextingHouse) -> None:
    faults: list[CreateFault | None] = [
        None, CreateFault.throttled(), CreateFault.hangs(), CreateFault.reset(), CreateFault.broken(placed=True),
        CreateFault.refused(21614), CreateFault.refused(21610), CreateFault.refused(30034),
    ]  # fmt: skip
    for fault in faults:
        house.joins()
        if fault is not None:
            house.world.next_creates.append(fault)
        house.alert()


def told_of_its_alert(house: TextingHouse) -> None:
    house.joins()
    house.alert()
    for item in list(house.runtime.roll._table.scan("claim")):
        path = f"/twilio/texts/alert.{item['broadcast']}.{item['PK'].rpartition('#')[2]}.{item['SK']}/status"
        for code in ("30006", "30007", "21610", "30034", CANARY):
            known = {
                "MessageSid": "SM" + "0" * 32,
                "Body": NAME,
                "MessageStatus": "undelivered",
                "ErrorCode": code,
            }
            house.webhook(path, signature="", **known)
            house.webhook(path, **known)


def store_down(house: TextingHouse) -> None:
    for error in (invalid, timed_out):
        for operation in OPERATIONS:
            for body in ("FAMILIES", "YES", "STOP"):
                with failing(house, operation, error=error):
                    house.says(body)
            house.joins()
            with failing(house, operation, error=error):
                house._schedule("broadcasts")


STORIES: list[Callable[[TextingHouse], None]] = [
    lived,
    repeated_and_forged,
    alerted,
    told_of_its_alert,
    store_down,
]


@pytest.mark.parametrize("story", STORIES, ids=lambda story: story.__name__)
def test_the_number_is_found_nowhere_but_on_the_roll_and_in_what_nobody_knows_yet(
    built: Runtime, capfd: pytest.CaptureFixture[str], figure: Figure, story: Callable[[TextingHouse], None]
) -> None:
    sweep()
    with listening(built.store._table.client, capfd) as ears:
        story(TextingHouse(built, ears))

    assert ears.leaks() == {}
    assert ears.allowed["roll"] or story is repeated_and_forged
    assert ears.heard["answer"], "nothing was listened to"
    assert ears.heard["DynamoDB request"], "nothing was listened to"
    if story is alerted:
        assert ears.allowed["open claim"]
    if story is lived:
        assert ears.allowed["own words"]
    heard = sum(map(len, ears.heard.values()))
    figure(f"canary of texts: {story.__name__} heard={heard} in {len(ears.heard)} sinks leaks=0")


def test_after_a_stop_no_number_stands_in_the_table(
    built: Runtime, capfd: pytest.CaptureFixture[str]
) -> None:
    sweep()
    with listening(built.store._table.client, capfd) as ears:
        house = TextingHouse(built, ears)
        house.joins()
        house.alert()
        assert finds(str(house.rows()))
        house.says("STOP")

        assert not finds(str(house.rows()))


def in_the_table(house: TextingHouse, leak: str) -> None:
    """One row as the app would write it, with a leak beside what may stand there."""
    client, table = house.dynamodb, house.runtime.roll._table
    key = {"PK": {"S": "ROLL#families-28#00"}, "SK": {"S": "0" * 32}}
    house.ears.said.add(f"stop ICE, {NAME}")
    rows: dict[str, dict[str, str]] = {
        "a consent's text with more than they said": {
            "type": "consent",
            "text": f"stop ICE, {NAME} {CANARY}",
        },
        "a consent's sender": {"type": "consent", "text": f"stop ICE, {NAME}", "sender": CANARY},
        "an inbox text's handle": {"type": "inbox_text", "text": f"stop ICE, {NAME}", "phone_key": CANARY},
        "a claim that is sent": {"type": "claim", "state": "sent", "number": CANARY},
    }
    updates = {
        "a roll's other attribute": (
            "SET #number = :number",
            {"#number": "city"},
            {":number": CANARY, ":type": "roll"},
        ),
        "a roll's zip": (
            "SET #number = :number, #zip = :zip",
            {"#number": "number", "#zip": "zip"},
            {":number": CANARY, ":zip": CANARY, ":type": "roll"},
        ),
        "a row of the roll that is none": (
            "SET #number = :number",
            {"#number": "number"},
            {":number": CANARY},
        ),
    }
    if leak in rows:
        item = key | {name: {"S": value} for name, value in rows[leak].items()}
        client.transact_write_items(TransactItems=[{"Put": {"TableName": table.name, "Item": item}}])
        return
    does, names, values = updates[leak]
    update: dict[str, Any] = {"TableName": table.name, "Key": key, "UpdateExpression": does}
    update |= {"ExpressionAttributeNames": names}
    update |= {"ExpressionAttributeValues": {name: {"S": value} for name, value in values.items()}}
    with suppress(ClientError):
        client.transact_write_items(TransactItems=[{"Update": update}])


@pytest.mark.parametrize(
    "leak",
    [
        "a consent's text with more than they said", "a consent's sender", "an inbox text's handle",
        "a claim that is sent", "a roll's other attribute", "a roll's zip", "a row of the roll that is none",
    ],
)  # fmt: skip
def test_a_leak_beside_what_may_stand_in_the_table_is_heard(
    built: Runtime, capfd: pytest.CaptureFixture[str], leak: str
) -> None:
    sweep()
    with listening(built.store._table.client, capfd) as ears:
        in_the_table(TextingHouse(built, ears), leak)

    assert "DynamoDB request" in ears.leaks()


def escapes_it(_: TextingHouse) -> None:
    raise LookupError(f"no subscriber {CANARY}")


def test_a_number_that_leaks_by_the_other_sinks_is_heard(
    built: Runtime, capfd: pytest.CaptureFixture[str]
) -> None:
    sweep()
    with listening(built.store._table.client, capfd) as ears:
        house = TextingHouse(built, ears)
        with escapes(ears):
            escapes_it(house)
        assert house.runtime.http is not None
        house.runtime.http.request(
            "GET", f"https://api.twilio.com/2010-04-01/Accounts/x/Messages.json?To={CANARY}"
        )
        campaign = house.runtime.campaign(SLUG)
        assert campaign is not None
        house.runtime.catalog.apply(replace(campaign, organization=Words(NAME, NAME)), house.clock.now())
        house.world.advance(6)
        house.says("HELP")
        with single_metric("TextsStopped", MetricUnit.Count, 1, namespace="Patchthrough") as metric:
            metric.add_dimension("Number", CANARY)

    assert set(ears.leaks()) >= {"escaped error", "Twilio URL", "answer", "output"}, (
        "a metric is a line of output"
    )


def test_a_poisoned_message_of_alerts_is_not_written_to_the_log(
    built: Runtime, capfd: pytest.CaptureFixture[str]
) -> None:
    sweep()
    with listening(built.store._table.client, capfd) as ears:
        house = TextingHouse(built, ears)
        house.joins()
        for poison in (CANARY, f'{{"broadcast": "{NAME}"}}', f'["{CANARY}"]', "{", NAME):
            for _ in range(3):
                house.poisoned(poison)

    assert ears.leaks() == {}
    assert any("message failed" in line for line in ears.heard["log"])


def test_after_a_stop_the_number_stands_only_where_nobody_knows_whether_a_text_left(
    built: Runtime, capfd: pytest.CaptureFixture[str], figure: Figure
) -> None:
    sweep()
    with listening(built.store._table.client, capfd) as ears:
        house = TextingHouse(built, ears)
        house.joins()
        house.world.next_creates.append(CreateFault.hangs())
        house.alert(minutes=3)
        house.says("STOP")
        left = {row["type"]["S"] for row in house.rows() if finds(str({**row, "text": None}))}
        figure(f"canary of texts: after STOP the number stands in {sorted(left)}")

    assert left == {"claim"}
    assert ears.leaks() == {}


def test_a_number_that_leaks_is_heard(built: Runtime, capfd: pytest.CaptureFixture[str]) -> None:
    sweep()
    with listening(built.store._table.client, capfd) as ears:
        house = TextingHouse(built, ears)
        logging.getLogger("elsewhere").info("stopped: %s", CANARY)
        log("text taken", why=CANARY)
        house.alerts.sent.append(CANARY)
        house.runtime.subscribers.show("v1", NAME)
        house.get(f"/c/{SLUG}/texts?sent={CANARY}")
        print(CANARY)  # noqa: T201 - a leak, on purpose
        house.runtime.phone().text(Texting(LUIS, OUR_NUMBER, f"Call {CANARY}", "https://calls.example.org/x"))

    assert set(ears.leaks()) >= {
        "log", "queue message", "DynamoDB request", "our URL", "output", "Twilio request",
    }  # fmt: skip
