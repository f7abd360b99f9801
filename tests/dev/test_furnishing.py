"""Lines for tales: there while tales are told, gone afterwards, whatever happens; the offices' own stay as they are."""

import os
import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime

import boto3
import moto
import pytest

from chalicelib.adapters.catalog import Catalog
from chalicelib.adapters.desks import Desks
from chalicelib.adapters.table import Table
from chalicelib.domain.desk import Barred, Granted
from chalicelib.domain.office import Line, may_dial
from dev import aws
from dev.stories.furnishing import MOST_LINES, Furnished, Wanted, furnished
from dev.stories.tale import ONE_AT_A_TIME, PATIENT
from tests.values import campaign

TABLE = "furnishing"


@pytest.fixture
def catalog() -> Iterator[Catalog]:
    os.environ.setdefault("AWS_ACCESS_KEY_ID", "test")
    os.environ.setdefault("AWS_SECRET_ACCESS_KEY", "test")
    with moto.mock_aws():
        client = boto3.client("dynamodb", region_name="us-east-1")
        aws.create_table(client, TABLE)
        made = Catalog(Table(client, TABLE))
        for office in campaign().offices:
            made.put_office(office)
        made.apply(campaign(revision=0), datetime.now(UTC))
        yield made


@pytest.fixture
def desks(catalog: Catalog) -> Desks:
    return Desks(catalog.table)


def listed(catalog: Catalog) -> list[list[Line]]:
    """The lines that the campaign has for its offices."""
    found = catalog.campaign(campaign().slug)
    assert found is not None
    return [list(office.lines) for office in found.offices]


def wanted(*counts: int) -> Wanted:
    return Wanted(counts, ONE_AT_A_TIME)


def test_the_first_offices_have_made_up_lines_and_then_their_own_again(
    catalog: Catalog, desks: Desks
) -> None:
    before = listed(catalog)
    with furnished(catalog, desks, campaign().slug, wanted(3, 2)) as given:
        during = listed(catalog)

    numbers = [line.number for lines in during[:2] for line in lines]
    today = datetime.now(UTC).date()
    assert [list(office.numbers) for office in given] == [
        [line.number for line in lines] for lines in during[:2]
    ]
    assert [len(lines) for lines in during] == [3, 2] + [1] * (len(before) - 2)
    assert len(set(numbers)) == len(numbers)
    assert all(re.fullmatch(r"\+120255501\d\d", number) for number in numbers)
    assert all(may_dial(line, today) and line.caps == ONE_AT_A_TIME for lines in during[:2] for line in lines)
    assert during[2:] == before[2:]
    assert listed(catalog) == before


def test_an_office_for_one_area_has_a_line_too_and_one_nobody_knows_is_said_so(
    catalog: Catalog, desks: Desks
) -> None:
    known = catalog.campaign(campaign().slug)
    assert known is not None
    *offices, last = known.offices
    before = catalog.apply(replace(known, offices=tuple(offices), elsewhere=(last,)), datetime.now(UTC))
    with furnished(catalog, desks, before.slug, Wanted((1,), PATIENT, (last.id,))) as given:
        during = catalog.campaign(before.slug)
    after = catalog.campaign(before.slug)

    assert [office.id for office in given] == [offices[0].id, last.id]
    assert during is not None
    assert [line.number for line in during.elsewhere[0].lines] == list(given[1].numbers)
    assert after == replace(before, revision=before.revision + 2)
    with (
        pytest.raises(ValueError, match="doesn’t call ero-xyz"),
        furnished(catalog, desks, before.slug, Wanted((), PATIENT, ("ero-xyz",))),
    ):
        pass


def test_what_a_person_said_of_an_offices_own_line_outlives_the_tales(catalog: Catalog, desks: Desks) -> None:
    office = campaign().offices[0]
    catalog.quarantine(office.id, office.lines[0].number, "failing", datetime.now(UTC))
    before = catalog.office(office.id)
    with furnished(catalog, desks, campaign().slug, wanted(1)):
        pass

    assert catalog.office(office.id) == before
    assert before is not None
    assert before.lines[0].quarantined == "failing"


def test_a_tale_that_breaks_leaves_no_line_behind(catalog: Catalog, desks: Desks) -> None:
    before = listed(catalog)
    with pytest.raises(ZeroDivisionError), furnished(catalog, desks, campaign().slug, wanted(2)):
        raise ZeroDivisionError

    assert listed(catalog) == before


def test_a_line_that_a_tale_put_to_rest_is_well_again_in_the_next(catalog: Catalog, desks: Desks) -> None:
    now = datetime.now(UTC)
    with furnished(catalog, desks, campaign().slug, wanted(1)) as (office,):
        (number,) = office.numbers
        for caller in ("one", "two", "three"):
            desks.doubt(office.id, number, caller, now)
        catalog.quarantine(office.id, number, "wrong_number", now)
        resting = listed(catalog)[0]
        refused = desks.ask(office.id, "ticket", resting, now, waits=False)
    with furnished(catalog, desks, campaign().slug, wanted(1)) as (office,):
        fresh = listed(catalog)[0]
        granted = desks.ask(office.id, "ticket", fresh, now, waits=False)

    assert (resting[0].quarantined, fresh[0].quarantined) == ("wrong_number", None)
    assert (refused, granted) == (Barred(), Granted(number))


def test_lines_are_told_apart_where_an_office_has_more_than_one() -> None:
    one, two = (
        Furnished("a", "ICE office in A", "A", ("1",)),
        Furnished("b", "ICE office in B", "B", ("2", "3")),
    )

    assert (one.names(), one.places()) == ({"1": "ICE office in A"}, {"1": "A"})
    assert two.names() == {"2": "ICE office in B, line 1", "3": "ICE office in B, line 2"}
    assert two.places() == {"2": "B 1", "3": "B 2"}


@pytest.mark.parametrize(
    ("counts", "why"), [((MOST_LINES + 1,), "made-up lines for 10"), ((1,) * 11, "fewer offices than tales")]
)
def test_more_lines_or_offices_than_there_are_is_said_so(
    catalog: Catalog, desks: Desks, counts: tuple[int, ...], why: str
) -> None:
    before = listed(catalog)
    with (
        pytest.raises(ValueError, match=why),
        furnished(catalog, desks, campaign().slug, Wanted(counts, PATIENT)),
    ):
        pass
    assert listed(catalog) == before


def test_an_unknown_campaign_is_said_so(catalog: Catalog, desks: Desks) -> None:
    with (
        pytest.raises(ValueError, match="no campaign nobody"),
        furnished(catalog, desks, "nobody", wanted(2)),
    ):
        pass
