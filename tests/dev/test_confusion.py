"""Other matchers: each does what is known of it, and docs/texts.md shows the tables as they are."""

import subprocess
import sys

import pytest

from dev.confusion import BACK_MATCHERS, PAGE, ROOT, STOP_MATCHERS, rows, tables, written

STOPS = {matcher.name: matcher.takes for matcher in STOP_MATCHERS}
BACK = {matcher.name: matcher.takes for matcher in BACK_MATCHERS}


@pytest.mark.parametrize(
    ("text", "takers"),
    [
        # Of PR, SV and ours, after the sheet's table.
        ("STOP", {"PR", "SV", "ours"}),
        ("UNSUBSCRIBE", {"PR", "SV", "ours"}),
        ("End", {"PR", "SV", "ours"}),
        ("cancel", {"PR", "SV", "ours"}),
        ("Stop.", {"SV", "ours"}),
        ("stop!", {"SV", "ours"}),
        ("Stop texting me", {"SV", "ours"}),
        ("remove me", {"SV", "ours"}),
        ("STOP ICE", {"SV"}),
        ("Stop the raids now", {"SV"}),
        ("alto a las deportaciones", set()),
        ("who is this", set()),
        *((text, {"ours"}) for text in (
            "“STOP”", "S T O P", "END.", "Quit it", "REVOKE", "OPTOUT", "opt out", "opt-out", "unsubscribe please",
            "please stop", "STPO", "Sotp", "ARRET", "🛑", "ALTO", "PARAR", "Pare", "BAJA", "CANCELAR", "detener",
            "no mas", "no más", "wrong number", "número equivocado", "NO MÁS MENSAJES",
        )),
    ],
)  # fmt: skip
def test_both_spokes_and_ours_do_what_is_known_of_them(text: str, takers: set[str]) -> None:
    assert {name for name in ("PR", "SV", "ours") if STOPS[name](text)} == takers


@pytest.mark.parametrize(
    ("name", "text", "is_taken"),
    [
        ("TW", "REVOKE", True), ("TW", "optout", True), ("TW", "opt out", False), ("TW", "STOP PLEASE", False),
        ("TW", "STOP ICE", False), ("AW", "STOP ICE", True), ("AW", "arret", True), ("AW", "REVOKE", False),
        ("MA", "Stop", True), ("MA", "stop ", False), ("MA", "quit", False), ("RP", "STOP", False),
    ],
)  # fmt: skip
def test_so_do_the_others(name: str, text: str, *, is_taken: bool) -> None:
    assert STOPS[name](text) is is_taken


def test_only_rapidpro_takes_a_second_stop_for_coming_back_and_only_twilio_a_bare_yes() -> None:
    assert {name for name, takes in BACK.items() if takes("STOP")} == {"RP"}
    assert {name for name, takes in BACK.items() if takes("YES")} == {"RP", "TW"}
    assert {name for name, takes in BACK.items() if takes("START")} == {"RP", "TW", "ours"}


def test_every_row_is_in_one_line_of_each_table() -> None:
    stops, back = tables().split("\n\n")

    for table in (stops, back):
        assert sum(int(line.split("|")[2]) for line in table.splitlines()[2:]) == len(rows())


def test_the_page_shows_the_tables_as_they_are() -> None:
    page = PAGE.read_text(encoding="utf-8")

    assert written(page) == page, "run: python -m dev.confusion --write"


def test_the_command_prints_them() -> None:
    ran = subprocess.run(
        [sys.executable, "-m", "dev.confusion"], cwd=ROOT, capture_output=True, text=True, check=True
    )

    assert ran.stdout.strip() == tables()
