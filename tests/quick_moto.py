"""moto, without the detour it takes for each value of a DynamoDB item: a tenth of a story's time, more of the CLI's.

moto looks for every attribute value under each of the ten types it could have, under several names. Its own items
are in DynamoDB's JSON already, so here they go out as they are. That the answers stay the same is shown by the
contract tests, which play against moto, ministack and DynamoDB Local. Take `mock_aws` from here.
"""

import json
from typing import Any

from moto import mock_aws
from moto.core.serialize import SERVICE_SPECIFIC_SERIALIZERS, JSONSerializer

__all__ = ["mock_aws"]
VALUE = "AttributeValue"


class ItemsAsTheyAre(JSONSerializer):
    """DynamoDB's answers; an attribute value is taken over whole."""

    def _serialize_type_structure(self, serialized: Any, value: Any, shape: Any, key: str) -> None:
        if shape.name == VALUE and isinstance(value, dict):
            serialized[key] = value
        else:
            super()._serialize_type_structure(serialized, value, shape, key)

    def _serialize_body(self, body: Any) -> str:
        # What an expression has set may still be one of moto's own objects.
        return json.dumps(body, default=lambda each: each.to_json())


SERVICE_SPECIFIC_SERIALIZERS["dynamodb"] = {"json": ItemsAsTheyAre}
