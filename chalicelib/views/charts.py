"""Charts of the staff's pages: values in, markup out, and the same numbers as a table beneath.

Promises: a chart is readable without color (full, hatched, outlined), without sight (a title, a description, the
table) and at the width of a phone; every number that is drawn stands on it; no text leaves its picture. Refuses to
know where the numbers come from.

`stacked` is bars of up to three parts; `bars_by_hour` those of a day's office calls; `funnel` where people drop off;
`toward` a campaign's days up to its goal.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate, cycle, pairwise
from typing import TYPE_CHECKING

from chalicelib.views.svg import Element, cut, shown, tag, text, width

if TYPE_CHECKING:
    from markupsafe import Markup

WIDE, SLIM = 640, 350
"""Units of the two pictures of a chart: for a desktop, and for a phone."""
HIGH = 252
TOP, FOOT = 24, 212
"""Where the highest line and the lowest stand: above is room for a number, beneath for a label."""
LEAST_BAR = 8
"""Bars that would be narrower are drawn as rows, one beneath the other."""
ROW = 26
"""The height of a row."""
MOST_LINES = 4
"""Lines of an axis, beside the one at its foot."""
MARKS = ("a", "b", "c")
"""How the parts of a bar are filled, from its foot: full, hatched, outlined."""
CALLS = ("Spoke to someone", "Left a message", "Didn’t get through")
"""The parts of a bar of office calls."""
NOON = 12


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar: its label, and the number of each part, none below 0."""

    label: str
    numbers: tuple[int, ...]

    @property
    def whole(self) -> int:
        """The sum of its parts."""
        return sum(self.numbers)


@dataclass(frozen=True, slots=True)
class Chart:
    """Bars by one measure. `key` begins the ids on the page: one that no other chart there has.

    `axis` is what the labels are ("Hour, Eastern"), `parts` what the parts of each bar are called, one to three.
    """

    key: str
    title: str
    axis: str
    parts: tuple[str, ...]
    bars: tuple[Bar, ...]


@dataclass(frozen=True, slots=True)
class Day:
    """One day of a campaign, and what it added to the sum; a correction may take off more than came."""

    label: str
    added: int


def bars_by_hour(key: str, title: str, hours: Mapping[int, tuple[int, int, int]], zone: str) -> "Markup":
    """Draw a day's office calls by hour (0 to 23), each hour as (spoke, left a message, didn't get through)."""
    first, last = min(hours, default=0), max(hours, default=-1)
    bars = tuple(Bar(_hour(hour), hours.get(hour, (0, 0, 0))) for hour in range(first, last + 1))
    return stacked(Chart(key, title, f"Hour, {zone}", CALLS, bars))


def stacked(chart: Chart) -> "Markup":
    """Draw bars of parts one upon the other, in both widths, with a legend before and the table after them."""
    if not any(bar.whole for bar in chart.bars):
        return shown(tag("p", "Nothing to draw yet.", class_="quiet"))
    said = f"{chart.title}. {_described(chart.bars)} The table below has every number."
    pictures = [
        _picture(
            f"{chart.key}-{name}",
            name,
            (wide, _height(chart, wide)),
            (chart.title, said),
            _drawn(chart, wide),
        )
        for name, wide in (("wide", WIDE), ("slim", SLIM))
    ]
    return shown(_legend(chart), *pictures, _numbers(chart))


def funnel(key: str, steps: Sequence[tuple[str, int]]) -> "Markup":
    """Draw how many of those who began came how far, and what share of the step before was lost."""
    most = max((number for _, number in steps), default=0) or 1
    before = [None, *(number for _, number in steps)]
    items = [
        _step(f"{key}{position}", (name, number), came, most)
        for position, ((name, number), came) in enumerate(zip(steps, before, strict=False))
    ]
    return shown(tag("ol", *items, class_="funnel"))


def toward(key: str, title: str, days: Sequence[Day], goal: int) -> "Markup":
    """Draw the sum of a campaign's days as it rose toward the goal, with each day in the table."""
    sums = list(accumulate(day.added for day in days))
    if not sums:
        return shown(tag("p", "Nothing to draw yet.", class_="quiet"))
    said = f"{title}. {sums[-1]:,} of {goal:,} after {_number(len(days), 'day')}. The table below has every number."
    pictures = [
        _picture(f"{key}-{name}", name, (wide, HIGH), (title, said), _risen(days, sums, goal, wide))
        for name, wide in (("wide", WIDE), ("slim", SLIM))
    ]
    rows = [(day.label, day.added, so_far) for day, so_far in zip(days, sums, strict=True)]
    table = _table(("Day", "That day", "So far"), [(label, (new, so_far)) for label, new, so_far in rows])
    return shown(*pictures, _folded(title, table))


# Bars.


