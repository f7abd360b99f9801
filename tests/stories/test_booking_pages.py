"""Booked by the page as a browser without a script books: what it says at night, and that the phone rings then."""

import re
from datetime import UTC, datetime, timedelta
from html import unescape
from html.parser import HTMLParser
from urllib.parse import urlencode

import pytest

from dev.phone_world import Heard, PickUp, Press, Supporter
from tests.rehearsal import ANA, LINES, PUBLIC_URL, SLUG, Rehearsal, rehearsing

HOW = Heard("How did it go")
FORM = {"Content-Type": "application/x-www-form-urlencoded"}
PACIFIC, ATLANTIC = "America/Los_Angeles", "America/Puerto_Rico"

MARCH, NOVEMBER, THANKSGIVING = (
    datetime(2027, 3, 15, 13, 0, tzinfo=UTC),
    datetime(2027, 11, 8, 14, 0, tzinfo=UTC),
    datetime(2026, 11, 27, 14, 0, tzinfo=UTC),
)
NIGHTS: list[tuple[datetime, float, str, str, str | None]] = [
    (MARCH, 37, PACIFIC, "Monday at 9:00 am", "at 6:00 am Pacific"),
    (MARCH, 37, ATLANTIC, "Monday at 9:00 am", None),  # Puerto Rico keeps its clocks, so the two agree now
    (NOVEMBER, 37, PACIFIC, "Monday at 9:00 am", "at 6:00 am Pacific"),
    (NOVEMBER, 37, ATLANTIC, "Monday at 9:00 am", "at 10:00 am Atlantic"),
    (THANKSGIVING, 37, PACIFIC, "Friday at 9:00 am", "at 6:00 am Pacific"),
    (THANKSGIVING, 12, ATLANTIC, "tomorrow at 9:00 am", "at 10:00 am Atlantic"),
]
"""When the office opens, hours before it that somebody looks, from where; what the page says there and here."""


class Form(HTMLParser):
    """The last form of a page that is posted: where to, and its hidden and typed fields."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.action = ""
        self.fields: dict[str, str] = {}
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        named = {name: value or "" for name, value in attrs}
        if tag == "form" and named.get("method") == "post":
            self.action, self.fields = named["action"], {}
        if tag == "input" and named.get("type") in {"hidden", "tel"}:
            self.fields[named["name"]] = named.get("value", "")


def read(page: bytes) -> str:
    text = unescape(re.sub(r"<[^>]+>", " ", page.decode())).replace("\u00a0", " ")
    return re.sub(r"\s+", " ", text)


def booking_form(page: bytes) -> Form:
    """The form that books, whatever other forms stand on the page."""
    text = page.decode()
    begin = text.index('<form id="book"')
    return Form(text[begin : text.index("</form>", begin)])


def sent(house: Rehearsal, form: Form, **more: str) -> tuple[int, dict[str, str], bytes]:
    body = urlencode(form.fields | more).encode()
    return house.ask("POST", form.action, FORM, body)


def booked(house: Rehearsal, form: Form, **more: str) -> str:
    """Send the form that books; the path of the booked call's page."""
    status, headers, page = sent(house, form, do="book", **more)
    assert status == 303, read(page)
    return headers["location"].removeprefix(PUBLIC_URL).split("?")[0]


def first_time(page: bytes) -> str:
    found = re.search(r'name="when" value="([^"]+)"', page.decode())
    assert found
    return found[1]


def picking_up(house: Rehearsal) -> None:
    house.world.add(Supporter(ANA, [PickUp(), Press("1"), Press("1", when=HOW)]))


def until(house: Rehearsal, at: datetime) -> None:
    house.world.advance((at - house.clock.now()).total_seconds())


@pytest.mark.parametrize(("opens", "before", "zone", "there", "here"), NIGHTS)
def test_a_closed_page_says_when_it_opens_there_and_here_and_its_form_makes_the_phone_ring_then(
    opens: datetime, before: float, zone: str, there: str, here: str | None
) -> None:
    with rehearsing(start=opens - timedelta(hours=before), offices=1) as house:
        picking_up(house)
        page = house.get(f"/c/{SLUG}?lang=en&zone={zone}")[2]
        path = booked(house, booking_form(page), when=first_time(page), phone="404 555 0123")
        until(house, opens - timedelta(minutes=20))
        assert house.world.rings(ANA) == 0
        house.play(minutes=30)

        (call,) = house.world.calls_to(ANA)
        assert call.started is not None
        assert f"The Atlanta office opens {there}" in read(page)
        assert (f"Opens {here}" in read(page)) if here else ("Your time Opens" not in read(page))
        assert 0 <= call.started - (opens - house.clock.start).total_seconds() < 60
        after = house.get(f"{path}?lang=en")[2]
        assert "We called you" in read(after)
        assert re.search(r'href="/calls/[\w-]+\?lang=en"', after.decode())
        assert house.outcomes() == ["spoke"]


