"""What people text and how it is read: tests/vectors/inbound_texts.csv row by row, and what holds for every text.

The table's columns: the text, what it asks for, the language of its words ("" for none), where the row comes from.
"""

from time import process_time
from unicodedata import normalize

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.domain.inbound_texts import Basis, Classified, Keyword, Kind, by_word, classify
from chalicelib.domain.stop_words import PER_SE, STOPS, is_one_typo
from chalicelib.domain.words import Language
from dev.confusion import KEYWORDS as PROGRAMMES
from dev.confusion import Row, rows

ROWS = rows()
KEYWORDS = by_word(PROGRAMMES)
FAMILIES, FAMILIAS, *_ = PROGRAMMES
LONGEST = 1600
"""Characters of the longest text that reaches us."""

SIGNS = " \t\n.,;:!?¡¿-–—_*'\"“”‘’«»()\u200b\u200d\ufe0f"
around = st.text(SIGNS, max_size=6)
stops = st.sampled_from(sorted(STOPS))
TALK = "stop me texting dont send no mas de mensajes a las redadas the raids please ya i want 🛑 ? 30303"
sentences = st.lists(st.sampled_from([*STOPS, *TALK.split()]), max_size=400).map(" ".join)


def read(text: str, opt_out_type: str = "") -> Classified:
    return classify(text, KEYWORDS, opt_out_type)


@pytest.mark.parametrize("row", ROWS, ids=lambda row: f"{row.kind}: {row.text[:40]!r}")
def test_each_text_is_read_as_the_table_says(row: Row) -> None:
    found = read(row.text)

    assert (found.kind, found.language or "") == (row.kind, row.language)


def test_the_table_has_all_kinds_both_languages_and_no_row_twice() -> None:
    texts = [row.text for row in ROWS]

    assert len(texts) == len(set(texts)) >= 250
    assert {row.kind for row in ROWS} == set(Kind)
    both = {Kind.STOP, Kind.HOLD, Kind.HELP, Kind.JOIN, Kind.CONFIRM, Kind.KEYWORD, Kind.CALL, Kind.LETTER}
    assert {(row.kind, row.language) for row in ROWS} >= {
        (kind, language) for kind in both for language in Language
    }


def spellings(stop: str) -> list[str]:
    return [
        stop, stop.upper(), stop.capitalize(), f" {stop} ", f"{stop}.", f"{stop.upper()}!!!", f"“{stop}”", f"‘{stop}’",
        f"({stop})", f"\n{stop}\n", f"¡{stop}!", f"{stop} please", f"Please, {stop}. Thank you", f"{stop} ✋",
        stop.replace(" ", "-"), stop.replace(" ", ""), stop.replace(" ", "  "), " ".join(stop.replace(" ", "").upper()),
    ]  # fmt: skip


@pytest.mark.parametrize("stop", PER_SE)
def test_each_of_the_fccs_seven_is_a_stop_in_every_form(stop: str) -> None:
    assert {text: read(text).kind for text in spellings(stop)} == dict.fromkeys(spellings(stop), Kind.STOP)


@pytest.mark.parametrize("stop", STOPS)
def test_so_is_every_other_stop_in_its_own_language(stop: str) -> None:
    found = {(read(text).kind, read(text).language) for text in spellings(stop)}

    assert found == {(Kind.STOP, STOPS[stop])}


@pytest.mark.parametrize("stop", PER_SE)
@pytest.mark.parametrize("opt_out_type", ["START", "HELP", "", "start", "SOMETHING NEW"])
def test_a_stop_is_a_stop_whatever_twilio_took_it_for_and_is_told_so(stop: str, opt_out_type: str) -> None:
    found = read(stop, opt_out_type)

    assert (found.kind, found.is_answered) == (Kind.STOP, False)


@given(stops, around, around, st.sampled_from(["NFC", "NFD", "NFKC", "NFKD"]), st.sampled_from("lus"))
def test_case_accents_signs_and_blanks_never_change_a_stop(
    stop: str, before: str, after: str, form: str, case: str
) -> None:
    cased = {"l": stop.lower(), "u": stop.upper(), "s": stop.swapcase()}[case]
    text = normalize(form, f"{before}{cased}{after}")  # type: ignore[arg-type]

    assert read(text).kind is Kind.STOP


@given(
    stops,
    st.lists(st.sampled_from("\u0300\u0301\u0303\u0308\ufe0f"), min_size=1, max_size=3),
    st.integers(0, 20),
)
def test_an_accent_anywhere_never_changes_a_stop(stop: str, marks: list[str], at: int) -> None:
    at = min(at, len(stop))

    assert read(stop[:at] + "".join(marks) + stop[at:]).kind is Kind.STOP


@given(st.sampled_from([row for row in ROWS if row.kind != Kind.OTHER]), around)
def test_nor_do_they_change_what_any_row_is_read_as(row: Row, after: str) -> None:
    kept = after.replace("?", "")  # alone it asks for help

    assert read(normalize("NFD", row.text) + kept).kind == row.kind
    assert read(row.text.upper()).kind == row.kind


@given(st.lists(stops, min_size=1, max_size=20))
def test_stops_said_again_and_again_are_a_stop(several: list[str]) -> None:
    assert read(", ".join(several)).kind is Kind.STOP


@given(sentences)
def test_the_word_stop_never_passes_for_a_person_who_wants_in(text: str) -> None:
    if "stop" in text.split():
        assert read(text).kind in {Kind.STOP, Kind.HOLD}


@given(st.text(max_size=LONGEST))
def test_any_text_is_read(text: str) -> None:
    assert read(text).kind in Kind


