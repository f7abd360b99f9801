"""The JSON API behind the page: what a program asks and gets.

Promises: bad input is a 400 with a code, the field and a sentence; unknown is 404; too many is 429 with when
to try again; nothing that can be asked for is ever a 500 by itself. Numbers come from the tally alone.
"""

import json
from collections.abc import Callable, Mapping
from functools import wraps
from hashlib import sha256
from math import ceil
from typing import Any

from chalice.app import Blueprint, Response

from chalicelib.domain.call import CallSession
from chalicelib.domain.call_view import as_json, seen
from chalicelib.domain.campaign import Campaign
from chalicelib.domain.codes import number_of
from chalicelib.domain.counts import Channel, Tally
from chalicelib.domain.refusals import SENTENCES, Code, Refusal
from chalicelib.domain.words import Language, language_of
from chalicelib.observability import fault
from chalicelib.runtime import runtime
from chalicelib.views import calling_in, codes, proving, signups, tap, urls
from chalicelib.views.committing import campaign_of, loaded

api = Blueprint(__name__)

JSON = "application/json"
STATUSES: dict[Code, int] = {
    Code.NOT_FOUND: 404,
    Code.CALL_GONE: 404,
    Code.TOO_MANY_CALLS: 429,
    Code.LINE_TOO_LONG: 429,
    Code.NO_CODE: 429,
    Code.BUDGET_SPENT: 429,
    Code.TOO_MANY_TEXTS: 429,
    Code.CODE_TRIES_SPENT: 429,
    Code.CAMPAIGN_PAUSED: 409,
    Code.CAMPAIGN_ENDED: 409,
    Code.NO_OFFICE: 409,
    Code.OFFICES_CLOSED: 409,
    Code.TIME_TAKEN: 409,
    Code.TOO_MANY_BOOKINGS: 409,
    Code.BOOKING_GONE: 404,
    Code.TOO_MANY_LETTERS: 429,
    Code.NO_MAILBOX: 409,
    Code.LETTER_NOT_SENT: 409,
    Code.LETTER_GONE: 404,
    Code.TOO_MANY_SIGNUPS: 429,
    Code.OUR_FAULT: 503,
}
"""Refusal → status; every other code is about what was sent, 400."""
FRESH = "public, max-age=5"
"""Counts may be five seconds old everywhere: a burst of readers costs one read."""
LONGEST_BODY = 4096

Headers = dict[str, str | list[str]]


def json_reply(view: Callable[..., Response]) -> Callable[..., Response]:
    """Answer refusals with code, field and sentence, and anything unforeseen with a plain apology."""

    @wraps(view)
    def replied(**path: str) -> Response:
        try:
            return view(**path)
        except Refusal as refusal:
            return _refused(refusal)
        except Exception as error:  # noqa: BLE001 - the edge: the supporter gets a sentence, the log the kind of fault
            fault("request failed", error)
            return _refused(Refusal(Code.OUR_FAULT))

    return replied


@api.route("/api/campaigns/{slug}", methods=["GET"])
@json_reply
def read_campaign(slug: str) -> Response:
    """The campaign's words in both languages, its goal and its offices."""
    campaign = tap.campaign(slug)
    return _cached(_campaign_json(campaign))


@api.route("/api/campaigns/{slug}/counts", methods=["GET"])
@json_reply
def read_counts(slug: str) -> Response:
    """What reached an office, and what came of calls and of letters: recomputable from the ledger.

    `reached` is what the goal counts, by whichever way; `actions` and `outcomes` are those of calls.
    """
    campaign, sums = tap.campaign(slug), runtime().store.sums(slug)
    reached = sum(tally.reached for tally in sums.values())
    letters = {"reached": sums[Channel.LETTERS].reached} | _sum_json(sums[Channel.LETTERS])
    whole = {"campaign": slug, "goal": campaign.goal, "reached": reached} | _sum_json(sums[Channel.CALLS])
    return _cached(whole | {"letters": letters, "answers": _sum_json(sums[Channel.ANSWERS])})


