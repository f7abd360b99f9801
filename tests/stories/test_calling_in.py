"""They call us: by a page's link with its code, by hand without one, with a hidden number, by a ZIP code in keys."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

import pytest

from chalicelib.adapters.area_items import AreaShelf
from chalicelib.domain.areas import Area, Areas
from chalicelib.domain.call import CODE_LIVES, CallSession, Ending, Stage
from chalicelib.domain.campaign import Campaign, Local, Routing, Status
from chalicelib.domain.office import Caps, Closure, Hours
from chalicelib.runtime import Runtime, install
from dev.phone_world import ANONYMOUS, Answer, Call, HangUp, Heard, OfficeLine, PickUp, Press, Supporter
from dev.phone_world.people import Move
from tests.rehearsal import ANA, LINES, LUIS, OUR_NUMBER, SLUG, Rehearsal, sweep

HOW = Heard("How did it go")
MENU = Heard("To hear what you could say, press 2")
SPOKE: tuple[Move, ...] = (Press("1", when=MENU), Press("1", when=HOW))
ENGLISH = Press("1", when=Heard("For English, press 1"))


@pytest.fixture
def house(built: Runtime) -> Iterator[Rehearsal]:
    sweep()
    made = Rehearsal(built, built.store._table.client)
    yield made
    assert made.world.complaints == []
    assert made.difference() == 0


def waiting_page(house: Rehearsal, **more: str) -> dict[str, Any]:
    """The page after the tap on Call now: its id, its code, and what the phone dials."""
    answer = house.post(f"/api/campaigns/{SLUG}/calls", {"by": "tap", "language": "en"} | more)
    assert answer["http"] == 201
    return answer


def dial(
    house: Rehearsal, page: dict[str, Any] | None, *script: Move, phone: str = ANA, shows: str = ""
) -> Call:
    """Dial our number, with the page's code after it or without."""
    post_dial = page["dial"].removeprefix(OUR_NUMBER) if page else ""
    return house.world.call_in(phone, OUR_NUMBER, script, post_dial=post_dial, shows=shows)


def sessions(house: Rehearsal) -> list[dict[str, Any]]:
    return [row for row in house.rows() if row.get("type") == {"S": "session"}]


def only(house: Rehearsal) -> CallSession:
    """The one call there is."""
    (row,) = sessions(house)
    return house.session(row["PK"]["S"].removeprefix("CALL#"))


def change(house: Rehearsal, **changes: Any) -> Campaign:
    """Have the app find the campaign like this from now on."""
    asked = house.runtime.campaign(SLUG)
    assert asked is not None
    changed = replace(asked, **changes)
    house.runtime._campaigns[SLUG] = (float("inf"), changed)
    return changed


def shut(house: Rehearsal, offices: Sequence[int]) -> None:
    """Close the offices at these positions for today."""
    asked, today = house.runtime.campaign(SLUG), house.clock.now().date()
    assert asked is not None
    hours = Hours(closures=(Closure(today, today, "snow"),))
    changed = tuple(
        replace(office, hours=hours) if position in offices else office
        for position, office in enumerate(asked.offices)
    )
    change(house, offices=changed)


# With the page's code.


def test_the_pages_code_joins_the_call_to_the_page_in_its_language(house: Rehearsal) -> None:
    page = waiting_page(house, language="es")
    assert house.state(page["id"])["state"] == "awaiting"

    dial(
        house,
        page,
        Press("1", when=Heard("oprima el dos. Para no recibir")),
        Press("1", when=Heard("¿Cómo le fue?")),
    )
    house.play()

    session = house.session(page["id"])
    assert (session.legs[0].office, session.call_sid) == ("ero-atl", house.world.calls[0].sid)
    assert (
        "Hola, habla Vecinos por las Familias. No se graba nada. Para hablar con la oficina" in house.heard()
    )
    assert house.outcomes() == ["spoke"]
    assert house.state(page["id"])["state"] == "thanks"
    assert house.world.calls_to(ANA) == []


def test_the_phone_is_kept_while_the_call_lasts_and_gone_after_it(house: Rehearsal) -> None:
    page = waiting_page(house)
    dial(house, page, *SPOKE)
    house.world.advance(20)
    assert house.session(page["id"]).phone == ANA

    house.play()

    assert house.session(page["id"]).phone is None
    assert ANA not in str(house.rows())


def test_a_code_brings_one_call_and_a_second_is_asked_by_keys(house: Rehearsal) -> None:
    page = waiting_page(house)
    dial(house, page, *SPOKE)
    house.play()

    dial(house, page, Press("1", when=Heard("That code doesn’t match")), *SPOKE, phone=LUIS)
    house.play()

    assert "That code doesn’t match" in house.heard(LUIS)
    assert house.outcomes() == ["spoke", "spoke"]
    assert len(sessions(house)) == 2
    assert len(house.session(page["id"]).legs) == 1


