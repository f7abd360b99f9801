"""The names of all spoken prompts: a campaign may replace any of them, by text or by recording."""

from enum import StrEnum


class PromptId(StrEnum):
    """One spoken prompt (facts: each at most four keys, goal before key, interruptible)."""

    HELLO = "hello"
    MENU = "menu"
    POINTS = "points"
    POINTS_MENU = "points_menu"
    CONNECTING = "connecting"
    HOW_DID_IT_GO = "how_did_it_go"
    BUSY = "busy"
    NO_ANSWER = "no_answer"
    FAILED = "failed"
    TRY_NEXT = "try_next"
    THANKS_COUNTED = "thanks_counted"
    THANKS = "thanks"
    NEXT = "next"
    GOODBYE = "goodbye"
    NO_KEY = "no_key"
    NO_KEY_END = "no_key_end"
    WRONG_KEY = "wrong_key"
    NEVER_AGAIN = "never_again"
    PAUSED = "paused"
    ENDED = "ended"
    OUR_FAULT = "our_fault"
