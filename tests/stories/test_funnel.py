"""A call is counted once at each step it comes to, whatever is repeated on the way."""

from collections import Counter
from collections.abc import Iterator

import pytest

from chalicelib.observability import METRICS, forget
from dev.phone_world.faults import Faults
from dev.phone_world.people import HangUp, Heard, PickUp, Press, Supporter
from tests.rehearsal import ANA, OUR_NUMBER, SLUG, Rehearsal, rehearsing
from tests.test_observability import emf

ALL = ("form", "rang", "human", "dialled", "answered", "spoke")


@pytest.fixture
def house() -> Iterator[Rehearsal]:
    forget()
    with rehearsing() as made:
        yield made


def funnel(capsys: pytest.CaptureFixture[str]) -> dict[str, int]:
    """The steps as CloudWatch would add them up, in order."""
    found: Counter[str] = Counter()
    for _, name, of, number in emf(capsys.readouterr().out):
        if name == "Step":
            found[of["step"]] += int(number)
    return {step: found[step] for step in METRICS["Step"].values if found[step]}


def test_a_call_that_speaks_comes_once_to_every_step(
    house: Rehearsal, capsys: pytest.CaptureFixture[str]
) -> None:
    house.world.add(Supporter(ANA, (PickUp(), *[Press("1")] * 6)))
    house.tap()
    house.play(minutes=10)

    assert house.tally().tally > 1, "several offices"
    assert funnel(capsys) == dict.fromkeys(ALL, 1)


def test_what_twilio_repeats_is_not_counted_again(capsys: pytest.CaptureFixture[str]) -> None:
    forget()
    with rehearsing(faults=Faults(duplicate=1.0)) as house:
        house.world.add(Supporter(ANA, (PickUp(), Press("1"), Press("1"), HangUp(when="asked for a key"))))
        house.tap()
        house.play(minutes=10)

        assert funnel(capsys) == dict.fromkeys(ALL, 1)


def test_who_presses_nothing_is_no_human(house: Rehearsal, capsys: pytest.CaptureFixture[str]) -> None:
    house.world.add(Supporter(ANA, (PickUp(),)))
    house.tap()
    house.play(minutes=10)

    assert funnel(capsys) == {"form": 1, "rang": 1}


def test_who_calls_us_is_not_rung(house: Rehearsal, capsys: pytest.CaptureFixture[str]) -> None:
    page = house.post(f"/api/campaigns/{SLUG}/calls", {"by": "tap", "language": "en"})
    menu, how = Heard("To hear what you could say, press 2"), Heard("How did it go")
    code = page["dial"].removeprefix(OUR_NUMBER)
    house.call_in(ANA, (Press("1", when=menu), Press("1", when=how)), post_dial=code)
    house.play()

    assert funnel(capsys) == {step: 1 for step in ALL if step != "rang"}
