"""The pages on which a letter is written: what is asked, mended, checked and printed; without a browser."""

import re
from dataclasses import replace
from html import unescape
from urllib.parse import urlencode

import pytest

from chalicelib.domain.campaign import Letter, Local, Status
from chalicelib.domain.letter import State
from chalicelib.domain.office import Mailbox
from chalicelib.domain.refusals import SENTENCES, Code
from chalicelib.domain.words import Language, Words
from chalicelib.runtime import install
from chalicelib.views.letter_committing import address_key
from tests.areas_house import CHOICE, put
from tests.browser.served import PREFIX, Answer, Served
from tests.letter_states import LETTERS, seed, with_mailboxes, written_to
from tests.values import NOW, campaign
from tests.views.booking_forms import picks, read
from tests.views.letter_forms import BODY, FORM, WRITE, letters_of, post, where, written

STEPS = ("check", "send", "edit", "print")


@pytest.fixture(autouse=True)
def reached(served: Served) -> None:
    """Atlanta and New York have mailboxes; Washington has its own form."""
    served.refit(written_to())


def value(answer: Answer, name: str) -> str:
    """What a field of the form holds, as it will be sent."""
    if found := re.search(rf'<textarea[^>]* name="{name}"[^>]*>\n?(.*?)</textarea>', answer.text, re.DOTALL):
        return unescape(found[1])
    kept = re.search(rf'name="{name}" value="([^"]*)"', answer.text)
    return unescape(kept[1]) if kept else ""


# To write.


@pytest.mark.parametrize("language", Language)
def test_the_campaign_s_letter_is_the_start(served: Served, language: Language) -> None:
    page = served.ask("GET", f"{WRITE}?lang={language}")

    assert page.status == 200
    assert value(page, "body") == campaign().letter.body.of(language)
    assert page.text.count('<i class="on">') == 0
    assert len(page.body) <= 10_000


def test_only_a_campaign_that_writes_to_areas_asks_for_a_zip_code(served: Served) -> None:
    asked = written_to()
    assert 'name="zip"' in served.ask("GET", WRITE).text

    served.run(replace(asked, letter=replace(asked.letter, is_local=False, offices=("ero-atl", "ero-nyc"))))
    page = served.ask("GET", f"{WRITE}?lang=es")

    assert 'name="zip"' not in page.text
    assert "Va a: Atlanta, Nueva York." in read(page)


def test_an_office_that_was_picked_before_is_written_to(served: Served) -> None:
    page = served.ask("GET", f"{WRITE}?lang=en&office=ero-nyc")

    assert "Write to the New York office" in page.text
    assert value(page, "office") == "ero-nyc"
    assert value(served.ask("GET", f"{WRITE}?office=nobody-s"), "office") == ""


@pytest.mark.parametrize("do", ["check", "send"])
@pytest.mark.parametrize("language", Language)
def test_all_that_is_wrong_is_said_at_once_at_its_field_and_all_that_was_typed_is_kept(
    served: Served, do: str, language: Language
) -> None:
    typed = {"name": "María <b>", "email": "maria@", "zip": "3030", "body": "x" * 5001, "office": ""}
    page = post(served, f"{WRITE}?lang={language}", do=do, **typed)
    codes = {
        "name": Code.NAME_MALFORMED, "email": Code.EMAIL_MALFORMED, "zip": Code.ZIP_MALFORMED,
        "body": Code.LETTER_TOO_LONG,
    }  # fmt: skip

    assert page.status == 400
    assert "<title>Error: " in page.text
    assert {name: value(page, name) for name in typed} == typed
    for field, code in codes.items():
        assert unescape(page.text).count(SENTENCES[code].of(language)) == 2, field
        assert f'href="#{field}"' in page.text
        assert f'aria-describedby="{field}-hint' in page.text
    assert letters_of(served) == []


def test_an_empty_form_is_told_what_to_enter(served: Served) -> None:
    page = read(post(served, do="check", body="  \r\n"))

    for code in (Code.NAME_MISSING, Code.EMAIL_MALFORMED, Code.LETTER_EMPTY):
        assert SENTENCES[code].en in page


