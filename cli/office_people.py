"""What people type about offices, read strictly: names, days, phones, pages. Ends with a sentence when it can't be."""

import re
from datetime import date
from typing import Never

from chalicelib.domain import typed_offices
from chalicelib.domain.office import Office
from chalicelib.domain.typed_offices import LONGEST_REASON
from cli.connection import Connection
from cli.schema_words import meant
from cli.terminal import WRONG, give_up, today

NOBODY = "somebody who gave no name"
LONGEST_NAME = 80
TYPED_PHONE = re.compile(r"(?:\+?1)?([0-9]{10})")
BETWEEN = re.compile(r"[\s().\-]+")


def name_given(text: str | None) -> str:
    """A person's name."""
    name = " ".join((text or "").split())
    if not name or len(name) > LONGEST_NAME:
        give_up(f"Say who you are: add --by “Your Name”, at most {LONGEST_NAME} letters.", WRONG)
    return name


def reason_given(text: str) -> str:
    """Why an office is closed, in one line."""
    reason = typed_offices.reason(text)
    if reason is None:
        give_up(f"Say why in at most {LONGEST_REASON} letters, like --why “Office moves”.", WRONG)
    return reason


def day_given(text: str, option: str) -> date:
    """A day, written 2026-12-24."""
    return typed_offices.day(text) or _no_day(text, option)


def seen_on(text: str | None, good_days: int) -> date:
    """The day a person saw a number or an address: today, unless they say another that is still good."""
    day = day_given(text, "--on") if text is not None else today()
    if day > today():
        give_up(f"--on {day} is in the future, and today is {today()}. Give the day it was seen.", WRONG)
    if (today() - day).days > good_days:
        give_up(
            f"--on {day} is more than {good_days} days ago, and so long a verification is good. Look again.",
            WRONG,
        )
    return day


def office_named(connection: Connection, office_id: str) -> Office:
    """The office with this id."""
    found = connection.catalog.office(office_id)
    if found is None:
        known = tuple(each.id for each in connection.catalog.offices())
        way_on = meant(office_id, known) or " See them with: patchthrough office list"
        give_up(f"There is no office “{office_id}”.{way_on}", WRONG)
    return found


def page_given(text: str, what: str = "--source", wanted: str = "agency’s page with the number") -> str:
    """The address of the page on which a number or an address was seen."""
    if typed_offices.page(text) is None:
        give_up(f"{what} is “{text}”. Give the https:// address of the {wanted}.", WRONG)
    return text


def phone_given(text: str) -> str:
    """A number in E.164, from however people in North America write one."""
    found = TYPED_PHONE.fullmatch(BETWEEN.sub("", text))
    return f"+1{found[1]}" if found else text


def _no_day(text: str, option: str) -> Never:
    give_up(f"{option} is “{text}”, which is no day. Write it like 2026-12-24.", WRONG)
