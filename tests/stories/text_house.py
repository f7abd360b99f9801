"""What stories of texts share: a house that takes texts, webhooks as Twilio repeats them, what is true afterwards."""

import re
from dataclasses import replace
from html import unescape
from urllib.parse import urlencode

from chalicelib.adapters.signature import signed
from chalicelib.domain.campaign import Campaign
from chalicelib.domain.subscriber import ConsentRow, State
from chalicelib.views import texting
from dev.phone_world.keywords import LONG_CODE
from tests.rehearsal import ACCOUNT, ANA, OUR_NUMBER, PUBLIC_URL, SLUG, TOKEN, Rehearsal

FORM = "application/x-www-form-urlencoded"
OURS_ALONE = LONG_CODE.without("YES", "STOP", "START", "HELP", "UNSTOP", "CANCEL", "END", "QUIT", "INFO")
"""Twilio's own words, less those that the app answers itself: what texts.md asks to be set up."""
INBOUND, FALLBACK = "/twilio/texts/inbound", "/twilio/texts/fallback"


def ours_alone(house: Rehearsal) -> Rehearsal:
    """Have Twilio leave every word to us."""
    house.world.rules.keywords = replace(OURS_ALONE, stop=frozenset(), start=frozenset(), help=frozenset())
    return house


def subscribe(house: Rehearsal, phone: str = ANA, keyword: str = "FAMILIES") -> None:
    """Have a phone join and confirm, in the keyword's language."""
    house.text_us(keyword, phone)
    house.text_us("SI" if keyword == "FAMILIAS" else "YES", phone)
    assert state(house, phone) is State.SUBSCRIBED


def state(house: Rehearsal, phone: str = ANA, slug: str = SLUG) -> State:
    """Where a phone stands with a programme."""
    return house.runtime.subscribers.standing(texting.key_of(phone)).with_programme(slug).state


def rows(house: Rehearsal, phone: str = ANA) -> tuple[ConsentRow, ...]:
    """A phone's ledger."""
    return house.runtime.subscribers.consents(texting.key_of(phone))


def on_the_roll(house: Rehearsal, slug: str = SLUG) -> list[str]:
    """The numbers that get alerts."""
    return sorted(row.number for row in house.runtime.roll.all(slug))


def webhook(
    house: Rehearsal, body: str, sid: str, phone: str = ANA, path: str = INBOUND, **more: str
) -> tuple[int, list[str]]:
    """One signed webhook about a text, outside the phone world: the status, and the texts its TwiML sends."""
    form = {"AccountSid": ACCOUNT, "MessageSid": sid, "From": phone, "To": OUR_NUMBER, "Body": body} | more
    headers = {"Content-Type": FORM, "X-Twilio-Signature": signed(PUBLIC_URL + path, form, TOKEN)}
    status, _, answer = house.ask("POST", path, headers, urlencode(form).encode())
    return status, [
        unescape(text) for text in re.findall(r"<Message>(.*?)</Message>", answer.decode(), re.DOTALL)
    ]


def change(house: Rehearsal, **changes: object) -> Campaign:
    """Apply the house's campaign with these changes."""
    known = house.runtime.catalog.campaign(SLUG)
    assert known is not None
    changed = replace(known, **changes)  # type: ignore[arg-type]  # replace checks the names
    house.runtime.catalog.apply(changed, house.clock.now())
    house.world.advance(6)
    return changed


def sid_of(number: int) -> str:
    """A MessageSid."""
    return f"SM{number:032x}"
