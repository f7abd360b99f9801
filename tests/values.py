"""Values for tests: one campaign, and a call in whatever state a test is about. Nobody in here exists."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

from chalicelib.domain.call import CallSession, CallStatus, Consent, OfficeCall, Stage
from chalicelib.domain.campaign import Campaign, Letter, Status
from chalicelib.domain.counts import Basis, Outcome
from chalicelib.domain.office import Line, Office
from chalicelib.domain.words import Language, Words

NOW = datetime(2026, 11, 24, 15, 0, tzinfo=UTC)
PHONE = "+14045550123"
OUR_NUMBER = "+12025550142"
CALL_ID = "q3vQ0Tn9yXrmC1o2bqk5Lw"


def _office(office_id: str, place: Words, number: str, zone: str = "America/New_York") -> Office:
    return Office(
        id=office_id,
        name=Words(f"ICE office in {place.en}", f"oficina de ICE en {place.es}"),
        place=place,
        zone=zone,
        address="1 Example Street",
        lines=(Line(number, callable=True, verified_on=NOW.date()),),
    )


ATLANTA = _office("ero-atl", Words("Atlanta", "Atlanta"), "+14045550190")
WASHINGTON = _office("ero-was", Words("Washington", "Washington"), "+17035550191")
NEW_YORK = _office("ero-nyc", Words("New York", "Nueva York"), "+12125550192")

OFFICES = (ATLANTA, WASHINGTON, NEW_YORK)

CAMPAIGN = Campaign(
    slug="families-28",
    status=Status.LIVE,
    revision=1,
    organization=Words("Neighbors for Families", "Vecinos por las Familias"),
    title=Words("Ask ICE to stop 28 deportations", "Pídale a ICE que pare 28 deportaciones"),
    heading=Words(
        "28 children and their parents could be deported any day",
        "28 niños y sus padres pueden ser deportados cualquier día",
    ),
    summary=Words(
        "None of them has had a chance to make their case for asylum. Ask ICE to halt the deportations and let "
        "the families go.",
        "Ninguno ha podido presentar su caso de asilo. Pídale a ICE que detenga las deportaciones y deje libres a "
        "las familias.",
    ),
    about=(
        Words(
            "These families came to the United States to be safe. Many have been held for about a year and a half. "
            "Deporting them now would send them back to the danger they fled, and would break US and international "
            "law.",
            "Estas familias vinieron a Estados Unidos en busca de protección. Muchas llevan cerca de año y medio "
            "detenidas. Deportarlas ahora sería devolverlas al peligro del que huyeron y violar las leyes de Estados "
            "Unidos y las internacionales.",
        ),
        Words(
            "Speaking up has worked before: thousands of calls and emails helped win a temporary stop to one man’s "
            "deportation, and other families have been freed.",
            "Alzar la voz ya ha funcionado: miles de llamadas y correos ayudaron a frenar por un tiempo la "
            "deportación de un hombre, y otras familias han salido libres.",
        ),
    ),
    points=(
        Words(
            "Hello. I’m calling about the 28 children and their parents who may be deported.",
            "Hola. Llamo por los 28 niños y sus padres que pueden ser deportados.",
        ),
        Words("Please halt the deportations.", "Por favor, detengan las deportaciones."),
        Words("Please release the families.", "Por favor, dejen libres a las familias."),
        Words("Thank you.", "Gracias."),
    ),
    reading="Hello. Please halt the deportations of the 28 children and their parents, and release the families. "
    "Thank you.",
    goal=2000,
    asks_code=False,
    offices=OFFICES,
    letter=Letter(
        Words("Release the families", "Dejen libres a las familias"), Words("Dear office", "Estimada oficina")
    ),
)

SESSION = CallSession(
    id=CALL_ID,
    campaign=CAMPAIGN.slug,
    language=Language.EN,
    phone=PHONE,
    phone_key="0" * 32,
    phone_ends="23",
    consent=Consent("call-1", 1, Language.EN, NOW),
    offices=("ero-atl", "ero-was", "ero-nyc"),
    created_at=NOW,
    ring_at=NOW,
    changed_at=NOW,
)


def campaign(**changes: object) -> Campaign:
    """The campaign, with some of it changed."""
    return replace(CAMPAIGN, **changes)  # type: ignore[arg-type]  # replace checks the names


def session(**changes: object) -> CallSession:
    """A call just asked for, with some of it changed."""
    return replace(SESSION, **changes)  # type: ignore[arg-type]  # replace checks the names


def leg(**changes: object) -> OfficeCall:
    """An office call to Atlanta that has just begun, with some of it changed."""
    begun = OfficeCall("ero-atl", ATLANTA.lines[0].number, step=2, started_at=NOW)
    return replace(begun, **changes)  # type: ignore[arg-type]  # replace checks the names


def called(outcome: Outcome, seconds: int = 42, **changes: object) -> OfficeCall:
    """An office call that is over and counted."""
    undone = {
        Outcome.BUSY: CallStatus.BUSY,
        Outcome.NO_ANSWER: CallStatus.NO_ANSWER,
        Outcome.FAILED: CallStatus.FAILED,
    }
    status = undone.get(outcome, CallStatus.COMPLETED)
    basis = Basis.FACTS if outcome in undone else Basis.KEY
    return leg(
        status=status, seconds=0 if outcome in undone else seconds, outcome=outcome, basis=basis, **changes
    )


def over(ending: object, **changes: object) -> CallSession:
    """A call that has ended: the number is gone, an answer is still taken for ten minutes."""
    ended = {"stage": Stage.ENDED, "ending": ending, "phone": None, "answer_by": NOW + timedelta(minutes=10)}
    return session(**(ended | changes))


def unverified(office: Office) -> Office:
    """The office with lines nobody has verified for longer than a verification is good."""
    return replace(office, lines=tuple(replace(line, verified_on=date(2026, 1, 1)) for line in office.lines))
