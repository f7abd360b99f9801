"""The things built once: configuration, clients and adapters. Built on first use, not on import."""

import secrets as chance
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from chalicelib.adapters.alert_queue import AlertQueue
from chalicelib.adapters.area_items import AreaShelf
from chalicelib.adapters.bookings import Bookings
from chalicelib.adapters.broadcasts import Broadcasts
from chalicelib.adapters.campaign_items import Listing
from chalicelib.adapters.catalog import Catalog
from chalicelib.adapters.claims import Claims
from chalicelib.adapters.clients import Clients, clients, cognito_client, ses_client
from chalicelib.adapters.cognito import Cognito
from chalicelib.adapters.desks import Desks
from chalicelib.adapters.letter_queue import LetterQueue
from chalicelib.adapters.letters import Letters
from chalicelib.adapters.mailer import Mailer
from chalicelib.adapters.outgoing_texts import OutgoingTexts
from chalicelib.adapters.phone import Phone
from chalicelib.adapters.ring_queue import RingQueue
from chalicelib.adapters.roll import Roll
from chalicelib.adapters.secrets import SecretStore
from chalicelib.adapters.sending import Sending
from chalicelib.adapters.store import Store
from chalicelib.adapters.subscribers import Subscribers
from chalicelib.adapters.table import Table
from chalicelib.config import Config, configured
from chalicelib.domain.areas import Areas
from chalicelib.domain.campaign import Campaign
from chalicelib.domain.own_numbers import Claim, meant_by
from chalicelib.domain.programme import version_of
from chalicelib.observability import hush, measure_for

if TYPE_CHECKING:
    from twilio.http import HttpClient

CAMPAIGN_SECONDS = 3.0
"""How old a campaign in memory may be: the longest a pause takes to reach every hop (design §10: at most 5).

Before an office is dialed Twilio says some six seconds of words: with them, nothing begins ten seconds after a pause.
"""
NEVER_SECONDS = 300.0
"""How old the list of numbers never rung may be: it changes with the directory, by hand."""
AREAS_SECONDS = 300.0
"""How old the areas of responsibility may be: they change with the directory too."""


def _now() -> datetime:
    return datetime.now(UTC)


def _new_id() -> str:
    """128 bits of chance, safe in a URL: the only key to a call's page."""
    return chance.token_urlsafe(16)


def _seed() -> int:
    """64 bits of chance, for an order of offices."""
    return chance.randbits(64)


def _new_code() -> str:
    """Six digits, none likelier than another."""
    return f"{chance.randbelow(10**6):06}"


def _fraction() -> float:
    """At least 0 and less than 1."""
    return chance.randbits(53) / (1 << 53)


