"""The canary in a letter: its name, its address and its words stand where the letter is, and nowhere else; so do links.

Her name is in all three, so that one search finds each. They may stand in the item of the letter's words, in the mails
themselves, and on the pages of who wrote them: the form that comes back, and what a mailed link opens. A link's token
may stand in a mail, and in the address that it opens.
"""

import html
import json
import logging
from collections.abc import Callable, Mapping
from dataclasses import replace
from urllib.parse import urlencode

import pytest

from chalicelib.adapters import keys
from chalicelib.adapters.table import keyed, wire
from chalicelib.runtime import Runtime, install
from dev.mail_world import Bounce, Complaint, Delivered, Mailbox, SenderTrouble, SendFault, Throttle
from dev.stories.corresponding import FORM, Correspondence
from tests.rehearsal import MAILBOXES, SLUG, sweep
from tests.stories.canary_house import (
    CANARY,
    NAME,
    CanaryHouse,
    Ears,
    failing,
    finds,
    invalid,
    listening,
    timed_out,
)

EMAIL = "zoraida.canarias@people.example"
BODY = f"I am {NAME}, and I teach two of these children.\nCall me at {CANARY}. <b>{{{{ x }}}}</b>"
TYPED = {"name": NAME, "email": EMAIL, "body": BODY}
WRITTEN = ("/c/", "/letters/")
"""Where pages are that show a letter to who wrote it."""
OFFICE = MAILBOXES["ero-atl"]
JSON = {"Content-Type": "application/json"}
HOUR, DAY = 3600.0, 86_400.0
OPERATIONS = ("GetItem", "PutItem", "BatchGetItem", "TransactWriteItems", "Query", "UpdateItem")


class LetterCanary(CanaryHouse):
    """A canary house in which a letter is written."""

    def __init__(self, built: Runtime, ears: Ears) -> None:
        super().__init__(built, ears, offices=1)
        asked = self.runtime.catalog.campaign(SLUG)
        assert asked is not None
        letter = replace(asked.letter, an_hour=10**6, is_local=False)
        self.runtime.catalog.apply(replace(asked, letter=letter), self.clock.now())
        self.runtime._campaigns.clear()
        self.runtime = replace(self.runtime, config=replace(self.runtime.config, letters_per_address=1000))
        install(self.runtime)
        self.pages = Correspondence(self, "en")
        self.known = 0

    def _asked(
        self, method: str, url: str, headers: Mapping[str, str], body: bytes
    ) -> tuple[int, dict[str, str], bytes]:
        """As any request; her own pages are heard without her own words, and a link's address without its token."""
        self._learn()
        shown = self._without_tokens(url, "address")
        self.ears.hear("our URL", shown)
        odd = {"User-Agent": NAME, "Referer": f"https://example.org/?name={NAME}", "X-Forwarded-For": CANARY}
        status, back, answer = self.asked(method, url, {**odd, **headers}, body)
        self._learn()
        text = f"{status} {back} {answer.decode()}"
        # A token goes back to whoever asked: as where to go, and in the forms of the page that it opened.
        for token in {*self.ears.tokens, *_tokens_in(back.get("location", "")), *_tokens_in(text)}:
            text = text.replace(token, "")
        if url.startswith(WRITTEN):
            for typed in (BODY, NAME, EMAIL):
                for spelled in (html.escape(typed), html.escape(typed, quote=False).replace('"', "&#34;")):
                    text = self.ears.without(text, spelled, "page")
        self.ears.hear("answer", text)
        return status, back, answer

    def _learn(self) -> None:
        """Take note of the tokens in mails that have left, and of what SES was told beside the mail."""
        accepted = self.mails.accepted
        for mail in accepted[self.known :]:
            self.ears.hear("SES tags", (mail.tags, mail.configuration_set))
            self.ears.tokens |= {token for link in self.pages.links(mail) for token in _tokens_in(link)}
        self.known = len(accepted)

    def _without_tokens(self, text: str, place: str) -> str:
        for token in self.ears.tokens:
            text = self.ears.without(text, token, place)
        return text

    # What she does.

    def write(self) -> str:
        """Write a letter on the page and have the link mailed; where that led."""
        page = self.pages.opened(f"{self.public_url}/c/{SLUG}/letter")
        checked = self.pages.opened(f"{self.public_url}/c/{SLUG}/letter", {**TYPED, "do": "check"})
        self.pages.opened(f"{self.public_url}/c/{SLUG}/letter?lang=es", {**TYPED, "do": "print"})
        sent = self.pages.pressed(checked, "send")
        assert not finds(sent.text), "the page after the link says nothing of her"
        assert page.forms
        self.world.run_until_idle()
        return sent.url

    def confirm(self) -> None:
        self.open_all()
        self.pages.pressed(self.pages.page_that("zoraida.canarias", "confirm"), "confirm")
        self.world.run_until_idle()

    def open_all(self) -> None:
        """Open every link in every mail, in both languages."""
        self._learn()
        for mail in self.mails.letters_in(EMAIL):
            for link in self.pages.links(mail):
                for language in ("", "?lang=es"):
                    self.pages.opened(link + language)

    def days(self, *many: float) -> None:
        """Let so many days pass, each time up to a whole hour, at which the schedule reads two days back."""
        for each in many:
            self.world.advance(each * DAY)
            self.world.advance(HOUR - self.clock.now().timestamp() % HOUR)
            self.post_letters()
            self.world.run_until_idle()


