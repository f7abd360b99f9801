"""Gather: time-outs, keys, and what reaches the action."""

import pytest

from dev.phone_world import PickUp, Press, Rules, Supporter
from tests.phone_world.tiny_app import ANA, Asked, Page, Stage, stage

AFTERWARDS = "<Say>No key.</Say>"


def gather(attributes: str, *moves: Press, prompts: str = "<Say>Press a key</Say>") -> Stage:
    pages = {
        "/start": f'<Gather action="/key" {attributes}>{prompts}</Gather>{AFTERWARDS}',
        "/key": "<Say>Thanks.</Say>",
    }
    staged = stage(dict(pages), Supporter(ANA, [PickUp(after=2), *moves]))
    staged.play()
    assert staged.world.complaints == []
    return staged


def keys(staged: Stage) -> list[Asked]:
    return staged.app.at("/key")


def test_num_digits_ends_it_at_the_last_digit() -> None:
    asked = keys(gather('numDigits="5"', Press("30303", between=0.5)))[0]

    assert asked.fields["Digits"] == "30303"
    assert asked.fields["FinishedOnKey"] == ""
    assert asked.at == 3 + 1 + 4 * 0.5


def test_the_finish_key_ends_it_and_is_no_digit() -> None:
    asked = keys(gather("", Press("42#")))[0]

    assert (asked.fields["Digits"], asked.fields["FinishedOnKey"]) == ("42", "#")


def test_a_lone_finish_key_posts_empty_digits() -> None:
    asked = keys(gather("", Press("#")))[0]

    assert (asked.fields["Digits"], asked.fields["FinishedOnKey"]) == ("", "#")


def test_an_empty_finish_key_lets_every_key_count() -> None:
    asked = keys(gather('finishOnKey="" numDigits="2"', Press("*#")))[0]

    assert asked.fields["Digits"] == "*#"


def test_another_finish_key_makes_the_hash_a_digit() -> None:
    asked = keys(gather('finishOnKey="*"', Press("1#*")))[0]

    assert asked.fields["Digits"] == "1#"


def test_silence_counts_from_the_last_key() -> None:
    staged = gather('timeout="7"', Press("12", after=1, between=3))

    asked = keys(staged)[0]
    assert asked.fields["Digits"] == "12"
    assert asked.at == 3 + 1 + 3 + 7


def test_silence_counts_from_the_end_of_the_prompts() -> None:
    staged = gather('timeout="7"', prompts='<Pause length="10"/>')

    no_key = next(
        line for line in staged.world.transcript(staged.world.calls[0].sid) if line.text == "No key."
    )
    assert no_key.at == 3 + 10 + 7


def test_each_key_begins_the_silence_anew_and_a_short_number_is_posted_as_it_is() -> None:
    staged = gather('numDigits="5" timeout="4"', Press("303", after=1, between=3.5))

    asked = keys(staged)[0]
    assert (asked.fields["Digits"], asked.fields["FinishedOnKey"]) == ("303", "")
    assert asked.at == 3 + 1 + 2 * 3.5 + 4


def test_keys_too_far_apart_end_in_the_middle() -> None:
    assert keys(gather('numDigits="5" timeout="4"', Press("303", between=4.5)))[0].fields["Digits"] == "3"


@pytest.mark.parametrize(("count", "keyed"), [(5, "30303"), (6, "482915")])
def test_a_key_beyond_the_last_is_not_kept_for_later(count: int, keyed: str) -> None:
    staged = gather(f'numDigits="{count}"', Press(keyed + "77"))

    assert [asked.fields["Digits"] for asked in keys(staged)] == [keyed]
    assert staged.world.calls[0].unheard == "77"


def test_the_finish_key_before_the_last_digit_posts_what_there_is() -> None:
    asked = keys(gather('numDigits="5"', Press("303#")))[0]

    assert (asked.fields["Digits"], asked.fields["FinishedOnKey"]) == ("303", "#")


