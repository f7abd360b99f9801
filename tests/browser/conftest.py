"""Chromium and the app once a file, axe once for all; a fresh campaign and a fresh page for each."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, BrowserContext, Page

from chalicelib.domain.staff import Role
from chalicelib.views import staff_cookies
from tests.at_the_console import sign_in
from tests.browser.served import Served, serving
from tests.chromium import chromium
from tests.needs import needs
from tests.values import campaign

Opening = Callable[..., Page]
Desk = Callable[..., Page]


@pytest.fixture(scope="module")
def served_all() -> Iterator[Served]:
    """Serve for one file: a moto that stays open shares its tables with every later test."""
    needs("chromium")
    with serving() as served:
        yield served


@pytest.fixture
def served(served_all: Served) -> Served:
    served_all.empty()
    served_all.run(campaign())
    served_all.reach(1284)
    return served_all


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as running:
        yield running


@pytest.fixture
def opened(browser: Browser) -> Iterator[Opening]:
    """A function that opens a page at an address: width, scheme and script as asked for."""
    contexts: list[BrowserContext] = []

    def open_page(url: str, *, width: int = 390, script: bool = True, **options: Any) -> Page:
        context = browser.new_context(
            viewport={"width": width, "height": 844}, java_script_enabled=script, **options
        )
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(10_000)
        page.goto(url)
        return page

    yield open_page
    for context in contexts:
        context.close()


@pytest.fixture
def desk(opened: Opening, served: Served) -> Desk:
    """A function that opens a page of the console for somebody who is signed in."""

    def open_desk(path: str, role: Role = Role.EDITOR, name: str = "Dana R.", **how: object) -> Page:
        cookie = {
            "name": staff_cookies.name(), "value": sign_in(served, role, name).secret, "path": "/",
            "domain": urlsplit(served.url).hostname, "expires": -1, "httpOnly": True, "secure": False,
            "sameSite": "Lax",
        }  # fmt: skip
        return opened(served.at(path), storage_state={"cookies": [cookie], "origins": []}, **how)

    return open_desk


@pytest.fixture(scope="session")
def axe() -> str:
    """The source of axe, to be run in a page by the test, not by the page."""
    return needs("axe").read_text(encoding="utf-8")


@contextmanager
def no_reload(page: Page) -> Iterator[None]:
    """Fail if the document was left and loaded anew inside the block."""
    page.evaluate("window.stillHere = true")
    yield
    assert page.evaluate("window.stillHere === true"), "the page was loaded anew"
