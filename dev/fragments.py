"""The infrastructure fragments in infra/, read as one template.

Promises that every reader (the packager, the local stack, the tests) sees the same resources, and that two
fragments, or two lines of one, never define the same thing. Knows CloudFormation's YAML tags; knows nothing
of what a resource means.
"""

from collections.abc import Hashable
from pathlib import Path
from typing import Any

import yaml

FOLDER = Path(__file__).resolve().parent.parent / "infra"

Template = dict[str, Any]


class FragmentError(Exception):
    """A fragment can't be read, or says what another fragment has said already."""


class _Loader(yaml.SafeLoader):
    """Strictly private: YAML with CloudFormation's short tags, and no key twice."""


def _intrinsic(loader: _Loader, suffix: str, node: yaml.Node) -> dict[str, Any]:
    name = suffix if suffix in {"Ref", "Condition"} else f"Fn::{suffix}"
    match node:
        case yaml.ScalarNode():
            value: Any = loader.construct_scalar(node)
        case yaml.SequenceNode():
            value = loader.construct_sequence(node, deep=True)
        case _:
            value = loader.construct_mapping(node, deep=True)  # type: ignore[arg-type]
    if suffix == "GetAtt" and isinstance(value, str):
        value = value.split(".", 1)
    return {name: value}


def _mapping(loader: _Loader, node: yaml.MappingNode) -> dict[Hashable, Any]:
    named = [key.value for key, _ in node.value if key.value != "<<"]
    twice = sorted({key for key in named if named.count(key) > 1})
    if twice:
        raise FragmentError(f"{', '.join(twice)} stands twice{node.start_mark}")
    loader.flatten_mapping(node)
    return loader.construct_mapping(node, deep=True)


_Loader.add_multi_constructor("!", _intrinsic)
_Loader.add_constructor(yaml.resolver.BaseResolver.DEFAULT_MAPPING_TAG, _mapping)


def read(folder: Path = FOLDER) -> Template:
    """Merge every fragment of the folder, section by section.

    Raises FragmentError when a fragment is broken or a logical id is defined twice.
    """
    merged: Template = {}
    for path in sorted(folder.glob("*.yaml")):
        for section, entries in _fragment(path).items():
            known = merged.setdefault(section, {})
            twice = sorted(known.keys() & entries.keys())
            if twice:
                raise FragmentError(f"{path.name}: {', '.join(twice)} is defined in another fragment too")
            known.update(entries)
    return merged


def _fragment(path: Path) -> Template:
    try:
        loaded = yaml.load(path.read_text(encoding="utf-8"), _Loader)  # noqa: S506 - a SafeLoader of our own
    except (yaml.YAMLError, FragmentError) as error:
        raise FragmentError(f"{path.name}: {error}") from error
    if not isinstance(loaded, dict):
        raise FragmentError(f"{path.name}: a fragment is a mapping of sections")
    return loaded
