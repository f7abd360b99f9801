"""The pages behind the links we mail: what they show, what a press does, and that looking does nothing."""

import re
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from chalicelib.adapters import keys
from chalicelib.adapters.table import keyed, wire
from chalicelib.domain.campaign import Status
from chalicelib.domain.counts import Channel, LetterAnswer
from chalicelib.domain.letter import State
from chalicelib.domain.letter_view import TEXT_BACK, seen
from chalicelib.domain.tokens import LIVES, Purpose
from chalicelib.domain.words import Language
from chalicelib.views.letter_committing import address_key
from tests.browser.served import PREFIX, Answer, Served
from tests.letter_states import LETTERS, link, seed, two, written_to
from tests.values import NOW
from tests.views.booking_forms import read
from tests.views.letter_forms import at, kept, post, where
from tests.views.test_pages import top_level

WAITING = LETTERS["waiting"]


@pytest.fixture(autouse=True)
def reached(served: Served) -> None:
    served.refit(written_to())


def rows(served: Served) -> list[dict[str, Any]]:
    pages = served.dynamodb.get_paginator("scan").paginate(TableName=served.runtime.store._table.name)
    return sorted((item for page in pages for item in page["Items"]), key=str)


def shown(served: Served, name: str, query: str = "", lang: str = "en") -> Answer:
    """The page that tells of a letter in this state."""
    return served.ask("GET", at(served, Purpose.FOLLOW, LETTERS[name], lang=lang) + query)


# Looking.


@pytest.mark.parametrize("purpose", Purpose)
def test_whoever_only_follows_a_link_changes_nothing(served: Served, purpose: Purpose) -> None:
    """D14: mail scanners and previews open every link, most of them more than once."""
    for name, about in LETTERS.items():
        path = at(served, purpose, replace(about, content=LETTERS["held"].content))
        before = rows(served)

        answers = [served.ask(method, path) for method in ("GET", "HEAD", "GET")]

        assert {answer.status for answer in answers} <= {200, 303, 405}, name
        assert rows(served) == before, name
    assert served.queue.sent == []


@pytest.mark.parametrize("purpose", Purpose)
def test_these_pages_are_kept_by_nobody_and_found_by_no_search(served: Served, purpose: Purpose) -> None:
    answer = served.ask("GET", at(served, purpose, WAITING))

    assert answer.headers["cache-control"] == "no-store"
    assert answer.headers["x-robots-tag"] == "noindex"
    assert answer.headers["referrer-policy"] == "no-referrer"


@pytest.mark.parametrize("purpose", Purpose)
def test_a_link_that_is_old_altered_or_about_nothing_says_so_and_leads_on(
    served: Served, purpose: Purpose
) -> None:
    path = at(served, purpose, WAITING)
    text = path.split("/")[2].split("?")[0]
    gone = [
        served.ask(method, f"/letters/{text[:-1]}{'A' if text[-1] != 'A' else 'B'}")
        for method in ("GET", "POST")
    ]
    gone += [post(served, "/letters/not-a-token", do="confirm")]
    served.clock.pass_by(LIVES[purpose].total_seconds())
    gone += [served.ask("GET", path), post(served, path, do="confirm")]

    for answer in gone[2:] + gone[:1]:
        assert answer.status == 404
        assert "This link doesn’t work any more" in answer.text or "Este enlace ya no sirve" in answer.text
    assert kept(served, WAITING).version == 1


def test_a_link_for_one_purpose_does_nothing_of_another_s(served: Served) -> None:
    """D15."""
    seed(served.runtime, WAITING)
    for purpose in (Purpose.SENT, Purpose.FOLLOW, Purpose.ANSWER):
        answer = post(served, link(served.runtime, purpose, WAITING), do="confirm")
        assert answer.status == 400

    assert kept(served, WAITING).state is State.AWAITING_CONFIRM


# A link was sent.


def test_the_page_that_says_a_link_was_sent_sends_it_again(served: Served) -> None:
    path = at(served, Purpose.SENT, WAITING)
    again = served.ask("GET", where(post(served, path, do="resend"), served))

    assert "Send the link again" in served.ask("GET", path).text
    assert "look in your spam folder too" in again.text
    assert len(served.queue.sent) == 1
    assert kept(served, WAITING).links == 2


