"""Values for tests of booked calls: an office in Atlanta, somebody's booking, and times as its clocks show them."""

from dataclasses import replace
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

from chalicelib.domain.booking import Booking, Wish
from chalicelib.domain.call import Consent
from chalicelib.domain.office import Hours, Office
from chalicelib.domain.words import Language
from tests.values import ATLANTA, NOW, PHONE

EASTERN = "America/New_York"
CONSENT = Consent("book-1", 1, Language.EN, NOW)


def eastern(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(EASTERN)).astimezone(UTC)


def walls(moments: tuple[datetime, ...], zone: str = EASTERN) -> list[str]:
    return [at.astimezone(ZoneInfo(zone)).strftime("%m-%d %H:%M") for at in moments]


def office(**hours: object) -> Office:
    """Atlanta's office, with some hours of its own; its line stays verified through 2027."""
    line = replace(ATLANTA.lines[0], good_days=1000)
    return replace(ATLANTA, lines=(line,), hours=Hours(**hours))  # type: ignore[arg-type]


def booking(at: datetime, zone: str = EASTERN, **changes: object) -> Booking:
    made = Booking(
        id="a-booking", campaign="families-28", office="ero-atl", language=Language.EN, phone=PHONE,
        phone_key="0" * 32, phone_ends="23", consent=CONSENT, zone=zone, at=at,
        wall=at.astimezone(ZoneInfo(zone)).time(), until=None, created_at=NOW, changed_at=NOW,
    )  # fmt: skip
    return replace(made, **changes)  # type: ignore[arg-type]


def wish(at: datetime, zone: str = EASTERN, until: date | None = None) -> Wish:
    return Wish(campaign="families-28", language=Language.EN, phone=PHONE, phone_key="0" * 32, consent=CONSENT,
                zone=zone, at=at, until=until)  # fmt: skip
