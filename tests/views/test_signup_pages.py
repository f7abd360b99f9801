"""The page on which somebody signs up for texts, as HTTP: what it says, what is to be mended, what is in the way."""

import json
import re
from dataclasses import replace
from html import unescape
from urllib.parse import urlencode

import pytest

from chalicelib.domain.campaign import Campaign, Status, Texts
from chalicelib.domain.programme import version_of
from chalicelib.domain.tokens import Purpose
from chalicelib.domain.words import Language, Words
from chalicelib.runtime import install
from chalicelib.views import texting
from dev.solving import solve
from tests.browser.served import PREFIX, Answer, Served
from tests.browser.states import CALLS
from tests.letter_states import LETTERS, written_to
from tests.rehearsal import texts_of
from tests.values import CALL_ID, OUR_NUMBER, campaign
from tests.views.letter_forms import at
from tests.views.test_page_languages import ENGLISH, OwnWords, words

PAGE = "/c/families-28/texts"
PHONE = "404 555 0123"
CHANGED = (
    "These words have changed since you opened the page. Read them again, and tick the box if you still agree"
)
ADDRESS = words("https example org texts")
"""What stands in the address of the terms."""


def with_texts(**changes: object) -> Campaign:
    return campaign(**({"texts": texts_of("families-28")} | changes))


@pytest.fixture
def texting_us(served: Served) -> Served:
    """The campaign has texts."""
    served.run(with_texts())
    return served


def version(language: str = "en", asked: Campaign | None = None) -> str:
    return version_of(texting.disclosure(asked or with_texts(), Language(language)))


def post(served: Served, language: str = "en", **fields: str) -> Answer:
    typed = {"phone": PHONE, "consent": version(language)} | fields
    return served.ask("POST", f"{PAGE}?lang={language}", urlencode(typed).encode())


def sent(served: Served, language: str = "en") -> Answer:
    """The page after the form."""
    answer = post(served, language)
    assert answer.status == 303, answer.text
    return served.ask("GET", answer.headers["location"].removeprefix(served.url))


def errors(answer: Answer) -> list[str]:
    """What is to be mended, as the fields say it; the summary says the same."""
    at_fields = re.findall(r'class="error"[^>]*>([^<]+)<', answer.text)
    summary = re.findall(r'<p><a href="#\w+">([^<]+)</a></p>', answer.text)
    assert at_fields == summary
    return [unescape(each) for each in at_fields]


# What it says.


@pytest.mark.parametrize("language", Language)
def test_word_number_and_the_very_words_of_consent_stand_there(
    texting_us: Served, language: Language
) -> None:
    page = unescape(texting_us.ask("GET", f"{PAGE}?lang={language}").text)
    word = {"en": "FAMILIES", "es": "FAMILIAS"}[language]

    assert page.count(texting.disclosure(with_texts(), language)) == 2
    assert f"<b>{word}</b>" in page
    assert f'href="sms:{OUR_NUMBER}?&body={word}"' in page
    assert 'href="https://example.org/texts" rel="noreferrer"' in page


@pytest.mark.parametrize(
    ("confirms", "says"), [(True, "a YES signs you up"), (False, "signs you up at once")]
)
def test_what_the_word_does_is_said_as_the_campaign_chose(
    served: Served, *, confirms: bool, says: str
) -> None:
    served.run(with_texts(texts=replace(texts_of("families-28"), confirms=confirms)))

    assert says in served.ask("GET", f"{PAGE}?lang=en").text


def test_privacy_has_a_link_of_its_own_where_it_is_another_page(served: Served) -> None:
    for privacy, links in (("", 1), ("https://example.org/texts", 1), ("https://example.org/privacy", 2)):
        served.run(with_texts(texts=replace(texts_of("families-28"), privacy=privacy)))
        page = served.ask("GET", f"{PAGE}?lang=en").text
        assert len(re.findall(r'<a class="link" href="https://example.org/\w+"', page)) == links, privacy


def test_the_box_is_never_ticked_for_anybody(texting_us: Served) -> None:
    for page in (texting_us.ask("GET", PAGE), post(texting_us, phone=""), post(texting_us, phone="404")):
        (box,) = re.findall(r'<input type="checkbox"[^>]*>', page.text)
        assert "checked" not in box


