"""The pages on which a letter is written: to write, to check, to choose an office, to print; and what is in the way.

Promises what `pages` promises. Nothing is kept before "Email me the link": what is typed goes along in the forms, never
in an address, and comes back whatever is wrong with it. Where email can't go, paper can.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace

from chalice.app import Blueprint, Response

from chalicelib.adapters.zip_codes import place_of
from chalicelib.domain.addresses import address, likely_slip
from chalicelib.domain.areas import Match, five_digits, office_of_zip
from chalicelib.domain.campaign import Campaign, Status
from chalicelib.domain.office import Office, writable
from chalicelib.domain.refusals import SENTENCES, Code, Refusal
from chalicelib.domain.resemblance import own_fifths
from chalicelib.domain.writing import Draft, clean_body, clean_name, content, problems
from chalicelib.runtime import runtime
from chalicelib.views import obstacles, rendering, tap, visits, writing
from chalicelib.views.letter_sheets import Paper, printed, sheet
from chalicelib.views.rendering import PRIVATE, SHARED
from chalicelib.views.visits import FORM, page_reply

letter_pages = Blueprint(__name__)

BAD, TOO_MANY = 400, 429
AT_THE_LETTER = frozenset({
    Code.NAME_MISSING, Code.NAME_MALFORMED, Code.EMAIL_MALFORMED, Code.ZIP_MALFORMED, Code.LETTER_EMPTY,
    Code.LETTER_TOO_LONG, Code.TOO_MANY_LETTERS,
})  # fmt: skip
"""Refusals shown on the page on which the letter is written, with what was typed kept."""


@dataclass(frozen=True, slots=True)
class OnPaper:
    """Why a letter can't go by email: the status, and the key of the words that offer paper instead."""

    status: int
    key: str


ON_PAPER: dict[Code, OnPaper] = {
    Code.CAMPAIGN_PAUSED: OnPaper(409, "letters_paused"),
    Code.CAMPAIGN_ENDED: OnPaper(409, "letters_ended"),
    Code.NO_MAILBOX: OnPaper(409, "no_mailbox"),
    Code.LETTER_NOT_SENT: OnPaper(400, "letter_not_sent"),
}
CAN_CHANGE = frozenset({Code.NO_MAILBOX, Code.LETTER_NOT_SENT})
"""Of those, the ones that another word of the writer's may mend."""
RESTS = {Status.PAUSED: Code.CAMPAIGN_PAUSED, Status.ENDED: Code.CAMPAIGN_ENDED}
Errors = dict[str, str]
"""Field → what to mend, in the page's language."""


@dataclass(frozen=True, slots=True)
class Pick:
    """One office to pick: its id, its place, and what is to be known of it."""

    id: str
    place: str
    note: str


@letter_pages.route("/c/{slug}/letter", methods=["GET"])
@page_reply
def write_page(slug: str) -> Response:
    """The campaign's letter, to be made one's own."""
    campaign = tap.campaign(slug)
    asked = visits.query().get("office", "")
    draft = _sample(campaign, asked if campaign.office(asked) else "")
    if campaign.status in RESTS:
        return on_paper(campaign, draft, RESTS[campaign.status], rendering.OK)
    return _write(campaign, draft, {}, headers=SHARED)


@letter_pages.route("/c/{slug}/letter", methods=["POST"], content_types=[FORM])
@page_reply
def write(slug: str) -> Response:
    """Each step of writing: check it, have the link mailed, change it, print it; or what is to be mended."""
    campaign, form = tap.campaign(slug), visits.form()
    draft, do = _typed(form), form.get("do", "")
    if draft.office and campaign.office(draft.office) is None:
        # The campaign has lost it since: where the letter goes is looked at once more before anything is sent.
        draft, do = replace(draft, office=""), "check" if do == "send" else do
    try:
        return DOES.get(do, _checked)(campaign, draft)
    except Refusal as refusal:
        return _refused(refusal, campaign, draft, do)


@letter_pages.route("/c/{slug}/letter/print", methods=["GET"])
@page_reply
def print_page(slug: str) -> Response:
    """The campaign's letter on paper, with lines for what is written by hand."""
    campaign = tap.campaign(slug)
    draft = _sample(campaign, "")
    paper = Paper(campaign.letter.subject.of(draft.language), clean_body(draft.body), "", draft.language)
    return printed(paper, campaign, campaign.office(visits.query().get("office", "")), SHARED)


