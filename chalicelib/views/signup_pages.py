"""The page on which somebody signs up for a campaign's texts, and the page that says what happens then.

Promises what `pages` promises. The page after the form says the same of every number: only the handset learns whether
it is asked, was asked, gets texts already or wants none. What was typed comes back whatever is wrong with it.
"""

from collections.abc import Mapping

from chalice.app import Blueprint, Response

from chalicelib.domain.campaign import Campaign, Status
from chalicelib.domain.refusals import SENTENCES, Code, Refusal
from chalicelib.runtime import runtime
from chalicelib.views import obstacles, rendering, signups, visits
from chalicelib.views.rendering import PRIVATE, SHARED
from chalicelib.views.visits import FORM, page_reply

signup_pages = Blueprint(__name__)

BAD, CONFLICT, TOO_MANY = 400, 409, 429
AT_THE_FORM: Mapping[Code, int] = {
    Code.PHONE_MISSING: BAD,
    Code.PHONE_MALFORMED: BAD,
    Code.PHONE_NOT_TEXTED: BAD,
    Code.BOX_NOT_TICKED: BAD,
    Code.WORDS_CHANGED: BAD,
    Code.PROOF_MISSING: BAD,
    Code.PROOF_REFUSED: BAD,
    Code.TOO_MANY_SIGNUPS: TOO_MANY,
}
"""Refusals shown on the form, with what was typed kept, and their status."""
RESTS = {Status.PAUSED: "signup_paused.", Status.ENDED: "signup_ended."}
"""Why nobody can sign up now, as the beginning of its words' keys."""


@signup_pages.route("/c/{slug}/texts", methods=["GET"])
@page_reply
def texts_page(slug: str) -> Response:
    """The form and the word to text; or, with the name of a form that was sent, what happens now."""
    campaign = signups.with_texts(slug)
    name = visits.query().get("sent", "")
    if name and (sent := signups.asked(name, campaign)):
        return _page(
            "texts_sent.html", campaign, PRIVATE, ends=sent.ends, yes=signups.YES.of(visits.asked_language())
        )
    if campaign.status in RESTS:
        return _resting(campaign, rendering.OK)
    return _form(campaign, {}, "", {})


@signup_pages.route("/c/{slug}/texts", methods=["POST"], content_types=[FORM])
@page_reply
def sign_up(slug: str) -> Response:
    """Send the form: on to what happens now, or back to what is to be mended."""
    campaign, form = signups.with_texts(slug), visits.form()
    if campaign.status in RESTS:
        return _resting(campaign, CONFLICT)
    wanted = _wanted(form)
    if found := signups.problems(campaign, wanted):
        return _form(campaign, found, wanted.phone, PRIVATE)
    try:
        sent = signups.sign_up(slug, wanted)
    except Refusal as refusal:
        if refusal.code not in AT_THE_FORM:
            raise
        waits = obstacles.retry_after(refusal, runtime().now())
        return _form(campaign, {refusal.field or "phone": refusal.code}, wanted.phone, {**PRIVATE, **waits})
    return visits.see_other(f"/c/{slug}/texts", sent=sent.id)


# Drawing.


def _form(campaign: Campaign, found: Mapping[str, Code], typed: str, headers: Mapping[str, str]) -> Response:
    """Draw the form, with all that is to be mended in it. The box is never ticked for anybody."""
    language = visits.asked_language()
    return _page(
        "texts.html",
        campaign,
        headers or SHARED,
        status=max((AT_THE_FORM[code] for code in found.values()), default=rendering.OK),
        problems={name: SENTENCES[code].of(language) for name, code in found.items()},
        typed=typed,
    )


def _resting(campaign: Campaign, status: int) -> Response:
    say = rendering.phrasebook(visits.asked_language()).say
    key, lang = RESTS[campaign.status], visits.asked_language().value
    here = visits.site(campaign)
    way = (
        ("see_campaigns", "/") if campaign.status is Status.ENDED else ("to_campaign", f"/c/{campaign.slug}")
    )
    return visits.page(
        "obstacle.html",
        PRIVATE,
        status=status,
        campaign=campaign,
        heading=say(f"{key}heading"),
        text=say(f"{key}text"),
        ways=[(say(way[0]), here.link(way[1], lang=lang))],
    )


def _page(
    template: str,
    campaign: Campaign,
    headers: Mapping[str, str],
    *,
    status: int = rendering.OK,
    **values: object,
) -> Response:
    language, texts = visits.asked_language(), campaign.texts
    return visits.page(
        template,
        headers,
        language=None,
        status=status,
        campaign=campaign,
        here=f"/c/{campaign.slug}/texts",
        join=signups.invitation(campaign, language),
        frequency=texts.frequency.of(language) if texts else "",
        **values,
    )


# Gathering.


def _wanted(form: Mapping[str, str]) -> signups.Wanted:
    return signups.Wanted(
        phone=form.get("phone", ""),
        language=visits.asked_language(),
        consent=form.get("consent", ""),
        source=visits.source(),
        proof=form.get("proof"),
    )
