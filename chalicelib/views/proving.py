"""The proof of work at the door: what a tap has to show, and that it is shown once.

A page whose script ran, and every program, proves its work; a form sent without a script can't, and meets a tighter
limit per source instead. Nothing is written for a proof: the call it opens has the only id it is good for.
"""

from dataclasses import dataclass
from typing import Any

from chalicelib.adapters import proof_of_work
from chalicelib.domain.refusals import Code, Refusal
from chalicelib.runtime import Runtime, runtime

LABEL = "proof of work"


@dataclass(frozen=True, slots=True)
class Entry:
    """How a tap came in: the id its call gets, and whether work was proved for it."""

    call_id: str
    is_proven: bool


def challenge(slug: str) -> dict[str, Any]:
    """Return a new challenge for a campaign, as ALTCHA's JSON."""
    r = runtime()
    return proof_of_work.challenge(slug, r.now(), _secret(r), r.config.proof_cost)


def entry(slug: str, proof: str | None) -> Entry:
    """Return how a tap comes in; `proof` None: by a form without a script, under a call id of chance.

    Raises:
        Refusal: PROOF_MISSING, PROOF_REFUSED.
    """
    r = runtime()
    if proof is None:
        return Entry(r.new_id(), is_proven=False)
    nonce = proof_of_work.checked(proof, slug, r.now(), _secret(r), r.config.proof_cost)
    return Entry(proof_of_work.call_id(nonce, _secret(r)), is_proven=True)


def refuse_spent(tapped: Entry) -> None:
    """Refuse a proof that was good for a call or a booking. Two at once meet in the table: the second finds it here.

    Raises:
        Refusal: PROOF_REFUSED.
    """
    r = runtime()
    if not tapped.is_proven:
        return
    if r.store.call(tapped.call_id, r.now()) or r.bookings.booking(tapped.call_id, r.now()):
        raise Refusal(Code.PROOF_REFUSED, "proof")


def _secret(r: Runtime) -> bytes:
    return r.secrets.current().derived(LABEL)
