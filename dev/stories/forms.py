"""A page as somebody without a script has it: its words, and its forms, to be filled and sent.

Promises that a form sends what a browser would when its first button is tapped: its hidden fields, what is typed and
chosen in it, that button, and nothing of another form. Knows HTML; no campaign and no wire.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from html.parser import HTMLParser

UNSEEN = frozenset({"script", "style", "title"})


class NoSuchForm(Exception):
    """The page has no form with this field, or no such choice in it."""


@dataclass(frozen=True, slots=True)
class Form:
    """Where a form goes, what it sends as it stands, the fields a person can fill, and choices by name and label."""

    action: str
    sends: Mapping[str, str]
    shows: frozenset[str]
    choices: Mapping[str, Mapping[str, str]]

    def choice(self, name: str, label: str) -> str:
        """Return the value of the choice whose label begins like this. Raises NoSuchForm."""
        for shown, value in self.choices.get(name, {}).items():
            if shown.startswith(label):
                return value
        raise NoSuchForm(f"no choice “{label}” among {', '.join(self.choices.get(name, {})) or 'none'}")


@dataclass(frozen=True, slots=True)
class Page:
    """A page that was opened: its address, the words on it in one line, its forms, and what its links dial."""

    url: str
    text: str
    forms: tuple[Form, ...]
    dials: tuple[str, ...] = ()

    def form_that(self, does: str) -> Form:
        """Return the first form that sends this as what it does. Raises NoSuchForm."""
        for form in self.forms:
            if form.sends.get("do") == does:
                return form
        raise NoSuchForm(f"no form that does {does} on the page that says: {self.text[:300]}")

    def form(self, name: str) -> Form:
        """Return the first form with a field of this name that a person can fill. Raises NoSuchForm."""
        for form in self.forms:
            if name in form.shows:
                return form
        raise NoSuchForm(f"no form with a field {name} on the page that says: {self.text[:300]}")


def read(url: str, html: str) -> Page:
    """Read a page."""
    reader = _Reader()
    reader.feed(html)
    reader.close()
    forms = tuple(Form(made.action, made.sends, frozenset(made.shows), made.choices) for made in reader.forms)
    return Page(url, " ".join("".join(reader.words).split()), forms, tuple(reader.dials))


@dataclass(slots=True)
class _Made:
    """A form while it is read."""

    action: str
    sends: dict[str, str] = field(default_factory=dict)
    shows: set[str] = field(default_factory=set)
    choices: dict[str, dict[str, str]] = field(default_factory=dict)


class _Reader(HTMLParser):
    """Collects words and forms. A radio's label is what its own label element says."""

    def __init__(self) -> None:
        super().__init__()
        self.forms: list[_Made] = []
        self.words: list[str] = []
        self.dials: list[str] = []
        self._form: _Made | None = None
        self._unseen = 0
        self._radio: tuple[str, str] | None = None
        self._label: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        told = {name: value or "" for name, value in attrs}
        if tag == "form":
            self._form = _Made(told.get("action", ""))
            self.forms.append(self._form)
        elif tag in {"input", "button", "select"} and self._form is not None and told.get("name"):
            self._field(self._form, tag, told)
        elif tag == "a" and told.get("href", "").startswith("tel:"):
            self.dials.append(told["href"])
        elif tag == "label":
            self._label = []
        self._unseen += tag in UNSEEN
        self._break(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._form = None
        elif tag == "label" and self._radio and self._form is not None:
            name, value = self._radio
            self._form.choices.setdefault(name, {})[" ".join("".join(self._label).split())] = value
            self._radio = None
        self._unseen -= tag in UNSEEN
        self._break(tag)

    def handle_data(self, data: str) -> None:
        if not self._unseen:
            self.words.append(data)
            self._label.append(data)

    def _field(self, form: _Made, tag: str, told: Mapping[str, str]) -> None:
        name, value, kind = told["name"], told.get("value", ""), told.get("type", tag)
        if kind == "button":
            form.sends.setdefault(name, value)
            return
        if kind != "hidden":
            form.shows.add(name)
        if kind in {"radio", "checkbox"}:
            self._radio = name, value
        if kind not in {"radio", "checkbox", "select"} or "checked" in told:
            form.sends[name] = value

    def _break(self, tag: str) -> None:
        """What stands in two elements isn't one word, unless they are parts of a line."""
        if tag not in {"a", "b", "em", "span", "strong"}:
            self.words.append(" ")
            self._label.append(" ")
