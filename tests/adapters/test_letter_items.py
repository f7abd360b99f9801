"""Letters as items of the table: whatever a letter holds survives the way there and back."""

from dataclasses import fields
from datetime import UTC, datetime
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from chalicelib.adapters.letter_items import letter_item, letter_of, words_item
from chalicelib.adapters.table import read, wire
from chalicelib.domain.addresses import Address
from chalicelib.domain.counts import LetterAnswer, LetterOutcome
from chalicelib.domain.letter import Content, Letter, Reason, State
from chalicelib.domain.mail_facts import Fact, Recipient, Status
from chalicelib.domain.words import Language

moments = st.integers(0, 4 * 10**12).map(lambda ms: datetime.fromtimestamp(ms / 1000, UTC))
maybe = st.none() | moments
texts = st.text(st.characters(codec="utf-8"), max_size=12)
small = st.integers(0, 10**6)
facts = st.builds(Fact, st.sampled_from(Status), moments, texts, texts, maybe)
recipients = st.builds(Recipient, texts, st.lists(facts, max_size=3).map(tuple))
FIELDS: dict[str, st.SearchStrategy[Any]] = {
    "id": texts,
    "group": texts,
    "campaign": texts,
    "office": texts,
    "language": st.sampled_from(Language),
    "content": st.none() | st.builds(Content, texts, st.builds(Address, texts, texts), texts, texts),
    "recipients": st.lists(recipients, max_size=3).map(tuple),
    "created_at": moments,
    "changed_at": moments,
    "state": st.sampled_from(State),
    "version": small,
    "asked_at": maybe,
    "links": small,
    "reminders": small,
    "confirmed_at": maybe,
    "not_before": maybe,
    "attempt": st.none() | texts,
    "lease_until": maybe,
    "attempts": small,
    "unclear": small,
    "sent_at": maybe,
    "spent": st.lists(texts, max_size=3).map(tuple),
    "is_unwanted": st.booleans(),
    "aside_at": maybe,
    "reason": st.none() | st.sampled_from(Reason),
    "outcome": st.none() | st.sampled_from(LetterOutcome),
    "counted": small,
    "question_at": maybe,
    "answer": st.none() | st.sampled_from(LetterAnswer),
    "answers": small,
    "wants_no_question": st.booleans(),
    "again": small,
}


@given(st.builds(Letter, **FIELDS))
def test_every_letter_survives_the_way_into_the_table_and_back(made: Letter) -> None:
    words = read(wire(words_item(made, made.content))) if made.content else None

    assert letter_of(read(wire(letter_item(made))), words, made.created_at) == made


def test_every_field_of_a_letter_is_in_that_proof() -> None:
    assert {each.name for each in fields(Letter)} == FIELDS.keys()
