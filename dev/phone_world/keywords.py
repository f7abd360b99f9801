"""The words that are taken for stop, start and help before any app hears them, and what they are answered with.

Promises: words are compared as a whole message, in any case; which of them a number obeys (`in_force`):

    number        in a Messaging Service with Advanced Opt-Out    else
    long code     the account's words and answers                 Twilio's own, in English
    short code    the account's words and answers                 none: a bare short code obeys nothing
    toll-free     the network's STOP, START and UNSTOP, in English, whatever the account says; HELP as beside

Refuses to know: who is blocked. The account's words are given to it as values.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Any

STOP, START, HELP = "STOP", "START", "HELP"
"""What a word means, as OptOutType says it. These three nobody can take from Advanced Opt-Out's words."""

ANSWERS = {
    STOP: "You have successfully been unsubscribed. You will not receive any more messages from this number. "
    "Reply START to resubscribe.",
    START: "You have successfully been re-subscribed to messages from this number. Reply HELP for help. "
    "Reply STOP to unsubscribe. Msg&Data Rates May Apply.",
    HELP: "Reply STOP to unsubscribe. Msg&Data Rates May Apply.",
}
NETWORK_ANSWERS = {
    "STOP": 'NETWORK MSG: You replied with the word "stop" which blocks all texts sent from this number. '
    'Text back "unstop" to receive messages again.',
    "START": 'NETWORK MSG: You have replied "start" and will begin receiving messages again from this number.',
    "UNSTOP": 'NETWORK MSG: You have replied "unstop" and will begin receiving messages again from this number.',
}
"""What the toll-free network says, which nobody can change."""
TOLL_FREE_CODES = frozenset({"800", "833", "844", "855", "866", "877", "888"})
LONGEST_SHORT_CODE = 6


class Kind(StrEnum):
    """What a number of ours is to the carriers."""

    LONG_CODE = "long code"
    TOLL_FREE = "toll-free number"
    SHORT_CODE = "short code"


def kind_of(number: str) -> Kind:
    """What a number is, by its digits."""
    digits = number.removeprefix("+")
    if len(digits) <= LONGEST_SHORT_CODE:
        return Kind.SHORT_CODE
    return Kind.TOLL_FREE if digits[:1] == "1" and digits[1:4] in TOLL_FREE_CODES else Kind.LONG_CODE


@dataclass(frozen=True, slots=True)
class Keywords:
    """Twilio's words, or an account's. `advanced`: Advanced Opt-Out is on, which only a Messaging Service can have."""

    stop: frozenset[str] = frozenset(
        {"STOP", "STOPALL", "UNSUBSCRIBE", "CANCEL", "END", "QUIT", "REVOKE", "OPTOUT"}
    )
    start: frozenset[str] = frozenset({"START", "YES", "UNSTOP"})
    help: frozenset[str] = frozenset({"HELP", "INFO"})
    advanced: bool = False
    own: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """What a word is answered with instead of Twilio's own text, by word."""

    def without(self, *words: str) -> Keywords:
        """The same less `words`: the way to keep Twilio from answering a YES that the app asked for.

        ValueError for a word that Advanced Opt-Out does not let go.
        """
        gone = frozenset(words)
        if self.advanced and gone & {STOP, START, HELP}:
            message = "Advanced Opt-Out keeps STOP, START and HELP, whatever the account wants"
            raise ValueError(message)
        return replace(self, stop=self.stop - gone, start=self.start - gone, help=self.help - gone)

    def saying(self, meaning: str, words: Iterable[str], answer: str) -> Keywords:
        """The same with `words` that mean STOP, START or HELP, and are answered so: once for each language."""
        more = frozenset(word.upper() for word in words)
        told: dict[str, Any] = {meaning.lower(): getattr(self, meaning.lower()) | more}
        return replace(self, own={**self.own, **dict.fromkeys(more, (answer,))}, **told)

    def meaning(self, body: str) -> str:
        """STOP, START or HELP if the whole of `body` is such a word, else empty."""
        word = _word(body)
        for meaning, words in ((STOP, self.stop), (START, self.start), (HELP, self.help)):
            if word in words:
                return meaning
        return ""

    def answers(self, body: str) -> tuple[str, ...]:
        """The texts that a body is answered with; none for one that is no such word."""
        meaning = self.meaning(body)
        return self.own.get(_word(body), (ANSWERS[meaning],)) if meaning else ()


def _word(body: str) -> str:
    return body.strip().upper()


LONG_CODE = Keywords()
ADVANCED = Keywords(advanced=True)


def in_force(number: str, account: Keywords | None, service: str) -> Keywords | None:
    """The words that our `number` obeys (see above), `account` being what the account wants; None: it obeys nothing."""
    is_set = account is not None and account.advanced and bool(service)
    usual = LONG_CODE if account is not None and account.advanced and not service else account
    match kind_of(number):
        case Kind.TOLL_FREE:
            return _network(usual)
        case Kind.SHORT_CODE:
            return account if is_set else None
        case Kind.LONG_CODE:
            return usual


def _network(account: Keywords | None) -> Keywords:
    """The toll-free network's words with the account's help. Advanced Opt-Out answers a START as well, a STOP never."""
    found = Keywords(
        frozenset({"STOP"}),
        frozenset({"START", "UNSTOP"}),
        account.help if account is not None else frozenset(),
        own={word: (answer,) for word, answer in NETWORK_ANSWERS.items()},
    )
    if account is None or not account.advanced:
        return found
    also = {word: (*found.own[word], *account.answers(word)) for word in found.start}
    helped = {word: account.answers(word) for word in account.help}
    return replace(found, advanced=True, own={**found.own, **also, **helped})
