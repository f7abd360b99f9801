"""Plays the tale of a burst: so many people press "Yes, send it" at one moment, and each letter leaves once.

Promises figures that can be held against two ideals: SES's own rate, and the share of it that we use.
"""

from collections.abc import Iterator

from chalicelib.domain.letter import State
from chalicelib.domain.pacing import SHARE
from dev.rehearsing import Rehearsal
from dev.stories.corresponding import FORM, counted
from dev.stories.judging import Json, Played, Telling, differs
from dev.stories.letters import ANA, WORDS, BurstTale

ACCEPTED = 202
SLACK = 1.1
"""A burst may take a tenth longer than the pace that we keep."""


def burst(tale: BurstTale, house: Rehearsal) -> Telling:
    """Let so many people write, and press the button at one moment; judge what SES has, and how long that took."""
    house.mails.rules.max_send_rate = tale.rate
    people = [f"person{nth}@people.example" for nth in range(tale.letters)]
    for email in people:
        _begun(house, email)
    house.world.run_until_idle()
    pressed, throttles = house.clock.seconds, len(_refused(house))
    for email in people:
        _pressed(house, email)
    house.world.run_until_idle()
    took = max((mail.at for mail in house.mails.accepted if mail.tag("letter")), default=pressed) - pressed
    return Telling(
        tale,
        Played(tale.name, {"state": "delivered"}, 0, (), (), _told_burst(tale, house, pressed, took)),
        {tale.name: tale.name},
        tuple(unlike_burst(tale, house, took)),
        facts=tuple(_facts_of_burst(tale, house, took, len(_refused(house)) - throttles)),
    )


def unlike_burst(tale: BurstTale, house: Rehearsal, took: float) -> Iterator[str]:
    """Yield what differs: each letter sent once and delivered, at one real attempt, at the pace of the governor."""
    letters = list(house.runtime.letters.all(house.clock.now()))
    yield from differs("letters are", tale.letters, len(letters))
    yield from differs("states are", {State.DELIVERED}, {each.state for each in letters})
    yield from differs("copies are", {1}, {house.mails.copies_of("letter", each.id) for each in letters})
    yield from differs("attempts are", {1}, {each.attempts for each in letters})
    if took > SLACK * _governed(tale):
        yield f"it took {took:.1f} s, and the governor needs {_governed(tale):.1f} s"
    yield from differs("dead messages:", [], [*house.letters.dead, *house.events.dead])
    yield from differs("ledger and tally differ by", 0, house.difference())
    yield from differs("wrong SES asked", [], house.mails.complaints)


def _begun(house: Rehearsal, email: str) -> None:
    wish = {"name": "A. Writer", "email": email, "language": "en", "body": WORDS[ANA]}
    answer = house.post(f"/api/campaigns/{house.slug}/letters", wish)
    if answer["http"] != ACCEPTED:
        raise ValueError(f"a letter was answered {answer['http']}")


def _pressed(house: Rehearsal, email: str) -> None:
    """Open the first link of the mail and press its button: a mail has one link to do what it is about."""
    (mail,) = house.mails.letters_in(email)
    link = next(word for word in mail.text.split() if "/letters/" in word)
    house.ask("POST", link.removeprefix(house.public_url), FORM, b"do=confirm")


def _refused(house: Rehearsal) -> list[str]:
    return [entry.error for entry in house.mails.wire if entry.error]


def _governed(tale: BurstTale) -> float:
    """Seconds at the share of SES's rate that we use."""
    return tale.letters / (tale.rate * SHARE)


def _told_burst(tale: BurstTale, house: Rehearsal, pressed: float, took: float) -> list[Json]:
    receipts = [mail.at for mail in house.mails.accepted if mail.tag("mail") == "receipt"]
    said = (
        (pressed, f"{tale.letters} people press “Yes, send it”"),
        (pressed + took, "the last of their letters has left"),
        (max(receipts, default=pressed), "the last of them has the receipt"),
    )
    return [{"at": at, "who": tale.name, "kind": "happened", "text": text} for at, text in said]


def _facts_of_burst(tale: BurstTale, house: Rehearsal, took: float, throttled: int) -> Iterator[str]:
    sent = house.mails.ledger("letter")
    double = sum(len(copies) > 1 for copies in sent.values())
    yield f"letters={tale.letters} lost={tale.letters - len(sent)} double={double} throttled={throttled}"
    attempts = sum(each.attempts for each in house.runtime.letters.all(house.clock.now()))
    yield f"attempts={attempts}, none by a throttle"
    ideal = tale.letters / tale.rate
    yield (
        f"{took:.1f} s: {took / ideal:.2f} of {ideal:.1f} s at SES’s rate, {took / _governed(tale):.2f} of "
        f"{_governed(tale):.1f} s at the {SHARE:.0%} we use"
    )
    yield f"ledger={len(counted(house))} tally={house.letter_tally().tally} difference={house.difference()}"