@api.route("/api/campaigns/{slug}/challenge", methods=["GET"])
@json_reply
def read_challenge(slug: str) -> Response:
    """A proof of work to be solved before asking for a call (ALTCHA's JSON). Nothing is kept of it here."""
    return json_answer(proving.challenge(tap.campaign(slug).slug), 200, {})


@api.route("/api/campaigns/{slug}/calls", methods=["POST"], content_types=[JSON])
@json_reply
def create_call(slug: str) -> Response:
    """Put a supporter in line to be called. A second request for the same phone gives the same call."""
    body = read_body()
    language = read_language(body)
    if body.get("by") == "tap":
        return _awaiting(slug, language, body)
    phone, consent = (
        read_text(body, "phone", Code.PHONE_MISSING),
        read_text(body, "consent", Code.CONSENT_MISSING),
    )
    wanted = tap.Wanted(
        phone=phone, language=language, consent=consent, source=read_source(), proof=read_optional(body, "proof"),
        zip_code=read_optional(body, "zip"), office=read_optional(body, "office"), shows_own=_read_shows_own(body),
        via=read_optional(body, "via"),
    )  # fmt: skip
    session = tap.create_call(slug, wanted)
    return json_answer(_call_json(session), 202, {"Location": urls.local(f"/api/calls/{session.id}")})


def _awaiting(slug: str, language: Language, body: Mapping[str, Any]) -> Response:
    """A page that waits for its supporter's own call: its code, and what the phone is to dial."""
    page = calling_in.Page(
        language, read_optional(body, "zip"), read_optional(body, "office"), _read_shows_own(body),
        read_optional(body, "via"),
    )  # fmt: skip
    session = calling_in.await_call(tap.campaign(slug), page, read_source())
    return json_answer(_call_json(session), 201, {"Location": urls.local(f"/api/calls/{session.id}")})


@api.route("/api/calls/{call_id}", methods=["GET"])
@json_reply
def read_call(call_id: str) -> Response:
    """Where a call is now."""
    return json_answer(_call_json(loaded(call_id)), 200, {})


@api.route("/api/calls/{call_id}", methods=["POST"], content_types=[JSON])
@json_reply
def change_call(call_id: str) -> Response:
    """The code that was texted ({"do": "code", "code": …}), or another one ({"do": "new_code"})."""
    body = read_body()
    match body.get("do"):
        case "code":
            session = codes.enter(call_id, read_optional(body, "code"), read_source())
        case "new_code":
            session = codes.ask_again(call_id, number_of(loaded(call_id)), read_source())
        case _:
            raise Refusal(Code.BODY_MALFORMED, "do")
    return json_answer(_call_json(session), 200, {})


def _sum_json(tally: Tally) -> dict[str, Any]:
    outcomes = {outcome.value: number for outcome, number in sorted(tally.outcomes.items())}
    return {"actions": tally.tally, "outcomes": outcomes}


def _call_json(session: CallSession) -> dict[str, Any]:
    r, campaign = runtime(), campaign_of(session)
    reached = r.store.reached(session.campaign)
    view = seen(session, campaign, reached, r.now(), r.config.calls_per_second)
    dial = {"dial": calling_in.link(r.number_of(campaign), session.code)} if view.code else {}
    return as_json(view) | dial | {"page": urls.local(f"/calls/{session.id}")}


def _campaign_json(campaign: Campaign) -> dict[str, Any]:
    return {
        "slug": campaign.slug,
        "status": campaign.status.value,
        "goal": campaign.goal,
        "offices": [
            {"id": office.id, "name": each_language(office.name.of), "place": each_language(office.place.of)}
            for office in campaign.offices
        ],
        "organization": each_language(campaign.organization.of),
        "title": each_language(campaign.title.of),
        "summary": each_language(campaign.summary.of),
        "points": [each_language(point.of) for point in campaign.points],
        "texts": signups.as_json(campaign),
    }


