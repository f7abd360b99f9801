"""The hands-on page in a browser: one call by hand, by mouse and by keyboard; axe finds nothing."""

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from dev.phone_world import ANONYMOUS, FILTERED, Answer, OfficeLine, OurNumber, PhoneWorldServer, Supporter
from dev.phone_world.calls import Hook
from tests.chromium import chromium
from tests.needs import needs
from tests.phone_world.test_server import App, client, serving
from tests.phone_world.tiny_app import ACCOUNT, ANA, ANOTHER_OFFICE, LUIS, OFFICE, OURS, TOKEN

pytestmark = pytest.mark.browser
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
RUN_AXE = """async (rules) => (await axe.run({runOnly: rules, rules: {"target-size": {enabled: true}}}))
  .violations.map((one) => one.id + ": " + one.nodes.map((node) => node.html).join(" | "))"""
TOO_SMALL = """() => [...document.querySelectorAll("button, select, input, label.pick")]
  .filter((one) => one.offsetWidth && !one.closest(".pick input"))
  .filter((one) => !(one.matches("input") && one.closest(".pick")))
  .filter((one) => one.offsetHeight < 44 || one.offsetWidth < 44).map((one) => one.outerHTML)"""
OUTSIDE = """() => performance.getEntriesByType("resource").map((one) => one.name)
  .filter((name) => !name.startsWith(location.origin) && !name.startsWith("data:"))"""


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as running:
        yield running


@pytest.fixture
def app() -> Iterator[App]:
    with serving() as app:
        yield app


@pytest.fixture
def server(app: App) -> Iterator[PhoneWorldServer]:
    ours = OurNumber(voice=Hook(f"{app.url}/start"), text=Hook(f"{app.url}/text"))
    parties = (
        Supporter(ANA, name="Ana"),
        Supporter(LUIS, name="Luis"),
        OfficeLine(OFFICE, Answer.PERSON, ring_seconds=90, talk_seconds=None, name="Atlanta office"),
        OfficeLine(ANOTHER_OFFICE, Answer.PERSON, ring_seconds=90, name="Washington office"),
    )
    up = PhoneWorldServer(
        ACCOUNT, TOKEN, {OURS: ours}, port=0, speed=4, parties=parties, suggested=("FAMILIES", "YES", "STOP")
    )
    up.start()
    yield up
    up.stop()


def opened(browser: Browser, server: PhoneWorldServer, **context: Any) -> Page:
    page = browser.new_context(viewport={"width": 1280, "height": 900}, **context).new_page()
    page.on("pageerror", lambda error: pytest.fail(str(error)))
    page.goto(server.url)
    expect(page.locator(".phone")).to_have_count(2)
    return page


def ring(server: PhoneWorldServer, app: App, to: str = ANA, start: str = "/start") -> None:
    client(server).calls.create(to=to, from_=OURS, url=app.url + start)


def phone(page: Page, name: str) -> Any:
    return page.get_by_role("region", name=f"{name}’s phone")


def asked(server: PhoneWorldServer) -> list[Any]:
    """The forms that the app was sent about calls that came in."""
    return [entry.fields for entry in server.world.wire if entry.fields.get("Direction") == "inbound"]


def in_a_call(page: Page, server: PhoneWorldServer, app: App) -> Any:
    ring(server, app)
    ana = phone(page, "Ana")
    ana.get_by_role("button", name="Answer", exact=True).click()
    expect(ana.get_by_role("log")).to_contain_text("Key?")
    return ana


def test_a_call_by_hand(browser: Browser, server: PhoneWorldServer, app: App) -> None:
    page = opened(browser, server)
    ana = in_a_call(page, server, app)
    ana.get_by_role("button", name="1", exact=True).click()
    office = page.get_by_role("region", name="Atlanta office")
    expect(office).to_contain_text("Its display shows (202) 555-0142, the organization’s number.")
    office.get_by_role("button", name="Answer now").click()
    expect(ana.get_by_role("log")).to_contain_text("Atlanta office: Field office, how can I help you?")
    office.get_by_role("button", name="Hang up").click()
    expect(ana.get_by_role("log")).to_contain_text("Thank you.")
    expect(ana).to_contain_text("The last call: completed")