def test_the_whole_way_without_a_script_by_day_and_time_weekly_changed_and_taken_back() -> None:
    with rehearsing(start=MARCH - timedelta(hours=37), offices=1) as house:
        picking_up(house)
        page = house.get(f"/c/{SLUG}?lang=en")[2]
        days = sent(house, booking_form(page), do="book", when="another", weekly="on", phone="404 555 0123")[
            2
        ]
        times = sent(house, booking_form(days), do="day", day="2027-03-16")[2]
        ends = sent(house, booking_form(times), do="book", when=first_time(times), weekly="on")[2]
        path = booked(house, booking_form(ends), until="2027-03-23")
        assert "every week until March 23" in read(house.get(path)[2])

        days = house.get(f"{path}/time?lang=en")[2]
        times = sent(house, booking_form(days), do="day", day="2027-03-15")[2]
        status, headers, _ = sent(house, booking_form(times), do="book", when=first_time(times))
        assert (status, headers["location"]) == (303, f"{PUBLIC_URL}{path}?lang=en")

        until(house, MARCH - timedelta(minutes=5))
        house.play(minutes=15)
        assert house.world.rings(ANA) == 1
        assert "Monday, March 22, 9:00 am Eastern" in read(house.get(f"{path}?lang=en")[2])

        assert house.ask("POST", f"{path}?lang=en", FORM, b"do=cancel")[0] == 303
        until(house, MARCH + timedelta(days=7, minutes=-5))
        house.play(minutes=15)
        assert house.world.rings(ANA) == 1
        assert "Your weekly calls are cancelled" in read(house.get(f"{path}?lang=en")[2])
        assert house.difference() == 0


def test_a_call_at_another_time_rings_then_and_not_at_the_first() -> None:
    with rehearsing(start=NOVEMBER - timedelta(hours=1), offices=1) as house:
        picking_up(house)
        page = house.get(f"/c/{SLUG}?lang=en")[2]
        path = booked(house, booking_form(page), when=first_time(page), phone="404 555 0123")
        until(house, NOVEMBER - timedelta(minutes=1))
        house.reconcile()
        times = sent(house, booking_form(house.get(f"{path}/time")[2]), do="day", day="2027-11-08")[2]
        sent(house, booking_form(times), do="book", when="2027-11-08T14:30Z")
        house.play(minutes=20)
        assert house.world.rings(ANA) == 0

        house.play(minutes=20)
        (call,) = house.world.calls_to(ANA)
        assert call.started is not None
        assert 0 <= call.started - timedelta(minutes=90).total_seconds() < 60


def test_a_booked_call_on_a_day_that_became_a_holiday_says_why_nobody_rang() -> None:
    """A weekly call whose second week is Thanksgiving's: that one is left out, and the page says so."""
    thursday = datetime(2026, 11, 19, 14, 0, tzinfo=UTC)
    with rehearsing(start=thursday - timedelta(hours=12), offices=1) as house:
        picking_up(house)
        page = house.get(f"/c/{SLUG}?lang=en")[2]
        ends = sent(
            house, booking_form(page), do="book", when=first_time(page), weekly="on", phone="404 555 0123"
        )[2]
        path = booked(house, booking_form(ends), until="2026-12-03")
        for week in (0, 7):
            until(house, thursday + timedelta(days=week, minutes=-5))
            house.play(minutes=15)

        told = read(house.get(f"{path}?lang=en")[2])
        assert (house.world.rings(ANA), house.world.rings(LINES["ero-atl"])) == (1, 1)
        assert (
            "Last time, Thursday, November 26, 9:00 am Eastern: We didn’t call you: the office was closed."
            in told
        )
        assert "When Thursday, December 3, 9:00 am Eastern" in told
