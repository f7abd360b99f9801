"""YAML as plain values that remember their lines.

Promises: only text, whole numbers, true, false, lists and mappings come out as such. Whatever YAML would quietly
turn into something else (no, 1e3, 2026-01-02, an empty value) comes out as `Odd`, with what was written. Repeated keys,
anchors, tags and broken syntax become problems in plain words. Refuses to know what the values mean.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

import yaml

Path = tuple[str | int, ...]
"""Where a value is: keys, and positions in lists counted from 0."""

TAG = "tag:yaml.org,2002:"
KINDS = {
    "bool": "yes or no",
    "float": "a number",
    "int": "a number",
    "null": "nothing",
    "timestamp": "a date",
    "merge": "a merge",
    "value": "a default",
}
WHOLE = re.compile(r"-?(0|[1-9][0-9]*)")
BOOLEANS = {"true": True, "false": False}
HINTS = (
    ("mapping values are not allowed", "A text that holds a colon and a space must stand in quotes."),
    (
        "cannot start any token",
        "Indent with spaces, not tabs; a text that begins with a special sign needs quotes.",
    ),
    ("could not find expected ':'", "A key needs a colon and a space after it: title: …"),
    ("expected <block end>", "Check that this line begins in the same column as its neighbors."),
    ("while scanning a quoted", "A quote was opened and not closed."),
    ("expected a single document", "Leave out the line with three hyphens: a file holds one campaign."),
    ("undefined alias", "A text that begins with an asterisk must stand in quotes."),
)


@dataclass(frozen=True, slots=True)
class Odd:
    """A plain value YAML would turn into something else: what was written, and what YAML makes of it."""

    written: str
    kind: str


@dataclass(frozen=True, slots=True)
class Document:
    """A file's value (None when it can't be read), the line of each part, and what is wrong with it."""

    value: object = None
    lines: dict[Path, int] = field(default_factory=dict)
    problems: list[tuple[int, str]] = field(default_factory=list)

    def line(self, path: Path) -> int:
        """Return the line of the part at `path`, or of the nearest part around it."""
        while path and path not in self.lines:
            path = path[:-1]
        return self.lines.get(path, 1)


def read(text: str) -> Document:
    """Read a YAML text. Never raises: what is wrong is in the document's problems."""
    try:
        shared = [_shared(event) for event in yaml.parse(text, yaml.SafeLoader) if _is_shared(event)]
        node = yaml.compose(text, yaml.SafeLoader)
    except yaml.MarkedYAMLError as error:
        return Document(problems=[_syntax(error)])
    except yaml.reader.ReaderError as error:
        line = text.count("\n", 0, error.position) + 1
        return Document(
            problems=[(line, "Here is a character YAML doesn’t allow. Delete it or type it again.")]
        )
    if shared:
        return Document(problems=shared)
    if node is None:
        return Document(problems=[(1, "The file is empty. Start from a copy of campaigns/families-28.yaml.")])
    document = Document()
    value = _Reader(document).value(node, ())
    return Document(value, document.lines, document.problems)


def _is_shared(event: yaml.Event) -> bool:
    """Whether a value is named to be used elsewhere (&name) or is used so (*name)."""
    return isinstance(event, yaml.AliasEvent) or bool(getattr(event, "anchor", None))


def _shared(event: yaml.Event) -> tuple[int, str]:
    name = getattr(event, "anchor", "")
    text = (
        f"“{name}” is a YAML anchor (& or *), which hides what is said where. Write the text out; if it only "
        "begins with that sign, put it in quotes."
    )
    return (event.start_mark.line + 1 if event.start_mark else 1), text


def _syntax(error: yaml.MarkedYAMLError) -> tuple[int, str]:
    said = f"{error.context or ''} {error.problem or ''}"
    # A quote that was never closed is found at the end of the file; what helps is where it was opened.
    is_open_quote = "while scanning a quoted" in said
    mark = error.context_mark if is_open_quote else error.problem_mark or error.context_mark
    hint = next(
        (words for sign, words in HINTS if sign in said), "Compare it with campaigns/families-28.yaml."
    )
    return (mark.line + 1 if mark else 1, f"This isn’t YAML ({(error.problem or said).strip()}). {hint}")


class _Reader:
    """Walks one tree of nodes and fills one document."""

    def __init__(self, document: Document) -> None:
        self.document = document

    def value(self, node: yaml.Node, path: Path) -> object:
        self.document.lines.setdefault(path, node.start_mark.line + 1)
        if not node.tag.startswith(TAG) or node.tag.removeprefix(TAG) not in {*KINDS, "str", "seq", "map"}:
            self._report(node, f"The tag {node.tag.replace(TAG, '!!')} means nothing here. Remove it.")
            return None
        if isinstance(node, yaml.MappingNode):
            return dict(self._pairs(node, path))
        if isinstance(node, yaml.SequenceNode):
            return [self.value(part, (*path, position)) for position, part in enumerate(node.value)]
        return _scalar(node)

    def _pairs(self, node: yaml.MappingNode, path: Path) -> Iterator[tuple[str, object]]:
        first: dict[str, int] = {}
        for key_node, value_node in node.value:
            key = _scalar(key_node) if isinstance(key_node, yaml.ScalarNode) else None
            line = key_node.start_mark.line + 1
            if not isinstance(key, str):
                written = key.written if isinstance(key, Odd) else "this"
                self._report(
                    key_node, f"“{written}” can’t be a key. A key is a word and a colon, like title:"
                )
            elif key in first:
                before = f"“{key}” is here twice, first in line {first[key]}."
                self._report(key_node, f"{before} Only one of them could count: delete one.")
            else:
                first[key] = line
                self.document.lines[(*path, key)] = line
                yield key, self.value(value_node, (*path, key))

    def _report(self, node: yaml.Node, text: str) -> None:
        self.document.problems.append((node.start_mark.line + 1, text))


def _scalar(node: yaml.Node) -> str | int | bool | Odd:
    kind = node.tag.removeprefix(TAG)
    written = str(node.value)
    if kind == "str":
        return written
    if kind == "bool" and written in BOOLEANS:
        return BOOLEANS[written]
    if kind == "int" and WHOLE.fullmatch(written):
        return int(written)
    return Odd(written, KINDS.get(kind, "something else"))
