"""`tel:` links: what a phone dials, and which keys it sends when, whether anybody listens or not."""

import pytest

from dev.phone_world import Hook, OfficeLine, OurNumber, Plan
from dev.phone_world.tel import dialled, timed
from tests.phone_world.tiny_app import ANA, BASE, OFFICE, OURS, Page, Stage, stage

CODE = ",,482915"
LISTENS = '<Gather numDigits="6" timeout="4" action="/code"><Say>Welcome.</Say></Gather><Say>No code.</Say>'


def tapped(inside: Page, post_dial: str = CODE, **more: Page) -> Stage:
    pages: dict[str, Page] = {"/in": inside, "/code": "<Say>Thanks.</Say>"}
    staged = stage(
        pages | {f"/{name}": page for name, page in more.items()},
        OfficeLine(OFFICE),
        ours=OurNumber(Hook(f"{BASE}/in")),
    )
    staged.world.call_in(ANA, OURS, [], post_dial=post_dial)
    staged.world.run_until_idle()
    return staged


def codes(staged: Stage) -> list[str]:
    return [asked.fields["Digits"] for asked in staged.app.at("/code")]


@pytest.mark.parametrize(
    ("link", "number", "keys"),
    [
        ("tel:+12025550142", OURS, ""),
        ("tel:+12025550142,,482915", OURS, CODE),
        ("tel:%2B12025550142%2C%2C482915", OURS, CODE),
        ("tel:+1-202-555-0142,,482915", OURS, CODE),
        ("(202) 555-0142", OURS, ""),
        ("1 202 555 0142,1,2", OURS, ",1,2"),
        ("+12025550142,", OURS, ","),
    ],
)
def test_a_link_is_a_number_and_the_keys_after_it(link: str, number: str, keys: str) -> None:
    assert dialled(link) == (number, keys)


@pytest.mark.parametrize(
    "link",
    ["", "tel:", "tel:abc", "tel:+12025550142,,48#", "tel:+12025550142,,*7", "tel:+12025550142;482915",
     "tel:+12025550142;ext=5", "tel:+12025550142,,p1", "tel:0", "https://example.org/"],
)  # fmt: skip
def test_what_no_phone_dials_unasked_is_refused(link: str) -> None:
    with pytest.raises(ValueError, match="phone"):
        dialled(link)


def test_a_comma_is_two_seconds_and_a_key_a_quarter() -> None:
    assert list(timed(",,48,2")) == [(4.0, "4"), (4.25, "8"), (6.5, "2")]


def test_keys_that_no_phone_sends_cannot_be_dialled() -> None:
    staged = stage({}, ours=OurNumber(Hook(f"{BASE}/in")))
    for wrong in ("482915", ",,48#", ";1"):
        with pytest.raises(ValueError, match="digits and commas"):
            staged.world.call_in(ANA, OURS, [], post_dial=wrong)

    assert staged.world.calls == []


def test_the_code_is_gathered_by_what_listens_when_it_comes() -> None:
    staged = tapped(LISTENS)

    assert codes(staged) == ["482915"]
    answered = staged.world.calls[0].answered
    assert answered is not None
    assert staged.app.at("/code")[0].at == answered + 4 + 5 * 0.25
    assert staged.world.calls[0].unheard == ""


def test_the_keys_count_from_the_answer_not_from_the_dialling() -> None:
    staged = stage({"/in": LISTENS, "/code": "<Hangup/>"}, ours=OurNumber(Hook(f"{BASE}/in")))
    staged.world.next_plans.append(Plan.late(6))
    call = staged.world.call_in(ANA, OURS, [], post_dial=CODE)
    staged.world.run_until_idle()

    assert call.answered == 1 + 6
    assert staged.app.at("/code")[0].at == 7 + 4 + 5 * 0.25


def test_keys_pressed_before_the_gather_are_lost_and_kept_by_nobody() -> None:
    staged = tapped(f'<Pause length="4"/>{LISTENS}', post_dial=",4829,15")

    assert staged.world.calls[0].unheard == "4829"
    assert codes(staged) == ["15"]


def test_keys_pressed_while_the_app_thinks_are_lost() -> None:
    def asks(_asked: object) -> str:
        staged.world.next_plans.append(Plan.late(3))
        return '<Gather numDigits="1" action="/slow"/>'

    staged = stage({"/in": asks, "/slow": LISTENS, "/code": "<Hangup/>"}, ours=OurNumber(Hook(f"{BASE}/in")))
    call = staged.world.call_in(ANA, OURS, [], post_dial=",1,2345")
    staged.world.run_until_idle()

    assert staged.app.at("/slow")[0].fields["Digits"] == "1"
    assert call.unheard == "2345"
    assert codes(staged) == []


def test_a_gather_that_ends_too_soon_hears_no_code() -> None:
    staged = tapped(LISTENS.replace('timeout="4"', 'timeout="2"'))

    assert codes(staged) == []
    assert staged.said(staged.world.calls[0].sid)[-1] == "No code."


def test_keys_reach_the_office_once_connected() -> None:
    staged = tapped(f"<Dial>{OFFICE}</Dial>", post_dial=",,,,,9")

    leg = staged.world.calls[1]
    assert [line.text for line in staged.world.transcript(leg.sid) if "key" in line.text] == ["hears key 9"]


def test_a_call_that_ended_sends_no_more_keys() -> None:
    staged = tapped("<Hangup/>")

    assert staged.world.transcript(staged.world.calls[0].sid) == []