def test_a_call_by_keyboard(browser: Browser, server: PhoneWorldServer, app: App) -> None:
    page = opened(browser, server)
    ring(server, app)
    answer = phone(page, "Ana").get_by_role("button", name="Answer", exact=True)
    answer.focus()
    page.keyboard.press("Enter")
    first_key = phone(page, "Ana").get_by_role("button", name="1", exact=True)
    expect(first_key).to_be_focused()
    expect(phone(page, "Ana").get_by_role("log")).to_contain_text("Key?")
    page.keyboard.press("1")

    expect(phone(page, "Ana").get_by_role("log")).to_contain_text("Ana pressed 1")


def test_an_office_can_be_set_to_busy(browser: Browser, server: PhoneWorldServer, app: App) -> None:
    page = opened(browser, server)
    page.get_by_role("region", name="Atlanta office").get_by_label("Busy", exact=True).check()
    ana = in_a_call(page, server, app)
    ana.get_by_role("button", name="1", exact=True).click()

    expect(ana.get_by_role("log")).to_contain_text("The other end: busy")


def test_the_next_webhook_can_be_sent_twice(browser: Browser, server: PhoneWorldServer, app: App) -> None:
    page = opened(browser, server)
    page.get_by_label("Next webhook").select_option("twice")
    in_a_call(page, server, app)

    expect(page.get_by_role("row", name="Webhooks sent, 1 twice")).to_be_visible()
    page.get_by_role("heading", name="Clock").click()
    expect(page.get_by_label("Next webhook")).to_have_value("once")


def test_a_forged_webhook_shows_on_the_wire(browser: Browser, server: PhoneWorldServer, app: App) -> None:
    page = opened(browser, server)
    in_a_call(page, server, app)
    page.get_by_role("button", name="Send a forged webhook").click()

    expect(page.locator("#wire")).to_contain_text("✗ missing")
    expect(page.locator("#wire")).to_contain_text("403")


def test_a_text_is_sent_and_answered(browser: Browser, server: PhoneWorldServer) -> None:
    page = opened(browser, server)
    luis = phone(page, "Luis")
    luis.get_by_label("Text (202) 555-0142").fill("JOIN")
    luis.get_by_role("button", name="Send").click()

    expect(luis.locator(".sms li")).to_have_count(2)


def test_a_phone_can_be_added_and_a_wrong_number_is_said_so(
    browser: Browser, server: PhoneWorldServer
) -> None:
    page = opened(browser, server)
    page.get_by_label("Whose").fill("Rosa")
    page.get_by_label("Number", exact=True).fill("404")
    page.get_by_role("button", name="Add").click()
    expect(page.get_by_label("Number", exact=True)).to_be_focused()
    expect(page.get_by_text("Enter a phone number, like (404) 555-0123")).to_be_visible()
    page.get_by_label("Number", exact=True).fill("(404) 555-0155")
    page.get_by_role("button", name="Add").click()

    expect(phone(page, "Rosa")).to_be_visible()


def test_a_number_is_dialled_by_hand_with_its_code(
    browser: Browser, server: PhoneWorldServer, app: App
) -> None:
    page = opened(browser, server)
    ana = phone(page, "Ana")
    expect(ana.get_by_label("Call a number")).to_have_value(OURS)
    ana.get_by_label("Call a number").fill(f"{OURS},,1")
    ana.get_by_label("Hide this phone’s number").check()
    ana.get_by_role("button", name="Call", exact=True).click()
    expect(ana.get_by_role("log")).to_contain_text("Ana pressed 1")

    office = page.get_by_role("region", name="Atlanta office")
    expect(office).to_contain_text("Its display shows no number.")
    assert {fields["From"] for fields in asked(server)} == {ANONYMOUS}


def test_what_no_phone_dials_is_said_at_the_field(browser: Browser, server: PhoneWorldServer) -> None:
    page = opened(browser, server)
    ana = phone(page, "Ana")
    ana.get_by_label("Call a number").fill(f"{OURS},,48#")
    ana.get_by_role("button", name="Call", exact=True).click()
    expect(ana.get_by_label("Call a number")).to_be_focused()
    expect(ana.get_by_text("The phone doesn’t dial that")).to_be_visible()
    ana.get_by_label("Call a number").fill(OURS)
    page.keyboard.press("Enter")

    expect(ana).to_contain_text("In a call")
    expect(ana.get_by_text("The phone doesn’t dial that")).to_be_hidden()


