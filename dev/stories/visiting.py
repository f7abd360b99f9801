"""A supporter's way through the campaign's page to a call, by its own forms and without a script."""

import re
import urllib.request
from dataclasses import dataclass
from urllib.parse import urlencode, urljoin

from dev.stories import forms
from dev.stories.forms import Form, Page
from dev.stories.site import CAMPAIGN, Site, fetched
from dev.stories.tale import OnPage

CALL = re.compile(r"/calls/([A-Za-z0-9_-]+)")


@dataclass(frozen=True, slots=True)
class Visit:
    """What came of it: the call's id, and all that the pages on the way said."""

    call_id: str
    read: str


def visited(site: Site, phone: str, language: str, wish: OnPage) -> Visit:
    """Open the page, type and choose what is wished, tap, and follow to the call's page.

    Raises ValueError when the pages lead to no call, or have no such form or choice.
    """
    try:
        pages = _pages(site, phone, language, wish)
    except forms.NoSuchForm as missing:
        raise ValueError(str(missing)) from missing
    found = CALL.search(pages[-1].url)
    if found is None:
        raise ValueError(f"the page led to no call, but said: {pages[-1].text[:300]}")
    return Visit(found[1], " ".join(page.text for page in pages))


def _pages(site: Site, phone: str, language: str, wish: OnPage) -> list[Page]:
    pages = [_opened(f"{site.app}/c/{CAMPAIGN}?lang={language}")]
    if wish.zip_code:
        pages.append(_sent(pages[-1], pages[-1].form("zip"), zip=wish.zip_code))
    if wish.picks:
        form = pages[-1].form("office")
        pages.append(_sent(pages[-1], form, office=form.choice("office", wish.picks)))
    form = pages[-1].form("phone")
    shown = {"number_shown": form.choice("number_shown", wish.shows)} if wish.shows else {}
    pages.append(_sent(pages[-1], form, phone=phone, **shown))
    return pages


def _sent(page: Page, form: Form, **filled: str) -> Page:
    """Send a form with these fields filled, the others as they stand."""
    return _opened(urljoin(page.url, form.action), {**form.sends, **filled})


def _opened(url: str, fields: dict[str, str] | None = None) -> Page:
    body = None if fields is None else urlencode(fields).encode()
    _, landed, html = fetched(urllib.request.Request(url, body))
    return forms.read(landed, html.decode())
