"""Each function's role allows what that function was seen to do in whole calls, and nothing else.

The app, its views and workers are real; every operation is written down at the client that sends it. An
action nobody used is a permission nobody needs; one that no role has would be a failure on AWS alone, for no
emulator here enforces roles.
"""

import pytest

from dev.phone_world import (
    Answer,
    HangUp,
    OfficeLine,
    PickUp,
    Plan,
    Press,
    Star,
    Supporter,
    Voicemail,
)
from dev.phone_world.faults import CreateFault
from tests.infra.console_watched import at_the_console
from tests.infra.letters_watched import LETTER_STORIES, writing
from tests.infra.permissions import ALLOWED, FORGETS, RECEIVE
from tests.infra.staff_watched import stayed_a_while
from tests.infra.texts_watched import TEXT_STORIES, texted
from tests.infra.watching import Seen, Watch
from tests.rehearsal import ANA, LINES, SLUG, Rehearsal, rehearsing


def spoken(rehearsal: Rehearsal) -> None:
    rehearsal.world.add(Supporter(ANA, (PickUp(), *[Press("1")] * 6)))


def hung_up_while_the_office_talks(rehearsal: Rehearsal) -> None:
    rehearsal.world.add(Supporter(ANA, (PickUp(), Press("1"), HangUp(when="connected", after=20))))


def never_again(rehearsal: Rehearsal) -> None:
    rehearsal.world.add(Supporter(ANA, (PickUp(), Press("9"))))


def own_voicemail(rehearsal: Rehearsal) -> None:
    rehearsal.world.add(Supporter(ANA, (Voicemail(),)))


def left_by_star(rehearsal: Rehearsal) -> None:
    rehearsal.world.add(
        Supporter(ANA, (PickUp(), Press("1"), Star(after=3), Press("1"), Press("1"), Press("1")))
    )


def busy_everywhere(rehearsal: Rehearsal) -> None:
    spoken(rehearsal)
    for line in LINES.values():
        rehearsal.world.add(OfficeLine(line, Answer.BUSY))


def throttled(rehearsal: Rehearsal) -> None:
    spoken(rehearsal)
    rehearsal.world.next_creates.append(CreateFault.throttled())


def refused(rehearsal: Rehearsal) -> None:
    rehearsal.world.next_creates.append(CreateFault.refused())


def placed_without_an_answer(rehearsal: Rehearsal) -> None:
    rehearsal.world.add(Supporter(ANA, ()))
    rehearsal.world.next_creates.append(CreateFault.reset())
    rehearsal.world.next_plans.extend([Plan.lost()] * 6)


def never_placed_and_without_an_answer(rehearsal: Rehearsal) -> None:
    rehearsal.world.next_creates.append(CreateFault.unreachable())


def message_lost(rehearsal: Rehearsal) -> None:
    lost = iter([()])
    rehearsal.queue.copies = lambda: next(lost, (0.0,))
    spoken(rehearsal)


STORIES = [
    spoken,
    hung_up_while_the_office_talks,
    never_again,
    own_voicemail,
    left_by_star,
    busy_everywhere,
    throttled,
    refused,
    placed_without_an_answer,
    never_placed_and_without_an_answer,
    message_lost,
]


@pytest.fixture(scope="module")
def seen() -> Seen:
    """What each function did in all stories together, with every page looked at along the way."""
    together = Seen()
    for story in STORIES:
        with rehearsing() as rehearsal:
            Watch(rehearsal, together)
            story(rehearsal)
            call_id = rehearsal.tap()["id"]
            rehearsal.play(minutes=75, every=5)
            for path in ("/", f"/c/{SLUG}", f"/calls/{call_id}", f"/api/campaigns/{SLUG}/counts"):
                rehearsal.get(path)
    with rehearsing() as rehearsal:
        Watch(rehearsal, together)
        stayed_a_while(rehearsal)
    for letter_story in LETTER_STORIES:
        with writing(together) as writer:
            letter_story(writer)
    for text_story in TEXT_STORIES:
        texted(together, text_story)
    at_the_console(together)
    return together


POLLED = {f"sqs:{action}" for action in RECEIVE}
"""What Lambda's poller does in a function's name, before that is called."""
RAW = "ses:SendRawEmail"
"""What SES asks for besides SendEmail where a mail is of our own making: nobody calls it by this name."""


def named(action: str, on: object) -> str:
    """An action as the watch writes it down."""
    return f"{action} {on[0]}" if action == "sqs:SendMessage" and isinstance(on, tuple) else action


@pytest.mark.parametrize("function", ALLOWED)
def test_a_role_allows_what_its_function_was_seen_to_do_and_nothing_else(seen: Seen, function: str) -> None:
    own = {named(action, on) for action, on in ALLOWED[function] if not action.startswith("logs:")}

    assert seen.used[function] == own - POLLED - {RAW}


@pytest.mark.parametrize("function", FORGETS)
def test_a_function_deletes_what_its_role_lets_it_and_nothing_else(seen: Seen, function: str) -> None:
    confined = FORGETS[function]

    assert confined is None or seen.deleted[function] == {keys.removesuffix("#*") for keys in confined}


def test_the_watch_tells_the_functions_apart(seen: Seen) -> None:
    assert "dynamodb:DeleteItem" in seen.used["Reconcile"] - seen.used["MailEvents"]
    assert "ses:SendEmail" in seen.used["Letters"] - seen.used["MailEvents"] - seen.used["APIHandler"]
