"""Mails as values: a letter as its office gets it, and what its writer is told. Text and HTML say the same.

Promises: what was typed stands in them as it was typed and is never read as a template; a mail holds no picture, no
link but our own pages' and the office's own form, and nothing that tells us whether it was opened.
"""

from chalicelib.adapters.mime import Outgoing
from chalicelib.domain.campaign import Campaign
from chalicelib.domain.letter import Content, Letter
from chalicelib.domain.letter_events import MailKind
from chalicelib.domain.refusals import Code, Refusal
from chalicelib.domain.writing import signed, without_direction
from chalicelib.views.mail_words import Link, words_of
from chalicelib.views.rendering import drawn, phrasebook
from chalicelib.views.writing import Links


def to_office(letter: Letter, campaign: Campaign) -> Outgoing:
    """Return the letter as its office gets it: the writer's words, and below a line who carried it.

    Raises:
        Refusal: LETTER_GONE: its words are forgotten.
    """
    content, language = _content(letter), letter.language
    book, organization = phrasebook(language), campaign.organization.of(language)
    values = {
        "lang": language,
        "subject": content.subject,
        "letter": signed(content, language),
        "carried": book.plain("mail.carried", organization=organization, name=content.name),
    }
    return Outgoing(
        from_name=book.plain("mail.via", name=without_direction(content.name), organization=organization),
        to=letter.to,
        subject=content.subject,
        text=drawn("mail/office.txt", **values),
        html=drawn("mail/office.html", **values),
        language=language,
        tags={"letter": letter.id},
        reply_to=str(content.address),
    )


def to_writer(kind: MailKind, letters: tuple[Letter, ...], campaign: Campaign, links: Links) -> Outgoing:
    """Return a mail to the writer of these letters: one for a receipt or a question, else all of their group.

    Raises:
        Refusal: LETTER_GONE: their words are forgotten.
    """
    letter = letters[0]
    content, language = _content(letter), letter.language
    book, organization = phrasebook(language), campaign.organization.of(language)
    words = words_of(kind, letters, campaign, links)
    values = {
        "lang": language,
        "subject": words.subject,
        "parts": words.parts,
        "why": book.plain("mail.why", organization=organization),
        "stop": Link(book.plain("mail.stop"), links.unsubscribe),
    }
    return Outgoing(
        from_name=organization,
        to=(str(content.address),),
        subject=words.subject,
        text=drawn("mail/writer.txt", **values),
        html=drawn("mail/writer.html", **values),
        language=language,
        tags={"mail": kind.value, "about": letter.id},
        headers=_headers(links),
    )


def _headers(links: Links) -> dict[str, str]:
    """No machine shall answer it, and a press on the mail program's own "Unsubscribe" is enough (RFC 3834, 8058)."""
    return {
        "Auto-Submitted": "auto-generated",
        "List-Unsubscribe": f"<{links.unsubscribe}>",
        "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
    }


def _content(letter: Letter) -> Content:
    if letter.content is None:
        raise Refusal(Code.LETTER_GONE)
    return letter.content
