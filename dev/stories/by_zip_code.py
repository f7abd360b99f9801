"""Tales of supporters who type a ZIP code on the campaign's page: which office it leads to, and why."""

from dev.phone_world.people import HangUp, Heard, PickUp, Press, Star
from dev.stories.tale import COMO_LE_FUE, HOW_DID_IT_GO, OnPage, Tale

ATLANTA = Tale(
    title="ZIP code 30303 on the page: the Atlanta office",
    name="Walter",
    language="en",
    page=OnPage(
        zip_code="30303",
        reads=("Your area: Georgia. The Atlanta office is the one for ZIP code 30303.",),
    ),
    script=(
        PickUp(after=4),
        Press("1", after=6),
        Star(after=20),
        Press("1", after=4, when=HOW_DID_IT_GO),
        HangUp(after=4, when=Heard("call number")),
    ),
    lines=(),
    ends="thanks",
    counted=("spoke",),
    heard=("Connecting you to the ICE office in Atlanta",),
    shows_own=False,
)

HARLINGEN = Tale(
    title="ZIP code 78501 on the page: the Harlingen office, once the texted code is typed right",
    name="Ximena",
    language="es",
    page=OnPage(
        zip_code="78501",
        mistypes=True,
        reads=(
            "Su zona: Texas. Al código postal 78501 le corresponde la oficina de Harlingen.",
            "Escriba el código que le enviamos por mensaje de texto",
            "Este código no coincide",
            "Le quedan 4 intentos",
        ),
    ),
    script=(
        PickUp(after=4),
        Press("1", after=6),
        Star(after=20),
        Press("1", after=4, when=COMO_LE_FUE),
        HangUp(after=6, when=Heard("Para llamar también a la oficina de Atlanta")),
    ),
    lines=(),
    ends="thanks",
    counted=("spoke",),
    heard=("Le comunicamos con la oficina de ICE en Harlingen", "la oficina de Atlanta"),
    shows_own=False,
)

CHOICE = Tale(
    title="ZIP code 92672 on the page: a choice of two offices; and the own number is shown",
    name="Yusuf",
    language="en",
    page=OnPage(
        zip_code="92672",
        picks="San Diego",
        shows="Your own number",
        reads=(
            "Choose an office: ZIP 92672 doesn’t belong to just one",
            "Los Angeles",
            "San Diego",
            "You chose the San Diego office.",
        ),
    ),
    script=(
        PickUp(after=4),
        Press("1", after=6),
        Star(after=20),
        Press("1", after=4, when=HOW_DID_IT_GO),
        HangUp(after=4, when=Heard("call number")),
    ),
    lines=(),
    ends="thanks",
    counted=("spoke",),
    heard=("Connecting you to the ICE office in San Diego",),
    shows_own=True,
)

BY_ZIP_CODE = (ATLANTA, HARLINGEN, CHOICE)
