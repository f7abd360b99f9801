"""What the tests of pages share: one served app, emptied for each test."""

from collections.abc import Iterator

import pytest

from tests.browser.served import Served, serving
from tests.values import campaign
from tests.views.booking_forms import NIGHT


@pytest.fixture(scope="module")
def served_all() -> Iterator[Served]:
    with serving() as served:
        yield served


@pytest.fixture
def served(served_all: Served) -> Served:
    served_all.empty()
    served_all.run(campaign())
    return served_all


@pytest.fixture
def closed(served: Served) -> Served:
    """The evening before: every office is closed."""
    served.clock.at = NIGHT
    return served
