"""`patchthrough text setup`: what to type into Twilio for a campaign's texts, word for word, in both languages."""

from collections.abc import Iterator
from typing import Annotated

import typer
from rich.console import Console
from rich.text import Text

from chalicelib.domain.campaign import Campaign
from chalicelib.domain.opt_out_words import TO_TAKE_OUT, is_single, words_of
from chalicelib.domain.segments import size_of
from chalicelib.domain.subscriber import Reply
from chalicelib.domain.words import Language
from cli.consent_words import LANGUAGES
from cli.reply_screens import replies_of
from cli.terminal import REFUSED, WRONG, connected, give_up, plainly, screen

Field = tuple[str, tuple[str, ...], str]
"""A part of Twilio's form: what it is called there, its words, and the text Twilio answers them with."""
TWO_WORDS = (
    "Twilio can’t be told of “{word}”, for it compares single words only. Whoever stopped and comes back by it gets "
    "nothing from us until they text START: give the campaign a keyword of one word, too."
)


@plainly
def setup(slug: Annotated[str, typer.Argument(metavar="SLUG", help="The campaign.")]) -> None:
    """Print what to set up at Twilio for a campaign’s texts: words, and what Twilio answers. docs/twilio-texts.md."""
    with connected() as connection:
        campaign = connection.catalog.campaign(slug)
    if campaign is None:
        give_up(f"There is no campaign {slug} here. See: patchthrough campaign list", WRONG)
    if campaign.texts is None:
        give_up(f"{slug} has no texts: its file has no part `texts`.", REFUSED)
    console = screen()
    console.print(Text("In Twilio: Messaging Service, Opt-Out Management, Advanced Opt-Out.", "bold"))
    console.print(f"Take out of the opt-in words: {', '.join(TO_TAKE_OUT)}. We ask people to reply with it.")
    for language in Language:
        _print(console, campaign, language)
    for keyword in campaign.texts.keywords:
        if not is_single(keyword.word):
            console.print("", TWO_WORDS.format(word=keyword.word), sep="\n", soft_wrap=True)


def _print(console: Console, campaign: Campaign, language: Language) -> None:
    console.print("", Text(LANGUAGES[language], "bold underline"), sep="\n")
    for name, words, text in fields(campaign, language):
        size = size_of(text)
        taken = f"{size.segments} segment" + ("s" if size.segments > 1 else "")
        console.print("", Text.assemble((name, "bold"), f", {size.units} characters, {taken}"), sep="\n")
        # Without a margin, so that they can be copied as they are.
        console.print(Text(", ".join(words)), Text(text), sep="\n", soft_wrap=True)


def fields(campaign: Campaign, language: Language) -> Iterator[Field]:
    """Yield what Twilio's form asks for in one language."""
    if campaign.texts is None:
        return
    texts, words = replies_of(campaign), words_of(campaign.texts.keywords, language)
    joined = Reply.CONFIRM if campaign.texts.confirms else Reply.WELCOME
    yield "Opt-out", words.stop, texts[Reply.STOPPED, language]
    yield "Opt-in", words.join, texts[joined, language]
    yield "Help", words.help, texts[Reply.HELP, language]