# What the form does.


def _checked(campaign: Campaign, draft: Draft) -> Response:
    """Show the letter as the office will read it. Nothing is kept or sent."""
    tap.live(campaign)
    if found := problems(draft):
        return _mended(campaign, draft, found)
    where = _reachable(campaign, draft)
    written = content(draft, campaign.letter.subject.of(draft.language))
    return visits.page(
        "letters/check.html",
        PRIVATE,
        campaign=campaign,
        here=_here(campaign),
        draft=draft,
        sheet=sheet(written, campaign, where.offices, draft.language),
        meant=likely_slip(address(draft.email)),
        by_post=_places(where.by_post),
    )


def _sent(campaign: Campaign, draft: Draft) -> Response:
    """Have the link mailed, and say so."""
    tap.live(campaign)
    if found := problems(draft):
        return _mended(campaign, draft, found)
    return visits.see_other(f"/letters/{writing.begin(campaign.slug, draft, visits.source())}")


def _edited(campaign: Campaign, draft: Draft) -> Response:
    return _write(campaign, draft, {})


def _printed(campaign: Campaign, draft: Draft) -> Response:
    """Show what was typed on paper. A name can be written by hand, and no address is needed."""
    nobody = {Code.NAME_MISSING, Code.EMAIL_MALFORMED}
    if found := {
        field: code for field, code in problems(draft).items() if code not in nobody and field != "email"
    }:
        return _mended(campaign, draft, found)
    local = writing.addressees(campaign, draft.zip, draft.office).local
    subject = campaign.letter.subject.of(draft.language)
    paper = Paper(subject, clean_body(draft.body), clean_name(draft.name), draft.language)
    return printed(paper, campaign, campaign.office(local) if local else None)


DOES: dict[str, Callable[[Campaign, Draft], Response]] = {
    "check": _checked,
    "send": _sent,
    "edit": _edited,
    "print": _printed,
}
"""What a form says it does; one that says nothing checks."""


def _reachable(campaign: Campaign, draft: Draft) -> writing.Addressees:
    """Return where the letter goes by mail.

    Raises:
        Refusal: ZIP_MALFORMED, OFFICE_UNKNOWN, OFFICE_UNCLEAR, NO_MAILBOX.
    """
    where = writing.addressees(campaign, draft.zip, draft.office)
    if where.is_unclear:
        raise Refusal(Code.OFFICE_UNCLEAR, "office")
    if not where.offices or not runtime().config.has_mail:
        raise Refusal(Code.NO_MAILBOX)
    return where


# What is in the way.


def _refused(refusal: Refusal, campaign: Campaign, draft: Draft, do: str) -> Response:
    """Return the page that mends it, with everything that was typed.

    Raises:
        Refusal: the same one, where an obstacle's page says it.
    """
    if refusal.code is Code.OFFICE_UNCLEAR:
        return _picking(campaign, draft, "send" if do == "send" else "check")
    if refusal.code in ON_PAPER:
        return on_paper(campaign, draft, refusal.code, ON_PAPER[refusal.code].status)
    if refusal.code not in AT_THE_LETTER:
        raise refusal
    if refusal.code is not Code.TOO_MANY_LETTERS:
        return _mended(campaign, draft, {refusal.field or "email": refusal.code})
    said = {"email": refusal.sentence.of(draft.language)}
    waits = obstacles.retry_after(refusal, runtime().now())
    return _write(campaign, draft, said, status=TOO_MANY, headers={**PRIVATE, **waits})


def _mended(campaign: Campaign, draft: Draft, found: Mapping[str, Code]) -> Response:
    """Everything that is wrong, so that it can be mended in one go."""
    errors = {field: SENTENCES[code].of(draft.language) for field, code in found.items()}
    return _write(campaign, draft, errors, status=BAD)


def on_paper(campaign: Campaign, draft: Draft, code: Code, status: int) -> Response:
    """Say why no email goes, and offer the ways that are left."""
    office = _likely_office(campaign, draft)
    return visits.page(
        "letters/obstacle.html",
        PRIVATE,
        status=status,
        campaign=campaign,
        here=_here(campaign),
        draft=draft,
        key=ON_PAPER[code].key,
        web_form=office.web_form if office else "",
        changes=code in CAN_CHANGE,
    )


