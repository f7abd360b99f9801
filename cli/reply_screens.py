"""How the texts we would answer look in a terminal: to what, in which language, in how many segments."""

from collections.abc import Iterator

from rich.console import RenderableType
from rich.table import Table
from rich.text import Text

from chalicelib.domain.campaign import Campaign
from chalicelib.domain.programme import programme
from chalicelib.domain.replies import TEXTS, reply_text
from chalicelib.domain.segments import size_of
from chalicelib.domain.subscriber import Reply
from chalicelib.domain.words import Language
from cli.campaign_texts import ANSWERS

Texts = dict[tuple[Reply, Language], str]


def replies_of(campaign: Campaign | None) -> Texts:
    """Return every text this campaign answers with, as it is sent; none without a programme of texts."""
    spoken_for = programme(campaign) if campaign else None
    if campaign is None or campaign.texts is None or spoken_for is None:
        return {}
    ours = {
        (reply, language): reply_text(reply, spoken_for, language) for reply in TEXTS for language in Language
    }
    thanks = campaign.texts.thanks
    return ours | ({(Reply.THANKS, language): thanks.of(language) for language in Language} if thanks else {})


def replies(texts: Texts) -> RenderableType:
    """Show the texts in both languages, each with its segments, which is what it costs."""
    table = Table(box=None, pad_edge=False, show_edge=False, header_style="dim", padding=(0, 2, 0, 0))
    table.add_column("We answer", width=14)
    table.add_column("", no_wrap=True, style="dim")
    table.add_column("Segments", justify="right", no_wrap=True)
    table.add_column("Text", ratio=1)
    for row in _rows(texts):
        table.add_row(*row)
    return table


def _rows(texts: Texts) -> Iterator[tuple[str, str, str, Text]]:
    for (reply, language), text in texts.items():
        answered = ANSWERS[reply] if language is Language.EN else ""
        yield answered, language.value, str(size_of(text).segments), Text(text)
