"""What the table of texts that forms ask for promises, on three implementations: moto, ministack and DynamoDB Local."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from chalicelib.adapters.outgoing_texts import KEPT, WAITS, OutgoingText, OutgoingTexts, Stage
from chalicelib.adapters.store import Repeated, Stale
from chalicelib.domain.words import Language
from tests.stores import fresh_table

NUMBER = "+14045550123"
NOW = datetime(2100, 1, 1, 15, tzinfo=UTC)
"""Far off: DynamoDB Local deletes what is over by its own clock."""
TEXT = OutgoingText(
    id="a-text-of-hers",
    campaign="families-28",
    phone_key="a" * 32,
    ends="23",
    language=Language.ES,
    beside="Acepto recibir por mensaje de texto alertas periódicas",
    at=NOW,
    number=NUMBER,
)
SECOND = timedelta(seconds=1)


@pytest.fixture
def texts(backend: Any) -> OutgoingTexts:
    made = OutgoingTexts(fresh_table(backend))
    made.put(TEXT)
    return made


def found(texts: OutgoingTexts) -> OutgoingText:
    text = texts.text(TEXT.id, NOW)
    assert text is not None
    return text


def raw(texts: OutgoingTexts) -> str:
    return str(list(texts.table.scan("outgoing_text")))


def test_a_text_is_read_as_it_was_put_and_put_once(texts: OutgoingTexts) -> None:
    assert found(texts) == TEXT
    with pytest.raises(Repeated):
        texts.put(replace(TEXT, number="+19565550148"))
    assert found(texts) == TEXT


def test_a_text_waits_an_hour_and_is_known_for_a_week_once_claimed(texts: OutgoingTexts) -> None:
    assert texts.text(TEXT.id, NOW + WAITS - SECOND) == TEXT
    assert texts.text(TEXT.id, NOW + WAITS) is None

    claimed = texts.claim(TEXT, "one", NOW)
    assert texts.text(TEXT.id, NOW + KEPT - SECOND) == claimed
    assert texts.text(TEXT.id, NOW + KEPT) is None


def test_a_claim_forgets_the_number_and_holds_once(texts: OutgoingTexts) -> None:
    claimed = texts.claim(TEXT, "one", NOW)

    assert found(texts) == claimed == replace(TEXT, stage=Stage.CLAIMED, attempt="one", number=None)
    assert NUMBER not in raw(texts)
    with pytest.raises(Stale):
        texts.claim(TEXT, "two", NOW)
    assert found(texts) == claimed


def test_what_was_clearly_not_sent_waits_as_before(texts: OutgoingTexts) -> None:
    texts.release(texts.claim(TEXT, "one", NOW), NUMBER)

    assert found(texts) == TEXT
    assert texts.text(TEXT.id, NOW + WAITS) is None
    assert texts.claim(TEXT, "two", NOW).attempt == "two"


def test_another_worker_s_claim_is_neither_released_nor_settled(texts: OutgoingTexts) -> None:
    mine = texts.claim(TEXT, "one", NOW)
    other = replace(mine, attempt="two")

    with pytest.raises(Stale):
        texts.release(other, NUMBER)
    with pytest.raises(Stale):
        texts.settle(other, Stage.SENT, NOW, "SM1")
    assert found(texts) == mine


@pytest.mark.parametrize("stage", [Stage.SENT, Stage.REFUSED, Stage.UNCLEAR])
def test_what_became_of_it_is_said_once(texts: OutgoingTexts, stage: Stage) -> None:
    claimed = texts.claim(TEXT, "one", NOW)
    texts.settle(claimed, stage, NOW, "SM1" if stage is Stage.SENT else None)

    assert (found(texts).stage, found(texts).sid) == (stage, "SM1" if stage is Stage.SENT else None)
    with pytest.raises(Stale):
        texts.settle(claimed, Stage.UNWANTED, NOW)
    with pytest.raises(Stale):
        texts.release(claimed, NUMBER)


def test_of_a_text_that_nobody_wants_the_number_is_forgotten(texts: OutgoingTexts) -> None:
    texts.settle(TEXT, Stage.UNWANTED, NOW)

    assert (found(texts).stage, NUMBER in raw(texts)) == (Stage.UNWANTED, False)
    with pytest.raises(Stale):
        texts.claim(TEXT, "one", NOW)


def test_a_text_that_is_gone_is_moved_by_nobody(texts: OutgoingTexts) -> None:
    missing = replace(TEXT, id="nobody-s")

    assert texts.text(missing.id, NOW) is None
    with pytest.raises(Stale):
        texts.claim(missing, "one", NOW)
    with pytest.raises(Stale):
        texts.settle(missing, Stage.UNWANTED, NOW)
    assert texts.text(missing.id, NOW) is None


def test_of_many_workers_one_has_it(texts: OutgoingTexts) -> None:
    def claimed(attempt: str) -> bool:
        try:
            texts.claim(TEXT, attempt, NOW)
        except Stale:
            return False
        return True

    with ThreadPoolExecutor(8) as pool:
        won = list(pool.map(claimed, [f"attempt {n}" for n in range(16)]))

    assert sum(won) == 1


def test_its_number_shows_in_no_text_of_the_value() -> None:
    assert NUMBER not in repr(TEXT)
