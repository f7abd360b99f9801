"""A booked call's pages, as HTTP: its states, its calendar file, another time, and taking it back."""

from dataclasses import replace
from datetime import date, time, timedelta

import pytest

from chalicelib.domain.booking import Booking, Reason, State, cancelled, dropped, placed
from chalicelib.domain.call import Ending, Stage
from chalicelib.domain.campaign import Status
from chalicelib.domain.counts import Outcome
from chalicelib.domain.office import Caps
from chalicelib.domain.words import Language
from tests.booking_values import eastern
from tests.browser.served import PREFIX, Served
from tests.values import ATLANTA, CALL_ID, OFFICES, called, campaign, over, session
from tests.views.booking_forms import (
    FORM,
    FRIDAY,
    LUNCH,
    NIGHT,
    NINE,
    SLUG,
    WEEKLY,
    booked,
    kept,
    picks,
    post,
    read,
    sent,
)

# The booked call's page.


def test_taking_it_back_frees_the_time_and_says_so(closed: Served) -> None:
    path = booked(closed)
    first, second = post(closed, f"{path}?lang=en", do="cancel"), post(closed, f"{path}?lang=en", do="cancel")
    page = closed.ask("GET", f"{path}?lang=en")

    assert (first.status, second.status) == (303, 303)
    assert "Your call is cancelled We won’t call you." in read(page)
    assert f'href="{PREFIX}/c/{SLUG}/book?lang=en&amp;office=ero-atl"' in page.text
    assert kept(closed, path).phone is None
    assert set(closed.runtime.bookings.taken("ero-atl", NINE).values()) == {0}
    assert booked(closed) != path


def test_a_booking_that_is_not_there_is_a_page_that_says_so(closed: Served) -> None:
    for answer in (
        closed.ask("GET", "/bookings/nothing-here"),
        post(closed, "/bookings/nothing-here", do="cancel"),
    ):
        assert answer.status == 404
        assert "This link has expired" in answer.text


def test_a_form_that_asks_for_something_else_changes_nothing(closed: Served) -> None:
    path = booked(closed)

    assert post(closed, path, do="delete everything").status == 400
    assert kept(closed, path).state is State.BOOKED


def moved(served: Served, before: Booking, after: Booking) -> None:
    served.runtime.bookings.change(before, after)


def test_before_its_time_and_at_its_time_it_says_what_to_do(closed: Served) -> None:
    path = booked(closed)
    closed.clock.at = NINE - timedelta(minutes=15)
    soon = closed.ask("GET", f"{path}?lang=en")
    closed.clock.at = NINE + timedelta(seconds=1)
    now = closed.ask("GET", f"{path}?lang=en")

    assert "Your phone rings at 8:00 am Central. It shows (202) 555-0142." in read(soon)
    assert "It’s time for your call" in read(now)
    assert "Check now" in soon.text
    assert "Check now" in now.text


def test_once_called_it_leads_to_the_call_while_that_has_a_page(closed: Served) -> None:
    path = booked(closed)
    before = kept(closed, path)
    closed.put(over(Ending.DONE, legs=(called(Outcome.SPOKE),), created_at=NINE, changed_at=NINE))
    closed.clock.at = NINE + timedelta(minutes=1)
    moved(closed, before, placed(before, CALL_ID, closed.clock()))
    fresh = closed.ask("GET", f"{path}?lang=en").text
    closed.clock.at = NINE + timedelta(days=20)
    old = closed.ask("GET", f"{path}?lang=en").text

    assert "We called you" in fresh
    assert f'href="{PREFIX}/calls/{CALL_ID}?lang=en"' in fresh
    assert "/calls/" not in old


def test_while_it_rings_it_leads_to_the_live_call(closed: Served) -> None:
    path = booked(closed)
    before = kept(closed, path)
    closed.clock.at = NINE + timedelta(seconds=5)
    closed.put(session(stage=Stage.RINGING, created_at=NINE, ring_at=NINE, changed_at=NINE))
    moved(closed, before, placed(before, CALL_ID, closed.clock()))
    page = closed.ask("GET", f"{path}?lang=en")

    assert "We’re calling you now" in read(page)
    assert "Follow the call" in read(page)
    assert f'href="{PREFIX}/calls/{CALL_ID}?lang=en"' in page.text
    assert "Book another time" not in read(page)