def _tokens_in(text: str) -> set[str]:
    found = text.split("/letters/")[1:]
    return {
        part.split("?")[0].split('"')[0].split("'")[0].split(" ")[0].strip() for part in found if "." in part
    }


def whole_life(house: LetterCanary) -> None:
    house.mails.add(Mailbox(OFFICE, first=((Delivered(2), Bounce("Permanent", "General", after=17)),)))
    sent = house.write()
    house.pages.pressed(house.pages.opened(sent), "resend")
    house.confirm()
    house.days(0.1)
    house.open_all()
    assert house.ears.allowed["page"] > 0
    assert house.ears.allowed["letter's words"] > 0


def asked_and_answered(house: LetterCanary) -> None:
    house.write()
    house.confirm()
    house.days(14.5)
    page = house.pages.page_that("zoraida.canarias", "answer")
    house.pages.pressed(page, "answer", answer="answered_by_person")
    house.write()
    house.open_all()


def never_confirmed(house: LetterCanary) -> None:
    house.write()
    house.days(3.1, 4.1)
    house.open_all()


def unsubscribed_and_deleted(house: LetterCanary) -> None:
    house.write()
    house.pages.opened(house.pages.page_that("zoraida.canarias", "confirm").url, {"do": "delete"})
    house.write()
    house.pages.pressed(house.pages.page_that("zoraida.canarias", "unsubscribe"), "unsubscribe")
    house.pages.opened(f"{house.public_url}/c/{SLUG}/letter", {**TYPED, "do": "send"})


def complained(house: LetterCanary) -> None:
    house.mails.add(Mailbox(OFFICE, first=((Delivered(2), Complaint("abuse", after=60)),)))
    house.mails.add(Mailbox(EMAIL, first=((Delivered(2),), (Delivered(2), Complaint("abuse", after=60)))))
    house.write()
    house.confirm()


WRONG = [
    ("name", f"{NAME} <{EMAIL}>"), ("email", f"{NAME}@"), ("email", f"{EMAIL}\r\nBcc: x"), ("body", ""),
    ("body", NAME * 1000), ("zip", NAME), ("office", NAME), ("do", NAME),
]  # fmt: skip


def mistyped(house: LetterCanary) -> None:
    """The form comes back with what was typed; nothing else of it is anywhere."""
    for name, typed in WRONG:
        form = {**TYPED, "do": "send", name: typed}
        house.asked("POST", f"/c/{SLUG}/letter", FORM, urlencode(form).encode())
        house.post(f"/api/campaigns/{SLUG}/letters", {**form, "language": "en"})
    for body in (b"\xff" + NAME.encode(), f'{{"name": "{NAME}"'.encode(), f'["{EMAIL}"]'.encode()):
        house.ask("POST", f"/api/campaigns/{SLUG}/letters", JSON, body)