def test_how_much_is_the_writer_s_own_is_shown_without_a_script_too(served: Served) -> None:
    page = written(served, "edit", body="Dear office of mine that I write to")

    assert "In your own words: " in read(page)
    assert page.text.count('<i class="on">') > 0
    assert value(page, "body") == "Dear office of mine that I write to"


# To check.


def test_the_letter_is_shown_as_its_office_will_read_it_and_nothing_is_kept(served: Served) -> None:
    page = written(served, "check")
    seen = read(page)

    assert page.status == 200
    assert "From María Ejemplo via Neighbors for Families" in seen
    assert "Reply to maria@example.org To ICE office in Atlanta Subject Release the families" in seen
    assert "{{ 7 * 7 }} {0} %s <b>Please</b> let them go. Sincerely, María Ejemplo" in seen
    assert "Neighbors for Families carried this letter for María Ejemplo." in seen
    assert value(page, "body").replace("\r\n", "\n") == BODY.replace("\r\n", "\n")
    assert page.headers["cache-control"] == "no-store"
    assert letters_of(served) == []
    assert served.queue.sent == []


def test_a_slip_in_the_address_is_asked_about_and_never_mended(served: Served) -> None:
    page = written(served, "check", email="maria@gmial.com")

    assert "You wrote maria@gmial.com. Did you mean maria@gmail.com?" in read(page)
    assert value(page, "email") == "maria@gmial.com"
    assert "Did you mean" not in written(served, "check").text


def test_an_office_without_a_mailbox_beside_one_with_it_is_named(served: Served) -> None:
    asked = written_to()
    served.run(replace(asked, letter=replace(asked.letter, offices=("ero-atl", "ero-was"))))
    seen = read(written(served, "check", office=""))

    assert "To ICE office in Atlanta Subject" in seen
    assert "no email address of the Washington office" in seen


def test_a_zip_code_of_two_offices_asks_which_and_keeps_what_was_typed(served: Served) -> None:
    put(served.runtime, Local.BEFORE)
    for office_id in ("ero-los", "ero-snd"):
        office = served.runtime.catalog.office(office_id)
        assert office
        box = Mailbox(f"{office_id}@offices.example", NOW.date())
        served.runtime.catalog.put_office(replace(office, mailboxes=(box,)))
    served.runtime._campaigns.clear()
    asked = written(served, "check", office="", zip=CHOICE)

    assert asked.status == 400
    assert {"ero-los", "ero-snd"} <= set(picks(asked, "office"))
    assert f"ZIP {CHOICE} doesn’t belong to just one" in asked.text
    assert [value(asked, name) for name in ("name", "email", "zip")] == [
        FORM["name"],
        FORM["email"],
        CHOICE,
    ]


# To send.


def test_email_me_the_link_begins_the_letter_and_mails_it(served: Served) -> None:
    answer = written(served, "send")
    (begun,) = letters_of(served)
    page = served.ask("GET", where(answer, served))

    assert (begun.office, begun.state, begun.is_confirmed) == ("ero-atl", State.AWAITING_CONFIRM, False)
    assert len(served.queue.sent) == 1
    assert "Open your email" in page.text
    assert "maria" not in answer.headers["location"] + page.text


def test_a_second_tap_begins_nothing_and_mails_nothing_more(served: Served) -> None:
    first, second = (where(written(served, "send"), served) for _ in range(2))

    assert first == second
    assert len(letters_of(served)) == len(served.queue.sent) == 1


@pytest.mark.parametrize(
    "state", ["confirmed", "in line", "delivered", "came back", "held", "forgotten", "expired"]
)
def test_whoever_types_an_address_learns_nothing_of_letters_of_it(served: Served, state: str) -> None:
    stranger = written(served, "send", email="nobody@example.org", body="Hello.")
    strangers = letters_of(served)
    mine = written(served, "send", body="Hello.")
    (begun,) = (each for each in letters_of(served) if each not in strangers)
    seed(served.runtime, replace(LETTERS[state], id=begun.id, group=begun.group))
    again = written(served, "send", body="Hello.")
    other_words = written(served, "send", body="Hello again, in other words.")

    pages = [without_token(answer, served) for answer in (stranger, mine, again, other_words)]

    assert len(set(pages)) == 1
    resent = [without_token(resend(answer, served), served) for answer in (stranger, again, other_words)]
    assert len(set(resent)) == 1


