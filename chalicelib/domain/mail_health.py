"""How a sender of mail stands at SES, judged. Promises as `health`. Refuses to know: how SES is asked."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass

from chalicelib.domain.health import Finding, broken, doubtful, well

NEEDED = frozenset({"BOUNCE", "COMPLAINT", "DELIVERY", "REJECT"})
"""Events without which a letter's end would never be known."""
SOONEST_SECONDS = 3_600
ASK_FOR_MORE = "Ask AWS for more: SES, Account dashboard, Request production access or a higher quota."


@dataclass(frozen=True, slots=True)
class AccountFacts:
    """What SES lets the account do: mails a second, in 24 hours, and how many of these are used up."""

    is_sandboxed: bool
    may_send: bool
    enforcement: str
    a_second: float
    a_day: float
    sent_today: float
    suppresses: Collection[str]


def of_identity(domain: str, *, is_verified: bool, dkim: str) -> Iterator[Finding]:
    """Whether SES believes that the sender's domain is ours."""
    if not is_verified:
        yield broken(
            f"{domain} is not verified",
            "SES refuses every letter from it.",
            "Set the three DNS records that SES names for it, and wait an hour.",
        )
        return
    yield well(f"{domain} is verified")
    if dkim == "SUCCESS":
        yield well("Its letters are signed (DKIM)")
    else:
        yield doubtful(
            f"Its letters are not signed: DKIM is {dkim.lower().replace('_', ' ')}",
            "Offices’ mail systems throw unsigned mail away.",
            "Set the three DKIM records that SES names for it.",
        )


def of_account(account: AccountFacts) -> Iterator[Finding]:
    """Whether the account may send, to whom, and what it does about addresses that bounced."""
    if not account.may_send or account.enforcement not in {"HEALTHY", ""}:
        stands = account.enforcement.lower() or "paused"
        yield broken(
            f"SES has this account’s sending {'paused' if not account.may_send else stands}",
            "Letters wait; after too many bounces or complaints SES stops an account.",
            "Read what AWS wrote to you, answer it, then switch sending on.",
        )
    if account.is_sandboxed:
        yield broken(
            "The account is in SES’s sandbox",
            "It writes only to addresses you verified, and to no office.",
            ASK_FOR_MORE,
        )
    else:
        yield well("The account is out of the sandbox")
    lacks = sorted({"BOUNCE", "COMPLAINT"} - set(account.suppresses))
    if lacks:
        yield doubtful(
            f"Addresses are not suppressed after a {' or '.join(lacks).lower()}",
            "Writing to them again costs the account its good name.",
            "Switch the account-level suppression list on for both.",
        )


def of_quota(account: AccountFacts, waiting: int) -> Finding:
    """Whether the letters that wait can leave today, and in how long."""
    left = max(0, int(account.a_day - account.sent_today))
    what = f"{account.a_second:g} letters a second, {left:,} more today; {waiting:,} wait"
    if waiting > left:
        return doubtful(what, "Some of them must wait until tomorrow.", ASK_FOR_MORE)
    if account.a_second and waiting / account.a_second > SOONEST_SECONDS:
        return doubtful(what, "The last of them leaves in more than an hour.", ASK_FOR_MORE)
    return well(what)


def of_set(name: str, events: Collection[str]) -> Finding:
    """Whether SES tells us what becomes of a letter: the events of the set's destinations that are on."""
    lacks = sorted(NEEDED - set(events))
    if lacks:
        return broken(
            f"The configuration set {name} does not tell of {', '.join(lacks).lower()}",
            "Letters would stay “sent” for ever, and bounces be written to again.",
            "Deploy infra/mail.yaml again; it has the event destination.",
        )
    return well(f"The configuration set {name} tells what becomes of each letter")