def test_a_code_is_old_after_a_quarter_of_an_hour_on_the_page_too(house: Rehearsal) -> None:
    page = waiting_page(house)
    house.world.advance(CODE_LIVES.total_seconds() + 1)
    assert house.state(page["id"])["state"] == "code_old"

    dial(house, page, HangUp(when=Heard("That code doesn’t match, or it’s older")))
    house.play()

    assert house.session(page["id"]).stage is Stage.AWAITING


def test_a_code_typed_by_hand_at_the_second_question_still_joins(house: Rehearsal) -> None:
    page = waiting_page(house)
    dial(house, None, Press(page["code"], when=Heard("We didn’t get a key"), after=2), *SPOKE)
    house.play()

    assert house.session(page["id"]).legs[0].office == "ero-atl"
    assert len(sessions(house)) == 1


def test_whoever_calls_is_taken_out_of_the_line_to_be_called(house: Rehearsal) -> None:
    install_config(house, replace(house.runtime.config, calls_per_second=0.02))
    house.tap(LUIS)
    queued = house.tap(ANA)

    dial(house, waiting_page(house), *SPOKE)
    house.play(minutes=5)

    assert house.session(queued["id"]).ending is Ending.WITHDRAWN
    assert house.world.calls_to(ANA) == []


# Without a code.


def test_without_a_code_a_language_is_asked_and_nothing_is_kept_before_it(house: Rehearsal) -> None:
    dial(house, None, Press("2", when=Heard("Para español")), HangUp(when=Heard("oprima el nueve"), after=1))
    house.world.advance(6)
    assert sessions(house) == []

    house.play()

    assert only(house).language == "es"
    assert (
        "Hello, this is Neighbors for Families. Nothing is recorded. For English, press 1." in house.heard()
    )
    assert only(house).ending is Ending.HUNG_UP


def test_three_silences_end_kindly_and_leave_nothing_behind(house: Rehearsal) -> None:
    dial(house, None)
    house.play()

    assert house.heard().count("For English, press 1") == 3
    assert "We didn’t get a key, so we’ll hang up." in house.heard()
    assert sessions(house) == []


def test_a_hidden_number_is_connected_and_never_offered_to_be_shown(house: Rehearsal) -> None:
    dial(house, None, ENGLISH, Press("2", when=MENU), Press("5", after=9), Press("1", after=14),
         Press("1", when=HOW), shows=ANONYMOUS)  # fmt: skip
    house.play()

    assert "to show yours, press 5" not in house.heard()
    assert house.outcomes() == ["spoke"]
    assert house.world.calls_to(LINES["ero-atl"])[0].from_ == OUR_NUMBER
    assert [row for row in house.rows() if row["PK"]["S"].startswith("CALLER#")] == []


def test_hidden_callers_have_a_ceiling_of_their_own(house: Rehearsal) -> None:
    config = replace(house.runtime.config, hidden_calls=1)
    install_config(house, config)
    dial(house, None, ENGLISH, *SPOKE, shows=ANONYMOUS)
    house.play()

    dial(house, None, ENGLISH, phone=LUIS, shows=ANONYMOUS)
    house.play()

    assert "Too many callers are hiding their number just now." in house.heard(LUIS)
    assert house.outcomes() == ["spoke"]


def test_a_phone_has_its_calls_and_no_more(house: Rehearsal) -> None:
    install_config(house, replace(house.runtime.config, calls_per_phone=1))
    dial(house, None, ENGLISH, *SPOKE)
    house.play()

    dial(house, waiting_page(house))
    house.play()

    assert "This phone has made the most calls it can for now." in house.heard()
    assert house.outcomes() == ["spoke"]


def test_who_pressed_nine_can_still_call_us(house: Rehearsal) -> None:
    house.world.add(Supporter(ANA, [PickUp(), Press("9")]))
    house.tap()
    house.play()

    dial(house, None, ENGLISH, *SPOKE)
    house.play()

    assert house.outcomes() == ["spoke"]


def test_the_own_number_is_shown_where_it_is_chosen(house: Rehearsal) -> None:
    dial(house, None, ENGLISH, Press("2", when=MENU), Press("5", when=Heard("to show yours, press 5")),
         Press("1", when=HOW))  # fmt: skip
    house.play()

    assert house.world.calls_to(LINES["ero-atl"])[0].from_ == ANA


# By ZIP code.


def with_areas(house: Rehearsal, rule: Local = Local.BEFORE) -> None:
    """Georgia is Atlanta's, New York is New York's, Texas is nobody's here."""
    states = {"GA": Area("ero-atl"), "NY": Area("ero-nyc")}
    AreaShelf(house.runtime.catalog.table).put_areas(Areas(states=states))
    change(house, routing=Routing(local=rule))


@pytest.mark.parametrize(
    ("keys", "office", "told"),
    [
        ("10001", "ero-nyc", ""),
        ("30303", "ero-atl", ""),
        ("*", "ero-atl", ""),
        ("09012", "ero-atl", "No single office is responsible there."),
        ("00000", "ero-atl", "We don’t know that ZIP code."),
    ],
)
def test_a_zip_code_in_keys_leads_to_the_areas_office_and_any_answer_leads_on(
    house: Rehearsal, keys: str, office: str, told: str
) -> None:
    with_areas(house)
    wrong: tuple[Move, ...] = tuple(Press(keys, when=Heard("five digit ZIP code")) for _ in range(3))
    dial(house, None, ENGLISH, *(wrong if keys == "00000" else wrong[:1]), *SPOKE)
    house.play()

    assert only(house).legs[0].office == office
    assert house.heard().count("five digit ZIP code") == (3 if keys == "00000" else 1)
    assert told in house.heard()
    assert keys not in str(sessions(house)) or keys == "*"