def _drawn(chart: Chart, wide: int) -> list[Element]:
    return _rows(chart, wide) if _is_crowded(chart, wide) else _columns(chart, wide)


def _height(chart: Chart, wide: int) -> int:
    return ROW * len(chart.bars) if _is_crowded(chart, wide) else HIGH


def _is_crowded(chart: Chart, wide: int) -> bool:
    """Whether upright bars would be too thin, or their numbers and labels run into each other."""
    widest = max(width(words) for bar in chart.bars for words in (bar.label, f"{bar.whole:,}"))
    return _pitch(chart, wide) < max(widest + 6, 2 * LEAST_BAR)


def _pitch(chart: Chart, wide: int) -> float:
    return (wide - _margin(_scale(_tallest(chart)))) / len(chart.bars)


def _columns(chart: Chart, wide: int) -> list[Element]:
    """Upright bars over an axis."""
    scale, pitch = _scale(_tallest(chart)), _pitch(chart, wide)
    unit = (FOOT - TOP) / scale[-1]
    drawn = _axis(scale, wide)
    for position, bar in enumerate(chart.bars):
        middle = _margin(scale) + pitch * (position + 0.5)
        tops = [FOOT - unit * number for number in accumulate(bar.numbers, initial=0)]
        for part, (foot, top) in enumerate(pairwise(tops)):
            drawn += _block(chart, part, (middle - pitch * 0.3, top), (pitch * 0.6, foot - top))
        drawn.append(text(f"{bar.whole:,}", middle, tops[-1] - 7, "middle"))
        drawn.append(text(bar.label, middle, FOOT + 22, "middle"))
    return drawn


def _rows(chart: Chart, wide: int) -> list[Element]:
    """Bars that lie, one beneath the other, with the label before and the number behind each."""
    space = min(max(width(bar.label) for bar in chart.bars), wide * 0.45)
    behind = max(width(f"{bar.whole:,}") for bar in chart.bars) + 8
    unit = (wide - space - 8 - behind) / _tallest(chart)
    drawn = []
    for position, bar in enumerate(chart.bars):
        y = ROW * position
        ends = [space + 8 + unit * number for number in accumulate(bar.numbers, initial=0)]
        drawn.append(text(cut(bar.label, space), 0, y + 18))
        for part, (start, end) in enumerate(pairwise(ends)):
            drawn += _block(chart, part, (start, y + 4), (end - start, ROW - 8))
        drawn.append(text(f"{bar.whole:,}", ends[-1] + 6, y + 18))
    return drawn


def _block(chart: Chart, part: int, corner: tuple[float, float], size: tuple[float, float]) -> list[Element]:
    """One part of a bar; none where there is nothing to show."""
    (x, y), (wide, high) = corner, size
    if not wide or not high:
        return []
    hatched = {"fill": f"url(#{chart.key}-hatch)"} if MARKS[part] == "b" else {}
    return [tag("rect", class_=MARKS[part], x=x, y=y, width=wide, height=high, **hatched)]


def _tallest(chart: Chart) -> int:
    return max(bar.whole for bar in chart.bars)


def _described(bars: Iterable[Bar]) -> str:
    every = tuple(bars)
    top = max(every, key=lambda bar: bar.whole)
    return f"{sum(bar.whole for bar in every):,} in all; most at {top.label}: {top.whole:,}."


def _legend(chart: Chart) -> Element:
    """What the parts look like. It holds the hatching too: what isn't displayed can't be used by others."""
    items = []
    for part, name in enumerate(chart.parts):
        held = [_hatching(chart)] if MARKS[part] == "b" else []
        sample = [*held, *_block(chart, part, (1, 1), (16, 16))]
        items.append(
            tag("li", tag("svg", *sample, class_="chart", viewBox="0 0 18 18", aria_hidden="true"), name)
        )
    return tag("ul", *items, class_="legend")


def _hatching(chart: Chart) -> Element:
    line = tag("path", class_="hatch", d="M0 0v7")
    turned = {"patternUnits": "userSpaceOnUse", "patternTransform": "rotate(45)"}
    return tag("defs", tag("pattern", line, id=f"{chart.key}-hatch", width=7, height=7, **turned))


def _numbers(chart: Chart) -> Element:
    """The bars as a table, with the sum of every part."""
    sums = tuple(sum(each) for each in zip(*(bar.numbers for bar in chart.bars), strict=True))
    rows = [(bar.label, (*bar.numbers, bar.whole)) for bar in chart.bars]
    table = _table((chart.axis, *chart.parts, "All"), rows, ("All", (*sums, sum(sums))))
    return _folded(chart.title, table)


# The way to the goal.