def test_whose_number_each_call_showed_stays_on_the_card(
    browser: Browser, server: PhoneWorldServer, app: App
) -> None:
    page = opened(browser, server)
    office = page.get_by_role("region", name="Atlanta office")
    office.get_by_label("First busy for").select_option("1 call")
    office.get_by_label("Calls at once").select_option("2 calls")
    expect(office.get_by_label("Calls at once")).to_have_value("2")
    ana = phone(page, "Ana")
    ana.get_by_label("Call a number").fill(f"{OURS},1")
    ana.get_by_role("button", name="Call", exact=True).click()
    expect(ana).to_contain_text("The other end: busy")
    expect(ana).to_contain_text("The last call: completed")
    expect(office.get_by_role("listitem")).to_have_count(0)
    ana.get_by_role("button", name="Call", exact=True).click()
    expect(office.get_by_role("listitem")).to_have_count(1)
    ana.get_by_role("button", name="Hang up").click()

    expect(office.get_by_label("First busy for")).to_have_value("0")
    expect(office.get_by_role("listitem")).to_contain_text(
        "They saw (404) 555-0123, the caller’s own number."
    )


def test_another_office_can_be_shown(browser: Browser, server: PhoneWorldServer) -> None:
    page = opened(browser, server)
    page.get_by_role("button", name="Show").click()

    expect(page.get_by_role("region", name="Washington office")).to_be_visible()


def test_spanish_words_carry_their_language(browser: Browser, server: PhoneWorldServer, app: App) -> None:
    page = opened(browser, server)
    ring(server, app, to=LUIS, start="/hola")
    phone(page, "Luis").get_by_role("button", name="Answer", exact=True).click()

    expect(phone(page, "Luis").locator(".log [lang=es-MX]")).to_contain_text("Hola")


def test_the_page_says_when_the_world_is_gone(browser: Browser, app: App) -> None:
    up = PhoneWorldServer(ACCOUNT, TOKEN, [OURS], port=0, parties=[Supporter(ANA), Supporter(LUIS)])
    up.start()
    page = opened(browser, up)
    up.stop()

    expect(page.get_by_text("The phone world does not answer.")).to_be_visible()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_while_one_phone_talks_and_one_rings(
    browser: Browser, server: PhoneWorldServer, app: App, scheme: str
) -> None:
    axe = needs("axe").read_text(encoding="utf-8")
    page = opened(browser, server, color_scheme=scheme, reduced_motion="reduce", bypass_csp=True)
    in_a_call(page, server, app).get_by_role("button", name="1", exact=True).click()
    ring(server, app, to=LUIS)
    expect(phone(page, "Luis")).to_contain_text("Incoming call")
    page.evaluate(axe)

    for width in (320, 390, 1280):
        page.set_viewport_size({"width": width, "height": 844})
        assert page.evaluate(RUN_AXE, RULES) == []
        assert page.evaluate(TOO_SMALL) == []
        assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")
    assert page.evaluate(OUTSIDE) == []
    assert page.evaluate("document.getAnimations().length") == 0


def texting(ana: Any, words: str) -> None:
    ana.get_by_role("textbox", name="Text (202) 555-0142").fill(words)
    ana.get_by_role("button", name="Send").click()


def thread(ana: Any) -> Any:
    return ana.locator(".sms li")


def test_a_text_by_hand_is_answered_by_the_app(browser: Browser, server: PhoneWorldServer) -> None:
    page = opened(browser, server)
    ana = phone(page, "Ana")
    texting(ana, "JOIN")

    expect(thread(ana)).to_have_count(2)
    expect(thread(ana).first).to_have_class("mine")
    expect(thread(ana).first).to_contain_text("JOIN")
    expect(thread(ana).last).to_contain_text("Thanks.")
    expect(ana.get_by_role("textbox", name="Text (202) 555-0142")).to_have_value("")
    assert thread(phone(page, "Luis")).count() == 0
    page.evaluate(needs("axe").read_text(encoding="utf-8"))
    assert page.evaluate(RUN_AXE, RULES) == []
    assert page.evaluate(TOO_SMALL) == []


