"""A number explained after a fault run, against a recount that shares no line with the code it checks.

The recount reads raw items with boto3's client, and knows of the ledger only what docs/counting.md says: an act counts
once, as its last row has it, on the day of its first. Nothing of the domain is imported for it.
"""

import json
import logging
import random
from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from typer.testing import CliRunner

from chalicelib.adapters.audit import Entry
from chalicelib.adapters.corrections import correct
from chalicelib.domain.counts import Channel, Outcome
from chalicelib.domain.explaining import Span, corrected, day, explained
from chalicelib.domain.explaining_carriers import Asked, Compared, against_ses
from chalicelib.runtime import Runtime
from cli.explain_reading import compared
from cli.main import app as patchthrough
from tests.conftest import IS_THOROUGH, THOROUGHLY, Figure
from tests.rehearsal import ENVIRONMENT, LINES, SLUG, Rehearsal, sweep
from tests.rough_mail import SEED
from tests.stories.letter_house import LetterHouse
from tests.stories.rough_house import NIGHTS, Night
from tests.stories.test_faults import SEQUENCES, played
from tests.stories.test_letter_events import LETTERS, batches, begin, life

ZONES = [ZoneInfo(name) for name in ("Asia/Manila", "Australia/Eucla", "America/New_York")]
"""In Manila it is 23:42 when a night begins, so that midnight falls into most; in Eucla it was just midnight."""
TYPED_NIGHTS = 15
"""After so many nights the command is run too, once for each day; its functions after every night."""
DayFigures = dict[tuple[date, str], int]
"""Day and outcome → acts."""


@pytest.fixture(scope="module", autouse=True)
def quiet() -> Iterator[None]:
    """Keep no log of thousands of nights."""
    logging.disable()
    yield
    logging.disable(logging.NOTSET)


# The recount: raw items, and a few lines.


def raw(house: Rehearsal, kind: str) -> list[dict[str, Any]]:
    pages = house.dynamodb.get_paginator("scan").paginate(TableName=house.runtime.config.table)
    items = [item for page in pages for item in page["Items"]]
    return [item for item in items if item.get("type") == {"S": kind}]


def recount(items: list[dict[str, Any]], channel: str, zone: ZoneInfo) -> DayFigures:
    """Of each act the day of its first row, and the outcome that no other row takes the place of."""
    chains: dict[str, list[tuple[int, datetime, str]]] = {}
    for item in items:
        if item["channel"]["S"] != channel:
            continue
        row_id, at = item["id"]["S"], datetime.fromtimestamp(int(item["at"]["N"]) / 1000, zone)
        by_hand = "~" in row_id
        act, number = row_id.rsplit("~" if by_hand else "-", 1)
        if channel == "calls" and not by_hand:
            act, number = row_id, "0"
        chains.setdefault(act, []).append((int(number), at, item["outcome"]["S"]))
    ordered = [sorted(chain) for chain in chains.values()]
    return dict(Counter((chain[0][1].date(), chain[-1][2]) for chain in ordered))


def tallied(items: list[dict[str, Any]], channel: str) -> Counter[str]:
    """The sums that pages show: every number of a tally that is not of its own bookkeeping."""
    own = {"tally", "version"}
    sums: Counter[str] = Counter()
    for item in items:
        if item["channel"]["S"] == channel:
            sums.update({name: int(v["N"]) for name, v in item.items() if "N" in v and name not in own})
    return +sums


def told(house: Rehearsal, channel: Channel, zone: ZoneInfo, days: set[date]) -> DayFigures:
    """What the explanation of each of these days says."""
    rows = list(house.runtime.store.actions())
    found = {on: explained(rows, channel, day(on, zone), zone) for on in days}
    assert all(not each.broken for each in found.values())
    return {
        (on, outcome.value): number
        for on, each in found.items()
        for outcome, number in each.standing.outcomes.items()
    }


def typed(house: Rehearsal, channel: str, zone: ZoneInfo, days: set[date]) -> DayFigures:
    """The same by the command itself, as a program reads it; of letters with what SES told us."""
    asked = ["counts", "explain", SLUG, "--channel", channel, "--zone", zone.key, "--json"]
    asked += ["--no-carrier"] * (channel == "call")
    figures: DayFigures = {}
    for on in days:
        result = CliRunner().invoke(patchthrough, [*asked, "--on", str(on)], env=ENVIRONMENT)
        assert result.exit_code == 0, result.output
        outcomes = json.loads(result.stdout)["now"]["outcomes"]
        figures |= {(on, outcome): number for outcome, number in outcomes.items() if number}
    return figures


