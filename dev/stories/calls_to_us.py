"""Tales of supporters who call us: from a page's button, which dials its code too, or by hand."""

from dev.phone_world.offices import Answer
from dev.phone_world.people import HangUp, Heard, Press, Star
from dev.stories.tale import COMO_LE_FUE, HOW_DID_IT_GO, DialsIn, Line, OnPage, Tale

TAP_WITH_CODE = Tale(
    title="Tap to call on the page, with its code: nothing is asked that the page has asked",
    name="Sofía",
    language="es",
    script=(
        Press("1", after=6, when=Heard("oficina de ICE en San Diego, oprima el uno")),
        Star(after=20),
        Press("1", after=4, when=COMO_LE_FUE),
        HangUp(after=4, when=Heard("la llamada número")),
    ),
    lines=(),
    ends="thanks",
    counted=("spoke",),
    heard=("Hola, habla", "Le comunicamos con la oficina de ICE en San Diego", "¿Cómo le fue?"),
    dials=DialsIn(),
    page=OnPage(
        zip_code="92672",
        picks="San Diego",
        taps=True,
        reads=("Usted eligió la oficina de San Diego.", "Llame a la oficina de San Diego"),
    ),
    shows_own=False,
)

TAP_WITHOUT_CODE = Tale(
    title="Our number dialled without a code: language and ZIP code by keypad",
    name="Tomás",
    language="es",
    script=(
        Press("2", after=2, when=Heard("Para español, oprima el dos")),
        Press("78501", after=3, when=Heard("código postal")),
        Press("1", after=6, when=Heard("oficina de ICE en Harlingen, oprima el uno")),
        Star(after=20),
        Press("1", after=4, when=COMO_LE_FUE),
        HangUp(after=4, when=Heard("la llamada número")),
    ),
    lines=(),
    ends="thanks",
    counted=("spoke",),
    heard=(
        "For English, press 1",
        "marque los cinco dígitos de su código postal",
        "Le comunicamos con la oficina de ICE en Harlingen",
        "¿Cómo le fue?",
    ),
    dials=DialsIn(),
    shows_own=False,
)

NO_ZIP_CODE = Tale(
    title="Our number dialled with the caller’s own hidden, and no ZIP code: star skips it",
    name="Ursula",
    language="en",
    script=(
        Press("1", after=4, when=Heard("For English, press 1")),
        Press("*", after=3, when=Heard("five digit ZIP code")),
        Press("1", after=6, when=Heard("ICE office in Atlanta, press 1")),
        Press("1", after=4, when=HOW_DID_IT_GO),
        HangUp(after=4, when=Heard("call number")),
    ),
    lines=(Line(Answer.PERSON, talk_seconds=20),),
    ends="thanks",
    counted=("spoke",),
    heard=("For English, press 1", "To skip this, press star", "Connecting you to the ICE office in Atlanta"),
    dials=DialsIn(hides=True),
    shows_own=False,
)

CALLS_TO_US = (TAP_WITH_CODE, TAP_WITHOUT_CODE, NO_ZIP_CODE)
