"""What a caller hears now: a function of where the session is, so that a repeat says the same words again."""

from dataclasses import dataclass, replace
from datetime import datetime

from chalicelib.domain.call import CallSession, CallStatus, Ending, Notice, Stage
from chalicelib.domain.campaign import Campaign, Status
from chalicelib.domain.counts import REACHED, Basis, Outcome
from chalicelib.domain.inbound_moves import CODE_DIGITS
from chalicelib.domain.office import Office
from chalicelib.domain.office_moves import can_book_again
from chalicelib.domain.prompt_ids import PromptId
from chalicelib.domain.spoken import PROMPTS
from chalicelib.domain.spoken_times import about, at_time, in_words, place_in_line
from chalicelib.domain.verbs import Dial, Gather, Hangup, Play, Say, Speech, Verb
from chalicelib.domain.words import Language, Words

KEY_SECONDS = 8
"""How long we wait for a key (page.md §3.5)."""
CODE_SECONDS = 4
"""How long after the words, and after each key: a phone begins to send the code 4 s after we answer, while we speak."""
ZIP_DIGITS, ZIP_SECONDS = 5, 5
HOLD_SECONDS = 15
"""How long somebody in line waits between two looks at the line."""
RING_SECONDS = 45
"""How long an office may ring (page.md C5); Twilio adds five."""
TALK_SECONDS = 900
"""The longest talk with one office: a person's turn ends, the line is freed."""

NOTICES: dict[Notice, PromptId] = {
    Notice.NO_KEY: PromptId.NO_KEY,
    Notice.WRONG_KEY: PromptId.WRONG_KEY,
    Notice.WRONG_CODE: PromptId.WRONG_CODE,
    Notice.WRONG_ZIP: PromptId.WRONG_ZIP,
    Notice.NO_AREA: PromptId.NO_AREA,
    Notice.NOT_BOOKED: PromptId.NOT_BOOKED,
}
AFTER: dict[Outcome, PromptId] = {
    Outcome.BUSY: PromptId.BUSY,
    Outcome.NO_ANSWER: PromptId.NO_ANSWER,
    Outcome.FAILED: PromptId.FAILED,
}
NEXT_LINE: dict[CallStatus | None, PromptId] = {
    CallStatus.BUSY: PromptId.NEXT_LINE_BUSY,
    CallStatus.NO_ANSWER: PromptId.NEXT_LINE_NO_ANSWER,
    CallStatus.FAILED: PromptId.NEXT_LINE_FAILED,
}
FAREWELLS: dict[Ending, PromptId] = {
    Ending.NO_KEY: PromptId.NO_KEY_END,
    Ending.NEVER: PromptId.NEVER_AGAIN,
    Ending.NO_OFFICE: PromptId.OUR_FAULT,
    Ending.NOT_PLACED: PromptId.OUR_FAULT,
    Ending.LINE_FULL: PromptId.HELD_LONG,
    Ending.BOOKED: PromptId.BOOKED,
}
ABOUT_NEXT_ENDS = frozenset({Ending.CLOSED, Ending.LINE_FULL, Ending.BOOKED})
ABOUT_NEXT = frozenset({Stage.MENU, Stage.POINTS, Stage.HOLDING, Stage.CLOSED})
"""Stages whose office is the one to be called, not the one called last."""


@dataclass(frozen=True, slots=True)
class Voice:
    """Speaks one campaign's prompts in one call's language, with the call's own facts filled in."""

    campaign: Campaign
    language: Language
    facts: dict[str, str]

    def say(self, prompt: PromptId) -> Speech:
        """Return the prompt as the campaign has it: a recording, its own words, or ours."""
        recording = self.campaign.recording(prompt, self.language)
        if recording:
            return Play(recording)
        words = self.campaign.spoken.get(prompt) or PROMPTS[prompt]
        return Say(words.of(self.language).format_map(self.facts), self.language)


def prompt(session: CallSession, campaign: Campaign, from_number: str) -> tuple[Verb, ...]:
    """Return what Twilio should say and do where the session is now."""
    voice = Voice(campaign, session.language, _facts(session, campaign))
    match session.stage:
        case Stage.DIALING:
            return (voice.say(_connecting(session)), _dial(session, from_number))
        case Stage.ENDED:
            return (*_farewell(session, voice), Hangup())
        case Stage.WELCOME:
            return (Gather(_welcome(session, voice), CODE_SECONDS, CODE_DIGITS),)
        case Stage.ZIP:
            return (Gather((*_notice(session, voice), voice.say(PromptId.ZIP)), ZIP_SECONDS, ZIP_DIGITS),)
        case Stage.HOLDING:
            return (Gather(_hold(session, voice), HOLD_SECONDS),)
        case Stage.MENU | Stage.POINTS | Stage.CLOSED | Stage.ASKING | Stage.NEXT:
            return (Gather(_question(session, voice), KEY_SECONDS),)
        case _:
            return apology(campaign, session.language)


