"""A letter on a page: as the office will read it, and as it stands on paper, with the address it is mailed to."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from chalice.app import Response

from chalicelib.domain.campaign import Campaign
from chalicelib.domain.letter import Content
from chalicelib.domain.office import Office
from chalicelib.domain.words import Language
from chalicelib.domain.writing import CLOSING, signed
from chalicelib.views import rendering, visits
from chalicelib.views.rendering import PRIVATE

CITY_AND_STATE = 2
"""The last parts of an address, which make its last line."""


@dataclass(frozen=True, slots=True)
class Sheet:
    """A letter as its office reads it; `carried` is the line below it that says who brought it."""

    sender: str
    reply_to: str
    offices: Sequence[Office]
    subject: str
    text: str
    carried: str
    language: Language


@dataclass(frozen=True, slots=True)
class Paper:
    """A letter to print; `name` is "" where its writer fills it in by hand."""

    subject: str
    body: str
    name: str
    language: Language


def sheet(content: Content, campaign: Campaign, offices: Sequence[Office], language: Language) -> Sheet:
    """Return the letter as these offices read it."""
    names = {"name": content.name, "organization": campaign.organization.of(language)}
    plain = rendering.phrasebook(language).plain
    return Sheet(
        sender=plain("mail.via", **names),
        reply_to=str(content.address),
        offices=offices,
        subject=content.subject,
        text=signed(content, language),
        carried=plain("mail.carried", **names),
        language=language,
    )


def printed(
    paper: Paper, campaign: Campaign, office: Office | None, headers: Mapping[str, str] = PRIVATE
) -> Response:
    """Return the page that is nothing but the letter, once it is on paper."""
    return visits.page(
        "letters/print.html",
        headers,
        campaign=campaign,
        paper=paper,
        closing=CLOSING.of(paper.language),
        office=office.id if office else "",
        web_form=office.web_form if office else "",
        address=post_address(campaign, office),
    )


def post_address(campaign: Campaign, office: Office | None) -> tuple[str, ...]:
    """Where a letter on paper goes, line by line: the writer's office, else the campaign's, else its first office."""
    if office is None and campaign.letter.post.strip():
        return tuple(campaign.letter.post.strip().splitlines())
    to = office or next(iter(campaign.offices), None)
    return (rendering.first_upper(to.name.en), *_lines(to.address)) if to else ()


def _lines(address: str) -> tuple[str, ...]:
    """An address in one line, as an envelope has it: the street, and city and state below it."""
    parts = [part.strip() for part in address.split(",")]
    if "\n" in address or len(parts) <= CITY_AND_STATE:
        return tuple(address.splitlines())
    return ", ".join(parts[:-CITY_AND_STATE]), ", ".join(parts[-CITY_AND_STATE:])
