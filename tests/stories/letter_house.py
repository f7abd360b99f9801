"""A rehearsal of letters: people who write and confirm, offices whose mailboxes behave as told, and what is true then.

Promises: a letter is begun and confirmed by the app's own roads behind its pages (`views/writing`); what SES has is
read from the mail world, what is counted from the ledger.
"""

import re
from collections import Counter
from dataclasses import replace
from typing import Any

from chalicelib.domain.addresses import address
from chalicelib.domain.counts import LetterOutcome
from chalicelib.domain.letter import Letter, letter_id
from chalicelib.domain.tokens import Purpose
from chalicelib.domain.words import Language
from chalicelib.domain.writing import Draft
from chalicelib.runtime import Runtime
from chalicelib.views import writing
from dev.mail_world import Accepted
from tests.rehearsal import MAILBOXES, SLUG, WRITER, Rehearsal

ATLANTA = MAILBOXES["ero-atl"]
OFFICE = "ero-atl"
BODY = "Please halt the deportations of these children. I teach two of them."
LINK = re.compile(r"https?://[^\s<>\"']+/letters/([A-Za-z0-9._-]+)")


class LetterHouse(Rehearsal):
    """A rehearsal whose letters go to Atlanta's one mailbox."""

    def __init__(self, built: Runtime, an_hour: int | None = None, **options: Any) -> None:
        """`an_hour`: letters to one office in an hour, where a story has more than a campaign lets through."""
        super().__init__(built, built.store._table.client, **{"offices": 1} | options)
        if an_hour is not None:
            self.let_through(an_hour)

    def let_through(self, an_hour: int) -> None:
        """Let so many letters an hour go to one office."""
        asked = self.runtime.catalog.campaign(SLUG)
        assert asked is not None
        letter = replace(asked.letter, an_hour=an_hour)
        self.runtime.catalog.apply(replace(asked, letter=letter), self.clock.now())
        self.runtime._campaigns.clear()

    # People.

    def write(
        self,
        email: str = WRITER,
        body: str = BODY,
        name: str = "Ana Writer",
        language: Language = Language.EN,
        office: str = "",
    ) -> str:
        """Begin a letter; the token of the page that says so."""
        return writing.begin(SLUG, Draft(name, email, "", office, body, language), "192.0.2.7")

    def confirm(self, email: str = WRITER) -> None:
        """Press the button behind the link in the newest mail that has one."""
        writing.confirm(self.linked(email, Purpose.CONFIRM))

    def linked(self, email: str, purpose: Purpose) -> writing.Opened:
        """What the newest link for this purpose in somebody's mailbox opens."""
        for mail in reversed(self.mails_to(email)):
            for token in LINK.findall(mail.text):
                opened = writing.opened(token)
                if opened.purpose is purpose:
                    return opened
        raise LookupError(f"no link to {purpose} in the mail")

    def sent_to_office(self, *emails: str) -> None:
        """Write and confirm letters of these people, and let all of it happen."""
        for email in emails:
            self.write(email)
        self.world.run_until_idle()
        for email in emails:
            self.confirm(email)
        self.world.run_until_idle()

    # What is true.

    def letter_of(self, email: str = WRITER, office: str = OFFICE) -> Letter:
        """This writer's letter to this office, as it stands in the table."""
        key = self.runtime.secrets.current().derived("letters")
        found = self.runtime.letters.letter(letter_id(SLUG, office, address(email), key), self.clock.now())
        assert found is not None
        return found

    def mails_to(self, email: str) -> list[Accepted]:
        """What lies in a mailbox, oldest first."""
        return self.mails.letters_in(email)

    def told(self, email: str = WRITER) -> list[str]:
        """The kinds of mail a writer got from us, oldest first."""
        return [mail.tag("mail") for mail in self.mails_to(email)]

    def copies(self, letter: Letter) -> int:
        """How often SES took this letter."""
        return self.mails.copies_of("letter", letter.id)

    def all_letters(self) -> list[Letter]:
        """Every letter of the table."""
        return list(self.runtime.letters.all(self.clock.now()))

    def letter_outcomes(self) -> dict[LetterOutcome, int]:
        """The tally of letters by outcome."""
        tally = self.letter_tally()
        return {
            outcome: many for outcome, many in tally.outcomes.items() if isinstance(outcome, LetterOutcome)
        }

    def refusals(self) -> Counter[str]:
        """What SES refused, by the error's name."""
        return Counter(entry.error for entry in self.mails.wire if entry.error)

    def doubles(self) -> int:
        """How many letters SES took more than once."""
        return sum(len(sent) > 1 for sent in self.mails.ledger("letter").values())
