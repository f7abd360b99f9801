"""Forget somebody who asked for it: everything that mentions them, found, shown, and done by the app's own roads.

Promises: what is done stays done, so that whoever was killed midway runs it again; texts end by a stop, booked calls by
being cancelled, letters as forgotten ones, so that counts, places in line and the ledger of consent stay right; whoever
is in a call, or waits for one, is left until it is over. On record by a keyed hash only, before and after.
"""

from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

from chalicelib.adapters import audit
from chalicelib.adapters.keys import Key
from chalicelib.adapters.mentions import mentions
from chalicelib.adapters.subscribers import Said
from chalicelib.domain.addresses import Address
from chalicelib.domain.call import Stage
from chalicelib.domain.erasing import BY_TYPE, Decision, Fate
from chalicelib.domain.letter import Letter, Reason, letter_id
from chalicelib.domain.letter import State as LetterState
from chalicelib.domain.refusals import Refusal
from chalicelib.domain.subscriber import Evidence, Source, State
from chalicelib.domain.subscriber_events import Stopped
from chalicelib.domain.words import Language
from chalicelib.runtime import runtime
from chalicelib.views import booked, deciding, texting
from chalicelib.views.again import tried
from chalicelib.views.letter_committing import address_key

AT_ONCE = 50
"""Letters in one read: each is two of the 100 items that fit."""
REACHED = frozenset({State.PENDING, State.SUBSCRIBED, State.HELD})
"""States of those who may still be sent a text."""


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody by their number (E.164) or their address, and the keyed hash that stands for it."""

    hash: str
    number: str | None = field(default=None, repr=False)
    address: Address | None = field(default=None, repr=False)

    @property
    def needles(self) -> tuple[str, ...]:
        """What would stand in a row that is about them."""
        plain = self.number or (self.address.identity if self.address else "")
        return tuple(filter(None, (self.hash, plain)))


@dataclass(frozen=True, slots=True)
class Row:
    """A row that mentions them; `decision` None: of a kind nobody has decided about."""

    key: Key
    item: dict[str, Any] = field(repr=False)
    decision: Decision | None

    @property
    def fate(self) -> Fate | None:
        """What becomes of it."""
        return self.decision.fate if self.decision else None

    @property
    def is_to_do(self) -> bool:
        """Whether anything is still to be done about it."""
        if self.decision is None or self.decision.fate in {Fate.KEPT, Fate.NOBODYS}:
            return False
        return self.decision.fate is Fate.DELETED or any(name in self.item for name in self.decision.gone)


def by_number(number: str) -> Person:
    """Who has this number (E.164)."""
    return Person(texting.key_of(number), number=number)


def by_address(address: Address) -> Person:
    """Who has this address."""
    return Person(address_key(address), address=address)


def found(person: Person) -> tuple[Row, ...]:
    """Return every row that mentions them. Reads the whole table."""
    table = runtime().catalog.table
    return tuple(
        Row(key, item, BY_TYPE.get(item.get("type", ""))) for key, item in mentions(table, person.needles)
    )


def is_in_a_call(rows: Sequence[Row]) -> bool:
    """Whether a call of theirs is under way, or waits for its turn; one whose time is over is none."""
    now = runtime().now().timestamp()
    sessions = (row.item for row in rows if row.item.get("type") == "session")
    return any(each["stage"] != Stage.ENDED.value and each["expires_at"] > now for each in sessions)


def gets_texts(rows: Sequence[Row]) -> bool:
    """Whether a programme may still text them."""
    profiles = (row.item for row in rows if row.item.get("type") == "subscriber")
    return any(State(each["state"]) in REACHED for each in profiles)


def letters_of(writer: Address) -> Iterator[Letter]:
    """Yield all letters of a writer that are not forgotten yet: one for each office of each campaign."""
    r = runtime()
    key, now = r.secrets.current().derived("letters"), r.now()
    pairs = sorted({(each.campaign, each.office) for each in r.letters.all(now)})
    ids = [letter_id(campaign, office, writer, key) for campaign, office in pairs]
    for start in range(0, len(ids), AT_ONCE):
        known = r.letters.letters(ids[start : start + AT_ONCE], now)
        yield from (each for each in known if not _is_forgotten(each))


def erase(person: Person, rows: Sequence[Row], by: str) -> Iterator[str]:
    """Do what is to be done about each row; yield a word for each as it is done.

    Raises:
        GaveUp: somebody else moved a letter, a booking or a standing five times; run it again.
    """
    _record(person, by, "erasure begun", str(sum(row.is_to_do for row in rows)))
    done = 0
    for word in _erased(person, rows):
        done += 1
        yield word
    _record(person, by, "person erased", str(done))


# Strictly private.


def _erased(person: Person, rows: Sequence[Row]) -> Iterator[str]:
    if gets_texts(rows):
        _stop(person)
    if person.address is not None:
        for each in list(letters_of(person.address)):
            deciding.forget(each.id)
            yield "letter"
    table = runtime().catalog.table
    for row in rows:
        if not row.is_to_do or row.decision is None:
            continue
        if row.decision.fate is Fate.DELETED:
            _give_back(row)
            table.delete(row.key)
        else:
            with suppress(LookupError):  # gone meanwhile
                table.change(row.key, {}, gone=row.decision.gone)
        yield row.decision.type


def _give_back(row: Row) -> None:
    """What a row holds of others' goes back first: the quarter-hours of a booked call."""
    if row.item["type"] == "booking":
        with suppress(Refusal):  # its page's time is over
            booked.cancel(row.item["id"])


def _stop(person: Person) -> None:
    """End their texts by the road that every stop takes: it empties the rolls and is in the ledger."""
    r = runtime()
    standing = r.subscribers.standing(person.hash)
    slugs = [*standing.profiles, *(listing.slug for listing in r.listings() if listing.keywords)]
    campaigns = filter(None, (r.campaign(slug) for slug in slugs))
    campaign = next((each for each in campaigns if each.texts is not None), None)
    if campaign is None:  # no programme is left that could text them
        return
    note = f"erased-{r.new_id()}"

    def made(language: Language | None) -> Stopped:
        return Stopped(Evidence(id=note, at=r.now(), source=Source.STAFF, language=language or Language.EN))

    tried(lambda: texting.happened(campaign, person.hash, Said(note, r.now()), made))


def _is_forgotten(letter: Letter) -> bool:
    return letter.state is LetterState.ERASED or letter.reason is Reason.ERASED


def _record(person: Person, by: str, what: str, rows: str) -> None:
    r = runtime()
    audit.record(r.catalog.table, audit.Entry(by, what, person.hash, r.now(), {"rows": rows}))
