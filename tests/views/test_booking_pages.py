"""The pages that book a call, as HTTP: what is shown, kept, refused and written. Without a browser."""

import json
import re
from dataclasses import replace
from datetime import date, timedelta

import pytest

from chalicelib.domain.campaign import Local, Routing, Status
from chalicelib.domain.office import Caps, Hours, Line
from chalicelib.domain.words import Language
from dev.solving import solve
from tests.booking_values import eastern
from tests.browser.served import PREFIX, Served
from tests.values import ATLANTA, OFFICES, PHONE, campaign
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

# The closed campaign page.


def test_a_closed_campaign_says_when_its_office_opens_there_and_here(closed: Served) -> None:
    page = read(closed.ask("GET", f"/c/{SLUG}?lang=en&zone=America/Chicago"))

    assert "Closed now The Atlanta office opens tomorrow at 9:00 am" in page
    assert "Monday to Friday, 9:00 am to 4:00 pm Eastern" in page
    assert "Your time Opens at 8:00 am Central" in page
    assert "Times are yours: Central." in page
    assert "Wednesday, 8:00 am When the office opens Wednesday, 12:15 pm Lunch hour Friday, 8:00 am" in page


def test_the_same_in_spanish(closed: Served) -> None:
    page = read(closed.ask("GET", f"/c/{SLUG}?lang=es&zone=America/Chicago"))

    assert "La oficina de Atlanta abre mañana a las 9:00 a. m." in page
    assert "Abre a las 8:00 a. m., hora del Centro" in page
    assert "Horas de donde está usted: Centro." in page
    assert "Al tocar Programar mi llamada, usted pide que Vecinos por las Familias llame" in page


@pytest.mark.parametrize(
    "zone", ["", "?zone=Mars/Olympus", "?zone=../../etc/passwd", "?zone=America/New_York"]
)
def test_without_a_zone_of_ones_own_times_are_the_offices_and_told_once(closed: Served, zone: str) -> None:
    answer = closed.ask("GET", f"/c/{SLUG}{zone}")

    assert answer.status == 200
    assert "Times are yours: Eastern." in read(answer)
    assert "Your time Opens" not in read(answer)


def test_where_it_is_another_day_the_day_is_told_too(closed: Served) -> None:
    assert "Opens tomorrow at 12:00 am Guam" in read(closed.ask("GET", f"/c/{SLUG}?zone=Pacific/Guam"))


def test_a_moment_offered_is_free_and_a_full_one_is_not_offered(closed: Served) -> None:
    line = replace(ATLANTA.lines[0], caps=Caps(an_hour=4))
    closed.run(campaign(offices=(replace(ATLANTA, lines=(line,)), *OFFICES[1:])))
    before = picks(closed.ask("GET", f"/c/{SLUG}?zone=America/Chicago"))
    booked(closed)
    after = picks(closed.ask("GET", f"/c/{SLUG}?zone=America/Chicago"))

    assert before == [sent(NINE), sent(LUNCH), sent(FRIDAY), "another"]
    assert after == [sent(NINE + timedelta(minutes=15)), sent(LUNCH), sent(FRIDAY), "another"]


def test_the_consent_stands_right_above_its_button_and_nothing_is_ticked(closed: Served) -> None:
    page = closed.ask("GET", f"/c/{SLUG}?lang=en").text

    assert re.search(
        r'<p class="consent">By tapping Book my call, [^<]+</p>\s*<p><button class="btn main"', page
    )
    assert not re.search(r"<input[^>]* checked", page)
    assert 'name="consent" value="book-1"' in page
    assert f'data-challenge="{PREFIX}/api/campaigns/{SLUG}/challenge"' in page


def test_an_office_that_is_open_now_is_named_with_its_hours_and_leads_to_a_call(closed: Served) -> None:
    los_angeles = replace(OFFICES[1], id="ero-los", zone="America/Los_Angeles")
    routing = Routing(local=Local.AFTER)
    closed.run(campaign(offices=(ATLANTA, OFFICES[2], los_angeles), routing=routing))
    closed.clock.at = eastern("2026-11-24T18:00")
    page = closed.ask("GET", f"/c/{SLUG}/book?office=ero-atl&lang=en")

    assert "An office that’s open now Washington, until 4:00 pm Pacific. Call the Washington office" in read(
        page
    )
    assert f'href="{PREFIX}/c/{SLUG}?lang=en&amp;office=ero-los#call-now"' in page.text


