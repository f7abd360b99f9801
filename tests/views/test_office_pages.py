"""The office on the page, as HTTP: found by ZIP code, picked from the list, and taken along to the tap."""

import re
from dataclasses import replace
from datetime import datetime
from html import unescape
from urllib.parse import urlencode

import pytest

from chalicelib.domain.call import Stage
from chalicelib.domain.campaign import Local, Order
from chalicelib.domain.words import Language
from chalicelib.runtime import install
from tests.areas_house import CHOICE, LISTED, MILITARY, NO_OFFICE, NOWHERE, put
from tests.browser.served import Answer, Served
from tests.values import NOW

PAGE = "/c/families-28"
TAP = {"phone": "404 555 0123", "consent": "call-1"}
ALL_OPEN = NOW.replace(hour=18)
"""A Tuesday, 1 in the afternoon in the East and 10 in the morning in the West."""


def posted(served: Served, form: dict[str, str], language: str = "en") -> Answer:
    return served.ask("POST", f"{PAGE}?lang={language}", urlencode(form).encode())


def asking(served: Served, local: Local = Local.BEFORE, at: datetime = ALL_OPEN, **how: Order) -> None:
    served.clock.at = at
    put(served.runtime, local, **how)


def fields(page: Answer, form: int = -1) -> dict[str, str]:
    """What one form of a page would send: its hidden fields."""
    found = re.findall(r"<form.*?</form>", page.text, re.DOTALL)[form]
    named = re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', found)
    return {name: unescape(value) for name, value in named}


def call_form(page: Answer) -> dict[str, str]:
    """What the form of the tap takes along."""
    forms = re.findall(r"<form.*?</form>", page.text, re.DOTALL)
    return fields(page, next(n for n, form in enumerate(forms) if "data-api" in form))


def change_form(page: Answer) -> dict[str, str]:
    """What the form behind "Change office" takes along."""
    forms = re.findall(r"<form.*?</form>", page.text, re.DOTALL)
    return fields(page, next(n for n, form in enumerate(forms) if 'id="change-office"' in form))


def offices(page: Answer) -> list[str]:
    return re.findall(r'name="office" value="([\w-]+)"><span>', page.text)


def called(served: Served, answer: Answer) -> tuple[str, ...]:
    call_id = answer.headers["location"].split("/calls/")[1].split("?")[0]
    session = served.runtime.store.call(call_id, served.clock())
    assert session
    return session.offices


# A ZIP code.


@pytest.mark.parametrize(
    ("language", "says"),
    [
        ("en", "Your area: Texas. The Harlingen office is the one for ZIP code 78501."),
        ("es", "Su zona: Texas. Al código postal 78501 le corresponde la oficina de Harlingen."),
    ],
)
def test_a_zip_code_shows_its_office_says_why_and_goes_along_with_the_tap(
    served: Served, language: str, says: str
) -> None:
    asking(served)
    page = posted(served, {"do": "office", "zip": " 78501 "}, language)

    assert page.status == 200
    assert page.headers["cache-control"] == "no-store"
    assert says in page.text
    assert call_form(page)["zip"] == "78501"
    assert 'id="zip"' not in page.text, "asked already"
    assert called(served, posted(served, TAP | call_form(page)))[0] == "ero-hlg"


@pytest.mark.parametrize("typed", ["3030", "303033", "30303-12", "☎", '"><i>'])
def test_what_is_no_zip_code_is_said_at_its_field_and_kept_with_the_rest(served: Served, typed: str) -> None:
    asking(served)
    form = {"zip": typed, "phone": "404 555 0123", "number_shown": "own"}
    for do in ({"do": "office"}, {"do": "tap"}, {"consent": "call-1"}):
        page = posted(served, form | do)
        value = re.search(r'name="zip" value="([^"]*)" inputmode', page.text)

        assert page.status == 400
        assert page.text.count("Enter a 5-digit ZIP code") == 2
        assert "<title>Error: " in page.text
        assert value
        assert unescape(value[1]) == typed
        assert 'value="404 555 0123"' in page.text
        assert 'value="own" checked' in page.text
        assert "<i>" not in page.text
    assert not served.queue.sent


SENTENCES = {
    CHOICE: ("doesn’t belong to just one", "no corresponde a una sola"),
    MILITARY: ("is a military address", "es de una dirección militar"),
    NO_OFFICE: ("no office is listed", "no hay ninguna en la lista"),
    NOWHERE: ("we don’t know ZIP", "no conocemos el código postal"),
}


