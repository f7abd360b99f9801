"""A supporter's way through the campaign's page, by its own forms and without a script: to a call, or to a booking."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from urllib.parse import urljoin

from dev.stories import forms
from dev.stories.forms import Form, Page
from dev.stories.tale import OnPage

Opens = Callable[[str, Mapping[str, str] | None], tuple[str, str]]
"""Opens an address, or sends a form there: the address reached in the end, and the page."""
CALL = re.compile(r"/calls/([A-Za-z0-9_-]+)")
BOOKING = re.compile(r"/bookings/([A-Za-z0-9_-]+)")


@dataclass(frozen=True, slots=True)
class Visit:
    """What came of it: the id of the call or the booking, the pages on the way, the last of them open."""

    id: str
    pages: tuple[Page, ...]

    @property
    def read(self) -> str:
        """All that the pages said."""
        return " ".join(page.text for page in self.pages)

    @property
    def dials(self) -> str:
        """The first link on the last page that dials a number with a code; empty where there is none."""
        return next((link for link in self.pages[-1].dials if "," in link), "")

    @property
    def asks_code(self) -> bool:
        """Whether the last page asks for the code that was texted."""
        return any("code" in form.shows for form in self.pages[-1].forms)


def visited(opens: Opens, page: str, phone: str, wish: OnPage) -> Visit:
    """Open a campaign's page, type and choose what is wished, tap, and follow to the call's or the booking's page.

    Raises ValueError when the pages lead to neither, or have no such form or choice.
    """
    try:
        pages = _booked(opens, page, phone, wish) if wish.books else _called(opens, page, phone, wish)
    except forms.NoSuchForm as missing:
        raise ValueError(str(missing)) from missing
    found = (BOOKING if wish.books else CALL).search(pages[-1].url)
    if found is None:
        raise ValueError(f"the page led nowhere, but said: {pages[-1].text[:300]}")
    return Visit(found[1], tuple(pages))


def typed(opens: Opens, visit: Visit, code: str) -> Visit:
    """Type a code into the page that asks for it, and send it."""
    last = visit.pages[-1]
    return replace(visit, pages=(*visit.pages, _sent(opens, last, last.form("code"), code=code)))


# Strictly private.


def _called(opens: Opens, page: str, phone: str, wish: OnPage) -> list[Page]:
    pages = [_opened(opens, page, None)]
    if wish.zip_code:
        pages.append(_sent(opens, pages[-1], pages[-1].form("zip"), zip=wish.zip_code))
    if wish.picks:
        form = pages[-1].form("office")
        pages.append(_sent(opens, pages[-1], form, office=form.choice("office", wish.picks)))
    form = pages[-1].form_that("tap") if wish.taps else pages[-1].form("phone")
    filled = {} if wish.taps else {"phone": phone}
    if wish.shows:
        filled["number_shown"] = form.choice("number_shown", wish.shows)
    return [*pages, _sent(opens, pages[-1], form, **filled)]


def _booked(opens: Opens, page: str, phone: str, wish: OnPage) -> list[Page]:
    closed = _opened(opens, page, None)
    form = closed.form("when")
    return [closed, _sent(opens, closed, form, phone=phone, when=form.choice("when", wish.books))]


def _sent(opens: Opens, page: Page, form: Form, **filled: str) -> Page:
    """Send a form with these fields filled, the others as they stand."""
    return _opened(opens, urljoin(page.url, form.action), {**form.sends, **filled})


def _opened(opens: Opens, url: str, fields: Mapping[str, str] | None) -> Page:
    return forms.read(*opens(url, fields))
