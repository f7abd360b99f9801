"""A supporter's way through the campaign's page, by its own forms and without a script: to a call, or to a booking."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
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
    """What came of it: the id of the call or the booking, all that the pages on the way said, and what the last dials.

    `dials` is the first link there that dials a number with a code; empty where there is none.
    """

    id: str
    read: str
    dials: str = ""


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
    dials = (link for link in pages[-1].dials if "," in link)
    return Visit(found[1], " ".join(each.text for each in pages), next(dials, ""))


# Strictly private.


def _called(opens: Opens, page: str, phone: str, wish: OnPage) -> list[Page]:
    pages = [_opened(opens, page, None)]
    if wish.zip_code:
        pages.append(_sent(opens, pages[-1], pages[-1].form("zip"), zip=wish.zip_code))
    if wish.picks:
        form = pages[-1].form("office")
        pages.append(_sent(opens, pages[-1], form, office=form.choice("office", wish.picks)))
    form = pages[-1].form_that("tap") if wish.taps else pages[-1].form("phone")
    typed = {} if wish.taps else {"phone": phone}
    shown = {"number_shown": form.choice("number_shown", wish.shows)} if wish.shows else {}
    return [*pages, _sent(opens, pages[-1], form, **typed, **shown)]


def _booked(opens: Opens, page: str, phone: str, wish: OnPage) -> list[Page]:
    closed = _opened(opens, page, None)
    form = closed.form("when")
    return [closed, _sent(opens, closed, form, phone=phone, when=form.choice("when", wish.books))]


def _sent(opens: Opens, page: Page, form: Form, **filled: str) -> Page:
    """Send a form with these fields filled, the others as they stand."""
    return _opened(opens, urljoin(page.url, form.action), {**form.sends, **filled})


def _opened(opens: Opens, url: str, fields: Mapping[str, str] | None) -> Page:
    return forms.read(*opens(url, fields))
