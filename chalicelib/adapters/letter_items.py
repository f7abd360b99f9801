"""Letters as items of the table, and back: what is known of a letter apart from what its writer wrote.

The words have an item of their own: a letter changes state a dozen times and its words never, and being forgotten is
one deletion. Times are whole milliseconds UTC; absent means None.
"""

from collections.abc import Mapping
from dataclasses import fields
from datetime import datetime, timedelta
from typing import Any

from chalicelib.adapters.session_items import millis, moment
from chalicelib.adapters.table import Item
from chalicelib.domain.addresses import Address
from chalicelib.domain.counts import LetterAnswer, LetterOutcome
from chalicelib.domain.letter import Content, Letter, Reason, State
from chalicelib.domain.mail_facts import Fact, Recipient, Status
from chalicelib.domain.words import Language

WORDS_KEPT = timedelta(days=90)
"""How long a letter's words are kept after it was begun: as long as its page lives."""
NESTED = frozenset({"content", "recipients", "spent"})
_READ: dict[str, Any] = {
    "state": State, "reason": Reason, "outcome": LetterOutcome, "language": Language, "answer": LetterAnswer,
}  # fmt: skip
_MOMENTS = frozenset({"not_before", "lease_until"})


def letter_item(letter: Letter) -> Item:
    """A letter without its words. It has no TTL: its tombstone keeps the same letter from going twice."""
    flat = {
        each.name: _plain(getattr(letter, each.name)) for each in fields(letter) if each.name not in NESTED
    }
    known = {name: value for name, value in flat.items() if value is not None}
    facts = [_recipient_item(recipient) for recipient in letter.recipients]
    return {"type": "letter"} | known | {"recipients": facts, "spent": list(letter.spent)}


def letter_of(item: Mapping[str, Any], words: Mapping[str, Any] | None, now: datetime) -> Letter:
    """Read a letter; its words count as forgotten once their time is over (TTL deletes late)."""
    known = {each.name: _read(each.name, item[each.name]) for each in fields(Letter) if each.name in item}
    is_kept = words is not None and words["expires_at"] > now.timestamp()
    known["content"] = _content_of(words) if words is not None and is_kept else None
    known["recipients"] = tuple(map(_recipient_of, item["recipients"]))
    known["spent"] = tuple(item["spent"])
    return Letter(**known)


def words_item(letter: Letter, content: Content) -> Item:
    """What only its writer wrote, with its TTL."""
    return {
        "type": "letter_words",
        "version": 1,
        "name": content.name,
        "local": content.address.local,
        "domain": content.address.domain,
        "subject": content.subject,
        "body": content.body,
        "expires_at": int((letter.created_at + WORDS_KEPT).timestamp()),
    }


def _content_of(item: Mapping[str, Any]) -> Content:
    return Content(item["name"], Address(item["local"], item["domain"]), item["subject"], item["body"])


def _recipient_item(recipient: Recipient) -> Item:
    return {"address": recipient.address, "facts": [_fact_item(fact) for fact in recipient.facts]}


def _recipient_of(item: Mapping[str, Any]) -> Recipient:
    return Recipient(item["address"], tuple(map(_fact_of, item["facts"])))


def _fact_item(fact: Fact) -> Item:
    until = {"until": millis(fact.until)} if fact.until else {}
    known: Item = {"status": fact.status.value, "at": millis(fact.at), "message": fact.message}
    return known | ({"detail": fact.detail} if fact.detail else {}) | until


def _fact_of(item: Mapping[str, Any]) -> Fact:
    until = moment(item["until"]) if "until" in item else None
    return Fact(Status(item["status"]), moment(item["at"]), item["message"], item.get("detail", ""), until)


def _plain(value: Any) -> Any:  # noqa: ANN401 - any field of a letter
    return millis(value) if isinstance(value, datetime) else value


def _read(name: str, value: Any) -> Any:  # noqa: ANN401 - as above
    if name.endswith("_at") or name in _MOMENTS:
        return moment(value)
    return _READ[name](value) if name in _READ else value
