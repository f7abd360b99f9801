"""What a record of consent says, in words: states, ways, and what is wrong with a ledger. For people and lawyers."""

from collections.abc import Mapping, Sequence

from chalicelib.domain.broadcast import ClaimState
from chalicelib.domain.consent_record import Fault, Finding
from chalicelib.domain.subscriber import Source, State
from chalicelib.domain.words import Language

STATES: Mapping[State, str] = {
    State.UNKNOWN: "no consent",
    State.PENDING: "asked to confirm",
    State.SUBSCRIBED: "subscribed",
    State.HELD: "held, for it may have been a stop",
    State.STOPPED: "stopped",
    State.INVALID: "no such phone",
}
WAYS: Mapping[Source, str] = {
    Source.TEXT: "By text",
    Source.FORM: "By the form on our page",
    Source.PHONE: "By phone, written down by staff",
    Source.EMAIL: "By e-mail, written down by staff",
    Source.LETTER: "By letter, written down by staff",
    Source.IN_PERSON: "In person, written down by staff",
    Source.STAFF: "Decided by staff",
    Source.PROVIDER: "Told by the carrier",
    Source.TIME: "Nobody answered in time",
}
ALERTS: Mapping[ClaimState, str] = {
    ClaimState.CLAIMED: "being sent at this moment",
    ClaimState.SENT: "sent",
    ClaimState.FAILED: "not sent: Twilio refused it",
    ClaimState.AMBIGUOUS: "sent or not: Twilio gave no clear answer yet",
    ClaimState.SKIPPED_STOPPED: "not sent: they had stopped",
    ClaimState.SKIPPED_HELD: "not sent: they were held",
    ClaimState.SKIPPED_NOT_SUBSCRIBED: "not sent: they were not subscribed",
    ClaimState.SKIPPED_STALE: "not sent: it had become too late for it",
    ClaimState.SKIPPED_CANCELLED: "not sent: it was cancelled",
    ClaimState.SKIPPED_LATE: "not sent: not in time after the last look at their stop",
    ClaimState.SKIPPED_EXPIRED: "not delivered: Twilio gave it up at the end of the hours for texts",
}
LANGUAGES = {Language.EN: "English", Language.ES: "Spanish"}
FAULTS: Mapping[Fault, str] = {
    Fault.ALTERED: "{programme}: row {row} does not read as it was written.",
    Fault.MISSING: "{programme}: the rows do not lead to where the number stands. Some are missing.",
    Fault.BEGINS_LATE: "{programme}: the rows begin in the midst. Earlier ones are not here: they may have come to "
    "the end of their time, five years after the consent they were about.",
}
NOT_KEPT = (
    "Rows of a consent that ended more than five years ago are no longer kept, but for those of a stop."
)
WHOLE = "The record is whole: every row reads as it was written, and together they lead to where the number stands."
NOT_WHOLE = "The record is not whole."
NOTHING = (
    "Nothing is known of this number: no consent, no stop, and no text from it that changed anything. "
    "That is this record’s answer."
)


def verdict(found: Sequence[Finding]) -> tuple[str, ...]:
    """Return what is to be said of the whole ledger, a sentence each; the last one is the sum of it."""
    if not found:
        return (WHOLE,)
    return (*(FAULTS[each.fault].format(programme=each.programme, row=each.row) for each in found), NOT_WHOLE)
