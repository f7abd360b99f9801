"""The one logger and the one set of metrics, and what may stand in them.

A log line is a constant message with facts as keys, and only facts named in ALLOWED are written: no phone
number, address, name, letter or token can slip in through a new key. An unlisted key raises at once.
"""

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from aws_lambda_powertools import Logger, Metrics
from aws_lambda_powertools.metrics import MetricUnit

SERVICE = "patchthrough"

ALLOWED = frozenset({
    "ending", "stage", "outcome", "code", "why", "route", "status", "campaign", "error", "need", "messages", "delay_ms",
})  # fmt: skip
"""Facts a log line may hold: names of states, codes, counts. Call ids too are kept out: one is a key to a page."""

METRICS: dict[str, str] = {
    "CallsAskedFor": "calls created by the page or the API",
    "CallsAskedByText": "calls created because a subscriber texted CALL",
    "CallsBooked": "calls booked by the page or the API for later",
    "BookedCallsPlaced": "booked calls that were put in line at their time",
    "BookedCallsDropped": "booked calls that were not made, and say why",
    "CodesTexted": "codes Twilio took to text",
    "CodesRefused": "codes that Twilio said can't reach the phone",
    "CodesUnclear": "texts without a clear answer: never sent again by themselves",
    "CodesGuessedWrong": "codes typed in that did not match",
    "SpendCapReached": "calls not asked for or not placed: the campaign's calls of the day were used up",
    "BudgetUsed": "how much of its calls of the day a campaign has used, in percent: the highest counts",
    "PagesWaiting": "pages that wait for their supporter's own call",
    "CallsReceived": "calls to us whose caller chose a language",
    "CallsJoined": "calls to us that a page's code brought to their page",
    "LinesRested": "lines put in quarantine",
    "CallsPlaced": "calls Twilio accepted",
    "CallsThrottled": "429s from Twilio: the call went back to the queue",
    "CallsUnclear": "placings without a clear answer",
    "CallsEnded": "calls that came to an end",
    "ActionsCounted": "office calls written to the ledger",
    "LettersBegun": "letters begun on the page or by the API",
    "LettersSent": "letters SES took",
    "LettersThrottled": "letters SES said came too fast: back in the queue, none the worse",
    "LettersUnclear": "sendings without a clear answer",
    "QuotaUnknown": "times SES did not tell the account's quota: mail went on, one a second",
    "SesUnreachable": "mails without a connection to SES: certainly not sent, and tried again later",
    "LettersCounted": "changes of a letter's outcome written to the ledger",
    "LetterEventsIgnored": "events that no longer change their letter",
    "LetterPages": "letters that wake somebody up: a complaint, a virus, one sent twice, a sender that is refused",
    "LetterWarnings": "letters that a person should look at in office hours",
    "SenderRefused": "times SES refused the sender: nothing is sent until the circuit's time is over",
    "WriterMailsSent": "mails to writers that SES took",
    "WriterMailsDropped": "mails to writers that were not sent: refused, unclear, or unwanted by then",
    "MailEventsTaken": "events of SES's that were new",
    "MailEventsRepeated": "events of SES's that had been taken before",
    "MailEventsOdd": "events of SES's of a kind we don't know, or about no letter of ours",
    "TextsReceived": "texts that people sent us, repeats too",
    "TextsRepeated": "texts that had been taken before",
    "TextsOdd": "texts from no phone: a short code, a name, a hidden number",
    "TextsNotTaken": "texts we failed to take, a stop perhaps among them: Twilio asks again; one must be 0",
    "TextsJoined": "numbers that became subscribers",
    "TextsStopped": "numbers that stopped, by whatever way",
    "TextsHeld": "subscribers who may have stopped, and get nothing until a person or they themselves say",
    "SignUpsAsked": "forms that asked for texts, whoever's number was typed in",
    "SignUpsTexted": "forms' questions to confirm that Twilio took to text",
    "SignUpsRefused": "forms' questions that Twilio or a carrier said can't reach the phone",
    "SignUpsUnclear": "forms' questions without a clear answer: never sent again",
    "SubscribersDrifted": "numbers that the carrier says have stopped and we took for subscribers: one must be 0",
    "AlertsSent": "alerts that Twilio took, or proved later to have taken",
    "AlertsDelivered": "alerts that their carrier says arrived",
    "AlertsSkipped": "recipients who were sent nothing, each for a reason: stopped, held, too late",
    "AlertsAmbiguous": "alerts without a clear answer: never sent again, and asked about later",
    "AlertsFailed": "alerts that did not get there, or of which nobody knows after two looks",
    "AlertsThrottled": "429s from Twilio: the recipient waits for the next pass, none the worse",
    "TextsFiltered": "alerts that a carrier took for spam (30007)",
    "SenderUnregistered": "broadcasts paused since Twilio or a carrier refuses our sender or words: somebody must look",
    "BroadcastsDone": "broadcasts of which it is known of everybody what became of them",
    "BroadcastsUnsettled": "broadcasts of which that is not known an hour after the end: somebody must look",
    "DayCapUsed": "how much of T-Mobile's segments of the day are used up, in percent: the highest counts",
    "WebhooksRefused": "requests that could not be shown to be Twilio's",
    "SpokenApologies": "callers who heard that something broke on our side",
}
"""Every metric, with what it counts. None has a dimension beside the service: each series costs money."""

