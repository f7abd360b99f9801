"""The pages' languages: which one is spoken, and that each is whole and unmixed. Without a browser."""

import re
from dataclasses import replace
from html.parser import HTMLParser
from string import Formatter
from urllib.parse import urlencode

import pytest

from chalicelib.domain.addresses import Address
from chalicelib.domain.call_view import State
from chalicelib.domain.letter import Content
from chalicelib.domain.tokens import Purpose
from chalicelib.domain.words import Language
from chalicelib.views import rendering
from chalicelib.views.letter_pages import ON_PAPER
from chalicelib.views.obstacles import OBSTACLES
from chalicelib.views.visits import SEE_OTHER, preferred
from tests.browser.served import PREFIX, Served
from tests.browser.states import CALLS, PATHS
from tests.letter_states import LETTERS, link, seed, written_to
from tests.values import CALL_ID, CAMPAIGN, session

CALL = f"/calls/{CALL_ID}"
SPANISH = Content(
    "María", Address("maria", "ejemplo.es"), "Dejen libres a las familias", "Le escribo por los niños."
)


def test_a_call_speaks_its_own_language_until_asked_for_another(served: Served) -> None:
    served.put(session(language=Language.ES))

    assert '<html lang="es">' in served.ask("GET", CALL, accept_language="en-US").text
    assert '<html lang="en">' in served.ask("GET", f"{CALL}?lang=en").text


@pytest.mark.parametrize(
    ("header", "language"),
    [
        ("", "en"),
        ("es-MX,es;q=0.9,en;q=0.8", "es"),
        ("en-US,en;q=0.9,es;q=0.8", "en"),
        ("de, es;q=0.8, en;q=0.5", "es"),
        ("en;q=0.1, es", "es"),
        ("es;q=0, en", "en"),
        ("fr", "en"),
        ("es;q=bad, en;q=0.5", "en"),
    ],
)
def test_the_language_a_browser_likes_best_of_ours_is_spoken(header: str, language: str) -> None:
    assert preferred(header).value == language


def test_the_language_link_keeps_page_and_state(served: Served) -> None:
    served.put(CALLS["ringing"])
    page = served.ask("GET", f"{CALL}?lang=en&still=1").text

    assert f'href="{PREFIX}{CALL}?still=1&amp;lang=es" lang="es" hreflang="es">Español</a>' in page


def test_both_languages_have_the_same_sentences_with_the_same_placeholders() -> None:
    english, spanish = (rendering.phrasebook(language).sentences for language in (Language.EN, Language.ES))

    assert list(english) == list(spanish)
    for key, sentence in english.items():
        assert placeholders(sentence) == placeholders(spanish[key]), key


class OwnWords(HTMLParser):
    """Collects a page's words, spoken labels included, but not those marked as another language's."""

    VOID = frozenset({"meta", "link", "input", "path"})

    def __init__(self, page: str) -> None:
        super().__init__()
        self.text: list[str] = []
        self.open: list[bool] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        named = dict(attrs)
        if tag not in self.VOID:
            self.open.append(named.get("lang") == "en" or tag == "script")
        if tag != "link":
            self.text += [
                str(named[name]) for name in ("aria-label", "data-busy", "content") if named.get(name)
            ]

    def handle_endtag(self, tag: str) -> None:
        if tag not in self.VOID:
            self.open.pop()

    def handle_data(self, data: str) -> None:
        if not any(self.open):
            self.text.append(data)


def words(text: str) -> set[str]:
    return set(re.findall(r"[a-záéíóúñü]+", text.lower().replace("’", "")))


NAMES = words(
    "Patchthrough Twilio ICE Atlanta Washington http go families width device initial scale light dark"
)
"""Names, and what stands in addresses and in settings for browsers."""
SPANISH_TOO = words("a no me error software cookies use video plan postal")
ENGLISH = (
    words(" ".join(rendering.phrasebook(Language.EN).sentences.values()))
    | words(
        " ".join(each.en for each in (CAMPAIGN.title, CAMPAIGN.heading, CAMPAIGN.summary, *CAMPAIGN.about))
    )
    | words(" ".join(point.en for point in CAMPAIGN.points))
) - (NAMES | SPANISH_TOO)
"""Every word of our English pages that a Spanish page has no use for."""


@pytest.mark.parametrize("name", [*PATHS, *CALLS])
def test_a_spanish_page_holds_no_english_word_but_names_and_the_quoted_line(
    served: Served, name: str
) -> None:
    if name in CALLS:
        served.put(CALLS[name])
    page = served.ask("GET", f"{PATHS.get(name, CALL)}?lang=es").text

    assert words(" ".join(OwnWords(page).text)) & ENGLISH == set()


@pytest.mark.parametrize("path", ["", "/print", "/print?office=ero-atl"])
def test_a_letter_s_spanish_page_holds_no_english_word(served: Served, path: str) -> None:
    page = served.ask("GET", f"/c/families-28/letter{path}", accept_language="es").text

    assert words(" ".join(OwnWords(page).text)) & ENGLISH == set()


@pytest.mark.parametrize("do", ["check", "edit", "print", "send"])
@pytest.mark.parametrize("office", ["ero-atl", "ero-was"])
def test_what_a_letter_s_form_is_answered_holds_no_english_word(served: Served, do: str, office: str) -> None:
    served.refit(written_to())
    for name in ("María", ""):
        typed = {"do": do, "office": office, "name": name, "email": "maria@ejemplo.es", "body": "Le escribo."}
        page = served.ask("POST", "/c/families-28/letter?lang=es", urlencode(typed).encode())

        assert words(" ".join(OwnWords(page.text).text)) & ENGLISH == set()


@pytest.mark.parametrize("purpose", Purpose)
def test_the_pages_behind_a_letter_s_links_hold_no_english_word(served: Served, purpose: Purpose) -> None:
    for name, about in LETTERS.items():
        spanish = replace(about, content=SPANISH, language=Language.ES)
        seed(served.runtime, spanish)
        answer = served.ask("GET", f"{link(served.runtime, purpose, spanish)}?lang=es")
        if answer.status == SEE_OTHER:
            answer = served.ask("GET", answer.headers["location"].removeprefix(served.url))

        assert answer.status == rendering.OK
        assert words(" ".join(OwnWords(answer.text).text)) & ENGLISH == set(), name


def test_no_spanish_sentence_holds_an_english_word() -> None:
    for key, sentence in rendering.phrasebook(Language.ES).sentences.items():
        found = words(re.sub(r"{\w+}", "", sentence)) & ENGLISH
        assert found == ({"english"} if key == "other_language" else set()), key


def placeholders(sentence: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(sentence) if name is not None}


def test_every_sentence_is_used_and_every_used_one_exists() -> None:
    sources = [*(rendering.ROOT / "templates").rglob("*.html"), *(rendering.ROOT / "views").glob("*.py")]
    text = "\n".join(path.read_text(encoding="utf-8") for path in sources)
    named = set(rendering.phrasebook(Language.EN).sentences)
    unused = {
        key for key in named if not any(f"'{part}" in text or f'"{part}' in text for part in prefixes(key))
    }

    assert not unused


def prefixes(key: str) -> list[str]:
    """A key as it may stand in a template: whole, or built from its parts ("how." ~ outcome)."""
    parts = key.split(".")
    states = [state.value for state in State] + [found.key for found in ON_PAPER.values()]
    return [key + "'", key + '"', *(".".join(parts[:end]) + "." for end in range(1, len(parts)))] + (
        [parts[0]] if parts[0] in states or any(parts[0] == found.key for found in OBSTACLES.values()) else []
    )
