"""One number's record of consent as a value, as JSON that stays as it is, and as a page to print. Knows no table.

Lawyers' programs may read the JSON: a field is added, never renamed, and another meaning is another `format`.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from html import escape
from typing import Any
from zoneinfo import ZoneInfo

from chalicelib.adapters.claim_items import KEPT as CLAIMS_KEPT
from chalicelib.adapters.subscribers import Standing
from chalicelib.domain.claim import Claim
from chalicelib.domain.consent_record import Finding, findings
from chalicelib.domain.programme import version_of
from chalicelib.domain.retention import KEPT_AFTER
from chalicelib.domain.subscriber import ConsentRow, Source, State, is_unchanged
from chalicelib.domain.words import Words
from cli.consent_words import ALERTS, LANGUAGES, NOT_KEPT, NOTHING, STATES, WAYS, verdict

FORMAT = "patchthrough consent record 1"


@dataclass(frozen=True, slots=True)
class Alert:
    """A broadcast that had the number among its recipients: what became of it there, and its words (None: gone)."""

    claim: Claim
    programme: str
    words: Words | None


@dataclass(frozen=True, slots=True)
class Record:
    """What is known of a number (E.164), by whom and when it was looked up, and where (stage and table).

    `zone` is that of the number, None where it may be in several. `titles` are the programmes' names, `words` those
    that were shown, by version; None: they are not kept. `alerts` are those of the last thirteen months.
    """

    typed: str = field(repr=False)
    number: str = field(repr=False)
    by: str
    at: datetime
    where: str
    zone: str | None
    standing: Standing = field(repr=False)
    rows: Sequence[ConsentRow] = field(repr=False)
    titles: Mapping[str, str]
    words: Mapping[str, str | None]
    alerts: Sequence[Alert] = ()

    def named(self, programme: str) -> str:
        """Return a programme's name and, where that is another, its short name."""
        title = self.titles.get(programme, programme)
        return title if title == programme else f"{title} ({programme})"

    @property
    def findings(self) -> tuple[Finding, ...]:
        """What is wrong with the ledger."""
        return findings(self.rows, self.standing.profiles, self.standing.stop, self.at)

    @property
    def verdict(self) -> tuple[str, ...]:
        """What is to be said of the whole, a sentence each; the last one is the sum of it."""
        has_old = any(row.at + KEPT_AFTER <= self.at for row in self.rows)
        return ((NOT_KEPT,) if has_old else ()) + verdict(self.findings)

    @property
    def is_empty(self) -> bool:
        """Whether nothing is known that consent or its end could be read from."""
        states = {each.state for each in self.standing.profiles.values()}
        has_any = self.rows or self.alerts or self.standing.stop is not None
        return not has_any and states <= {State.UNKNOWN}


def utc(at: datetime) -> str:
    """A moment in UTC, to the second."""
    return f"{at.astimezone(UTC):%Y-%m-%d %H:%M:%S} UTC"


def local(at: datetime, zone: str | None) -> str:
    """The same moment where the number is; empty where that isn't known."""
    return f"{at.astimezone(ZoneInfo(zone)):%Y-%m-%d %H:%M:%S} in {zone}" if zone else ""


def how(row: ConsentRow) -> str:
    """By which way something was said; in which language, where they said it themselves."""
    to = f" to {row.sender}" if row.sender else ""
    own = f", in {LANGUAGES[row.language]}" if row.source in {Source.TEXT, Source.FORM} else ""
    return f"{WAYS[row.source]}{to}{own}"


# JSON.


def as_json(record: Record) -> dict[str, Any]:
    """Return the record as JSON's own values. Moments are in UTC, ISO 8601, to the microsecond."""
    standing = record.standing
    stop = standing.stop
    return {
        "format": FORMAT,
        "looked_up": {
            "number_as_typed": record.typed,
            "number": record.number,
            "key": standing.phone_key,
            "at": _iso(record.at),
            "by": record.by,
            "where": record.where,
        },
        "is_known": not record.is_empty,
        "programmes": [_programme(record, name) for name in sorted(standing.profiles)],
        "stop": {"at": _iso(stop.at), "lifted_for": sorted(stop.lifted_for)} if stop else None,
        "rows": [_row(record, row) for row in record.rows],
        "words_shown": [
            {
                "version": version,
                "text": text,
                "is_as_shown": text is not None and version_of(text) == version,
            }
            for version, text in record.words.items()
        ],
        "alerts_kept_days": CLAIMS_KEPT.days,
        "alerts": list(map(_alert, record.alerts)),
        "is_whole": not record.findings,
        "findings": [
            {"fault": each.fault.value, "programme": each.programme, "row": each.row or None}
            for each in record.findings
        ],
    }


def _programme(record: Record, name: str) -> dict[str, Any]:
    profile = record.standing.profiles[name]
    return {
        "programme": name,
        "title": record.titles.get(name),
        "state": profile.state.value,
        "since": _iso(profile.changed_at) if profile.changed_at else None,
        "language": profile.language.value if profile.language else None,
        "consented_to_words": profile.consented_to,
    }