def takes_keys(stage: Stage) -> int:
    """Return how many keys a caller may press at this stage."""
    return {Stage.WELCOME: CODE_DIGITS, Stage.ZIP: ZIP_DIGITS}.get(stage, 1)


def which_campaign(tries: int) -> tuple[Verb, ...]:
    """What a caller hears at a number of more than one campaign, the code being wrong or missing so far."""
    wrong = (PromptId.WRONG_CODE,) if tries else ()
    said = (*wrong, PromptId.ASK_CODE)
    every = tuple(Say(PROMPTS[each].of(language), language) for language in Language for each in said)
    return (Gather(every, CODE_SECONDS, CODE_DIGITS),)


def turned_away(prompt: PromptId, language: Language | None = None) -> tuple[Verb, ...]:
    """One sentence, and the end; in both languages when we don't know the caller's."""
    languages = [language] if language else list(Language)
    return (*(Say(PROMPTS[prompt].of(each), each) for each in languages), Hangup())


def in_every_language(session: CallSession, campaign: Campaign) -> tuple[Verb, ...]:
    """A farewell in each language in turn, each in its own voice, and the end."""
    voices = (Voice(campaign, each, _facts(replace(session, language=each), campaign)) for each in Language)
    return (*(speech for voice in voices for speech in _farewell(session, voice)), Hangup())


def apology(campaign: Campaign, language: Language) -> tuple[Verb, ...]:
    """What a caller hears when something broke on our side: a sentence, never the carrier's error."""
    return (Voice(campaign, language, {}).say(PromptId.OUR_FAULT), Hangup())


def bare_apology(language: Language | None) -> tuple[Verb, ...]:
    """The same with no campaign at hand; in both languages when we don't know the caller's."""
    return turned_away(PromptId.OUR_FAULT, language)


def _question(session: CallSession, voice: Voice) -> tuple[Speech, ...]:
    notice, is_first = _notice(session, voice), session.tries == 0
    match session.stage:
        case Stage.MENU:
            return (*_hello(session, voice), *notice, voice.say(PromptId.MENU))
        case Stage.POINTS:
            points = (voice.say(PromptId.POINTS),) if is_first else ()
            return (*points, *notice, voice.say(_points_menu(session)))
        case Stage.CLOSED:
            return (*notice, *_closed(session, voice))
        case Stage.ASKING:
            return (*notice, voice.say(PromptId.HOW_DID_IT_GO))
        case _:
            return (*(_after_leg(session, voice) if is_first else ()), *notice, *_offers(session, voice))


def _notice(session: CallSession, voice: Voice) -> tuple[Speech, ...]:
    return (voice.say(NOTICES[session.notice]),) if session.notice else ()


def _hello(session: CallSession, voice: Voice) -> tuple[Speech, ...]:
    """Who we are, in the call's first words; who called us without a page's code has heard it in the welcome."""
    if session.step > 1:
        return ()
    return (voice.say(PromptId.HELLO_CALLER if session.is_inbound else PromptId.HELLO),)


def _welcome(session: CallSession, voice: Voice) -> tuple[Speech, ...]:
    """In every language, each in its own voice: the caller has not chosen one yet."""
    every = [replace(voice, language=language) for language in Language]
    notice = [each.say(NOTICES[session.notice]) for each in every if session.notice]
    hello = () if notice else (voice.say(PromptId.HELLO_CALLER),)
    return (*hello, *notice, *(each.say(PromptId.LANGUAGE) for each in every))


def _points_menu(session: CallSession) -> PromptId:
    return PromptId.POINTS_MENU if session.phone else PromptId.POINTS_MENU_HIDDEN


def _closed(session: CallSession, voice: Voice) -> tuple[Speech, ...]:
    other = (PromptId.OTHER_OPEN,) if len(session.offices) > 1 else ()
    book = (PromptId.BOOK_WHEN_CLOSED,) if session.opens_at else ()
    said = (PromptId.CLOSED, *other, *book, PromptId.STOP)
    return (*_hello(session, voice), *(voice.say(each) for each in said))