def _risen(days: Sequence[Day], sums: Sequence[int], goal: int, wide: int) -> list[Element]:
    scale = _scale(max(goal, *sums))
    unit, left = (FOOT - TOP) / scale[-1], _margin(scale)
    step = (wide - left) / len(days)
    points = [(left, float(FOOT))]
    points += [
        (left + step * (number + 1), FOOT - unit * max(0, so_far)) for number, so_far in enumerate(sums)
    ]
    path = "M" + "L".join(f"{x:.1f} {y:.1f}" for x, y in points)
    at_goal = FOOT - unit * goal
    return [
        *_axis(scale, wide),
        tag("path", class_="a", d=f"{path}V{FOOT}H{left:.1f}Z", fill_opacity=0.2, stroke="none"),
        tag("path", class_="b", d=path, fill="none"),
        tag("path", class_="now", d=f"M{left:.1f} {at_goal:.1f}H{wide}"),
        text(cut(f"Goal {goal:,}", wide - left), left + 6, at_goal - 7),
        text(f"{sums[-1]:,}", wide - 4, max(TOP, points[-1][1]) - 7, "end"),
        *_ends(days, left, wide),
    ]


def _ends(days: Sequence[Day], left: float, wide: int) -> list[Element]:
    """The first day and the last beneath the axis; of one day, one."""
    half = (wide - left) / 2 - 8
    first, last = cut(days[0].label, half), cut(days[-1].label, half)
    return [text(first, left, FOOT + 22), *([text(last, wide, FOOT + 22, "end")] if len(days) > 1 else [])]


# What charts share.


def _scale(most: int) -> tuple[int, ...]:
    """Return 0 and one to four equal steps up, the last not below `most`: steps of 1, 2 or 5 times a power of ten."""
    step, factors = 1, cycle((2, 2.5, 2))
    while step * MOST_LINES < most:
        step = int(step * next(factors))
    return tuple(step * number for number in range(-(-max(most, 1) // step) + 1))


def _margin(scale: Sequence[int]) -> float:
    return width(f"{scale[-1]:,}") + 10


def _axis(scale: Sequence[int], wide: int) -> list[Element]:
    left, unit = _margin(scale), (FOOT - TOP) / scale[-1]
    lines = [(number, FOOT - unit * number) for number in scale]
    return [
        part
        for number, y in lines
        for part in (
            tag("path", class_="axis", d=f"M{left:.1f} {y:.1f}H{wide}"),
            text(f"{number:,}", left - 8, y + 4.5, "end"),
        )
    ]


def _picture(
    key: str, name: str, size: tuple[int, int], words: tuple[str, str], inside: Iterable[Element]
) -> Element:
    named = (tag("title", words[0], id=f"{key}-t"), tag("desc", words[1], id=f"{key}-d"))
    view = {"viewBox": f"0 0 {size[0]} {size[1]}", "role": "img"}
    labels = {"aria_labelledby": f"{key}-t", "aria_describedby": f"{key}-d"}
    return tag("svg", *named, *inside, class_=f"chart {name}", **view, **labels)


Row = tuple[str, tuple[int, ...]]


def _table(headings: Sequence[str], rows: Iterable[Row], foot: Row | None = None) -> Element:
    first, *others = (
        tag("th", words, scope="col", **({"class_": "n"} if at else {})) for at, words in enumerate(headings)
    )
    body = [tag("tr", *_cells(row)) for row in rows]
    body += [tag("tr", *_cells(foot), class_="sum")] if foot else []
    return tag("table", tag("thead", tag("tr", first, *others)), tag("tbody", *body))


def _cells(row: Row) -> list[Element]:
    label, numbers = row
    return [tag("th", label, scope="row"), *(tag("td", f"{number:,}", class_="n") for number in numbers)]


def _folded(title: str, table: Element) -> Element:
    region = tag(
        "div", table, class_="scroll", tabindex="0", role="region", aria_label=f"{title}, as a table"
    )
    return tag("details", tag("summary", "The same as a table"), region)


def _step(key: str, step: tuple[str, int], came: int | None, most: int) -> Element:
    name, number = step
    lost = (
        [" ", tag("span", f"{_share(came - number, came)} lost", class_="quiet")]
        if came and came > number
        else []
    )
    return tag(
        "li",
        tag("span", name, id=key),
        tag("progress", f"{number:,}", value=number, max=most, aria_labelledby=key),
        tag("span", tag("b", f"{number:,}"), *lost),
    )


def _share(part: int, whole: int) -> str:
    """In whole percent; never 0 for some, never 100 for not all."""
    percent = round(100 * part / whole)
    return f"{min(max(percent, 1), 99) if part < whole else 100}\u00a0%"


def _hour(hour: int) -> str:
    """Return how people say an hour: 0 → 12 am, 13 → 1 pm."""
    return f"{hour % NOON or NOON}\u00a0{'am' if hour < NOON else 'pm'}"


def _number(number: int, what: str) -> str:
    return f"{number:,} {what}" + ("" if number == 1 else "s")
