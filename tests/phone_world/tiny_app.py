"""A tiny app for the phone world's tests: answers by path, and remembers what it was asked.

Promises nothing about our own app: it is what any user of Twilio could have written.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from urllib.parse import parse_qsl, urlsplit

from twilio.rest import Client  # type: ignore[import-untyped, unused-ignore]

from dev.phone_world import (
    NO_FAULTS,
    Faults,
    OurNumber,
    Rules,
    Supporter,
    TwilioWire,
    VirtualClock,
    World,
)
from dev.phone_world.offices import OfficeLine

ACCOUNT = "AC" + "1" * 32
TOKEN = "a-token-of-the-test"
OURS = "+12025550142"
ANA = "+14045550123"
LUIS = "+19565550148"
OFFICE = "+14045550190"
ANOTHER_OFFICE = "+17035550177"
BASE = "https://app.example"
ALL_EVENTS = ["initiated", "ringing", "answered", "completed"]

Reply = tuple[int, Mapping[str, str], bytes]
Page = str | Reply | Exception | Callable[["Asked"], "str | Reply"]


@dataclass(frozen=True, slots=True)
class Asked:
    """One request that reached the app."""

    method: str
    url: str
    fields: dict[str, str]
    headers: Mapping[str, str]
    body: bytes
    at: float

    @property
    def path(self) -> str:
        return urlsplit(self.url).path


def twiml(inside: str) -> Reply:
    return 200, {"Content-Type": "text/xml"}, f"<Response>{inside}</Response>".encode()


@dataclass(slots=True)
class TinyApp:
    """Pages by path: TwiML's inside, a whole reply, an exception to raise, or a function of what was asked."""

    pages: dict[str, Page]
    asked: list[Asked] = field(default_factory=list)
    clock: VirtualClock = field(default_factory=VirtualClock)

    def __call__(self, method: str, url: str, headers: Mapping[str, str], body: bytes) -> Reply:
        text = body.decode() if method == "POST" else urlsplit(url).query
        fields = dict(parse_qsl(text, keep_blank_values=True))
        asked = Asked(method, url, fields, dict(headers), body, self.clock.seconds)
        self.asked.append(asked)
        page = self.pages.get(asked.path, (204, {}, b""))
        if isinstance(page, Exception):
            raise page
        if callable(page):
            page = page(asked)
        return twiml(page) if isinstance(page, str) else page

    def at(self, path: str) -> list[Asked]:
        """What was asked at a path."""
        return [asked for asked in self.asked if asked.path == path]

    def events(self, path: str = "/status") -> list[str]:
        """The statuses that were told at a path, in the order of arrival."""
        return [asked.fields["CallStatus"] for asked in self.at(path)]


@dataclass(slots=True)
class Stage:
    """A world, its app and Twilio's own client."""

    world: World
    app: TinyApp
    client: Client

    def call(self, to: str = ANA, **told: object) -> str:
        """Create a call as an app would; its sid."""
        asked = {"from_": OURS, "url": f"{BASE}/start", "to": to} | told
        return str(self.client.calls.create(**asked).sid)

    def play(self, to: str = ANA, **told: object) -> str:
        """Create a call and let everything happen."""
        sid = self.call(to, **told)
        self.world.run_until_idle()
        return sid

    def said(self, sid: str) -> list[str]:
        """What Twilio said on a call."""
        return [line.text for line in self.world.transcript(sid) if line.kind == "said"]


def stage(
    pages: dict[str, Page],
    *parties: Supporter | OfficeLine,
    faults: Faults = NO_FAULTS,
    rules: Rules | None = None,
    seed: int = 1,
    ours: OurNumber | None = None,
    clock: VirtualClock | None = None,
) -> Stage:
    """A world with `parties`, asking a tiny app with `pages`."""
    app = TinyApp(pages, clock=clock or VirtualClock())
    numbers = {OURS: ours or OurNumber()}
    world = World(app.clock, app, TOKEN, ACCOUNT, numbers, seed=seed, faults=faults, rules=rules)
    world.add(*parties)
    return Stage(world, app, Client(ACCOUNT, TOKEN, http_client=TwilioWire(world)))