def _hold(session: CallSession, voice: Voice) -> tuple[Speech, ...]:
    """All of it once; then only the place and the wait."""
    if session.held_at != session.changed_at and not session.notice:
        return (voice.say(PromptId.LINE_STILL_FULL),)
    other = (PromptId.TRY_NEXT,) if len(session.offices) > 1 else ()
    book = (PromptId.BOOK_WHEN_FULL,) if session.phone else ()
    said = (PromptId.LINE_FULL, PromptId.HOLD, *other, *book)
    return (*_notice(session, voice), *(voice.say(each) for each in said))


def _offers(session: CallSession, voice: Voice) -> tuple[Speech, ...]:
    if session.offices and _last_outcome(session) in REACHED:
        return (voice.say(PromptId.NEXT),)
    other = (PromptId.TRY_NEXT,) if session.offices else ()
    book = (PromptId.BOOK_WHEN_BUSY,) if can_book_again(session) else ()
    return tuple(voice.say(each) for each in (*other, *book, PromptId.STOP))


def _connecting(session: CallSession) -> PromptId:
    """Another line of the same office is told by why the one before did not connect."""
    *before, leg = session.legs
    if before and before[-1].office == leg.office:
        return NEXT_LINE.get(before[-1].status, PromptId.CONNECTING)
    return PromptId.CONNECTING


def _after_leg(session: CallSession, voice: Voice) -> tuple[Speech, ...]:
    """The words for what happened at the last office: each outcome has its own."""
    outcome = _last_outcome(session)
    if outcome in REACHED:
        return (voice.say(PromptId.THANKS_COUNTED),)
    return (voice.say(AFTER[outcome] if outcome in AFTER and not _was_asked(session) else PromptId.THANKS),)


def _was_asked(session: CallSession) -> bool:
    """Whether the supporter said it: no need to tell them what they told us."""
    leg = session.leg
    return bool(leg and leg.basis is Basis.KEY)


def _farewell(session: CallSession, voice: Voice) -> tuple[Speech, ...]:
    if session.ending is Ending.PAUSED:
        is_over = voice.campaign.status is Status.ENDED
        told = _after_leg(session, voice) if _last_outcome(session) else ()
        return (*told, voice.say(PromptId.ENDED if is_over else PromptId.PAUSED))
    if session.ending is Ending.CLOSED and session.offices:
        return (voice.say(PromptId.CLOSED), voice.say(PromptId.GOODBYE))
    if session.ending in FAREWELLS:
        return (voice.say(FAREWELLS[session.ending]),)
    # The last office's words are said here only when no question was left to carry them.
    is_first_told = session.legs and session.next_office is None
    return (*(_after_leg(session, voice) if is_first_told else ()), voice.say(PromptId.GOODBYE))


def _dial(session: CallSession, from_number: str) -> Dial:
    leg = session.legs[-1]
    shown = session.phone if session.shows_own and session.phone else from_number
    return Dial(leg.line, shown, RING_SECONDS, TALK_SECONDS)


def _last_outcome(session: CallSession) -> Outcome | None:
    return session.leg.outcome if session.leg else None


def _facts(session: CallSession, campaign: Campaign) -> dict[str, str]:
    """What may be filled into a prompt. The office is the one being called, or else the next one."""
    language, leg = session.language, session.leg
    is_next = leg is None or session.stage in ABOUT_NEXT or session.ending in ABOUT_NEXT_ENDS
    office = _office(campaign, session.next_office if is_next or leg is None else leg.office)
    following = _office(campaign, _after(session) if is_next else session.next_office)
    return {
        "organization": campaign.organization.of(language),
        "office": (office.name if office else Words("office", "oficina")).of(language),
        "place": _place(office).of(language),
        "next_place": _place(following).of(language),
        "number": in_words(session.number, language) if session.number else "",
        "points": " ".join(point.of(language) for point in campaign.points),
        "opens": _spoken(session.opens_at, session, office),
        "booked": _spoken(session.booked_at, session, office),
        "place_in_line": place_in_line(session.place or 1, language),
        "wait": about(session.wait or 0, language),
    }


def _spoken(at: datetime | None, session: CallSession, office: Office | None) -> str:
    """A moment in the office's wall time, as seen from when it was decided: a repeat says the same words."""
    return at_time(at, session.changed_at, office.zone, session.language) if at and office else ""


def _after(session: CallSession) -> str | None:
    return session.offices[1] if len(session.offices) > 1 else None


def _office(campaign: Campaign, office_id: str | None) -> Office | None:
    return campaign.office(office_id) if office_id else None


def _place(office: Office | None) -> Words:
    return office.place if office else Words("next", "siguiente")
