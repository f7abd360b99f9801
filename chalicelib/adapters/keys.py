"""Every key of the one table, as functions. No other module spells a key.

| key | holds |
|---|---|
| CAMPAIGNS / slug | one row per campaign, for listing |
| CAMPAIGN#slug / CAMPAIGN, OFFICE#nn#id | the campaign, and its offices in calling order |
| OFFICE#id / OFFICE, LINE#e164, CHANGE#e164, MAILBOX#address | the directory; numbers that wait for a second person |
| CALL#id / SESSION | one supporter's call; the only place with a raw phone number, while it must ring |
| CALL#id / JOINED | the page's call that a call to us became, by its code |
| CODE#digits / CODE | the call that a page's code stands for, for a quarter of an hour |
| CALLER#hash / CALLER | a phone's open call, how many calls in its window, its last consent |
| AREAS / AREAS | which office is responsible where, all of it |
| STOP#hash / STOP, TEXTS | never ring this phone again; no texts to it, for the whole organization; no TTL |
| ACTION#id / ACTION | the ledger |
| TALLY#slug#channel#shard / TALLY | the sums |
| DUE#hour, LETTERDUE#hour, SUBSCRIBERDUE#hour / time#id | calls, letters, subscribers to look at in time |
| NEVER / NEVER | numbers never rung: offices' lines, and lines that serve people in need |
| AUDIT#day / time#what#subject | who changed what, when |
| PACE#name / PACE | when the next call may be placed |
| SHARED#slug / day | how many calls were asked for by way of a shared link, on a day (UTC) |
| SPEND#scope#window / SPEND | a count with a ceiling |
| BOOKING#id / BOOKING | a booked call; the other place with a raw phone number, until it is over |
| BOOKED#hour / time#id | booked calls that come in that hour |
| BOOKER#hash / BOOKER | a phone's booked calls |
| QUARTERS#office / time | how many calls are booked to an office for one quarter-hour |
| SLOT#office / SLOT | the desk: who uses and who waits for an office's lines, and how these have answered |
| LETTER#id / LETTER | one letter: its state and what is known of it, for ever; a tombstone once forgotten |
| LETTER#id / WORDS | its writer's name, address and words, until they are forgotten |
| GROUP#id / GROUP | the letters that one press confirms |
| MAIL#id / MAIL | a mail to a writer that was, or may have been, sent |
| MAILEVENT#name / MAILEVENT | an event of SES's that was taken |
| NOMAIL#hash / ALL, slug | an address that gets no mail from us, or no letters of one campaign |
| RESTING#office / hash | a mailbox of an office that gets no letters until a person has looked |
| SUBSCRIBER#hash / PROFILE#programme | a number's standing with a text programme |
| SUBSCRIBER#hash / CONSENT#time#id | the ledger of consent: one row for each change, only ever added |
| TEXT#sid / TEXT | a text to us that was taken, and what we answered |
| ROLL#programme#shard / hash | who gets a programme's alerts; the one place with their number |
| INBOX#day#part / time#sid | a text that waits for a person's eyes |
| WORDS#version / WORDS | words that somebody was shown before they consented |
| BROADCASTS / id | one row per broadcast, for listing |
| BROADCAST#id / BROADCAST | one alert: its words, its audience, its stage |
| BROADCAST#id / CHUNK#shard#number | how far the sending to one chunk of its audience is |
| BROADCAST#id#shard / number | the recipients of that chunk, by keyed hash; nobody: the shard ends here |
| RATE#sender / RATE | how many segments may still leave by a sender |
| CAP#brand#day / CAP | segments to T-Mobile's customers on a Pacific day |
| CLAIM#broadcast#shard / token | what became of one recipient of a broadcast |
| PASSES / time#id | passes over a chunk that may have left somebody of whom nothing is known |
| OUTTEXT#id / TEXT | a text that a form asks for; its number until the text is claimed |
| SENDER / CIRCUIT, BUCKET | whether SES takes our mail at all, and how fast |
"""

from datetime import UTC, date, datetime
from typing import NamedTuple


class Key(NamedTuple):
    """A partition key and a sort key."""

    pk: str
    sk: str


