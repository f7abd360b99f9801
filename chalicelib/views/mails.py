"""Mails as values: a letter as its office gets it, and what its writer is told."""

from chalicelib.adapters.mime import Outgoing
from chalicelib.domain.campaign import Campaign
from chalicelib.domain.letter import Letter
from chalicelib.domain.letter_events import MailKind
from chalicelib.domain.refusals import Code, Refusal
from chalicelib.domain.writing import signed
from chalicelib.views.writing import Links


def to_office(letter: Letter, campaign: Campaign) -> Outgoing:
    """Return the letter as its office gets it.

    Raises:
        Refusal: LETTER_GONE: its words are forgotten.
    """
    if letter.content is None:
        raise Refusal(Code.LETTER_GONE)
    text = signed(letter.content, letter.language)
    return Outgoing(
        from_name=f"{letter.content.name} via {campaign.organization.of(letter.language)}",
        to=letter.to, subject=letter.content.subject, text=text, html=f"<pre>{text}</pre>",
        language=letter.language, tags={"letter": letter.id}, reply_to=str(letter.content.address),
    )  # fmt: skip


def to_writer(kind: MailKind, letters: tuple[Letter, ...], campaign: Campaign, links: Links) -> Outgoing:
    """Return a mail to the writer of these letters.

    Raises:
        Refusal: LETTER_GONE: their words are forgotten.
    """
    letter = letters[0]
    if letter.content is None:
        raise Refusal(Code.LETTER_GONE)
    text = f"{links.confirm}\n{links.follow}\n{links.answer}\n{links.unsubscribe}"
    return Outgoing(
        from_name=campaign.organization.of(letter.language), to=(str(letter.content.address),),
        subject=kind, text=text, html=f"<pre>{text}</pre>", language=letter.language,
        tags={"mail": kind, "about": letter.id},
    )  # fmt: skip