def test_an_office_that_may_not_be_dialled_is_never_offered_as_open(closed: Served) -> None:
    unseen = replace(OFFICES[1], id="ero-new", zone="America/Los_Angeles", lines=(Line("+17035550195"),))
    closed.run(campaign(offices=(ATLANTA, unseen)))
    closed.clock.at = NIGHT - timedelta(hours=2)

    assert "An office that’s open now" not in closed.ask("GET", f"/c/{SLUG}/book?office=ero-atl").text


def test_an_office_that_never_opens_says_so_and_takes_no_number(closed: Served) -> None:
    shut = replace(ATLANTA, hours=Hours(((),) * 7))
    closed.run(campaign(offices=(shut,)))
    answer = closed.ask("GET", f"/c/{SLUG}?lang=en")

    assert "The Atlanta office is closed" in read(answer)
    assert "No time is free in the next two weeks" in read(answer)
    assert 'name="phone"' not in answer.text


def test_an_open_campaign_leads_to_booking_too(served: Served) -> None:
    page = served.ask("GET", f"/c/{SLUG}?lang=en").text

    assert f'href="{PREFIX}/c/{SLUG}/book?lang=en&amp;office=ero-atl"' in page
    assert "Open now Book a call to the Atlanta office" in read(served.ask("GET", f"/c/{SLUG}/book?lang=en"))


@pytest.mark.parametrize("status", [Status.PAUSED, Status.ENDED])
def test_a_campaign_that_rests_books_nothing_and_says_why_on_its_page(closed: Served, status: Status) -> None:
    closed.run(campaign(status=status))

    assert closed.ask("GET", f"/c/{SLUG}/book").headers["location"] == f"{closed.url}/c/{SLUG}?lang=en"
    assert post(closed, **FORM).headers["location"] == f"{closed.url}/c/{SLUG}?lang=en"


def test_without_a_line_to_dial_there_is_nothing_to_book(closed: Served) -> None:
    closed.clock.pass_by(timedelta(days=31).total_seconds())

    assert closed.ask("GET", f"/c/{SLUG}/book").status == 303
    assert post(closed, **FORM).status == 303


# Booking.


def test_the_form_books_the_call_and_shows_it(closed: Served) -> None:
    path = booked(closed)
    answer = closed.ask("GET", f"{path}?lang=en")
    made = kept(closed, path)

    assert (made.at, made.zone, made.phone, made.until) == (NINE, "America/Chicago", PHONE, None)
    assert (made.consent.text, made.consent.version, made.consent.language) == ("book-1", 1, Language.EN)
    assert made.consent.at == NIGHT
    assert "Your call is booked When Wednesday, November 25, 8:00 am Central" in read(answer)
    assert "Office ICE office in Atlanta We call The number ending in 23, once Reminder No text" in read(
        answer
    )
    assert (answer.headers["cache-control"], answer.headers["x-robots-tag"]) == ("no-store", "noindex")
    assert "0123" not in answer.text


def test_the_same_form_sent_twice_books_one_call(closed: Served) -> None:
    assert booked(closed) == booked(closed)


def test_nothing_of_the_supporter_is_in_an_address(closed: Served) -> None:
    answers = [post(closed, **FORM), post(closed, **(FORM | {"when": "another"})), post(closed, **WEEKLY)]

    for answer in answers:
        found = re.findall(r'(?:href|action)="([^"]*)"', answer.text)
        addresses = [*found, answer.headers.get("location", "")]
        assert not [address for address in addresses if "404" in address or "0123" in address]


def test_all_that_is_missing_is_said_at_once_and_what_was_typed_is_kept(closed: Served) -> None:
    answer = post(closed, **(FORM | {"when": "", "phone": "404 555 01", "weekly": "on"}))

    assert answer.status == 400
    assert "<title>Error: Book a call</title>" in answer.text
    assert answer.text.count("Choose a time") == 2
    assert answer.text.count("Enter a 10-digit phone number, starting with the area code") == 2
    assert 'id="problem" role="alert" aria-labelledby="problem-h" tabindex="-1" autofocus' in answer.text
    assert re.search(r'href="#when">Choose a time<', answer.text)
    assert re.search(r'name="phone" value="404 555 01"[^>]*aria-invalid="true"', answer.text)
    assert 'name="weekly" value="on" checked' in answer.text
    assert answer.headers["cache-control"] == "no-store"