@pytest.mark.parametrize("language", Language)
def test_the_pages_are_light_and_keep_others_out(texting_us: Served, language: Language) -> None:
    pages = {
        "form": texting_us.ask("GET", f"{PAGE}?lang={language}"),
        "refused": post(texting_us, language, phone="", consent=""),
        "sent": sent(texting_us, language),
    }

    for name, page in pages.items():
        assert len(page.body) <= 10_000, name
        assert page.headers["content-security-policy"].startswith("default-src 'none'"), name
        assert f'<html lang="{language}">' in page.text
    kept = [page.headers["cache-control"] for page in pages.values()]
    assert kept == ["public, max-age=15", "no-store", "no-store"]


def test_no_spanish_page_holds_an_english_word(texting_us: Served) -> None:
    refused = post(texting_us, "es", phone="", consent="")
    for page in (texting_us.ask("GET", f"{PAGE}?lang=es"), refused, sent(texting_us, "es")):
        assert words(" ".join(OwnWords(page.text).text)) & ENGLISH - ADDRESS == set()


@pytest.mark.parametrize("path", ["/c/families-28", f"/calls/{CALL_ID}"])
@pytest.mark.parametrize("language", Language)
def test_the_campaign_s_page_and_the_thanks_lead_there(
    texting_us: Served, path: str, language: Language
) -> None:
    texting_us.put(CALLS["thanks"])
    page = texting_us.ask("GET", f"{path}?lang={language}")

    assert f'href="{PREFIX}{PAGE}?lang={language}"' in page.text
    assert len(page.body) <= 10_000


@pytest.mark.parametrize("path", ["/c/families-28", f"/calls/{CALL_ID}"])
def test_nothing_leads_there_where_there_are_no_texts(served: Served, path: str) -> None:
    served.put(CALLS["thanks"])

    assert PAGE not in served.ask("GET", path).text


@pytest.mark.parametrize("texts", [texts_of("families-28"), None])
def test_the_letter_s_last_page_leads_there_too(served: Served, texts: Texts | None) -> None:
    served.refit(replace(written_to(), texts=texts))
    page = served.ask("GET", at(served, Purpose.SENT, LETTERS["waiting"])).text

    assert (f'href="{PREFIX}{PAGE}?lang=en"' in page) == (texts is not None)


def test_the_page_after_the_form_keeps_its_state_in_the_other_language(texting_us: Served) -> None:
    page = sent(texting_us)
    (other,) = re.findall(r'<a class="lang" href="([^"]+)"', page.text)
    spanish = texting_us.ask("GET", unescape(other).removeprefix(PREFIX))

    assert "the phone ending in 23" in page.text
    assert "al teléfono que termina en 23" in spanish.text


def test_no_number_stands_in_an_address_or_on_the_page_after_the_form(texting_us: Served) -> None:
    answer = post(texting_us)

    assert "4045550123" not in answer.headers["location"]
    assert "555" not in sent(texting_us).text.replace("(202)\u00a0555\u20110142", "").replace(OUR_NUMBER, "")


# What is to be mended.


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"phone": ""}, ["Enter your phone number"]),
        ({"phone": "404 555"}, ["Enter a 10-digit phone number, starting with the area code"]),
        ({"phone": "900 234 5678"}, ["We can’t text this number. Enter a US or Canadian cell phone’s number"]),
        ({"phone": OUR_NUMBER}, ["We can’t text this number. Enter a US or Canadian cell phone’s number"]),
        ({"consent": ""}, ["Tick the box if you agree to get texts"]),
        ({"consent": "of-yesterday"}, [CHANGED]),
        ({"phone": "", "consent": ""}, ["Enter your phone number", "Tick the box if you agree to get texts"]),
    ],
)  # fmt: skip
def test_all_that_is_wrong_is_said_at_once_and_what_was_typed_is_kept(
    texting_us: Served, fields: dict[str, str], said: list[str]
) -> None:
    answer = post(texting_us, **fields)

    assert (answer.status, errors(answer)) == (400, said)
    assert f'name="phone" value="{fields.get("phone", PHONE)}"' in answer.text
    assert "<title>Error: " in answer.text
    assert texting_us.queue.sent == []