def rough_ses(house: LetterCanary) -> None:
    """SES quotes addresses in what it refuses, hangs, breaks and throttles."""
    faults = [SendFault.hangs(), SendFault.reset(), SendFault.broken(), SendFault.unreachable()]
    house.write()
    house.mails.next_sends.extend(faults)
    house.confirm()
    house.days(0.1, 0.1, 0.1)
    house.mails.sender = SenderTrouble.PAUSED
    house.pages.opened(f"{house.public_url}/c/{SLUG}/letter", {**TYPED, "do": "send"})
    house.world.advance(HOUR)
    house.mails.sender = None
    house.world.run_until_idle()
    house.mails.rules.throttle = Throttle.THROTTLING
    house.mails.rules.max_24_hour_send = 1
    house.days(0.1)


def refused_by_ses(house: LetterCanary) -> None:
    house.write()
    house.mails.identities.clear()
    house.confirm()


def store_down(house: LetterCanary) -> None:
    for operation in OPERATIONS:
        for error in (invalid, timed_out):
            with failing(house, operation, error=error):
                house.ask("POST", f"/c/{SLUG}/letter", FORM, urlencode({**TYPED, "do": "send"}).encode())
                house.post(f"/api/campaigns/{SLUG}/letters", {**TYPED, "language": "en"})
                house.world.advance(1)
    house.write()
    with failing(house, *OPERATIONS, error=invalid):
        house._handed_to("letters", house.letters.sent[-1:])
        house._handed_to("mail_events", house.events.sent[-1:])
        house.reconcile()


def poison_messages(house: LetterCanary) -> None:
    house.write()
    bodies = [NAME, f'{{"{NAME}": 1}}', f'["{EMAIL}"]', f'{{"letter": "x", "mail": "m", "kind": "{NAME}"}}']
    house._handed_to("letters", bodies)
    event = json.loads(house.events.sent[-1])
    strange = [
        {**event, "eventType": NAME},
        {**event, "mail": NAME},
        {"eventType": "Bounce", "mail": {"messageId": NAME}},
    ]
    house._handed_to("mail_events", [NAME, *map(json.dumps, strange)])


def damaged_items(house: LetterCanary) -> None:
    house.write()
    (letter,) = house.runtime.letters.all(house.clock.now())
    with house.unheard():
        item = keyed(keys.letter(letter.id)) | wire(
            {"type": "letter", "version": 1, "state": NAME, "id": letter.id}
        )
        house.dynamodb.put_item(TableName=house.runtime.config.table, Item=item)
    house._handed_to("letters", house.letters.sent[-1:])
    house.open_all()
    house.days(4)


STORIES = [
    whole_life, asked_and_answered, never_confirmed, unsubscribed_and_deleted, complained, mistyped, rough_ses,
    refused_by_ses, store_down, poison_messages, damaged_items,
]  # fmt: skip


@pytest.mark.parametrize("story", STORIES, ids=lambda story: story.__name__)
def test_a_letter_leaves_no_trace_but_where_it_is(
    built: Runtime, capfd: pytest.CaptureFixture[str], story: Callable[[LetterCanary], None]
) -> None:
    sweep()

    with listening(built.store._table.client, capfd) as ears:
        house = LetterCanary(built, ears)
        story(house)
        house._learn()

    assert ears.leaks() == {}
    assert ears.tokens or story is mistyped
    assert len(ears.heard["DynamoDB request"]) > 3


@pytest.mark.parametrize("part", ["token", "words"])
def test_a_link_or_a_word_in_the_log_is_found(
    built: Runtime, capfd: pytest.CaptureFixture[str], part: str
) -> None:
    sweep()

    with listening(built.store._table.client, capfd) as ears:
        house = LetterCanary(built, ears)
        house.write()
        house._learn()
        leak = next(iter(ears.tokens)) if part == "token" else BODY
        logging.getLogger("any").info("x", extra={"why": leak})

    assert set(ears.leaks()) == {"log"}
