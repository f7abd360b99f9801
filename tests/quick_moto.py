"""moto, without four detours: a tenth of a story's time, and of a story of hundreds of people nearly all of it.

moto looks for every attribute value under each of the ten types it could have, under several names. Its own items
are in DynamoDB's JSON already, so here they go out as they are. And before a transaction it copies the whole table,
item by item, once for each write, should it have to take them back; here the partitions that a transaction writes to
are kept, and an update changes an item of its own. And a query here looks through its one partition and not the whole
table. And what a client of `at_once` has validated and written down goes to moto's own handler, and not by way of HTTP
and back; whatever that refuses goes the long way, which finds the words for it. That the answers stay the same is shown
by the contract tests, which play against moto, ministack and DynamoDB Local. Take `mock_aws` from here.
"""

import copy
import json
import threading
from base64 import b64decode, b64encode
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache, partial
from types import SimpleNamespace
from typing import Any

from moto import mock_aws
from moto.core.models import botocore_stubber
from moto.core.serialize import SERVICE_SPECIFIC_SERIALIZERS, JSONSerializer
from moto.dynamodb import responses
from moto.dynamodb.comparisons import ConditionExpressionParser
from moto.dynamodb.models import DynamoDBBackend
from moto.dynamodb.models.dynamo_type import DynamoType, Item
from moto.dynamodb.models.table import Table
from moto.dynamodb.models.utilities import dynamo_to_dict
from moto.dynamodb.responses import DynamoHandler, DynamoResult

__all__ = ["mock_aws"]
VALUE = "AttributeValue"
ACCOUNT, REGION = "123456789012", "us-east-1"
UNWRITTEN, WRITE = "unwritten", "write"
AT_ONCE = {
    "BatchGetItem": DynamoHandler.batch_get_item,
    "DeleteItem": DynamoHandler.delete_item,
    "GetItem": DynamoHandler.get_item,
    "PutItem": DynamoHandler.put_item,
    "Query": DynamoHandler.query,
    "TransactWriteItems": DynamoHandler.transact_write_items,
    "UpdateItem": DynamoHandler.update_item,
}
"""The requests that stories make by the thousand; each changes nothing when it is refused."""
OK = {"HTTPStatusCode": 200, "HTTPHeaders": {}, "RetryAttempts": 0}


class ItemsAsTheyAre(JSONSerializer):
    """DynamoDB's answers; an attribute value is taken over whole."""

    def _serialize_type_structure(self, serialized: Any, value: Any, shape: Any, key: str) -> None:
        if shape.name == VALUE and isinstance(value, dict):
            serialized[key] = value
        else:
            super()._serialize_type_structure(serialized, value, shape, key)

    def _serialize_body(self, body: Any) -> str:
        return json.dumps(body, default=_plain)


def _plain(each: Any) -> Any:
    """Bytes as JSON carries them; what an expression has set may still be one of moto's own objects."""
    return b64encode(each).decode() if isinstance(each, bytes) else each.to_json()


SERVICE_SPECIFIC_SERIALIZERS["dynamodb"] = {"json": ItemsAsTheyAre}


def _at_once(model: Any, params: dict[str, Any], **_: Any) -> tuple[Any, dict[str, Any]] | None:
    """What moto answers to this request, as botocore would have read it; None for what goes the long way."""
    is_motos = botocore_stubber.enabled and ".amazonaws.com" in params["url"]
    answer = _answer(model, params) if is_motos else None
    if answer is None:
        params.update(params.pop(WRITE, dict)())
        return None
    return SimpleNamespace(status_code=200), answer | {"ResponseMetadata": OK}


def _answer(model: Any, params: dict[str, Any]) -> dict[str, Any] | None:
    """The answer of moto's own handler; None where it has none or refuses."""
    method = AT_ONCE.get(model.name)
    if method is None:
        return None
    handler = DynamoHandler()
    handler.current_account, handler.region = ACCOUNT, REGION
    handler.body = handler.params = params.get(UNWRITTEN) or _read(params["body"].decode())
    try:
        found = method(handler)
    except Exception:  # noqa: BLE001 - whatever it is, the long way raises it again, as the client would see it
        return None
    answer: Any = found.result if isinstance(found, DynamoResult) else dynamo_to_dict(found.result)
    return {name: answer[name] for name in model.output_shape.members if name in answer}


def _read(written: str) -> dict[str, Any]:
    """DynamoDB's JSON, with bytes where it says so."""
    return dict(json.loads(written, object_hook=_with_bytes if '"B": "' in written else None))


def _with_bytes(value: dict[str, Any]) -> dict[str, Any]:
    binary = value.get("B")
    return {"B": b64decode(binary)} if isinstance(binary, str) else value


