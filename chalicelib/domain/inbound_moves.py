"""They call us: the page's code joins the call to the page's session; without it a language and a ZIP code by keys.

Promises: whatever is pressed, or nothing, leads on: a ZIP code that is unknown or skipped ends at the menu.
"""

from dataclasses import replace

from chalicelib.domain.areas import Match, Reason
from chalicelib.domain.call import CallSession, Ending, Notice
from chalicelib.domain.call import Stage as At
from chalicelib.domain.campaign import Local
from chalicelib.domain.choosing import with_area
from chalicelib.domain.events import AskArea, CalledIn, Pressed
from chalicelib.domain.moves import Change, Moment, asked_again, ended_at_step, noticed, stepped
from chalicelib.domain.office_moves import to_menu
from chalicelib.domain.words import Language

CODE_DIGITS = 6
"""Digits of a page's code; no key ends it, for no phone dials a link with # in it (page.md §9.2)."""
SKIP = "*"
LANGUAGES: dict[str, Language] = {"1": Language.EN, "2": Language.ES}
UNKNOWN = frozenset({Reason.ZIP_UNKNOWN, Reason.ZIP_MALFORMED})


def called_in(session: CallSession, event: CalledIn, moment: Moment) -> Change:
    """The page's own call has come: on to the menu, in the page's language and to its offices."""
    ends = event.phone[-2:] if event.phone else ""
    joined = replace(
        session,
        call_sid=event.sid,
        phone=event.phone,
        phone_key=event.phone_key,
        phone_ends=ends,
        is_inbound=True,
        code=None,
    )
    return _begun(joined, moment)


def language_key(session: CallSession, event: Pressed, moment: Moment) -> Change:
    """No page's code: a language, then a ZIP code where the campaign asks for one."""
    language = LANGUAGES.get(event.key)
    if language is None:
        notice = Notice.WRONG_CODE if len(event.key) == CODE_DIGITS else noticed(event.key)
        return asked_again(session, notice, moment) or ended_at_step(session, Ending.NO_KEY, moment)
    chosen = replace(session, language=language)
    if moment.campaign.is_live and moment.campaign.routing.local is not Local.NEVER:
        return stepped(chosen, moment, At.ZIP), ()
    return _begun(chosen, moment)


def zip_keys(session: CallSession, event: Pressed, moment: Moment) -> Change:
    """Five digits, or star to skip. Whatever comes, the third time leads on to the offices as they are."""
    if SKIP in event.key:
        return _begun(session, moment)
    match = moment.answer(AskArea(event.key)) if event.key else None
    if match is not None and match.reason not in UNKNOWN:
        return _found(session, match, moment)
    notice = Notice.WRONG_ZIP if event.key else Notice.NO_KEY
    return asked_again(session, notice, moment) or _begun(session, moment)


# Strictly private.


def _found(session: CallSession, match: Match, moment: Moment) -> Change:
    """The area's offices in their place among the campaign's; a code without an area of its own is told so."""
    zone = match.place.zone if match.place else None
    if not match.offices:
        return _begun(replace(session, zone=zone), moment, Notice.NO_AREA)
    offices = with_area(moment.campaign, match.offices, session.offices)
    return _begun(replace(session, zone=zone, local=match.offices[0], offices=offices), moment)


def _begun(session: CallSession, moment: Moment, notice: Notice | None = None) -> Change:
    """The menu, unless the campaign rests or has nobody to call."""
    if not moment.campaign.is_live:
        return ended_at_step(session, Ending.PAUSED, moment)
    after, effects = to_menu(session, moment)
    if after.stage is At.MENU and not after.offices:
        return ended_at_step(session, Ending.NO_OFFICE, moment)
    return replace(after, notice=notice), effects
