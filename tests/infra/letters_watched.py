"""Letters that are written, sent, refused, bounced and forgotten, while somebody writes down who does what."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace

from chalicelib.domain.counts import LetterAnswer
from chalicelib.domain.letter import Letter
from chalicelib.domain.words import Language
from chalicelib.domain.writing import Draft
from chalicelib.views import writing as roads
from dev.mail_world import Bounce, Complaint, Delivered, EventPlan, SenderTrouble, SendFault
from tests.infra.watching import Seen, Watch
from tests.rehearsal import MAILBOXES, SLUG, Rehearsal, rehearsing

OFFICE = "ero-atl"
MAILBOX = MAILBOXES[OFFICE]
ANA, LUIS = "ana@people.example", "luis@people.example"
DAY = 24 * 3600


@dataclass
class Writer:
    """Ana, at her desk: what she does goes through the API's function."""

    rehearsal: Rehearsal
    watch: Watch
    letter_id: str = ""

    def begin(self, writer: str = ANA, meanwhile: Callable[[], None] = lambda: None) -> None:
        """Write a letter to the office in Atlanta, and have its link mailed."""
        draft = Draft("Ana", writer, "", OFFICE, "Please let my neighbors stay together.", Language.EN)
        sent = self.watch.through("APIHandler", roads.begin)(SLUG, draft, "192.0.2.1")
        self.letter_id = roads.opened(sent).letters[0].id
        meanwhile()
        self.rehearsal.play()

    def press(
        self, link: str, act: Callable[[roads.Opened], None], meanwhile: Callable[[], None] = lambda: None
    ) -> None:
        """Follow a link of the last mail and press its button."""
        token = getattr(roads.links(self.letter, self.rehearsal.clock.now()), link).rpartition("/")[2]
        self.watch.through("APIHandler", lambda: act(roads.opened(token)))()
        meanwhile()
        self.rehearsal.play()

    def confirm(self) -> None:
        """Press "Yes, send it"."""
        self.press("confirm", roads.confirm)

    def play(self, days: float = 0.5) -> None:
        """Let days go by, a day and a half at a time: at a full hour the schedule sees what fell due in two."""
        while days > 0:
            now = self.rehearsal.clock.now()
            past = now.minute * 60 + now.second + now.microsecond / 10**6
            self.rehearsal.world.advance(min(days, 1.5) * DAY - past)
            self.rehearsal.post_letters()
            self.rehearsal.world.run_until_idle()
            days -= 1.5

    def while_ses_is_paused(self) -> None:
        """Let a minute go by in which SES sends nothing of ours."""
        self.rehearsal.mails.sender = SenderTrouble.PAUSED
        self.rehearsal.world.advance(60)
        self.rehearsal.mails.sender = None

    def wake_mailboxes(self) -> None:
        """Let the office's mailboxes take letters again."""
        letters = self.rehearsal.runtime.letters
        for key in letters.resting(OFFICE):
            letters.wake(OFFICE, key)

    @property
    def letter(self) -> Letter:
        """The letter as it is."""
        found = self.rehearsal.runtime.letters.letter(self.letter_id, self.rehearsal.clock.now())
        assert found is not None
        return found


@contextmanager
def writing(seen: Seen) -> Iterator[Writer]:
    """A rehearsal with one office, and somebody who writes to it."""
    with rehearsing(offices=1) as rehearsal:
        yield Writer(rehearsal, Watch(rehearsal, seen))


def delivered_and_answered(writer: Writer) -> None:
    writer.begin()
    writer.confirm()
    writer.press("answer", lambda opened: roads.answer(opened, LetterAnswer.PERSON))


def deleted_at_once(writer: Writer) -> None:
    writer.begin()
    writer.press("confirm", roads.take_back)


def confirmed_too_late(writer: Writer) -> None:
    writer.begin()
    writer.rehearsal.world.advance(6.9 * DAY)
    token = roads.links(writer.letter, writer.rehearsal.clock.now()).confirm.rpartition("/")[2]
    opened = roads.opened(token)
    writer.rehearsal.world.advance(0.2 * DAY)
    writer.watch.through("APIHandler", roads.confirm)(opened)


def reminded_and_never_confirmed(writer: Writer) -> None:
    writer.begin()
    writer.play(days=8)


def bounced_late(writer: Writer) -> None:
    writer.rehearsal.mails.next_to(MAILBOX, Delivered(), Bounce(after=600))
    writer.begin()
    writer.confirm()
    writer.play()


def complained_about(writer: Writer) -> None:
    writer.rehearsal.mails.next_to(MAILBOX, Delivered(), Complaint())
    writer.begin()
    writer.confirm()
    writer.play()


def refused(writer: Writer) -> None:
    writer.begin()
    sandbox = replace(writer.rehearsal.mails.rules, production=False)
    writer.rehearsal.mails.rules = sandbox
    writer.confirm()


def gone_to_a_mailbox_that_rests(writer: Writer) -> None:
    writer.rehearsal.mails.next_to(MAILBOX, Bounce())
    writer.begin()
    writer.confirm()
    writer.begin(LUIS)
    writer.confirm()
    writer.watch.through("a person at the command line", writer.wake_mailboxes)()
    writer.play()


def refused_with_its_sender(writer: Writer) -> None:
    writer.begin(meanwhile=writer.while_ses_is_paused)
    writer.press("confirm", roads.confirm, meanwhile=writer.while_ses_is_paused)
    writer.play()


def unanswered_and_untold(writer: Writer) -> None:
    writer.begin()
    writer.rehearsal.mails.next_sends.append(SendFault.reset())
    writer.rehearsal.mails.next_plans.extend([EventPlan(())] * 4)
    writer.confirm()
    writer.play(days=1)


def wanted_no_more(writer: Writer) -> None:
    writer.begin()
    writer.press("unsubscribe", roads.unsubscribe)
    writer.press("confirm", roads.resend)


LETTER_STORIES = (
    delivered_and_answered,
    deleted_at_once,
    confirmed_too_late,
    reminded_and_never_confirmed,
    bounced_late,
    complained_about,
    refused,
    gone_to_a_mailbox_that_rests,
    refused_with_its_sender,
    unanswered_and_untold,
    wanted_no_more,
)
