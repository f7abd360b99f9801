"""`patchthrough campaign pause`, `resume` and `end`: what is done at once, and what that means for whoever waits."""

from datetime import UTC, datetime
from typing import Annotated

import typer
from rich.text import Text

from chalicelib.adapters.campaign_moves import NotMoved, move
from chalicelib.adapters.catalog import Overtaken
from chalicelib.domain.campaign import Status
from cli.office_people import name_given
from cli.terminal import REFUSED, connected, give_up, plainly, screen

HALT = "No call, letter or text begins later than 10 seconds from now."
TALKS = "Whoever is talking to an office talks on; then they hear thanks and that it is {status}."
KEPT = (
    "Whoever waits keeps their place: a call for an hour, a booked call for five minutes after its time, letters and "
    "alerts until they go."
)
DONE: dict[Status, tuple[str, ...]] = {
    Status.PAUSED: (
        f"Paused. {HALT}",
        TALKS.format(status="paused"),
        KEPT,
        "Go on with: patchthrough campaign resume {slug} --by NAME",
    ),
    Status.LIVE: (
        "It goes on: what waited goes within minutes, at the usual pace, letters within a quarter of an hour.",
    ),
    Status.ENDED: (
        f"Ended, for good. {HALT}",
        "Whoever still waits is told on their page; writers get a last mail about a letter that does not go.",
    ),
}
"""Where it is now → what to say."""
WAYS: dict[Status, str] = {
    Status.DRAFT: "A draft is launched by its file: patchthrough campaign apply FILE",
    Status.LIVE: "Pause it first: patchthrough campaign pause {slug} --by NAME",
    Status.PAUSED: "It can be resumed or ended.",
    Status.ENDED: "It is over for good.",
}
"""Where it is → the way on, when it can't go where it was to go."""

Slug = Annotated[str, typer.Argument(help="The campaign, as `patchthrough campaign list` shows it.")]
By = Annotated[str | None, typer.Option("--by", help="Your name, for the record.")]


@plainly
def pause(slug: Slug, by: By = None) -> None:
    """Stop a campaign's calls, letters and texts within 10 seconds. What waits is kept."""
    _moved(slug, by, Status.PAUSED)


@plainly
def resume(slug: Slug, by: By = None) -> None:
    """Let a paused campaign go on."""
    _moved(slug, by, Status.LIVE)


@plainly
def end(slug: Slug, by: By = None) -> None:
    """End a paused campaign, for good."""
    _moved(slug, by, Status.ENDED)


def _moved(slug: str, by: str | None, to: Status) -> None:
    person = name_given(by)
    with connected() as connection:
        try:
            after = move(connection.catalog, slug, to, person, datetime.now(UTC))
        except NotMoved as refused:
            give_up(f"{slug} is {refused.was}. {WAYS[refused.was].format(slug=slug)}", REFUSED)
        except Overtaken:
            give_up(f"Others are changing {slug} right now. It is as they left it. Try again.", REFUSED)
    if after is None:
        give_up(f"No campaign is called {slug}. See: patchthrough campaign list", REFUSED)
    screen().print(
        Text(f"{slug}, revision {after.revision}", "bold"),
        *(sentence.format(slug=slug) for sentence in DONE[to]),
        sep="\n",
        soft_wrap=True,
        highlight=False,
    )
