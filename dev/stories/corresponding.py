"""Plays tales of letters: the real app and the mail world in this process, on a virtual clock: weeks pass at once.

Promises that people do what a browser without a script can, and that links come out of the mails in their mailboxes;
that SES's side is judged by the mail world's own ledger, and counts by the table. Refuses to know how a page looks.
"""

import html
import logging
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import Any
from urllib.parse import urlencode, urljoin

from chalicelib.domain.campaign import Campaign
from chalicelib.domain.counts import Action
from chalicelib.domain.letter import Letter
from chalicelib.domain.office import Mailbox as OfficeMailbox
from chalicelib.domain.office import Office
from chalicelib.observability import SERVICE
from dev.mail_world import Accepted
from dev.mail_world import Mailbox as Inbox
from dev.rehearsing import Rehearsal
from dev.stories.forms import NoSuchForm, Page, read
from dev.stories.judging import Json, Played, Telling, differs, unread
from dev.stories.letters import (
    WORDS,
    Answers,
    Confirms,
    LetterTale,
    Looks,
    QuotaLeaves,
    Scanned,
    Unsubscribes,
    Waits,
    Writes,
)

FORM = {"Content-Type": "application/x-www-form-urlencoded"}
SEE_OTHER = 303
HOUR = 3600.0
ID_LENGTH = 32
"""Characters of a letter's id."""
ALARM, FAULT = "a letter needs a person", "SES refuses the sender"
"""What the app writes in its log where somebody is to be told."""


def lettered(asked: Campaign, offices: int, an_hour: int | None = None) -> Campaign:
    """Return the campaign with letters to its first offices, each with a mailbox that somebody verified today."""
    seen = asked.offices[0].lines[0].verified_on
    first = tuple(
        replace(office, mailboxes=(OfficeMailbox(f"{office.id}@office.example", seen, "story", "story"),))
        for office in asked.offices[:offices]
    )
    to = tuple(office.id for office in first)
    letter = replace(asked.letter, offices=to, is_local=False, an_hour=an_hour or asked.letter.an_hour)
    return replace(asked, offices=(*first, *asked.offices[offices:]), letter=letter)


@dataclass
class Correspondence:
    """A rehearsal as somebody who writes letters has it: pages, a mailbox, and time that passes."""

    house: Rehearsal
    language: str
    read: list[str] = field(default_factory=list)
    lines: list[Json] = field(default_factory=list)
    known: int = 0

    def address(self, name: str) -> str:
        """Somebody's own address."""
        return f"{name.lower()}@people.example"

    def did(self, who: str, text: str) -> None:
        """Keep a line of the story."""
        self.lines.append({"at": self.house.clock.seconds, "who": who, "kind": "happened", "text": text})

    # Pages.

    def opened(self, url: str, fields: Mapping[str, str] | None = None) -> Page:
        """Open an address or send a form there, follow where that leads, and read the page."""
        path = url.removeprefix(self.house.public_url)
        headers = {"Accept-Language": self.language}
        if fields is None:
            status, back, made = self.house.get(path, **headers)
        else:
            status, back, made = self.house.ask("POST", path, FORM | headers, urlencode(fields).encode())
        if status == SEE_OTHER:
            return self.opened(urljoin(url, back["location"]))
        page = read(url, made.decode())
        self.read.append(page.text)
        return page

    def pressed(self, page: Page, does: str, **more: str) -> Page:
        """Press the button that does this on a page."""
        form = page.form_that(does)
        return self.opened(urljoin(page.url, form.action), {**form.sends, **more})

    # The mailbox.

    def mails(self, name: str) -> list[Accepted]:
        """What lies in somebody's mailbox, the newest first."""
        return self.house.mails.letters_in(self.address(name))[::-1]

    def links(self, mail: Accepted) -> list[str]:
        """Every address of ours in a mail: in its text, its HTML and its headers."""
        texts = (mail.text, html.unescape(mail.html), mail.header("List-Unsubscribe"))
        ours = re.compile(re.escape(self.house.public_url) + r"/[A-Za-z0-9._~/?=&%-]+")
        return list(dict.fromkeys(link.rstrip(".") for text in texts for link in ours.findall(text)))

    def page_that(self, name: str, does: str) -> Page:
        """The page behind somebody's newest link that does this. Opening the others does nothing. Raises NoSuchForm."""
        for mail in self.mails(name):
            for link in self.links(mail):
                page = self._quietly(link)
                if any(form.sends.get("do") == does for form in page.forms):
                    self.read.append(page.text)
                    return page
        raise NoSuchForm(f"no link to a page that does {does} in the mails of {name}")

    def arrive(self) -> None:
        """Let everything happen that is under way, and read the new mails."""
        self.house.world.run_until_idle()
        accepted = self.house.mails.accepted
        for mail in accepted[self.known :]:
            self.lines.append(
                {"at": mail.at, "who": mail.to[0], "kind": "said", "text": f"gets “{mail.subject}”"}
            )
            self.read.append(f"{mail.subject} {' '.join(mail.text.split())}")
        self.known = len(accepted)

    def wait(self, hours: float) -> None:
        """Let time pass, the letters' schedule coming round each half hour, and each minute of the first half."""
        until = self.house.clock.seconds + hours * HOUR
        soon = self.house.clock.seconds + HOUR / 2
        while (left := until - self.house.clock.seconds) > 0:
            step = 60.0 if self.house.clock.seconds < soon else HOUR / 2
            self.house.world.advance(min(step, left))
            self.house.post_letters()
        self.arrive()

    def _quietly(self, link: str) -> Page:
        known = len(self.read)
        page = self.opened(link)
        del self.read[known:]
        return page


