"""Verbs → TwiML. Decides nothing; the only file that knows VoiceResponse."""

from collections.abc import Sequence
from dataclasses import dataclass

from twilio.twiml.messaging_response import MessagingResponse
from twilio.twiml.voice_response import Dial as DialVerb
from twilio.twiml.voice_response import Gather as GatherVerb
from twilio.twiml.voice_response import VoiceResponse

from chalicelib.domain.verbs import Dial, Gather, Hangup, Play, Say, Speech, Verb
from chalicelib.domain.words import Language

LOCALES: dict[Language, str] = {Language.EN: "en-US", Language.ES: "es-US"}
VOICES: dict[Language, str] = {Language.EN: "Polly.Joanna", Language.ES: "Polly.Lupe"}
"""One voice a language, each a native speaker's."""


@dataclass(frozen=True, slots=True)
class Urls:
    """Where Twilio goes next: the step's own address, and the status callback of the legs."""

    step: str
    status: str


def render(verbs: Sequence[Verb], urls: Urls) -> str:
    """Return the TwiML document for these verbs."""
    response = VoiceResponse()
    for verb in verbs:
        _append(response, verb, urls)
    return str(response)


def texted(body: str | None) -> str:
    """Return the TwiML document that answers a text; None: with nothing."""
    response = MessagingResponse()
    if body is not None:
        response.message(body)
    return str(response)


def _append(response: VoiceResponse, verb: Verb, urls: Urls) -> None:
    match verb:
        case Say() | Play():
            _speak(response, verb)
        case Gather():
            # An empty result is posted too, so that silence takes the same road as a key.
            gather = response.gather(
                input="dtmf", num_digits=verb.digits, timeout=verb.timeout, finish_on_key="",
                action=urls.step, method="POST", action_on_empty_result=True,
            )  # fmt: skip
            for speech in verb.speech:
                _speak(gather, speech)
        case Dial():
            dial = response.dial(
                action=urls.step, method="POST", timeout=verb.timeout, time_limit=verb.limit,
                caller_id=verb.caller_id, hangup_on_star=True,
            )  # fmt: skip
            _number(dial, verb, urls)
        case Hangup():
            response.hangup()


def _number(dial: DialVerb, verb: Dial, urls: Urls) -> None:
    dial.number(
        verb.number,
        status_callback=urls.status,
        status_callback_event="answered completed",
        status_callback_method="POST",
    )


def _speak(parent: VoiceResponse | GatherVerb, speech: Speech) -> None:
    if isinstance(speech, Play):
        parent.play(speech.url)
    else:
        parent.say(speech.text, language=LOCALES[speech.language], voice=VOICES[speech.language])
