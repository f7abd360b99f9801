"""The inbox in a browser: a letter read as its reader does, its next fate chosen; axe finds nothing."""

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, Request, expect

from dev.mail_world import MailWorldServer
from tests.chromium import chromium
from tests.mail_world.post_office import ATLANTA, letter_to, ses, simple
from tests.mail_world.test_server import furnish
from tests.needs import needs
from tests.phone_world.test_page import RULES, RUN_AXE

pytestmark = pytest.mark.browser
HTML = (
    '<p>Hello <a href="http://127.0.0.1:1/confirm">Confirm</a></p>'
    '<img src="http://127.0.0.1:1/pixel.gif"><script>parent.document.title = "taken"</script>'
)
SIDEWAYS = "() => document.documentElement.scrollWidth - document.documentElement.clientWidth"


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as running:
        yield running


@pytest.fixture(scope="module")
def server() -> Iterator[MailWorldServer]:
    up = MailWorldServer(port=0, speed=20, seed=3, furnish=furnish)
    up.start()
    yield up
    up.stop()


@pytest.fixture(autouse=True)
def _anew(server: MailWorldServer) -> None:
    server.reset()


def opened(browser: Browser, server: MailWorldServer, width: int = 1280, **context: Any) -> Page:
    page = browser.new_context(viewport={"width": width, "height": 900}, **context).new_page()
    page.on("pageerror", lambda error: pytest.fail(str(error)))
    page.goto(server.url)
    expect(page.get_by_role("region", name="Ana")).to_be_visible()
    return page


def write(server: MailWorldServer, to: str = ATLANTA) -> None:
    content = simple("<b>Please</b> halt it.\nhttp://127.0.0.1:1/letters/abc.")
    content["Simple"]["Body"]["Html"] = {"Data": HTML}
    ses(server.url).send_email(**letter_to(to) | {"Content": content})


def test_a_letter_is_read_as_its_reader_does(browser: Browser, server: MailWorldServer) -> None:
    page = opened(browser, server)
    strangers: list[Request] = []
    page.on("request", lambda one: None if one.url.startswith(server.url) else strangers.append(one))
    write(server)
    box = page.get_by_role("region", name=ATLANTA)
    box.get_by_role("button", name="A request").click()
    letter = page.get_by_role("region", name="A request")

    expect(page.get_by_role("heading", name="A request")).to_be_focused()
    expect(letter).to_contain_text("<b>Please</b> halt it.")
    link = letter.get_by_role("link", name="http://127.0.0.1:1/letters/abc")
    assert (link.get_attribute("href"), link.get_attribute("rel")) == (
        "http://127.0.0.1:1/letters/abc",
        "noopener noreferrer",
    )
    expect(letter).to_contain_text("letter=L1")
    expect(letter.get_by_role("list")).to_contain_text(f"delivered {ATLANTA}")
    letter.get_by_role("button", name="HTML").click()
    frame = page.frame_locator("#html")
    expect(frame.get_by_role("link", name="Confirm")).to_be_visible()
    letter.get_by_text("All headers").click()
    expect(letter.get_by_role("rowheader", name="Message-ID")).to_be_visible()
    assert page.title() == "Mail world"
    # The letter's picture is stopped by the page's policy before anything leaves the browser.
    assert [(one.url, one.failure) for one in strangers] == [("http://127.0.0.1:1/pixel.gif", "csp")]


def test_what_becomes_of_the_next_letter_is_chosen(browser: Browser, server: MailWorldServer) -> None:
    page = opened(browser, server)
    ana = page.get_by_role("region", name="Ana")
    ana.get_by_label("The next letter").select_option("finds a full mailbox")
    expect(ana).to_contain_text("Next: finds a full mailbox, then each is delivered.")
    write(server, "ana@people.example")

    expect(ana.get_by_role("button", name="A request")).to_contain_text("bounced")
    expect(page.get_by_role("row", name="Bounce")).to_be_visible()
    page.get_by_label("Our account").select_option("is paused")
    with pytest.raises(ses().exceptions.SendingPausedException):
        write(server)


@pytest.mark.parametrize(("width", "scheme"), [(1280, "light"), (320, "dark")])
def test_axe_finds_nothing_and_nothing_scrolls_sideways(
    browser: Browser, server: MailWorldServer, width: int, scheme: Any
) -> None:
    axe = needs("axe").read_text(encoding="utf-8")
    page = opened(browser, server, width, color_scheme=scheme)
    write(server)
    page.get_by_role("region", name=ATLANTA).get_by_role("button", name="A request").click()
    expect(page.get_by_role("region", name="A request")).to_be_visible()
    page.evaluate(axe)

    assert page.evaluate(RUN_AXE, RULES) == []
    assert page.evaluate(SIDEWAYS) == 0
