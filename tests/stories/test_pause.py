"""A pause amid 200 people under way: nothing begins later than ten seconds after it, and resuming loses nothing."""

import re
from collections import Counter
from random import Random

import pytest
from rich.table import Table

from chalicelib.domain.booking import Reason
from chalicelib.domain.campaign import Status
from chalicelib.domain.letter import Reason as LetterReason
from chalicelib.domain.letter import State as LetterState
from chalicelib.runtime import Runtime
from dev.phone_world.calls import OUTBOUND_DIAL, Call
from tests.conftest import IS_THOROUGH, Figure
from tests.rehearsal import sweep
from tests.stories.pause_house import (
    ALERTED,
    BOOKED,
    CODES,
    CODES_WITHIN,
    DIALS,
    FLOWS,
    LETTERS,
    MAILS,
    RANG,
    RECEIPTS,
    RINGS,
    TEXTS,
    PauseHouse,
)

MINUTE = 60.0
SEEDS = range(12) if IS_THOROUGH else range(1)
"""Each draws another morning and another moment of the pause; with PATCHTHROUGH_FAULT_SEQUENCES set, twelve."""
SHORT, LONG = 6 * MINUTE, 27 * MINUTE
"""The first booked call is due 17 minutes after the house opens: a long pause goes past it, and past a code's life."""
STEP, REST = 5.0, 1.5 * MINUTE
AFTERWARDS = 44 * MINUTE
SOME = 1.0 if IS_THOROUGH else 0.4
"""The share of the 200 who come to the other stories."""
TALK = 40.0
PAUSED_WORDS = re.compile("campaign is paused|campaña está en pausa")
KINDS = (RINGS, RANG, DIALS, MAILS, RECEIPTS, TEXTS)


def opened(built: Runtime, seed: int, share: float = 1.0) -> PauseHouse:
    """A morning on which everybody has asked."""
    sweep()
    house = PauseHouse(built, seed, share)
    house.begin()
    return house


def paused(built: Runtime, seed: int, share: float = 1.0) -> PauseHouse:
    """The same, paused at a moment that the seed draws, and a minute and a half later."""
    house = opened(built, seed, share)
    chance = Random(seed)
    if seed % 2:
        house.pause_within(chance.uniform(CODES_WITHIN + 3, CODES_WITHIN + 50))
    else:
        house.pause_amid_the_alert(chance.randint(1, round(share * FLOWS[ALERTED] / 2)))
    while house.paused_at == float("inf"):
        house.world.advance(STEP)
    house.pass_time(REST)
    return house


def later(house: PauseHouse) -> list[str]:
    """What was begun later than ten seconds after the pause was committed, and before it was over."""
    return [
        f"{each.what} to {each.to} at {each.at:.1f}" for each in house.all_begun() if house.is_rested(each.at)
    ]


def table(house: PauseHouse, title: str) -> Table:
    """The figures: of each kind, when it was begun."""
    shown = Table(title=title)
    for name in ("begun", "before", "0-10 s after", "later", "after it went on"):
        shown.add_column(name)
    for kind in KINDS:
        at = [each.at for each in house.all_begun() if each.what is kind]
        pause, again = house.paused_at, house.resumed_at
        shown.add_row(
            kind, str(sum(each <= pause for each in at)), str(sum(pause < each <= pause + 10 for each in at)),
            str(sum(map(house.is_rested, at))), str(sum(each >= again for each in at)),
        )  # fmt: skip
    under_way = ", ".join(f"{many} {what}" for what, many in sorted(house.at_the_pause.items()))
    shown.caption = f"At the commit: {under_way}"
    return shown