def days_around(house: Rehearsal, zone: ZoneInfo) -> set[date]:
    """All days of a run: from the one before it began."""
    end = house.clock.now().astimezone(zone).date()
    length = int(house.clock.seconds // 86_400) + 3
    return {end + timedelta(days=1 - back) for back in range(length)}


def check(house: Rehearsal, channel: Channel, zone: ZoneInfo) -> DayFigures:
    """Hold the explanation against the recount, day by day, and all days against the tally."""
    independent = recount(raw(house, "action"), channel.value, zone)
    assert told(house, channel, zone, days_around(house, zone)) == independent
    whole: Counter[str] = Counter()
    for (_, outcome), number in independent.items():
        whole[outcome] += number
    assert whole == tallied(raw(house, "tally"), channel.value)
    return independent


def with_twilio(house: Rehearsal) -> Compared:
    """All calls of a night, held against the phone world's list by Twilio's own client."""
    lines = {number: office for office, number in LINES.items()}
    rows = [row for row in house.runtime.store.actions() if row.instead_of is None]
    asked = Asked(SLUG, frozenset(LINES), Span(), house.clock.now() + timedelta(days=1))
    return compared(house.runtime.phone(), lines, rows, asked)


def put_right(house: Rehearsal, by_chance: random.Random) -> int:
    """Let staff correct some calls, and some of them once more."""
    number = 0
    for last in [row for row in house.runtime.store.actions() if row.channel is Channel.CALLS]:
        for outcome in by_chance.sample(list(Outcome), by_chance.randint(0, 2)):
            if outcome is last.outcome:
                continue
            at = house.clock.now() + timedelta(minutes=number)
            last = corrected(last, outcome, at)  # noqa: PLW2901 - what the next one corrects
            entry = Entry("Dana R.", "count corrected", last.id, at, {"why": "for a test"})
            correct(house.runtime.catalog.table, last, entry)
            number += 1
    return number


@pytest.mark.faults
def test_after_rough_nights_explained_calls_are_the_recount_of_raw_items_and_twilio_s(
    built: Runtime, figure: Figure
) -> None:
    sums: Counter[str] = Counter()

    @settings(
        max_examples=SEQUENCES, derandomize=not IS_THOROUGH, deadline=None, database=None,
        phases=[Phase.generate], suppress_health_check=list(HealthCheck), print_blob=True,
    )  # fmt: skip
    @given(NIGHTS)
    def sequence(night: Night) -> None:
        house = played(built, night)
        zone = ZONES[sums["nights"] % len(ZONES)]
        said = with_twilio(house)
        sums.update(twilio_agrees=said.agree, undialled=said.undialled)
        if not house.rough.restored:
            assert said.differences == (), "we and the phone world tell different stories"
        sums["corrected"] += put_right(house, random.Random(sums["nights"]))
        found = check(house, Channel.CALLS, zone)
        if sums["nights"] < TYPED_NIGHTS:
            assert typed(house, "call", zone, days_around(house, zone)) == found
        sums.update(nights=1, calls=sum(found.values()), days=len({on for on, _ in found}))

    sequence()
    assert sums["corrected"]
    figure(f"explain=recount difference=0 channel=calls twilio_differences=0 {_line(sums)}")


@pytest.mark.faults
def test_after_shuffled_mail_explained_letters_are_the_recount_of_raw_items_and_ses_s_word(
    built: Runtime, figure: Figure
) -> None:
    sweep()
    house, chance = LetterHouse(built), random.Random(SEED)
    lives = [life(chance, number) for number in range(THOROUGHLY if IS_THOROUGH else LETTERS)]
    for each in lives:
        begin(house, each)
        house.world.advance(3600)
    for batch in batches(chance, lives):
        house.events.take(batch)
        house.world.advance(chance.choice([0, 600, 7200]))

    sums: Counter[str] = Counter()
    for zone in ZONES:
        found = check(house, Channel.LETTERS, zone)
        assert typed(house, "letter", zone, {on for on, _ in found}) == found
        sums.update(zones=1, days=len({on for on, _ in found}))
    rows = list(house.runtime.store.actions())
    letters = explained(rows, Channel.LETTERS, Span(), ZONES[0])
    said = against_ses(letters.acts, {each.id: each.status for each in house.all_letters()})

    assert said == Compared(agree=len(lives))
    assert letters.corrections
    sums.update(letters=len(letters.acts), rows=letters.rows, ses_agrees=said.agree)
    figure(f"explain=recount difference=0 channel=letters {_line(sums)}")


def _line(sums: Mapping[str, int]) -> str:
    return " ".join(f"{name}={number}" for name, number in sums.items())