def each_language(words: Callable[[Language], str]) -> dict[str, str]:
    """Return one sentence in every language, by its code."""
    return {language.value: words(language) for language in Language}


def read_body(longest: int = LONGEST_BODY) -> Mapping[str, Any]:
    """Return the JSON object that was sent, of `longest` bytes at most.

    Raises:
        Refusal: BODY_MALFORMED.
    """
    raw = api.current_request.raw_body
    try:
        body = json.loads(raw) if len(raw) <= longest else None
    except (ValueError, RecursionError):
        body = None
    if not isinstance(body, dict):
        raise Refusal(Code.BODY_MALFORMED)
    return body


def read_text(body: Mapping[str, Any], field: str, code: Code) -> str:
    """Return a field that holds text.

    Raises:
        Refusal: `code` when it is missing or blank, BODY_MALFORMED when it is no text.
    """
    value = read_optional(body, field)
    if not value.strip():
        raise Refusal(code, field)
    return value


def read_optional(body: Mapping[str, Any], field: str) -> str:
    """Return a field that holds text; "" when there is none.

    Raises:
        Refusal: BODY_MALFORMED when it is no text.
    """
    value = body.get(field, "")
    if not isinstance(value, str):
        raise Refusal(Code.BODY_MALFORMED, field)
    return value


def _read_shows_own(body: Mapping[str, Any]) -> bool:
    """Read whose number the office is to see, "ours" without a word; whether it is the supporter's own."""
    shown = read_optional(body, "number_shown") or "ours"
    if shown not in {"ours", "own"}:
        raise Refusal(Code.NUMBER_SHOWN_UNKNOWN, "number_shown")
    return shown == "own"


def read_language(body: Mapping[str, Any]) -> Language:
    """Return the language asked for, English without a word.

    Raises:
        Refusal: LANGUAGE_UNKNOWN.
    """
    value = body.get("language", Language.EN.value)
    if value not in [language.value for language in Language]:
        raise Refusal(Code.LANGUAGE_UNKNOWN, "language")
    return Language(value)


def read_source() -> str:
    """The address the gateway saw; never a header, which the client writes."""
    return str(api.current_request.context.get("identity", {}).get("sourceIp", ""))


def _refused(refusal: Refusal) -> Response:
    language = language_of(api.current_request.headers.get("accept-language"))
    error: dict[str, Any] = {"code": refusal.code.value, "message": SENTENCES[refusal.code].of(language)}
    error |= {"messages": each_language(SENTENCES[refusal.code].of)}
    headers: Headers = {}
    if refusal.field:
        error["field"] = refusal.field
    if refusal.left is not None:
        error["tries_left"] = refusal.left
    if refusal.try_again:
        error["try_again"] = refusal.try_again.isoformat(timespec="seconds")
        seconds = (refusal.try_again - runtime().now()).total_seconds()
        headers["Retry-After"] = str(max(1, ceil(seconds)))
    return json_answer({"error": error}, STATUSES.get(refusal.code, 400), headers)


def _cached(body: dict[str, Any]) -> Response:
    """A public answer with an ETag; 304 when the asker has it already."""
    text = json.dumps(body, ensure_ascii=False, separators=(",", ":"))
    tag = f'"{sha256(text.encode()).hexdigest()[:16]}"'
    headers: Headers = {"ETag": tag, "Cache-Control": FRESH}
    known = api.current_request.headers.get("if-none-match", "").split(",")
    if tag in [each.strip().removeprefix("W/") for each in known]:
        return Response("", status_code=304, headers=headers | {"Content-Type": JSON})
    return Response(text, headers=headers | {"Content-Type": f"{JSON}; charset=utf-8"})


def json_answer(body: dict[str, Any], status: int, headers: Headers) -> Response:
    """Return an answer that nobody keeps."""
    text = json.dumps(body, ensure_ascii=False, separators=(",", ":"))
    always: Headers = {"Content-Type": f"{JSON}; charset=utf-8", "Cache-Control": "no-store"}
    return Response(text, status_code=status, headers=always | headers)
