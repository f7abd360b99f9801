"""What a caller hears, everywhere a call can be, in both languages: whole, short, and in one language only."""

import itertools
import re
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from chalicelib.domain.call import CallSession, Ending, Notice, Stage
from chalicelib.domain.campaign import Recording, Status
from chalicelib.domain.counts import Basis, Outcome
from chalicelib.domain.prompt_ids import PromptId
from chalicelib.domain.prompts import RING_SECONDS, TALK_SECONDS, bare_apology, prompt, takes_keys
from chalicelib.domain.spoken import PLACEHOLDERS, PROMPTS
from chalicelib.domain.verbs import Dial, Gather, Hangup, Play, Say, Speech, Verb
from chalicelib.domain.words import Language, Words
from tests.values import CAMPAIGN, NOW, OUR_NUMBER, PHONE, called, campaign, leg, session

WORDS_A_MINUTE = 165
LONGEST = {Language.EN: 20.0, Language.ES: 23.0}
MOST_KEYS = {True: 5, False: 4}
"""With "again" among them (0 says the question again, unsaid), and without."""
ENGLISH = re.compile(
    r"\b(the|you|your|press|call|calls|office|thank|thanks|hello|please|hear|we|to|and)\b", re.IGNORECASE
)
SPANISH = re.compile(
    r"\b(el|la|los|usted|oprima|llamada|oficina|gracias|hola|para|que|con|nosotros)\b", re.IGNORECASE
)
LONGEST_WELCOME = 12.0
ASKS: dict[Stage, tuple[int, int]] = {
    Stage.MENU: (8, 1),
    Stage.POINTS: (8, 1),
    Stage.CLOSED: (8, 1),
    Stage.ASKING: (8, 1),
    Stage.NEXT: (8, 1),
    Stage.HOLDING: (15, 1),
    Stage.ZIP: (5, 5),
    Stage.WELCOME: (4, 6),
}
"""Seconds a question waits for a key, and how many keys it takes."""
KEYS = (Notice.NO_KEY, Notice.WRONG_KEY)
HEARD: dict[Stage, tuple[Notice, ...]] = {
    Stage.WELCOME: (*KEYS, Notice.WRONG_CODE),
    Stage.ZIP: (Notice.NO_KEY, Notice.WRONG_ZIP),
    Stage.MENU: (*KEYS, Notice.NO_AREA),
    Stage.HOLDING: (Notice.NOT_BOOKED,),
    Stage.CLOSED: (*KEYS, Notice.NO_AREA, Notice.NOT_BOOKED),
}
"""What can have gone wrong before a question."""
BEFORE, TOMORROW = NOW - timedelta(seconds=15), NOW + timedelta(hours=23)
COUNTED = {Outcome.SPOKE, Outcome.VOICEMAIL}


def every_state() -> list[CallSession]:
    """A call at every stage it can be in, with each notice, outcome and ending."""
    asked = [
        session(stage=Stage.MENU),
        session(stage=Stage.POINTS),
        session(stage=Stage.ASKING, legs=(leg(),)),
    ]
    dialing = [session(stage=Stage.DIALING, legs=(leg(),), shows_own=own) for own in (False, True)]
    after = [
        session(stage=Stage.NEXT, legs=(replace(called(outcome), basis=basis),), number=942)
        for outcome, basis in itertools.product(Outcome, Basis)
    ]
    again = [
        session(stage=each.stage, legs=each.legs, number=each.number, tries=1, notice=notice)
        for each in (*asked, after[0])
        for notice in (None, *Notice)
    ]
    ended = [
        session(stage=Stage.ENDED, ending=ending, phone=None, number=942, legs=legs, answer_by=NOW)
        for ending in Ending
        for legs in ((), *((called(outcome),) * number for outcome in Outcome for number in (1, 3)))
    ]
    waiting = [session(stage=stage) for stage in (Stage.QUEUED, Stage.PLACING, Stage.UNKNOWN, Stage.RINGING)]
    return [*asked, *dialing, *after, *again, *ended, *waiting, *at_the_door()]


