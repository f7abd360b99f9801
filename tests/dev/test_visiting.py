"""A supporter without a script on a page: what its forms send, and where that leads."""

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs

import pytest

from dev.stories.forms import NoSuchForm, read
from dev.stories.site import Site
from dev.stories.tale import OnPage
from dev.stories.visiting import Visit, typed, visited

HTML = """<!doctype html><title>Not on the page</title><style>p{}</style><h1>Call <b>Atlanta</b></h1><p>Please.</p>
<form action="/c/families-28?lang=en#call-me" method="post"><input type="hidden" name="do" value="office">
<label for="zip">ZIP</label><input type="text" id="zip" name="zip" value="30303"><button>Find</button></form>
<form action="/c/families-28?lang=en" method="post"><input type="hidden" name="consent" value="call-1">
<input type="hidden" name="zip" value="30303"><label for="phone">Phone</label><input type="tel" id="phone" name="phone">
<label><input type="radio" name="number_shown" value="ours" checked><span>Our number <small>small</small></span></label>
<label><input type="radio" name="number_shown" value="own"><span>Your own number <small>small</small></span></label>
<button>Call me</button></form>
<form action="/c/families-28" method="post"><input type="hidden" name="do" value="tap"><button>Call</button></form>
<form action="/c/families-28" method="post"><label><input type="radio" name="office" value="ero-snd">
<span>San Diego <small>until 4</small></span></label></form>
<form action="/c/families-28/book" method="post"><input type="hidden" name="consent" value="book-1">
<label><input type="radio" name="when" value="2027-03-15T13:00Z"><span>Monday, 9:00 a.m.</span></label>
<label><input type="checkbox" name="weekly" value="on">Weekly</label><input type="tel" name="phone">
<select name="zone"><option value="here">Here</option></select>
<button name="do" value="book">Book</button><button name="do" value="days">Another day</button></form>"""

CALL_PAGE = """<a href="tel:+12025550142">Our number</a> <a href="tel:+12025550142,,482915">Call</a>
<p>Thank you."""
CODE_FORM = """<form action="/calls/a-call-of-the-page" method="post"><input type="hidden" name="do" value="code">
<input type="text" name="code"><button>Call me</button></form>"""


def test_a_page_is_its_words_and_its_forms() -> None:
    page = read("http://here/c/families-28", HTML)

    assert page.text.startswith("Call Atlanta Please. ZIP Find Phone Our number small Your own")
    assert "p{}" not in page.text
    assert len(page.forms) == 5


def test_a_form_sends_its_hidden_fields_and_what_is_chosen_and_nothing_of_another() -> None:
    page = read("http://here", HTML)

    assert page.form("zip").sends == {"do": "office", "zip": "30303"}
    assert page.form("phone").sends == {
        "consent": "call-1",
        "zip": "30303",
        "phone": "",
        "number_shown": "ours",
    }
    assert page.form("office").sends == {}
    assert page.form("when").sends == {"consent": "book-1", "phone": "", "do": "book"}


def test_a_choice_is_found_by_how_its_label_begins() -> None:
    page = read("http://here", HTML)

    assert page.form("phone").choice("number_shown", "Your own number") == "own"
    assert page.form("office").choice("office", "San Diego") == "ero-snd"
    with pytest.raises(NoSuchForm, match="no choice “Los Angeles” among San Diego until 4"):
        page.form("office").choice("office", "Los Angeles")
    with pytest.raises(NoSuchForm, match="no form with a field consent on the page that says: Call Atlanta"):
        page.form("consent")


class Pages(ThreadingHTTPServer):
    """Answers every form with the same page, and the tap with the call's."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Answering)
        self.sent: list[dict[str, str]] = []
        self.leads_on = True
        self.asks_code = False


class Answering(BaseHTTPRequestHandler):
    server: Pages

    def do_GET(self) -> None:
        asks = CODE_FORM if self.server.asks_code else ""
        self._send(200, HTML if "/c/" in self.path else CALL_PAGE + asks)

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"])).decode()
        told = {name: values[0] for name, values in parse_qs(body, keep_blank_values=True).items()}
        self.server.sent.append(told)
        if ("phone" in told or told.get("do") == "tap") and self.server.leads_on:
            leads = "/bookings/a-booking" if "when" in told else "/calls/a-call-of-the-page?lang=en"
            self._send(303, "", Location=leads)
        else:
            self._send(400, HTML)

    def _send(self, status: int, text: str, **headers: str) -> None:
        self.send_response(status)
        for name, value in {"Content-Length": str(len(text.encode())), **headers}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(text.encode())

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the library's name
        pass


@pytest.fixture
def pages() -> Iterator[Pages]:
    serving = Pages()
    thread = threading.Thread(target=serving.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    yield serving
    serving.shutdown()
    serving.server_close()
    thread.join()


def visit_of(pages: Pages, wish: OnPage) -> Visit:
    site = Site({"PATCHTHROUGH_PUBLIC_URL": f"http://127.0.0.1:{pages.server_address[1]}"})
    return visited(site.opens, site.page("en"), "+13035550123", wish)


def test_a_visit_goes_from_form_to_form_to_the_call(pages: Pages) -> None:
    visit = visit_of(pages, OnPage("92672", "San Diego", "Your own number"))

    assert visit.id == "a-call-of-the-page"
    assert visit.read.count("Call Atlanta") == 3
    assert visit.read.endswith("Thank you.")
    assert pages.sent == [
        {"do": "office", "zip": "92672"},
        {"office": "ero-snd"},
        {"consent": "call-1", "zip": "30303", "phone": "+13035550123", "number_shown": "own"},
    ]


def test_tapping_to_call_sends_no_phone_and_gives_what_the_button_dials(pages: Pages) -> None:
    visit = visit_of(pages, OnPage(taps=True))

    assert pages.sent == [{"do": "tap"}]
    assert (visit.id, visit.dials) == ("a-call-of-the-page", "tel:+12025550142,,482915")


def test_a_closed_office_is_booked_by_the_form_with_its_times(pages: Pages) -> None:
    visit = visit_of(pages, OnPage(books="Monday, 9:00"))

    assert visit.id == "a-booking"
    assert pages.sent == [
        {"consent": "book-1", "phone": "+13035550123", "when": "2027-03-15T13:00Z", "do": "book"}
    ]


def test_a_tap_alone_leaves_everything_as_it_is(pages: Pages) -> None:
    visit_of(pages, OnPage())

    assert pages.sent == [
        {"consent": "call-1", "zip": "30303", "phone": "+13035550123", "number_shown": "ours"}
    ]


def test_pages_that_lead_to_no_call_or_have_no_such_choice_are_said_so(pages: Pages) -> None:
    with pytest.raises(ValueError, match="no choice “Denver” among San Diego"):
        visit_of(pages, OnPage(picks="Denver"))
    pages.leads_on = False
    for wish in (OnPage(), OnPage(books="Monday")):
        with pytest.raises(ValueError, match="the page led nowhere, but said: Call Atlanta"):
            visit_of(pages, wish)


def test_a_page_that_asks_for_a_code_gets_it_typed(pages: Pages) -> None:
    pages.asks_code = True
    visit = visit_of(pages, OnPage())
    after = typed(Site({}).opens, visit, "482915")

    assert visit.asks_code
    assert pages.sent[-1] == {"do": "code", "code": "482915"}
    assert after.id == visit.id
    assert after.read.startswith(visit.read)
