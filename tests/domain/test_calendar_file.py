import re
from dataclasses import replace
from datetime import date, timedelta

from chalicelib.domain.booking import cancelled
from chalicelib.domain.calendar_file import Entry, calendar_file
from tests.booking_values import booking, eastern
from tests.values import NOW, PHONE

AT = eastern("2027-03-08T09:00")  # a Monday; clocks change on the Sunday after
ENTRY = Entry(
    "Our call: Atlanta; 9, sharp", "Vecinos por las Familias le llama. " * 3, "https://x.example/go?lang=es"
)


def test_one_call_is_one_event_in_utc_with_its_page() -> None:
    lines = calendar_file(booking(AT), ENTRY).split("\r\n")

    assert lines[0] == "BEGIN:VCALENDAR"
    assert lines[-2:] == ["END:VCALENDAR", ""]
    assert "DTSTART:20270308T140000Z" in lines
    assert "DTEND:20270308T141500Z" in lines
    assert "URL:https://x.example/go?lang=es" in lines
    assert lines.count("BEGIN:VEVENT") == lines.count("END:VEVENT") == 1


def test_what_means_something_in_the_format_is_escaped() -> None:
    text = calendar_file(booking(AT), replace(ENTRY, title="a;b,c\\d\r\nBEGIN:VEVENT"))

    assert "SUMMARY:a\\;b\\,c\\\\d\\nBEGIN:VEVENT\r\n" in text
    assert len(re.findall(r"^BEGIN:VEVENT", text, re.MULTILINE)) == 1


def test_no_line_is_longer_than_75_octets_and_folded_ones_read_as_before() -> None:
    text = calendar_file(booking(AT), replace(ENTRY, text="ñandú " * 40))

    assert max(len(line.encode()) for line in text.split("\r\n")) <= 75
    assert f"DESCRIPTION:{'ñandú ' * 40}" in text.replace("\r\n ", "")


def test_weeks_keep_their_wall_time_across_the_change_of_clocks() -> None:
    text = calendar_file(booking(AT, until=date(2027, 3, 22)), ENTRY)

    assert re.findall(r"DTSTART:(\w+)", text) == ["20270308T140000Z", "20270315T130000Z", "20270322T130000Z"]
    assert len(set(re.findall(r"UID:(\S+)", text))) == 3


def test_a_changed_booking_moves_the_event_a_calendar_has() -> None:
    first = calendar_file(booking(AT), ENTRY)
    changed = calendar_file(booking(AT + timedelta(hours=1), version=1), ENTRY)

    assert re.findall(r"UID:(\S+)", first) == re.findall(r"UID:(\S+)", changed)
    assert ("SEQUENCE:0" in first, "SEQUENCE:1" in changed) == (True, True)


def test_what_is_over_has_no_event_and_no_file_holds_a_number() -> None:
    assert "VEVENT" not in calendar_file(cancelled(booking(AT), NOW), ENTRY)
    assert PHONE[2:] not in calendar_file(booking(AT), ENTRY)
