"""What each outcome is called and what it means, for staff: in the terminal and at the console. English only."""

from collections.abc import Mapping

from chalicelib.domain.counts import AnyOutcome, Channel, LetterAnswer, LetterOutcome, Outcome

COUNTED: Mapping[Channel, Mapping[AnyOutcome, str]] = {
    Channel.CALLS: {
        Outcome.SPOKE: "Spoke to someone",
        Outcome.VOICEMAIL: "Left a message",
        Outcome.NO_ANSWER: "Nobody answered",
        Outcome.BUSY: "Busy",
        Outcome.CLOSED: "Closed",
        Outcome.WRONG_NUMBER: "Wrong number",
        Outcome.FAILED: "Didn’t connect",
        Outcome.VOICEMAIL_FULL: "Voicemail was full",
    },
    Channel.LETTERS: {
        LetterOutcome.DELIVERED: "Delivered",
        LetterOutcome.ON_ITS_WAY: "On its way",
        LetterOutcome.BOUNCED: "Came back",
        LetterOutcome.COMPLAINED: "Called spam by the office",
        LetterOutcome.SUPPRESSED: "Not sent: no mail is wanted",
        LetterOutcome.REJECTED: "Refused by our mail service",
        LetterOutcome.WITHDRAWN: "Taken back by its writer",
        LetterOutcome.NOT_SENT: "Not sent, on our side",
        LetterOutcome.UNCONFIRMED: "Never confirmed",
    },
    Channel.ANSWERS: {
        LetterAnswer.PERSON: "A person answered",
        LetterAnswer.AUTOMATIC: "An automatic answer",
        LetterAnswer.NOTHING: "No answer",
    },
}
"""What each outcome is called, in the order in which it is shown."""
MEANS: Mapping[AnyOutcome, str] = {
    Outcome.SPOKE: "The office answered for five seconds or more, and the caller said they spoke to someone.",
    Outcome.VOICEMAIL: "The caller said they left a message; or nothing, and the line was up for 15 seconds.",
    Outcome.NO_ANSWER: "It rang out, was too short for a talk, or the caller said nobody was there.",
    Outcome.BUSY: "The line was busy, and no other line of the office answered.",
    Outcome.CLOSED: "The office closed before anybody answered.",
    Outcome.WRONG_NUMBER: "The caller said so. A line that gets this often rests until a person has looked.",
    Outcome.FAILED: "Twilio could not connect it.",
    Outcome.VOICEMAIL_FULL: "The mailbox was full, the caller said.",
    LetterOutcome.DELIVERED: "The office’s mail server took it, and it has not come back.",
    LetterOutcome.ON_ITS_WAY: "Confirmed by its writer; leaves in office hours, a few an hour.",
    LetterOutcome.BOUNCED: "The office’s server refused it, at once or later. Taken off the count then.",
    LetterOutcome.COMPLAINED: "The office reported it as spam. Taken off the count.",
    LetterOutcome.SUPPRESSED: "The mail service holds that this mailbox wants none.",
    LetterOutcome.REJECTED: "The mail service would not carry it.",
    LetterOutcome.WITHDRAWN: "Its writer took it back before it left.",
    LetterOutcome.NOT_SENT: "It never left, for a reason on our side.",
    LetterOutcome.UNCONFIRMED: "Its writer never pressed the link in our mail.",
    LetterAnswer.PERSON: "The writer says that somebody wrote back.",
    LetterAnswer.AUTOMATIC: "The writer says that a machine wrote back.",
    LetterAnswer.NOTHING: "The writer says that nothing came in two weeks.",
}