@dataclass(frozen=True, slots=True)
class Runtime:
    """What a view may use. `now` and what is of chance are here, so that the domain needs neither clock nor chance."""

    config: Config
    secrets: SecretStore
    store: Store
    catalog: Catalog
    ring_queue: RingQueue
    desks: Desks
    bookings: Bookings
    letters: Letters
    letter_queue: LetterQueue
    sending: Sending
    subscribers: Subscribers
    broadcasts: Broadcasts
    alert_queue: AlertQueue
    claims: Claims
    roll: Roll
    outgoing_texts: OutgoingTexts
    mailer: Mailer
    cognito: Cognito
    http: "HttpClient | None" = None
    now: Callable[[], datetime] = _now
    new_id: Callable[[], str] = _new_id
    seed: Callable[[], int] = _seed
    new_code: Callable[[], str] = _new_code
    fraction: Callable[[], float] = _fraction
    monotonic: Callable[[], float] = time.monotonic
    aging: Callable[[], float] = time.time
    """By which what is in memory grows old. No monotonic clock: that may stand still while a Lambda is frozen."""
    _campaigns: dict[str, tuple[float, Campaign]] = field(default_factory=dict)
    _never: dict[str, tuple[float, frozenset[str]]] = field(default_factory=dict)
    _areas: dict[str, tuple[float, Areas]] = field(default_factory=dict)
    _listings: dict[str, tuple[float, tuple[Listing, ...]]] = field(default_factory=dict)
    _shown: set[str] = field(default_factory=set)

    @classmethod
    def build(
        cls,
        config: Config,
        http: "HttpClient | None" = None,
        now: Callable[[], datetime] = _now,
        aws: Clients | None = None,
    ) -> "Runtime":
        """Build every client and adapter. `http` replaces the wire to Twilio, `aws` the usual clients."""
        hush()
        measure_for(config.stage)
        aws = aws or clients()
        table = Table(aws.dynamodb, config.table)
        kept = SecretStore(aws.secretsmanager, config.secrets, time.monotonic)
        return cls(
            config=config,
            secrets=kept,
            store=Store(table),
            catalog=Catalog(table, config.verification_days),
            ring_queue=RingQueue(aws.sqs, config.ring_queue),
            desks=Desks(table),
            bookings=Bookings(table),
            letters=Letters(table),
            letter_queue=LetterQueue(aws.sqs, config.letter_queue),
            sending=Sending(table),
            subscribers=Subscribers(table),
            broadcasts=Broadcasts(table),
            alert_queue=AlertQueue(aws.sqs, config.alert_queue),
            claims=Claims(table),
            roll=Roll(table),
            outgoing_texts=OutgoingTexts(table),
            mailer=Mailer(lambda: ses_client(config.ses_url), config.mail_from, config.mail_set),
            cognito=Cognito(cognito_client, config.staff_client, lambda: kept.current().staff_client),
            http=http,
            now=now,
        )

    def campaign(self, slug: str) -> Campaign | None:
        """Return a campaign, from memory while it is fresh. One that is unknown takes no room there."""
        read_at, kept = self._campaigns.get(slug, (float("-inf"), None))
        # As old as the moment we asked: while a slow answer comes, it may be paused.
        now = self.aging()
        if kept is not None and now - read_at <= CAMPAIGN_SECONDS:
            return kept
        found = self.catalog.campaign(slug)
        if found is not None:
            self._campaigns[slug] = (now, found)
        return found

    def listings(self) -> tuple[Listing, ...]:
        """Return the rows of the list of campaigns, from memory while it is fresh."""
        read_at, rows = self._listings.get("", (float("-inf"), ()))
        now = self.aging()
        if now - read_at > CAMPAIGN_SECONDS:
            rows = tuple(self.catalog.campaigns())
            self._listings[""] = (now, rows)
        return rows

    def meant_by(self, number: str) -> tuple[str, ...]:
        """Return the slugs of the campaigns that a number of ours may mean, from memory while it is fresh."""
        return meant_by(number, [Claim(row.slug, row.status, row.numbers) for row in self.listings()])

    def shown_as(self, text: str) -> str:
        """Keep words that somebody is shown before they consent, once for each process, and return their version."""
        version = version_of(text)
        if version not in self._shown:
            self.subscribers.show(version, text)
            self._shown.add(version)
        return version

    def number_of(self, campaign: Campaign) -> str:
        """Return the number that supporters and offices see: the campaign's first of the account's, else the account's.

        One that is not the account's could not call anybody.
        """
        ours = (number for number in campaign.numbers if number in self.config.numbers)
        return next(ours, self.config.from_number)

    def never_rung(self) -> frozenset[str]:
        """Return the numbers never rung: every office's lines and the lines that serve people in need."""
        read_at, kept = self._never.get("", (float("-inf"), frozenset()))
        now = self.aging()
        if now - read_at > NEVER_SECONDS:
            kept = self.catalog.never_rung()
            self._never[""] = (now, kept)
        return kept

    def areas(self) -> Areas:
        """Return which office is responsible where, from memory while it is fresh."""
        read_at, kept = self._areas.get("", (float("-inf"), Areas()))
        now = self.aging()
        if now - read_at > AREAS_SECONDS:
            kept = AreaShelf(self.catalog.table).areas()
            self._areas[""] = (now, kept)
        return kept

    def phone(self) -> Phone:
        """Return Twilio's REST side for this account, with the token of now."""
        token = self.secrets.current().twilio_token
        return Phone(self.config.account_sid, token, self.config.twilio_api_url, self.http)


_built: list[Runtime] = []


def runtime() -> Runtime:
    """Return the runtime, built from the environment on first use."""
    if not _built:
        _built.append(Runtime.build(configured()))
    return _built[-1]


def install(built: Runtime | None) -> None:
    """Use this runtime from now on; None forgets it, and the next use builds one from the environment."""
    _built[:] = [built] if built else []
