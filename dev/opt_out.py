"""Advanced Opt-Out at our Messaging Service, as an organization sets it in Twilio's console for its campaigns.

Promises the words that campaigns' texts are joined, left and helped by, in both languages, each answered with a
campaign's own R1 (R2 where nothing is to be confirmed), R3 and R4: Twilio says what we would have said. YES stays
the app's. Only words without a blank, for Twilio compares single ones. Refuses to know how the words are obeyed.
"""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from functools import reduce

from chalicelib.domain.campaign import Campaign
from chalicelib.domain.inbound_texts import ASKED, Kind
from chalicelib.domain.programme import programme
from chalicelib.domain.replies import reply_text
from chalicelib.domain.stop_words import STOPS
from chalicelib.domain.subscriber import Reply
from chalicelib.domain.words import Language
from dev.phone_world import World
from dev.phone_world.keywords import ADVANCED, HELP, START, STOP, Keywords

SERVICE = "MG" + "0" * 31 + "1"
"""The Messaging Service of the local stack, which all our numbers are in."""
Line = tuple[str, frozenset[str], str]
"""What words mean, the words, the answer."""


def words(campaigns: Iterable[Campaign]) -> Keywords:
    """What is set for these campaigns' numbers; where they share a word, the first one's answer stands."""
    lines = [line for campaign in campaigns for line in _lines(campaign)]
    return reduce(lambda found, line: found.saying(*line), reversed(lines), ADVANCED.without("YES"))


def switch_on(world: World, campaigns: Sequence[Campaign], service: str = SERVICE) -> None:
    """Put all our numbers into one Messaging Service, with Advanced Opt-Out as these campaigns want it."""
    world.numbers.update({number: replace(ours, service=service) for number, ours in world.numbers.items()})
    world.rules.advanced = world.rules.keywords = words(campaigns)


def _lines(campaign: Campaign) -> Iterable[Line]:
    told = programme(campaign)
    if told is None or campaign.texts is None:
        return
    joined = Reply.CONFIRM if campaign.texts.confirms else Reply.WELCOME
    for language in Language:
        keywords = [each.word for each in campaign.texts.keywords if each.language is language]
        yield STOP, _single(STOPS, language), reply_text(Reply.STOPPED, told, language)
        yield START, _asking(Kind.JOIN, language) | _upper(keywords), reply_text(joined, told, language)
        yield HELP, _asking(Kind.HELP, language), reply_text(Reply.HELP, told, language)


def _asking(kind: Kind, language: Language) -> frozenset[str]:
    """The words for joining, or for help, in a language."""
    return _upper(word for word, (means, of) in ASKED.items() if (means, of) == (kind, language))


def _single(by_word: dict[str, Language], language: Language) -> frozenset[str]:
    return _upper(word for word, of in by_word.items() if of is language)


def _upper(said: Iterable[str]) -> frozenset[str]:
    return frozenset(word.upper() for word in said if " " not in word)