def resend(answer: Answer, served: Served) -> Answer:
    for _ in range(6):
        again = post(served, where(answer, served), do="resend")
    return again


def without_token(answer: Answer, served: Served) -> str:
    path = where(answer, served)
    return served.ask("GET", path).text.replace(path.split("/letters/")[1].split("?")[0], "TOKEN")


def test_too_many_letters_are_told_so_on_the_page_with_what_was_typed(served: Served) -> None:
    built = served.runtime
    install(replace(built, config=replace(built.config, letters_per_address=1)))
    try:
        written(served, "send")
        page = written(served, "send", body="Another one.")
    finally:
        install(built)

    assert page.status == 429
    assert int(page.headers["retry-after"]) > 0
    assert SENTENCES[Code.TOO_MANY_LETTERS].en in unescape(page.text)
    assert value(page, "body") == "Another one."


def test_an_office_the_campaign_has_lost_is_looked_at_again_before_anything_is_sent(served: Served) -> None:
    page = written(served, "send", office="ero-gone")

    assert "Check your letter" in page.text
    assert "To ICE office in Atlanta" in read(page)
    assert letters_of(served) == []


# Where email can't go.


@pytest.mark.parametrize(
    ("status", "says"), [(Status.PAUSED, "Letters are paused"), (Status.ENDED, "This campaign has ended")]
)
def test_a_campaign_that_rests_takes_no_letter_and_offers_paper(
    served: Served, status: Status, says: str
) -> None:
    served.run(replace(written_to(), status=status))
    shown = served.ask("GET", f"{WRITE}?lang=en")
    refused = [written(served, do) for do in ("check", "send")]

    assert [page.status for page in (shown, *refused)] == [200, 409, 409]
    for page in (shown, *refused):
        assert says in page.text
        assert 'value="print"' in page.text
    assert value(refused[1], "body").split() == BODY.split()
    assert written(served, "print").status == 200
    assert letters_of(served) == []


def test_an_office_without_a_mailbox_is_written_to_on_paper_with_nothing_lost(served: Served) -> None:
    page = written(served, "send", office="ero-was")
    shown = served.ask("GET", f"{WRITE}?lang=en&office=ero-was")

    assert page.status == 409
    assert "This letter goes by mail" in page.text
    assert 'href="https://offices.example/form" rel="noreferrer"' in page.text
    assert value(page, "body").split() == BODY.split()
    assert 'name="email"' not in shown.text
    assert 'value="check"' not in shown.text
    assert "Print it to mail" in shown.text


def test_without_a_sender_or_any_mailbox_a_deployment_offers_paper_alone(served: Served) -> None:
    built = served.runtime
    install(replace(built, config=replace(built.config, mail_from="")))
    try:
        shown, sent = served.ask("GET", f"{WRITE}?lang=en").text, written(served, "send")
    finally:
        install(built)
    served.refit(with_mailboxes(campaign()))

    assert "Write a letter to print" in shown
    assert sent.status == 409
    assert "Write a letter to print" in served.ask("GET", f"{WRITE}?lang=en").text


def test_a_writer_who_wants_no_mail_is_refused_kindly_and_can_print(served: Served) -> None:
    served.runtime.letters.suppress(address_key("maria@example.org"), None, "asked", NOW)
    page = written(served, "send")

    assert page.status == 400
    assert "We can’t send letters for this email address" in page.text
    assert 'value="print"' in page.text
    assert 'value="edit"' in page.text
    assert value(page, "body").split() == BODY.split()


# On paper.