def _likely_office(campaign: Campaign, draft: Draft) -> Office | None:
    """The office of the writer's area, or the first addressee; None where the ZIP code leaves it open."""
    try:
        where = writing.addressees(campaign, draft.zip, draft.office)
    except Refusal:
        return None
    return (campaign.office(where.local) if where.local else None) or next(iter(where.by_post), None)


# Drawing.


def _write(
    campaign: Campaign,
    draft: Draft,
    errors: Errors,
    *,
    status: int = rendering.OK,
    headers: Mapping[str, str] = PRIVATE,
) -> Response:
    known = _known_addressees(campaign, draft)
    sample = campaign.letter.body.of(draft.language)
    return visits.page(
        "letters/write.html",
        headers,
        status=status,
        campaign=campaign,
        here=_here(campaign),
        draft=draft,
        errors=errors,
        is_typed=headers is not SHARED,
        by_post=not _takes_mail(campaign, draft),
        office=known[0] if len(known) == 1 else None,
        places=_places(known) if len(known) > 1 else "",
        sample=sample,
        own=own_fifths(draft.body, sample),
    )


def _picking(campaign: Campaign, draft: Draft, do: str) -> Response:
    """Return the page that asks which office is theirs: those at hand, and the others beneath."""
    match = office_of_zip(draft.zip, runtime().areas(), place_of)
    known = (*campaign.offices, *campaign.elsewhere)
    at_hand = [each for each in map(campaign.office, match.offices) if each] or list(campaign.offices)
    others = sorted(_picks(each for each in known if each not in at_hand), key=lambda pick: pick.place)
    return visits.page(
        "letters/offices.html",
        PRIVATE,
        status=BAD,
        campaign=campaign,
        here=_here(campaign),
        draft=draft,
        do=do,
        problem=_why_unclear(match, draft),
        picks=_picks(at_hand),
        others=others,
    )


def _why_unclear(match: Match, draft: Draft) -> str:
    say = rendering.phrasebook(draft.language).say
    return say(f"offices.{match.reason.value}", zip=five_digits(draft.zip) or "")


def _picks(offices: Iterable[Office]) -> list[Pick]:
    """Offices to pick from; one that gets no email is reached on paper, and says so."""
    language, today = visits.asked_language(), runtime().now().date()
    on_paper = rendering.phrasebook(language).say("letter.offices.post")
    return [
        Pick(each.id, each.place.of(language), "" if writable(each, today) else on_paper) for each in offices
    ]


# Gathering.


def _sample(campaign: Campaign, office: str) -> Draft:
    """The campaign's letter as its writer begins."""
    language = visits.asked_language()
    return Draft("", "", "", office, campaign.letter.body.of(language), language)


def _typed(form: Mapping[str, str]) -> Draft:
    typed = {name: form.get(name, "") for name in ("name", "email", "zip", "office", "body")}
    return Draft(**typed, language=visits.asked_language())


def _takes_mail(campaign: Campaign, draft: Draft) -> bool:
    """Whether any office this letter may go to gets email from us."""
    r = runtime()
    if not r.config.has_mail:
        return False
    if draft.office or not campaign.letter.is_local:
        known = _known_addressees(campaign, draft)
    else:
        known = (*campaign.offices, *campaign.elsewhere)
    return any(writable(office, r.now().date()) for office in known)


def _known_addressees(campaign: Campaign, draft: Draft) -> tuple[Office, ...]:
    """The offices the letter goes to as far as that is known before it is checked."""
    if campaign.letter.is_local and not draft.office and not draft.zip.strip():
        found = map(campaign.office, campaign.letter.offices)
        return tuple(each for each in found if each)
    try:
        where = writing.addressees(campaign, draft.zip, draft.office)
    except Refusal:
        return ()
    return () if where.is_unclear else (*where.offices, *where.by_post)


def _places(offices: Iterable[Office]) -> str:
    language = visits.asked_language()
    return ", ".join(office.place.of(language) for office in offices)


def _here(campaign: Campaign) -> str:
    return f"/c/{campaign.slug}/letter"
