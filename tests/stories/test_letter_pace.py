"""The account's rate, with SES itself on the other side: what leaves in a burst, and what a throttle costs.

D11 and D12 of letters.md §2, on the app; the pure planner's ten thousand are in tests/domain/test_pacing.
"""

from collections.abc import Iterator

import pytest

from chalicelib.domain.letter import State
from chalicelib.domain.pacing import SHARE
from chalicelib.runtime import Runtime
from dev.mail_world import Throttle
from tests.conftest import Figure
from tests.rehearsal import sweep
from tests.stories.letter_house import LetterHouse

MANY = 60
PEOPLE = [f"person{n}@people.example" for n in range(MANY)]


@pytest.fixture
def house(built: Runtime) -> Iterator[LetterHouse]:
    sweep()
    made = LetterHouse(built, an_hour=10**6)
    yield made
    assert made.difference() == 0
    assert made.mails.complaints == []


def test_d11_a_burst_is_paced_for_letters_and_mail_to_writers_alike(
    house: LetterHouse, figure: Figure
) -> None:
    house.sent_to_office(*PEOPLE)

    sent = [mail.at for mail in house.mails.accepted if mail.tag("letter")]
    took, ideal = max(sent) - min(sent), MANY / house.mails.rules.max_send_rate
    figure(
        f"letters={len(sent)} lost={MANY - len(sent)} double={house.doubles()} "
        f"throttled={sum(house.refusals().values())} took={took:.1f}s governor={ideal / SHARE:.1f}s"
    )
    assert (len(sent), house.doubles(), house.refusals()) == (MANY, 0, {})
    assert {letter.state for letter in house.all_letters()} == {State.DELIVERED}
    assert took <= ideal / SHARE + 1, "a queue delays by whole seconds, and no more"
    assert [house.told(email) for email in PEOPLE] == [["confirm", "receipt"]] * MANY


@pytest.mark.parametrize("name", Throttle)
def test_d12_a_storm_of_throttles_costs_no_attempt_and_loses_nothing(
    house: LetterHouse, name: Throttle
) -> None:
    """Another program sends by the same account: SES lets through a third of what it says."""
    people = PEOPLE[:20]
    for email in people:
        house.write(email)
    house.world.run_until_idle()
    house.runtime.mailer.allowance()
    house.mails.rules.throttle, house.mails.rules.max_send_rate = name, 5.0
    for email in people:
        house.confirm(email)
    house.world.run_until_idle()

    letters = house.all_letters()
    assert house.refusals()[name] > 0, "nothing was throttled"
    assert {(letter.state, letter.attempts, house.copies(letter)) for letter in letters} == {
        (State.DELIVERED, 1, 1)
    }
    assert [house.told(email) for email in people] == [["confirm", "receipt"]] * len(people)
