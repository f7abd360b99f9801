"""What the tests of mails share: one of each, as it is written and as it is received."""

import re
from dataclasses import replace
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import SMTP
from html.parser import HTMLParser
from itertools import product

from chalicelib.adapters.mime import Outgoing, mime
from chalicelib.domain.letter import Content, Letter, Reason, State
from chalicelib.domain.letter_events import MailKind
from chalicelib.domain.words import Language
from chalicelib.views import mails
from chalicelib.views.writing import Links
from tests.domain.letter_space import CONTENT, letter
from tests.values import ATLANTA, WASHINGTON, campaign

SITE = "https://letters.example.org/letters/"
LINKS = Links(*(f"{SITE}{purpose}.1.mac" for purpose in ("confirm", "follow", "answer", "unsubscribe")))
SENDER = "letters@mail.example.org"
BY_POST = replace(ATLANTA, address="180 Example Street, Atlanta", web_form="https://office.example/form")
PLACES = campaign(offices=(BY_POST, WASHINGTON))

RECEIPTS: dict[str, Letter] = {
    "delivered": letter(State.DELIVERED),
    "bounced": letter(State.BOUNCED_HARD),
    "bounced for now": letter(State.BOUNCED_SOFT),
    "complained": letter(State.COMPLAINED),
    "suppressed": letter(State.SUPPRESSED, reason=Reason.OFFICE_SUPPRESSED),
    "rejected": letter(State.REJECTED, reason=Reason.REFUSED),
    "duplicate": letter(State.DUPLICATE),
    "denied": letter(State.FAILED, reason=Reason.DENIED),
    "ended": letter(State.CANCELLED, reason=Reason.CAMPAIGN_ENDED),
    "rested": letter(State.CANCELLED, reason=Reason.OFFICE_PAUSED),
    "not_sent": letter(State.FAILED),
}
"""Each receipt by the letter it is about."""
LOST = [name for name in RECEIPTS if name not in {"delivered", "duplicate"}]
WAITING = letter(State.AWAITING_CONFIRM)
OTHERS: dict[str, tuple[MailKind, tuple[Letter, ...]]] = {
    "confirm": (MailKind.CONFIRM, (WAITING,)),
    "confirm again": (MailKind.CONFIRM, (replace(WAITING, links=2),)),
    "confirm for two": (MailKind.CONFIRM, (WAITING, replace(WAITING, office="ero-was"))),
    "reminder": (MailKind.REMINDER, (WAITING,)),
    "again": (MailKind.AGAIN, (letter(State.QUEUED),)),
    "question": (MailKind.QUESTION, (letter(State.DELIVERED),)),
}
KINDS = {name: (MailKind.RECEIPT, (about,)) for name, about in RECEIPTS.items()} | OTHERS
EVERY = list(product(KINDS, Language))


def written(name: str, language: Language, content: Content = CONTENT) -> Outgoing:
    kind, letters = KINDS[name]
    spoken = tuple(replace(each, language=language, content=content) for each in letters)
    return mails.to_writer(kind, spoken, PLACES, LINKS)


def to_office(language: Language, content: Content = CONTENT) -> Outgoing:
    return mails.to_office(letter(State.LEASED, language=language, content=content), PLACES)


def received(mail: Outgoing) -> EmailMessage:
    message = message_from_bytes(mime(mail, SENDER), policy=SMTP)
    assert isinstance(message, EmailMessage)
    return message


class Shown(HTMLParser):
    """What a reader of the HTML sees, and where its links lead."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.text, self.links, self.tags = "", list[str](), set[str]()
        self._hidden = False
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.links += [str(value) for name, value in attrs if name in {"href", "src", "action", "background"}]
        self._hidden = tag in {"style", "title"}
        self.text += "\n" if tag in {"p", "br", "h1", "h2", "hr"} else ""

    def handle_endtag(self, tag: str) -> None:
        self._hidden = False

    def handle_data(self, data: str) -> None:
        self.text += "" if self._hidden else data


def urls(text: str) -> set[str]:
    return set(re.findall(r"https?://\S+", text))


def flat(text: str) -> str:
    return " ".join(text.split())