CAMPAIGNS = "CAMPAIGNS"
AREAS = Key("AREAS", "AREAS")
NEVER = Key("NEVER", "NEVER")


def campaign_row(slug: str) -> Key:
    """One row of the list of campaigns."""
    return Key(CAMPAIGNS, slug)


def campaign(slug: str) -> Key:
    """The campaign itself; its partition holds its offices too."""
    return Key(f"CAMPAIGN#{slug}", "CAMPAIGN")


def campaign_office(slug: str, position: int, office_id: str) -> Key:
    """One office of a campaign; sort keys keep the calling order."""
    return Key(f"CAMPAIGN#{slug}", f"OFFICE#{position:03}#{office_id}")


def office(office_id: str) -> Key:
    """An office of the directory; its partition holds its lines too."""
    return Key(f"OFFICE#{office_id}", "OFFICE")


def line(office_id: str, number: str) -> Key:
    """One line of an office."""
    return Key(f"OFFICE#{office_id}", f"LINE#{number}")


def phone_change(office_id: str, number: str) -> Key:
    """A number proposed for an office, until a second person confirms it."""
    return Key(f"OFFICE#{office_id}", f"CHANGE#{number}")


def audit(at: datetime, what: str, subject: str) -> Key:
    """One thing a person changed. To the microsecond, so that no entry replaces another."""
    moment = at.astimezone(UTC)
    return Key(audit_day(moment), f"{moment:%H:%M:%S.%f}#{what}#{subject}")


def audit_day(at: datetime) -> str:
    """The partition of all that people changed on the day of `at` (UTC)."""
    return f"AUDIT#{at.astimezone(UTC):%Y-%m-%d}"


def session(call_id: str) -> Key:
    """A call session."""
    return Key(f"CALL#{call_id}", "SESSION")


def joined(call_id: str) -> Key:
    """Which call a call to us became."""
    return Key(f"CALL#{call_id}", "JOINED")


def code(digits: str) -> Key:
    """What a page's code stands for."""
    return Key(f"CODE#{digits}", "CODE")


def caller(phone_key: str) -> Key:
    """What is kept of a phone between calls, under its keyed hash."""
    return Key(f"CALLER#{phone_key}", "CALLER")


def stop(phone_key: str) -> Key:
    """The do-not-ring mark of a phone."""
    return Key(f"STOP#{phone_key}", "STOP")


def action(action_id: str) -> Key:
    """One action of the ledger."""
    return Key(f"ACTION#{action_id}", "ACTION")


def tally(slug: str, channel: str, shard: int) -> Key:
    """One shard of a campaign's sum on a channel."""
    return Key(f"TALLY#{slug}#{channel}#{shard:02}", "TALLY")


def due(at: datetime, call_id: str) -> Key:
    """A call to look at when `at` has come."""
    moment = at.astimezone(UTC)
    return Key(due_hour(moment), f"{moment:%Y-%m-%dT%H:%M:%S}#{call_id}")


def due_hour(at: datetime) -> str:
    """The partition of all calls to look at in the hour of `at`."""
    return f"DUE#{at.astimezone(UTC):%Y-%m-%dT%H}"


def pace(name: str) -> Key:
    """The moment before which the next call may not be placed."""
    return Key(f"PACE#{name}", "PACE")


def spend(scope: str, window: str) -> Key:
    """A count with a ceiling: `scope` is a keyed hash or a name, `window` the day or hour it runs."""
    return Key(f"SPEND#{scope}#{window}", "SPEND")


def shared(slug: str) -> str:
    """The partition of a campaign's days on which somebody came by a shared link."""
    return f"SHARED#{slug}"


def shared_on(slug: str, at: datetime) -> Key:
    """One of these days, in UTC."""
    return Key(shared(slug), f"{at.astimezone(UTC):%Y-%m-%d}")


def desk(office_id: str) -> Key:
    """What is going on at an office's lines, over all campaigns."""
    return Key(f"SLOT#{office_id}", "SLOT")


def booking(booking_id: str) -> Key:
    """A booked call."""
    return Key(f"BOOKING#{booking_id}", "BOOKING")