def at_the_door() -> list[CallSession]:
    """A call that asks for a ZIP code, waits in line or finds its office closed; number shown or hidden."""
    many, one = ("ero-atl", "ero-was"), ("ero-atl",)
    doors = [
        each
        for offices, phone in itertools.product((many, one), (PHONE, None))
        for each in (
            session(stage=Stage.MENU, step=2, is_inbound=True, offices=offices, phone=phone),
            session(stage=Stage.ZIP, is_inbound=True, offices=offices, phone=phone),
            session(stage=Stage.HOLDING, offices=offices, phone=phone, place=3, wait=120, held_at=NOW),
            session(stage=Stage.HOLDING, offices=offices, phone=phone, place=1, wait=20, held_at=BEFORE),
            session(stage=Stage.CLOSED, offices=offices, phone=phone, opens_at=TOMORROW if phone else None),
            session(stage=Stage.ENDED, ending=Ending.BOOKED, phone=None, offices=one, booked_at=TOMORROW),
            session(stage=Stage.ENDED, ending=Ending.CLOSED, phone=None, offices=offices),
        )
    ]
    return [
        *doors,
        *(replace(each, step=3, tries=1, notice=n) for each in doors for n in HEARD.get(each.stage, ())),
    ]


def welcomes() -> list[CallSession]:
    """A call to us before its language is known."""
    arrived = session(stage=Stage.WELCOME, step=1, is_inbound=True, offices=())
    return [arrived, *(replace(arrived, tries=1, notice=notice) for notice in HEARD[Stage.WELCOME])]


STATES = every_state()


def verbs_of(made: CallSession, language: Language, **changes: Any) -> tuple[Verb, ...]:
    return prompt(replace(made, language=language), campaign(**changes), OUR_NUMBER)


def speeches(verbs: tuple[Verb, ...]) -> list[Speech]:
    spoken: list[Speech] = []
    for verb in verbs:
        spoken += verb.speech if isinstance(verb, Gather) else [verb] if isinstance(verb, Say | Play) else []
    return spoken


def said(verbs: tuple[Verb, ...]) -> str:
    return " ".join(speech.text for speech in speeches(verbs) if isinstance(speech, Say))


def keys_named(text: str) -> list[str]:
    """The keys a text asks for, in its order."""
    numbers = ["cero", "uno", "dos", "tres", "cuatro", "cinco", "seis", "siete", "ocho", "nueve"]
    found = re.findall(r"(?:press|oprima el) (\w+)", text)
    return [str(numbers.index(key)) if key in numbers else key for key in found if key != "star"]


@pytest.mark.parametrize("language", Language)
def test_every_state_has_its_words_whole_and_in_one_language(language: Language) -> None:
    foreign = SPANISH if language is Language.EN else ENGLISH
    for made, status in itertools.product(STATES, (Status.LIVE, Status.PAUSED, Status.ENDED)):
        verbs = verbs_of(made, language, status=status)
        text = said(verbs)

        assert text, made
        assert not set("{}") & set(text)
        assert "  " not in text
        assert {speech.language for speech in speeches(verbs) if isinstance(speech, Say)} == {language}
        assert not foreign.findall(text.replace(CAMPAIGN.organization.of(language), "")), text


@pytest.mark.parametrize("language", Language)
def test_no_state_speaks_longer_than_a_person_listens(language: Language) -> None:
    spoken = {said(verbs_of(made, language)) for made in STATES}
    longest = max(len(text.split()) for text in spoken) * 60 / WORDS_A_MINUTE

    assert longest < LONGEST[language]


@pytest.mark.parametrize("language", Language)
def test_at_most_four_keys_are_offered_and_five_with_again(language: Language) -> None:
    for made in STATES:
        keys = keys_named(said(verbs_of(made, language)))
        has_again = made.stage in {Stage.ASKING, Stage.POINTS}
        assert len(keys) <= MOST_KEYS[has_again], keys
        assert len(keys) == len(set(keys))


