"""Subscribers who come, are held, stop and are texted alerts, while somebody writes down who does what."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import timedelta

from chalicelib.domain.broadcast import Broadcast, armed
from chalicelib.domain.broadcast_pacing import TEN_DLC
from chalicelib.domain.inbound_texts import Keyword
from chalicelib.domain.programme import version_of
from chalicelib.domain.words import Language, Words
from chalicelib.views.texting import disclosure
from chalicelib.views.visits import SEE_OTHER
from dev.phone_world.faults import CreateFault, Plan
from dev.phone_world.keywords import LONG_CODE
from dev.phone_world.people import Supporter, TextFate
from tests.infra.watching import Seen, Watch
from tests.rehearsal import ANA, SLUG, Rehearsal, campaign, rehearsing, texts_of

DAY = 24 * 3600
ID = "broadcast-of-tests-1"
NEIGHBORS = tuple(f"+1404555{last:04}" for last in range(101, 105))
WORDS = Words(
    "Neighbors for Families: Call today. STOP to cancel.", "Vecinos: Llame hoy. ALTO para cancelar."
)


@dataclass
class Crowd:
    """Some neighbors with phones, and a person who sends them alerts from the command line."""

    rehearsal: Rehearsal
    watch: Watch
    broadcasts: list[Broadcast] = field(default_factory=list)

    def texts(self, *words: str, phone: str = ANA) -> None:
        """Have a number text us these words, one after the other."""
        for word in words:
            self.rehearsal.text_us(word, phone)

    def join(self) -> None:
        """Have every neighbor join."""
        for number in NEIGHBORS:
            self.texts("FAMILIES", "YES", phone=number)

    def sign_up(self) -> None:
        """Send the page's form, and let the phone be asked."""
        asked = self.rehearsal.runtime.campaign(SLUG)
        assert asked is not None
        typed = {"phone": ANA, "consent": version_of(disclosure(asked, Language.EN))}
        assert self.rehearsal.post_page(f"/c/{SLUG}/texts?lang=en", typed)[0] == SEE_OTHER
        self.rehearsal.world.advance(5)

    def alert(self) -> None:
        """Arm a broadcast to everybody, by a sender with a budget of the day."""
        self.watch.through("a person at the command line", self._arm)()

    def _arm(self) -> None:
        r = self.rehearsal.runtime
        now = r.now()
        draft = Broadcast(
            id=ID, audience=len(NEIGHBORS), segments=1, not_after=now + timedelta(days=1), campaign=SLUG,
            words=WORDS, sender=TEN_DLC[3].name, made_by="test", made_at=now, counted_at=now,
        )  # fmt: skip
        made = r.broadcasts.make(draft)
        r.broadcasts.move(made, armed(made, made.audience, "test", now)[0])

    def play(self, minutes: int) -> None:
        """Let the schedule come round so many times."""
        for _ in range(minutes):
            self.rehearsal.play_broadcasts()
            self.rehearsal.world.advance(60)
            self.rehearsal.world.run_until_idle()


def in_and_out(crowd: Crowd) -> None:
    crowd.texts("FAMILIES", "YES", "HELP", "CALL", "LETTER", "78701", "STOP", "STOP")


def held_and_back(crowd: Crowd) -> None:
    crowd.texts("FAMILIAS", "SI", "STOP ICE", "FAMILIAS", "ALTO", "INICIAR")


def asked_and_never_answered(crowd: Crowd) -> None:
    crowd.texts("FAMILIES")
    crowd.rehearsal.world.advance(1.1 * DAY)
    crowd.rehearsal.play_broadcasts()


def alerted(crowd: Crowd) -> None:
    crowd.join()
    crowd.alert()
    crowd.play(4)


def stopped_in_between(crowd: Crowd) -> None:
    crowd.join()
    crowd.alert()
    crowd.texts("STOP", phone=NEIGHBORS[0])
    crowd.texts("STOP ICE", phone=NEIGHBORS[1])
    crowd.play(4)


def stopped_at_twilio(crowd: Crowd) -> None:
    crowd.join()
    crowd.alert()
    crowd.rehearsal.world.next_creates.append(CreateFault.refused(21610))
    crowd.play(4)


def throttled(crowd: Crowd) -> None:
    crowd.join()
    crowd.alert()
    crowd.rehearsal.world.next_creates.append(CreateFault.throttled())
    crowd.play(6)


def no_such_handset(crowd: Crowd) -> None:
    crowd.join()
    crowd.rehearsal.world.add(
        Supporter(NEIGHBORS[0], texts=(TextFate(), TextFate(), TextFate("undelivered", 30006)))
    )
    crowd.alert()
    crowd.play(4)


def unanswered_and_untold(crowd: Crowd) -> None:
    crowd.join()
    crowd.alert()
    crowd.rehearsal.world.next_creates.extend([CreateFault.reset(), CreateFault.unreachable()])
    crowd.rehearsal.world.next_plans.extend([Plan.lost()] * 8)
    crowd.play(45)


def unanswered_and_undeliverable(crowd: Crowd) -> None:
    crowd.join()
    gone = (TextFate(), TextFate(), TextFate("undelivered", 30006))
    crowd.rehearsal.world.add(*(Supporter(number, texts=gone) for number in NEIGHBORS))
    crowd.alert()
    crowd.rehearsal.world.next_creates.append(CreateFault.reset())
    crowd.rehearsal.world.next_plans.extend([Plan.lost()] * 16)
    crowd.play(30)


def signed_up(crowd: Crowd) -> None:
    crowd.sign_up()
    crowd.texts("YES")


def signed_up_and_stopped_at_twilio(crowd: Crowd) -> None:
    """A subscriber of another programme: Twilio's stop ends that one, too."""
    now = crowd.rehearsal.clock.now()
    word = (Keyword("SHELTERS", "shelters", Language.EN),)
    other = campaign(now.date(), slug="shelters")
    other = replace(other, texts=replace(texts_of("shelters"), keywords=word))
    crowd.watch.through("a person at the command line", crowd.rehearsal.runtime.catalog.apply)(other, now)
    crowd.texts("SHELTERS", "YES")
    crowd.rehearsal.world.next_creates.append(CreateFault.refused(21610))
    crowd.sign_up()


TEXT_STORIES: tuple[Callable[[Crowd], None], ...] = (
    in_and_out,
    held_and_back,
    asked_and_never_answered,
    alerted,
    stopped_in_between,
    stopped_at_twilio,
    throttled,
    no_such_handset,
    unanswered_and_untold,
    unanswered_and_undeliverable,
    signed_up,
    signed_up_and_stopped_at_twilio,
)


def texted(seen: Seen, story: Callable[[Crowd], None]) -> Crowd:
    """Play one of the stories, where every word reaches us: Twilio answers none of them itself."""
    with rehearsing(offices=1) as rehearsal:
        rehearsal.world.rules.keywords = LONG_CODE.without("YES", "STOP", "START", "HELP", "UNSTOP")
        crowd = Crowd(rehearsal, Watch(rehearsal, seen))
        story(crowd)
        return crowd
