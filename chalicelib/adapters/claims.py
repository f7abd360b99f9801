"""Claims in the table: what became of each recipient of a broadcast.

Promises: a recipient has one claim, whoever works at once; a claim to send is put only while they are subscribed and no
stop holds, in one transaction, so that a stop comes before it or after it and never in between. A claim moves only from
where it was read. A pass of a worker is written down before its first claim and taken off when it left nothing unknown,
so that what a killed worker left is found without reading everybody's.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from botocore.exceptions import ClientError

from chalicelib.adapters import keys
from chalicelib.adapters.claim_items import Pass, claim_item, claim_of, pass_item, pass_of
from chalicelib.adapters.roll import BATCH, SHARDS
from chalicelib.adapters.store import ABSENT, Repeated, Stale
from chalicelib.adapters.table import Table, Write, keyed, read, wire
from chalicelib.domain.broadcast import ClaimState
from chalicelib.domain.claim import Claim
from chalicelib.domain.subscriber import State

FAILED = "ConditionalCheckFailed"
AGAIN = frozenset({"TransactionConflict", "ThrottlingError", "ProvisionedThroughputExceeded"})
"""Reasons that say nothing of the claim: somebody writes to one of the items, or the table has no time just now."""


class NotWanted(Exception):
    """They aren't subscribed, or a stop holds: nothing may be sent, and nothing was written."""


