"""The JSON API of texts: sign a number up, so that its handset is asked.

Promises what `api` promises. The answer says the same of every number: only its handset learns what it is to us.
"""

from chalice.app import Blueprint, Response

from chalicelib.views import signups, urls
from chalicelib.views.api import (
    JSON,
    json_answer,
    json_reply,
    read_body,
    read_language,
    read_optional,
    read_source,
)

signups_api = Blueprint(__name__)


@signups_api.route("/api/campaigns/{slug}/subscriptions", methods=["POST"], content_types=[JSON])
@json_reply
def create_subscription(slug: str) -> Response:
    """Have a handset asked whether it wants a campaign's texts. Nobody is subscribed before it has said yes."""
    campaign, body = signups.with_texts(slug), read_body()
    wanted = signups.Wanted(
        phone=read_optional(body, "phone"),
        language=read_language(body),
        consent=read_optional(body, "consent"),
        source=read_source(),
        proof=read_optional(body, "proof"),
    )
    text = signups.sign_up(slug, wanted)
    told = {
        "phone_ends": text.ends,
        "reply": signups.YES.of(text.language),
        "join": signups.as_json(campaign),
    }
    return json_answer(told, 202, {"Location": urls.local(f"/c/{slug}/texts?sent={text.id}")})