def test_words_that_were_changed_meanwhile_are_agreed_to_anew(texting_us: Served) -> None:
    often = replace(texts_of("families-28"), frequency=Words("up to 30 msgs/month", "hasta 30 mensajes/mes"))
    texting_us.run(with_texts(texts=often))
    answer = post(texting_us)

    assert "These words have changed" in errors(answer)[0]
    assert "up to 30 msgs/month" in answer.text


@pytest.mark.parametrize("text", ["x" * 5000, "<script>1</script>", "'; drop table", "404\u202e555"])
def test_whatever_is_typed_is_text(texting_us: Served, text: str) -> None:
    answer = post(texting_us, phone=text)

    assert answer.status == 400
    assert "<script>1" not in answer.text


# Too many.


def from_scripts(served: Served, phone: str) -> Answer:
    challenge = served.ask("GET", "/api/campaigns/families-28/challenge")
    return post(served, phone=phone, proof=solve(json.loads(challenge.text)))


def test_forms_without_a_script_from_one_place_are_few(texting_us: Served) -> None:
    answers = [post(texting_us, phone=f"404 555 01{n:02}") for n in range(4)]

    assert [each.status for each in answers] == [303, 303, 303, 429]
    assert errors(answers[-1]) == [
        "That’s the most sign-ups from one place, or for one phone, for now. Texting us yourself works at once"
    ]
    assert 'value="404 555 0103"' in answers[-1].text
    assert int(answers[-1].headers["retry-after"]) > 0
    texting_us.clock.pass_by(3600)
    assert post(texting_us).status == 303


def test_forms_with_work_done_from_one_place_are_as_many_as_the_deployment_says(texting_us: Served) -> None:
    limited = replace(texting_us.runtime, config=replace(texting_us.runtime.config, signups_per_source=5))
    install(limited)
    try:
        answers = [from_scripts(texting_us, f"404 555 01{n:02}") for n in range(6)]
    finally:
        install(texting_us.runtime)

    assert [each.status for each in answers] == [303] * 5 + [429]


def test_one_phone_is_asked_about_only_so_often_from_wherever(texting_us: Served) -> None:
    most = texting_us.runtime.config.texts_per_phone
    answers = [from_scripts(texting_us, PHONE) for _ in range(most + 1)]

    assert [each.status for each in answers] == [303] * most + [429]


def test_a_campaign_asks_only_so_many_phones_a_day(texting_us: Served) -> None:
    texting_us.run(with_texts(limits=replace(campaign().limits, rings_a_day=2)))
    answers = [from_scripts(texting_us, f"404 555 01{n:02}") for n in range(3)]
    texting_us.clock.pass_by(24 * 3600)

    assert [each.status for each in answers] == [303, 303, 429]
    assert post(texting_us).status == 303


def test_a_proof_that_is_none_is_mended_on_the_form(texting_us: Served) -> None:
    answer = post(texting_us, proof="nonsense")

    assert (answer.status, texting_us.queue.sent) == (400, [])
    assert f'value="{PHONE}"' in answer.text


# In the way.


def test_a_campaign_without_texts_has_no_such_page(served: Served) -> None:
    assert served.ask("GET", PAGE).status == 404
    assert post(served).status == 404
    assert "We can’t find that page" in served.ask("GET", f"{PAGE}?lang=en").text


def test_a_draft_is_seen_by_nobody(texting_us: Served) -> None:
    texting_us.run(with_texts(status=Status.DRAFT))

    assert (texting_us.ask("GET", PAGE).status, post(texting_us).status) == (404, 404)


@pytest.mark.parametrize(
    ("status", "says"),
    [(Status.PAUSED, "Sign-up is paused"), (Status.ENDED, "There are no more alerts to sign up for")],
)
def test_a_campaign_that_rests_says_so_and_takes_no_number(
    texting_us: Served, status: Status, says: str
) -> None:
    texting_us.run(with_texts(status=status))
    shown, answer = texting_us.ask("GET", f"{PAGE}?lang=en"), post(texting_us)

    assert (shown.status, answer.status) == (200, 409)
    assert says in shown.text
    assert says in answer.text
    assert "<form" not in shown.text
    assert texting_us.queue.sent == []
