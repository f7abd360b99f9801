"""After the call: the next office where there is one, and a link to share that says nothing of anybody."""

import json
from dataclasses import replace
from datetime import timedelta
from urllib.parse import urlencode

import pytest

from chalicelib.domain.call import Ending
from chalicelib.domain.campaign import Local, Routing, Status
from chalicelib.domain.counts import Outcome
from tests.browser.served import PREFIX, Served
from tests.browser.states import CALLS
from tests.values import CALL_ID, NOW, called, campaign, over

CALL = f"/calls/{CALL_ID}?lang=en"
FORM = {"phone": "404 555 0123", "consent": "call-1"}
NEXT = f'href="{PREFIX}/c/families-28?lang=en&amp;office=ero-was#call-now"'


def page(served: Served, name: str) -> str:
    served.put(CALLS[name])
    return served.ask("GET", CALL).text


@pytest.mark.parametrize(
    "name",
    ["thanks", "nobody", "busy", "not picked up", "never", "line full", "closed at the end", "no office"],
)
def test_a_letter_is_a_way_on_while_the_campaign_is_live(served: Served, name: str) -> None:
    letter = f'href="{PREFIX}/c/families-28/letter?lang=en"><span class="txt">Write a letter'
    assert letter in page(served, name)

    served.run(campaign(status=Status.PAUSED))
    assert letter not in page(served, name)


@pytest.mark.parametrize(
    ("name", "words"),
    [("thanks", "Call the Washington office"), ("nobody", "Try the Washington office"), ("busy", "Try the ")],
)
def test_the_next_office_is_one_tap_away(served: Served, name: str, words: str) -> None:
    text = page(served, name)

    assert NEXT in text
    assert words in text
    assert (
        "Call the Washington office</h2>" in served.ask("GET", "/c/families-28?lang=en&office=ero-was").text
    )


def test_after_the_last_office_none_is_offered(served: Served) -> None:
    served.put(over(Ending.DONE, legs=(called(Outcome.SPOKE),), offices=()))

    assert "office=" not in served.ask("GET", CALL).text


def test_an_office_that_is_closed_by_now_is_not_offered(served: Served) -> None:
    served.put(CALLS["thanks"])
    served.clock.pass_by(timedelta(hours=10).total_seconds())

    assert "office=" not in served.ask("GET", CALL).text


def test_a_paused_campaign_offers_no_other_office(served: Served) -> None:
    served.put(CALLS["thanks"])
    campaign = served.runtime.catalog.campaign("families-28")
    assert campaign
    served.run(replace(campaign, status=Status.PAUSED))

    assert "office=" not in served.ask("GET", CALL).text


@pytest.mark.parametrize(("outcome", "is_offered"), [(Outcome.SPOKE, False), (Outcome.BUSY, True)])
def test_a_list_that_is_there_in_case_is_not_offered_once_the_areas_office_was_reached(
    served: Served, outcome: Outcome, *, is_offered: bool
) -> None:
    campaign = served.runtime.catalog.campaign("families-28")
    assert campaign
    served.run(replace(campaign, routing=Routing(local=Local.FALLBACK)))
    served.put(over(Ending.DONE, legs=(called(outcome),), local="ero-atl"))

    assert (NEXT in served.ask("GET", CALL).text) is is_offered


# Sharing.


def test_the_link_to_share_says_that_it_was_shared_and_nothing_else(served: Served) -> None:
    text = page(served, "thanks")
    link = f"{served.url}/c/families-28?via=share"

    assert f'<a class="link" href="{link}">{link.removesuffix("?via=share")}</a>' in text
    assert f'data-share="{link}"' in text
    assert "hidden>" in text.split("data-share")[1].split("</button>")[0], "of no use without a script"


def tapped(served: Served, more: dict[str, str]) -> int:
    return served.ask("POST", "/c/families-28?lang=en", urlencode(FORM | more).encode()).status


def test_who_comes_by_it_and_asks_for_a_call_is_counted_once_and_without_a_trace(served: Served) -> None:
    shared = served.ask("GET", "/c/families-28?via=share&lang=en").text
    assert served.runtime.store.shared("families-28") == {}, "looking changes nothing"
    assert '<input type="hidden" name="via" value="share">' in shared
    assert "via=share&amp;lang=es" in shared, "kept when the language is changed"

    assert tapped(served, {"via": "share"}) == 303
    assert tapped(served, {"via": "share"}) == 303, "the same call"

    assert served.runtime.store.shared("families-28") == {NOW.date(): 1}
    rows = served.dynamodb.scan(TableName="patchthrough-test")["Items"]
    assert [row["PK"]["S"] for row in rows if "share" in json.dumps(row).lower()] == ["SHARED#families-28"]


def test_a_tap_to_call_is_counted_too(served: Served) -> None:
    form = {"do": "tap", "via": "share"}

    assert served.ask("POST", "/c/families-28?lang=en", urlencode(form).encode()).status == 303
    assert served.runtime.store.shared("families-28") == {NOW.date(): 1}


@pytest.mark.parametrize("via", ["", "mail", "ana", "☎"])
def test_nothing_else_is_counted_or_carried(served: Served, via: str) -> None:
    text = served.ask("GET", f"/c/families-28?{urlencode({'via': via})}&lang=en").text

    assert 'name="via"' not in text
    assert tapped(served, {"via": via}) == 303
    assert served.runtime.store.shared("families-28") == {}
