"""The console's doors and its overview in Chromium: refused kindly, signed out, and held for everybody."""

import pytest
from playwright.sync_api import expect

from chalicelib.domain.staff import IDLE, Role
from tests.browser.conftest import Desk
from tests.browser.everybody import hold_for_everybody
from tests.browser.served import Served

pytestmark = pytest.mark.browser


def test_signing_out_leads_to_the_sign_in(desk: Desk) -> None:
    page = desk("/staff")

    page.click("summary:has-text('Menu')")
    page.click("button:has-text('Sign out'):visible")

    expect(page.locator("h1")).to_have_text("Sign in")


def test_a_session_that_is_over_says_so(desk: Desk, served: Served) -> None:
    page = desk("/staff")
    served.clock.pass_by(IDLE.total_seconds())

    page.reload()

    expect(page.locator("main")).to_contain_text("Your session is over")


def test_the_overview_is_for_everybody(desk: Desk, axe: str) -> None:
    hold_for_everybody(desk("/staff", role=Role.VIEWER), axe, "en")


def test_the_sign_in_is_for_everybody(desk: Desk, axe: str) -> None:
    hold_for_everybody(desk("/staff/sign-in"), axe, "en")
