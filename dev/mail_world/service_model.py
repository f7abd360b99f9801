"""Amazon's own description of SES v2, as botocore carries it: routes, requests in, responses out.

Promises: a request that the description does not allow is refused before anything happens; a response
that it does not allow is a mistake of ours and said so (WrongResponse). A member it does not name is refused
too: SES would ignore it, and a misspelt member would never show. Refuses to know: what an operation does.
"""

from __future__ import annotations

import json
import re
from base64 import b64decode, b64encode
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from typing import Any
from urllib.parse import parse_qsl, unquote

from botocore.loaders import Loader
from botocore.model import ListShape, MapShape, OperationModel, ServiceModel, Shape, StructureShape

from dev.mail_world.refusals import SesError, bad_request, misread

Values = dict[str, Any]
JSON_TYPES: Mapping[str, tuple[type, ...]] = {
    "string": (str,),
    "blob": (str,),
    "boolean": (bool,),
    "integer": (int,),
    "long": (int,),
    "double": (int, float),
    "float": (int, float),
    "timestamp": (int, float, str),
}
URI_NAME = re.compile(r"\{(\w+)\}")


class WrongResponse(AssertionError):
    """The double was about to answer as SES never would."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A request that SES's description allows."""

    operation: str
    values: Values


@cache
def service() -> ServiceModel:
    """The description itself; read once."""
    return ServiceModel(Loader().load_service_model("sesv2", "service-2"), "sesv2")


@cache
def _routes() -> tuple[tuple[str, re.Pattern[str], str], ...]:
    """Method, path and name of each operation; paths without a variable first, for they are the narrower."""
    http = {name: service().operation_model(name).http for name in service().operation_names}
    routes = [(one["method"], one["requestUri"], name) for name, one in http.items()]
    routes.sort(key=lambda route: (route[1].count("{"), route[1]))
    return tuple((method, _pattern(uri), name) for method, uri, name in routes)


def _pattern(uri: str) -> re.Pattern[str]:
    return re.compile(URI_NAME.sub(r"(?P<\1>[^/]+)", uri.rstrip("/")) + "/?")


def operation_at(method: str, path: str) -> tuple[str, dict[str, str]]:
    """Which operation this is, with the variables of its path; SesError for none."""
    for wanted, pattern, name in _routes():
        found = pattern.fullmatch(path) if wanted == method else None
        if found:
            return name, {key: unquote(value) for key, value in found.groupdict().items()}
    raise SesError("UnknownOperationException", f"There is no {method} {path}")


def read(method: str, target: str, body: bytes) -> Asked:
    """A request, its values by the names of the description; SesError for one it does not allow."""
    path, _, query = target.partition("?")
    name, in_path = operation_at(method, path)
    operation = service().operation_model(name)
    values = _gathered(operation, in_path, query, _document(body))
    if operation.input_shape is not None:
        _refuse_first(operation.input_shape, values)
    return Asked(name, values)


def _document(body: bytes) -> dict[str, Any]:
    try:
        document = json.loads(body or b"{}")
    except ValueError as broken:
        raise misread("The body is not JSON") from broken
    if not isinstance(document, dict):
        raise misread("The body is not a JSON object")
    return {name: value for name, value in document.items() if value is not None}


def _gathered(operation: OperationModel, in_path: Mapping[str, str], query: str, document: Values) -> Values:
    """The values of a request from path, query and body."""
    values: Values = {}
    asked = parse_qsl(query, keep_blank_values=True)
    shape = operation.input_shape
    members = {} if shape is None else shape.members
    for name, member in members.items():
        called = member.serialization.get("name", name)
        match member.serialization.get("location"):
            case "uri" if called in in_path:
                values[name] = in_path[called]
            case "querystring":
                texts = [text for key, text in asked if key == called]
                if texts:
                    values[name] = _from_texts(member, texts)
            case None if called in document:
                values[name] = _from_json(member, document.pop(called), called)
            case _:
                continue
    for stranger in document:
        raise bad_request(f"Unknown member '{stranger}' in {operation.name}")
    return values


def _from_texts(shape: Shape, texts: list[str]) -> Any:
    """A value of the query."""
    if isinstance(shape, ListShape):
        return texts
    text = texts[-1]
    try:
        match shape.type_name:
            case "integer" | "long":
                return int(text)
            case "timestamp":
                return datetime.fromisoformat(text)
            case _:
                return text
    except ValueError as broken:
        raise misread(f"'{text}' is no {shape.type_name}") from broken


