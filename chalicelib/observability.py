"""The one logger, the one list of what is counted, and what may stand in either.

A log line is a constant message with facts as keys, and only facts named in ALLOWED are written: no phone
number, address, name, letter or token can slip in through a new key. An unlisted key raises at once.
"""

import logging
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from threading import Lock
from typing import Any

from aws_lambda_powertools import Logger
from aws_lambda_powertools.metrics import MetricUnit, single_metric

from chalicelib.domain.funnel import STEPS

SERVICE = "patchthrough"
NAMESPACE = "Patchthrough"
"""In CloudWatch the stage follows: Patchthrough/prod. No function's name, which would make every series eight."""

ALLOWED = frozenset({
    "ending", "stage", "outcome", "code", "why", "route", "status", "campaign", "error", "need", "messages", "delay_ms",
})  # fmt: skip
"""Facts a log line may hold: names of states, codes, counts. Call ids too are kept out: one is a key to a page."""

# What CloudWatch gets. Each series costs 0.30 dollars a month while it is written, so there are few.


@dataclass(frozen=True, slots=True)
class Metric:
    """One name in CloudWatch: what it counts, and the values its one dimension may have.

    A gauge is written every five minutes by the schedule, also when it is 0: one that is missing says that the
    schedule is dead. All else is written when it happens.
    """

    what: str
    dimension: str = ""
    values: tuple[str, ...] = ("",)
    is_gauge: bool = False
    unit: MetricUnit = MetricUnit.Count


Series = tuple[str, str]
"""A metric's name and the value of its dimension: "" where it has none."""

METRICS: dict[str, Metric] = {
    "Step": Metric("calls that came so far, each call once for each step", "step", STEPS),
    "Letter": Metric("letters that came to this", "state", ("sent", "delivered", "bounced", "failed")),
    "Text": Metric(
        "texts that came to this: alerts, codes, questions", "state", ("sent", "delivered", "failed")
    ),
    "OptOut": Metric("numbers that stopped our texts, by whatever way"),
    "SignatureRefused": Metric("requests that could not be shown to be Twilio's"),
    "Reconciled": Metric("calls and alerts of which the schedule learned what nobody had told us"),
    "NeedsSomebody": Metric(
        "things that must never happen and that a person has to look at: the log says which"
    ),
    "Unknown": Metric("calls of which nobody knows whether Twilio placed them", is_gauge=True),
    "TallyDifference": Metric(
        "how far the tallies are from their own parts; `counts verify` holds them against the ledger",
        is_gauge=True,
    ),
    "LinesDown": Metric("lines of live campaigns that rest until a person verifies them anew", is_gauge=True),
    "SpendShare": Metric(
        "the most that a live campaign has used of its calls of the day",
        is_gauge=True,
        unit=MetricUnit.Percent,
    ),
}
"""Every name in CloudWatch. The dashboard, the alarms and docs/watching.md are made from it (dev/watching.py)."""

FORM: Series = ("Step", "form")
LETTER_SENT, LETTER_DELIVERED = ("Letter", "sent"), ("Letter", "delivered")
LETTER_BOUNCED, LETTER_FAILED = ("Letter", "bounced"), ("Letter", "failed")
TEXT_SENT, TEXT_DELIVERED, TEXT_FAILED = ("Text", "sent"), ("Text", "delivered"), ("Text", "failed")
OPT_OUT, REFUSED, RECONCILED, NEEDS = (
    ("OptOut", ""),
    ("SignatureRefused", ""),
    ("Reconciled", ""),
    ("NeedsSomebody", ""),
)


@dataclass(frozen=True, slots=True)
class Happening:
    """Something worth a number: what it is, and the series it feeds, if any. All stand in the log, once a request."""

    what: str
    feeds: Series | None = None


