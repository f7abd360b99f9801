"""Further lines of an office for a tale: there while it is told, gone afterwards, whatever happens."""

import os
import re
from collections.abc import Iterator
from datetime import UTC, datetime

import boto3
import moto
import pytest

from chalicelib.adapters.catalog import Catalog
from chalicelib.adapters.table import Table
from chalicelib.domain.office import may_dial
from dev import aws
from dev.stories.second_lines import offices_with
from tests.values import campaign

TABLE = "second-lines"


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


def numbers(catalog: Catalog) -> list[list[str]]:
    found = catalog.campaign(campaign().slug)
    assert found is not None
    return [[line.number for line in office.lines] for office in found.offices]


def test_the_first_offices_have_as_many_lines_as_wanted_and_then_their_own_again(catalog: Catalog) -> None:
    before = numbers(catalog)
    with offices_with(catalog, campaign().slug, [3, 2]) as given:
        assert given == numbers(catalog)
        assert [len(lines) for lines in given] == [3, 2] + [1] * (len(before) - 2)
        assert [lines[0] for lines in given] == [lines[0] for lines in before]
        added = [number for lines in given for number in lines[1:]]
        found = catalog.campaign(campaign().slug)

    assert len(set(added)) == 3
    assert all(re.fullmatch(r"\+120255501\d\d", number) for number in added)
    assert found is not None
    today = datetime.now(UTC).date()
    assert all(may_dial(line, today) for line in found.offices[0].lines[1:])
    assert numbers(catalog) == before


def test_a_tale_that_breaks_leaves_no_line_behind(catalog: Catalog) -> None:
    before = numbers(catalog)
    with pytest.raises(ZeroDivisionError), offices_with(catalog, campaign().slug, [2]):
        raise ZeroDivisionError

    assert numbers(catalog) == before


def test_one_line_each_changes_nothing(catalog: Catalog) -> None:
    before = catalog.campaign(campaign().slug)
    with offices_with(catalog, campaign().slug, [1, 1]) as given:
        assert given == numbers(catalog)

    assert catalog.campaign(campaign().slug) == before


def test_an_unknown_campaign_is_said_so(catalog: Catalog) -> None:
    with pytest.raises(ValueError, match="no campaign nobody"), offices_with(catalog, "nobody", [2]):
        pass
