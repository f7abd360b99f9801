"""`make docs-img`: the README's pictures, taken of one real call on a stack of its own.

Promises pictures of what is there: the page before and during a call at phone width, in both schemes, and the
handset; the page to sign up for texts, and a thread of them; a Spanish letter as its office gets it; and the
console's page of a campaign. Needs Chromium; starts the local stack on free ports with an empty memory, and ends it.
"""

import shutil
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import Browser, Page, Playwright, expect, sync_playwright

from chalicelib.runtime import runtime
from dev.desk_pictures import desk_pictures
from dev.letter_picture import OWN_WORDS, inbox_with
from dev.offices import HANDSETS
from dev.ports import Ports
from dev.stack import Wish, heed_signals, running
from dev.stories.site import Site, ask

TO = Path(__file__).resolve().parent.parent / "docs" / "img"
CAMPAIGN = "families-28"
PHONE = {"width": 390, "height": 844}
DESK = {"width": 1280, "height": 900}
HIGH = {"width": 1280, "height": 1200}
"""A whole letter, without scrolling."""
STEP = 20_000
"""Milliseconds that a step of the call may take."""
NAMES = ("chromium", "chromium-browser", "google-chrome")


def take(browser: Browser, site: Site) -> list[Path]:
    """Play one call by hand, page and handset side by side, and keep what they show."""
    ana = HANDSETS[0].number
    page = opened(browser, f"{site.app}/c/{CAMPAIGN}?lang=en", PHONE)
    taken = [kept(page, "campaign"), *others(browser, site)]
    page.fill("#phone", HANDSETS[0].shown)
    page.click("#call-me .btn")
    state(page, "code")
    page.fill("#code", site.code(ana))
    page.click("#code-form .btn")
    state(page, "ringing")
    taken.append(kept(page, "call-ringing"))
    do(site, ana, "answer")
    state(page, "menu")
    taken.append(kept(page, "call-menu"))
    answer_as_person(site)
    handset = opened(browser, site.phone_world, DESK)
    do(site, ana, "press", keys="1")
    state(page, "connected")
    page.wait_for_timeout(3_000)
    taken += [kept(page, "call-connected"), kept(handset, "handset"), letter_in_its_inbox(browser)]
    return [*taken, *desk_pictures(browser, site.app, CAMPAIGN, whole)]


def others(browser: Browser, site: Site) -> list[Path]:
    """The campaign's page as others see it: in Spanish, in the dark, on a desk."""
    address = f"{site.app}/c/{CAMPAIGN}"
    dark = opened(browser, f"{address}?lang=es", PHONE, dark=True)
    desk = opened(browser, f"{address}?lang=en", DESK)
    taken = [kept(dark, "campaign-es-dark"), kept(desk, "campaign-desk")]
    return [*taken, *texts(browser, site)]


def texts(browser: Browser, site: Site) -> list[Path]:
    """The page to sign up for texts, and what Luis's phone shows after he joined by a word."""
    form = opened(browser, f"{site.app}/c/{CAMPAIGN}/texts?lang=es", PHONE)
    for body in ("FAMILIAS", "SI", "alto a las redadas"):
        ask(
            f"{site.phone_world}/world/texts",
            {"number": HANDSETS[1].number, "to": our_number(), "body": body},
        )
        form.wait_for_timeout(2_000)
    handsets = opened(browser, site.phone_world, DESK)
    thread = handsets.locator("#phones > *", has_text=HANDSETS[1].name).first
    path = TO / "texts-thread.png"
    thread.screenshot(path=path)
    return [kept(form, "texts-es"), path]


def our_number() -> str:
    """The number that one texts."""
    return runtime().config.from_number


def letter_in_its_inbox(browser: Browser) -> Path:
    """A letter in Spanish, as its reader at the office sees it."""
    campaign = runtime().campaign(CAMPAIGN)
    assert campaign, "the stack seeds it"
    with inbox_with(campaign) as url:
        page = opened(browser, url, HIGH)
        page.click("[data-letter]")
        page.click("#as-html")
        expect(page.frame_locator("#html").get_by_text(OWN_WORDS)).to_be_visible(timeout=STEP)
        expect(page.locator("#history")).to_contain_text("delivered", timeout=STEP)
        path = TO / "letter-inbox-es.png"
        page.locator("#letter").screenshot(path=path)
        # While the mail world is there, or the page would ask one that is gone.
        page.context.close()
    return path


def opened(browser: Browser, url: str, size: dict[str, int], *, dark: bool = False) -> Page:
    """Open an address in a window of its own."""
    scheme = "dark" if dark else "light"
    context = browser.new_context(viewport=size, color_scheme=scheme, device_scale_factor=2)  # type: ignore[arg-type]  # a size
    page = context.new_page()
    page.set_default_timeout(STEP)
    page.goto(url)
    return page


def state(page: Page, name: str) -> None:
    """Wait until the call's page is in a state."""
    expect(page.locator("#status")).to_have_attribute("data-state", name, timeout=STEP)


def kept(page: Page, name: str) -> Path:
    """Keep what the window shows."""
    path = TO / f"{name}.png"
    page.screenshot(path=path)
    return path


def whole(page: Page, name: str) -> Path:
    """Keep a page from its head to its foot."""
    path = TO / f"{name}.png"
    page.screenshot(path=path, full_page=True)
    return path


def do(site: Site, number: str, what: str, **more: str) -> None:
    """Do something with a handset."""
    ask(f"{site.phone_world}/world/phones", {"number": number, "do": what} | more)


def answer_as_person(site: Site) -> None:
    """Have the campaign's first office answer, as a person does."""
    campaign = runtime().campaign(CAMPAIGN)
    assert campaign, "the stack seeds it"
    line = campaign.offices[0].lines[0].number
    ask(
        f"{site.phone_world}/world/offices",
        {"number": line, "answers": "person", "ring_seconds": 1, "talk_seconds": 60},
    )


def chromium(playwright: Playwright) -> Browser:
    """Start the Chromium of this machine."""
    found = next(filter(None, map(shutil.which, NAMES)), None)
    if found is None:
        raise SystemExit("make docs-img needs Chromium: none of " + ", ".join(NAMES) + " is installed.")
    return playwright.chromium.launch(executable_path=found, args=["--no-sandbox"])


def main(show: Callable[[str], None] = print) -> int:
    """Take all pictures and say where they are."""
    TO.mkdir(parents=True, exist_ok=True)
    wish = Wish()
    heed_signals(wish)
    with sync_playwright() as playwright, tempfile.TemporaryDirectory() as folder:
        browser = chromium(playwright)
        with running(Ports.any_free(), Path(folder), wish, lambda _sentence: None) as stack:
            taken = take(browser, Site(stack.environment))
            # Before the stack ends, or the call's page would ask a stack that is half gone.
            browser.close()
    for path in taken:
        show(f"{path.relative_to(TO.parent.parent)}  {path.stat().st_size // 1024} kB")
    return 0


if __name__ == "__main__":
    sys.exit(main())
