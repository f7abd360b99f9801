"""Which addresses may be an office's mailbox, by their domain alone: none of a test's outside, none real inside.

Promises: in development nothing but a domain that can belong to nobody is taken, so that no test and no default ever
writes to a real office. Says nothing of whether anybody reads there.
"""

from chalicelib.domain.addresses import Address

NOBODYS = frozenset({"example", "example.com", "example.net", "example.org"})
"""Kept for examples by RFC 2606; nobody can own one of them, nor what is below it."""
NOWHERE = NOBODYS | {"test", "invalid", "localhost"}
"""Where no mail ever arrives."""


def why_no_mailbox(read: Address, sender: str, *, is_development: bool) -> str | None:
    """Return why an address can't be an office's mailbox, as a clause; None: it may be.

    `sender` is the address our letters come from ("": none yet). A letter to ourselves would come back to us, and a
    reply to it too.
    """
    own = sender.rpartition("@")[2].lower()
    if own and _is_within(read.domain, {own}):
        return f"is at {own}, where our own letters come from"
    if is_development and not _is_within(read.domain, NOBODYS):
        return "is not at .example, where in development all mail ends"
    if not is_development and _is_within(read.domain, NOWHERE):
        return "is at a domain kept for examples, where no mail arrives"
    return None


def _is_within(domain: str, others: frozenset[str] | set[str]) -> bool:
    """Whether a domain is one of these, or below one."""
    labels = domain.split(".")
    return any(".".join(labels[start:]) in others for start in range(len(labels)))
