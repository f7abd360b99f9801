"""The letter of `make e2e`: written through the API gateway, confirmed by its mail's link, delivered, counted.

Promises that nothing is confirmed by looking, that the office gets one copy, and that the way of what SES tells is the
deployed one from the topic on: SNS, its subscription, the queue, Lambda. SES itself is the mail world.
"""

import re
import urllib.parse
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field

from dev import aws, environment, inboxes
from dev.deployed_app import Deployed, Failed, wait
from dev.mail_world import MailWorldServer

WRITER, NAME = "ana@people.example", "Ana Sample"
WORDS = "Please let my neighbors stay together while their case is heard."
LETTER_SECONDS = 60.0
NOT_PLAYED = (
    "SES: the local AWS keeps set, identity and destination and reports nothing; the mail world stands in for it",
    "who may do what: the local AWS enforces no role, no policy of queue or topic, and no key",
)


@contextmanager
def mail_world() -> Iterator[MailWorldServer]:
    """Keep a mail world on a free port, with every office's mailbox."""
    server = MailWorldServer(port=0, furnish=lambda world: world.add(*inboxes.offices()))
    server.start()
    try:
        yield server
    finally:
        server.stop()


def connect(mails: MailWorldServer, deployed: Deployed) -> None:
    """Let the mail world send for the deployed sender, and publish to the deployed topic."""
    topic = deployed.outputs["MailEventsTopicArn"]
    sns = aws.client("sns", deployed.endpoint)

    def publish(bodies: Sequence[str]) -> None:
        for body in bodies:
            sns.publish(TopicArn=topic, Message=body)

    with mails.pace.lock:
        mails.world.verify(environment.MAIL_DOMAIN)
        mails.world.set_up(deployed.outputs["MailSetName"], topic)
        mails.world.subscribe(topic, publish)


@dataclass
class Letter:
    """One letter, played step by step; each step returns once the deployed app has done its part."""

    deployed: Deployed
    mails: MailWorldServer
    campaign: str
    office: str
    token: str = field(default="", repr=False)

    def write(self) -> None:
        """Begin it, and wait for the mail with its link."""
        letter = {"name": NAME, "email": WRITER, "office": self.office, "body": WORDS, "language": "en"}
        self.deployed.ask(f"/api/campaigns/{self.campaign}/letters", letter)
        wait(lambda: bool(self._links()), LETTER_SECONDS, lambda: "no mail with a link has come")

    def look(self) -> None:
        """Follow every link, as a scanner does. Raises Failed if anything is sent of it."""
        for link in self._links():
            self._open(link)
        if self._copies():
            raise Failed("the office got a letter that nobody confirmed")

    def confirm(self) -> None:
        """Press "Yes, send it" behind the link; twice, as people do."""
        for _ in range(2):
            self.token = self._open(self._links()[0], do="confirm").rpartition("/")[2].partition("?")[0]

    def arrive(self) -> None:
        """Wait until its page says delivered. Raises Failed unless the office got it once, and a receipt came."""
        seen: list[str] = []

        def is_there() -> bool:
            letters = self.deployed.ask(f"/api/letters/{self.token}").get("letters", [])
            seen[:] = [letter["state"] for letter in letters]
            return seen == ["delivered"]

        wait(is_there, LETTER_SECONDS, lambda: f"the letter is {seen}")
        if self._copies() != 1:
            raise Failed(f"the office got {self._copies()} copies")
        wait(lambda: self._mails() > 1, LETTER_SECONDS, lambda: "no receipt has come")

    def complaints(self) -> list[str]:
        """What the app asked that SES would not know."""
        with self.mails.pace.lock:
            return list(self.mails.world.complaints)

    def _links(self) -> list[str]:
        with self.mails.pace.lock:
            texts = [mail.text for mail in self.mails.world.letters_in(WRITER)]
        return [link for text in texts[:1] for link in re.findall(rf"{self.deployed.url}/letters/\S+", text)]

    def _mails(self) -> int:
        with self.mails.pace.lock:
            return len(self.mails.world.letters_in(WRITER))

    def _copies(self) -> int:
        with self.mails.pace.lock:
            return sum(map(len, self.mails.world.ledger("letter").values()))

    def _open(self, link: str, **form: str) -> str:
        body = urllib.parse.urlencode(form).encode() if form else None
        with urllib.request.urlopen(urllib.request.Request(link, body), timeout=30) as answer:
            return str(answer.geturl())