def test_a_link_is_sent_five_times_at_most_and_the_page_stays_the_same(served: Served) -> None:
    path = at(served, Purpose.SENT, WAITING)
    texts = {served.ask("GET", where(post(served, path, do="resend"), served)).text for _ in range(9)}

    assert len(texts) == 1
    assert kept(served, WAITING).links == 5


def test_it_speaks_the_page_s_language_not_the_letter_s(served: Served) -> None:
    """The letter's own language would tell a stranger that there is one."""
    path = at(served, Purpose.SENT, replace(WAITING, language=Language.ES)).split("?")[0]

    assert '<html lang="en">' in served.ask("GET", path, accept_language="en-US").text


# To confirm.


def test_the_link_shows_the_letter_and_the_press_sends_it(served: Served) -> None:
    path = at(served, Purpose.CONFIRM, WAITING)
    page = read(served.ask("GET", path))
    answer = post(served, path, do="confirm")
    after = kept(served, WAITING)

    assert (
        "Send this letter? To the ICE office in Atlanta, in your name. The office sees your name and email."
        in page
    )
    assert "Reply to maria@example.org" in page
    assert "I write to you as a neighbor. Sincerely, María Ejemplo" in page
    assert (after.state, after.is_confirmed) == (State.CONFIRMED, True)
    assert "Your letter is confirmed" in served.ask("GET", where(answer, served)).text
    assert len(served.queue.sent) == 1


def test_one_press_confirms_the_letters_to_all_offices(served: Served) -> None:
    both = two()
    path = at(served, Purpose.CONFIRM, *both)
    page = read(served.ask("GET", path))
    told = read(served.ask("GET", where(post(served, path, do="confirm"), served)))

    assert "Send these letters?" in page
    assert "ICE office in Atlanta ICE office in New York" in page
    assert [kept(served, each).state for each in both] == [State.CONFIRMED] * 2
    assert "Where your letters are Atlanta: Your letter is confirmed" in told
    assert "New York: Your letter is confirmed" in told


def test_a_second_press_changes_nothing_and_shows_the_same_page(served: Served) -> None:
    path = at(served, Purpose.CONFIRM, WAITING)
    first, second = (where(post(served, path, do="confirm"), served) for _ in range(2))

    assert first == second
    assert where(served.ask("GET", path), served) == first
    assert (kept(served, WAITING).version, len(served.queue.sent)) == (2, 1)


def test_no_deletes_it(served: Served) -> None:
    path = at(served, Purpose.CONFIRM, WAITING)
    page = served.ask("GET", where(post(served, path, do="delete"), served))
    late = served.ask("GET", where(post(served, path, do="confirm"), served))

    assert "Your letter is deleted" in page.text
    assert "Your letter is deleted" in late.text
    assert kept(served, WAITING).content is None
    assert served.queue.sent == []


def test_after_seven_days_a_press_says_that_the_letter_is_deleted(served: Served) -> None:
    seed(served.runtime, WAITING)
    served.clock.pass_by(timedelta(days=1).total_seconds())
    path = link(served.runtime, Purpose.CONFIRM, WAITING)
    served.clock.pass_by(timedelta(days=6).total_seconds())
    page = served.ask("GET", where(post(served, f"{path}?lang=en", do="confirm"), served))

    assert "This letter is deleted" in page.text
    assert kept(served, WAITING).state is State.EXPIRED


def test_a_paused_campaign_says_that_the_letter_will_wait(served: Served) -> None:
    path = at(served, Purpose.CONFIRM, WAITING)
    served.run(replace(written_to(), status=Status.PAUSED))

    assert "Your letter is kept and waits." in served.ask("GET", path).text
    assert "the campaign is paused" in served.ask("GET", where(post(served, path, do="confirm"), served)).text


def test_an_ended_campaign_takes_no_press_and_gives_the_words_back(served: Served) -> None:
    path = at(served, Purpose.CONFIRM, WAITING)
    served.run(replace(written_to(), status=Status.ENDED))
    page = served.ask("GET", path)

    assert "This campaign has ended" in page.text
    assert "I write to you as a neighbor." in page.text
    assert 'value="confirm"' not in page.text


# To follow.


