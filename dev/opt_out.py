"""Advanced Opt-Out at our Messaging Service, as an organization sets it in Twilio's console for its campaigns.

Promises the words that campaigns' texts are joined, left and helped by, in both languages, each answered with a
campaign's own R1 (R2 where nothing is to be confirmed), R3 and R4: Twilio says what we would have said. YES stays
the app's. Only words without a blank, for Twilio compares single ones. Refuses to know how the words are obeyed.
"""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from functools import reduce

from chalicelib.domain.campaign import Campaign, Status
from chalicelib.domain.opt_out_words import TO_TAKE_OUT, words_of
from chalicelib.domain.programme import programme
from chalicelib.domain.replies import reply_text
from chalicelib.domain.subscriber import Reply
from chalicelib.domain.words import Language
from dev.environment import SERVICE
from dev.phone_world import World
from dev.phone_world.keywords import ADVANCED, HELP, START, STOP, Keywords

RUNNING = frozenset({Status.LIVE, Status.PAUSED})
Line = tuple[str, frozenset[str], str]
"""What words mean, the words, the answer."""


def words(campaigns: Iterable[Campaign]) -> Keywords:
    """What is set for these campaigns, while they run; where they share a word, the first one's answer stands."""
    lines = [line for campaign in campaigns if campaign.status in RUNNING for line in _lines(campaign)]
    return reduce(lambda found, line: found.saying(*line), reversed(lines), ADVANCED.without(*TO_TAKE_OUT))


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
        words = words_of(campaign.texts.keywords, language)
        yield STOP, frozenset(words.stop), reply_text(Reply.STOPPED, told, language)
        yield START, frozenset(words.join), reply_text(joined, told, language)
        yield HELP, frozenset(words.help), reply_text(Reply.HELP, told, language)
