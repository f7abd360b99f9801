"""A letter in Chromium from the first word to its status, with a script and without; and what a draft is kept for."""

import gzip
import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, Request, Response, expect

from chalicelib.domain.letter import State
from chalicelib.domain.letter_events import Lined
from chalicelib.domain.tokens import Purpose
from chalicelib.views.letter_committing import happened
from tests.browser.conftest import Opening, no_reload
from tests.browser.served import Served
from tests.letter_states import LETTERS, link, seed, written_to
from tests.values import NOW

pytestmark = pytest.mark.browser

WRITE = "/c/families-28/letter?lang=en"
WORDS = "Dear office,\n\nmy own child is five.\n  I think of theirs."
VECTORS = json.loads((Path(__file__).parents[1] / "vectors/resemblance.json").read_text(encoding="utf-8"))


@pytest.fixture
def mailed(served: Served) -> Served:
    served.refit(written_to())
    return served


def fill(page: Page, words: str = WORDS) -> None:
    page.fill("#name", "María Ejemplo")
    page.fill("#email", "maria@example.org")
    page.fill("#body", words)


def heading(page: Page, words: str) -> None:
    expect(page.locator("h1")).to_have_text(words, timeout=8_000)


def asked(page: Page) -> list[str]:
    """The addresses asked for from now on."""
    found: list[str] = []

    def note(request: Request) -> None:
        found.append(request.url)

    page.on("request", note)
    return found


# All the way.


@pytest.mark.parametrize("script", [True, False])
def test_a_letter_goes_from_the_first_word_to_its_status(
    opened: Opening, mailed: Served, *, script: bool
) -> None:
    page = opened(mailed.at(WRITE), script=script)
    fill(page)
    page.click("text=Continue")
    heading(page, "Check your letter")
    assert "my own child is five" in page.inner_text(".paper")
    page.click("text=Change the letter")
    assert page.input_value("#body") == WORDS
    page.click("text=Continue")
    page.click("text=Email me the link")
    heading(page, "Open your email")
    (begun,) = mailed.runtime.letters.all(NOW)

    page.goto(mailed.at(link(mailed.runtime, Purpose.CONFIRM, begun)) + "?lang=en")
    heading(page, "Send this letter?")
    page.click("text=Yes, send it")
    heading(page, "Your letter is confirmed")
    happened(begun.id, Lined(NOW.replace(day=25)))
    page.click("text=Check now")
    heading(page, "Your letter is in line")
    page.click("text=Take my letter back")
    heading(page, "You took your letter back")
    after = mailed.runtime.letters.letter(begun.id, NOW)

    assert after
    assert after.state is State.CANCELLED


def test_a_status_page_follows_the_letter_without_a_reload(opened: Opening, mailed: Served) -> None:
    moving = LETTERS["accepted"]
    seed(mailed.runtime, moving)
    page = opened(mailed.at(link(mailed.runtime, Purpose.FOLLOW, moving)) + "?lang=en")
    page.wait_for_url("**live=1*")
    with no_reload(page):
        seed(mailed.runtime, replace(LETTERS["delivered"]))
        heading(page, "Your letter was delivered")

    assert page.get_attribute("#status", "data-state") == "delivered"
    assert page.locator(".track .done").count() == 4


def test_without_a_script_the_status_page_loads_itself_again(opened: Opening, mailed: Served) -> None:
    seed(mailed.runtime, LETTERS["accepted"])
    page = opened(
        mailed.at(link(mailed.runtime, Purpose.FOLLOW, LETTERS["accepted"])) + "?lang=en", script=False
    )
    seed(mailed.runtime, LETTERS["came back"])

    expect(page.locator("h1")).to_have_text("Your letter came back", timeout=15_000)


# The draft.


def test_a_draft_survives_a_reload_and_a_closed_tab_and_can_be_thrown_away(
    opened: Opening, mailed: Served
) -> None:
    page = opened(mailed.at(WRITE))
    fill(page, "My own words.")
    page.reload()
    assert [page.input_value(field) for field in ("#name", "#email", "#body")] == [
        "María Ejemplo",
        "maria@example.org",
        "My own words.",
    ]
    later = page.context.new_page()
    page.close()
    later.goto(mailed.at(WRITE))
    assert later.input_value("#body") == "My own words."
    assert later.is_visible("#kept")

    later.click("text=Start over from the sample")
    assert later.input_value("#body") == "Dear office"
    later.reload()
    assert later.input_value("#body") == "Dear office"
    assert not later.is_visible("#kept")


def test_each_language_has_its_own_words_and_one_name(opened: Opening, mailed: Served) -> None:
    page = opened(mailed.at(WRITE))
    fill(page, "My own words.")
    page.click(".lang")

    assert page.input_value("#body") == "Estimada oficina"
    assert page.input_value("#name") == "María Ejemplo"


def test_nothing_is_sent_anywhere_while_somebody_writes(opened: Opening, mailed: Served) -> None:
    page = opened(mailed.at(WRITE))
    page.wait_for_load_state("networkidle")
    sent = asked(page)
    page.fill("#name", "María Ejemplo")
    page.locator("#body").press_sequentially(" My own child is five and I think of theirs.", delay=2)
    page.wait_for_timeout(500)

    assert sent == []
    assert page.context.cookies() == []
    assert "child" not in page.url


