"""Pictures of the console's pages of campaigns, at phone and desktop width, with a made-up week of calls and letters.

For `dev/screenshots` alone: what it writes stands in the table of a stack that is thrown away.
"""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import cycle
from pathlib import Path
from urllib.parse import urlsplit

from playwright.sync_api import Browser, Page

from chalicelib.adapters.ledger import counting
from chalicelib.domain.counts import Action, AnyOutcome, Basis, Channel, LetterOutcome, Outcome
from chalicelib.domain.staff import Person, Role, Session
from chalicelib.domain.words import Language
from chalicelib.runtime import runtime
from chalicelib.views import staff_cookies
from chalicelib.views.staffing import sessions

PHONE, DESK = {"width": 390, "height": 844}, {"width": 1280, "height": 900}
DANA = Person("Dana R.", "dana", Role.ADMIN)
A_DAY = 70
ENDS: tuple[AnyOutcome, ...] = (
    Outcome.SPOKE, Outcome.SPOKE, Outcome.VOICEMAIL, Outcome.NO_ANSWER, Outcome.SPOKE, Outcome.BUSY, Outcome.VOICEMAIL,
    Outcome.SPOKE, Outcome.NO_ANSWER, Outcome.FAILED, LetterOutcome.DELIVERED, LetterOutcome.ON_ITS_WAY,
)  # fmt: skip
Keep = Callable[[Page, str], Path]


def desk_pictures(browser: Browser, app: str, slug: str, keep: Keep) -> list[Path]:
    """Take the campaign's page, and what an edit would change, each at both widths."""
    _a_week(slug)
    secret = _signed_in()
    taken = []
    for name, size in (("phone", PHONE), ("desk", DESK)):
        page = _opened(browser, f"{app}/staff/campaigns/{slug}", size, secret)
        taken.append(keep(page, f"console-campaign-{name}"))
        page.goto(f"{app}/staff/campaigns/{slug}/edit")
        page.fill("#goal", "3000")
        page.fill("#heading_en", page.input_value("#heading_en").replace("28", "29"))
        page.click("button:has-text('See what changes')")
        page.wait_for_selector(".changes")
        taken.append(keep(page, f"console-difference-{name}"))
        page.context.close()
    return taken


def _a_week(slug: str) -> None:
    """Count calls and letters of seven days, the last of them now."""
    r = runtime()
    for action in _actions(slug, r.now()):
        r.catalog.table.client.transact_write_items(TransactItems=counting(r.catalog.table, [action]))  # type: ignore[arg-type]  # built there


def _actions(slug: str, now: datetime) -> Iterator[Action]:
    campaign = runtime().campaign(slug)
    assert campaign, "the stack seeds it"
    first = Action("", slug, Channel.CALLS, "", Outcome.SPOKE, Basis.KEY, 42, now)
    offices, languages = cycle(campaign.offices[:7]), cycle((Language.EN, Language.EN, Language.ES))
    for number, outcome in zip(range(7 * A_DAY), cycle(ENDS), strict=False):
        at = now - timedelta(days=number // A_DAY, minutes=(number * 7) % 460)
        channel = Channel.LETTERS if isinstance(outcome, LetterOutcome) else Channel.CALLS
        yield replace(
            first, id=f"picture-{number}", channel=channel, outcome=outcome, at=at, office=next(offices).id,
            language=next(languages),
        )  # fmt: skip


def _signed_in() -> str:
    now, secret = runtime().now(), "of-a-stack-that-is-thrown-away"
    sessions().open(secret, Session(DANA, now, now, now), refresh="")
    return secret


def _opened(browser: Browser, url: str, size: dict[str, int], secret: str) -> Page:
    context = browser.new_context(viewport=size, device_scale_factor=1)  # type: ignore[arg-type]  # a size
    parts = urlsplit(url)
    context.add_cookies(
        [{"name": staff_cookies.name(), "value": secret, "url": f"{parts.scheme}://{parts.netloc}"}]
    )
    page = context.new_page()
    page.goto(url)
    return page
