"""What we answer to a text, word for word: R1 to R7, the link to the letter, the call, the end of a campaign."""

from chalicelib.adapters.subscribers import Reaction
from chalicelib.domain.campaign import Campaign
from chalicelib.domain.programme import programme
from chalicelib.domain.replies import Programme, reply_text
from chalicelib.domain.segments import plain
from chalicelib.domain.subscriber import Reply
from chalicelib.domain.subscriber_events import Answer, Ring, SendLetterLink
from chalicelib.domain.words import Language, Words
from chalicelib.views import urls

LETTER = Words("{title}: Write your letter here: {link}", "{title}: Escriba su carta en: {link}")
CALL = Words("{title}: Call from here: {link}", "{title}: Llame desde: {link}")
OVER = Words(
    "{title}: This campaign has ended, so there are no more alerts. Thank you. Questions? {contact}",
    "{title}: La acción ha terminado y no hay nuevas alertas. Gracias. Preguntas: {contact}",
)


def answered(reaction: Reaction, campaign: Campaign) -> str | None:
    """Return the words with which a reaction is answered; None: with none."""
    told = programme(campaign)
    if told is None:
        return None
    match reaction.what:
        case Answer(reply=Reply.THANKS, language=language):
            return campaign.texts.thanks.of(language) if campaign.texts and campaign.texts.thanks else None
        case Answer(reply=reply, language=language):
            return reply_text(reply, told, language)
        case Ring(language=language):
            return _linked(CALL, told, campaign, language, "")
        case SendLetterLink(language=language):
            return _linked(LETTER, told, campaign, language, "/letter")
    return None


def over(campaign: Campaign, language: Language) -> str | None:
    """Return the words for whoever asks into a campaign that has ended."""
    told = programme(campaign)
    if told is None:
        return None
    contact = plain(told.contact.of(language))
    return plain(OVER.of(language)).format(title=told.title(language), contact=contact)


def _linked(words: Words, told: Programme, campaign: Campaign, language: Language, path: str) -> str:
    """A text with the link to one of the campaign's pages, in the reader's language."""
    link = urls.public(f"/c/{campaign.slug}{path}?lang={language.value}")
    return words.of(language).format(title=told.title(language), link=link)