# What people do.


def act(told: Correspondence, what: Any) -> None:
    """Let somebody do something, and let come of it what comes."""
    ACTS[type(what)](told, what)
    told.arrive()


def _writes(told: Correspondence, what: Writes) -> None:
    house = told.house
    page = told.opened(f"{house.public_url}/c/{house.slug}/letter?lang={told.language}")
    form = page.form("email")
    typed = {"name": f"{what.by} Writer", "email": told.address(what.by), "body": WORDS[what.by]}
    checked = told.opened(urljoin(page.url, form.action), {**form.sends, **typed})
    told.did(what.by, "writes a letter on the page and reads it through")
    for _ in range(what.taps):
        told.did(what.by, "taps “Email me the link”")
        told.pressed(checked, "send")


def _confirms(told: Correspondence, what: Confirms) -> None:
    page = told.page_that(what.by, "confirm")
    for _ in range(what.presses):
        told.did(what.by, "presses “Yes, send it”")
        told.pressed(page, "confirm")


def _scanned(told: Correspondence, what: Scanned) -> None:
    links = [link for mail in told.mails(what.by) for link in told.links(mail)]
    told.did("A scanner", f"opens all {len(links)} links in the mail, by GET and by HEAD")
    for link in links:
        told.opened(link)
        told.house.ask("HEAD", link.removeprefix(told.house.public_url), {}, b"")


def _unsubscribes(told: Correspondence, what: Unsubscribes) -> None:
    told.did(what.by, "presses “no more email from us”")
    told.pressed(told.page_that(what.by, "unsubscribe"), "unsubscribe")


def _looks(told: Correspondence, what: Looks) -> None:
    """The first link of the newest mail is the one it is about."""
    told.did(what.by, "opens the letter’s page")
    told.opened(told.links(told.mails(what.by)[0])[0])


def _answers(told: Correspondence, what: Answers) -> None:
    told.did(what.by, f"says: {what.answer.replace('_', ' ')}")
    told.pressed(told.page_that(what.by, "answer"), "answer", answer=what.answer)


def _waits(told: Correspondence, what: Waits) -> None:
    told.wait(what.hours)


def _quota(told: Correspondence, what: QuotaLeaves) -> None:
    """Used up by others, at this moment: 24 hours later it is all there again."""
    mails, now = told.house.mails, told.house.clock.seconds
    others = int(mails.rules.max_24_hour_send) - mails.meter.sent_in_24_hours(now) - what.mails
    mails.meter.sent.append((now, others))
    told.did(
        "SES",
        f"has {what.mails} mails left of the day’s {mails.rules.max_24_hour_send:,.0f}: others sent the rest",
    )


ACTS: dict[type, Callable[[Correspondence, Any], None]] = {
    Writes: _writes, Confirms: _confirms, Scanned: _scanned, Unsubscribes: _unsubscribes, Looks: _looks,
    Answers: _answers, Waits: _waits, QuotaLeaves: _quota,
}  # fmt: skip


# Judging.


def told(tale: LetterTale, house: Rehearsal) -> Telling:
    """Let everybody do what the tale says, and judge."""
    first, *_ = _offices(house)
    house.mails.add(Inbox(first.mailboxes[0].address, first=tale.office, name=first.place.en))
    told = Correspondence(house, tale.language)
    with alarms() as heard:
        try:
            for what in tale.acts:
                act(told, what)
        except NoSuchForm as missing:
            raise ValueError(str(missing)) from missing
    differences = tuple(unlike(tale, told, heard))
    return Telling(
        tale, played(tale, told), _names(tale, house), differences,
        asides=tuple(_asides(tale.alarms)), facts=tuple(_facts(told)),
    )  # fmt: skip


