"""The console's pages of offices and of the record: what staff see, say, and are told when it can't be taken."""

from datetime import timedelta

import pytest

from chalicelib.adapters import audit
from chalicelib.domain.staff import Role
from tests.at_the_console import AtTheConsole, sign_in
from tests.browser.served import Served

PAGE = "https://www.ice.gov/contact/field-offices"


@pytest.fixture
def dana(served: Served) -> AtTheConsole:
    return sign_in(served)


def first_office(served: Served) -> str:
    return served.runtime.catalog.offices()[0].id


def noted(served: Served) -> list[tuple[str, str, str]]:
    entries = audit.entries(served.runtime.catalog.table, served.clock())
    return [(each.who, each.what, each.subject) for each in entries if not each.what.startswith("console")]


def test_the_list_has_every_office_with_its_own_time(dana: AtTheConsole, served: Served) -> None:
    page = dana.get("/staff/offices").text

    for office in served.runtime.catalog.offices():
        assert f"/staff/offices/{office.id}" in page
        assert office.place.en in page


def test_an_office_that_is_not_there_is_said_kindly(dana: AtTheConsole) -> None:
    answer = dana.get("/staff/offices/nowhere")

    assert (answer.status, "That did not work" in answer.text) == (404, True)


def test_verifying_makes_a_resting_line_healthy_and_says_who_saw_it(
    dana: AtTheConsole, served: Served
) -> None:
    catalog, office_id = served.runtime.catalog, first_office(served)
    office = catalog.office(office_id)
    assert office is not None
    number = office.lines[0].number
    catalog.quarantine(office_id, number, "wrong number", served.clock())
    assert "Resting" in dana.get(f"/staff/offices/{office_id}").text
    assert "needs a look" in dana.get("/staff/offices").text

    today = served.clock().date()
    answer = dana.send(f"/staff/offices/{office_id}/verify", number=number, source=PAGE, on=str(today))

    assert (answer.status, answer.headers["location"]) == (
        303,
        f"/go/staff/offices/{office_id}?done=verified",
    )
    after = catalog.office(office_id)
    assert after is not None
    line = after.lines[0]
    assert (line.quarantined, line.verified_on, line.verified_by) == (None, today, "Dana R.")
    assert ("dana", "line verified", office_id) in noted(served)
    assert "Recorded, with your name" in dana.get(f"/staff/offices/{office_id}?done=verified").text


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"source": "ice.gov"}, "Give the https:// address"),
        ({"on": "yesterday"}, "Write the day like 2026-12-24."),
        ({"on": "2099-01-01"}, "That day is still to come."),
        ({"on": "2020-01-01"}, "longer ago than a verification is good for"),
        ({"number": "+12025550199"}, "no such line"),
    ],
)
def test_what_cannot_be_recorded_is_said_and_still_stands_there(
    dana: AtTheConsole, served: Served, fields: dict[str, str], words: str
) -> None:
    office = served.runtime.catalog.offices()[0]
    typed = {"number": office.lines[0].number, "source": PAGE, "on": str(served.clock().date())} | fields

    answer = dana.send(f"/staff/offices/{office.id}/verify", **typed)

    assert (answer.status, words in answer.text) == (400, True)
    assert f'value="{typed["source"]}"' in answer.text
    assert noted(served) == []


def test_an_office_is_closed_on_days_and_opened_again(dana: AtTheConsole, served: Served) -> None:
    office_id, today = first_office(served), served.clock().date()
    last = today + timedelta(days=2)

    closed = dana.send(
        f"/staff/offices/{office_id}/close", first=f"{today}", last=f"{last}", why="Office moves"
    )
    page = dana.get(f"/staff/offices/{office_id}").text
    opened = dana.send(f"/staff/offices/{office_id}/reopen", first=f"{today}")

    assert (closed.status, "Office moves" in page, opened.status) == (303, True, 303)
    assert "Office moves" not in dana.get(f"/staff/offices/{office_id}").text
    assert [what for _, what, _ in noted(served)] == ["office closed", "office reopened"]


def test_opening_twice_changes_nothing_and_scolds_nobody(dana: AtTheConsole, served: Served) -> None:
    answer = dana.send(f"/staff/offices/{first_office(served)}/reopen", first="2026-12-24")

    assert (answer.status, noted(served)) == (303, [])


def test_days_that_cannot_be_are_said_with_what_was_typed(dana: AtTheConsole, served: Served) -> None:
    answer = dana.send(f"/staff/offices/{first_office(served)}/close", first="soon", why="Office moves")

    assert (answer.status, 'value="soon"' in answer.text, 'value="Office moves"' in answer.text) == (
        400,
        True,
        True,
    )


def test_a_viewer_looks_and_changes_nothing(served: Served) -> None:
    viewer, office_id = sign_in(served, Role.VIEWER), first_office(served)

    page = viewer.get(f"/staff/offices/{office_id}").text
    answer = viewer.send(f"/staff/offices/{office_id}/close", first="2026-12-24", why="Office moves")

    assert ("<form" in page.split("<main")[1], answer.status, noted(served)) == (False, 403, [])


def test_the_record_says_who_did_what_on_a_day(dana: AtTheConsole, served: Served) -> None:
    today = served.clock().date()
    dana.send(f"/staff/offices/{first_office(served)}/close", first=f"{today}", last="", why="Office moves")

    page = dana.get("/staff/audit").text
    the_day_before = dana.get(f"/staff/audit?on={today - timedelta(days=1)}").text

    assert "office closed" in page
    assert "console: close an office" in page
    assert "Nothing was done on this day." in the_day_before


def test_a_day_that_is_none_is_said_and_today_is_shown(dana: AtTheConsole) -> None:
    page = dana.get("/staff/audit?on=%3Cb%3E").text

    assert "“&lt;b&gt;” is no day." in page
