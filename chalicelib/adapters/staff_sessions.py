"""The console's sessions and sign-ins in the table: found by the cookie's secret, gone when signed out.

Knows no cookie and no page. The secret of a cookie is kept nowhere, only its hash; what the user pool handed out is
sealed by it.
"""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from chalicelib.adapters import staff_keys
from chalicelib.adapters.session_items import millis, moment
from chalicelib.adapters.staff_sealing import BrokenSealError, opened, sealed
from chalicelib.adapters.table import Item, Table
from chalicelib.domain.staff import LONGEST, Person, Role, Session, is_open
from chalicelib.domain.staff_sign_in import LIFE, Pending, Step, is_under_way

VERSION = 1


class StaffSessions:
    """Who is signed in, and who is about to be. A secret is what the browser's cookie holds."""

    def __init__(self, table: Table, key: Callable[[], bytes]) -> None:
        """Keep the table, and how to get the key of what is sealed; nothing is read yet."""
        self._table, self._key = table, key

    def open(self, secret: str, session: Session, refresh: str) -> None:
        """Keep a session from now on; `refresh` is the token by which its person's role is read again."""
        kept = {"refresh": sealed(refresh, self._key(), secret)} if refresh else {}
        self._table.put(staff_keys.staff_session(secret), _item(session) | kept)

    def find(self, secret: str, now: datetime) -> Session | None:
        """Return the session of a secret, if there is one and it has not ended."""
        item = self._table.get(staff_keys.staff_session(secret))
        session = _session_of(item) if item else None
        return session if session and is_open(session, now) else None

    def refresh(self, secret: str) -> str:
        """Return the token by which a session's person is read again; "" if there is none."""
        item = self._table.get(staff_keys.staff_session(secret)) or {}
        try:
            return opened(item["refresh"], self._key(), secret) if "refresh" in item else ""
        except BrokenSealError:
            return ""

    def seen(self, secret: str, now: datetime) -> None:
        """Note that somebody asked for a page by hand."""
        self._change(secret, {"seen_at": millis(now)})

    def checked(self, secret: str, person: Person, now: datetime) -> None:
        """Note who a session's person is now, and with which role."""
        self._change(secret, _who(person) | {"checked_at": millis(now)})

    def close(self, secret: str) -> None:
        """Forget a session, at once."""
        self._table.delete(staff_keys.staff_session(secret))

    def begin(self, secret: str, pending: Pending) -> None:
        """Keep a sign-in, as far as it is."""
        self._table.put(staff_keys.sign_in(secret), _sign_in_item(pending, self._key(), secret))

    def pending(self, secret: str, now: datetime) -> Pending | None:
        """Return the sign-in of a secret, while there is time for it."""
        item = self._table.get(staff_keys.sign_in(secret))
        try:
            found = _pending_of(item, self._key(), secret) if item else None
        except BrokenSealError:
            return None
        return found if found and is_under_way(found, now) else None

    def forget(self, secret: str) -> None:
        """Forget a sign-in that is over."""
        self._table.delete(staff_keys.sign_in(secret))

    def _change(self, secret: str, values: Item) -> None:
        """Change a session; of one that is gone nothing is kept."""
        try:
            self._table.change(staff_keys.staff_session(secret), values)
        except LookupError:
            return


def _who(person: Person) -> Item:
    return {"name": person.name, "username": person.username, "role": person.role.word}


def _item(session: Session) -> Item:
    return _who(session.person) | {
        "type": "staff session",
        "version": VERSION,
        "signed_in_at": millis(session.signed_in_at),
        "seen_at": millis(session.seen_at),
        "checked_at": millis(session.checked_at),
        "expires_at": int((session.signed_in_at + LONGEST).timestamp()),
    }


def _session_of(item: Mapping[str, Any]) -> Session:
    person = Person(item["name"], item["username"], Role[item["role"].upper()])
    times = (moment(item[name]) for name in ("signed_in_at", "seen_at", "checked_at"))
    return Session(person, *times)


def _sign_in_item(pending: Pending, key: bytes, secret: str) -> Item:
    return {
        "type": "staff sign-in",
        "version": VERSION,
        "step": pending.step.value,
        "username": pending.username,
        "handle": sealed(pending.handle, key, secret),
        "seed": sealed(pending.seed, key, secret),
        "begun_at": millis(pending.begun_at),
        "to": pending.to,
        "tries": pending.tries,
        "expires_at": int((pending.begun_at + LIFE).timestamp()),
    }


def _pending_of(item: Mapping[str, Any], key: bytes, secret: str) -> Pending:
    handle, seed = (opened(item[name], key, secret) for name in ("handle", "seed"))
    begun_at = moment(item["begun_at"])
    found = Pending(Step(item["step"]), item["username"], handle, begun_at, item["to"])
    return replace(found, seed=seed, tries=item["tries"])