def test_whether_twilio_obeys_a_stop_can_be_chosen(browser: Browser, server: PhoneWorldServer) -> None:
    page = opened(browser, server)
    ana, choice = phone(page, "Ana"), page.get_by_label("A text that says STOP")
    expect(choice).to_have_value("default")
    texting(ana, "STOP")
    expect(thread(ana).last).to_contain_text("You have successfully been unsubscribed.")
    texting(ana, "START")
    expect(thread(ana).last).to_contain_text("Thanks.")
    choice.select_option("is the app’s alone")
    expect(choice).to_have_value("none")
    texting(ana, "STOP")
    expect(thread(ana)).to_have_count(7)
    expect(thread(ana).last).to_contain_text("Thanks.")


def test_a_text_that_is_not_delivered_says_so_and_how_many_parts_it_took(
    browser: Browser, server: PhoneWorldServer
) -> None:
    server.world.add(Supporter(ANA, name="Ana", texts=[FILTERED]))
    client(server).messages.create(to=ANA, from_=OURS, body="a" * 161)
    page = opened(browser, server)

    expect(thread(phone(page, "Ana")).last).to_contain_text("2 parts, undelivered (30007)")


def test_a_word_worth_texting_is_one_tap_away(browser: Browser, server: PhoneWorldServer) -> None:
    page = opened(browser, server)
    ana = phone(page, "Ana")
    chips = ana.get_by_role("group", name="Texts to try").get_by_role("button")
    expect(chips).to_have_text(["FAMILIES", "YES", "STOP"])
    ana.get_by_role("button", name="Text FAMILIES").click()

    expect(thread(ana)).to_have_count(2)
    expect(thread(ana).first).to_contain_text("FAMILIES")
    ana.get_by_role("button", name="Text YES").focus()
    page.keyboard.press("Enter")
    expect(thread(ana)).to_have_count(5)
    expect(ana.get_by_role("button", name="Text YES")).to_be_focused()


def test_a_link_in_a_text_can_be_followed(browser: Browser, server: PhoneWorldServer) -> None:
    body = "Call from here: http://127.0.0.1:8000/c/families-28?lang=en. Or (https://example.org/a)"
    client(server).messages.create(to=ANA, from_=OURS, body=body)
    ana = phone(opened(browser, server), "Ana")

    expect(thread(ana).last).to_contain_text(body)
    links = ana.locator(".sms a")
    expect(links).to_have_text(["http://127.0.0.1:8000/c/families-28?lang=en", "https://example.org/a"])
    expect(links.first).to_have_attribute("href", "http://127.0.0.1:8000/c/families-28?lang=en")


def test_a_number_that_takes_no_texts_offers_none(browser: Browser, app: App) -> None:
    ours = OurNumber(voice=Hook(f"{app.url}/start"))
    parties = (Supporter(ANA, name="Ana"), Supporter(LUIS, name="Luis"))
    up = PhoneWorldServer(ACCOUNT, TOKEN, {OURS: ours}, port=0, parties=parties, suggested=("STOP",))
    up.start()
    page = opened(browser, up)
    ana = phone(page, "Ana")

    expect(ana.get_by_role("button", name="Call", exact=True)).to_be_visible()
    expect(ana.get_by_role("button", name="Text STOP")).to_be_hidden()
    expect(ana.get_by_role("button", name="Send")).to_be_hidden()
    page.close()
    up.stop()


def test_what_becomes_of_a_text_is_chosen_on_the_phone(browser: Browser, server: PhoneWorldServer) -> None:
    page = opened(browser, server)
    ana = phone(page, "Ana")
    choice = ana.get_by_label("A text to this phone")
    expect(choice).to_have_value("ARRIVES")
    choice.select_option("finds a landline (30006)")
    ana.get_by_role("button", name="Text FAMILIES").click()

    expect(thread(ana).last).to_contain_text("undelivered (30006)")
    expect(choice).to_have_value("LANDLINE")