def _row(record: Record, row: ConsentRow) -> dict[str, Any]:
    return {
        "id": row.id,
        "programme": row.programme,
        "from": row.was.value,
        "to": row.now.value,
        "at": _iso(row.at),
        "at_local": row.at.astimezone(ZoneInfo(record.zone)).isoformat() if record.zone else None,
        "way": row.source.value,
        "to_our_number": row.sender or None,
        "text": row.text,
        "language": row.language.value,
        "words_version": row.shown,
        "digest": row.digest,
        "is_unchanged": is_unchanged(row),
    }


def _alert(alert: Alert) -> dict[str, Any]:
    claim, words = alert.claim, alert.words
    return {
        "broadcast": claim.broadcast,
        "programme": alert.programme,
        "at": _iso(claim.at),
        "state": claim.state.value,
        "delivery": claim.delivery,
        "error": claim.error,
        "twilio_id": claim.sid,
        "words": {"en": words.en, "es": words.es} if words else None,
    }


def _iso(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")


# A page.

LOOK = """
body { font: 11pt/1.45 Georgia, serif; max-width: 44rem; margin: 2rem auto; padding: 0 1rem; color: #111 }
h1 { font-size: 1.5rem } h2 { font-size: 1.1rem; margin-top: 2rem } h3 { font-size: 1rem; margin: 1.5rem 0 .25rem }
dl { display: grid; grid-template-columns: 11rem 1fr; gap: .15rem 1rem; margin: 0 } dt { color: #555 } dd { margin: 0 }
dd, blockquote { overflow-wrap: anywhere; white-space: pre-wrap } blockquote { margin: .25rem 0 }
section { break-inside: avoid }
"""


def page(record: Record) -> str:
    """Return the record as one page of HTML that needs nothing else, to be printed or kept."""
    body = [
        "<h1>Record of consent to text messages</h1>",
        _facts(
            {
                "Number, as typed": record.typed,
                "Number, as read": record.number,
                "Kept under": record.standing.phone_key,
                "Looked up": f"{utc(record.at)}, by {record.by}",
                "In": record.where,
            }
        ),
        *_standings(record),
        *([f"<p>{escape(NOTHING)}</p>"] if record.is_empty else []),
        "<h2>What happened, in order</h2>" if record.rows else "",
        *(_row_section(record, number, row) for number, row in enumerate(record.rows, 1)),
        "<h2>Words that were shown</h2>" if record.words else "",
        *(_words_section(version, text) for version, text in record.words.items()),
        "<h2>Alerts of the last thirteen months</h2>" if record.alerts else "",
        *(_alert_section(record, alert) for alert in record.alerts),
        "<h2>Is it whole?</h2>",
        *(f"<p>{escape(sentence)}</p>" for sentence in record.verdict),
    ]
    head = f"<meta charset=utf-8><title>Record of consent</title><style>{LOOK}</style>"
    return f"<!doctype html><html lang=en>{head}{''.join(body)}</html>\n"


def _standings(record: Record) -> list[str]:
    stop = record.standing.stop
    facts = {
        record.named(name): STATES[profile.state]
        for name, profile in sorted(record.standing.profiles.items())
    }
    if stop:
        lifted = f", but for {', '.join(sorted(stop.lifted_for))}, joined since" if stop.lifted_for else ""
        facts["The whole organization"] = f"stopped on {utc(stop.at)}{lifted}"
    return ["<h2>Now</h2>", _facts(facts)] if facts else []


def _row_section(record: Record, number: int, row: ConsentRow) -> str:
    facts = {
        "Change": f"{STATES[row.was]} → {STATES[row.now]}",
        "When": utc(row.at),
        "Local time": local(row.at, record.zone),
        "Programme": record.named(row.programme),
        "How": how(row),
        "They wrote": row.text,
        "Words shown": f"version {row.shown}" if row.shown else "",
        "Row": row.id,
        "Digest": f"{row.digest}: {'as it was written' if is_unchanged(row) else 'NOT as it was written'}",
    }
    return f"<section><h3>{number}. {STATES[row.now].capitalize()}</h3>{_facts(facts)}</section>"


def _alert_section(record: Record, alert: Alert) -> str:
    claim = alert.claim
    facts = {
        "What became of it": told(alert),
        "When": utc(claim.at),
        "Local time": local(claim.at, record.zone),
        "Programme": record.named(alert.programme),
        "Broadcast": claim.broadcast,
        "Twilio’s id": claim.sid or "",
        "In English": alert.words.en if alert.words else "",
        "In Spanish": alert.words.es if alert.words else "",
    }
    return f"<section><h3>Alert</h3>{_facts(facts)}</section>"


def told(alert: Alert) -> str:
    """Say what became of an alert at one number."""
    delivery = f", and Twilio’s last word of it was “{alert.claim.delivery}”" if alert.claim.delivery else ""
    return f"{ALERTS[alert.claim.state]}{delivery}"


def _words_section(version: str, text: str | None) -> str:
    shown = escape(text) if text is not None else "These words are not kept."
    return f"<section><h3>Version {escape(version)}</h3><blockquote>{shown}</blockquote></section>"


def _facts(facts: Mapping[str, str]) -> str:
    pairs = (f"<dt>{escape(name)}<dd>{escape(value)}" for name, value in facts.items() if value)
    return f"<dl>{''.join(pairs)}</dl>"
