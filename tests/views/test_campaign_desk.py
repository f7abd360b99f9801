"""The console's pages of campaigns: who may do what, what is done, and that nothing typed is lost."""

import re
from dataclasses import replace
from datetime import timedelta
from html import unescape

import pytest

from chalicelib.adapters import audit
from chalicelib.adapters.ledger import counting
from chalicelib.domain.campaign import Campaign, Status
from chalicelib.domain.counts import Action, Basis, Channel, Outcome
from chalicelib.domain.editing import typed
from chalicelib.domain.staff import Role
from chalicelib.domain.words import Language
from tests.at_the_console import AtTheConsole, sign_in
from tests.browser.served import Answer, Served
from tests.values import campaign

HERE = "/staff/campaigns/families-28"


def now(served: Served) -> Campaign:
    found = served.runtime.catalog.campaign("families-28")
    assert found
    return found


def on_record(served: Served) -> list[tuple[str, str]]:
    """Who did what, but for what each door writes down before anything is done."""
    found = audit.entries(served.runtime.catalog.table, served.clock())
    return [(each.who, each.what) for each in found if not each.what.startswith("console: ")]


def text(answer: Answer) -> str:
    return unescape(re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.text)))


def hidden(answer: Answer) -> dict[str, str]:
    found = re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)">', answer.text)
    return {name: unescape(value) for name, value in found}


@pytest.fixture
def dana(served: Served) -> AtTheConsole:
    return sign_in(served, Role.EDITOR, "Dana R.")


@pytest.fixture
def luis(served: Served) -> AtTheConsole:
    return sign_in(served, Role.EDITOR, "Luis M.")


@pytest.fixture
def draft(served: Served) -> Served:
    served.empty()
    served.run(campaign(status=Status.DRAFT))
    return served


def test_the_list_has_every_campaign_with_its_state_and_its_goal(served: Served) -> None:
    served.reach(1284)

    said = text(sign_in(served, Role.VIEWER).get("/staff/campaigns"))

    assert "Ask ICE to stop 28 deportations Live families-28" in said
    assert "1,284 of 2,000 got through: 64\u00a0% of the way." in said


def test_the_page_says_what_the_public_number_is_made_of(served: Served) -> None:
    served.reach(1284)

    said = text(sign_in(served, Role.VIEWER).get(HERE))

    assert "1,284 = 1,284 spoke + 0 left a message + 0 letters delivered" in said
    assert "/c/families-28?lang=es&via=share" in said


def test_a_campaign_that_is_not_there_is_said_to_be_none(dana: AtTheConsole) -> None:
    for answer in (dana.get("/staff/campaigns/nothing"), dana.send("/staff/campaigns/nothing/pause")):
        assert answer.status == 404


def test_an_editor_pauses_and_resumes(served: Served, dana: AtTheConsole) -> None:
    paused = dana.send(f"{HERE}/pause")

    assert (paused.status, now(served).status) == (303, Status.PAUSED)
    assert "Nothing begins." in text(dana.get(f"{HERE}?done=paused"))
    dana.send(f"{HERE}/resume")
    assert now(served).status is Status.LIVE
    assert on_record(served) == [("dana", "campaign paused"), ("dana", "campaign resumed")]
    assert "dana : campaign paused" in text(dana.get(HERE))


@pytest.mark.parametrize("act", ["pause", "resume", "launch", "end", "edit"])
def test_a_viewer_changes_nothing_and_reads_why(served: Served, act: str) -> None:
    eva = sign_in(served, Role.VIEWER, "Eva T.")

    answer = eva.send(f"{HERE}/{act}", slug="families-28")

    assert (answer.status, now(served).status) == (403, Status.LIVE)
    assert "you are signed in as a viewer" in answer.text
    assert f'action="/go{HERE}' not in eva.get(HERE).text


def test_only_an_admin_ends_a_campaign_and_types_its_name_to_do_so(
    served: Served, dana: AtTheConsole
) -> None:
    admin = sign_in(served, Role.ADMIN, "Ana B.")
    dana.send(f"{HERE}/pause")

    assert dana.send(f"{HERE}/end", slug="families-28").status == 403
    wrong = admin.send(f"{HERE}/end", slug="familes-28")
    assert (wrong.status, now(served).status) == (400, Status.PAUSED)
    assert 'value="familes-28"' in wrong.text
    assert "the short name is families-28" in text(wrong)
    assert (admin.send(f"{HERE}/end", slug="families-28").status, now(served).status) == (303, Status.ENDED)


def test_what_is_live_can_not_be_ended_and_the_page_says_so(served: Served) -> None:
    answer = sign_in(served, Role.ADMIN).send(f"{HERE}/end", slug="families-28")

    assert (answer.status, now(served).status) == (409, Status.LIVE)
    assert "This campaign is live, and from there it can’t be ended." in text(answer)


def test_two_people_launch(draft: Served) -> None:
    dana, luis = (sign_in(draft, Role.EDITOR, name) for name in ("Dana R.", "Luis M."))
    revision = str(now(draft).revision)

    dana.send(f"{HERE}/launch", revision=revision)
    assert now(draft).status is Status.DRAFT
    again = dana.send(f"{HERE}/launch", revision=revision)
    assert (again.status, now(draft).status) == (409, Status.DRAFT)
    assert "takes a second person" in text(again)
    assert "dana signed on" in text(luis.get(HERE))
    luis.send(f"{HERE}/launch", revision=revision)

    assert now(draft).status is Status.LIVE
    assert on_record(draft) == [
        ("dana", "campaign launch signed by the first of two"), ("luis", "campaign launched"),
    ]  # fmt: skip


