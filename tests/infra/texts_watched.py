"""Subscribers who come, are held, stop and are forgotten, while somebody writes down who does what."""

from collections.abc import Callable

from dev.phone_world.keywords import LONG_CODE
from tests.rehearsal import Rehearsal

DAY = 24 * 3600
TextStory = Callable[[Rehearsal], None]


def in_and_out(rehearsal: Rehearsal) -> None:
    for word in ("FAMILIES", "YES", "HELP", "CALL", "LETTER", "78701", "STOP", "STOP"):
        rehearsal.text_us(word)


def held_and_back(rehearsal: Rehearsal) -> None:
    for word in ("FAMILIAS", "SI", "STOP ICE", "FAMILIAS", "ALTO", "INICIAR"):
        rehearsal.text_us(word)


def asked_and_never_answered(rehearsal: Rehearsal) -> None:
    rehearsal.text_us("FAMILIES")
    rehearsal.world.advance(1.1 * DAY)
    rehearsal.play_broadcasts()


def texted(rehearsal: Rehearsal, story: TextStory) -> None:
    """Play one of the stories, where every word reaches us: Twilio answers none of them itself."""
    rehearsal.world.rules.keywords = LONG_CODE.without("YES", "STOP", "START", "HELP", "UNSTOP")
    story(rehearsal)


TEXT_STORIES: tuple[TextStory, ...] = (in_and_out, held_and_back, asked_and_never_answered)
