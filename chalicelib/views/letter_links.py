"""The pages behind the links we mail: confirm, follow, "did they answer?", stop; and the one that says a link was sent.

Promises what `pages` promises. A GET changes nothing, whoever follows the link: only a press does. The page that says
a link was sent says the same of every address. Nobody keeps these pages, and no search finds them.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from chalice.app import Blueprint, Response

from chalicelib.domain import told_times
from chalicelib.domain.campaign import Campaign, Status
from chalicelib.domain.counts import Channel, LetterAnswer, LetterOutcome
from chalicelib.domain.letter import Content, Letter
from chalicelib.domain.letter_view import SOON, LetterView, State, Step, seen
from chalicelib.domain.office import Office, dialable
from chalicelib.domain.refusals import Code, Refusal
from chalicelib.domain.tokens import Purpose
from chalicelib.domain.words import Language
from chalicelib.domain.writing import Draft, signed
from chalicelib.runtime import runtime
from chalicelib.views import rendering, visits, writing
from chalicelib.views.letter_pages import on_paper
from chalicelib.views.letter_sheets import Paper, post_address, printed, sheet
from chalicelib.views.pages import REFRESH_SECONDS
from chalicelib.views.rendering import PRIVATE, grouped
from chalicelib.views.visits import FORM, page_reply
from chalicelib.views.writing import UNCONFIRMED, Opened

letter_links = Blueprint(__name__)

ONE_CLICK = "multipart/form-data"
"""How a mail program posts RFC 8058's List-Unsubscribe=One-Click, unless it posts a plain form."""
NEVER = "never"
"""The answer that is none: "Don't ask again"."""
HOUSE_ZONE = "America/New_York"
"""For an office the campaign no longer has."""


@dataclass(frozen=True, slots=True)
class ToldStep:
    """One step of a letter's way, with its moment in words."""

    name: str
    mark: str
    when: str


@dataclass(frozen=True, slots=True)
class Told:
    """One letter as its section of the page tells it. `text` are its words; "" once they are forgotten."""

    view: LetterView
    office: str
    place: str
    texts: tuple[str, ...]
    steps: tuple[ToldStep, ...]
    zone: str
    address: tuple[str, ...]
    web_form: str
    text: str
    can_call: bool


@letter_links.route("/letters/{token}", methods=["GET"])
@page_reply
def link_page(token: str) -> Response:
    """What a link is for. Whoever only looks changes nothing."""
    about = writing.opened(token)
    return SHOWS[about.purpose](about)


@letter_links.route("/letters/{token}", methods=["POST"], content_types=[FORM, ONE_CLICK])
@page_reply
def press(token: str) -> Response:
    """A press of one of its buttons. A mail program's own button is a press too."""
    about = writing.opened(token)
    if about.purpose is Purpose.UNSUBSCRIBE:
        return _unsubscribed(about)
    pressed = PRESSES.get((about.purpose, visits.form().get("do", "")))
    if pressed is None:
        raise Refusal(Code.BODY_MALFORMED, "do")
    return pressed(about)


# A link was sent.


def _open_your_email(about: Opened) -> Response:
    """Say it in the page's own language: the letter's would tell something of it."""
    return visits.page(
        "letters/sent.html",
        PRIVATE,
        campaign=about.campaign,
        here=_here(about),
        is_again=bool(visits.query().get("again")),
    )


def _resent(about: Opened) -> Response:
    """Send it again, or don't, when that was often enough: the page is the same."""
    try:
        writing.resend(about)
    except Refusal as refusal:
        if refusal.code is not Code.TOO_MANY_LETTERS:
            raise
    return visits.see_other(_here(about), again="1")


# To confirm.


