"""The proof of the sums: right sums always pass, also while calls come in; any wrong figure is found."""

from dataclasses import replace
from datetime import datetime, timedelta

from hypothesis import assume, given
from hypothesis import strategies as st

from chalicelib.domain.counts import Action, Basis, Channel, LetterOutcome, Outcome, Tally, counted
from chalicelib.domain.explaining import corrected
from cli.proof import Sum, by_office, checks, sums
from tests.values import NOW

AN_ACTION = Action("a-0", "families-28", Channel.CALLS, "ero-atl", Outcome.SPOKE, Basis.KEY, 42, NOW)
actions = st.builds(
    replace,
    st.just(AN_ACTION),
    campaign=st.sampled_from(["families-28", "quiet"]),
    office=st.sampled_from(["ero-atl", "ero-was"]),
    outcome=st.sampled_from(Outcome),
)
ledgers = st.lists(actions, max_size=30)


def tallied(ledger: list[Action]) -> dict[Sum, Tally]:
    """What the tallies say when all is well."""
    found: dict[Sum, list[Action]] = {}
    for action in ledger:
        found.setdefault((action.campaign, action.channel), []).append(action)
    return {each: counted(mine) for each, mine in found.items()}


def difference(ledger: list[Action], before: dict[Sum, Tally], after: dict[Sum, Tally]) -> int:
    return sum(check.difference for check in checks(ledger, before, lambda: after, NOW))


@given(ledgers)
def test_right_sums_are_proved(ledger: list[Action]) -> None:
    assert difference(ledger, tallied(ledger), tallied(ledger)) == 0


@given(ledgers, ledgers, ledgers)
def test_calls_that_come_in_meanwhile_make_no_difference(
    earlier: list[Action], seen: list[Action], unseen: list[Action]
) -> None:
    ledger = earlier + seen

    assert difference(ledger, tallied(earlier), tallied(ledger + unseen)) == 0


@given(ledgers, actions)
def test_an_action_more_or_less_is_always_found(ledger: list[Action], one: Action) -> None:
    right, more = tallied(ledger), tallied([*ledger, one])

    assert difference(ledger, more, more) == 1
    assert difference([*ledger, one], right, right) == 1


@given(ledgers, st.data())
def test_an_outcome_taken_for_another_is_always_found(ledger: list[Action], choice: st.DataObject) -> None:
    wrong = [AN_ACTION, *ledger]
    other = choice.draw(st.sampled_from([outcome for outcome in Outcome if outcome is not AN_ACTION.outcome]))
    right = [replace(AN_ACTION, outcome=other), *ledger]

    assert difference(right, tallied(wrong), tallied(wrong)) == 2


def test_the_tallies_are_read_again_only_after_the_ledger() -> None:
    read: list[str] = []

    def ledger() -> list[Action]:
        read.append("ledger")
        return [AN_ACTION]

    def after() -> dict[Sum, Tally]:
        read.append("tallies")
        return tallied([AN_ACTION])

    found = checks((action for part in [ledger] for action in part()), {}, after, NOW)

    assert read == ["ledger", "tallies"]
    assert [(check.difference, check.moved) for check in found] == [(0, 1)]


def test_shards_are_added_up() -> None:
    shard = Tally(2, {Outcome.SPOKE: 1, Outcome.BUSY: 1})

    assert sums([("a", Channel.CALLS, shard), ("b", Channel.CALLS, shard), ("a", Channel.CALLS, shard)]) == {
        ("a", Channel.CALLS): Tally(4, {Outcome.SPOKE: 2, Outcome.BUSY: 2}),
        ("b", Channel.CALLS): shard,
    }


@given(ledgers)
def test_offices_add_up_to_the_whole(ledger: list[Action]) -> None:
    offices = by_office(ledger)

    parts = {(*each, office): tally for each, found in offices.items() for office, tally in found.items()}
    assert sum(part.tally for part in parts.values()) == len(ledger)
    assert all(
        part == counted(a for a in ledger if (a.campaign, a.channel, a.office) == each)
        for each, part in parts.items()
    )


