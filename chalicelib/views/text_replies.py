"""What we answer to a text, word for word: R1 to R8, the link to the letter, the end of a campaign."""

from chalicelib.adapters.subscribers import Reaction
from chalicelib.domain.campaign import Campaign, Status
from chalicelib.domain.office import writable
from chalicelib.domain.programme import programme
from chalicelib.domain.replies import Programme, reply_text
from chalicelib.domain.segments import plain
from chalicelib.domain.subscriber import Reply
from chalicelib.domain.subscriber_events import Answer, SendLetterLink
from chalicelib.domain.words import Language, Words
from chalicelib.runtime import runtime
from chalicelib.views import urls
from chalicelib.views.writing import addressees

LETTER = Words("{title}: Write your letter here: {link}", "{title}: Escriba su carta en: {link}")
PRINT = Words(
    "{title}: We can't mail letters to these offices now. Write yours and print it here: {link}",
    "{title}: Por ahora no enviamos cartas a estas oficinas. Escriba la suya y tiene cómo imprimirla en: {link}",
)
PAUSED = Words(
    "{title}: Letters are paused, so none are sent now. Here you can see when they go on: {link}",
    "{title}: Las cartas se pausaron y ahora no enviamos ninguna. Cuando sigan, se ve en: {link}",
)
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
        case SendLetterLink(language=language):
            return _letter(told, campaign, language)
    return None


def over(campaign: Campaign, language: Language) -> str | None:
    """Return the words for whoever asks into a campaign that has ended."""
    told = programme(campaign)
    if told is None:
        return None
    return plain(OVER.of(language).format(title=told.title(language), contact=told.contact.of(language)))


def _letter(told: Programme, campaign: Campaign, language: Language) -> str | None:
    """The page to write on, or why nothing is sent from there now."""
    if campaign.status is Status.ENDED:
        return over(campaign, language)
    if not campaign.is_live:
        return _linked(PAUSED, told, campaign, language, "")
    return _linked(LETTER if _takes_mail(campaign) else PRINT, told, campaign, language, "/letter")


def _takes_mail(campaign: Campaign) -> bool:
    """Whether any office a letter may go to gets mail from us."""
    r = runtime()
    if not r.config.has_mail:
        return False
    if not campaign.letter.is_local:
        return bool(addressees(campaign, "", "").offices)
    return any(writable(each, r.now().date()) for each in (*campaign.offices, *campaign.elsewhere))


def _linked(words: Words, told: Programme, campaign: Campaign, language: Language, path: str) -> str:
    """A text with the link to one of the campaign's pages, in the reader's language."""
    link = urls.public(f"/c/{campaign.slug}{path}?lang={language.value}")
    return plain(words.of(language).format(title=told.title(language), link=link))
