"""Actions as others read them: names that lead nowhere, and OSDI's outreach."""

from dataclasses import replace
from datetime import UTC, datetime

from chalicelib.domain.counts import Action, Basis, Channel, LetterAnswer, LetterOutcome, Outcome
from chalicelib.domain.explaining import corrected
from chalicelib.domain.outreaches import act_id, is_outreach, outreach, public_id

AT = datetime(2026, 11, 25, 2, 3, 4, 567_000, tzinfo=UTC)
SITE = "https://calls.example.org"
CALL = Action("kX3-secret-0", "families-28", Channel.CALLS, "ero-atl", Outcome.SPOKE, Basis.KEY, 42, AT)
LETTER = Action(
    "letter9-0", "families-28", Channel.LETTERS, "ero-atl", LetterOutcome.ON_ITS_WAY, Basis.FACTS, 0, AT
)
DELIVERED = replace(
    LETTER, id="letter9-1", outcome=LetterOutcome.DELIVERED, instead_of=LetterOutcome.ON_ITS_WAY
)
ANSWER = replace(LETTER, id="letter9-answer-0", channel=Channel.ANSWERS, outcome=LetterAnswer.PERSON)


def test_no_name_leads_back_to_the_page_it_came_from() -> None:
    for action, key in ((CALL, "kX3-secret"), (LETTER, "letter9"), (DELIVERED, "letter9")):
        assert key not in str(outreach(action, "ICE office in Atlanta", SITE))


def test_names_stay_as_they_are() -> None:
    """Receivers keep them: another algorithm would be another name for each act."""
    assert public_id(CALL) == "act_9e73576ff19f85754c32c2dd1c938e67"
    assert act_id(CALL) == public_id(CALL)


def test_two_calls_of_one_person_have_names_that_nothing_joins() -> None:
    second = replace(CALL, id="kX3-secret-1")

    assert act_id(second) != act_id(CALL)


def test_every_row_has_a_name_and_what_corrects_an_act_has_the_acts_too() -> None:
    by_hand = corrected(CALL, Outcome.VOICEMAIL, AT)

    assert act_id(by_hand) == act_id(CALL) == public_id(CALL)
    assert act_id(DELIVERED) == act_id(LETTER) == act_id(ANSWER) == public_id(LETTER)
    rows = (CALL, by_hand, LETTER, DELIVERED, ANSWER)
    assert len({public_id(row) for row in rows}) == len(rows)


def test_a_call_is_an_outreach_by_phone() -> None:
    assert outreach(CALL, "ICE office in Atlanta", SITE) == {
        "identifiers": [f"patchthrough:{act_id(CALL)}"],
        "origin_system": "Patchthrough",
        "created_date": "2026-11-25T02:03:04.567Z",
        "modified_date": "2026-11-25T02:03:04.567Z",
        "action_date": "2026-11-25T02:03:04.567Z",
        "type": "phone",
        "duration": 42,
        "targets": [{"organization": "ICE office in Atlanta"}],
        "patchthrough": {
            "action": public_id(CALL),
            "campaign": "families-28",
            "channel": "calls",
            "office": "ero-atl",
            "outcome": "spoke",
            "arrived": True,
            "basis": "key",
            "instead_of": None,
        },
        "_links": {"osdi:advocacy_campaign": {"href": f"{SITE}/api/campaigns/families-28"}},
    }


def test_a_correction_is_the_same_outreach_modified_and_says_no_new_date_of_the_act() -> None:
    first, then = outreach(LETTER, "Atlanta", SITE), outreach(DELIVERED, "Atlanta", SITE)

    assert first["identifiers"] == then["identifiers"]
    assert first["type"] == "email"
    assert "duration" not in first
    assert (then["patchthrough"]["outcome"], then["patchthrough"]["instead_of"]) == (
        "delivered",
        "on_its_way",
    )
    assert not {"created_date", "action_date"} & set(then)


def test_an_answer_is_no_outreach() -> None:
    assert [is_outreach(action) for action in (CALL, LETTER, ANSWER)] == [True, True, False]
