"""What a caller hears, everywhere a call can be, in both languages: whole, short, and in one language only."""

import itertools
import re
from dataclasses import replace
from typing import Any

import pytest

from chalicelib.domain.call import CallSession, Ending, Notice, Stage
from chalicelib.domain.campaign import Recording, Status
from chalicelib.domain.counts import Basis, Outcome
from chalicelib.domain.prompt_ids import PromptId
from chalicelib.domain.prompts import KEY_SECONDS, RING_SECONDS, TALK_SECONDS, bare_apology, prompt
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
    return [*asked, *dialing, *after, *again, *ended, *waiting]


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


@pytest.mark.parametrize("stage", [Stage.MENU, Stage.POINTS, Stage.ASKING, Stage.NEXT])
def test_both_languages_offer_the_same_keys(stage: Stage) -> None:
    for made in (each for each in STATES if each.stage is stage):
        assert keys_named(said(verbs_of(made, Language.EN))) == keys_named(said(verbs_of(made, Language.ES)))


def test_a_question_can_be_interrupted_and_waits_eight_seconds() -> None:
    for made in STATES:
        verbs = verbs_of(made, Language.EN)
        if made.stage in {Stage.MENU, Stage.POINTS, Stage.ASKING, Stage.NEXT}:
            (gather,) = verbs
            assert isinstance(gather, Gather)
            assert gather.timeout == KEY_SECONDS == 8
        else:
            assert isinstance(verbs[-1], Hangup | Dial)


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
