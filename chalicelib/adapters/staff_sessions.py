"""The console's sessions in the table: opened at the sign-in, looked up by the cookie, gone when signed out.

Knows no cookie and no page. The secret of a cookie is kept nowhere, only its hash.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from chalicelib.adapters import staff_keys
from chalicelib.adapters.session_items import millis, moment
from chalicelib.adapters.table import Item, Table
from chalicelib.domain.staff import LONGEST, Person, Role, Session, is_open

VERSION = 1


class StaffSessions:
    """Who is signed in. A secret is what the browser's cookie holds."""

    def __init__(self, table: Table) -> None:
        """Keep the table; nothing is read yet."""
        self._table = table

    def open(self, secret: str, session: Session) -> None:
        """Keep a session from now on."""
        self._table.put(staff_keys.staff_session(secret), _item(session))

    def find(self, secret: str, now: datetime) -> Session | None:
        """Return the session of a secret, if there is one and it has not ended."""
        item = self._table.get(staff_keys.staff_session(secret))
        session = _session_of(item) if item else None
        return session if session and is_open(session, now) else None

    def seen(self, secret: str, now: datetime) -> None:
        """Note that somebody asked for a page by hand. Of a session that is gone nothing is kept."""
        try:
            self._table.change(staff_keys.staff_session(secret), {"seen_at": millis(now)})
        except LookupError:
            return

    def close(self, secret: str) -> None:
        """Forget a session, at once."""
        self._table.delete(staff_keys.staff_session(secret))


def _item(session: Session) -> Item:
    person = session.person
    return {
        "type": "staff session",
        "version": VERSION,
        "name": person.name,
        "username": person.username,
        "role": person.role.word,
        "signed_in_at": millis(session.signed_in_at),
        "seen_at": millis(session.seen_at),
        "checked_at": millis(session.checked_at),
        "expires_at": int((session.signed_in_at + LONGEST).timestamp()),
    }


def _session_of(item: Mapping[str, Any]) -> Session:
    person = Person(item["name"], item["username"], Role[item["role"].upper()])
    times = (moment(item[name]) for name in ("signed_in_at", "seen_at", "checked_at"))
    return Session(person, *times)
