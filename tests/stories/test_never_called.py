"""No number of do_not_call.csv is ever rung: not as the phone to call, not by an office smuggled in, not by a line
written straight into the table as callable and verified today.

The command line's three paths are in tests/cli/test_never_called.py. Each test reaches all six numbers, and the
same way with an ordinary number leads to a ring: so the refusal is about the number and nothing else.
"""

import csv
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from chalicelib.adapters import keys
from chalicelib.adapters.catalog import NeverCalled
from chalicelib.domain.call import Ending
from chalicelib.domain.limits import Caller
from chalicelib.domain.office import Line
from chalicelib.runtime import Runtime
from dev.phone_world import Answer, OfficeLine, Supporter
from tests import rehearsal
from tests.conftest import Figure
from tests.rehearsal import ANA, SLUG, Rehearsal, sweep
from tests.stories.placing_house import TALK
from tests.values import session

DIRECTORY = Path(__file__).resolve().parents[2] / "directory"
with (DIRECTORY / "do_not_call.csv").open(encoding="utf-8", newline="") as _lines:
    NEVER = [row["phone_e164"] for row in csv.DictReader(_lines)]
ORDINARY = "+14045550177"


def house_with(built: Runtime) -> Rehearsal:
    """A house of one office, which knows the lines that are never called; somebody would pick up on each."""
    sweep()
    house = Rehearsal(built, built.store._table.client, offices=1)
    house.runtime.catalog.put_never_rung([], NEVER)
    house.world.add(Supporter(ANA, TALK))
    for number in (*NEVER, ORDINARY):
        house.world.add(OfficeLine(number, Answer.PERSON, ring_seconds=1.0, talk_seconds=20.0))
    return house


def tamper(house: Rehearsal, number: str, office_id: str = "ero-atl") -> None:
    """Write a line straight into the table, callable and verified today, in office and campaign."""
    table, today = house.runtime.catalog.table, house.clock.now().date().isoformat()
    office = table.get(keys.office("ero-atl")) or {}
    kept = {name: value for name, value in office.items() if name not in {"PK", "SK"}}
    table.put(keys.office(office_id), kept | {"id": office_id, "lines": [number]})
    verified = {"callable": True, "verified_on": today, "verified_by": "nobody", "source": "nowhere"}
    line = {"type": "line", "version": 1, "number": number}
    table.put(keys.line(office_id, number), line | verified)
    if office_id == "ero-atl":
        house.runtime.catalog.relist()


def dialled(house: Rehearsal) -> set[str]:
    """All numbers that the phone world was asked to ring."""
    return {call.to for call in house.world.calls}


def said(figure: Figure, path: str, refused: int) -> None:
    figure(f"never called, by {path}: {refused} of {len(NEVER)} numbers refused")
    assert refused == len(NEVER) == 6


@pytest.mark.parametrize(
    "spelled", ["{}", "{0[2]}{0[3]}{0[4]}-{0[5]}{0[6]}{0[7]}-{0[8]}{0[9]}{0[10]}{0[11]}"]
)
def test_the_api_rings_none_of_them_back(built: Runtime, figure: Figure, spelled: str) -> None:
    house, refused = house_with(built), 0
    for number in NEVER:
        answer = house.tap(phone=spelled.format(number))
        refused += (answer["http"], answer["error"]["code"]) == (400, "phone_not_called")
    house.play()

    assert dialled(house) == set()
    said(figure, "the API, as the phone to ring", refused)


def test_an_office_smuggled_into_a_request_leads_to_none_of_them(built: Runtime, figure: Figure) -> None:
    refused = 0
    for number in NEVER:
        house = house_with(built)
        tamper(house, number, "ero-bad")
        smuggled = {"office": "ero-bad", "offices": ["ero-bad"], "line": number, "to": number}
        asked: dict[str, Any] = {"phone": ANA, "language": "en", "consent": "call-1"}
        answer = house.post(f"/api/campaigns/{SLUG}/calls", asked | smuggled)
        house.play()
        assert answer["http"] in {202, 400, 404, 409}
        refused += number not in dialled(house)
    said(figure, "the API, as an office", refused)


def test_no_campaign_takes_an_office_that_has_one(built: Runtime, figure: Figure) -> None:
    house, refused = house_with(built), 0
    for number in NEVER:
        asked = rehearsal.campaign(house.clock.now().date(), offices=1)
        bad = replace(asked.offices[0], lines=(Line(number, callable=True),))
        with pytest.raises(NeverCalled):
            house.runtime.catalog.put_office(bad)
        with pytest.raises(NeverCalled):
            house.runtime.catalog.apply(replace(asked, slug="bad", offices=(bad,)), house.clock.now())
        refused += 1
    said(figure, "the catalog", refused)


def test_a_line_tampered_into_the_table_is_not_dialled(built: Runtime, figure: Figure) -> None:
    """Twice: before the tap, and after it, when the call is in line and its office chosen."""
    refused = 0
    for number in (ORDINARY, *NEVER):
        before = house_with(built)
        tamper(before, number)
        tapped = before.tap()
        before.play()

        after = house_with(built)
        after.queue.copies = lambda: (30.0,)
        late = after.tap()
        tamper(after, number)
        after.play(minutes=2)

        if number == ORDINARY:
            assert number in dialled(before) & dialled(after), "or this test shows nothing"
            continue
        assert (tapped["http"], tapped["error"]["code"]) == (409, "no_office")
        assert late["http"] == 202
        assert dialled(before) == set()
        refused += number not in dialled(after)
    said(figure, "a tampered line", refused)


def test_the_ring_worker_rings_none_of_them_whatever_the_session_says(built: Runtime, figure: Figure) -> None:
    refused = 0
    for number in (ORDINARY, *NEVER):
        house = house_with(built)
        now = house.clock.now()
        forged = session(phone=number, offices=("ero-atl",), created_at=now, ring_at=now, changed_at=now)
        house.runtime.store.open_call(forged, Caller())
        house.runtime.ring_queue.send(forged.id, 0)
        house.play()

        if number == ORDINARY:
            assert number in dialled(house), "or this test shows nothing"
            continue
        assert dialled(house) == set()
        ended = house.session(forged.id)
        refused += (ended.ending, ended.phone) == (Ending.NEVER, None)
    said(figure, "the ring worker", refused)