def test_once_it_is_sent_the_draft_is_deleted_and_another_address_can_still_be_given(
    opened: Opening, mailed: Served
) -> None:
    page = opened(mailed.at(WRITE))
    fill(page)
    page.click("text=Continue")
    page.click("text=Email me the link")
    heading(page, "Open your email")

    assert page.inner_text("#address") == "maria@example.org"
    assert page.evaluate("localStorage.length") == 0
    page.reload()
    assert page.inner_text("#address") == "maria@example.org"
    page.click("text=Use another email")
    assert page.input_value("#body") == WORDS
    another = page.context.new_page()
    another.goto(mailed.at(WRITE))
    assert another.input_value("#body") == "Dear office"


def test_a_draft_nobody_came_back_to_is_forgotten(opened: Opening, mailed: Served) -> None:
    page = opened(mailed.at(WRITE))
    fill(page)
    page.evaluate(
        "() => { const key = 'letter families-28', draft = JSON.parse(localStorage.getItem(key));"
        " localStorage.setItem(key, JSON.stringify({...draft, at: draft.at - 8 * 24 * 3600 * 1000})); }"
    )
    page.reload()

    assert page.input_value("#body") == "Dear office"


def test_what_the_server_shows_again_is_newer_than_any_draft(opened: Opening, mailed: Served) -> None:
    page = opened(mailed.at(WRITE))
    fill(page)
    page.fill("#email", "maria@")
    page.click("text=Continue")
    page.wait_for_selector(".problem")

    assert page.input_value("#email") == "maria@"
    assert page.title().startswith("Error: ")
    assert page.evaluate("document.activeElement.id") == "problem"
    assert not page.is_visible("#kept")


def test_offline_what_was_typed_stays_and_can_be_tried_again(opened: Opening, mailed: Served) -> None:
    page = opened(mailed.at(WRITE))
    fill(page)
    page.context.set_offline(True)
    page.click("text=Continue")
    expect(page.locator("#offline-note")).to_contain_text("What you typed is still here")
    assert page.input_value("#body") == WORDS

    page.context.set_offline(False)
    page.click("text=Try again")
    heading(page, "Check your letter")


# The meter.


def test_the_script_measures_as_the_domain_does(opened: Opening, mailed: Served) -> None:
    page = opened(mailed.at(WRITE))
    source = page.get_attribute("script[src*=letter]", "src")
    found: list[Any] = page.evaluate(
        "async ([source, all]) => { const { ownFifths } = await import(source);"
        " return all.map(({text, sample}) => ownFifths(text, sample)); }",
        [source, VECTORS],
    )

    assert len(VECTORS) > 10
    assert found == [vector["fifths"] for vector in VECTORS]


def test_the_meter_moves_while_somebody_writes_and_is_named_in_words(opened: Opening, mailed: Served) -> None:
    page = opened(mailed.at(WRITE))
    assert page.inner_text("#own") == "In your own words: nothing yet"
    page.fill("#body", "My child is five and I think of theirs.")

    assert page.inner_text("#own") == "In your own words: all of it"
    assert page.locator(".meter .on").count() == 5
    assert page.inner_text("#length") == "39 of 5,000 characters"
    page.fill("#body", "x" * 5001)
    assert "error" in (page.get_attribute("#length", "class") or "")


# Weight.


@pytest.mark.parametrize("path", ["/c/families-28/letter?lang=es", "follow"])
def test_a_page_is_light_and_all_of_it_is_ours(opened: Opening, mailed: Served, path: str) -> None:
    seed(mailed.runtime, LETTERS["came back"])
    page = opened("about:blank")
    answers: list[Response] = []

    def note(answer: Response) -> None:
        answers.append(answer)

    page.on("response", note)
    follow = f"{link(mailed.runtime, Purpose.FOLLOW, LETTERS['came back'])}?lang=es"
    page.goto(mailed.at(follow if path == "follow" else path))
    page.wait_for_load_state("load")
    bodies = [answer.body() for answer in answers]

    assert all(answer.url.startswith(mailed.url) for answer in answers)
    assert len(answers) <= 3
    assert sum(map(len, bodies)) <= 40_000
    assert sum(len(gzip.compress(body)) for body in bodies) <= 14_000


def test_the_words_that_came_back_can_be_copied(opened: Opening, mailed: Served) -> None:
    seed(mailed.runtime, LETTERS["came back"])
    page = opened(
        mailed.at(link(mailed.runtime, Purpose.FOLLOW, LETTERS["came back"])) + "?lang=en",
        permissions=["clipboard-read", "clipboard-write"],
    )
    page.click("text=Copy the text")
    expect(page.locator("[data-copy]")).to_have_text("Copied")
    copied = page.evaluate("navigator.clipboard.readText()")

    assert copied == "I write to you as a neighbor.\n\nSincerely,\nMaría Ejemplo"