HAPPENINGS: dict[str, Happening] = {
    "CallsAskedFor": Happening("calls created by the page or the API", FORM),
    "CallsAskedByText": Happening("calls created because a subscriber texted CALL", FORM),
    "CallsBooked": Happening("calls booked by the page or the API for later"),
    "BookedCallsPlaced": Happening("booked calls that were put in line at their time", FORM),
    "BookedCallsDropped": Happening("booked calls that were not made, and say why"),
    "CodesTexted": Happening("codes Twilio took to text", TEXT_SENT),
    "CodesRefused": Happening("codes that Twilio said can't reach the phone", TEXT_FAILED),
    "CodesUnclear": Happening("texts without a clear answer: never sent again by themselves"),
    "CodesGuessedWrong": Happening("codes typed in that did not match"),
    "SpendCapReached": Happening(
        "calls not asked for or not placed: the campaign's calls of the day were used up"
    ),
    "BudgetUsed": Happening(
        "how much of its calls of the day a campaign has used, in percent: the highest counts"
    ),
    "PagesWaiting": Happening("pages that wait for their supporter's own call", FORM),
    "CallsReceived": Happening("calls to us whose caller chose a language"),
    "CallsJoined": Happening("calls to us that a page's code brought to their page"),
    "LinesRested": Happening("lines put in quarantine"),
    "CallsPlaced": Happening("calls Twilio accepted"),
    "CallsThrottled": Happening("429s from Twilio: the call went back to the queue"),
    "CallsUnclear": Happening("placings without a clear answer"),
    "CallsEnded": Happening("calls that came to an end"),
    "CallsReconciled": Happening(
        "looks at a call by which something was learned that nobody had told us", RECONCILED
    ),
    "ActionsCounted": Happening("office calls written to the ledger"),
    "LettersBegun": Happening("letters begun on the page or by the API"),
    "LettersSent": Happening("letters SES took", LETTER_SENT),
    "LettersThrottled": Happening("letters SES said came too fast: back in the queue, none the worse"),
    "LettersUnclear": Happening("sendings without a clear answer"),
    "QuotaUnknown": Happening("times SES did not tell the account's quota: mail went on, one a second"),
    "SesUnreachable": Happening(
        "mails without a connection to SES: certainly not sent, and tried again later"
    ),
    "LettersCounted": Happening("changes of a letter's outcome written to the ledger"),
    "LettersDelivered": Happening("letters that the office's server took", LETTER_DELIVERED),
    "LettersBounced": Happening("letters that came back", LETTER_BOUNCED),
    "LettersFailed": Happening(
        "letters that were not sent, for good: refused, unwanted, or too late", LETTER_FAILED
    ),
    "LetterEventsIgnored": Happening("events that no longer change their letter"),
    "LetterPages": Happening(
        "letters that wake somebody up: a complaint, a virus, one sent twice, a sender that is refused", NEEDS
    ),
    "LetterWarnings": Happening("letters that a person should look at in office hours"),
    "SenderRefused": Happening(
        "times SES refused the sender: nothing is sent until the circuit's time is over", NEEDS
    ),
    "WriterMailsSent": Happening("mails to writers that SES took"),
    "WriterMailsDropped": Happening(
        "mails to writers that were not sent: refused, unclear, or unwanted by then"
    ),
    "MailEventsTaken": Happening("events of SES's that were new"),
    "MailEventsRepeated": Happening("events of SES's that had been taken before"),
    "MailEventsOdd": Happening("events of SES's of a kind we don't know, or about no letter of ours"),
    "TextsReceived": Happening("texts that people sent us, repeats too"),
    "TextsRepeated": Happening("texts that had been taken before"),
    "TextsOdd": Happening("texts from no phone: a short code, a name, a hidden number"),
    "TextsNotTaken": Happening(
        "texts we failed to take, a stop perhaps among them: Twilio asks again; one must be 0", NEEDS
    ),
    "TextsJoined": Happening("numbers that became subscribers"),
    "TextsStopped": Happening("numbers that stopped, by whatever way", OPT_OUT),
    "TextsHeld": Happening(
        "subscribers who may have stopped, and get nothing until a person or they themselves say"
    ),
    "SignUpsAsked": Happening("forms that asked for texts, whoever's number was typed in"),
    "SignUpsTexted": Happening("forms' questions to confirm that Twilio took to text", TEXT_SENT),
    "SignUpsRefused": Happening(
        "forms' questions that Twilio or a carrier said can't reach the phone", TEXT_FAILED
    ),
    "SignUpsUnclear": Happening("forms' questions without a clear answer: never sent again"),
    "SubscribersDrifted": Happening(
        "numbers that the carrier says have stopped and we took for subscribers: one must be 0", NEEDS
    ),
    "AlertsSent": Happening("alerts that Twilio took, or proved later to have taken", TEXT_SENT),
    "AlertsDelivered": Happening("alerts that their carrier says arrived", TEXT_DELIVERED),
    "AlertsSkipped": Happening(
        "recipients who were sent nothing, each for a reason: stopped, held, too late"
    ),
    "AlertsAmbiguous": Happening("alerts without a clear answer: never sent again, and asked about later"),
    "AlertsReconciled": Happening("alerts without a clear answer that Twilio turned out to have", RECONCILED),
    "AlertsFailed": Happening(
        "alerts that did not get there, or of which nobody knows after two looks", TEXT_FAILED
    ),
    "AlertsThrottled": Happening("429s from Twilio: the recipient waits for the next pass, none the worse"),
    "TextsFiltered": Happening("alerts that a carrier took for spam (30007)"),
    "SenderUnregistered": Happening(
        "broadcasts paused since Twilio or a carrier refuses our sender or words: somebody must look", NEEDS
    ),
    "BroadcastsDone": Happening("broadcasts of which it is known of everybody what became of them"),
    "BroadcastsUnsettled": Happening(
        "broadcasts of which that is not known an hour after the end: somebody must look", NEEDS
    ),
    "DayCapUsed": Happening(
        "how much of T-Mobile's segments of the day are used up, in percent: the highest counts"
    ),
    "WebhooksRefused": Happening("requests that could not be shown to be Twilio's", REFUSED),
    "SpokenApologies": Happening("callers who heard that something broke on our side"),
}
"""Everything that is counted. What feeds no series is for Logs Insights: `filter message = "happened"`."""

