"""Chromium for the tests that look at pages. Only our own pages are opened, from this machine."""

from collections.abc import Iterator
from contextlib import contextmanager

from playwright.sync_api import Browser, sync_playwright

from tests.needs import needs


@contextmanager
def chromium() -> Iterator[Browser]:
    """Keep Chromium for one file: a second Playwright in this thread is refused while the first one runs."""
    path = needs("chromium")
    with sync_playwright() as playwright:
        # A sandbox needs rights that a container's root user doesn't have.
        running = playwright.chromium.launch(executable_path=str(path), args=["--no-sandbox"])
        yield running
        running.close()
