"""The whole table: Twilio's status × seconds of talk × what the supporter said → one honest outcome."""

import itertools

import pytest

from chalicelib.domain.call import TERMINAL, CallStatus
from chalicelib.domain.counts import Basis, Outcome
from chalicelib.domain.outcomes import KEYS, LEAST_MESSAGE, LEAST_TALK, is_decided, outcome

COMPLETED, UNTOLD = CallStatus.COMPLETED, None
SPOKE, VOICEMAIL, NO_ANSWER, WRONG = Outcome.SPOKE, Outcome.VOICEMAIL, Outcome.NO_ANSWER, Outcome.WRONG_NUMBER
SAID = (None, SPOKE, VOICEMAIL, NO_ANSWER, WRONG)
BANDS = {"nothing": 0, "a breath": LEAST_TALK - 1, "a word": LEAST_TALK, "short": LEAST_MESSAGE - 1,
         "a message": LEAST_MESSAGE, "a talk": 300}  # fmt: skip

# For an answered leg: what was said → the outcome in each band of talk time.
ANSWERED: dict[Outcome | None, list[Outcome]] = {
    None:      [NO_ANSWER, NO_ANSWER, NO_ANSWER, NO_ANSWER, VOICEMAIL, VOICEMAIL],
    SPOKE:     [NO_ANSWER, NO_ANSWER, SPOKE, SPOKE, SPOKE, SPOKE],
    VOICEMAIL: [NO_ANSWER, NO_ANSWER, VOICEMAIL, VOICEMAIL, VOICEMAIL, VOICEMAIL],
    NO_ANSWER: [NO_ANSWER] * 6,
    WRONG:     [WRONG] * 6,
}  # fmt: skip
# When Twilio never told us about the leg, the supporter's word is all there is.
UNKNOWN: dict[Outcome | None, list[Outcome]] = {said: [said] * 6 for said in SAID if said} | {
    None: ANSWERED[None]
}
ALONE = {
    CallStatus.BUSY: Outcome.BUSY,
    CallStatus.NO_ANSWER: NO_ANSWER,
    CallStatus.CANCELED: NO_ANSWER,
    CallStatus.FAILED: Outcome.FAILED,
}


@pytest.mark.parametrize("said", SAID)
@pytest.mark.parametrize(("status", "table"), [(COMPLETED, ANSWERED), (UNTOLD, UNKNOWN)])
def test_an_answered_leg_is_judged_by_talk_time_and_the_supporter_s_word(
    status: CallStatus | None, table: dict[Outcome | None, list[Outcome]], said: Outcome | None
) -> None:
    found = [outcome(status, seconds, said)[0] for seconds in BANDS.values()]

    assert dict(zip(BANDS, found, strict=True)) == dict(zip(BANDS, table[said], strict=True))


@pytest.mark.parametrize(("status", "expected"), ALONE.items())
def test_a_line_that_did_not_connect_decides_alone(status: CallStatus, expected: Outcome) -> None:
    for seconds, said in itertools.product(BANDS.values(), SAID):
        assert outcome(status, seconds, said) == (expected, Basis.FACTS)
    assert is_decided(status)


def test_only_the_supporter_s_own_word_counts_as_said() -> None:
    for seconds, said in itertools.product(BANDS.values(), SAID):
        result, basis = outcome(COMPLETED, seconds, said)
        assert (basis is Basis.KEY) == (said is not None and result is said and not _overruled(seconds, said))


def _overruled(seconds: int, said: Outcome) -> bool:
    return seconds < LEAST_TALK and said in {SPOKE, VOICEMAIL}


def test_every_terminal_status_but_completed_decides_alone() -> None:
    assert {status for status in TERMINAL if not is_decided(status)} == {COMPLETED}
    assert set(ALONE) == TERMINAL - {COMPLETED}


def test_nobody_is_asked_what_no_key_can_say_and_the_keys_run_from_one_to_five() -> None:
    assert list(KEYS) == ["1", "2", "3", "4", "5"]
    assert set(KEYS.values()) == {SPOKE, VOICEMAIL, NO_ANSWER, WRONG, Outcome.VOICEMAIL_FULL}