def booked_at(at: datetime, booking_id: str) -> Key:
    """A booked call in the list of its hour."""
    moment = at.astimezone(UTC)
    return Key(booked_hour(moment), f"{moment:%Y-%m-%dT%H:%M:%S}#{booking_id}")


def booked_hour(at: datetime) -> str:
    """The partition of all booked calls that come in the hour of `at`."""
    return f"BOOKED#{at.astimezone(UTC):%Y-%m-%dT%H}"


def booker(phone_key: str) -> Key:
    """Which booked calls a phone has, under its keyed hash."""
    return Key(f"BOOKER#{phone_key}", "BOOKER")


def quarters(office_id: str) -> str:
    """The partition of the quarter-hours for which calls to an office are booked."""
    return f"QUARTERS#{office_id}"


def quarter(office_id: str, at: datetime) -> Key:
    """One quarter-hour of an office."""
    return Key(quarters(office_id), f"{at.astimezone(UTC):%Y-%m-%dT%H:%M}")


def mailbox(office_id: str, address: str) -> Key:
    """One mailbox of an office."""
    return Key(f"OFFICE#{office_id}", f"MAILBOX#{address}")


def letter(letter_id: str) -> Key:
    """One letter; its partition holds its writer's words too."""
    return Key(f"LETTER#{letter_id}", "LETTER")


def letter_words(letter_id: str) -> Key:
    """What only the letter's writer wrote."""
    return Key(f"LETTER#{letter_id}", "WORDS")


def group(group_id: str) -> Key:
    """The letters that are confirmed together."""
    return Key(f"GROUP#{group_id}", "GROUP")


def letter_due(at: datetime, letter_id: str) -> Key:
    """A letter to look at when `at` has come. To the microsecond: two looks at one letter are two."""
    moment = at.astimezone(UTC)
    return Key(letter_due_hour(moment), f"{moment:%Y-%m-%dT%H:%M:%S.%f}#{letter_id}")


def letter_due_hour(at: datetime) -> str:
    """The partition of all letters to look at in the hour of `at`."""
    return f"LETTERDUE#{at.astimezone(UTC):%Y-%m-%dT%H}"


def mail(mail_id: str) -> Key:
    """A mail to a letter's writer."""
    return Key(f"MAIL#{mail_id}", "MAIL")


def mail_event(name: str) -> Key:
    """An event of SES's, by the name that is the same however often it comes."""
    return Key(f"MAILEVENT#{name}", "MAILEVENT")


def no_mail(address_key: str, campaign: str | None = None) -> Key:
    """An address that gets no mail from us; with a campaign, none of its letters."""
    return Key(f"NOMAIL#{address_key}", campaign or "ALL")


def resting(office_id: str, address_key: str) -> Key:
    """A mailbox of an office that rests."""
    return Key(f"RESTING#{office_id}", address_key)


CIRCUIT = Key("SENDER", "CIRCUIT")
BUCKET = Key("SENDER", "BUCKET")


def letter_pace(office_id: str) -> Key:
    """The moment before which an office gets no further letter."""
    return pace(f"letters#{office_id}")


def profile(phone_key: str, programme: str) -> Key:
    """Where a number stands with a text programme."""
    return Key(subscriber(phone_key), f"PROFILE#{programme}")


def subscriber(phone_key: str) -> str:
    """The partition of all that is known of a number's texts: its standings, and the ledger of its consent."""
    return f"SUBSCRIBER#{phone_key}"


def consent(phone_key: str, at: datetime, row_id: str) -> Key:
    """One row of the ledger of consent, in order of when it was said."""
    moment = at.astimezone(UTC)
    return Key(subscriber(phone_key), f"CONSENT#{moment:%Y-%m-%dT%H:%M:%S.%f}#{row_id}")


def stop_texts(phone_key: str) -> Key:
    """The stop of a number's texts, for the whole organization."""
    return Key(f"STOP#{phone_key}", "TEXTS")


def inbound_text(sid: str) -> Key:
    """A text to us, by Twilio's id of it; or what else was taken once, by its own."""
    return Key(f"TEXT#{sid}", "TEXT")


