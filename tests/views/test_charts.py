"""Charts: what is drawn is what was given, nothing leaves its picture, and no text ends its element."""

import re
from collections.abc import Iterator
from itertools import combinations
from xml.etree.ElementTree import Element, fromstring

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.views.charts import Bar, Chart, Day, bars_by_hour, funnel, stacked, toward
from chalicelib.views.svg import GLYPH, tag

LABELS = st.text(
    st.characters(codec="utf-8", exclude_categories=("Cs", "Cc", "Cn", "Co")), min_size=1, max_size=40
)
NUMBERS = st.one_of(st.integers(0, 120), st.integers(0, 2_000_000))


@st.composite
def charts(draw: st.DrawFn) -> Chart:
    parts = draw(st.integers(1, 3))
    numbers = st.tuples(*[NUMBERS] * parts)
    bars = draw(st.lists(st.builds(Bar, LABELS, numbers), min_size=1, max_size=30))
    return Chart(
        "k", draw(LABELS), draw(LABELS), draw(st.tuples(*[LABELS] * parts)), (*bars, Bar("x", (1,) * parts))
    )


def parsed(markup: str) -> Element:
    return fromstring(f"<all>{markup}</all>")


def pictures(markup: str) -> list[Element]:
    found = [each for each in parsed(markup).iter("svg") if each.get("role") == "img"]
    assert [each.get("class") for each in found] == ["chart wide", "chart slim"]
    return found


def number(element: Element, name: str) -> float:
    return float(element.get(name, "nan"))


def texts(picture: Element) -> Iterator[tuple[float, float, float, str]]:
    """Each text as (left, right, foot, words), as wide as it may be."""
    for each in picture.iter("text"):
        words, x = each.text or "", number(each, "x")
        wide = len(words) * GLYPH
        left = x - {"start": 0, "middle": wide / 2, "end": wide}[each.get("text-anchor", "")]
        yield left, left + wide, number(each, "y"), words


def requires_inside(picture: Element) -> None:
    _, _, wide, high = map(float, picture.get("viewBox", "").split())
    for left, right, foot, words in texts(picture):
        assert left >= -0.2, words
        assert right <= wide + 0.2, words
        assert 10 <= foot <= high, words
    for block in picture.iter("rect"):
        assert number(block, "x") >= -0.1
        assert number(block, "x") + number(block, "width") <= wide + 0.1
        assert number(block, "y") + number(block, "height") <= high + 0.1


def rows(markup: str) -> list[list[str]]:
    return [[cell.text or "" for cell in row] for row in parsed(markup).iter("tr")]


@given(charts())
def test_no_text_and_no_bar_leaves_its_picture(chart: Chart) -> None:
    for picture in pictures(stacked(chart)):
        requires_inside(picture)


@given(charts())
def test_heights_are_as_the_numbers(chart: Chart) -> None:
    for picture in pictures(stacked(chart)):
        blocks = list(picture.iter("rect"))
        side = "height" if picture.find("path") is not None else "width"  # rows have no axis
        expected = [part for bar in chart.bars for part in bar.numbers if part]
        assert len(blocks) == len(expected)
        unit = max(number(block, side) for block in blocks) / max(expected)
        for block, part in zip(blocks, expected, strict=True):
            assert number(block, side) == pytest.approx(unit * part, abs=0.11)


@given(charts())
def test_the_number_of_each_bar_stands_on_it(chart: Chart) -> None:
    for picture in pictures(stacked(chart)):
        said = [words for *_, words in texts(picture)]
        for bar in chart.bars:
            assert f"{bar.whole:,}" in said


@given(charts())
def test_numbers_on_upright_bars_do_not_run_into_each_other(chart: Chart) -> None:
    for picture in pictures(stacked(chart)):
        placed = [each for each in texts(picture) if each[3]]
        for one, other in combinations(placed, 2):
            is_same_line = abs(one[2] - other[2]) < 1
            assert not is_same_line or one[1] <= other[0] + 0.2 or other[1] <= one[0] + 0.2