@pytest.mark.parametrize("language", Language)
def test_each_state_is_one_page_with_one_filled_status(served: Served, language: Language) -> None:
    for name in LETTERS:
        page = shown(served, name, lang=language)

        assert page.status == 200, name
        assert page.text.count('role="status"') == 1, name
        assert re.search(r'role="status" data-state="\w+"><h1[^>]*>[^<]+</h1><p>[^<]+</p>', page.text), name
        assert "http-equiv" not in page.text
        assert "maria@" not in page.text, name
        assert len(page.body) <= 10_000, name


def test_what_did_not_arrive_comes_back_with_the_postal_address(served: Served) -> None:
    for name, about in LETTERS.items():
        page = shown(served, name)
        is_back = seen(about, Status.LIVE, NOW).state in TEXT_BACK
        printed = served.ask("GET", f"{link(served.runtime, Purpose.FOLLOW, about)}?print=ero-atl")

        assert ("I write to you as a neighbor." in page.text) is is_back, name
        assert ("ICE office in Atlanta<br>1 Example Street" in page.text) is is_back, name
        assert (printed.status == 200) is (about.content is not None), name
        assert ("María Ejemplo" in printed.text) is (about.content is not None), name


def test_a_letter_in_line_says_when_it_leaves_and_why(served: Served) -> None:
    page = read(shown(served, "in line"))

    assert "It leaves tomorrow at 9:00 am, or soon after. We send a few an hour" in page
    assert "In line Wednesday, 9:00 am Accepted for delivery" in page
    assert "Times are the office’s: Eastern." in page
    assert "Sale mañana a las 9:00 a. m., o poco después." in read(shown(served, "in line", lang="es"))
    assert "It leaves in the next few minutes" in read(shown(served, "next in line"))


def test_a_delivered_letter_is_counted_and_never_said_to_be_read(served: Served) -> None:
    page = read(shown(served, "delivered"))
    served.dynamodb.put_item(TableName=served.runtime.store._table.name, Item=counted(343))
    with_others = read(shown(served, "delivered"))

    assert "mail server took it today at 10:00 am. We can’t see whether someone has read it." in page
    assert "it’s the first one delivered" in page
    assert "with it, 344 letters to this campaign’s offices were delivered" in with_others
    assert "We ask you if they answered December 8" in page
    assert (
        f'href="{PREFIX}/c/families-28?lang=en&amp;office=ero-atl#call-now"'
        in shown(served, "delivered").text
    )


def counted(delivered: int) -> dict[str, Any]:
    item = {
        "type": "tally", "campaign": "families-28", "channel": "letters", "tally": delivered + 1,
        "delivered": delivered + 1, "version": 1,
    }  # fmt: skip
    return keyed(keys.tally("families-28", Channel.LETTERS, 0)) | wire(item)


def test_a_bounce_after_the_delivery_says_that_it_is_off_the_count(served: Served) -> None:
    later, never = read(shown(served, "came back later")), read(shown(served, "came back"))

    assert "so we took it off the count" in later
    assert "Delivered to the office’s mail server Tuesday, 10:00 am Came back Tuesday, 10:23 am" in later
    assert "so it isn’t counted" in never


@pytest.mark.parametrize("name", ["confirmed", "in line", "resting", "held"])
def test_a_letter_of_a_paused_campaign_waits_and_of_an_ended_one_comes_back(
    served: Served, name: str
) -> None:
    served.run(replace(written_to(), status=Status.PAUSED))
    assert "the campaign is paused" in shown(served, name).text

    served.run(replace(written_to(), status=Status.ENDED))
    assert "The campaign ended before its turn came." in shown(served, name).text


@pytest.mark.parametrize("name", LETTERS)
def test_a_letter_is_taken_back_while_it_can_be(served: Served, name: str) -> None:
    before = LETTERS[name]
    path = at(served, Purpose.FOLLOW, before)
    offered = 'value="take_back"' in served.ask("GET", path).text
    answer = post(served, path, do="take_back")
    after = kept(served, before)

    assert answer.status == 303
    assert offered is (
        name in {"held", "confirmed", "in line", "next in line", "resting", "leaving", "checking"}
    )
    if name in {"leaving", "checking"}:
        assert after.is_unwanted
        assert "We’re taking your letter back" in served.ask("GET", path).text
    elif offered:
        assert "You took your letter back" in served.ask("GET", path).text


