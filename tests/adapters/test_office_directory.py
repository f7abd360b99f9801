"""The directory in the table: hours, caps and closures come back; lines rest; what is never called never is."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, time, timedelta

import moto
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from chalicelib.adapters import audit, keys
from chalicelib.adapters.catalog import Catalog, NeverCalled
from chalicelib.adapters.office_items import Provenance
from chalicelib.adapters.table import Table
from chalicelib.domain.office import Caps, Closure, Hours, Line, Office, Span, dialable
from tests.adapters.test_catalog import NOW, PAGE, TODAY, a_campaign, an_office, fresh

NUMBER = "+14045550100"
HOTLINE = "+12025550199"
WHERE = Provenance("ice.gov", "another capture", "2026-07-07", "two_captures_agree")

times = st.builds(time, st.integers(0, 23), st.integers(0, 59))
spans = st.tuples(times, times).filter(lambda pair: pair[0] < pair[1]).map(lambda pair: Span(*pair))
days = st.dates(date(2026, 1, 1), date(2027, 12, 31))
closures = st.builds(
    Closure, first=days, last=days, why=st.text(st.characters(codec="utf-8"), min_size=1, max_size=20)
)
hours = st.builds(
    Hours,
    week=st.tuples(*[st.lists(spans, max_size=2).map(tuple)] * 7),
    keeps_holidays=st.booleans(),
    closures=st.lists(closures, max_size=3).map(
        lambda found: tuple(sorted(found, key=lambda each: (each.first, each.last)))
    ),
)
caps = st.builds(Caps, st.integers(1, 10), st.integers(1, 120), st.integers(0, 600))


@pytest.fixture
def catalog() -> Iterator[Catalog]:
    with moto.mock_aws():
        yield fresh()


def line(catalog: Catalog, office_id: str = "ero-atl") -> Line:
    found = catalog.office(office_id)
    assert found is not None
    return found.lines[0]


def closed(catalog: Catalog) -> tuple[Closure, ...]:
    found = catalog.office("ero-atl")
    assert found is not None
    return found.hours.closures


@given(hours=st.just(Hours()) | hours, own=caps, quarantined=st.none() | st.just("3 of 5 calls failed"))
@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_hours_caps_and_health_come_back_as_they_were(
    hours: Hours, own: Caps, quarantined: str | None
) -> None:
    with moto.mock_aws():
        catalog = fresh()
        known = Line(NUMBER, True, TODAY, "Dana R.", PAGE, quarantined=quarantined, caps=own)
        office = replace(an_office("ero-atl", known), hours=hours)

        catalog.put_office(office)

        assert catalog.office("ero-atl") == office
        assert catalog.offices() == (office,)


def test_the_houses_hours_and_caps_are_not_kept_so_that_a_better_rule_reaches_every_office(
    catalog: Catalog,
) -> None:
    catalog.put_office(an_office())

    office, kept = (
        catalog.table.get(keys.office("ero-atl")) or {},
        catalog.table.get(keys.line("ero-atl", NUMBER)) or {},
    )

    assert not {"week", "keeps_holidays"} & office.keys()
    assert not {"caps"} & kept.keys()


def test_hours_and_caps_that_go_back_to_the_houses_are_forgotten(catalog: Catalog) -> None:
    week = ((Span(time(8), time(17)),),) * 7
    own = an_office("ero-atl", Line(NUMBER, caps=Caps(1, 5, 60)))
    catalog.put_office(replace(own, hours=Hours(week, keeps_holidays=False)))

    catalog.put_office(an_office())

    assert catalog.office("ero-atl") == an_office()


def test_a_known_line_gets_new_caps_and_keeps_what_a_person_said(catalog: Catalog) -> None:
    catalog.put_office(an_office())
    catalog.verify_line("ero-atl", NUMBER, TODAY, "Dana R.", PAGE)

    catalog.put_office(an_office("ero-atl", Line(NUMBER, caps=Caps(1, 5, 60))))

    assert line(catalog) == Line(NUMBER, True, TODAY, "Dana R.", PAGE, caps=Caps(1, 5, 60))


def test_where_a_row_comes_from_is_kept_and_not_lost_by_who_does_not_know_it(catalog: Catalog) -> None:
    catalog.put_office(an_office(), WHERE)
    catalog.put_office(an_office())
    catalog.put_office(an_office("ero-bos", Line("+16175550100")))

    assert catalog.provenance() == {"ero-atl": WHERE}


# Verified, and for how long.


@pytest.mark.parametrize(("good_days", "age", "lines"), [(30, 30, 1), (30, 31, 0), (7, 7, 1), (7, 8, 0)])
def test_a_verification_is_good_for_as_long_as_configured(
    catalog: Catalog, good_days: int, age: int, lines: int
) -> None:
    catalog.put_office(an_office())
    catalog.verify_line("ero-atl", NUMBER, TODAY - timedelta(days=age), "Dana R.", PAGE)
    catalog.apply(a_campaign(an_office()), NOW)

    configured = Catalog(catalog.table, good_days)

    for office in (configured.office("ero-atl"), _only(configured)):
        assert office is not None
        assert len(dialable(office, TODAY)) == lines


def _only(catalog: Catalog) -> Office:
    found = catalog.campaign("families-28")
    assert found is not None
    return found.offices[0]


def test_a_line_in_quarantine_rests_until_somebody_verifies_it(catalog: Catalog) -> None:
    catalog.put_office(an_office())
    catalog.verify_line("ero-atl", NUMBER, TODAY, "Dana R.", PAGE)

    catalog.quarantine("ero-atl", NUMBER, "3 wrong numbers", NOW)
    catalog.put_office(an_office())
    resting = line(catalog)
    catalog.verify_line("ero-atl", NUMBER, TODAY, "Luis P.", PAGE)

    assert (resting.quarantined, dialable(an_office("ero-atl", resting), TODAY)) == ("3 wrong numbers", ())
    assert line(catalog) == Line(NUMBER, True, TODAY, "Luis P.", PAGE)
    assert "quarantined_at" not in (catalog.table.get(keys.line("ero-atl", NUMBER)) or {})


def test_a_line_that_is_not_there_is_neither_made_by_a_quarantine_nor_by_a_verification(
    catalog: Catalog,
) -> None:
    with pytest.raises(LookupError):
        catalog.quarantine("ero-atl", NUMBER, "3 wrong numbers", NOW)
    with pytest.raises(LookupError):
        catalog.verify_line("ero-atl", NUMBER, TODAY, "Dana R.", PAGE)

    assert catalog.table.get(keys.line("ero-atl", NUMBER)) is None


# Closures are staff's to say.


def test_an_office_is_closed_and_opened_again_and_an_import_changes_neither(catalog: Catalog) -> None:
    move = Closure(date(2026, 12, 1), date(2026, 12, 2), "Office moves")
    flood = Closure(date(2026, 11, 25), date(2026, 11, 25), "Flood")
    catalog.put_office(an_office())

    catalog.close_office("ero-atl", move)
    catalog.close_office("ero-atl", flood)
    catalog.put_office(replace(an_office(), address="2 Example Street"))
    both = closed(catalog)
    catalog.reopen("ero-atl", move.first)

    assert both == (flood, move)
    assert closed(catalog) == (flood,)


def test_a_closure_from_the_same_day_is_replaced(catalog: Catalog) -> None:
    first = date(2026, 12, 1)
    catalog.put_office(an_office())

    catalog.close_office("ero-atl", Closure(first, first, "Flood"))
    catalog.close_office("ero-atl", Closure(first, first + timedelta(days=3), "Flood"))

    assert closed(catalog) == (Closure(first, first + timedelta(days=3), "Flood"),)


def test_two_who_close_an_office_at_once_both_succeed(catalog: Catalog) -> None:
    mine, theirs = (Closure(date(2026, 12, day), date(2026, 12, day), f"on {day}") for day in (1, 2))
    catalog.put_office(an_office())
    events, name = catalog.table.client.meta.events, "provide-client-params.dynamodb.UpdateItem"

    def overtake(**_: object) -> None:
        events.unregister(name, unique_id="overtake")
        Catalog(Table(catalog.table.client, catalog.table.name)).close_office("ero-atl", theirs)

    events.register_first(name, overtake, "overtake")
    catalog.close_office("ero-atl", mine)

    assert closed(catalog) == (mine, theirs)


def test_an_office_nobody_knows_is_not_closed(catalog: Catalog) -> None:
    with pytest.raises(LookupError):
        catalog.close_office("ero-atl", Closure(TODAY, TODAY, "Flood"))

    assert catalog.office("ero-atl") is None


# Lines that change.


def test_campaigns_follow_when_an_offices_lines_change(catalog: Catalog) -> None:
    catalog.put_office(an_office())
    catalog.put_office(an_office("ero-bos", Line("+16175550100")))
    catalog.apply(a_campaign(an_office(), an_office("ero-bos", Line("+16175550100"))), NOW)
    catalog.put_office(an_office("ero-atl", Line(NUMBER), Line("+14045550101")))

    before = _only(catalog)
    catalog.relist()

    assert [each.number for each in before.lines] == [NUMBER]
    assert [each.number for each in _only(catalog).lines] == [NUMBER, "+14045550101"]


def test_an_office_that_is_removed_takes_its_lines_with_it(catalog: Catalog) -> None:
    catalog.put_office(an_office())
    catalog.apply(a_campaign(an_office()), NOW)

    catalog.remove_office("ero-atl")

    found = catalog.campaign("families-28")
    assert found is not None
    assert found.offices == ()
    assert catalog.table.get(keys.line("ero-atl", NUMBER)) is None


# Never called.


@pytest.mark.parametrize("number", [HOTLINE, "+18885550123", "+19005550123"])
def test_no_office_and_no_campaign_gets_a_line_that_is_never_called(catalog: Catalog, number: str) -> None:
    catalog.put_never_rung([], [HOTLINE])
    bad = an_office("ero-atl", Line(number))

    with pytest.raises(NeverCalled, match="ero-atl") as refused:
        catalog.put_office(bad)
    with pytest.raises(NeverCalled):
        catalog.apply(a_campaign(bad), NOW)
    with pytest.raises(NeverCalled):
        catalog.apply(replace(a_campaign(), elsewhere=(bad,)), NOW)
    with pytest.raises(NeverCalled):
        catalog.verify_line("ero-atl", number, TODAY, "Dana R.", PAGE)

    assert number not in str(refused.value)
    assert [item["type"] for item in catalog.table.scan("office")] == []
    assert catalog.campaigns() == ()


def test_a_line_that_becomes_one_never_called_is_not_dialled_any_more(catalog: Catalog) -> None:
    catalog.put_office(an_office("ero-atl", Line(HOTLINE, True, TODAY), Line(NUMBER, True, TODAY)))
    catalog.apply(a_campaign(an_office("ero-atl", Line(HOTLINE), Line(NUMBER))), NOW)

    catalog.put_never_rung([HOTLINE, NUMBER], [HOTLINE])

    for office in (_only(catalog), catalog.office("ero-atl"), catalog.offices()[0]):
        assert office is not None
        assert [each.number for each in dialable(office, TODAY)] == [NUMBER]


def test_no_list_takes_a_number_out_again(catalog: Catalog) -> None:
    catalog.put_never_rung([NUMBER], [HOTLINE])
    catalog.put_never_rung(["+14045550101"], [])

    assert catalog.never_targets() == {HOTLINE}
    assert catalog.never_rung() == {HOTLINE, "+14045550101"}


def test_reading_a_campaign_costs_no_request_more_for_it(catalog: Catalog) -> None:
    catalog.put_office(an_office())
    catalog.apply(a_campaign(an_office()), NOW)
    catalog.put_never_rung([NUMBER], [HOTLINE])
    asked: list[str] = []
    catalog.table.client.meta.events.register(
        "before-call.dynamodb", lambda model, **_: asked.append(model.name), "count"
    )

    catalog.campaign("families-28")
    catalog.table.client.meta.events.unregister("before-call.dynamodb", unique_id="count")

    assert asked == ["Query", "BatchGetItem"]


# The record.


def test_what_people_changed_is_told_in_order_with_who_and_when(catalog: Catalog) -> None:
    second = audit.Entry("Luis P.", "office closed", "ero-atl", NOW, {"why": "Flood"})
    first = audit.Entry("Dana R.", "line verified", "ero-atl", NOW - timedelta(microseconds=1))
    audit.record(catalog.table, second)
    audit.record(catalog.table, first)
    audit.record(catalog.table, replace(first, at=NOW - timedelta(days=1)))

    assert list(audit.entries(catalog.table, NOW)) == [first, second]
