"""For `make docs-img`: one Spanish letter, sent by the app's own mailer and read in a mail world's inbox.

Promises that the letter is what an office would get: the campaign's own words, and a sentence of a writer's. Nobody in
here exists.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime

from chalicelib.adapters.clients import ses_client
from chalicelib.adapters.mailer import Mailer
from chalicelib.domain.addresses import Address
from chalicelib.domain.campaign import Campaign
from chalicelib.domain.letter import Content, Letter, State
from chalicelib.domain.mail_facts import Recipient
from chalicelib.domain.words import Language
from chalicelib.views import mails
from dev.mail_world import Mailbox, MailWorld, MailWorldServer

SENDER, SET = "cartas@letters.example.org", "letters"
TOPIC = "arn:aws:sns:us-east-1:000000000000:mail-events"
OFFICE = "atlanta@office.example"
OWN_WORDS = "Soy madre y pienso en lo que es año y medio en la vida de un niño."


@contextmanager
def inbox_with(campaign: Campaign) -> Iterator[str]:
    """Have a mail world with one letter of this campaign in its office's mailbox: where its inbox is."""
    server = MailWorldServer(port=0, speed=20, furnish=_furnish)
    server.start()
    try:
        Mailer(lambda: ses_client(server.url), SENDER, SET).send(mails.to_office(_letter(campaign), campaign))
        yield server.url
    finally:
        server.stop()


def _furnish(world: MailWorld) -> None:
    world.verify("letters.example.org")
    world.set_up(SET, TOPIC)
    world.add(Mailbox(OFFICE, name="Oficina de Atlanta"))


def _letter(campaign: Campaign) -> Letter:
    now = datetime.now(UTC)
    body = f"{campaign.letter.body.es}\n\n{OWN_WORDS}"
    content = Content("María López", Address("maria", "example.org"), campaign.letter.subject.es, body)
    written = Letter(
        id="a-letter-for-the-picture", group="a-group", campaign=campaign.slug, office=campaign.offices[0].id,
        language=Language.ES, content=content, recipients=(Recipient(OFFICE),), created_at=now, changed_at=now,
    )  # fmt: skip
    return replace(written, state=State.LEASED, confirmed_at=now)
