"""A campaign schema's findings in plain words: what is wrong, why, and what to do. Knows no file.

The schema's own descriptions say what each part is for, so an editor and this command say the same.
"""

from collections.abc import Iterator, Mapping
from difflib import get_close_matches
from typing import Any

from jsonschema import Draft202012Validator

from cli.yaml_lines import Odd, Path

LANGUAGES = {"en": "English", "es": "Spanish"}
BOTH = "Every sentence a supporter meets exists in both languages."

Schema = Mapping[str, Any]
Finding = tuple[Path, str]
Fault = Any
"""A jsonschema ValidationError. Its stubs call every attribute possibly unset, which none is here."""


def findings(value: object, schema: Schema) -> Iterator[Finding]:
    """Yield each thing the schema finds wrong with `value`, with its path."""
    fault: Fault
    for fault in Draft202012Validator(schema).iter_errors(value):
        path: Path = tuple(fault.absolute_path)
        if fault.validator == "additionalProperties":
            yield from _unknown_keys(fault, path)
        elif fault.validator == "required":
            yield path, _missing(fault, path, schema)
        else:
            yield path, _sentence(fault, path, schema)


def named(path: Path) -> str:
    """Say which part of the campaign a path is: ("points", 2, "es") is “points 3 in Spanish”."""
    parts = [str(part + 1) if isinstance(part, int) else part for part in path]
    if parts and parts[-1] in LANGUAGES:
        return f"{' '.join(parts[:-1])} in {LANGUAGES[parts[-1]]}"
    return " ".join(parts) or "The campaign"


def meant(word: str, known: Iterator[str] | tuple[str, ...]) -> str:
    """Suggest the nearest known word, as a sentence; empty when none is near."""
    near = get_close_matches(word, list(known), n=1)
    return f" Did you mean “{near[0]}”?" if near else ""


def _unknown_keys(fault: Fault, path: Path) -> Iterator[Finding]:
    known = tuple(fault.schema["properties"])
    for key in fault.instance:
        if key not in known:
            suggestion = meant(key, known) or f" Known here: {', '.join(known)}."
            yield (
                (*path, key),
                f"“{key}” is not a part of {named(path) if path else 'a campaign'}.{suggestion}",
            )


def _missing(fault: Fault, path: Path, schema: Schema) -> str:
    key = next(
        key for key in fault.validator_value if key not in fault.instance and repr(key) in fault.message
    )
    if key in LANGUAGES:
        return f"{named(path)} has no {LANGUAGES[key]} words. {BOTH} Add a line “{key}: …”."
    return f"{named((*path, key))} is missing. {_purpose((*path, key), schema)} Add “{key}: …”."


def _sentence(fault: Fault, path: Path, schema: Schema) -> str:
    name, purpose, limit = named(path), _purpose(path, schema), fault.validator_value
    match fault.validator:
        case "type":
            return _wrong_type(fault.instance, limit, name, purpose)
        case "enum":
            return f"{name} is “{_written(fault.instance)}”. It must be {_either(limit)}."
        case "pattern" if limit == r"\S":
            return f"{name} is empty. {BOTH if path[-1] in LANGUAGES else purpose} Write it after the colon."
        case "maxLength":
            size = len(fault.instance)
            return f"{name} is {size:,} letters long and {limit:,} fit. Shorten it by {size - limit:,}."
        case "minItems":
            return f"{name} is an empty list. {purpose} Add at least one."
        case "maxItems":
            return f"{name} has {len(fault.instance)} entries and {limit} fit. {purpose} Remove some."
        case _:
            return f"{name} is “{_written(fault.instance)}”, which can’t be used. {purpose}"


def _wrong_type(found: object, wanted: str, name: str, purpose: str) -> str:
    if isinstance(found, Odd) and not found.written.strip():
        return f"{name} is empty. {purpose} Write it after the colon."
    match wanted:
        case "string":
            return f"{name} must be text.{_quoted(found)} {purpose}".strip()
        case "object":
            return f"{name} needs its parts below it, each on its own line, indented. {purpose}"
        case "array":
            return f"{name} is not a list. {purpose} Write each entry on its own line after a hyphen."
        case "boolean":
            return f"{name} is “{_written(found)}”. {purpose} Write true or false."
        case _:
            return f"{name} is “{_written(found)}”. {purpose} Write it in digits alone, like 2000."


def _quoted(found: object) -> str:
    """Explain what YAML made of an unquoted word, and the way out."""
    if isinstance(found, Odd):
        return (
            f' YAML reads {found.written} as {found.kind}, not as text. Put it in quotes: "{found.written}".'
        )
    if isinstance(found, bool):
        return (
            f' YAML reads {_written(found)} as yes or no, not as text. Put it in quotes: "{_written(found)}".'
        )
    if isinstance(found, int):
        return f' YAML reads {found} as a number, not as text. Put it in quotes: "{found}".'
    return ""


def _written(found: object) -> str:
    if isinstance(found, bool):
        return str(found).lower()
    return found.written if isinstance(found, Odd) else str(found)


def _either(options: list[str]) -> str:
    return f"{', '.join(options[:-1])} or {options[-1]}"


def _purpose(path: Path, schema: Schema) -> str:
    """Return the schema's description of the part at `path`."""
    part: Schema = schema
    found = ""
    for step in path:
        part = _resolved(part, schema)
        inner = part.get("items") if isinstance(step, int) else part.get("properties", {}).get(step)
        part = inner or part.get("additionalProperties") or {}
        found = part.get("description", found)
    return found


def _resolved(part: Schema, schema: Schema) -> Schema:
    reference = part.get("$ref", "")
    return schema["$defs"][reference.removeprefix("#/$defs/")] if reference else part
