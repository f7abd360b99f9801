"""The account's own numbers on the REST side: found, and led to other addresses."""

import pytest
from twilio.base.exceptions import TwilioRestException  # type: ignore[import-untyped, unused-ignore]

from dev.phone_world import Hook, OurNumber
from tests.phone_world.tiny_app import ANA, BASE, OURS, Stage, stage

ANOTHER = "+12025550187"


def pool() -> Stage:
    staged = stage(
        {"/old": "<Say>Old.</Say>", "/new": "<Say>New.</Say>"}, ours=OurNumber(Hook(f"{BASE}/old"))
    )
    staged.world.numbers[ANOTHER] = OurNumber()
    return staged


def sid_of(staged: Stage, number: str) -> str:
    (found,) = staged.client.incoming_phone_numbers.list(phone_number=number)
    return str(found.sid)


def test_every_number_is_listed_and_one_is_found() -> None:
    staged = pool()

    assert [one.phone_number for one in staged.client.incoming_phone_numbers.list()] == [OURS, ANOTHER]
    found = staged.client.incoming_phone_numbers(sid_of(staged, OURS)).fetch()
    assert (found.phone_number, found.voice_url, found.status_callback) == (OURS, f"{BASE}/old", "")
    assert staged.client.incoming_phone_numbers.list(phone_number=ANA) == []


def test_a_list_has_pages() -> None:
    staged = pool()

    page = staged.client.incoming_phone_numbers.page(page_size=1)
    assert [one.phone_number for one in page] == [OURS]
    assert [one.phone_number for one in page.next_page()] == [ANOTHER]


def test_a_change_holds_from_the_next_call_on_and_leaves_the_rest() -> None:
    staged = pool()
    changed = staged.client.incoming_phone_numbers(sid_of(staged, OURS)).update(
        voice_url=f"{BASE}/new", status_callback=f"{BASE}/ended"
    )
    call = staged.world.call_in(ANA, OURS, [])
    staged.world.run_until_idle()

    assert (changed.voice_url, changed.status_callback) == (f"{BASE}/new", f"{BASE}/ended")
    assert staged.said(call.sid) == ["New."]
    assert staged.app.events("/ended") == ["completed"]
    assert staged.world.numbers[ANOTHER] == OurNumber()
    assert staged.world.complaints == []


def test_an_address_can_be_taken_away() -> None:
    staged = pool()
    staged.client.incoming_phone_numbers(sid_of(staged, OURS)).update(voice_url="")

    assert staged.world.numbers[OURS].voice.url == ""


@pytest.mark.parametrize("url", ["nowhere", "ftp://app.example/", "https://my_host.example/"])
def test_an_address_that_is_none_is_refused_and_nothing_changes(url: str) -> None:
    staged = pool()
    with pytest.raises(TwilioRestException) as refused:
        staged.client.incoming_phone_numbers(sid_of(staged, OURS)).update(voice_url=url)

    assert (refused.value.status, refused.value.code) == (400, 21402)
    assert staged.world.numbers[OURS].voice.url == f"{BASE}/old"


def test_a_number_of_somebody_else_is_not_found() -> None:
    with pytest.raises(TwilioRestException) as refused:
        pool().client.incoming_phone_numbers("PN" + "0" * 32).fetch()

    assert refused.value.code == 20404


def test_numbers_are_neither_bought_nor_released_here() -> None:
    staged = pool()
    with pytest.raises(TwilioRestException) as refused:
        staged.client.incoming_phone_numbers(sid_of(staged, OURS)).delete()

    assert refused.value.status == 405


def test_what_is_not_played_is_a_complaint() -> None:
    staged = pool()
    staged.client.incoming_phone_numbers(sid_of(staged, OURS)).update(friendly_name="Families")

    assert [alert.code for alert in staged.world.complaints] == [20001]