@pytest.mark.parametrize(
    "part",
    ["stop ", "stop me ", "no more me ", "no mas de ", "dejen de ", "please ", "now ", "s ", "'", "\u0301", "🛑",
     "do not ", "stop sending me ", "darme de ", "?", "30303 ", "ﷺ", "a", " "],
)  # fmt: skip
def test_reading_takes_no_longer_than_the_text(part: str) -> None:
    text = (part * 4 * LONGEST)[: 4 * LONGEST]

    began = process_time()
    read(text)

    assert process_time() - began < 5  # 4 times the longest; a matcher that backtracks takes hours


class TestTheTwoTraps:
    """The texts that peers' matchers get wrong, by name."""

    @pytest.mark.parametrize(
        "text", ["STOP ICE", "Stop the raids now", "alto a las redadas", "🛑 ICE", "stop-ice"]
    )
    def test_stop_ice_is_asked_about_and_is_neither_a_stop_nor_none(self, text: str) -> None:
        assert read(text).kind is Kind.HOLD

    @pytest.mark.parametrize("text", ["STOP", "stop now", "alto ya", "🛑"])
    def test_but_a_stop_without_an_object_is_a_stop(self, text: str) -> None:
        assert read(text).kind is Kind.STOP

    def test_yes_confirms_and_start_joins(self) -> None:
        assert [read(word).kind for word in ("YES", "SI", "START")] == [Kind.CONFIRM, Kind.CONFIRM, Kind.JOIN]

    def test_yes_that_twilio_took_for_its_start_is_an_opt_in_that_twilio_answered(self) -> None:
        found = read("YES", "START")

        assert (found.kind, found.basis, found.is_answered) == (Kind.JOIN, Basis.PROVIDER, True)

    @pytest.mark.parametrize("text", ["STRAT", "STAR", "yess", "yes please", "si quiero", "startt", "joinn"])
    def test_nobody_is_signed_up_by_a_near_miss(self, text: str) -> None:
        assert read(text).kind is Kind.OTHER

    @pytest.mark.parametrize("text", ["subscribe", "unstop", "alta", "start"])
    def test_an_opt_in_is_no_typo_of_a_stop(self, text: str) -> None:
        assert read(text).kind is not Kind.STOP


class TestTwiliosAnswer:
    """OptOutType, which comes where Advanced Opt-Out is on and knew the word."""

    @pytest.mark.parametrize(
        ("text", "opt_out_type", "kind", "language"),
        [
            ("ALTO", "STOP", Kind.STOP, Language.ES),
            ("basura", "STOP", Kind.STOP, None),
            ("AYUDA", "HELP", Kind.HELP, Language.ES),
            ("Unirse", "START", Kind.JOIN, Language.ES),
        ],
    )
    def test_what_twilio_has_read_and_answered_is_that(
        self, text: str, opt_out_type: str, kind: Kind, language: Language | None
    ) -> None:
        assert read(text, opt_out_type) == Classified(kind, Basis.PROVIDER, language, is_answered=True)

    @pytest.mark.parametrize("keyword", KEYWORDS.values())
    def test_a_keyword_that_twilio_took_for_start_still_names_its_programme_and_language(
        self, keyword: Keyword
    ) -> None:
        assert read(keyword.word, "START") == Classified(
            Kind.JOIN, Basis.PROVIDER, keyword.language, keyword, is_answered=True
        )

    def test_a_type_that_twilio_has_not_used_yet_is_passed_over(self) -> None:
        assert read("hola", "SNOOZE") == Classified(Kind.OTHER)


class TestKeywords:
    def test_a_keyword_brings_its_programme_and_language(self) -> None:
        assert read("¡familias!") == Classified(Kind.KEYWORD, Basis.WORD, Language.ES, FAMILIAS)

    def test_of_two_alike_the_first_stands(self) -> None:
        other = Keyword("families", "other", Language.EN)

        assert classify("FAMILIES", by_word([FAMILIES, other])).keyword == FAMILIES

    def test_a_keyword_that_is_a_word_of_ours_is_never_reached_by_stop_help_or_start(self) -> None:
        stolen = by_word(
            Keyword(word, "thief", Language.EN) for word in ("STOP", "HELP", "START", "YES", "STOP ICE")
        )

        assert [classify(word, stolen).kind for word in ("STOP", "HELP", "START", "YES", "STOP ICE")] == [
            Kind.STOP, Kind.HELP, Kind.JOIN, Kind.CONFIRM, Kind.HOLD,
        ]  # fmt: skip


def test_a_zip_code_is_five_digits() -> None:
    assert [read(text).zip_code for text in ("30303-1234", "ZIP 00901", "123456")] == ["30303", "00901", ""]


def test_a_typo_is_told_from_a_word_and_from_a_phrase() -> None:
    assert [read(text).basis for text in ("stop", "stpo", "stop texting me", "hola")] == [
        Basis.WORD, Basis.TYPO, Basis.PHRASE, Basis.NONE,
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("word", "is_one"),
    [
        ("stpo", True), ("sotp", True), ("tsop", True), ("stp", True), ("stopp", True), ("stap", True), ("stop", False),
        ("spot", False), ("post", False), ("opts", False), ("sp", False), ("stoppp", False), ("", False),
        ("tops", False),
    ],
)  # fmt: skip
def test_one_typo_is_a_letter_missing_added_or_wrong_or_two_that_changed_places(
    word: str, *, is_one: bool
) -> None:
    assert is_one_typo(word, "stop") is is_one
