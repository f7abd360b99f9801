"""What people type about an office: what is taken, and what is not."""

from datetime import date

import pytest

from chalicelib.domain import typed_offices
from chalicelib.domain.office import Closure
from chalicelib.domain.typed_offices import Wrong

TODAY = date(2026, 12, 24)


@pytest.mark.parametrize(
    ("first", "last", "why", "found"),
    [
        ("2026-12-24", "2026-12-25", " Office   moves ", Closure(TODAY, date(2026, 12, 25), "Office moves")),
        ("2026-12-24", "", "Moves", Closure(TODAY, TODAY, "Moves")),
        ("2026-12-01", "2026-12-24", "Moves", Closure(date(2026, 12, 1), TODAY, "Moves")),
        ("2026-12-01", "2026-12-23", "Moves", Wrong.OVER),
        ("2026-12-26", "2026-12-25", "Moves", Wrong.BACKWARDS),
        ("24.12.2026", "", "Moves", Wrong.NO_DAY),
        ("2026-02-30", "", "Moves", Wrong.NO_DAY),
        ("2026-12-24", "tomorrow", "Moves", Wrong.NO_DAY),
        ("2026-12-24", "", "  ", Wrong.NO_REASON),
        ("2026-12-24", "", "x" * 121, Wrong.NO_REASON),
    ],
)
def test_a_closure_is_days_to_come_with_a_reason(
    first: str, last: str, why: str, found: Closure | Wrong
) -> None:
    assert typed_offices.closure(first, last, why, TODAY) == found


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("2026-12-24", TODAY),
        ("2026-11-24", date(2026, 11, 24)),
        ("2026-11-23", Wrong.LONG_AGO),
        ("2026-12-25", Wrong.FUTURE),
        ("", Wrong.NO_DAY),
    ],
)
def test_a_number_was_seen_lately_and_not_in_the_future(text: str, found: date | Wrong) -> None:
    assert typed_offices.seen_on(text, TODAY, good_days=30) == found


@pytest.mark.parametrize(
    "text",
    [
        "http://www.ice.gov/", "https://localhost/", "https://dana@www.ice.gov/", "https://www.ice.gov/a b", "ice.gov",
        "https://[", "javascript:alert(1)", "", "https://www.ice.gov/" + "x" * 500,
    ],
)  # fmt: skip
def test_a_page_is_an_https_address_of_a_public_host(text: str) -> None:
    assert typed_offices.page(text) is None
    assert typed_offices.page("https://www.ice.gov/contact") == "https://www.ice.gov/contact"