def test_own_words_are_printed_with_the_office_s_postal_address(served: Served) -> None:
    seen = read(written(served, "print"))

    assert "ICE office in Atlanta 1 Example Street Subject: Release the families Dear office," in seen
    assert "Sincerely, ______________________ María Ejemplo" in seen
    assert letters_of(served) == []


def test_paper_asks_for_no_name_and_no_address(served: Served) -> None:
    page = written(served, "print", name="", email="")

    assert page.status == 200
    assert "______________________ Name:" in read(page)
    assert written(served, "print", body=" ").status == 400


@pytest.mark.parametrize(
    ("query", "post_to", "address"),
    [
        ("", "500 Example St. SW\nWashington, DC 20536", "500 Example St. SW Washington, DC 20536"),
        ("?office=ero-atl", "500 Example St. SW", "ICE office in Atlanta 1 Example Street"),
        ("", "", "ICE office in Atlanta 1 Example Street"),
        ("?office=nobody-s", "500 Example St. SW", "500 Example St. SW"),
    ],
)
def test_the_campaign_s_letter_is_printed_with_lines_for_the_hand(
    served: Served, query: str, post_to: str, address: str
) -> None:
    asked = written_to()
    served.run(replace(asked, letter=replace(asked.letter, post=post_to)))
    page = served.ask("GET", f"{WRITE}/print{query}")
    seen = read(page)

    assert page.status == 200
    assert f"Date: ______________ {address} Subject: Release the families Dear office Sincerely," in seen
    assert "______________________ Name:" in seen


def test_an_address_in_one_line_is_written_as_on_an_envelope(served: Served) -> None:
    asked = written_to()
    atlanta = replace(asked.offices[0], address="180 Example Dr. SW, Suite 522, Atlanta, GA 30303")
    served.refit(replace(asked, offices=(atlanta, *asked.offices[1:])))

    page = served.ask("GET", f"{WRITE}/print?office=ero-atl").text

    assert "ICE office in Atlanta<br>180 Example Dr. SW, Suite 522<br>Atlanta, GA 30303" in page


# What all of them keep.


@pytest.mark.parametrize("do", STEPS)
def test_what_was_typed_is_shown_as_text_and_stands_in_no_address(served: Served, do: str) -> None:
    page = written(served, do, name='"><script>x</script>', body="</textarea><script>y</script> Please.")
    linked = re.findall(r'(?:href|action|src)="([^"]*)"', page.text)

    assert "<script>x" not in page.text
    assert "<script>y" not in page.text
    assert not [address for address in linked if "maria" in address or "Please" in address]
    assert all(
        address.startswith((f"{PREFIX}/", "#", "https://www.weather.gov/", "data:")) for address in linked
    )


@pytest.mark.parametrize("path", [WRITE, f"{WRITE}/print"])
def test_a_draft_campaign_and_one_that_isn_t_there_are_not_found(served: Served, path: str) -> None:
    served.run(campaign(status=Status.DRAFT))

    assert served.ask("GET", path).status == 404
    assert served.ask("GET", path.replace("families-28", "nothing-here")).status == 404


def test_the_campaign_s_pages_lead_to_the_letter(served: Served) -> None:
    shown = served.ask("GET", "/c/families-28?lang=en").text
    never = served.ask(
        "POST", "/c/families-28?lang=en", urlencode({"phone": "900 234 5678", "consent": "call-1"}).encode()
    )
    served.run(replace(written_to(), status=Status.PAUSED))
    paused = served.ask("GET", "/c/families-28?lang=en").text
    address = f'href="{PREFIX}{WRITE}?lang=en"'

    assert "Rather write?" in shown
    assert address in shown
    assert address in never.text
    assert f'href="{PREFIX}{WRITE}/print?lang=en"' in paused


def test_the_letter_s_words_are_the_campaign_s_own(served: Served) -> None:
    words = Letter(Words("A subject & more", "Un asunto"), Words("<i>Dear</i>", "Estimada"))
    served.run(replace(written_to(), letter=words))

    assert value(served.ask("GET", f"{WRITE}?lang=en"), "body") == "<i>Dear</i>"
    assert "<i>Dear" not in served.ask("GET", f"{WRITE}?lang=en").text