def at_once(client: Any, *, unwritten: bool = False) -> None:
    """Let this client go without HTTP from now on; what listens to its requests still hears them.

    With `unwritten` it does not even check and write them down, as long as none is refused.
    """
    client.meta.events.register_last("before-call.dynamodb", _at_once, "at once")
    if unwritten:
        client._convert_to_request_dict = partial(_held, client._convert_to_request_dict)


@contextmanager
def by_http(client: Any) -> Iterator[None]:
    """Let this client's requests go over the wire meanwhile, for whoever does something to the wire."""
    client.meta.events.unregister("before-call.dynamodb", unique_id="at once")
    try:
        yield
    finally:
        client.meta.events.register_last("before-call.dynamodb", _at_once, "at once")


def _held(write: Callable[..., dict[str, Any]], **asked: Any) -> dict[str, Any]:
    """A request as it was asked, with the way to write it down."""
    return {
        "url": asked["endpoint_url"], "headers": {}, "context": asked["context"], UNWRITTEN: asked["api_params"],
        WRITE: partial(write, **asked),
    }  # fmt: skip


_lex = ConditionExpressionParser._lex_one_node
_NOBODY = ConditionExpressionParser(None, None, None)


@cache
def _first_word(expression: str) -> Any:
    """The first word of a condition, and the rest, which moto would look for anew each time."""
    return _lex(_NOBODY, expression)


@cache
def _used(expression: str, names: tuple[tuple[str, str], ...], values: frozenset[str]) -> Any:
    """Which names and values a condition uses: what moto checks of it before the request is carried out."""
    parser = ConditionExpressionParser(expression, dict(names), {value: {"S": ""} for value in values})
    parser.parse()
    return tuple(parser.expr_attr_names_found), tuple(parser.expr_attr_values_found)


def _checked(expression: str | None, names: dict[str, str] | None, values: dict[str, Any] | None) -> Any:
    """What has been found in such a condition, as moto's parser would hold it."""
    used = (
        _used(expression, tuple((names or {}).items()), frozenset(values or ())) if expression else ((), ())
    )
    return SimpleNamespace(parse=dict, expr_attr_names_found=[*used[0]], expr_attr_values_found=[*used[1]])


_update_item = DynamoDBBackend.update_item


def _updating(self: DynamoDBBackend, table_name: str, key: dict[str, Any], **asked: Any) -> Any:
    """An update, on an item of its own."""
    table = self.get_table(table_name)
    items = table.items.get(DynamoType(key[table.hash_key_attr]), {})
    range_key = DynamoType(key[str(table.range_key_attr)])
    if range_key in items:
        items[range_key] = copy.deepcopy(items[range_key])
    return _update_item(self, table_name, key, **asked)


_transact_write_items = DynamoDBBackend.transact_write_items


def _transacting(self: DynamoDBBackend, transact_items: list[dict[str, Any]]) -> None:
    """A transaction, with what it writes to put back as it was should it fail."""
    before = list(_partitions(self, transact_items))
    try:
        _transact_write_items(self, transact_items)
    except Exception:
        for table, key, items in before:
            table.items[key] = items
        raise


def _partitions(
    backend: DynamoDBBackend, transact_items: list[dict[str, Any]]
) -> Iterator[tuple[Table, DynamoType, dict[Any, Any]]]:
    """The partitions that a transaction may write to, as they are now."""
    for item in transact_items:
        operation = next(iter(item.values()))
        table = backend.tables[operation["TableName"]]
        key = DynamoType((operation.get("Key") or operation["Item"])[table.hash_key_attr])
        yield table, key, dict(table.items.get(key, {}))


_query, _all_items = Table.query, Table.all_items
_asked = threading.local()


def _querying(self: Table, hash_key: DynamoType | None, *args: Any, **asked: Any) -> Any:
    """A query, which looks for its items in the partition it asks for."""
    _asked.partition = hash_key
    try:
        return _query(self, hash_key, *args, **asked)
    finally:
        _asked.partition = None


def _items(self: Table) -> list[Item]:
    """All items in order; within a query those of its partition."""
    partition = getattr(_asked, "partition", None)
    if partition is None:
        return _all_items(self)
    return sorted(dict(self.items.get(partition, {})).values(), key=lambda item: item.range_key)


ConditionExpressionParser._lex_one_node = (  # type: ignore[method-assign]  # what it finds is in the text alone
    lambda self, expression: _first_word(expression)  # type: ignore[assignment]  # as above
)
vars(responses)["create_condition_expression_parser"] = _checked  # the same, found once
Table.__deepcopy__ = lambda self, _memo: self  # type: ignore[attr-defined]  # moto's copy before a transaction
Table.query = _querying  # type: ignore[method-assign]  # we have no index that it could ask
Table.all_items = _items  # type: ignore[method-assign]  # as above
DynamoDBBackend.update_item = _updating  # type: ignore[assignment,method-assign]  # the same, with a step before
DynamoDBBackend.transact_write_items = _transacting  # type: ignore[method-assign]  # as above