def unlike(tale: LetterTale, told: Correspondence, heard: list[str]) -> Iterator[str]:
    """Yield what differs from how it must end."""
    house = told.house
    letters = written(house)
    yield from differs("the letters ended as", tale.ends, tuple(each.state.value for each in letters))
    yield from differs("the ledger has", tale.counted, counted(house))
    got = tuple(mail.tag("mail") for mail in told.mails(tale.name)[::-1])
    yield from differs(f"{tale.name} got", tale.mails, got)
    copies = {value: len(sent) for value, sent in house.mails.ledger("letter").items()}
    yield from differs("SES took for offices", tale.copies, sum(copies.values()))
    yield from differs("letters that were sent twice:", 0, sum(many > 1 for many in copies.values()))
    yield from differs("a person heard", tale.alarms, tuple(dict.fromkeys(heard)))
    if tale.words_are_gone:
        yield from differs(
            "letters whose words are kept:", 0, sum(each.content is not None for each in letters)
        )
    yield from unread(tale.reads, " ".join(told.read))
    yield from differs("dead messages:", [], [*house.letters.dead, *house.events.dead])
    yield from differs("ledger and tally differ by", 0, house.difference())
    yield from differs("wrong SES asked", [], house.mails.complaints)


def written(house: Rehearsal) -> list[Letter]:
    """All letters with their words, in the order in which they were begun; of one moment, in the campaign's order."""
    order = [office.id for office in _offices(house)]
    ids = [each.id for each in house.runtime.letters.all(house.clock.now())]
    found = [each for one in ids if (each := house.runtime.letters.letter(one, house.clock.now()))]
    return sorted(found, key=lambda each: (each.created_at, order.index(each.office)))


def counted(house: Rehearsal) -> tuple[str, ...]:
    """What the ledger says of letters, one letter after the other, each in the order of what happened to it."""
    order = {letter.id: nth for nth, letter in enumerate(written(house))}
    actions = sorted(house.runtime.store.actions(), key=lambda each: (order[_letter(each)], each.at, each.id))
    return tuple(each.outcome.value for each in actions)


def _letter(action: Action) -> str:
    """The letter an action is of: its id begins with the letter's."""
    return action.id[:ID_LENGTH]


class Alarms(logging.Handler):
    """Hears what the app says to a person on our side."""

    def __init__(self) -> None:
        super().__init__(logging.INFO)
        self.heard: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        """Keep the reason."""
        if record.getMessage() in {ALARM, FAULT}:
            self.heard.append(str(getattr(record, "why", "")))


@contextmanager
def alarms() -> Iterator[list[str]]:
    """Listen to what the app says to a person on our side."""
    heard = Alarms()
    logger = logging.getLogger(SERVICE)
    logger.addHandler(heard)
    try:
        yield heard.heard
    finally:
        logger.removeHandler(heard)


# Telling.


def played(tale: LetterTale, told: Correspondence) -> Played:
    """Return what there is to tell: everybody's acts, every mail, and what became of those to offices."""
    house = told.house
    fates = [
        {"at": at, "who": copy.recipient, "kind": "happened", "text": f"{fate.value} {note}".strip()}
        for mail in house.mails.accepted
        if mail.tag("letter")
        for copy in mail.copies
        for at, fate, note in copy.history
    ]
    lines = sorted([*told.lines, *fates], key=lambda line: line["at"])
    ends = {"state": ", ".join(each.state.value for each in written(house))}
    return Played(tale.name, ends, 0, counted(house), (), lines, " ".join(told.read))


def _offices(house: Rehearsal) -> tuple[Office, ...]:
    campaign = house.runtime.campaign(house.slug)
    assert campaign is not None
    return tuple(office for office in campaign.offices if office.id in campaign.letter.offices)


def _names(tale: LetterTale, house: Rehearsal) -> dict[str, str]:
    """Who is at each address."""
    people = {f"{name.lower()}@people.example": name for name in WORDS}
    boxes = {box.address: office.place.en for office in _offices(house) for box in office.mailboxes}
    return people | boxes | {tale.name: tale.name}


def _asides(heard: Iterable[str]) -> Iterator[str]:
    for why in heard:
        yield f"A person on our side hears: {why.replace('_', ' ')}."


def _facts(told: Correspondence) -> Iterator[str]:
    house = told.house
    letters = written(house)
    doubles = sum(len(sent) > 1 for sent in house.mails.ledger("letter").values())
    yield (
        f"letters={len(letters)} double={doubles} ledger={len(counted(house))} "
        f"tally={house.letter_tally().tally} difference={house.difference()}"
    )