@pytest.mark.faults
@pytest.mark.parametrize("seed", SEEDS)
def test_amid_200_flows_nothing_begins_later_than_10_seconds_after_the_pause_and_resuming_loses_nothing(
    built: Runtime, seed: int, figure: Figure
) -> None:
    undisturbed = opened(built, seed)
    undisturbed.pass_time(SHORT + AFTERWARDS)
    wanted = undisturbed.came()

    house = paused(built, seed)
    house.pass_time(SHORT - REST)
    house.resume()
    house.pass_time(AFTERWARDS)

    figure(table(house, f"{sum(FLOWS.values())} flows, paused for {SHORT / 60:.0f} minutes, seed {seed}"))
    assert later(house) == []
    assert wanted == {kind: Counter(dict.fromkeys(people, 1)) for kind, people in wanted.items()}
    assert house.came() == wanted
    assert seed % 2 or 0 < house.at_the_pause["alert sent"] < FLOWS[ALERTED], "not amid the alert"
    assert house.world.complaints == []
    assert house.difference() == 0


def talked_to_the_end(house: PauseHouse) -> list[float]:
    """Of those whom an office had picked up for before the pause, how long they talked."""
    legs = [
        call for call in house.world.calls if call.direction == OUTBOUND_DIAL and call.bridged is not None
    ]
    return [leg.bridged_seconds for leg in legs if (leg.bridged or 0) < house.paused_at < (leg.ended or 0)]


def told_last(house: PauseHouse, call: Call) -> str:
    """The last sentences that were said in a call."""
    return " ".join([line.text for line in house.world.transcript(call.sid) if line.kind == "said"][-2:])


def dropped(house: PauseHouse) -> Counter[Reason | None]:
    """Why booked calls were not made; None: they were."""
    found = (house.runtime.bookings.booking(each, house.clock.now()) for each in house.booked)
    return Counter(each.dropped for each in found if each)


def test_calls_in_progress_end_kindly_and_what_waited_too_long_is_told(
    built: Runtime, figure: Figure
) -> None:
    house = paused(built, 1, share=SOME)
    house.pass_time(LONG - REST)
    live = house.calls_at(house.paused_at + 10)
    house.resume()
    house.pass_time(AFTERWARDS)

    figure(table(house, f"{sum(house.flows.values())} flows, paused for {LONG / 60:.0f} minutes"))
    assert later(house) == []
    assert live
    assert [told for call in live if not PAUSED_WORDS.search(told := told_last(house, call))] == []
    assert talked_to_the_end(house)
    assert min(talked_to_the_end(house)) >= TALK - 1
    came, reasons = house.came(), dropped(house)
    assert reasons[Reason.PAUSED] == sum(not rings for rings in came[BOOKED].values()) > 0
    assert set(reasons) == {None, Reason.PAUSED}
    coded = {number: house.state(call_id)["state"] for number, call_id in house.code_calls.items()}
    assert {coded[number] for number, rings in came[CODES].items() if not rings} <= {"not_proved"}
    once = {kind: people for kind, people in came.items() if kind not in {BOOKED, CODES}}
    assert once == {kind: Counter(dict.fromkeys(people, 1)) for kind, people in once.items()}
    assert house.difference() == 0


def test_a_campaign_that_ends_stops_as_a_pause_does_and_leaves_nothing_open(
    built: Runtime, figure: Figure
) -> None:
    house = paused(built, 2, share=SOME)
    house.move(Status.ENDED)
    house.pass_time(SHORT + AFTERWARDS)

    figure(table(house, f"{sum(house.flows.values())} flows, paused and then ended"))
    assert [each for each in later(house) if not each.startswith(RECEIPTS)] == []
    assert [each for each in house.under_way() if each.split()[0] == "session"] == ["session ended"]
    assert set(dropped(house)) == {Reason.ENDED}
    letters = {who: house.letter_of(who) for who, copies in house.came()[LETTERS].items() if not copies}
    assert letters
    for writer, letter in letters.items():
        assert (letter.state, letter.reason) == (LetterState.CANCELLED, LetterReason.CAMPAIGN_ENDED)
        assert "receipt" in house.told(writer)
    assert house.world.complaints == []
    assert house.difference() == 0
