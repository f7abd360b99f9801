"""The JSON API of letters: begin one, and see what became of those a link is about.

Promises what `api` promises. Beginning says the same of every address: only its mailbox learns whether there was a
letter before. A link's token is the only key to what it tells, and nobody keeps these answers. Nothing is confirmed
here: that is a person's press, on the page behind the link.
"""

from collections.abc import Mapping
from typing import Any

from chalice.app import Blueprint, Response

from chalicelib.domain.campaign import Campaign, Status
from chalicelib.domain.letter import Letter
from chalicelib.domain.letter_view import as_json, seen
from chalicelib.domain.refusals import Code, Refusal
from chalicelib.domain.tokens import Purpose
from chalicelib.domain.writing import Draft
from chalicelib.runtime import runtime
from chalicelib.views import tap, urls, writing
from chalicelib.views.api import (
    JSON,
    each_language,
    json_answer,
    json_reply,
    read_body,
    read_language,
    read_optional,
    read_source,
)

letters_api = Blueprint(__name__)

LONGEST_BODY = 40_000
"""Bytes: a letter of 5,000 characters of which each is escaped, and the rest."""


@letters_api.route("/api/campaigns/{slug}/letters", methods=["POST"], content_types=[JSON])
@json_reply
def create_letter(slug: str) -> Response:
    """Begin a letter and have its link mailed. A second request for the same letter gets the same answer."""
    token = writing.begin(tap.campaign(slug).slug, _draft(read_body(LONGEST_BODY)), read_source())
    told = {"token": token, "page": urls.local(f"/letters/{token}")}
    return json_answer(told, 202, {"Location": urls.local(f"/api/letters/{token}")})


@letters_api.route("/api/letters/{letter_id}", methods=["GET"])
@json_reply
def read_letter(letter_id: str) -> Response:
    """Where the letters of a link are now; `letter_id` is its token."""
    about = writing.opened(letter_id)
    if about.purpose is Purpose.SENT:
        return json_answer({"state": "open_your_email"}, 200, {})
    if not about.letters:
        raise Refusal(Code.LETTER_GONE)
    letters = [_letter_json(letter, about.campaign) for letter in about.letters]
    told = {"state": "begun", "campaign": about.letters[0].campaign, "letters": letters}
    return json_answer(told, 200, {})


def _draft(body: Mapping[str, Any]) -> Draft:
    typed = {name: read_optional(body, name) for name in ("name", "email", "zip", "office", "body")}
    return Draft(**typed, language=read_language(body))


def _letter_json(letter: Letter, campaign: Campaign | None) -> dict[str, Any]:
    """One letter, and its office as it is called now; its id alone when the campaign no longer has it."""
    office = campaign.office(letter.office) if campaign else None
    named = {"name": each_language(office.name.of), "place": each_language(office.place.of)} if office else {}
    view = seen(letter, campaign.status if campaign else Status.ENDED, runtime().now())
    return {"office": {"id": letter.office, **named}} | as_json(view)