def _confirm(about: Opened) -> Response:
    """Show the letter and the button; what was confirmed, or deleted, before, shows what became of it."""
    waiting = [letter for letter in about.letters if letter.state in UNCONFIRMED and letter.content]
    if not waiting or about.campaign is None:
        return _to_status(about) if any(each.is_confirmed for each in about.letters) else _follow(about)
    first, offices = waiting[0], _offices(about.campaign, waiting)
    assert first.content is not None
    if about.campaign.status is Status.ENDED:
        return on_paper(about.campaign, _draft_of(first, first.content), Code.CAMPAIGN_ENDED, rendering.OK)
    return visits.page(
        "letters/confirm.html",
        PRIVATE,
        language=visits.asked_language(first.language),
        campaign=about.campaign,
        here=_here(about),
        offices=offices,
        sheet=sheet(first.content, about.campaign, offices, first.language),
    )


def _draft_of(letter: Letter, written: Content) -> Draft:
    return Draft(written.name, str(written.address), "", letter.office, written.body, letter.language)


def _confirmed(about: Opened) -> Response:
    writing.confirm(about)
    after = writing.opened(about.token)
    return _to_status(after) if any(each.is_confirmed for each in after.letters) else _back(about)


def _deleted(about: Opened) -> Response:
    writing.take_back(about)
    return _back(about)


def _to_status(about: Opened) -> Response:
    """Lead to the page that is kept, of a link that lives longer than the one to confirm."""
    return visits.see_other(f"/letters/{writing.following(about)}", about.letters[0].language)


# To follow.


def _follow(about: Opened) -> Response:
    """What became of each letter. Without a script the page asks again by itself while something is about to happen."""
    office = visits.query().get("print")
    if office:
        return _print(about, office)
    spoken, now = visits.asked_language(about.letters[0].language), runtime().now()
    told = [_told(letter, about.campaign, spoken, now) for letter in about.letters]
    query = visits.query()
    updating = any(each.view.is_changing for each in told) and not query.get("still")
    refresh = {"Refresh": str(REFRESH_SECONDS)} if updating and not query.get("live") else {}
    return visits.page(
        "letters/follow.html",
        PRIVATE | refresh,
        language=spoken,
        campaign=about.campaign,
        here=_here(about),
        told=told,
        updating=updating,
        is_open=any(each.view.is_open for each in told),
        can_take_back=any(each.view.can_take_back for each in told),
        now=int(now.timestamp()),
    )


def _print(about: Opened, office: str) -> Response:
    """The letter to one office on paper."""
    letter = next((each for each in about.letters if each.office == office and each.content), None)
    if letter is None or letter.content is None or about.campaign is None:
        raise Refusal(Code.LETTER_GONE)
    written = letter.content
    paper = Paper(written.subject, written.body, written.name, letter.language)
    return printed(paper, about.campaign, about.campaign.office(office))


def _taken_back(about: Opened) -> Response:
    writing.take_back(about)
    return _back(about)


def _told(letter: Letter, campaign: Campaign | None, spoken: Language, now: datetime) -> Told:
    view = seen(letter, campaign.status if campaign else Status.ENDED, now)
    office = campaign.office(letter.office) if campaign else None
    zone = office.zone if office else HOUSE_ZONE
    return Told(
        view=view,
        office=letter.office,
        place=office.place.of(spoken) if office else letter.office,
        texts=tuple(_texts(view, zone, now, spoken)),
        steps=tuple(_step(step, zone, now, spoken) for step in view.steps),
        zone=told_times.zone_at(zone, now).name.of(spoken),
        address=post_address(campaign, office) if campaign else (),
        web_form=office.web_form if office else "",
        text=signed(letter.content, letter.language) if letter.content else "",
        can_call=_can_call(campaign, office, now),
    )


def _can_call(campaign: Campaign | None, office: Office | None, now: datetime) -> bool:
    return (
        campaign is not None
        and campaign.is_live
        and office is not None
        and bool(dialable(office, now.date()))
    )


def _step(step: Step, zone: str, now: datetime, spoken: Language) -> ToldStep:
    if step.at is None:
        return ToldStep(step.name, step.mark, "")
    if step.name == "ask":
        return ToldStep(step.name, step.mark, told_times.day_and_month(step.at.date(), spoken))
    return ToldStep(step.name, step.mark, told_times.moment(step.at, zone, now.date(), spoken))