def test_without_a_finish_key_the_hash_alone_is_a_digit() -> None:
    assert keys(gather('finishOnKey="" numDigits="1"', Press("#")))[0].fields["Digits"] == "#"


def test_star_ends_a_zip_at_once_where_it_is_the_finish_key() -> None:
    asked = keys(gather('finishOnKey="*" numDigits="5" timeout="9"', Press("*", after=1)))[0]

    assert (asked.fields["Digits"], asked.fields["FinishedOnKey"], asked.at) == ("", "*", 4)


@pytest.mark.parametrize(("attributes", "posted"), [("", []), ('actionOnEmptyResult="true"', [""])])
def test_a_lone_finish_key_may_be_as_good_as_silence(attributes: str, posted: list[str]) -> None:
    pages: dict[str, Page] = {
        "/start": f'<Gather action="/key" {attributes}/>{AFTERWARDS}',
        "/key": "<Hangup/>",
    }
    supporter = Supporter(ANA, [PickUp(), Press("#")])
    staged = stage(pages, supporter, rules=Rules(lone_finish_key_posts=False))
    sid = staged.play()

    assert [asked.fields["Digits"] for asked in keys(staged)] == posted
    assert staged.said(sid) == ([] if posted else ["No key."])


def test_five_seconds_are_the_default() -> None:
    staged = gather("", prompts='<Pause length="1"/>')

    no_key = staged.world.transcript(staged.world.calls[0].sid)[-1]
    assert no_key.at == 3 + 1 + 5


def test_no_key_goes_on_to_the_next_verb() -> None:
    staged = gather('numDigits="1"')

    assert keys(staged) == []
    assert staged.said(staged.world.calls[0].sid)[-1] == "No key."


def test_no_key_asks_the_action_if_told_so() -> None:
    staged = gather('numDigits="1" actionOnEmptyResult="true"')

    assert [asked.fields["Digits"] for asked in keys(staged)] == [""]
    assert "No key." not in staged.said(staged.world.calls[0].sid)


def test_a_key_stops_the_prompts() -> None:
    staged = gather(
        'numDigits="1"', Press("1", after=1), prompts="<Say>First words</Say><Say>Never heard</Say>" * 20
    )

    assert len(staged.said(staged.world.calls[0].sid)) < 5
    assert keys(staged)[0].at == 4


def test_the_default_action_is_the_current_address() -> None:
    def start(asked: Asked) -> str:
        return "<Say>Done.</Say>" if "Digits" in asked.fields else '<Gather numDigits="1"/>'

    staged = stage({"/start": start}, Supporter(ANA, [PickUp(), Press("9")]))
    staged.play()

    assert [asked.fields.get("Digits") for asked in staged.app.at("/start")] == [None, "9"]


def test_a_get_action_carries_the_fields_in_the_query() -> None:
    asked = keys(gather('numDigits="1" method="GET"', Press("3")))[0]

    assert (asked.method, asked.body) == ("GET", b"")
    assert asked.fields["Digits"] == "3"


def test_a_key_pressed_while_nobody_listens_is_lost() -> None:
    pages = {"/start": '<Say>A very long greeting</Say><Gather numDigits="1" action="/key"/>', "/key": ""}
    staged = stage(dict(pages), Supporter(ANA, [PickUp(), Press("1", when=None, after=0.1)]))
    staged.play()

    assert staged.app.at("/key") == []


def test_digits_stand_on_no_other_webhook() -> None:
    staged = gather('numDigits="1"', Press("1"))

    assert all("Digits" not in asked.fields for asked in staged.app.asked if asked.path != "/key")


@pytest.mark.parametrize("attributes", ['timeout="0"', 'numDigits="0"', 'finishOnKey="12"', 'input="speech"'])
def test_a_wrong_attribute_is_a_complaint(attributes: str) -> None:
    staged = stage({"/start": f"<Gather {attributes}/>"}, Supporter(ANA, [PickUp()]))
    staged.play()

    assert [alert.code for alert in staged.world.complaints] == [12200]