def outgoing_text(text_id: str) -> Key:
    """A text of ours that a form asks for."""
    return Key(f"OUTTEXT#{text_id}", "TEXT")


def roll(programme: str, phone_key: str) -> Key:
    """A number that gets a programme's alerts."""
    return Key(roll_of(programme, shard_of(phone_key)), phone_key)


def roll_of(programme: str, shard: str) -> str:
    """The partition of one shard ("00" to "ff") of a programme's numbers, sorted by their keyed hash."""
    return f"ROLL#{programme}#{shard}"


def shard_of(phone_key: str) -> str:
    """The shard of a number: the first byte of its keyed hash, so that all shards are alike in size."""
    return phone_key[:2]


def inbox(at: datetime, phone_key: str, sid: str) -> Key:
    """A text that waits for a person's eyes."""
    moment = at.astimezone(UTC)
    return Key(inbox_of(moment, phone_key[0]), f"{moment:%H:%M:%S.%f}#{sid}")


def inbox_of(at: datetime, part: str) -> str:
    """One of sixteen partitions ("0" to "f") of a day's texts for a person's eyes."""
    return f"INBOX#{at.astimezone(UTC):%Y-%m-%d}#{part}"


def subscriber_due(at: datetime, phone_key: str, programme: str) -> Key:
    """A subscriber to look at when `at` has come."""
    moment = at.astimezone(UTC)
    return Key(subscriber_due_hour(moment), f"{moment:%Y-%m-%dT%H:%M:%S}#{phone_key}#{programme}")


def subscriber_due_hour(at: datetime) -> str:
    """The partition of all subscribers to look at in the hour of `at`."""
    return f"SUBSCRIBERDUE#{at.astimezone(UTC):%Y-%m-%dT%H}"


def shown_words(version: str) -> Key:
    """Words that people saw before they consented, by their version."""
    return Key(f"WORDS#{version}", "WORDS")


PASSES = "PASSES"
"""Passes of workers over a chunk that may have left a recipient of whom nothing is known, by when to look."""


def claim(broadcast_id: str, shard: str, token: str) -> Key:
    """What became of one recipient of a broadcast."""
    return Key(claims(broadcast_id, shard), token)


def claims(broadcast_id: str, shard: str) -> str:
    """The partition of one shard ("00" to "ff") of a broadcast's recipients."""
    return f"CLAIM#{broadcast_id}#{shard}"


def passing(at: datetime, pass_id: str) -> Key:
    """A pass to look at when `at` has come."""
    return Key(PASSES, f"{at.astimezone(UTC):%Y-%m-%dT%H:%M:%S}#{pass_id}")


BROADCASTS = "BROADCASTS"
CHUNKS = "CHUNK#"
"""How the sort keys of a broadcast's chunks begin."""


def broadcast_row(broadcast_id: str) -> Key:
    """One row of the list of broadcasts."""
    return Key(BROADCASTS, broadcast_id)


def broadcast(broadcast_id: str) -> Key:
    """A broadcast; its partition holds how far its chunks are, too."""
    return Key(f"BROADCAST#{broadcast_id}", "BROADCAST")


def chunk(broadcast_id: str, shard: str, number: int) -> Key:
    """How far one chunk is; small, for the dispatcher reads all of a broadcast's each minute."""
    return Key(broadcast(broadcast_id).pk, f"{CHUNKS}{shard}#{number:05}")


def recipients(broadcast_id: str, shard: str) -> str:
    """The partition of a shard's recipients."""
    return f"BROADCAST#{broadcast_id}#{shard}"


def chunk_recipients(broadcast_id: str, shard: str, number: int) -> Key:
    """Who is in one chunk; large, and written once."""
    return Key(recipients(broadcast_id, shard), f"{number:05}")


def rate(sender: str) -> Key:
    """The bucket of a sender."""
    return Key(f"RATE#{sender}", "RATE")


def cap(brand: str, day: date) -> Key:
    """What a brand sent to T-Mobile's customers on a Pacific day."""
    return Key(f"CAP#{brand}#{day}", "CAP")
