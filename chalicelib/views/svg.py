"""Markup out of values, escaped as it is built. Knows no page and no chart.

Promises: whatever a text or an attribute holds, it can't end its element; only what was built here is taken as it is.
"""

from html import escape
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from markupsafe import Markup

GLYPH = 7.5
"""Width of a character of the charts' 13 px text, at most: digits are 7.2 wide, “m” alone is more."""


class Element(str):
    """Markup that `tag` built; any other text is escaped where it is put in."""

    __slots__ = ()


def tag(name: str, *inside: str, **attributes: str | float) -> Element:
    """Return an element with what is inside it. A name's `_` is `-`; one at its end is dropped (`class_`)."""
    said = "".join(f' {_attribute(key)}="{_value(value)}"' for key, value in attributes.items())
    held = "".join(each if isinstance(each, Element) else escape(each) for each in inside)
    return Element(f"<{name}{said}>{held}</{name}>")


def text(words: str, x: float, y: float, anchor: str = "start") -> Element:
    """Return a text of a chart, whose foot stands at `y`; it begins, ends or is in the middle at `x`."""
    return tag("text", words, x=x, y=y, text_anchor=anchor)


def width(words: str) -> float:
    """Return how wide a text of a chart is, at most."""
    return len(words) * GLYPH


def cut(words: str, space: float) -> str:
    """Return a text that fits the space; one that is too long ends in an ellipsis."""
    most = max(1, int(space / GLYPH))
    return words if len(words) <= most else words[: most - 1] + "…"


def shown(*elements: Element) -> "Markup":
    """Return elements as what a template takes without escaping it again."""
    from markupsafe import Markup  # noqa: PLC0415 - only pages need it

    return Markup("".join(elements))  # noqa: S704 - every text in it was escaped by `tag`


def _attribute(key: str) -> str:
    # SVG writes two of its names in camel case, and HTML's parser wants them so.
    return {"viewBox": key, "patternUnits": key, "patternTransform": key}.get(
        key, key.rstrip("_").replace("_", "-")
    )


def _value(value: str | float) -> str:
    return escape(value) if isinstance(value, str) else f"{value:.1f}".removesuffix(".0")
