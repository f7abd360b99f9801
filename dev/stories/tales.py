"""The tales of `make story` that are played over HTTP, as values one can read aloud.

Tales that need the same of the offices' lines stand together: changing the lines takes the app some seconds.
"""

from dev.phone_world.offices import Answer
from dev.phone_world.people import HangUp, Heard, Moment, PickUp, Press, Speak, Star, Voicemail
from dev.stories.by_zip_code import BY_ZIP_CODE
from dev.stories.calls_to_us import CALLS_TO_US
from dev.stories.tale import COMO_LE_FUE, HOW_DID_IT_GO, ONE_AT_A_TIME, Caller, Line, Tale

THREE_OFFICES = Tale(
    title="A call to three offices: somebody speaks, a line is busy, a voicemail answers",
    name="Alma",
    language="en",
    script=(
        PickUp(after=5),
        Press("1", after=6),
        Speak("Hello. I’m calling about the 28 children. Please let the families go. Thank you.", after=4),
        Press("1", after=4),
        Press("1", after=6),
        Press("1", after=5),
        Speak("Hello. Please halt the deportations of the 28 children and their parents.", after=9),
        Star(after=8, when=None),
        Press("2", after=4),
        HangUp(after=9, when=Heard("call number")),
    ),
    lines=(
        Line(Answer.PERSON, ring_seconds=6, talk_seconds=40),
        Line(Answer.BUSY),
        Line(Answer.VOICEMAIL, ring_seconds=12, talk_seconds=120),
    ),
    ends="thanks",
    counted=("spoke", "busy", "voicemail"),
    heard=(
        "Nothing is recorded",
        "Atlanta",
        "How did it go",
        "call number",
        "lines are all busy",
        "New York",
    ),
    shows_own=False,
)

NEVER_PICKS_UP = Tale(
    title="A supporter who never picks up",
    name="Ben",
    language="en",
    script=(),
    lines=(Line(Answer.PERSON),),
    ends="not_picked_up",
)

VOICEMAIL_PICKS_UP = Tale(
    title="A supporter whose voicemail picks up: no office is ever called",
    name="Carmen",
    language="es",
    script=(Voicemail(after=15, seconds=120),),
    lines=(Line(Answer.PERSON),),
    ends="no_key",
    heard=("oprima el uno", "No recibimos ninguna tecla"),
)

NEVER_AGAIN = Tale(
    title="A supporter who presses 9, and is then refused a ring",
    name="Dana",
    language="en",
    script=(PickUp(after=5), Press("9", after=20)),
    lines=(Line(Answer.PERSON),),
    ends="never",
    heard=("press 9", "We won’t call this number again"),
    refused="phone_not_called",
)

HANGS_UP = Tale(
    title="A supporter who hangs up while an office rings",
    name="Elena",
    language="es",
    script=(PickUp(after=5), Press("1", after=6), HangUp(after=7, when=Moment.OFFICE_RINGS)),
    lines=(Line(Answer.RINGS_OUT),),
    ends="not_reached",
    counted=("no_answer",),
    heard=("oficina de ICE en Atlanta",),
)

OWN_NUMBER = Tale(
    title="A supporter who hears what to say, and shows the office their own number (key 5)",
    name="Fabiola",
    language="en",
    script=(
        PickUp(after=5),
        Press("2", after=6),
        Press("5", after=9, when=Heard("to show yours, press 5")),
        Speak("Hello. I’m calling about the 28 children. You can call me back on this number.", after=3),
        Press("1", after=4, when=HOW_DID_IT_GO),
        HangUp(after=4, when=Heard("call number")),
    ),
    lines=(Line(Answer.PERSON, talk_seconds=20),),
    ends="thanks",
    counted=("spoke",),
    heard=("press 2", "press 5", "Connecting you", "How did it go"),
    shows_own=True,
)

WRONG_NUMBER = Tale(
    title="Three callers say “wrong number”: the line rests, and the fourth reaches the next office",
    name="Gabriel",
    language="es",
    script=(
        PickUp(after=4),
        Press("1", after=6),
        Press("1", after=4, when=COMO_LE_FUE),
        HangUp(after=6, when=Heard("la llamada número")),
    ),
    lines=(Line(Answer.WRONG_NUMBER), Line(Answer.PERSON, talk_seconds=20)),
    ends="thanks",
    counted=("spoke",),
    heard=("Le comunicamos con la oficina de ICE en Washington", "¿Cómo le fue?"),
    before=tuple(
        Caller(
            name=name,
            language="es",
            script=(
                PickUp(after=4),
                Press("1", after=6),
                Press("4", after=4, when=COMO_LE_FUE),
                HangUp(after=3, when=Moment.SAID),
            ),
            ends="not_reached",
            counted=("wrong_number",),
        )
        for name in ("Hilda", "Irene", "Julián")
    ),
    rests="wrong_number",
)

SECOND_LINE = Tale(
    title="A busy line: the office’s second line follows at once",
    name="Karim",
    language="en",
    script=(
        PickUp(after=5),
        Press("1", after=6),
        Press("1", after=4, when=HOW_DID_IT_GO),
        HangUp(after=4, when=Heard("call number")),
    ),
    lines=((Line(Answer.BUSY), Line(Answer.PERSON, talk_seconds=25)),),
    ends="thanks",
    counted=("busy", "spoke"),
    heard=(
        "Connecting you to the ICE office in Atlanta",
        "That line is busy. Trying another one",
        "How did it go",
    ),
    shows_own=False,
)

BOTH_BUSY = Tale(
    title="Both lines of an office busy: the next office is offered",
    name="Lucía",
    language="es",
    script=(
        PickUp(after=5),
        Press("1", after=6),
        Press("1", after=3, when=Heard("Para probar con la oficina de Washington")),
        Press("2", after=4, when=COMO_LE_FUE),
        HangUp(after=4, when=Heard("la llamada número")),
    ),
    lines=((Line(Answer.BUSY), Line(Answer.BUSY)), Line(Answer.VOICEMAIL, talk_seconds=40)),
    ends="thanks",
    counted=("busy", "busy", "voicemail"),
    heard=(
        "Esa línea está ocupada. Probamos con otra",
        "Las líneas de Atlanta están ocupadas",
        "en Washington",
    ),
)

PLACE_IN_LINE = Tale(
    title="A line that takes one call at a time: a place in line, and then the office",
    name="Mateo",
    language="en",
    script=(
        PickUp(after=3),
        Press("1", after=6),
        Star(after=20),
        Press("1", after=4, when=HOW_DID_IT_GO),
        HangUp(after=4, when=Heard("call number")),
    ),
    lines=(Line(Answer.PERSON, talk_seconds=90),),
    ends="thanks",
    counted=("spoke",),
    heard=("lines are in use. You’re first in line", "To wait, stay on", "Connecting you", "How did it go"),
    before=(
        Caller(
            name="Nadia",
            language="en",
            script=(
                PickUp(after=3),
                Press("1", after=6),
                Press("1", after=4, when=HOW_DID_IT_GO),
                HangUp(after=4, when=Heard("call number")),
            ),
            ends="thanks",
            counted=("spoke",),
            talks_on=True,
        ),
    ),
    caps=ONE_AT_A_TIME,
)

TALES = (
    THREE_OFFICES, NEVER_PICKS_UP, VOICEMAIL_PICKS_UP, NEVER_AGAIN, HANGS_UP, OWN_NUMBER, *BY_ZIP_CODE, *CALLS_TO_US,
    WRONG_NUMBER, SECOND_LINE, BOTH_BUSY, PLACE_IN_LINE,
)  # fmt: skip
