"""Texts that a form asks for, until they are sent: who is texted, which words stood beside the box, what became of it.

Promises: a text is put once and claimed once; its number (E.164) stands here until it is claimed, an hour at the
longest, and nowhere else. Afterwards a text is known by its id and its phone by the keyed hash.
"""

from dataclasses import dataclass, field, fields, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from chalicelib.adapters import keys
from chalicelib.adapters.session_items import millis, moment
from chalicelib.adapters.store import ABSENT, Stale
from chalicelib.adapters.table import Item, Table, keyed, wire
from chalicelib.adapters.transactions import transact
from chalicelib.domain.words import Language

WAITS = timedelta(hours=1)
"""How long a text waits to be sent. A question that comes later would surprise whoever gets it."""
KEPT = timedelta(days=7)
"""How long it is known afterwards what was sent: a carrier's last word comes within two days."""


class Stage(StrEnum):
    """Where a text is."""

    WAITING = "waiting"
    CLAIMED = "claimed"  # a worker asks Twilio, or died of it: never asked again
    SENT = "sent"
    REFUSED = "refused"
    UNCLEAR = "unclear"  # it may have been sent
    UNWANTED = "unwanted"  # there was nothing to say to this number


@dataclass(frozen=True, slots=True, kw_only=True)
class OutgoingText:
    """One text. `beside` are the words beside the box that was ticked at `at`; `ends` are the number's last digits.

    `number` is None once the text is claimed. `attempt` is whose claim it is, `sid` Twilio's id of what was sent.
    """

    id: str
    campaign: str
    phone_key: str
    ends: str
    language: Language
    beside: str
    at: datetime
    number: str | None = field(default=None, repr=False)
    stage: Stage = Stage.WAITING
    attempt: str | None = None
    sid: str | None = None


class OutgoingTexts:
    """The texts of one table."""

    def __init__(self, table: Table) -> None:
        """Keep the table; nothing is asked of it yet."""
        self.table = table

    def put(self, text: OutgoingText) -> None:
        """Write a text that waits.

        Raises:
            Repeated: there is one by this id; nothing was written.
        """
        item = _item(text) | {"expires_at": _until(text.at + WAITS)}
        put = {"TableName": self.table.name, "Item": keyed(keys.outgoing_text(text.id)) | wire(item)}
        transact(self.table, (), [{"Put": put | {"ConditionExpression": ABSENT}}])

    def text(self, text_id: str, now: datetime) -> OutgoingText | None:
        """Return a text; None: there is none, or its time is over."""
        item = self.table.get(keys.outgoing_text(text_id))
        if item is None or item["expires_at"] <= now.timestamp():
            return None
        return _text(item)

    def claim(self, text: OutgoingText, attempt: str, now: datetime) -> OutgoingText:
        """Claim a text that waits, for this attempt; its number is forgotten here.

        Raises:
            Stale: it waits no more.
        """
        after = replace(text, stage=Stage.CLAIMED, attempt=attempt, number=None)
        self._change(text, {"stage": after.stage, "attempt": attempt}, now + KEPT)
        return after

    def release(self, claimed: OutgoingText, number: str) -> None:
        """Put a text that was clearly not sent back: it waits as before.

        Raises:
            Stale: it is not claimed by this attempt.
        """
        values = {"stage": Stage.WAITING, "number": number}
        self._change(claimed, values, claimed.at + WAITS, gone=("attempt",))

    def settle(self, text: OutgoingText, stage: Stage, now: datetime, sid: str | None = None) -> None:
        """Keep what became of a text; of one that nobody claimed, too: its number is forgotten.

        Raises:
            Stale: somebody else has moved it.
        """
        self._change(text, {"stage": stage} | ({"sid": sid} if sid else {}), now + KEPT)

    # Strictly private.

    def _change(
        self,
        text: OutgoingText,
        values: dict[str, Any],
        until: datetime,
        gone: tuple[str, ...] = (),
    ) -> None:
        """Change a text that is still as it was read. Whatever doesn't say its number takes it away."""
        seen = {"stage": text.stage} | ({"attempt": text.attempt} if text.attempt else {})
        forgotten = gone if "number" in values else (*gone, "number")
        try:
            self.table.change(
                keys.outgoing_text(text.id),
                values | {"expires_at": _until(until)},
                gone=forgotten,
                only_if=seen,
            )
        except LookupError as error:
            raise Stale from error


def _until(at: datetime) -> int:
    return int(at.timestamp())


def _item(text: OutgoingText) -> Item:
    pairs = ((each.name, getattr(text, each.name)) for each in fields(text))
    known = {name: value for name, value in pairs if value is not None}
    return known | {"type": "outgoing_text", "version": 1, "at": millis(text.at)}


def _text(item: Item) -> OutgoingText:
    known = {each.name: item[each.name] for each in fields(OutgoingText) if each.name in item}
    typed = {"at": moment(item["at"]), "stage": Stage(item["stage"]), "language": Language(item["language"])}
    return OutgoingText(**(known | typed))