logger = Logger(service=SERVICE, level=logging.INFO, use_rfc3339=True)
metrics = Metrics(namespace="Patchthrough", service=SERVICE)


TALKATIVE = ("boto3", "botocore", "requests", "twilio", "urllib3")
"""Libraries that write whole requests, with the numbers in them, where the log's level lets them."""


def hush() -> None:
    """Keep requests out of the log whatever its level, which on Lambda a setting can lower for everybody."""
    for name in TALKATIVE:
        logging.getLogger(name).setLevel(logging.ERROR)


_silent: list[None] = []
"""Not empty while nothing is to be said."""


@contextmanager
def silence() -> Iterator[None]:
    """Write no line and count nothing meanwhile: at a terminal, where a person reads what is printed."""
    _silent.append(None)
    try:
        yield
    finally:
        _silent.pop()


class UnlistedFactError(Exception):
    """A fact that is not on the list of what a log may hold."""


def log(message: str, **facts: Any) -> None:  # noqa: ANN401 - any JSON value under a listed key
    """Write one line: a constant message, and facts under listed keys only.

    Raises:
        UnlistedFactError: a key is not listed; a programmer's mistake, found by any test that passes there.
    """
    unlisted = facts.keys() - ALLOWED
    if unlisted:
        raise UnlistedFactError(", ".join(sorted(unlisted)))
    if not _silent:
        logger.info(message, extra=facts)


def fault(message: str, error: BaseException, **facts: Any) -> None:  # noqa: ANN401 - as above
    """Write a fault by the kind of its error alone: an error's text may hold what it was about."""
    log(message, error=type(error).__name__, **facts)


def count(metric: str, number: int = 1) -> None:
    """Add to a metric of METRICS."""
    if metric not in METRICS:
        raise UnlistedFactError(metric)
    if not _silent:
        metrics.add_metric(metric, MetricUnit.Count, number)


def share(metric: str, part: int, whole: int) -> None:
    """Set a metric of METRICS to `part` of `whole` in percent."""
    if metric not in METRICS:
        raise UnlistedFactError(metric)
    metrics.add_metric(metric, MetricUnit.Percent, 100 if whole <= 0 else round(100 * part / whole, 1))


def flushing(event: Any, answer: Callable[[Any], Any]) -> Any:  # noqa: ANN401 - any event of Lambda's, any answer
    """Write out what was counted once a request, message or schedule is done with: a Chalice middleware."""
    try:
        return answer(event)
    finally:
        if metrics.metric_set:
            metrics.flush_metrics()