def _from_json(shape: Shape, value: Any, where: str) -> Any:
    """A value of the body, with bytes and times as such. SesError for a wrong type or an unknown member."""
    if isinstance(shape, StructureShape):
        return _structure(shape, value, where)
    if isinstance(shape, ListShape):
        if not isinstance(value, list):
            raise misread(f"{where} must be a list")
        return [_from_json(shape.member, one, f"{where}.{n + 1}.member") for n, one in enumerate(value)]
    wanted = JSON_TYPES[shape.type_name]
    if not isinstance(value, wanted) or (isinstance(value, bool) and bool not in wanted):
        raise misread(f"{where} must be a {shape.type_name}")
    return _decoded(shape.type_name, value, where)


def _structure(shape: StructureShape, value: Any, where: str) -> Values:
    if not isinstance(value, dict):
        raise misread(f"{where} must be an object")
    for stranger in value.keys() - shape.members.keys():
        raise bad_request(f"Unknown member '{stranger}' in {where}")
    given = {name: one for name, one in value.items() if one is not None}
    return {name: _from_json(shape.members[name], one, f"{where}.{name}") for name, one in given.items()}


def _decoded(kind: str, value: Any, where: str) -> Any:
    try:
        if kind == "blob":
            return b64decode(value, validate=True)
        if kind == "timestamp" and not isinstance(value, str):
            return datetime.fromtimestamp(value, UTC)
    except (ValueError, OverflowError) as broken:
        raise misread(f"{where} is no {kind}") from broken
    return value


def _refuse_first(shape: Shape, values: Values) -> None:
    """Refuse in the words of Amazon's checks."""
    found = list(_violations(shape, values, ""))
    if found:
        many = "error" if len(found) == 1 else "errors"
        raise bad_request(f"{len(found)} validation {many} detected: {'; '.join(found)}")


def _violations(shape: Shape, value: Any, where: str) -> Iterator[str]:
    """What the description does not allow in a value whose types are right."""
    if isinstance(shape, StructureShape):
        for name in shape.required_members:
            if name not in value:
                yield f"Value null at '{_at(where, name)}' failed to satisfy constraint: Member must not be null"
        for name, one in value.items():
            yield from _violations(shape.members[name], one, _at(where, name))
    elif isinstance(shape, ListShape):
        yield from _outside(shape, len(value), where, "length")
        for ordinal, one in enumerate(value):
            yield from _violations(shape.member, one, f"{where}.{ordinal + 1}.member")
    elif shape.type_name == "string":
        yield from _outside(shape, len(value), where, "length")
        yield from _unlike(shape, value, where)
    elif shape.type_name in {"integer", "long", "double"}:
        yield from _outside(shape, value, where, "value")


def _at(where: str, name: str) -> str:
    small = name[0].lower() + name[1:]
    return f"{where}.{small}" if where else small


def _outside(shape: Shape, size: float, where: str, what: str) -> Iterator[str]:
    least, most = shape.metadata.get("min"), shape.metadata.get("max")
    start = f"Value at '{where}' failed to satisfy constraint: Member must have {what}"
    if least is not None and size < least:
        yield f"{start} greater than or equal to {least}"
    if most is not None and size > most:
        yield f"{start} less than or equal to {most}"


def _unlike(shape: Shape, text: str, where: str) -> Iterator[str]:
    allowed, pattern = getattr(shape, "enum", []), shape.metadata.get("pattern")
    start = f"Value at '{where}' failed to satisfy constraint: Member must satisfy"
    if allowed and text not in allowed:
        yield f"{start} enum value set: [{', '.join(allowed)}]"
    if pattern and not re.fullmatch(pattern.removeprefix("^").removesuffix("$"), text):
        yield f"{start} regular expression pattern: {pattern}"


def written(operation: str, values: Mapping[str, Any]) -> bytes:
    """The body of an answer. WrongResponse if the description does not know it so."""
    shape = service().operation_model(operation).output_shape
    if shape is None:
        return b"{}"
    return json.dumps(_to_json(shape, values, operation)).encode()


def _to_json(shape: Shape, value: Any, where: str) -> Any:
    if isinstance(shape, StructureShape):
        strangers = value.keys() - shape.members.keys()
        missing = set(shape.required_members) - value.keys()
        if strangers or missing:
            raise WrongResponse(f"{where}: not in SES's answer {strangers}, missing {missing}")
        return {name: _to_json(shape.members[name], one, f"{where}.{name}") for name, one in value.items()}
    if isinstance(shape, ListShape):
        return [_to_json(shape.member, one, f"{where}[]") for one in value]
    if isinstance(shape, MapShape):
        return {name: _to_json(shape.value, one, f"{where}.{name}") for name, one in value.items()}
    plain = _plain(value)
    wrong = not isinstance(plain, JSON_TYPES[shape.type_name])
    if wrong or (getattr(shape, "enum", []) and plain not in shape.enum):  # type: ignore[attr-defined]
        raise WrongResponse(f"{where}: {value!r} is no {shape.type_name} of {shape.name}")
    return plain


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.timestamp()
    return b64encode(value).decode() if isinstance(value, bytes) else value
