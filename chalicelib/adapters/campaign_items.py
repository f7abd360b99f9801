"""Campaigns, the rows of their list and the offices they name, as items of the table and back as values."""

from dataclasses import asdict, dataclass, replace
from datetime import datetime

from chalicelib.adapters.office_items import VERSION, words_item, words_of
from chalicelib.adapters.table import Item
from chalicelib.domain.campaign import (
    Campaign,
    Letter,
    Limits,
    Local,
    OnCall,
    Order,
    Recording,
    Routing,
    Status,
    Texts,
)
from chalicelib.domain.inbound_texts import Keyword
from chalicelib.domain.office import Office
from chalicelib.domain.prompt_ids import PromptId
from chalicelib.domain.words import Language, Words

ELSEWHERE = "elsewhere"
"""The role of an office that a campaign doesn't list; a listed one has none."""


@dataclass(frozen=True, slots=True)
class Listing:
    """One row of the list of campaigns. `keywords` are as the file writes them, in both languages."""

    slug: str
    status: Status
    title: Words
    goal: int
    revision: int
    applied_at: datetime
    numbers: tuple[str, ...] = ()
    keywords: tuple[str, ...] = ()


def campaign_item(campaign: Campaign, now: datetime) -> Item:
    """A campaign without its offices, which have items of their own."""
    return {
        "type": "campaign",
        "version": VERSION,
        "applied_at": now.isoformat(),
        "slug": campaign.slug,
        "status": campaign.status.value,
        "revision": campaign.revision,
        "organization": words_item(campaign.organization),
        "title": words_item(campaign.title),
        "heading": words_item(campaign.heading),
        "summary": words_item(campaign.summary),
        "about": [words_item(words) for words in campaign.about],
        "points": [words_item(words) for words in campaign.points],
        "reading": campaign.reading,
        "goal": campaign.goal,
        "letter": _letter_item(campaign.letter),
        "spoken": {prompt.value: words_item(words) for prompt, words in campaign.spoken.items()},
        "recordings": [
            {"prompt": each.prompt.value, "language": each.language.value, "url": each.url}
            for each in campaign.recordings
        ],
        "numbers": list(campaign.numbers),
        "routing": {"order": campaign.routing.order.value, "local": campaign.routing.local.value},
        "limits": _limits_item(campaign.limits),
        "asks_code": campaign.asks_code,
        "texts": _texts_item(campaign.texts) if campaign.texts else None,
    }


def campaign_of(item: Item, offices: tuple[Office, ...], elsewhere: tuple[Office, ...] = ()) -> Campaign:
    """The campaign of such an item, with these offices: those it lists, and those for supporters' areas."""
    return Campaign(
        slug=item["slug"],
        status=Status(item["status"]),
        revision=item["revision"],
        organization=words_of(item["organization"]),
        title=words_of(item["title"]),
        heading=words_of(item["heading"]),
        summary=words_of(item["summary"]),
        about=tuple(map(words_of, item["about"])),
        points=tuple(map(words_of, item["points"])),
        reading=item["reading"],
        goal=item["goal"],
        offices=offices,
        letter=_letter(item["letter"]),
        spoken={PromptId(prompt): words_of(words) for prompt, words in item["spoken"].items()},
        recordings=tuple(
            Recording(PromptId(each["prompt"]), Language(each["language"]), each["url"])
            for each in item["recordings"]
        ),
        routing=_routing(item.get("routing")),
        limits=Limits(**item.get("limits", {})),
        asks_code=item.get("asks_code", True),
        elsewhere=elsewhere,
        numbers=tuple(item.get("numbers", ())),
        texts=_texts(item["texts"], item["slug"]) if item.get("texts") else None,
    )


def _letter_item(letter: Letter) -> Item:
    return {
        "subject": words_item(letter.subject),
        "body": words_item(letter.body),
        "to": list(letter.offices),
        "local": letter.is_local,
        "post": letter.post,
        "an_hour": letter.an_hour,
    }


def _letter(item: Item) -> Letter:
    """The letter; campaigns applied before one could say so write as usual."""
    usual = Letter(words_of(item["subject"]), words_of(item["body"]))
    return replace(
        usual,
        offices=tuple(item.get("to", usual.offices)),
        is_local=item.get("local", usual.is_local),
        post=item.get("post", usual.post),
        an_hour=item.get("an_hour", usual.an_hour),
    )


def _routing(item: Item | None) -> Routing:
    """How offices are chosen; campaigns applied before one could say so call them as listed."""
    return Routing(Order(item["order"]), Local(item["local"])) if item else Routing()


def _limits_item(limits: Limits) -> Item:
    """Limits that are set; campaigns applied before there were any have the usual ones."""
    return {name: value for name, value in asdict(limits).items() if value is not None}


def _texts_item(texts: Texts) -> Item:
    return {
        "keywords": [{"word": each.word, "language": each.language.value} for each in texts.keywords],
        "name": words_item(texts.name),
        "frequency": words_item(texts.frequency),
        "contact": words_item(texts.contact),
        "terms": texts.terms,
        "privacy": texts.privacy,
        "confirms": texts.confirms,
        "thanks": words_item(texts.thanks) if texts.thanks else None,
        "call": texts.call.value,
    }


def _texts(item: Item, slug: str) -> Texts:
    return Texts(
        keywords=tuple(Keyword(each["word"], slug, Language(each["language"])) for each in item["keywords"]),
        name=words_of(item["name"]),
        frequency=words_of(item["frequency"]),
        contact=words_of(item["contact"]),
        terms=item["terms"],
        privacy=item["privacy"],
        confirms=item["confirms"],
        thanks=words_of(item["thanks"]) if item["thanks"] else None,
        call=OnCall(item.get("call", OnCall.RING)),
    )


def listing_item(campaign: Campaign, now: datetime) -> Item:
    """Its row in the list of campaigns."""
    return {
        "type": "campaign_row",
        "version": VERSION,
        "slug": campaign.slug,
        "status": campaign.status.value,
        "title": words_item(campaign.title),
        "goal": campaign.goal,
        "revision": campaign.revision,
        "applied_at": now.isoformat(),
        "numbers": list(campaign.numbers),
        "keywords": [each.word for each in campaign.texts.keywords] if campaign.texts else [],
    }


def listing_of(item: Item) -> Listing:
    """The row of such an item."""
    return Listing(
        slug=item["slug"],
        status=Status(item["status"]),
        title=words_of(item["title"]),
        goal=item["goal"],
        revision=item["revision"],
        applied_at=datetime.fromisoformat(item["applied_at"]),
        numbers=tuple(item.get("numbers", ())),
        keywords=tuple(item.get("keywords", ())),
    )


def campaign_office_item(office: Office, *, is_elsewhere: bool = False) -> Item:
    """One office of a campaign, with the keys of its lines and mailboxes, so that all are read in one batch.

    `is_elsewhere`: it isn't listed, and called only for supporters of its area.
    """
    role: Item = {"role": ELSEWHERE} if is_elsewhere else {}
    return role | {
        "type": "campaign_office",
        "version": VERSION,
        "office": office.id,
        "lines": [line.number for line in office.lines],
        "mailboxes": [mailbox.address for mailbox in office.mailboxes],
    }
