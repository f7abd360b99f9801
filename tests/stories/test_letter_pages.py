"""A letter by the web alone: form, mail, link, press, status; each step asked for over HTTP as a browser does."""

import json
import re
from collections.abc import Iterator

import pytest

from chalicelib.runtime import Runtime
from dev.mail_world import Bounce, Delivered
from tests.rehearsal import PUBLIC_URL, SLUG, sweep
from tests.stories.letter_house import ATLANTA, LetterHouse

MARIA = "maria@people.example"
FORM = {"name": "María Ejemplo", "email": MARIA, "body": "Please let the families go. My own child is five."}
WRITE = f"/c/{SLUG}/letter?lang=en"
ANY_LINK = re.compile(r"https?://[^\s<>\"']+/letters/[A-Za-z0-9._-]+")


@pytest.fixture
def house(built: Runtime) -> Iterator[LetterHouse]:
    sweep()
    made = LetterHouse(built, an_hour=10**6)
    yield made
    assert made.mails.complaints == []
    assert made.difference() == 0


def sent(house: LetterHouse) -> int:
    status = house.post_form(WRITE, do="send", **FORM)
    house.world.run_until_idle()
    return status


def links(house: LetterHouse) -> list[str]:
    """The paths of all links to our pages in the newest mail, in order."""
    found = ANY_LINK.findall(house.mails_to(MARIA)[-1].text)
    return [address.removeprefix(PUBLIC_URL) for address in dict.fromkeys(found)]


def page(house: LetterHouse, path: str) -> str:
    status, headers, body = house.get(path)
    if status == 303:
        return page(house, headers["location"].removeprefix(PUBLIC_URL))
    assert status == 200, body
    return body.decode()


def pressed(house: LetterHouse, path: str, do: str) -> str:
    assert house.post_form(f"{path}?lang=en", do=do) == 303
    house.world.run_until_idle()
    return page(house, f"{path}?lang=en")


def test_a_letter_is_written_confirmed_delivered_and_told(house: LetterHouse) -> None:
    assert sent(house) == 303
    status = pressed(house, links(house)[0], "confirm")
    house.play(minutes=30)
    counts = json.loads(house.get(f"/api/campaigns/{SLUG}/counts")[2])
    (there,) = house.mails_to(ATLANTA)

    assert "Your letter" in status
    assert FORM["body"] in there.text
    assert house.told(MARIA) == ["confirm", "receipt"]
    assert "Your letter was delivered" in page(house, links(house)[0] + "?lang=en")
    assert (counts["reached"], counts["letters"]["outcomes"]) == (1, {"delivered": 1})
    assert '<b class="num">1</b> of 2,000 calls and letters' in page(house, f"/c/{SLUG}?lang=en")


def test_a_double_tap_is_one_letter_and_one_mail(house: LetterHouse) -> None:
    house.post_form(WRITE, do="send", **FORM)
    sent(house)

    assert len(house.all_letters()) == len(house.mails_to(MARIA)) == 1


def test_d14_a_scanner_that_follows_every_link_of_a_mail_confirms_and_stops_nothing(
    house: LetterHouse,
) -> None:
    sent(house)
    before = house.rows()
    followed = links(house)
    for path in followed * 3:
        house.get(path)
    house.world.run_until_idle()

    assert len(followed) > 1
    assert house.rows() == before
    assert house.mails_to(ATLANTA) == []


def test_a_bounce_after_the_delivery_is_told_on_the_page_and_taken_off_the_goal(house: LetterHouse) -> None:
    house.mails.next_to(ATLANTA, Delivered(), Bounce("Permanent", "General", after=17))
    sent(house)
    pressed(house, links(house)[0], "confirm")
    house.play(minutes=60)
    told = page(house, links(house)[0] + "?lang=en")

    assert "so we took it off the count" in told
    assert FORM["body"] in told
    assert json.loads(house.get(f"/api/campaigns/{SLUG}/counts")[2])["reached"] == 0


def test_a_mail_program_s_own_button_stops_our_mail(house: LetterHouse) -> None:
    """RFC 8058: the address in the header, the body it says, and no page in between."""
    sent(house)
    mail = house.mails_to(MARIA)[-1]
    path = mail.header("List-Unsubscribe").strip("<>").removeprefix(PUBLIC_URL)
    status, text = house.post_page(path, {"List-Unsubscribe": "One-Click"})
    again = house.post_page(WRITE, {"do": "send", **FORM})

    assert mail.header("List-Unsubscribe-Post") == "List-Unsubscribe=One-Click"
    assert (status, "We won’t email you again" in text) == (200, True)
    assert again[0] == 400
    assert "We can’t send letters for this email address" in again[1]
