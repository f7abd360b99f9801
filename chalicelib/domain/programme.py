"""What a campaign's file says of its texts, as the replies and the subscriber machine want it."""

from hashlib import sha256

from chalicelib.domain.campaign import Campaign, Texts
from chalicelib.domain.replies import Programme
from chalicelib.domain.subscriber import Rules
from chalicelib.domain.words import Words


def programme_of(organization: Words, texts: Texts) -> Programme:
    """Return what replies say of an organization's programme."""
    return Programme(
        organization, texts.name, texts.frequency, texts.contact, terms=texts.terms, privacy=texts.privacy
    )


def programme(campaign: Campaign) -> Programme | None:
    """Return what this campaign's replies say of it; None: it has no programme of texts."""
    return programme_of(campaign.organization, campaign.texts) if campaign.texts else None


def rules(texts: Texts) -> Rules:
    """Return what the organization chose for its subscribers; whatever a campaign can't choose is as usual."""
    return Rules(confirms_texts=texts.confirms, thanks=texts.thanks is not None)


def version_of(text: str) -> str:
    """Return the version of words that somebody is shown: the same for the same words, another for others."""
    return sha256(text.encode()).hexdigest()[:16]
