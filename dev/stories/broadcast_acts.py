"""What happens in the tales that are texts besides somebody texting us: a form that is sent, an alert that goes out.

Promises that pages are opened as a browser without a script does, and that an alert is a broadcast like any other:
drafted and armed by a person, listed and granted by the schedule, sent by the workers. Refuses to judge.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from urllib.parse import urljoin

from chalicelib.domain.broadcast import Broadcast, ClaimState, Stage, armed
from chalicelib.domain.broadcast_preview import longest
from chalicelib.domain.words import Words
from dev.phone_world.people import Supporter
from dev.rehearsing import Rehearsal
from dev.stories.corresponding import Correspondence
from dev.stories.forms import NoSuchForm
from dev.stories.judging import Json

ALERT = Words(
    "Neighbors for Families: The 28 children may be put on a flight tomorrow. "
    "Reply CALL and we will call you and connect you. Reply STOP to cancel.",
    "Vecinos por las Familias: Los 28 niños pueden salir en un vuelo de mañana. "
    "Responda LLAMAR y le llamamos para comunicarle. Responda ALTO para cancelar.",
)
ALERT_ID = "alert-of-a-tale"
PERSON = "Ana"
"""Who drafts and arms it: to so few people one is enough."""
AWAKE = 2 * 3600.0
"""Seconds from the tales' start until it is late in the morning for everybody in them: alerts keep quiet hours."""
GOOD_FOR = timedelta(hours=6)
A_MINUTE = 60.0
MOST_MINUTES = 20
"""So long the schedule comes round for an alert: a few people's takes three minutes."""
SECONDS = 20.0
"""Between two texts."""


@dataclass(frozen=True, slots=True)
class SignsUp:
    """Types their number into the campaign's form for texts, ticks the box and sends it."""


@dataclass(frozen=True, slots=True)
class Join:
    """Others, so many, text a keyword and YES before this."""

    others: int


@dataclass(frozen=True, slots=True)
class Armed:
    """An alert to everybody is drafted and armed, and the schedule lists who gets it. Nobody has it yet."""


@dataclass(frozen=True, slots=True)
class Sent:
    """The schedule comes round each minute until it is known what became of everybody."""


Act = SignsUp | Join | Armed | Sent


@dataclass
class Evening:
    """A rehearsal in which somebody at one phone texts and reads; and what of that a transcript of texts doesn't hold.

    `others` are the phones of those who joined besides; `claims` is what became of the alert's recipients.
    """

    house: Rehearsal
    phone: str
    language: str
    others: list[str] = field(default_factory=list)
    lines: list[Json] = field(default_factory=list)
    pages: list[str] = field(default_factory=list)
    audience: int = 0
    claims: Mapping[ClaimState, int] = field(default_factory=dict)

    def play(self, act: Act) -> None:
        """Let it happen. Raises ValueError when it can't."""
        match act:
            case SignsUp():
                self._signs_up()
            case Join(others):
                self._join(others)
            case Armed():
                self._armed()
            case Sent():
                self._sent()

    def texts(self, phone: str, word: str) -> None:
        """Have a phone text us, and let the answer arrive."""
        self.house.world.text_in(phone, self.house.runtime.config.numbers[0], word)
        self.house.world.advance(SECONDS)

    def did(self, who: str, text: str) -> None:
        """Keep a line of the story."""
        self.lines.append({"at": self.house.clock.seconds, "who": who, "kind": "happened", "text": text})

    # Strictly private.

    def _signs_up(self) -> None:
        browser = Correspondence(self.house, self.language)
        page = browser.opened(f"{self.house.public_url}/c/{self.house.slug}/texts?lang={self.language}")
        self.did(self.phone, "types their number into the form for texts, and ticks the box")
        try:
            form = page.form("phone")
            filled = {**form.sends, "phone": self.phone, "consent": form.choice("consent", "")}
        except NoSuchForm as missing:
            raise ValueError(str(missing)) from missing
        browser.opened(urljoin(page.url, form.action), filled)
        self.pages += browser.read
        self.house.world.advance(SECONDS)

    def _join(self, others: int) -> None:
        for nth in range(others):
            phone = f"+1303555013{nth}"
            self.house.world.add(Supporter(phone, (), name=f"Neighbor {nth + 1}"))
            self.others.append(phone)
            for word in ("FAMILIES", "YES"):
                self.texts(phone, word)
        self.did(f"{others} others", "have joined by a keyword and YES")

    def _armed(self) -> None:
        self.house.world.advance(AWAKE)
        shelf, now = self.house.runtime.broadcasts, self.house.clock.now()
        self.audience = self.house.runtime.roll.count(self.house.slug, now)
        draft = Broadcast(
            id=ALERT_ID, audience=self.audience, segments=longest(ALERT), not_after=now + GOOD_FOR,
            campaign=self.house.slug, words=ALERT, sender=self.house.runtime.config.text_sender.name,
            made_by=PERSON, made_at=now, counted_at=now,
        )  # fmt: skip
        made = shelf.make(draft)
        ready, problem = armed(made, self.audience, PERSON, now)
        if problem is not None:
            raise ValueError(f"the alert was not armed: {problem.value}")
        shelf.move(made, ready)
        self.did(PERSON, f"arms an alert, and types how many people get it: {self.audience}")
        self.house.play_broadcasts()

    def _sent(self) -> None:
        for _ in range(MOST_MINUTES):
            self.house.world.advance(A_MINUTE)
            self.house.play_broadcasts()
            self.house.world.run_until_idle()
            found = self.house.runtime.broadcasts.broadcast(ALERT_ID)
            if found is not None and found.stage is Stage.DONE:
                self.claims = self.house.runtime.claims.by_state(ALERT_ID)
                return
        raise ValueError(f"the alert was not done within {MOST_MINUTES} minutes")
