"""The pages as HTTP: status, headers, languages, links, and what a form can do. Without a browser."""

import json
import re
from dataclasses import replace
from datetime import timedelta
from html import unescape
from html.parser import HTMLParser
from urllib.parse import urlencode

import pytest

from chalicelib.adapters.catalog import Catalog
from chalicelib.adapters.table import Table
from chalicelib.domain.call import Ending, Stage
from chalicelib.domain.campaign import Status
from chalicelib.domain.counts import Outcome
from chalicelib.domain.refusals import Code
from chalicelib.domain.words import Language
from chalicelib.runtime import install
from chalicelib.views import rendering
from chalicelib.views.letter_pages import AT_THE_LETTER, ON_PAPER
from chalicelib.views.obstacles import OBSTACLES
from chalicelib.views.pages import AT_THE_CODE, AT_THE_FIELD, AT_THE_OFFICES, RESTING
from chalicelib.views.signup_pages import AT_THE_FORM
from tests.browser.served import PREFIX, Answer, Served
from tests.browser.states import CALLS, PATHS
from tests.values import CALL_ID, NOW, PHONE, campaign, over, session, unverified

FORM = {"phone": "404 555 0123", "consent": "call-1"}
CALL = f"/calls/{CALL_ID}"


def post(served: Served, path: str, form: dict[str, str]) -> Answer:
    return served.ask("POST", path, urlencode(form).encode())