def test_a_change_takes_the_first_signature_along(draft: Served) -> None:
    dana, luis = (sign_in(draft, Role.EDITOR, name) for name in ("Dana R.", "Luis M."))
    dana.send(f"{HERE}/launch", revision=str(now(draft).revision))
    stale = str(now(draft).revision)
    form = typed(now(draft)) | {"goal": "2500"}

    luis.send(f"{HERE}/edit", **form, do="save", revision=stale)
    late = luis.send(f"{HERE}/launch", revision=stale)
    luis.send(f"{HERE}/launch", revision=str(now(draft).revision))

    assert (now(draft).goal, now(draft).status, late.status) == (2500, Status.DRAFT, 409)


def test_an_edit_is_shown_before_it_takes_effect(served: Served, dana: AtTheConsole) -> None:
    before = now(served)
    form = typed(before) | {"goal": "3000", "heading_en": before.heading.en.replace("28", "29")}

    shown = dana.send(f"{HERE}/edit", **form)

    assert (shown.status, now(served)) == (200, before)
    assert "<del>28</del>" in shown.text
    assert "<ins>29</ins>" in shown.text
    dana.send(f"{HERE}/edit", **hidden(shown), do="save")
    assert (now(served).goal, now(served).heading.en[:2]) == (3000, "29")
    assert on_record(served) == [("dana", "campaign edited")]
    assert "campaign edited (goal, heading)" in text(dana.get(HERE))


def test_what_was_typed_is_kept_when_something_is_wrong(served: Served, dana: AtTheConsole) -> None:
    before = now(served)
    form = typed(before) | {"goal": "many", "heading_en": "A <b>new</b> heading"}

    answer = dana.send(f"{HERE}/edit", **form, do="save", revision=str(before.revision))

    assert (answer.status, now(served)) == (400, before)
    assert 'value="many"' in answer.text
    assert "A &lt;b&gt;new&lt;/b&gt; heading" in answer.text
    assert "Write a whole number in digits" in text(answer)


def test_from_the_difference_one_gets_back_to_the_form_with_all_of_it(
    served: Served, dana: AtTheConsole
) -> None:
    shown = dana.send(f"{HERE}/edit", **typed(now(served)) | {"points_en": "a\nb\nc\nd"})

    back = dana.send(f"{HERE}/edit", **hidden(shown), do="again")

    assert (back.status, "a\nb\nc\nd</textarea>" in back.text) == (200, True)


def test_of_two_editors_the_second_is_told_and_loses_nothing(
    served: Served, dana: AtTheConsole, luis: AtTheConsole
) -> None:
    form = typed(now(served))
    by_dana = hidden(dana.send(f"{HERE}/edit", **form | {"goal": "3000"}))
    by_luis = hidden(luis.send(f"{HERE}/edit", **form | {"title_en": "Another title"}))

    dana.send(f"{HERE}/edit", **by_dana, do="save")
    told = luis.send(f"{HERE}/edit", **by_luis, do="save")

    assert (told.status, now(served).goal, now(served).title) == (409, 3000, campaign().title)
    assert "Somebody else changed this campaign" in text(told)
    assert hidden(told)["title_en"] == "Another title"
    luis.send(f"{HERE}/edit", **hidden(told) | {"goal": "3000"}, do="save")
    assert (now(served).goal, now(served).title.en) == (3000, "Another title")


def test_an_edit_leaves_offices_and_what_a_person_said_of_them(served: Served, dana: AtTheConsole) -> None:
    before = now(served)

    dana.send(f"{HERE}/edit", **typed(before) | {"goal": "9"}, do="save", revision=str(before.revision))

    assert now(served).offices == before.offices
    assert now(served).status is Status.LIVE


def test_a_script_in_words_is_text(served: Served, dana: AtTheConsole) -> None:
    form = typed(now(served)) | {"title_en": "<script>alert(1)</script>"}

    shown = dana.send(f"{HERE}/edit", **form)
    dana.send(f"{HERE}/edit", **hidden(shown), do="save")

    assert "<script" not in shown.text
    assert "<script" not in dana.get(HERE).text


def count(served: Served, *actions: Action) -> None:
    for action in actions:
        served.dynamodb.transact_write_items(TransactItems=counting(served.runtime.catalog.table, [action]))


def test_figures_by_hour_office_and_language_are_those_of_the_ledger(served: Served) -> None:
    atlanta = Action(
        "a-0", "families-28", Channel.CALLS, "ero-atl", Outcome.SPOKE, Basis.KEY, 42, served.clock(),
        language=Language.ES,
    )  # fmt: skip
    count(
        served,
        atlanta,
        replace(atlanta, id="a-1", outcome=Outcome.BUSY, language=Language.EN),
        replace(atlanta, id="a-2", office="ero-was", at=served.clock() - timedelta(days=2)),
        replace(atlanta, id="a-3", at=served.clock() - timedelta(days=8)),
    )

    said = text(sign_in(served, Role.VIEWER).get(HERE))

    assert "Hour, Eastern Spoke to someone Left a message Didn’t get through All 10 am 1 0 1 2 All" in said
    assert "Atlanta 2 1 50\u00a0% 0 Washington 1 1 100\u00a0% 0 All 3 2 0" in said
    assert "Spanish 2 2 100\u00a0% 0 English 1 0 0\u00a0% 0 All 3 2 0" in said
    assert "Before 1 1" in said
    assert "Nov 22 1 2 Nov 23 0 2 Nov 24 1 3" in said
    assert "3 = 3 spoke" in said