@pytest.mark.parametrize("zip_code", SENTENCES)
@pytest.mark.parametrize("sent", [{"do": "office"}, {"do": "tap"}, {"consent": "call-1"}])
def test_a_zip_code_without_one_office_leads_to_a_sentence_and_the_offices(
    served: Served, zip_code: str, sent: dict[str, str]
) -> None:
    asking(served)
    for language, says in zip(Language, SENTENCES[zip_code], strict=True):
        page = posted(served, sent | {"zip": zip_code, "phone": "404 555 0123"}, language.value)

        assert page.status == 400
        assert (
            page.text.count(says) == page.text.count(zip_code) - page.text.count(f'value="{zip_code}"') == 2
        )
        assert 'href="#offices"' in page.text
        first = ["ero-los", "ero-snd"] if zip_code == CHOICE else []
        assert offices(page)[: len(first) + 2] == [*first, *LISTED]
        assert sorted(offices(page)) == sorted(["ero-atl", "ero-hlg", "ero-los", "ero-snd", *LISTED])
        assert fields(page, 0)["phone"] == "404 555 0123"
    assert not served.queue.sent


def test_the_office_picked_there_is_shown_and_called(served: Served) -> None:
    asking(served)
    listed = posted(served, {"do": "office", "zip": CHOICE, "phone": "404 555 0123"})
    page = posted(served, fields(listed, 0) | {"office": "ero-snd"})

    assert "You chose the San Diego office." in page.text
    assert "Call the San Diego office" in page.text
    assert 'name="phone" value="404 555 0123"' in page.text
    answer = posted(served, TAP | call_form(page))
    assert called(served, answer) == ("ero-snd", "ero-los", *LISTED)


@pytest.mark.parametrize("office", ["", "ero-den", "☎"])
def test_continuing_without_an_office_asks_again(served: Served, office: str) -> None:
    asking(served)
    page = posted(served, {"do": "pick", "office": office, "zip": "78501"})

    assert page.status == 400
    assert page.text.count("Choose an office<") == 2
    assert fields(page, 0)["zip"] == "78501"


def test_a_supporter_can_pick_another_whatever_their_zip_code_says(served: Served) -> None:
    asking(served)
    found = posted(served, {"do": "office", "zip": "78501"})
    listed = posted(served, change_form(found))
    page = posted(served, fields(listed, 0) | {"office": "ero-nyc"})

    assert change_form(found)["do"] == "change"
    assert listed.status == 200
    assert "There is a problem" not in listed.text
    assert offices(listed)[0] == "ero-hlg"
    assert "Call the New York office" in page.text
    assert "Your area" not in page.text
    assert called(served, posted(served, TAP | call_form(page))) == ("ero-nyc", "ero-hlg", "ero-was")


def test_a_campaign_with_one_office_offers_no_other(served: Served) -> None:
    known = served.runtime.catalog.campaign("families-28")
    assert known
    served.run(replace(known, offices=known.offices[:1]))

    assert "change-office" not in served.ask("GET", PAGE).text


def test_an_office_can_stand_in_an_address_and_a_zip_code_has_no_place_there(served: Served) -> None:
    asking(served)
    page = served.ask("GET", f"{PAGE}?office=ero-atl&zip=78501&lang=en")

    assert "Call the Atlanta office" in page.text
    assert "78501" not in page.text
    assert "Call the Washington office" in served.ask("GET", f"{PAGE}?office=nowhere&lang=en").text


@pytest.mark.parametrize(("local", "is_asked"), [(local, local is not Local.NEVER) for local in Local])
def test_only_a_campaign_that_cares_asks_for_a_zip_code(
    served: Served, local: Local, *, is_asked: bool
) -> None:
    asking(served, local)

    assert ('id="zip"' in served.ask("GET", PAGE).text) is is_asked


# Hours.


@pytest.mark.parametrize(
    ("language", "says"),
    [
        ("en", "Until 4:00\u00a0pm Eastern today"),
        ("es", "Hasta las 4:00\u00a0p.\u00a0m. de hoy, hora del Este"),
    ],
)
def test_the_page_says_until_when_its_office_is_open(served: Served, language: str, says: str) -> None:
    asking(served)
    page = served.ask("GET", f"{PAGE}?lang={language}").text

    assert says in page
    assert f'<span class="tag">{"Open now" if language == "en" else "Abierta ahora"}</span>' in page


