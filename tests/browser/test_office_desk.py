"""The console's pages of offices and of the record in Chromium: a line verified, days closed; for everybody."""

import pytest
from playwright.sync_api import expect

from chalicelib.domain.staff import Role
from tests.browser.conftest import Desk
from tests.browser.everybody import hold_for_everybody
from tests.browser.served import Served

pytestmark = pytest.mark.browser

HERE = "/staff/offices/ero-atl"
NUMBER = "+14045550190"


@pytest.mark.parametrize("script", [True, False])
def test_a_resting_line_is_verified_by_who_has_seen_its_number(
    desk: Desk, served: Served, *, script: bool
) -> None:
    served.runtime.catalog.quarantine("ero-atl", NUMBER, "3 people pressed “wrong number”", served.clock())
    page = desk("/staff/offices", script=script)
    expect(page.locator(".alarm")).to_contain_text("1 of 3 offices needs a look")
    page.click("main >> text=Atlanta")
    expect(page.locator("main")).to_contain_text("It rests until somebody verifies it anew.")

    page.click("text=I have seen this number there")
    expect(page.locator("#source-wrong")).to_contain_text("Give the https:// address")
    page.fill("#source", "https://www.ice.gov/contact/field-offices")
    page.click("text=I have seen this number there")

    expect(page.locator("#said")).to_contain_text("Recorded, with your name")
    found = served.runtime.catalog.office("ero-atl")
    assert found
    assert (found.lines[0].quarantined, found.lines[0].verified_by) == (None, "Dana R.")


def test_days_are_closed_and_opened_and_the_record_says_who_did(desk: Desk, served: Served) -> None:
    page = desk(HERE)
    page.click("text=Close this office on some days…")
    page.fill("#why", "Office moves")
    page.click("text=Close it on these days")
    expect(page.locator("#said")).to_contain_text("Nobody is connected to this office")
    page.click("text=Open again from")
    expect(page.locator("#said")).to_contain_text("Removed.")

    page.goto(served.at("/staff/audit"))

    expect(page.locator("table")).to_contain_text("office closed")
    expect(page.locator("table")).to_contain_text("Office moves")


@pytest.mark.parametrize(
    "name", ["list", "tired", "office", "refused", "closed", "viewer", "record", "no day"]
)
def test_axe_finds_nothing_all_is_a_thumb_wide_and_nothing_scrolls_sideways(
    desk: Desk, served: Served, axe: str, name: str
) -> None:
    if name == "tired":
        served.runtime.catalog.quarantine(
            "ero-atl", NUMBER, "3 people pressed “wrong number”", served.clock()
        )
    paths = {
        "list": "/staff/offices",
        "tired": "/staff/offices",
        "record": "/staff/audit",
        "no day": "/staff/audit?on=x",
    }
    page = desk(paths.get(name, HERE), Role.VIEWER if name == "viewer" else Role.EDITOR)
    if name in {"refused", "closed", "record"}:
        page.goto(served.at(HERE))
        page.click("text=Close this office on some days…")
        page.fill("#first", "soon" if name == "refused" else "2026-12-24")
        page.fill("#why", "Office moves")
        page.click("text=Close it on these days")
        page.wait_for_selector("#problem" if name == "refused" else "#said")
    if name == "record":
        page.goto(served.at("/staff/audit"))

    hold_for_everybody(page, axe, "en")
