"""What pages are made of: stylesheet and script, waits and ordinals in words, phone numbers."""

import re

import pytest

from chalicelib.domain.words import Language
from chalicelib.views import rendering
from chalicelib.views.pages import waiting
from tests.browser.served import Served
from tests.values import CALL_ID

CALL = f"/calls/{CALL_ID}"


@pytest.mark.parametrize(
    ("name", "kind", "most"),
    [
        ("look.css", "text/css", 18_000),
        ("page.js", "text/javascript", 12_000),
        ("letter.js", "text/javascript", 6_000),
    ],
)
def test_assets_are_light_and_kept_for_ever_under_the_hash_of_what_they_hold(
    served: Served, name: str, kind: str, most: int
) -> None:
    version = rendering.asset(name).version
    kept, stale = served.ask("GET", f"/static/{name}?v={version}"), served.ask("GET", f"/static/{name}?v=old")

    assert kept.headers["content-type"] == f"{kind}; charset=utf-8"
    assert kept.headers["cache-control"] == "public, max-age=31536000, immutable"
    assert stale.headers["cache-control"] == "no-cache"
    assert len(kept.body) <= most


@pytest.mark.parametrize("name", ["look.txt", "..%2fconfig.py", "en.json"])
def test_nothing_else_is_served_from_there(served: Served, name: str) -> None:
    assert served.ask("GET", f"/static/{name}").status == 404


def test_nothing_moves_by_itself() -> None:
    assert not re.search(r"animation|transition|@keyframes", rendering.asset("look.css").text)


# Small things.


@pytest.mark.parametrize(
    ("seconds", "told"),
    [(0, ("soon", 0)), (45, ("soon", 0)), (46, ("minute", 1)), (90, ("minute", 1)), (120, ("minutes", 2))],
)
def test_a_wait_is_told_in_words(seconds: int, told: tuple[str, int]) -> None:
    assert (waiting(seconds).words, waiting(seconds).minutes) == told


@pytest.mark.parametrize(
    ("number", "english"),
    [
        (1, "1st"),
        (2, "2nd"),
        (3, "3rd"),
        (4, "4th"),
        (11, "11th"),
        (12, "12th"),
        (13, "13th"),
        (21, "21st"),
        (112, "112th"),
    ],
)
def test_ordinals(number: int, english: str) -> None:
    assert rendering.ordinal(number, Language.EN) == english
    assert rendering.ordinal(number, Language.ES) == f"{number}.ª"


def test_a_phone_number_never_breaks_over_a_line() -> None:
    assert rendering.phone("+12025550142") == "(202)\u00a0555\u20110142"