def _texts(view: LetterView, zone: str, now: datetime, spoken: Language) -> list[str]:
    """What the state means, and what follows of it."""
    say = rendering.phrasebook(spoken).say
    match view.state:
        case State.IN_LINE:
            when = _leaves(view.leaves_at, zone, now, spoken)
            return [say("letter.in_line.text", when=when)]
        case State.DELIVERED if view.arrived_at:
            when = told_times.opens(view.arrived_at, zone, now, spoken)
            return [say("letter.delivered.text", when=when), _counted(view.letter, say)]
        case State.CAME_BACK if view.was_counted:
            return [say("letter.came_back.off_count")]
        case state:
            return [say(f"letter.{state.value}.text")]


def _leaves(at: datetime | None, zone: str, now: datetime, spoken: Language) -> str:
    if at is None or at - now <= SOON:
        return rendering.phrasebook(spoken).say("letter.in_line.soon")
    return told_times.opens(at, zone, now, spoken)


def _counted(letter: Letter, say: Callable[..., str]) -> str:
    tally = runtime().store.tally(letter.campaign, Channel.LETTERS)
    number = tally.outcomes.get(LetterOutcome.DELIVERED, 0)
    if number <= 1:
        return say("letter.delivered.first")
    return say("letter.delivered.counted", number=grouped(number))


# Did they answer?


def _ask(about: Opened) -> Response:
    letter = about.letters[0]
    spoken = visits.asked_language(letter.language)
    office = about.campaign.office(letter.office) if about.campaign else None
    return visits.page(
        "letters/answer.html",
        PRIVATE,
        language=spoken,
        campaign=about.campaign,
        here=_here(about),
        place=office.place.of(spoken) if office else letter.office,
        answers=[answer.value for answer in LetterAnswer],
    )


def _answered(about: Opened) -> Response:
    text = visits.form().get("answer", "")
    writing.answer(about, None if text == NEVER else _answer(text))
    return _said("letter.not_asked" if text == NEVER else "letter.answered", about)


def _answer(text: str) -> LetterAnswer:
    try:
        return LetterAnswer(text)
    except ValueError as error:
        raise Refusal(Code.OUTCOME_UNKNOWN, "answer") from error


# No more mail.


def _stop(about: Opened) -> Response:
    return visits.page("letters/unsubscribe.html", PRIVATE, here=_here(about))


def _unsubscribed(about: Opened) -> Response:
    writing.unsubscribe(about)
    return _said("letter.unsubscribed", about)


SHOWS: dict[Purpose, Callable[[Opened], Response]] = {
    Purpose.SENT: _open_your_email,
    Purpose.CONFIRM: _confirm,
    Purpose.FOLLOW: _follow,
    Purpose.ANSWER: _ask,
    Purpose.UNSUBSCRIBE: _stop,
}
PRESSES: dict[tuple[Purpose, str], Callable[[Opened], Response]] = {
    (Purpose.SENT, "resend"): _resent,
    (Purpose.CONFIRM, "confirm"): _confirmed,
    (Purpose.CONFIRM, "delete"): _deleted,
    (Purpose.FOLLOW, "take_back"): _taken_back,
    (Purpose.ANSWER, "answer"): _answered,
}
"""What each page's buttons say they do. A link for one purpose does nothing of another's."""


def _said(key: str, about: Opened) -> Response:
    language = visits.asked_language(about.letters[0].language if about.letters else None)
    return visits.page("letters/said.html", PRIVATE, language=language, campaign=about.campaign, key=key)


def _back(about: Opened) -> Response:
    return visits.see_other(_here(about), about.letters[0].language)


def _offices(campaign: Campaign, letters: list[Letter]) -> list[Office]:
    return [office for office in (campaign.office(letter.office) for letter in letters) if office]


def _here(about: Opened) -> str:
    return f"/letters/{about.token}"