def test_a_zip_code_tells_the_zone_and_the_area_and_is_not_kept(house: Rehearsal) -> None:
    with_areas(house)
    dial(house, None, ENGLISH, Press("10001", when=Heard("five digit ZIP code")), *SPOKE)
    house.play()

    session = only(house)
    assert (session.local, session.zone) == ("ero-nyc", "America/New_York")
    assert "10001" not in str(house.rows())


# Booked by a key.


def test_a_closed_office_books_a_call_for_when_it_opens(house: Rehearsal) -> None:
    shut(house, (0, 1, 2))
    dial(house, None, ENGLISH, Press("3", when=Heard("press 3")))
    house.play()

    session = only(house)
    assert "For a call when Atlanta opens, tomorrow at nine in the morning, press 3." in house.heard()
    assert "Done. We’ll call you tomorrow at nine in the morning, Atlanta time." in house.heard()
    assert session.ending is Ending.BOOKED
    booking = house.runtime.bookings.booking(session.booking or "", house.clock.now())
    assert booking is not None
    assert (booking.at, booking.phone) == (session.booked_at, ANA)
    assert house.state(session.id)["state"] == "booked"


def test_a_caller_in_line_for_a_line_can_have_us_call(house: Rehearsal) -> None:
    asked = house.runtime.campaign(SLUG)
    assert asked is not None
    line = replace(asked.offices[0].lines[0], caps=Caps(at_once=1, an_hour=20, pause=0))
    change(house, offices=(replace(asked.offices[0], lines=(line,)),))
    house.world.add(OfficeLine(LINES["ero-atl"], Answer.PERSON, talk_seconds=300))
    dial(house, None, ENGLISH, *SPOKE)
    house.world.advance(40)

    dial(house, None, ENGLISH, Press("1", when=MENU), Press("2", when=Heard("To have us call you later, press 2")),
         phone=LUIS)  # fmt: skip
    house.play()

    assert "Done. We’ll call you today at" in house.heard(LUIS)
    assert house.runtime.desks.desks(["ero-atl"])["ero-atl"].waiting == ()
    assert house.outcomes() == ["spoke"]


def test_a_busy_office_books_a_call_and_the_key_books_only_one(house: Rehearsal) -> None:
    house.world.add(OfficeLine(LINES["ero-atl"], Answer.BUSY))
    dial(house, None, ENGLISH, Press("1", when=MENU), Press("2", when=Heard("call you again soon, press 2")))
    house.play()

    assert only(house).ending is Ending.BOOKED
    assert len([row for row in house.rows() if row.get("type") == {"S": "booking"}]) == 1


# Campaigns and their numbers.


@pytest.mark.parametrize(
    ("status", "words"),
    [
        (Status.PAUSED, "This campaign is paused"),
        (Status.ENDED, "This campaign has ended. Thank you for calling."),
    ],
)
def test_a_campaign_that_rests_says_so_in_both_languages_and_asks_nothing(
    house: Rehearsal, status: Status, words: str
) -> None:
    house.set_status(Status.PAUSED)
    if status is Status.ENDED:
        house.set_status(Status.ENDED)
    dial(house, None)
    house.play()

    assert words in house.heard()
    assert "Gracias por llamar." in house.heard()
    assert "press 1" not in house.heard()


def test_a_number_without_a_campaign_says_so(house: Rehearsal) -> None:
    other = change(house, status=Status.DRAFT)
    house.runtime.catalog.apply(replace(other, status=Status.DRAFT), house.clock.now())
    dial(house, None)
    house.play()

    assert "No campaign has this number now." in house.heard()


def test_with_two_campaigns_at_a_number_the_code_tells_which(house: Rehearsal) -> None:
    asked = house.runtime.campaign(SLUG)
    assert asked is not None
    house.runtime.catalog.apply(replace(asked, slug="another", revision=0), house.clock.now())
    page = waiting_page(house)

    dial(
        house,
        None,
        Press("1", when=Heard("six digit code")),
        Press(page["code"], when=Heard("doesn’t match")),
        *SPOKE,
    )
    house.play()

    assert house.session(page["id"]).legs[0].office == "ero-atl"


def install_config(house: Rehearsal, config: Any) -> None:
    """Have the app configured like this from now on."""
    house.runtime = replace(house.runtime, config=config)
    install(house.runtime)


def test_a_page_opened_by_a_shared_link_is_counted_and_nobody_named(house: Rehearsal) -> None:
    waiting_page(house)
    waiting_page(house, via="share")

    assert sum(house.runtime.store.shared(SLUG).values()) == 1