class Links(HTMLParser):
    """Collects every address on a page, with its element."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.found: list[tuple[str, str]] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        named = dict(attrs)
        for attribute in ("href", "src", "action", "data-api", "data-calls"):
            if named.get(attribute):
                self.found.append((tag, str(named[attribute])))


# What a form can do.


def test_the_form_puts_the_supporter_in_line_and_shows_the_call(served: Served) -> None:
    answer = post(served, "/c/families-28?lang=es", FORM)
    where = answer.headers["location"].removeprefix(served.url)
    call = served.ask("GET", where)

    assert answer.status == 303
    assert "Le toca a usted" in call.text
    assert len(served.queue.sent) == 1


def test_the_consent_is_kept_with_its_version_language_and_time(served: Served) -> None:
    answer = post(served, "/c/families-28?lang=es", FORM)
    call_id = answer.headers["location"].split("/calls/")[1].split("?")[0]
    kept = served.runtime.store.call(call_id, NOW)

    assert kept
    assert (kept.consent.text, kept.consent.version) == ("call-1", 1)
    assert (kept.consent.language, kept.consent.at) == (Language.ES, NOW)
    assert (kept.language, kept.phone) == (Language.ES, PHONE)


def test_a_second_tap_shows_the_same_call(served: Served) -> None:
    first, second = post(served, "/c/families-28", FORM), post(served, "/c/families-28", FORM)

    assert first.headers["location"] == second.headers["location"]


@pytest.mark.parametrize(
    ("typed", "says"),
    [
        ("", "Enter your phone number"),
        ("404 555 01", "Enter a 10-digit phone number, starting with the area code"),
        ('<i>&"x', "Enter a 10-digit phone number, starting with the area code"),
    ],
)
def test_a_number_that_is_none_is_said_at_the_field_and_kept_as_typed(
    served: Served, typed: str, says: str
) -> None:
    answer = post(served, "/c/families-28", FORM | {"phone": typed})
    value = re.search(r'name="phone" value="([^"]*)"', answer.text)

    assert answer.status == 400
    assert answer.text.count(says) == 2
    assert "<title>Error: " in answer.text
    assert value
    assert unescape(value[1]) == typed
    assert "<i>" not in answer.text.split('name="phone"')[1]
    assert answer.headers["cache-control"] == "no-store"


def test_a_number_we_never_call_gets_one_answer_that_tells_nothing(served: Served) -> None:
    answers = {
        post(served, "/c/families-28", FORM | {"phone": phone}).text
        for phone in ("900 234 5678", "+442079460000")
    }

    assert len(answers) == 1
    assert "We can’t call this number" in answers.pop()


def test_the_fourth_call_of_a_phone_is_told_when_to_try_again(served: Served) -> None:
    for _ in range(3):
        where = post(served, "/c/families-28", FORM).headers["location"]
        served.put(replace(over(Ending.HUNG_UP), id=where.split("/calls/")[1].split("?")[0]))
    served.clock.pass_by(3600)
    answer = post(served, "/c/families-28", FORM)

    assert answer.status == 429
    assert answer.headers["retry-after"] == str(23 * 3600)
    assert "You’ve made 3 calls today, the most for one phone" in answer.text
    assert "in about 23 hours" in answer.text


def test_a_form_without_the_consent_we_show_calls_nobody(served: Served) -> None:
    answer = post(served, "/c/families-28", {"phone": FORM["phone"]})

    assert answer.status == 400
    assert "This page was out of date" in answer.text
    assert not served.queue.sent


def test_dont_call_me_takes_the_call_back(served: Served) -> None:
    served.put(session())
    answer = post(served, CALL, {"do": "withdraw"})
    after = served.runtime.store.call(CALL_ID, NOW)

    assert answer.status == 303
    assert after
    assert (after.ending, after.phone) == (Ending.WITHDRAWN, None)
    assert "We won’t call you" in served.ask("GET", CALL).text


def test_only_queued_calls_can_be_taken_back(served: Served) -> None:
    served.put(session(stage=Stage.RINGING))
    post(served, CALL, {"do": "withdraw"})

    assert "Your phone is ringing" in served.ask("GET", CALL).text


def test_how_it_went_is_told_once_and_thanked_with_its_number(served: Served) -> None:
    served.put(CALLS["question"])
    post(served, CALL, {"outcome": "spoke"})
    post(served, CALL, {"outcome": "wrong_number"})
    after = served.runtime.store.call(CALL_ID, NOW)

    assert after
    assert [leg.outcome for leg in after.legs] == [Outcome.SPOKE]
    assert 'call number <b class="num">1</b>' in served.ask("GET", CALL).text


def test_an_answer_we_dont_know_is_refused_with_a_way_back(served: Served) -> None:
    served.put(CALLS["question"])
    answer = post(served, CALL, {"outcome": "busy; drop table"})

    assert answer.status == 400
    assert f'href="{PREFIX}{CALL}?lang=en"' in answer.text


def test_skipping_the_question_changes_nothing(served: Served) -> None:
    served.put(CALLS["question"])
    before = served.runtime.store.call(CALL_ID, NOW)
    skipped = served.ask("GET", f"{CALL}?skip=1")

    assert "Thank you for calling" in skipped.text
    assert "refresh" not in skipped.headers
    assert served.runtime.store.call(CALL_ID, NOW) == before


# Every page.


@pytest.mark.parametrize("name", PATHS)
@pytest.mark.parametrize("language", Language)
def test_each_page_keeps_others_out_and_sets_no_cookie(served: Served, name: str, language: Language) -> None:
    answer = served.ask("GET", f"{PATHS[name]}?lang={language}")

    assert answer.status == (404 if name in {"not found", "gone"} else 200)
    assert answer.headers["content-security-policy"].startswith(
        "default-src 'none'; style-src 'self'; script-src 'self'"
    )
    assert answer.headers["referrer-policy"] == "no-referrer"
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert "set-cookie" not in answer.headers
    assert f'<html lang="{language}">' in answer.text
    assert "http-equiv" not in answer.text


@pytest.mark.parametrize("name", CALLS)
@pytest.mark.parametrize("language", Language)
def test_each_state_of_a_call_is_one_page_with_one_filled_status(
    served: Served, name: str, language: Language
) -> None:
    served.put(CALLS[name])
    answer = served.ask("GET", f"{CALL}?lang={language}")

    assert answer.status == 200
    assert answer.headers["cache-control"] == "no-store"
    assert answer.text.count('role="status"') == 1
    assert re.search(r'role="status" data-state="\w+"><h1[^>]*>[^<]+</h1>', answer.text)
    assert len(answer.body) <= 10_000
    assert "711" not in answer.text
    assert ("Deaf or hard" in answer.text) or ("No oye bien" in answer.text)


@pytest.mark.parametrize("name", CALLS)
def test_every_part_that_the_script_may_swap_has_an_id(served: Served, name: str) -> None:
    served.put(CALLS[name])
    inside = served.ask("GET", CALL).text.split("<main")[1].split("</main>")[0]
    ids = re.findall(r'\bid="([\w-]+)"', inside)

    assert len(ids) == len(set(ids))
    assert not [tag for tag in top_level(inside.split(">", 1)[1]) if 'id="' not in tag]


def top_level(html: str) -> list[str]:
    """The start tags of a fragment's outermost elements."""
    depth, found = 0, []
    for tag in re.findall(r"<[^>]+>", html):
        if tag.startswith("</"):
            depth -= 1
        elif not re.match(r"<(input|path|br|circle)\b", tag):
            found += [tag] if depth == 0 else []
            depth += 1
    return found


@pytest.mark.parametrize("path", [*PATHS.values(), f"{CALL}?lang=es", f"{CALL}?still=1"])
def test_every_link_and_form_stays_below_the_public_url(served: Served, path: str) -> None:
    served.put(CALLS["in line"])
    found = Links(served.ask("GET", path).text).found
    outside = {
        address for _, address in found if not address.startswith((f"{PREFIX}/", "#", served.url, "data:"))
    }

    assert found
    assert outside <= {"https://www.weather.gov/"}