def test_a_time_that_was_picked_stays_picked_while_the_number_is_mended(closed: Served) -> None:
    answer = post(closed, **(FORM | {"phone": ""}))

    assert re.search(rf'value="{sent(NINE)}"[^>]* checked', answer.text)
    assert "Enter your phone number" in answer.text


def test_what_is_typed_is_shown_as_text(closed: Served) -> None:
    answer = post(closed, **(FORM | {"phone": '"><script>x', "when": '"><i>'}))

    assert "<script>x" not in answer.text
    assert '"><i>' not in answer.text


def test_a_number_we_never_call_gets_the_answer_that_tells_nothing(closed: Served) -> None:
    assert "We can’t call this number" in read(post(closed, **(FORM | {"phone": "900 234 5678"})))


def test_a_time_taken_meanwhile_shows_the_free_ones_again(closed: Served) -> None:
    line = replace(ATLANTA.lines[0], caps=Caps(an_hour=4))
    closed.run(campaign(offices=(replace(ATLANTA, lines=(line,)), *OFFICES[1:])))
    booked(closed)
    answer = post(closed, **(FORM | {"phone": "404 555 0110"}))

    assert answer.status == 400
    assert answer.text.count("That time is taken") == 2
    assert sent(NINE) not in picks(answer)
    assert 'value="404 555 0110"' in answer.text


@pytest.mark.parametrize(
    ("when", "says"),
    [
        (sent(NIGHT), "at least 10 minutes from now"),
        (sent(eastern("2026-11-26T10:00")), "We can’t call the office then"),
        ("soon", "Choose a time from the list"),
        ("2026-11-25T09:00", "Choose a time from the list"),
    ],
)
def test_a_time_that_is_none_is_said_at_the_times(closed: Served, when: str, says: str) -> None:
    answer = post(closed, **(FORM | {"when": when}))

    assert (answer.status, answer.text.count(says)) == (400, 2)


def test_a_consent_that_is_not_what_the_page_shows_books_nothing(closed: Served) -> None:
    assert post(closed, **(FORM | {"consent": "call-1"})).status == 400
    assert post(closed, **(WEEKLY | {"consent": "book-1"})).status == 400
    assert closed.runtime.bookings.taken("ero-atl", NIGHT + timedelta(days=30)) == {}


def test_a_fourth_booked_call_is_one_too_many(closed: Served) -> None:
    for minutes in (0, 15, 30):
        booked(closed, FORM | {"when": sent(NINE + timedelta(minutes=minutes))})

    assert "You’ve booked 3 calls" in read(post(closed, **(FORM | {"when": sent(LUNCH)})))


# Another time: a day, then a time of that day.


def test_another_time_leads_over_the_days_to_the_times_of_one_with_all_that_was_typed(closed: Served) -> None:
    days = post(closed, **(FORM | {"when": "another", "weekly": "on"}))
    times = post(closed, **(FORM | {"when": "", "do": "day", "day": "2026-11-27", "weekly": "on"}))

    assert picks(days, "day")[:3] == ["2026-11-25", "2026-11-27", "2026-11-30"]
    assert "Wednesday, November 25 28 free times" in read(days)
    assert 'name="phone" value="404 555 0123"' in days.text
    assert 'name="weekly" value="on"' in days.text
    assert "What time on Friday, November 27?" in read(times)
    assert (picks(times)[0], len(picks(times))) == (sent(FRIDAY), 28)
    assert 'value="404 555 0123"' in times.text
    assert 'name="weekly" value="on" checked' in times.text
    assert days.headers["cache-control"] == times.headers["cache-control"] == "no-store"


def test_a_number_mistyped_on_the_page_of_times_is_mended_there(closed: Served) -> None:
    answer = post(closed, **(FORM | {"day": "2026-11-27", "when": sent(FRIDAY), "phone": "404"}))

    assert answer.status == 400
    assert "What time on Friday, November 27?" in read(answer)
    assert re.search(rf'value="{sent(FRIDAY)}"[^>]* checked', answer.text)