@pytest.mark.parametrize("reason", Reason)
@pytest.mark.parametrize("language", Language)
def test_what_did_not_become_a_call_says_why_and_offers_another_time(
    closed: Served, reason: Reason, language: Language
) -> None:
    path = booked(closed)
    before = kept(closed, path)
    moved(closed, before, dropped(before, reason, NINE))
    page = read(closed.ask("GET", f"{path}?lang={language}"))

    assert {"en": "we didn’t call you", "es": "no le llamamos"}[language] in page.lower()
    assert {"en": "Book another time Write a letter", "es": "Programar otra hora Escribir una carta"}[
        language
    ] in page


def test_of_a_campaign_that_has_ended_it_leads_to_the_others(closed: Served) -> None:
    path = booked(closed)
    before = kept(closed, path)
    moved(closed, before, dropped(before, Reason.ENDED, NINE))
    closed.run(campaign(status=Status.PAUSED))
    closed.run(campaign(status=Status.ENDED))

    assert "Campaigns that need calls now" in read(closed.ask("GET", path))


def test_a_weekly_call_that_goes_on_says_what_became_of_the_last(closed: Served) -> None:
    path = booked(closed, WEEKLY)
    before = kept(closed, path)
    closed.clock.at = NINE
    moved(closed, before, dropped(before, Reason.CLOSED, NINE))
    page = read(closed.ask("GET", f"{path}?lang=en"))

    assert "When Wednesday, December 2, 8:00 am Central" in page
    assert (
        "Last time, Wednesday, November 25, 8:00 am Central: We didn’t call you: the office was closed."
        in page
    )


def test_it_speaks_its_own_language_until_asked_for_another(closed: Served) -> None:
    answer = post(closed, f"/c/{SLUG}/book?lang=es", **FORM)
    path = answer.headers["location"].removeprefix(closed.url).split("?")[0]

    assert "Su llamada está programada" in read(closed.ask("GET", path, accept_language="en-US"))
    assert "Your call is booked" in read(closed.ask("GET", f"{path}?lang=en"))


# Its calendar file.


def test_the_calendar_file_holds_its_time_and_its_page_and_is_kept_by_nobody(closed: Served) -> None:
    path = booked(closed)
    answer = closed.ask("GET", f"{path}/calendar.ics?lang=es")

    assert answer.headers["content-type"] == "text/calendar; charset=utf-8"
    assert answer.headers["content-disposition"] == 'attachment; filename="call.ics"'
    assert answer.headers["cache-control"] == "no-store"
    assert "DTSTART:20261125T140000Z" in answer.text
    assert f"URL:{closed.url}{path}" in answer.text.replace("\r\n ", "")
    assert "SUMMARY:Nuestra llamada: oficina de Atlanta" in answer.text
    assert "0123" not in answer.text


def test_what_is_over_has_no_calendar_file_and_no_other_time(closed: Served) -> None:
    path = booked(closed)
    moved(closed, kept(closed, path), cancelled(kept(closed, path), NIGHT))

    for answer in (closed.ask("GET", f"{path}/calendar.ics"), closed.ask("GET", f"{path}/time"),
                   post(closed, f"{path}/time", day="2026-11-27", when=sent(FRIDAY), do="book")):  # fmt: skip
        assert answer.headers["location"] == f"{closed.url}{path}?lang=en"


# Another time for a booked call.

CHANGE = {"day": "2026-11-27", "when": sent(FRIDAY), "consent": "book-1", "do": "book"}


def test_another_time_takes_the_place_of_the_first_under_the_same_link(closed: Served) -> None:
    path = booked(closed)
    days, times = (
        closed.ask("GET", f"{path}/time?lang=en"),
        post(closed, f"{path}/time?lang=en", day="2026-11-27", do="day"),
    )
    first, again = (post(closed, f"{path}/time?lang=en", **CHANGE) for _ in range(2))
    after = kept(closed, path)

    assert "Which day should we call you?" in read(days)
    assert sent(FRIDAY) in picks(times)
    assert 'name="phone"' not in times.text
    assert "By tapping Book my call, you ask Neighbors for Families to call this number once" in read(times)
    assert first.headers["location"] == again.headers["location"] == f"{closed.url}{path}?lang=en"
    assert (after.at, after.wall, after.version) == (FRIDAY, time(8), 1)
    assert {
        at: n for at, n in closed.runtime.bookings.taken("ero-atl", NIGHT + timedelta(days=9)).items() if n
    } == {FRIDAY: 1}
    assert "Friday, November 27, 8:00 am Central" in read(closed.ask("GET", path))