def test_the_words_of_a_campaign_are_shown_as_text(served: Served) -> None:
    served.run(replace(campaign(), title=type(campaign().title)("<script>x</script>", "<i>")))

    assert "<script>x" not in served.ask("GET", "/c/families-28").text


def test_the_front_page_lists_live_campaigns_only(served: Served) -> None:
    assert "28 children" in served.ask("GET", "/").text
    served.run(campaign(status=Status.PAUSED))

    assert "No campaign needs calls right now" in served.ask("GET", "/").text


def test_a_page_for_everybody_may_be_kept_a_moment_and_names_what_it_depends_on(served: Served) -> None:
    answer = served.ask("GET", "/c/families-28")

    assert answer.headers["cache-control"] == "public, max-age=15"
    assert answer.headers["vary"] == "Accept-Language"


@pytest.mark.parametrize("status", [Status.PAUSED, Status.ENDED])
def test_a_campaign_that_rests_says_so_and_takes_no_number(served: Served, status: Status) -> None:
    served.run(campaign(status=status))
    shown, sent = served.ask("GET", "/c/families-28"), post(served, "/c/families-28", FORM)
    says = {Status.PAUSED: "Calls are paused", Status.ENDED: "This campaign has ended"}[status]

    assert (shown.status, sent.status) == (200, 200)
    assert says in shown.text
    assert says in sent.text
    assert "<form" not in shown.text
    assert not served.queue.sent


def test_a_draft_is_seen_by_nobody(served: Served) -> None:
    served.run(campaign(status=Status.DRAFT))

    assert served.ask("GET", "/c/families-28").status == 404


def test_without_an_office_to_dial_the_page_says_why_and_takes_no_number(served: Served) -> None:
    served.run(campaign(offices=tuple(map(unverified, campaign().offices))))
    served.clock.pass_by(timedelta(days=31).total_seconds())
    shown = served.ask("GET", "/c/families-28")

    assert "No office can be called right now" in shown.text
    assert "<form" not in shown.text
    assert "No office can be called" in post(served, "/c/families-28", FORM).text


# The page that refreshes itself.


def test_a_live_call_asks_for_a_refresh_by_header_unless_told_to_stop(served: Served) -> None:
    served.put(CALLS["ringing"])

    assert served.ask("GET", CALL).headers["refresh"] == "10"
    assert "refresh" not in served.ask("GET", f"{CALL}?still=1").headers
    assert "refresh" not in served.ask("GET", f"{CALL}?live=1").headers
    assert "data-updating" not in served.ask("GET", f"{CALL}?still=1").text


def test_a_call_that_is_over_asks_for_no_refresh(served: Served) -> None:
    served.put(CALLS["thanks"])

    assert "refresh" not in served.ask("GET", CALL).headers


# Obstacles and faults.


def test_every_refusal_has_its_page() -> None:
    of_calls = OBSTACLES.keys() | AT_THE_FIELD | AT_THE_CODE | AT_THE_OFFICES | RESTING

    assert of_calls | AT_THE_LETTER | ON_PAPER.keys() | AT_THE_FORM.keys() == set(Code)


@pytest.mark.parametrize("code", OBSTACLES)
@pytest.mark.parametrize("language", Language)
def test_every_obstacle_has_its_words_and_its_way_on(code: Code, language: Language) -> None:
    say = rendering.phrasebook(language).say
    found = OBSTACLES[code]

    assert say(f"{found.key}.heading")
    assert say(found.way, number="")


def test_whatever_breaks_is_a_page_that_says_so_kindly(served: Served) -> None:
    nowhere = Catalog(Table(served.runtime.catalog.table.client, "no-such-table"))
    install(replace(served.runtime, catalog=nowhere))
    try:
        answer = served.ask("GET", "/c/families-28?lang=es")
    finally:
        install(served.runtime)

    assert answer.status == 500
    assert "Perdón, algo falló de nuestro lado" in answer.text
    assert "(202)" in answer.text
    assert "Traceback" not in answer.text


def test_without_a_configuration_there_is_still_a_page(
    served: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("PATCHTHROUGH_STAGE", raising=False)
    install(None)
    try:
        answer, health = served.ask("GET", "/c/families-28"), served.ask("GET", "/health")
    finally:
        install(served.runtime)

    assert (answer.status, health.status) == (500, 503)
    assert "Sorry, something broke on our side" in answer.text


def test_health_is_a_line_of_json(served: Served) -> None:
    answer = served.ask("GET", "/health")

    assert (answer.status, json.loads(answer.text)) == (200, {"status": "ok"})
