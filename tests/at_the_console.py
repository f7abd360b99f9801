"""Somebody signed in at the console, over the app in this process: what tests of its pages go through."""

from dataclasses import dataclass
from urllib.parse import urlencode

from chalicelib.adapters.staff_sessions import StaffSessions
from chalicelib.domain.staff import Person, Role, Session
from chalicelib.runtime import Runtime
from chalicelib.views import staff_cookies
from chalicelib.views.staffing import SEALS
from tests.browser.served import Answer, Served

FROM_HERE = "same-origin"


@dataclass(frozen=True, slots=True)
class AtTheConsole:
    """A person signed in, and what they get and send. `secret` is what their cookie holds."""

    served: Served
    person: Person
    secret: str

    def get(self, path: str) -> Answer:
        """Ask for a page."""
        return self.served.ask("GET", path, cookie=self.cookie)

    def send(self, path: str, **fields: str) -> Answer:
        """Send a form of a page of ours, with its token."""
        return self.send_as(path, {"token": staff_cookies.token(self.secret)} | fields, FROM_HERE)

    def send_as(self, path: str, fields: dict[str, str], fetch_site: str) -> Answer:
        """Send just these fields, as the browser says it of the page they come from."""
        body = urlencode(fields).encode()
        return self.served.ask("POST", path, body, cookie=self.cookie, sec_fetch_site=fetch_site)

    @property
    def cookie(self) -> str:
        return f"{staff_cookies.name()}={self.secret}"


def sign_in(served: Served, role: Role = Role.EDITOR, name: str = "Dana R.") -> AtTheConsole:
    """Have somebody with this role signed in since now."""
    person = Person(name, name.split(maxsplit=1)[0].lower(), role)
    return AtTheConsole(served, person, open_session(served.runtime, person))


def open_session(runtime: Runtime, person: Person, refresh: str = "") -> str:
    """Open a session since now; what its cookie holds."""
    now, secret = runtime.now(), f"a-secret-of-{person.username}-the-{person.role.word}"
    sessions = StaffSessions(runtime.catalog.table, lambda: runtime.secrets.current().derived(SEALS))
    sessions.open(secret, Session(person, now, now, now), refresh)
    return secret
