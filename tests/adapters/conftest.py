"""What the contract tests share: one table implementation after the other."""

from collections.abc import Iterator
from typing import Any

import pytest

from tests.stores import BACKENDS


@pytest.fixture(scope="module", params=BACKENDS)
def backend(request: pytest.FixtureRequest) -> Iterator[Any]:
    """A DynamoDB client of each implementation we have."""
    with BACKENDS[request.param]() as dynamodb:
        yield dynamodb