def test_an_office_that_is_closed_says_so_and_another_is_offered(served: Served) -> None:
    asking(served, at=NOW)  # seven in the morning in the West
    page = posted(served, {"do": "pick", "office": "ero-los"})

    assert "You chose the Los Angeles office." in page.text
    assert (
        "It’s closed now and opens today at 9:00\u00a0am. The Washington office can be called now."
        in unescape(page.text)
    )
    assert "Call the Washington office" in page.text
    assert "/c/families-28/book?lang=en&amp;office=ero-los" in page.text
    spanish = unescape(posted(served, {"do": "pick", "office": "ero-los"}, "es").text)
    assert "abre hoy a las 9:00\u00a0a.\u00a0m.; a la oficina" in spanish


def test_the_office_of_an_area_that_comes_later_is_named(served: Served) -> None:
    asking(served, Local.AFTER)
    page = posted(served, {"do": "office", "zip": "78501"})

    assert "Your area: Texas." in page.text
    assert "You can call it after the Washington office." in page.text


def test_the_list_says_when_each_office_is_open(served: Served) -> None:
    asking(served, at=NOW)
    page = unescape(posted(served, {"do": "change"}).text)

    assert "Washington <small>Open until 4:00\u00a0pm Eastern</small>" in page
    assert "San Diego <small>Closed now, opens today at 9:00\u00a0am</small>" in page


# Orders of their own.


def test_a_shuffled_page_is_kept_by_nobody_and_calls_the_office_it_shows(served: Served) -> None:
    asking(served, order=Order.SHUFFLED)
    pages = [served.ask("GET", f"{PAGE}?lang=en") for _ in range(20)]
    for n, page in enumerate(pages[:3]):
        phone = {"phone": f"404 555 010{n}"}
        answer = posted(served, TAP | phone | call_form(page))
        assert page.headers["cache-control"] == "no-store"
        assert called(served, answer)[0] == call_form(page)["office"]

    assert {call_form(page)["office"] for page in pages} == set(LISTED)


def test_a_fixed_page_is_the_same_for_all_and_carries_no_office(served: Served) -> None:
    asking(served)
    page = served.ask("GET", PAGE)

    assert page.headers["cache-control"] == "public, max-age=15"
    assert "office" not in call_form(page)


# Whose number.


@pytest.mark.parametrize(("shown", "is_own"), [("ours", False), ("own", True), ("☎", False)])
def test_the_office_sees_our_number_unless_the_supporter_says_otherwise(
    served: Served, shown: str, *, is_own: bool
) -> None:
    answer = posted(served, TAP | {"number_shown": shown})
    call_id = answer.headers["location"].split("/calls/")[1].split("?")[0]
    session = served.runtime.store.call(call_id, served.clock())

    assert session
    assert session.shows_own is is_own


def test_ours_is_what_is_ticked(served: Served) -> None:
    page = served.ask("GET", PAGE).text

    assert (
        re.findall(r'name="number_shown" value="(\w+)"( checked)?', page)
        == [
            ("ours", " checked"),
            ("own", ""),
        ]
        * 2
    )


@pytest.mark.parametrize("language", Language)
def test_the_page_of_offices_is_light(served: Served, language: Language) -> None:
    asking(served)

    assert len(posted(served, {"do": "office", "zip": CHOICE}, language.value).body) <= 10_000
    assert len(posted(served, {"do": "office", "zip": "78501"}, language.value).body) <= 10_000


@pytest.mark.parametrize(("shown", "own"), [("ours", False), ("own", True)])
def test_the_page_that_waits_for_a_call_knows_office_and_number(
    served: Served, shown: str, *, own: bool
) -> None:
    asking(served)

    answer = posted(served, {"do": "tap", "zip": "78501", "number_shown": shown})

    assert answer.status == 303
    assert called(served, answer)[0] == "ero-hlg"
    session = served.runtime.store.call(
        answer.headers["location"].split("/calls/")[1].split("?")[0], served.clock()
    )
    assert session
    assert (session.stage, session.shows_own, session.local) == (Stage.AWAITING, own, "ero-hlg")
    assert "78501" not in str(session)


def test_when_too_many_pages_wait_a_call_works_without_a_code(served: Served) -> None:
    asking(served)
    config = replace(served.runtime.config, pages_per_source=1)
    install(replace(served.runtime, config=config))
    posted(served, {"do": "tap"})

    refused = posted(served, {"do": "tap"})
    install(served.runtime)

    assert refused.status == 429
    assert "Call us: no code needed" in refused.text
    assert 'href="tel:+12025550142"' in refused.text
