"""The words that Twilio itself takes for stop, start and help.

Promises: a long code's default words, compared as a whole message, in any case; the automatic answers
Twilio sends unless an account wrote its own. Refuses to know: who is blocked, and other languages.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

STOP, START, HELP = "STOP", "START", "HELP"
"""What a word means, as OptOutType says it."""

ANSWERS = {
    STOP: "You have successfully been unsubscribed. You will not receive any more messages from this number. "
    "Reply START to resubscribe.",
    START: "You have successfully been re-subscribed to messages from this number. Reply HELP for help. "
    "Reply STOP to unsubscribe. Msg&Data Rates May Apply.",
    HELP: "Reply STOP to unsubscribe. Msg&Data Rates May Apply.",
}


@dataclass(frozen=True, slots=True)
class Keywords:
    """Twilio's words. `advanced`: Advanced Opt-Out is on, which only a Messaging Service can have."""

    stop: frozenset[str] = frozenset(
        {"STOP", "STOPALL", "UNSUBSCRIBE", "CANCEL", "END", "QUIT", "REVOKE", "OPTOUT"}
    )
    start: frozenset[str] = frozenset({"START", "YES", "UNSTOP"})
    help: frozenset[str] = frozenset({"HELP", "INFO"})
    advanced: bool = False

    def without(self, *words: str) -> Keywords:
        """The same less `words`: the way to keep Twilio from answering a YES that the app asked for."""
        gone = frozenset(words)
        return replace(self, stop=self.stop - gone, start=self.start - gone, help=self.help - gone)

    def meaning(self, body: str) -> str:
        """STOP, START or HELP if the whole of `body` is such a word, else empty."""
        word = body.strip().upper()
        for meaning, words in ((STOP, self.stop), (START, self.start), (HELP, self.help)):
            if word in words:
                return meaning
        return ""


LONG_CODE = Keywords()
ADVANCED = Keywords(advanced=True)
