"""How we count, as anybody reads it: the figures of now, what counts, and that the page says what the code does."""

from dataclasses import replace

import pytest

from chalicelib.adapters.ledger import counting
from chalicelib.domain.campaign import Status
from chalicelib.domain.counts import ARRIVED, Action, Basis, Channel, LetterOutcome, Outcome
from chalicelib.domain.outcomes import LEAST_MESSAGE, LEAST_TALK
from chalicelib.domain.words import Language
from tests.browser.served import PREFIX, Served
from tests.values import CAMPAIGN, NOW, campaign

PAGE = "/c/families-28/method"
COUNTS = {"en": ("yes", "no"), "es": ("sí", "no")}


def count(served: Served, *outcomes: Outcome | LetterOutcome) -> None:
    table = served.runtime.catalog.table
    for number, outcome in enumerate(outcomes):
        channel = Channel.CALLS if isinstance(outcome, Outcome) else Channel.LETTERS
        action = Action(f"{channel}-{number}", CAMPAIGN.slug, channel, "ero-atl", outcome, Basis.KEY, 42, NOW)
        table.client.transact_write_items(TransactItems=counting(table, [action]))  # type: ignore[arg-type]


@pytest.mark.parametrize("language", Language)
def test_it_shows_every_way_of_ending_with_its_figure_and_whether_it_counts(
    served: Served, language: Language
) -> None:
    count(served, Outcome.SPOKE, Outcome.SPOKE, Outcome.BUSY, LetterOutcome.DELIVERED, LetterOutcome.BOUNCED)

    page = served.ask("GET", f"{PAGE}?lang={language}")

    yes, no = COUNTS[language]
    every = [*Outcome, *LetterOutcome]
    assert page.status == 200
    assert (page.text.count(f"<td>{yes}</td>"), page.text.count(f"<td>{no}</td>")) == (
        len(set(every) & ARRIVED), len(set(every) - ARRIVED),
    )  # fmt: skip
    assert f"<td>2</td><td>{yes}</td>" in page.text
    assert f"<td>1</td><td>{no}</td>" in page.text
    assert '<b class="num">3</b>' in page.text
    assert f"{LEAST_TALK} se" in page.text
    assert f"{LEAST_MESSAGE} se" in page.text


@pytest.mark.parametrize("language", Language)
def test_it_is_light_and_needs_nobody_else(served: Served, language: Language) -> None:
    page = served.ask("GET", f"{PAGE}?lang={language}")

    assert len(page.body) <= 10_000
    assert page.headers["content-security-policy"].startswith("default-src 'none'")
    assert page.headers["cache-control"] == "public, max-age=15"
    assert f'<html lang="{language}">' in page.text


@pytest.mark.parametrize("language", Language)
def test_the_campaign_s_page_leads_there_by_its_count_and_from_its_foot(
    served: Served, language: Language
) -> None:
    page = served.ask("GET", f"/c/families-28?lang={language}")

    body, foot = page.text.split("<footer")
    link = f'href="{PREFIX}{PAGE}?lang={language}"'
    assert link in body
    assert link in foot
    assert len(page.body) <= 10_000


def test_of_a_campaign_that_has_ended_it_can_still_be_read(served: Served) -> None:
    served.run(replace(campaign(), status=Status.ENDED))

    assert PAGE in served.ask("GET", "/c/families-28").text
    assert served.ask("GET", PAGE).status == 200


def test_of_a_draft_there_is_none(served: Served) -> None:
    served.run(replace(campaign(), status=Status.DRAFT))

    assert served.ask("GET", PAGE).status == 404
