"""Hours as one line of text, both ways."""

from datetime import time

import pytest

from chalicelib.domain.office import HOUSE_WEEK, Hours, Span
from cli.hours_text import Misread, read_week, written


def span(opens: int, closes: int) -> Span:
    return Span(time(opens), time(closes))


READ = [
    ("Mon-Fri 9:00-16:00", HOUSE_WEEK),
    (
        "Mon-Fri 9:00-12:00 13:00-16:00; Sat 10:00-12:00",
        ((span(9, 12), span(13, 16)),) * 5 + ((span(10, 12),), ()),
    ),
    ("Sun 0:00-23:59", ((),) * 6 + ((Span(time(0), time(23, 59)),),)),
    ("Sun 9:00-0:00", ((),) * 6 + ((span(9, 0),),)),
    ("Wed 8:30-17:15", ((), (), (Span(time(8, 30), time(17, 15)),), (), (), (), ())),
]


@pytest.mark.parametrize(("text", "week"), READ)
def test_a_week_is_read_and_written_alike(text: str, week: tuple[tuple[Span, ...], ...]) -> None:
    assert read_week(text) == week
    assert written(Hours(week)) == text


def test_an_office_that_is_never_open_is_written_closed() -> None:
    assert written(Hours(((),) * 7)) == "closed"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("9:00-16:00", "“9:00-16:00” is no day"),
        ("Monday 9:00-16:00", "“Monday” is no day"),
        ("mon 9:00-16:00", "“mon” is no day"),
        ("Mon- 9:00-16:00", "“Mon-” ends before it begins"),
        ("Fri-Mon 9:00-16:00", "“Fri-Mon” ends before it begins"),
        ("Mon-Fri", "Mon-Fri has no times"),
        ("", "“” is no day"),
        ("Mon 9:00-16:00;", "“” is no day"),
        ("Mon 9-16", "“9-16” is no time"),
        ("Mon 9:00-25:00", "a time that no clock shows"),
        ("Mon 16:00-9:00", "“16:00-9:00” ends before it begins"),
        ("Mon 9:00-9:00", "“9:00-9:00” ends before it begins"),
        ("Mon 13:00-16:00 9:00-12:00", "one time begins before the last has ended"),
        ("Mon 9:00-12:00 12:00-16:00", "one time begins before the last has ended"),
        ("Mon 9:00-0:00 13:00-16:00", "one time begins before the last has ended"),
        ("Mon 9:00-12:00; Mon-Fri 13:00-16:00", "Mon is there twice"),
    ],
)
def test_what_is_no_week_is_refused_with_how_to_write_it(text: str, said: str) -> None:
    with pytest.raises(Misread) as refused:
        read_week(text)

    assert said in str(refused.value)
