"""What a caller hears now: a function of where the session is, so that a repeat says the same words again."""

from dataclasses import dataclass

from num2words import num2words

from chalicelib.domain.call import CallSession, Ending, Notice, Stage
from chalicelib.domain.campaign import Campaign, Status
from chalicelib.domain.counts import REACHED, Basis, Outcome
from chalicelib.domain.office import Office
from chalicelib.domain.prompt_ids import PromptId
from chalicelib.domain.spoken import PROMPTS
from chalicelib.domain.verbs import Dial, Gather, Hangup, Play, Say, Speech, Verb
from chalicelib.domain.words import Language, Words

KEY_SECONDS = 8
"""How long we wait for a key (page.md §3.5)."""
RING_SECONDS = 45
"""How long an office may ring (page.md C5); Twilio adds five."""
TALK_SECONDS = 900
"""The longest talk with one office: a person's turn ends, the line is freed."""

NOTICES: dict[Notice, PromptId] = {Notice.NO_KEY: PromptId.NO_KEY, Notice.WRONG_KEY: PromptId.WRONG_KEY}
AFTER: dict[Outcome, PromptId] = {
    Outcome.BUSY: PromptId.BUSY,
    Outcome.NO_ANSWER: PromptId.NO_ANSWER,
    Outcome.FAILED: PromptId.FAILED,
}
FAREWELLS: dict[Ending, PromptId] = {
    Ending.NO_KEY: PromptId.NO_KEY_END,
    Ending.NEVER: PromptId.NEVER_AGAIN,
    Ending.NO_OFFICE: PromptId.OUR_FAULT,
    Ending.NOT_PLACED: PromptId.OUR_FAULT,
}


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
            return (voice.say(PromptId.CONNECTING), _dial(session, from_number))
        case Stage.ENDED:
            return (*_farewell(session, voice), Hangup())
        case Stage.MENU | Stage.POINTS | Stage.ASKING | Stage.NEXT:
            return (Gather(_question(session, voice), KEY_SECONDS),)
        case _:
            return apology(campaign, session.language)


def apology(campaign: Campaign, language: Language) -> tuple[Verb, ...]:
    """What a caller hears when something broke on our side: a sentence, never the carrier's error."""
    return (Voice(campaign, language, {}).say(PromptId.OUR_FAULT), Hangup())


def bare_apology(language: Language | None) -> tuple[Verb, ...]:
    """The same with no campaign at hand; in both languages when we don't know the caller's."""
    languages = [language] if language else list(Language)
    return (*(Say(PROMPTS[PromptId.OUR_FAULT].of(each), each) for each in languages), Hangup())


def _question(session: CallSession, voice: Voice) -> tuple[Speech, ...]:
    notice = (voice.say(NOTICES[session.notice]),) if session.notice else ()
    is_first = session.tries == 0
    match session.stage:
        case Stage.MENU:
            hello = (voice.say(PromptId.HELLO),) if is_first else ()
            return (*hello, *notice, voice.say(PromptId.MENU))
        case Stage.POINTS:
            points = (voice.say(PromptId.POINTS),) if is_first else ()
            return (*points, *notice, voice.say(PromptId.POINTS_MENU))
        case Stage.ASKING:
            return (*notice, voice.say(PromptId.HOW_DID_IT_GO))
        case _:
            return (*(_after_leg(session, voice) if is_first else ()), *notice, voice.say(_offer(session)))


def _offer(session: CallSession) -> PromptId:
    return PromptId.NEXT if _last_outcome(session) in REACHED else PromptId.TRY_NEXT


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
    language = session.language
    asks_about_leg = session.legs and session.stage is not Stage.MENU
    office = (
        campaign.office(session.legs[-1].office)
        if asks_about_leg and session.leg
        else _next(session, campaign)
    )
    following = _next(session, campaign)
    return {
        "organization": campaign.organization.of(language),
        "office": _name(office).of(language),
        "place": _place(office).of(language),
        "next_place": _place(following).of(language),
        "number": _in_words(session.number, language),
        "points": " ".join(point.of(language) for point in campaign.points),
    }


def _in_words(number: int | None, language: Language) -> str:
    """A number as a voice says it; US English has no "and" in it."""
    return num2words(number, lang=language.value).replace(" and ", " ") if number else ""


def _next(session: CallSession, campaign: Campaign) -> Office | None:
    return campaign.office(session.next_office) if session.next_office else None


def _name(office: Office | None) -> Words:
    return office.name if office else Words("office", "oficina")


def _place(office: Office | None) -> Words:
    return office.place if office else Words("next", "siguiente")