@given(charts())
def test_the_table_has_every_number_and_its_sums(chart: Chart) -> None:
    heading, *body, foot = rows(stacked(chart))
    assert heading == [chart.axis, *chart.parts, "All"]
    assert body == [[bar.label, *(f"{n:,}" for n in (*bar.numbers, bar.whole))] for bar in chart.bars]
    sums = [sum(bar.numbers[part] for bar in chart.bars) for part in range(len(chart.parts))]
    assert foot == ["All", *(f"{n:,}" for n in (*sums, sum(sums)))]


@given(LABELS, LABELS)
def test_no_text_ends_its_element(words: str, value: str) -> None:
    read = fromstring(tag("p", words, title=value))

    assert (read.text or "") == words
    assert list(read) == []


def test_a_label_of_markup_is_shown_as_it_was_written() -> None:
    markup = stacked(Chart("k", "<script>", "Hour", ("a & b",), (Bar('"><img src=x>', (3,)),)))

    assert "<script>" not in markup
    assert "<img" not in markup
    assert rows(markup)[1][0] == '"><img src=x>'


def test_hours_between_the_first_and_the_last_are_shown_and_named_as_people_say() -> None:
    markup = bars_by_hour("h", "Office calls by hour, today", {9: (14, 9, 12), 12: (1, 0, 0)}, "Eastern")

    assert [row[0] for row in rows(markup)] == [
        "Hour, Eastern", "9\u00a0am", "10\u00a0am", "11\u00a0am", "12\u00a0pm", "All",
    ]  # fmt: skip
    assert rows(markup)[1] == ["9\u00a0am", "14", "9", "12", "35"]
    assert "36 in all; most at 9\u00a0am: 35." in markup


def test_parts_differ_without_color_and_the_hatching_is_where_it_is_always_displayed() -> None:
    markup = bars_by_hour("h", "Calls", {9: (14, 9, 12)}, "Eastern")

    for picture in pictures(markup):
        assert [block.get("class") for block in picture.iter("rect")] == ["a", "b", "c"]
        assert [block.get("fill") for block in picture.iter("rect")] == [None, "url(#h-hatch)", None]
        assert not list(picture.iter("pattern"))
    assert 'pattern id="h-hatch"' in markup


def test_a_picture_has_a_title_and_a_description_that_it_names() -> None:
    markup = bars_by_hour("h", "Calls by hour", {9: (14, 9, 12)}, "Eastern")

    ids = re.findall(r' id="([^"]+)"', markup)
    assert len(ids) == len(set(ids))
    for picture in pictures(markup):
        named = {each.get("id"): each.text for each in picture if each.tag in {"title", "desc"}}
        assert named[picture.get("aria-labelledby")] == "Calls by hour"
        assert "35 in all" in (named[picture.get("aria-describedby")] or "")


def test_nothing_yet_is_said_and_not_drawn() -> None:
    for markup in (bars_by_hour("h", "Calls", {}, "Eastern"), toward("d", "The goal", [], 2000)):
        assert "svg" not in markup
        assert "Nothing to draw yet." in markup


@given(
    st.lists(st.builds(Day, LABELS, st.integers(-500, 90_000)), min_size=1, max_size=120),
    st.integers(1, 10**6),
)
def test_the_way_to_the_goal_stays_in_its_picture_and_ends_at_its_sum(days: list[Day], goal: int) -> None:
    markup = toward("d", "Toward the goal", days, goal)

    for picture in pictures(markup):
        requires_inside(picture)
        assert f"{sum(day.added for day in days):,}" in [words for *_, words in texts(picture)]
    assert rows(markup)[-1][2] == f"{sum(day.added for day in days):,}"


def test_the_funnel_says_what_share_of_the_step_before_was_lost() -> None:
    items = list(
        parsed(funnel("f", [("Asked", 352), ("Rang", 341), ("Pressed 1", 341), ("Spoke", 0)])).iter("li")
    )

    assert ["".join(item.itertext()) for item in items] == [
        "Asked352352", "Rang341341 3\u00a0% lost", "Pressed 1341341", "Spoke00 100\u00a0% lost",
    ]  # fmt: skip
    assert {bar.get("max") for item in items for bar in item.iter("progress")} == {"352"}


def test_the_funnel_never_says_that_some_were_none_or_not_all_were_all() -> None:
    markup = funnel("f", [("Asked", 10_000), ("Rang", 9_999), ("Spoke", 1)])

    assert "1\u00a0% lost" in markup
    assert "99\u00a0% lost" in markup