def test_a_time_taken_meanwhile_keeps_the_one_there_was(closed: Served) -> None:
    line = replace(ATLANTA.lines[0], caps=Caps(an_hour=4))
    closed.run(campaign(offices=(replace(ATLANTA, lines=(line,)), *OFFICES[1:])))
    path = booked(closed)
    booked(closed, FORM | {"phone": "404 555 0110", "when": sent(FRIDAY)})
    answer = post(closed, f"{path}/time?lang=en", **CHANGE)

    assert answer.status == 400
    assert answer.text.count("That time is taken") == 2
    assert kept(closed, path).at == NINE


def test_two_tabs_change_one_booking_and_it_has_the_later_wish(closed: Served) -> None:
    path = booked(closed)
    post(closed, f"{path}/time", **CHANGE)
    post(closed, f"{path}/time", **(CHANGE | {"day": "2026-11-25", "when": sent(LUNCH)}))

    assert kept(closed, path).at == LUNCH
    taken = closed.runtime.bookings.taken("ero-atl", NIGHT + timedelta(days=9))
    assert {at: n for at, n in taken.items() if n} == {LUNCH: 1}


def test_a_tab_left_open_changes_nothing_of_a_call_taken_back_in_another(closed: Served) -> None:
    path = booked(closed)
    post(closed, path, do="cancel")
    post(closed, f"{path}/time", **CHANGE)

    assert kept(closed, path).state is State.CANCELLED


def test_another_time_needs_a_day_a_time_and_the_consent_shown(closed: Served) -> None:
    path = booked(closed)
    no_day, no_time, no_consent = (
        post(closed, f"{path}/time?lang=en", **(CHANGE | change))
        for change in ({"day": ""}, {"when": ""}, {"consent": "book-weekly-1"})
    )

    assert "Choose a day" in no_day.text
    assert "Choose a time" in no_time.text
    assert no_consent.status == 400
    assert kept(closed, path).at == NINE


def test_a_campaign_that_rests_moves_nothing_and_says_why_on_its_page(closed: Served) -> None:
    path = booked(closed)
    closed.run(campaign(status=Status.PAUSED))

    for answer in (closed.ask("GET", f"{path}/time?lang=en"), post(closed, f"{path}/time?lang=en", **CHANGE)):
        assert answer.headers["location"] == f"{closed.url}/c/{SLUG}?lang=en"
    assert kept(closed, path).at == NINE


def test_a_weekly_call_moves_with_all_its_weeks_and_its_own_consent(closed: Served) -> None:
    path = booked(closed, WEEKLY)
    times = post(closed, f"{path}/time?lang=en", day="2026-11-27", do="day")
    post(closed, f"{path}/time?lang=en", **(CHANGE | {"consent": "book-weekly-1"}))
    late = post(closed, f"{path}/time?lang=en", day="2026-12-08", do="book", consent="book-weekly-1",
                when=sent(eastern("2026-12-07T09:00")))  # fmt: skip

    assert "Every week until December 9." in read(times)
    assert "By tapping Book my weekly calls" in read(times)
    assert late.status == 303
    assert kept(closed, path).until == date(2026, 12, 9)


# What leads here from a call.


def test_who_reached_nobody_can_book_a_time_with_that_office(served: Served) -> None:
    served.put(over(Ending.DONE, legs=(called(Outcome.NO_ANSWER),)))
    page = served.ask("GET", f"/calls/{CALL_ID}?lang=en").text

    assert f'href="{PREFIX}/c/{SLUG}/book?lang=en&amp;office=ero-atl"' in page
    assert "Book a time with Atlanta" in page


@pytest.mark.parametrize("ending", [Ending.LINE_FULL, Ending.CLOSED])
def test_so_can_who_found_the_lines_full_or_the_office_closed(served: Served, ending: Ending) -> None:
    served.put(over(ending))

    assert "Programar una llamada a Atlanta" in served.ask("GET", f"/calls/{CALL_ID}?lang=es").text


def test_on_hold_the_page_tells_the_minutes_left(served: Served) -> None:
    served.put(session(stage=Stage.HOLDING, place=3, wait=120, held_at=served.clock()))

    assert "That takes about 2 minutes." in read(served.ask("GET", f"/calls/{CALL_ID}?lang=en"))
    assert "Faltan unos 2 minutos." in read(served.ask("GET", f"/calls/{CALL_ID}?lang=es"))
