"""What `make run` proposes to try: a letter by hand, from the form through the link in its mail to its bounce."""

import signal
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from dev.inboxes import PEOPLE
from tests.chromium import chromium
from tests.dev.test_stack import Running, get
from tests.needs import needs

pytestmark = pytest.mark.browser
PATIENCE = 30_000
"""Milliseconds for what a queue and a worker do first."""


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as running:
        yield running


@pytest.fixture(scope="module")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    needs("ministack")
    running = Running(tmp_path_factory.mktemp("stack") / "local").until("What to try")
    yield running
    running.end(signal.SIGTERM)


def written(browser: Browser, stack: Running) -> Page:
    """The page that says that a link was mailed."""
    page = browser.new_context().new_page()
    page.goto(stack.url("/c/families-28/letter?lang=en&office=ero-atl"))
    page.fill("#name", "Ana Sample")
    page.fill("#email", PEOPLE[0].address)
    for button in ("check", "send"):
        page.locator(f"button[name=do][value={button}]").click()
    return page


def link_opened(mails: Page) -> Page:
    """The tab that the first link in the HTML of Ana's newest mail opens."""
    letter = mails.get_by_role("region", name=PEOPLE[0].name).get_by_role("button").last
    letter.click(timeout=PATIENCE)
    mails.get_by_role("button", name="HTML").click()
    with mails.context.expect_page() as tab:
        mails.frame_locator("#html").get_by_role("link").first.click(timeout=PATIENCE)
    return tab.value


def test_a_letter_is_confirmed_from_its_mail_arrives_and_comes_back(browser: Browser, stack: Running) -> None:
    page = written(browser, stack)
    mails = page.context.new_page()
    mails.goto(f"http://127.0.0.1:{stack.ports['MAIL_PORT']}/")
    office = mails.get_by_role("region", name="Atlanta").first
    office.get_by_label("The next letter").select_option("bounces late")
    tab = link_opened(mails)
    tab.locator("button[value=confirm]").click()

    expect(tab.get_by_role("main")).to_contain_text("was delivered", timeout=PATIENCE)
    counted = get(stack.url("/api/campaigns/families-28/counts"))
    expect(office.get_by_role("button", name="via Neighbors for Families")).to_be_visible()
    get(mails.url + "world/clock", {"skip": 86_400})
    expect(mails.get_by_role("region", name=PEOPLE[0].name)).to_contain_text("came back", timeout=PATIENCE)
    tab.reload()
    expect(tab.get_by_role("main")).to_contain_text("came back")
    assert counted != get(stack.url("/api/campaigns/families-28/counts")), (
        "the public count was not corrected"
    )
    assert PEOPLE[0].address not in (stack.folder / "app.log").read_text()