def test_a_letter_on_the_move_asks_for_a_refresh_by_header_unless_told_to_stop(served: Served) -> None:
    moving, resting = shown(served, "accepted"), shown(served, "in line")
    path = at(served, Purpose.FOLLOW, LETTERS["accepted"])

    assert moving.headers["refresh"] == "10"
    assert "data-updating" in moving.text
    assert "refresh" not in served.ask("GET", f"{path}&live=1").headers
    stopped = served.ask("GET", f"{path}&still=1")
    assert "refresh" not in stopped.headers
    assert "data-updating" not in stopped.text
    assert "refresh" not in resting.headers
    assert "Check now" in resting.text
    served.clock.pass_by(timedelta(hours=1).total_seconds())
    assert "refresh" not in served.ask("GET", path).headers


def test_every_part_that_the_script_may_swap_has_an_id(served: Served) -> None:
    for name in LETTERS:
        inside = shown(served, name).text.split("<main")[1].split("</main>")[0]
        ids = re.findall(r'\bid="([\w-]+)"', inside)

        assert len(ids) == len(set(ids)), name
        assert not [tag for tag in top_level(inside.split(">", 1)[1]) if 'id="' not in tag], name


# Did they answer?


@pytest.mark.parametrize("answer", LetterAnswer)
def test_what_the_writer_says_of_an_answer_is_counted_by_itself(served: Served, answer: LetterAnswer) -> None:
    path = at(served, Purpose.ANSWER, replace(LETTERS["delivered"], question_at=NOW))
    asked = read(served.ask("GET", path))
    thanked = post(served, path, do="answer", answer=answer.value)
    post(served, path, do="answer", answer=answer.value)
    sums = served.runtime.store.sums("families-28")

    assert "Did they answer you? You wrote to the Atlanta office two weeks ago." in asked
    assert "Thank you for telling us" in thanked.text
    assert sums[Channel.ANSWERS].outcomes == {answer: 1}
    assert served.runtime.store.reached("families-28") == 0


def test_dont_ask_again_is_as_easy_as_an_answer(served: Served) -> None:
    path = at(served, Purpose.ANSWER, replace(LETTERS["delivered"], question_at=NOW))
    said = post(served, path, do="answer", answer="never")
    unknown = post(served, path, do="answer", answer="maybe")

    assert "We won’t ask again" in said.text
    assert kept(served, LETTERS["delivered"]).wants_no_question
    assert unknown.status == 400
    assert served.runtime.store.sums("families-28")[Channel.ANSWERS].tally == 0


# No more mail.

ONE_CLICK = "List-Unsubscribe=One-Click"
MULTIPART = b'--b\r\nContent-Disposition: form-data; name="List-Unsubscribe"\r\n\r\nOne-Click\r\n--b--\r\n'


@pytest.mark.parametrize("way", ["button", "one click", "one click as a form of parts"])
def test_a_press_stops_our_mail_and_a_look_does_not(served: Served, way: str) -> None:
    """RFC 8058: a mail program posts without a cookie, in either of two ways of writing a form."""
    path = at(served, Purpose.UNSUBSCRIBE, WAITING)
    key = address_key("maria@example.org")
    looked = served.ask("GET", path)
    still = served.runtime.letters.suppressed([key])
    for _ in range(2):
        if way == "button":
            answer = post(served, path, do="unsubscribe")
        elif way == "one click":
            answer = served.ask("POST", path, ONE_CLICK.encode())
        else:
            answer = served.ask("POST", path, MULTIPART, content_type="multipart/form-data; boundary=b")

    assert "No more email from us?" in looked.text
    assert not still
    assert answer.status == 200
    assert "We won’t email you again" in answer.text
    assert served.runtime.letters.suppressed([key]) == {key}


def test_a_letter_speaks_its_own_language_until_asked_for_another(served: Served) -> None:
    spanish = replace(LETTERS["delivered"], language=Language.ES)
    path = at(served, Purpose.FOLLOW, spanish).split("?")[0]

    assert '<html lang="es">' in served.ask("GET", path, accept_language="en-US").text
    assert '<html lang="en">' in served.ask("GET", f"{path}?lang=en").text


def test_a_letter_whose_campaign_lost_the_office_still_has_its_page(served: Served) -> None:
    stray = replace(LETTERS["came back"], office="ero-gone")
    assert served.ask("GET", at(served, Purpose.FOLLOW, stray)).status == 200
