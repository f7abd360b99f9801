"""Signing up for texts by a form, what the page and the API do alike: whoever's number it is, the handset decides.

Promises: the same answer, and the same work for it, whatever the number is to us: asked, subscribed, stopped, unknown.
What it is, is looked at by the worker that texts the question to confirm (`reply_texts`), and by nobody before it.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from chalicelib.adapters.outgoing_texts import OutgoingText, Stage
from chalicelib.adapters.ring_queue import ReplyText
from chalicelib.adapters.store import Repeated
from chalicelib.domain.campaign import Campaign
from chalicelib.domain.limits import address_range, day_after, day_of, signups_of
from chalicelib.domain.phones import screened
from chalicelib.domain.programme import version_of
from chalicelib.domain.refusals import Code, Refusal
from chalicelib.domain.words import Language, Words
from chalicelib.observability import count
from chalicelib.runtime import runtime
from chalicelib.views import hourly, proving, tap, texting
from chalicelib.views.again import tried

YES = Words("YES", "SI")
"""What the handset replies to be subscribed, as the question tells it."""


@dataclass(frozen=True, slots=True)
class Invitation:
    """How to join: the word to text to which number of ours (E.164), and the words that consent is to.

    `terms` and `privacy` are the pages they name; "" where privacy has none of its own. `asks_back`: the word is
    answered with a question, too; else it signs up by itself.
    """

    word: str
    number: str
    words: str
    terms: str
    privacy: str = ""
    asks_back: bool = True

    @property
    def version(self) -> str:
        """What stands for these very words in a form."""
        return version_of(self.words)


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What somebody sends who wants texts.

    `consent` is the version of the words beside the box they ticked, "" for none. `source` and `proof` are as in
    `tap.Wanted`.
    """

    phone: str = field(repr=False)
    language: Language
    consent: str
    source: str
    proof: str | None


def with_texts(slug: str) -> Campaign:
    """Return a campaign that has texts.

    Raises:
        Refusal: NOT_FOUND.
    """
    found = tap.campaign(slug)
    if found.texts is None:
        raise Refusal(Code.NOT_FOUND)
    return found


def invitation(campaign: Campaign, language: Language) -> Invitation | None:
    """Return how to join a campaign's texts; None: it has none."""
    if campaign.texts is None:
        return None
    keywords = campaign.texts.keywords
    spoken = next((each for each in keywords if each.language is language), keywords[0])
    return Invitation(
        word=spoken.word,
        number=runtime().number_of(campaign),
        words=texting.disclosure(campaign, language),
        terms=campaign.texts.terms,
        privacy="" if campaign.texts.privacy == campaign.texts.terms else campaign.texts.privacy,
        asks_back=campaign.texts.confirms,
    )


def as_json(campaign: Campaign) -> dict[str, Any] | None:
    """Return how to join as a program reads it; `consent` holds the words to show, and the id to send for them."""
    joins = {language.value: join for language in Language if (join := invitation(campaign, language))}
    if not joins:
        return None
    return {
        "number": runtime().number_of(campaign),
        "words": {code: join.word for code, join in joins.items()},
        "consent": {code: {"id": join.version, "text": join.words} for code, join in joins.items()},
    }


def problems(campaign: Campaign, wanted: Wanted) -> Mapping[str, Code]:
    """Return all that is to be mended of what was typed and ticked, by field."""
    found = {}
    try:
        _number(campaign, wanted)
    except Refusal as refusal:
        found["phone"] = refusal.code
    if not wanted.consent:
        found["consent"] = Code.BOX_NOT_TICKED
    elif wanted.consent != version_of(texting.disclosure(campaign, wanted.language)):
        found["consent"] = Code.WORDS_CHANGED
    return found


def sign_up(slug: str, wanted: Wanted) -> OutgoingText:
    """Have the handset asked whether it wants texts, and return what is kept of that. Sent again, it is the same.

    Raises:
        Refusal: what is wrong with it, PROOF_MISSING, PROOF_REFUSED, TOO_MANY_SIGNUPS, CAMPAIGN_PAUSED,
            CAMPAIGN_ENDED, NOT_FOUND.
        GaveUp: five lost races in a row.
    """
    campaign = tap.live(with_texts(slug))
    for name, code in problems(campaign, wanted).items():
        raise Refusal(code, name)
    entry = proving.entry(slug, wanted.proof)
    text = _text(campaign, wanted, entry)
    known = runtime().outgoing_texts.text(text.id, text.at)
    if known is None:
        proving.refuse_spent(entry)
        _spend(campaign, text.phone_key, wanted.source, is_proven=entry.is_proven)
        count("SignUpsAsked")
    return _queued(text)


def asked(text_id: str, campaign: Campaign) -> OutgoingText | None:
    """Return what is kept of a form that was sent for this campaign; None: nothing, or no longer."""
    r = runtime()
    found = r.outgoing_texts.text(text_id, r.now())
    return found if found and found.campaign == campaign.slug else None


# Strictly private.


def _number(campaign: Campaign, wanted: Wanted) -> str:
    try:
        return screened(wanted.phone, tap.screening(campaign))
    except Refusal as refusal:
        if refusal.code is not Code.PHONE_NOT_CALLED:
            raise
        raise Refusal(Code.PHONE_NOT_TEXTED, refusal.field) from refusal


def _text(campaign: Campaign, wanted: Wanted, entry: proving.Entry) -> OutgoingText:
    r, number = runtime(), _number(campaign, wanted)
    return OutgoingText(
        id=entry.call_id,
        campaign=campaign.slug,
        phone_key=texting.key_of(number),
        ends=number[-2:],
        language=wanted.language,
        beside=texting.disclosure(campaign, wanted.language),
        at=r.now(),
        number=number,
    )


def _queued(text: OutgoingText) -> OutgoingText:
    """Put the text, or find it put, and have a worker look at it as long as it waits."""
    r = runtime()
    try:
        tried(lambda: r.outgoing_texts.put(text))
    except Repeated:
        known = r.outgoing_texts.text(text.id, text.at)
        if known is None or known.phone_key != text.phone_key:
            raise Refusal(Code.PROOF_REFUSED, "proof") from None
        text = known
    if text.stage is Stage.WAITING:
        r.ring_queue.send_reply(ReplyText(text.id))
    return text


def _spend(campaign: Campaign, phone_key: str, source: str, *, is_proven: bool) -> None:
    """Count a form against the place it came from, its phone, and what the campaign may text in a day.

    Raises:
        Refusal: TOO_MANY_SIGNUPS.
    """
    r, now = runtime(), runtime().now()
    per_place = r.config.signups_per_source if is_proven else r.config.unproven_calls_per_source
    place = f"{'sign-up' if is_proven else 'unproven sign-up'} {address_range(source)}"
    for what, limit in ((place, per_place), (f"sign-up {phone_key}", r.config.texts_per_phone)):
        if full := hourly.full_until(what, limit, now):
            raise Refusal(Code.TOO_MANY_SIGNUPS, "phone", try_again=full, limit=limit)
    end, cap = day_after(now), campaign.limits.rings_a_day
    if not r.store.spend(signups_of(campaign.slug), day_of(now), cap, end + hourly.AN_HOUR):
        raise Refusal(Code.TOO_MANY_SIGNUPS, "phone", try_again=end, limit=cap)
