"""How a Twilio account stands, judged: the account, its numbers and where they lead, countries, registrations.

Promises as `health`. Refuses to know: how Twilio is asked.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from chalicelib.domain.health import Finding, broken, doubtful, well

TOLL_FREE = re.compile(r"\+18(00|33|44|55|66|77|88)")
LOW, EMPTY = Decimal(20), Decimal(1)
CONSOLE = "Twilio’s Console"


@dataclass(frozen=True, slots=True)
class OwnNumber:
    """A number as Twilio has it: what it can do, and the addresses that calls and texts go to ("": none)."""

    number: str
    sid: str
    has_voice: bool
    has_texts: bool
    voice_url: str
    fallback_url: str
    status_url: str
    text_url: str
    text_fallback_url: str


def of_account(status: str) -> Finding:
    """Whether Twilio lets the account do anything."""
    if status == "active":
        return well("The account is active")
    return broken(
        f"The account is {status}",
        "No call can be placed and no text sent.",
        f"Open {CONSOLE}: a balance, a document or an answer is missing.",
    )


def of_balance(balance: Decimal, currency: str) -> Finding:
    """Whether there is money for an evening."""
    what = f"{balance:,.2f} {currency} left"
    if balance >= LOW:
        return well(what)
    why = "At nothing, Twilio suspends the account in the middle of a call."
    way_on = f"Pay in, and switch automatic recharge on, in {CONSOLE} under Billing."
    return broken(what, why, way_on) if balance < EMPTY else doubtful(what, why, way_on)


def of_number(number: str, found: OwnNumber | None, base: str, *, needs_texts: bool) -> Iterator[Finding]:
    """Whether a number is ours, can do what is asked of it, and leads to this deployment (`base`)."""
    if found is None:
        yield broken(
            f"{number} is not a number of this account",
            "Every call and text from it is refused.",
            f"Correct TWILIO_NUMBERS, or buy the number in {CONSOLE}.",
        )
        return
    yield from _of_abilities(found, needs_texts=needs_texts)
    wrong = [f"{name} is {url or 'empty'}" for name, url in _astray(found, base, needs_texts=needs_texts)]
    if wrong:
        yield broken(
            f"{number} does not lead here: {'; '.join(wrong)}",
            "Who calls or texts it reaches somebody else, or nobody.",
            f"In {CONSOLE}, at this number: {base}/twilio/… as docs/operating.md lists them, all POST.",
        )
    else:
        yield well(f"{number} is ours and leads here")


def _of_abilities(found: OwnNumber, *, needs_texts: bool) -> Iterator[Finding]:
    lacks = [
        *([] if found.has_voice else ["calls"]),
        *(["texts"] if needs_texts and not found.has_texts else []),
    ]
    if lacks:
        yield broken(
            f"{found.number} can’t do {' or '.join(lacks)}",
            "Twilio refuses what a number was not sold for.",
            "Buy a number with Voice and SMS, and put it first in TWILIO_NUMBERS.",
        )


def _astray(found: OwnNumber, base: str, *, needs_texts: bool) -> Iterator[tuple[str, str]]:
    """The addresses that lead elsewhere. What follows # only tells Twilio how often to try."""
    wanted = {
        "voice": (found.voice_url, "/twilio/voice/inbound"),
        "voice fallback": (found.fallback_url, "/twilio/voice/fallback"),
        "call status": (found.status_url, "/twilio/voice/inbound/status"),
    }
    if needs_texts:
        wanted["text"] = (found.text_url, "/twilio/texts/inbound")
        wanted["text fallback"] = (found.text_fallback_url, "/twilio/texts/fallback")
    for name, (url, path) in wanted.items():
        if url.partition("#")[0] != base + path:
            yield name, url


def of_countries(allowed: Mapping[str, bool]) -> Finding:
    """Whether calls may go where supporters' phones may be."""
    shut = sorted(iso for iso, is_open in allowed.items() if not is_open)
    if not shut:
        return well(f"Calls may go to {', '.join(sorted(allowed))}")
    return broken(
        f"Calls may not go to {', '.join(shut)}",
        "Twilio refuses each of them with 21215 or 13227.",
        f"Open them in {CONSOLE}: Voice, Settings, Geo permissions; or take them out of PATCHTHROUGH_REGIONS.",
    )


@dataclass(frozen=True, slots=True)
class ServiceFacts:
    """A Messaging Service: its numbers; where its texts go, if not to each number's own address (None)."""

    numbers: Sequence[str]
    inbound_url: str | None


def of_service(service: ServiceFacts, ours: Sequence[str], base: str) -> Finding:
    """Whether the Messaging Service holds our numbers, and its texts come to us."""
    without = sorted(set(ours) - set(service.numbers))
    if len(without) == len(ours):
        return broken(
            "None of our numbers is in the Messaging Service",
            "Alerts would leave by somebody else’s number, or by none.",
            f"Add them in {CONSOLE}: Messaging, Services, Sender Pool.",
        )
    inbound = service.inbound_url
    if inbound is not None and inbound.partition("#")[0] != f"{base}/twilio/texts/inbound":
        return broken(
            f"The Messaging Service sends texts elsewhere ({inbound or 'nowhere'})",
            "A STOP would never reach us.",
            "Set its Integration to the webhook of docs/twilio-texts.md, or to each sender’s own.",
        )
    if without:
        return doubtful(
            f"Not in the Messaging Service: {', '.join(without)}",
            "A stop at one of them does not hold for the others at Twilio.",
            f"Add them in {CONSOLE}: Messaging, Services, Sender Pool.",
        )
    return well("The Messaging Service holds our numbers, and its texts come to us")


WAITING = frozenset({"PENDING", "IN_PROGRESS", "IN_REVIEW", "PENDING_REVIEW"})
DONE = frozenset({"APPROVED", "VERIFIED", "TWILIO_APPROVED"})
REGISTER = f"Finish it in {CONSOLE}: Messaging, Regulatory Compliance. It takes days to weeks."


def of_registration(what: str, statuses: Sequence[str]) -> Finding:
    """Whether carriers take texts from us: `what` was registered ("10DLC brand"), and how each of them stands."""
    if any(status in DONE for status in statuses):
        return well(f"{what}: approved")
    refused = "Carriers refuse every text until then (30034, or 30032 for toll-free)."
    if not statuses:
        return broken(f"{what}: not registered", refused, REGISTER)
    stands = ", ".join(sorted({status.lower().replace("_", " ") for status in statuses}))
    if any(status in WAITING for status in statuses):
        return doubtful(f"{what}: {stands}", refused, REGISTER)
    return broken(f"{what}: {stands}", refused, REGISTER)