def test_no_day_picked_is_said_at_the_days(closed: Served) -> None:
    answer = post(closed, **(FORM | {"when": "", "do": "day"}))

    assert (answer.status, answer.text.count("Choose a day")) == (400, 2)


def test_a_day_without_a_free_time_says_so_and_leads_to_another(closed: Served) -> None:
    answer = post(closed, **(FORM | {"when": "", "do": "day", "day": "2026-11-26"}))

    assert "No time is free on that day any more" in read(answer)
    assert 'name="do" value="days"' in answer.text


@pytest.mark.parametrize("day", ["soon", "2026-13-40", "0"])
def test_a_day_that_is_none_is_an_out_of_date_page(closed: Served, day: str) -> None:
    assert post(closed, **(FORM | {"when": "", "do": "day", "day": day})).status == 400


# Weekly.


def test_a_weekly_call_is_asked_for_its_last_day_with_a_consent_of_its_own(closed: Served) -> None:
    asked = post(closed, **(FORM | {"weekly": "on"}))
    ends = re.findall(r'<option value="([\d-]+)">([^<]+)', asked.text)

    assert asked.status == 200
    assert "First call Wednesday, November 25, 8:00 am Central" in read(asked)
    assert "The number ending in 23, once a week" in read(asked)
    assert [end for end, _ in ends][:2] == ["2026-12-02", "2026-12-09"]
    assert (ends[1][1].replace("\u00a0", " "), len(ends)) == ("December 9 (3 calls)", 26)
    assert re.search(r'"consent">By tapping Book my weekly calls,[^<]+</p>\s*<p><button', asked.text)
    assert 'name="consent" value="book-weekly-1"' in asked.text
    assert closed.runtime.bookings.taken("ero-atl", NIGHT + timedelta(days=30)) == {}


def test_what_was_agreed_to_is_what_is_kept(closed: Served) -> None:
    path = booked(closed, WEEKLY)
    made = kept(closed, path)

    assert (made.until, made.consent.text) == (date(2026, 12, 9), "book-weekly-1")
    assert "Your weekly calls are booked" in read(closed.ask("GET", path))
    assert "every week until December 9" in read(closed.ask("GET", path))


def test_a_time_gone_before_the_last_day_is_asked_is_said_at_the_times(closed: Served) -> None:
    answer = post(closed, **(FORM | {"weekly": "on", "when": sent(eastern("2026-11-26T10:00"))}))

    assert (answer.status, answer.text.count("That time is taken")) == (400, 2)


# With the office choice: a ZIP code's zone, a picked office.


def test_an_office_picked_while_all_are_closed_is_the_one_offered(closed: Served) -> None:
    page = read(post(closed, f"/c/{SLUG}?lang=en", do="pick", office="ero-nyc"))

    assert "The New York office opens tomorrow at 9:00 am" in page


def test_a_picked_office_that_is_closed_can_be_booked_while_another_is_called(served: Served) -> None:
    far = replace(OFFICES[1], id="ero-los", zone="Pacific/Honolulu")
    served.run(campaign(offices=(ATLANTA, far)))
    page = served.ask("GET", f"/c/{SLUG}?lang=en&office=ero-los").text

    assert f'href="{PREFIX}/c/{SLUG}/book?lang=en&amp;office=ero-los"' in page


def test_a_proof_that_is_used_up_is_said_on_the_form_with_all_that_was_typed(closed: Served) -> None:
    challenge = json.loads(closed.ask("GET", f"/api/campaigns/{SLUG}/challenge").body)
    proof = solve(challenge)
    booked(closed, FORM | {"proof": proof})
    answer = post(closed, **(FORM | {"proof": proof, "phone": "404 555 0110"}))

    assert answer.status == 400
    assert "<title>Error: Book a call</title>" in answer.text
    assert 'href="#book">This page’s check is used up' in answer.text
    assert 'value="404 555 0110"' in answer.text


def test_without_a_proof_a_fourth_booking_from_one_place_is_put_off(closed: Served) -> None:
    for number in range(3):
        booked(closed, FORM | {"phone": f"404 555 011{number}"})

    assert post(closed, **(FORM | {"phone": "404 555 0113"})).status == 429