class Claims:
    """The claims of one table."""

    def __init__(self, table: Table) -> None:
        """Keep the table; nothing is asked of it yet."""
        self._table = table

    def claim(self, claim: Claim, programme: str) -> None:
        """Put a claim to send, if its recipient is subscribed to the programme and no stop holds for it.

        Raises:
            Repeated: there is a claim of this recipient.
            NotWanted: they may not be sent anything.
            Stale: somebody writes to one of these at this very moment, or the table is busy; try again.
        """
        writes = [self._is_subscribed(claim, programme), self._is_not_stopped(claim, programme)]
        try:
            self._table.client.transact_write_items(TransactItems=[*writes, self._first(claim)])  # type: ignore[list-item]  # made here
        except ClientError as error:
            raise _why_not(error) from error

    def skip(self, claim: Claim) -> bool:
        """Put a claim to send nothing; False: there is one."""
        try:
            self._table.client.put_item(**self._first(claim)["Put"])
        except self._table.client.exceptions.ConditionalCheckFailedException:
            return False
        return True

    def move(self, before: Claim, after: Claim) -> Claim:
        """Write `after` if the claim still is `before`, and return it as written; the very same is not written.

        Raises:
            Stale: somebody else moved it, or took it back; nothing was written.
        """
        if after is before:
            return before
        written = replace(after, version=before.version + 1)
        try:
            self._table.client.put_item(**self._put(written) | self._still(before))
        except ClientError as error:
            raise _overtaken(error) from error
        return written

    def release(self, claim: Claim) -> None:
        """Take back a claim whose text was clearly not sent, so that a later pass can send it.

        Raises:
            Stale: it is settled, or another's; nothing was taken back.
        """
        key = self._key(claim)
        try:
            self._table.client.delete_item(TableName=self._table.name, Key=keyed(key), **self._still(claim))
        except ClientError as error:
            raise _overtaken(error) from error

    def one(self, broadcast: str, shard: str, token: str) -> Claim | None:
        """Return a claim by what stands in its callback's address; None: there is none."""
        item = self._table.get(keys.claim(broadcast, shard, token))
        return claim_of(item) if item else None

    def of(self, broadcast: str, shard: str, tokens: Sequence[str]) -> dict[str, Claim]:
        """Return the claims that these recipients of one shard have, by token."""
        wanted = [keys.claim(broadcast, shard, token) for token in tokens]
        batches = (wanted[start : start + BATCH] for start in range(0, len(wanted), BATCH))
        found = (claim_of(item) for batch in batches for item in self._table.batch(batch))
        return {claim.token: claim for claim in found}

    def by_state(self, broadcast: str) -> Counter[ClaimState]:
        """Return how many claims are in which state. Reads all of them, shard by shard: for a person, at the end."""
        return sum((self.in_shard(broadcast, shard) for shard in SHARDS), Counter())

    def in_shard(self, broadcast: str, shard: str) -> Counter[ClaimState]:
        """Return how many claims of one shard are in which state. Reads all of these."""
        return Counter(self._states(keys.claims(broadcast, shard)))

    # Passes.

    def begin(self, under_way: Pass) -> None:
        """Write down that a worker begins to claim."""
        self._table.put(keys.passing(under_way.look_at, under_way.id), pass_item(under_way))

    def end(self, under_way: Pass) -> None:
        """Take off a pass that left nothing unknown."""
        self._table.delete(keys.passing(under_way.look_at, under_way.id))

    def passes_due(self, now: datetime) -> Iterator[Pass]:
        """Yield the passes to look at by now, the oldest first."""
        until = keys.passing(now, "~").sk
        return map(pass_of, self._table.partition(keys.PASSES, until))

    # Strictly private.

    def _key(self, claim: Claim) -> keys.Key:
        return keys.claim(claim.broadcast, keys.shard_of(claim.phone_key), claim.token)

    def _put(self, claim: Claim) -> dict[str, Any]:
        return {"TableName": self._table.name, "Item": keyed(self._key(claim)) | wire(claim_item(claim))}

    def _first(self, claim: Claim) -> Write:
        return {"Put": self._put(claim) | {"ConditionExpression": ABSENT}}

    def _still(self, claim: Claim) -> dict[str, Any]:
        """The condition that a claim is as it was read: of this attempt, and moved by nobody since."""
        return {
            "ConditionExpression": "attempt = :attempt AND version = :seen",
            "ExpressionAttributeValues": wire({":attempt": claim.attempt, ":seen": claim.version}),
        }

    def _is_subscribed(self, claim: Claim, programme: str) -> Write:
        return {
            "ConditionCheck": {
                "TableName": self._table.name,
                "Key": keyed(keys.profile(claim.phone_key, programme)),
                "ConditionExpression": "#state = :subscribed",
                "ExpressionAttributeNames": {"#state": "state"},
                "ExpressionAttributeValues": wire({":subscribed": State.SUBSCRIBED.value}),
            }
        }

    def _is_not_stopped(self, claim: Claim, programme: str) -> Write:
        """No stop of the whole organization, or one that an opt-in word lifted for this programme."""
        return {
            "ConditionCheck": {
                "TableName": self._table.name,
                "Key": keyed(keys.stop_texts(claim.phone_key)),
                "ConditionExpression": f"{ABSENT} OR contains(lifted_for, :programme)",
                "ExpressionAttributeValues": wire({":programme": programme}),
            }
        }

    def _states(self, pk: str) -> Iterator[ClaimState]:
        pages = self._table.client.get_paginator("query").paginate(
            TableName=self._table.name,
            KeyConditionExpression="PK = :pk",
            ExpressionAttributeValues=wire({":pk": pk}),
            ProjectionExpression="#state",
            ExpressionAttributeNames={"#state": "state"},
            ConsistentRead=True,
        )
        return (ClaimState(read(item)["state"]) for page in pages for item in page["Items"])


def _overtaken(error: ClientError) -> Exception:
    code = error.response["Error"]["Code"]
    return Stale() if code in {"ConditionalCheckFailedException", "TransactionConflictException"} else error


def _why_not(error: ClientError) -> Exception:
    """What a failed claim means. Where there is a claim already, nothing else matters."""
    code = error.response["Error"]["Code"]
    if code == "TransactionConflictException":
        return Stale()
    if code != "TransactionCanceledException":
        return error
    reasons = [reason.get("Code") for reason in error.response.get("CancellationReasons", [])]
    if reasons[-1:] == [FAILED]:
        return Repeated()
    if FAILED in reasons:
        return NotWanted()
    return Stale() if AGAIN & set(reasons) else error