# Letters: their outcomes are corrected.


@st.composite
def letters(draw: st.DrawFn, at: datetime) -> list[Action]:
    """The actions of one letter, each in the place of the one before."""
    outcomes = draw(st.lists(st.sampled_from(LetterOutcome), min_size=1, max_size=4))
    befores = [None, *outcomes]
    letter = replace(AN_ACTION, channel=Channel.LETTERS, at=at)
    return [
        replace(letter, outcome=outcome, instead_of=before)
        for before, outcome in zip(befores, outcomes, strict=False)
        if before is not outcome
    ]


LONG_AGO = NOW - timedelta(days=1)


@given(st.lists(letters(LONG_AGO), max_size=5), st.lists(letters(NOW), max_size=5), st.data())
def test_letters_that_are_corrected_meanwhile_make_no_difference(
    old: list[list[Action]], new: list[list[Action]], choice: st.DataObject
) -> None:
    """Whatever the recount sees of the corrections that come in while it reads, in whatever order it reads."""
    known, moving = ([action for letter in each for action in letter] for each in (old, new))
    split = choice.draw(st.integers(0, len(moving)))
    earlier, meanwhile = [*known, *moving[:split]], moving[split:]
    seen = [action for action in meanwhile if choice.draw(st.booleans())]
    before, after = tallied(earlier), tallied([*earlier, *meanwhile])
    # What ends where it began looks as if nothing had moved; then the ledger is taken at its word.
    assume(before != after or not seen)

    assert difference([*earlier, *seen], before, after) == 0


@given(st.lists(letters(LONG_AGO) | letters(NOW), max_size=5), letters(LONG_AGO) | letters(NOW))
def test_when_nothing_moves_a_letter_more_or_less_is_always_found(
    known: list[list[Action]], one: list[Action]
) -> None:
    ledger = [action for letter in known for action in letter]
    right, more = tallied(ledger), tallied([*ledger, *one])

    assert difference(ledger, more, more) > 0
    assert difference([*ledger, *one], right, right) > 0


def test_a_delivery_that_the_tally_takes_for_a_bounce_is_found() -> None:
    sent = replace(AN_ACTION, channel=Channel.LETTERS, outcome=LetterOutcome.ON_ITS_WAY, at=LONG_AGO)
    told = replace(sent, outcome=LetterOutcome.DELIVERED, instead_of=LetterOutcome.ON_ITS_WAY)
    wrong = tallied([sent, replace(told, outcome=LetterOutcome.BOUNCED)])

    (check,) = checks([sent, told], wrong, lambda: wrong, NOW)

    assert check.difference == 2
    assert [check.apart(each) for each in (LetterOutcome.DELIVERED, LetterOutcome.BOUNCED)] == [1, -1]


def test_a_correction_of_a_minute_ago_that_is_lost_is_found_once_nothing_moves() -> None:
    """However many others of the last minutes could account for it."""
    w, d, b = LetterOutcome.ON_ITS_WAY, LetterOutcome.DELIVERED, LetterOutcome.BOUNCED
    sent = replace(AN_ACTION, channel=Channel.LETTERS, outcome=w, at=NOW)
    told = replace(sent, outcome=d, instead_of=w)
    others = [sent, sent, told, replace(sent, outcome=b, instead_of=d)]
    right = tallied([*others, told])

    assert difference(others, right, right) == 2
    assert difference([*others, told], right, right) == 0


def test_a_call_that_staff_correct_back_and_forth_meanwhile_makes_no_difference() -> None:
    wrong = replace(AN_ACTION, outcome=Outcome.WRONG_NUMBER, at=NOW - timedelta(days=1))
    forth = corrected(wrong, Outcome.SPOKE, NOW)
    back = corrected(forth, Outcome.WRONG_NUMBER, NOW)
    another = replace(AN_ACTION, id="a-1", outcome=Outcome.BUSY)

    meanwhile = tallied([wrong, forth, back, another])
    assert difference([wrong, forth], tallied([wrong]), meanwhile) == 0
    assert difference([forth], tallied([wrong]), meanwhile) > 0