logger = Logger(service=SERVICE, level=logging.INFO, use_rfc3339=True)


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


class _Ledger:
    """Strictly private: what was counted and is not written yet. The local server counts in several threads."""

    def __init__(self) -> None:
        self.lock = Lock()
        self.namespace = NAMESPACE
        self.happened: Counter[str] = Counter()
        self.series: Counter[Series] = Counter()
        self.values: dict[Series, float] = {}
        self.shares: dict[str, float] = {}

    def take(self) -> tuple[dict[str, float], dict[Series, float]]:
        """Return what happened and what goes to CloudWatch, and begin anew."""
        with self.lock:
            happened, series = {**self.happened, **self.shares}, {**self.series, **self.values}
            for each in (self.happened, self.series, self.values, self.shares):
                each.clear()
        return happened, series


_counted = _Ledger()


def measure_for(stage: str) -> None:
    """From now on, what is counted is this stage's: its name is a part of the namespace."""
    _counted.namespace = f"{NAMESPACE}/{stage}"


def count(happening: str, number: int = 1) -> None:
    """Count one of HAPPENINGS, and with it the series it feeds."""
    if happening not in HAPPENINGS:
        raise UnlistedFactError(happening)
    if _silent or not number:
        return
    with _counted.lock:
        _counted.happened[happening] += number
        if feeds := HAPPENINGS[happening].feeds:
            _counted.series[feeds] += number


def came(step: str) -> None:
    """Count a call that came to a step of METRICS["Step"]."""
    series = _listed("Step", step)
    if not _silent:
        with _counted.lock:
            _counted.series[series] += 1


def gauge(metric: str, value: float) -> None:
    """Write a gauge of METRICS as it stands now."""
    if not METRICS[metric].is_gauge:
        raise UnlistedFactError(metric)
    if not _silent:
        with _counted.lock:
            _counted.values[metric, ""] = value


def share(happening: str, part: int, whole: int) -> None:
    """Note that one of HAPPENINGS stands at `part` of `whole`, in percent; the last of a request is written."""
    if happening not in HAPPENINGS:
        raise UnlistedFactError(happening)
    if not _silent:
        with _counted.lock:
            _counted.shares[happening] = percent(part, whole)


def percent(part: int, whole: int) -> float:
    """Return `part` of `whole` in percent; all of nothing is used up."""
    return 100.0 if whole <= 0 else round(100 * part / whole, 1)


def unwritten() -> dict[str, float]:
    """Return what was counted since the last request ended: by happening, and by series as "Step/rang"."""
    with _counted.lock:
        series = {
            "/".join(filter(None, each)): number
            for each, number in {**_counted.series, **_counted.values}.items()
        }
        return {**series, **_counted.happened, **_counted.shares}


def forget() -> None:
    """Drop what was counted and is not written: for tests, between two of them."""
    _counted.take()


def write_counted() -> None:
    """Write what was counted: a line for each series, which CloudWatch takes in, and one for all that happened.

    One line for each series, since a line has one set of dimensions. The same line may arrive twice: the tally is
    the number, these are for watching.
    """
    happened, series = _counted.take()
    for (name, value), number in series.items():
        with single_metric(name, METRICS[name].unit, number, namespace=_counted.namespace) as metric:
            if value:
                metric.add_dimension(METRICS[name].dimension, value)
    if happened:
        logger.info("happened", extra=happened)


def flushing(event: Any, answer: Callable[[Any], Any]) -> Any:  # noqa: ANN401 - any event of Lambda's, any answer
    """Write out what was counted once a request, message or schedule is done with: a Chalice middleware."""
    try:
        return answer(event)
    finally:
        write_counted()


def _listed(metric: str, value: str) -> Series:
    if value not in METRICS[metric].values:
        raise UnlistedFactError(value)
    return metric, value
