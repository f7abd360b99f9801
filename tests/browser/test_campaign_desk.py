"""The console's pages of campaigns in Chromium: paused, launched by two, edited with a difference; for everybody."""

from datetime import timedelta

import pytest
from playwright.sync_api import expect

from chalicelib.adapters.ledger import counting
from chalicelib.domain.campaign import Status
from chalicelib.domain.counts import Action, Basis, Channel, Outcome
from chalicelib.domain.staff import Role
from tests.browser.conftest import Desk
from tests.browser.everybody import hold_for_everybody
from tests.browser.served import Served
from tests.values import campaign

pytestmark = pytest.mark.browser

HERE = "/staff/campaigns/families-28"


def status(served: Served) -> Status:
    found = served.runtime.catalog.campaign("families-28")
    assert found
    return found.status


def count_some(served: Served) -> None:
    """Calls of two hours, so that the page has its charts and tables."""
    table = served.runtime.catalog.table
    for number, outcome in enumerate([*Outcome, *Outcome]):
        at = served.clock() - timedelta(hours=number % 2)
        action = Action(f"a-{number}", "families-28", Channel.CALLS, "ero-atl", outcome, Basis.KEY, 42, at)
        served.dynamodb.transact_write_items(TransactItems=counting(table, [action]))


def test_a_campaign_is_paused_in_three_presses_and_goes_on(desk: Desk, served: Served) -> None:
    page = desk("/staff/campaigns")

    page.click("text=Ask ICE to stop 28 deportations")
    page.click("text=Pause…")
    page.click("text=Pause it now")

    expect(page.locator("#said")).to_contain_text("Paused.")
    assert status(served) is Status.PAUSED
    page.click("text=Resume it")
    expect(page.locator("#said")).to_contain_text("Live again.")
    assert status(served) is Status.LIVE


@pytest.mark.parametrize("script", [True, False])
def test_two_people_launch_a_campaign(desk: Desk, served: Served, *, script: bool) -> None:
    served.run(campaign(status=Status.LIVE))
    served.empty()
    served.run(campaign(status=Status.DRAFT))
    dana = desk(HERE, script=script)

    dana.click("text=Sign as the first of two")
    expect(dana.locator("#said")).to_contain_text("You have signed.")
    expect(dana.locator("main")).not_to_contain_text("Sign, and launch it")
    assert status(served) is Status.DRAFT
    luis = desk(HERE, name="Luis M.", script=script)
    expect(luis.locator("main")).to_contain_text("dana signed on Nov 24, 10:00\u00a0am Eastern")
    luis.click("text=Sign, and launch it")

    expect(luis.locator("#said")).to_contain_text("Live.")
    assert status(served) is Status.LIVE


def test_a_viewer_sees_the_figures_and_no_button_and_is_refused(desk: Desk, served: Served) -> None:
    page = desk(HERE, Role.VIEWER)

    expect(page.locator("main")).to_contain_text("1,284 of 2,000 got through")
    assert page.locator("main form").count() == 0
    page.goto(served.at(f"{HERE}/edit"))
    expect(page.locator("main")).to_contain_text("you are signed in as a viewer")


def test_an_edit_shows_its_difference_and_takes_effect_on_the_page(desk: Desk, served: Served) -> None:
    page = desk(f"{HERE}/edit", width=1280)

    page.fill("#goal", "many")
    page.fill("#heading_en", "29 children and their parents could be deported any day")
    page.click("button:has-text('See what changes')")
    expect(page.locator("#goal-error")).to_contain_text("Write a whole number")
    expect(page.locator("#heading_en")).to_have_value(
        "29 children and their parents could be deported any day"
    )
    page.fill("#goal", "3000")
    page.click("button:has-text('See what changes')")
    expect(page.locator("del")).to_have_text("28")
    expect(page.locator("ins")).to_have_text("29")
    page.click("text=Back to the form")
    expect(page.locator("#goal")).to_have_value("3000")
    page.click("button:has-text('See what changes')")
    page.click("text=Save these changes")

    expect(page.locator("#said")).to_contain_text("Saved.")
    served.runtime._campaigns.clear()
    page.goto(served.at("/c/families-28?lang=en"))
    expect(page.locator("h1")).to_have_text("29 children and their parents could be deported any day")


def test_a_campaign_is_ended_by_typing_its_name(desk: Desk, served: Served) -> None:
    served.run(campaign(status=Status.PAUSED))
    page = desk(HERE, Role.ADMIN)

    page.click("text=End it for good…")
    page.fill("#slug", "families")
    page.click("button:has-text('End it for good')")
    expect(page.locator("#slug-error")).to_contain_text("the short name is families-28")
    page.fill("#slug", "families-28")
    page.click("button:has-text('End it for good')")

    expect(page.locator("#said")).to_contain_text("Ended.")
    assert status(served) is Status.ENDED


@pytest.mark.parametrize("name", ["list", "live", "paused", "draft", "edit", "refused edit", "difference"])
def test_axe_finds_nothing_all_is_a_thumb_wide_and_nothing_scrolls_sideways(
    desk: Desk, served: Served, axe: str, name: str
) -> None:
    if name in {"paused", "draft"}:
        served.run(campaign(status=Status(name)))
    if name == "live":
        count_some(served)
    path = {"list": "/staff/campaigns"}.get(
        name, f"{HERE}/edit" if "edit" in name or name == "difference" else HERE
    )
    page = desk(path, Role.ADMIN)
    if name in {"refused edit", "difference"}:
        page.fill("#goal", "many" if "edit" in name else "3000")
        page.fill("#points_es", "uno\ndos\ntres\ncuatro")
        page.click("button:has-text('See what changes')")
        page.wait_for_selector("#problem" if "edit" in name else ".changes")

    hold_for_everybody(page, axe, "en")
