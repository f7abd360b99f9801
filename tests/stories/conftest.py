"""What the stories of placing share."""

from collections.abc import Iterator

import pytest

from chalicelib.runtime import Runtime
from dev.phone_world import Supporter
from tests.rehearsal import ANA, sweep
from tests.stories.placing_house import TALK, Placing


@pytest.fixture
def house(built: Runtime) -> Iterator[Placing]:
    """A house whose supporter talks to one office; ledger and tally agree when its story is over."""
    sweep()
    made = Placing(built)
    made.world.add(Supporter(ANA, TALK))
    yield made
    assert made.world.complaints == []
    assert made.difference() == 0
