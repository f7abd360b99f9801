"""A new number needs two people, and both are kept."""

from collections.abc import Iterator
from datetime import timedelta

import moto
import pytest

from chalicelib.adapters import audit
from chalicelib.adapters.catalog import Catalog, NeverCalled
from chalicelib.adapters.office_items import PhoneChange
from chalicelib.adapters.phone_changes import ChangeGone, PhoneChanges, SamePerson
from chalicelib.domain.office import Caps, Line, Office
from tests.adapters.test_catalog import NOW, PAGE, TODAY, a_campaign, an_office, fresh

OLD, NEW, OTHER = "+14045550100", "+14045550101", "+14045550102"
LATER = NOW + timedelta(hours=1)
CHANGE = PhoneChange("ero-atl", OLD, NEW, "Dana R.", NOW)


@pytest.fixture
def catalog() -> Iterator[Catalog]:
    with moto.mock_aws():
        made = fresh()
        made.put_office(an_office("ero-atl", Line(OLD, caps=Caps(1, 5, 60)), Line(OTHER)))
        made.verify_line("ero-atl", OLD, TODAY, "Dana R.", PAGE)
        made.apply(a_campaign(an_office("ero-atl", Line(OLD), Line(OTHER))), NOW)
        yield made


def lines(catalog: Catalog) -> tuple[Line, ...]:
    found = catalog.office("ero-atl")
    assert found is not None
    return found.lines


def campaigns_office(catalog: Catalog) -> Office:
    found = catalog.campaign("families-28")
    assert found is not None
    return found.offices[0]


def test_until_a_second_person_confirms_everything_stays_as_it_is(catalog: Catalog) -> None:
    before = lines(catalog)

    PhoneChanges(catalog).propose(CHANGE)

    assert lines(catalog) == before
    assert campaigns_office(catalog).lines == before
    assert PhoneChanges(catalog).waiting("ero-atl") == (CHANGE,)
    assert PhoneChanges(catalog).all_waiting() == (CHANGE,)


def test_confirmed_the_new_number_takes_the_olds_place_and_is_not_callable(catalog: Catalog) -> None:
    changes = PhoneChanges(catalog)
    changes.propose(CHANGE)

    changes.confirm(CHANGE, "Luis P.", LATER)

    assert lines(catalog) == (Line(NEW, caps=Caps(1, 5, 60)), Line(OTHER))
    assert campaigns_office(catalog).lines == lines(catalog)
    assert changes.waiting("ero-atl") == ()


def test_both_names_and_times_are_recorded(catalog: Catalog) -> None:
    changes = PhoneChanges(catalog)
    changes.propose(CHANGE)
    changes.confirm(CHANGE, "Luis P.", LATER)

    first, second = audit.entries(catalog.table, NOW)

    assert (first.who, first.what, first.subject, first.at) == ("Dana R.", "phone proposed", "ero-atl", NOW)
    assert (second.who, second.what, second.at) == ("Luis P.", "phone confirmed", LATER)
    assert second.facts == {
        "old": OLD,
        "new": NEW,
        "proposed by": "Dana R.",
        "proposed at": NOW.isoformat(),
    }


@pytest.mark.parametrize("name", ["Dana R.", "dana r.", "  DANA   R. "])
def test_nobody_confirms_their_own_proposal_however_they_spell_their_name(
    catalog: Catalog, name: str
) -> None:
    changes = PhoneChanges(catalog)
    changes.propose(CHANGE)

    with pytest.raises(SamePerson):
        changes.confirm(CHANGE, name, LATER)

    assert changes.waiting("ero-atl") == (CHANGE,)
    assert lines(catalog)[0].number == OLD


def test_the_table_itself_refuses_the_same_person_who_shows_a_change_as_somebody_elses(
    catalog: Catalog,
) -> None:
    changes = PhoneChanges(catalog)
    changes.propose(CHANGE)

    with pytest.raises(ChangeGone):
        changes.confirm(PhoneChange("ero-atl", OLD, NEW, "Luis P.", NOW), "Dana R.", LATER)

    assert lines(catalog)[0].number == OLD


def test_a_number_proposed_again_keeps_who_proposed_it_first(catalog: Catalog) -> None:
    changes = PhoneChanges(catalog)
    changes.propose(CHANGE)

    changes.propose(PhoneChange("ero-atl", OLD, NEW, "Luis P.", LATER))

    assert changes.waiting("ero-atl") == (CHANGE,)


def test_what_nobody_proposed_can_not_be_confirmed(catalog: Catalog) -> None:
    with pytest.raises(ChangeGone):
        PhoneChanges(catalog).confirm(CHANGE, "Luis P.", LATER)

    assert lines(catalog)[0].number == OLD


def test_a_withdrawn_change_is_gone(catalog: Catalog) -> None:
    changes = PhoneChanges(catalog)
    changes.propose(CHANGE)

    changes.withdraw(CHANGE, "Luis P.", LATER)

    assert changes.waiting("ero-atl") == ()
    with pytest.raises(ChangeGone):
        changes.confirm(CHANGE, "Luis P.", LATER)


def test_one_more_number_waits_too_and_comes_last(catalog: Catalog) -> None:
    more = PhoneChange("ero-atl", None, NEW, "Dana R.", NOW)
    changes = PhoneChanges(catalog)
    changes.propose(more)

    changes.confirm(more, "Luis P.", LATER)

    assert [line.number for line in lines(catalog)] == [OLD, OTHER, NEW]
    assert not lines(catalog)[2].callable


def test_a_number_never_called_is_neither_proposed_nor_confirmed(catalog: Catalog) -> None:
    changes = PhoneChanges(catalog)
    changes.propose(CHANGE)
    catalog.put_never_rung([], [NEW])

    with pytest.raises(NeverCalled):
        changes.confirm(CHANGE, "Luis P.", LATER)
    with pytest.raises(NeverCalled):
        changes.propose(PhoneChange("ero-atl", OLD, "+18885550123", "Dana R.", NOW))

    assert lines(catalog)[0].number == OLD