@pytest.mark.parametrize("stage", sorted(ASKS))
def test_both_languages_offer_the_same_keys(stage: Stage) -> None:
    for made in (each for each in STATES if each.stage is stage):
        assert keys_named(said(verbs_of(made, Language.EN))) == keys_named(said(verbs_of(made, Language.ES)))


def test_a_question_can_be_interrupted_waits_its_seconds_and_takes_its_keys() -> None:
    for made in (*STATES, *welcomes()):
        verbs = verbs_of(made, Language.EN)
        if made.stage in ASKS:
            (gather,) = verbs
            assert isinstance(gather, Gather)
            assert (gather.timeout, gather.digits) == ASKS[made.stage]
            assert takes_keys(made.stage) == gather.digits
        else:
            assert isinstance(verbs[-1], Hangup | Dial)


def test_a_welcome_speaks_both_languages_each_in_its_own_voice_and_says_who_we_are_once() -> None:
    for made in welcomes():
        verbs = verbs_of(made, Language.EN)
        by_voice = {each: " ".join(x.text for x in speeches(verbs) if isinstance(x, Say) and x.language is each)
                    for each in Language}  # fmt: skip
        assert keys_named(by_voice[Language.EN]) == ["1"]
        assert keys_named(by_voice[Language.ES]) == ["2"]
        assert not SPANISH.findall(by_voice[Language.EN])
        assert not ENGLISH.findall(by_voice[Language.ES])
        assert ("Nothing is recorded." in by_voice[Language.EN]) == (made.notice is None)
        assert len(said(verbs).split()) * 60 / WORDS_A_MINUTE < LONGEST_WELCOME


def test_the_office_is_announced_by_name_and_rung_with_limits() -> None:
    made = session(stage=Stage.DIALING, legs=(leg(),))
    say, dial = verbs_of(made, Language.EN)

    assert said((say,)) == "Connecting you to the ICE office in Atlanta. To come back to us, press star."
    assert dial == Dial(leg().line, OUR_NUMBER, RING_SECONDS, TALK_SECONDS)


def test_the_office_sees_the_supporter_s_number_only_if_she_chose_so() -> None:
    shown = verbs_of(session(stage=Stage.DIALING, legs=(leg(),), shows_own=True), Language.ES)[-1]

    assert isinstance(shown, Dial)
    assert shown.caller_id == PHONE


@pytest.mark.parametrize("outcome", Outcome)
def test_only_a_call_that_got_through_is_told_its_number(outcome: Outcome) -> None:
    made = session(stage=Stage.NEXT, legs=(called(outcome),), number=942)

    assert ("nine hundred forty-two" in said(verbs_of(made, Language.EN))) == (outcome in COUNTED)
    assert ("novecientos cuarenta y dos" in said(verbs_of(made, Language.ES))) == (outcome in COUNTED)


def test_a_campaign_s_own_words_and_recordings_replace_ours() -> None:
    url = "https://audio.example.org/hola.mp3"
    words = {PromptId.MENU: Words("Press 1, {organization}.", "Oprima el uno, {organization}.")}
    recordings = (Recording(PromptId.HELLO, Language.ES, url),)

    own = verbs_of(session(stage=Stage.MENU), Language.ES, spoken=words, recordings=recordings)

    assert speeches(own) == [Play(url), Say("Oprima el uno, Vecinos por las Familias.", Language.ES)]
    assert "Hello" in said(verbs_of(session(stage=Stage.MENU), Language.EN, recordings=recordings))


def test_when_we_know_nobody_the_apology_is_in_both_languages() -> None:
    assert [speech.language for speech in speeches(bare_apology(None)) if isinstance(speech, Say)] == list(
        Language
    )
    assert isinstance(bare_apology(Language.ES)[-1], Hangup)


def test_every_prompt_is_written_in_both_languages_with_the_same_blanks() -> None:
    assert set(PROMPTS) == set(PromptId)
    for words in PROMPTS.values():
        blanks = [set(re.findall(r"{(\w+)}", text)) for text in (words.en, words.es)]
        assert blanks[0] == blanks[1] <= PLACEHOLDERS
        assert "important" not in words.en
        assert words.en != words.es
