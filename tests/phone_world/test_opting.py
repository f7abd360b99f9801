"""Words that are obeyed before the app: which number obeys which, and what an account sets for Advanced Opt-Out."""

import pytest

from dev.phone_world import ADVANCED, LONG_CODE, Keywords, OurNumber, Rules
from dev.phone_world.calls import Hook
from dev.phone_world.keywords import ANSWERS, HELP, NETWORK_ANSWERS, START, STOP, Kind, in_force, kind_of
from tests.phone_world.tiny_app import ANA, BASE, LUIS, Stage, stage
from tests.phone_world.tiny_app import OURS as LONG

SERVICE = "MG" + "2" * 32
TOLL_FREE = "+18885550142"
SHORT = "55501"
R1, R1_ES, R3, R3_ES, R4, R4_ES = "Join? YES", "Responda SI", "Stopped.", "Parado.", "Help.", "Ayuda."
ACCOUNTS = (
    ADVANCED.without("YES")
    .saying(STOP, sorted(ADVANCED.stop), R3)
    .saying(STOP, ["ALTO", "PARAR", "baja"], R3_ES)
    .saying(START, ["START", "UNSTOP", "JOIN", "FAMILIES"], R1)
    .saying(START, ["UNIRSE", "INICIAR", "FAMILIAS"], R1_ES)
    .saying(HELP, ["HELP", "INFO"], R4)
    .saying(HELP, ["AYUDA"], R4_ES)
)
"""What an organization sets in Twilio's console, in two languages."""
NONE: tuple[str, ...] = ()


def numbered(number: str, keywords: Keywords | None, service: str = "") -> Stage:
    staged = stage({"/text": ""}, rules=Rules(keywords=keywords))
    staged.world.numbers = {number: OurNumber(text=Hook(f"{BASE}/text"), service=service)}
    return staged


def answered(staged: Stage, body: str, number: str = ANA) -> tuple[str, ...]:
    """What the person is texted for this text."""
    before = len(staged.world.texts)
    (ours,) = staged.world.numbers
    staged.world.text_in(number, ours, body)
    staged.world.run_until_idle()
    return tuple(text.body for text in staged.world.texts[before:] if text.to == number)


def told(staged: Stage) -> str | None:
    """The OptOutType of the last webhook."""
    return staged.app.at("/text")[-1].fields.get("OptOutType")


def is_blocked(staged: Stage) -> bool:
    (ours,) = staged.world.numbers
    return (ANA, staged.world.numbers[ours].service or ours) in staged.world.stopped or (
        (ANA, ours) in staged.world.stopped
    )


@pytest.mark.parametrize(
    ("number", "kind"),
    [
        (LONG, Kind.LONG_CODE),
        (TOLL_FREE, Kind.TOLL_FREE),
        ("+18335550142", Kind.TOLL_FREE),
        ("+18085550142", Kind.LONG_CODE),
        ("+528005550142", Kind.LONG_CODE),
        (SHORT, Kind.SHORT_CODE),
        ("555012", Kind.SHORT_CODE),
    ],
)
def test_a_number_says_by_its_digits_what_it_is(number: str, kind: Kind) -> None:
    assert kind_of(number) is kind


@pytest.mark.parametrize(
    ("body", "answers", "opt_out_type"),
    [
        ("STOP", (R3,), "STOP"),
        ("revoke", (R3,), "STOP"),
        (" Alto\n", (R3_ES,), "STOP"),
        ("BAJA", (R3_ES,), "STOP"),
        ("families", (R1,), "START"),
        ("START", (R1,), "START"),
        ("Familias", (R1_ES,), "START"),
        ("INICIAR", (R1_ES,), "START"),
        ("info", (R4,), "HELP"),
        ("AYUDA", (R4_ES,), "HELP"),
        ("YES", NONE, None),
        ("STOP ICE", NONE, None),
        ("FAMILIES please", NONE, None),
        ("ALTO a las redadas", NONE, None),
    ],
)
def test_a_service_obeys_and_answers_an_accounts_own_words(
    body: str, answers: tuple[str, ...], opt_out_type: str | None
) -> None:
    for number in (LONG, SHORT):
        staged = numbered(number, ACCOUNTS, SERVICE)

        assert answered(staged, body) == answers
        assert told(staged) == opt_out_type
        assert staged.app.at("/text")[0].fields["MessagingServiceSid"] == SERVICE
        assert is_blocked(staged) == (opt_out_type == "STOP")


def test_only_an_opt_in_word_of_the_accounts_leads_back() -> None:
    staged = numbered(LONG, ACCOUNTS, SERVICE)
    for body in ("ALTO", "YES", "hello", "AYUDA"):
        answered(staged, body)
        assert is_blocked(staged)
    answered(staged, "FAMILIAS")
    assert not is_blocked(staged)


TABLE: list[tuple[str, Keywords | None, str, dict[str, tuple[str, ...]]]] = [
    (LONG, ACCOUNTS, SERVICE, {"STOP": (R3,), "ALTO": (R3_ES,), "YES": NONE, "JOIN": (R1,), "HELP": (R4,)}),
    (
        LONG,
        ACCOUNTS,
        "",
        {
            "STOP": (ANSWERS[STOP],),
            "ALTO": NONE,
            "YES": (ANSWERS[START],),
            "JOIN": NONE,
            "HELP": (ANSWERS[HELP],),
        },
    ),
    (
        LONG,
        LONG_CODE,
        SERVICE,
        {
            "STOP": (ANSWERS[STOP],),
            "ALTO": NONE,
            "YES": (ANSWERS[START],),
            "JOIN": NONE,
            "HELP": (ANSWERS[HELP],),
        },
    ),
    (LONG, None, "", {"STOP": NONE, "ALTO": NONE, "YES": NONE, "JOIN": NONE, "HELP": NONE}),
    (SHORT, ACCOUNTS, SERVICE, {"STOP": (R3,), "ALTO": (R3_ES,), "YES": NONE, "JOIN": (R1,), "HELP": (R4,)}),
    (SHORT, ACCOUNTS, "", {"STOP": NONE, "ALTO": NONE, "YES": NONE, "JOIN": NONE, "HELP": NONE}),
    (SHORT, LONG_CODE, SERVICE, {"STOP": NONE, "ALTO": NONE, "YES": NONE, "JOIN": NONE, "HELP": NONE}),
    (
        TOLL_FREE,
        ACCOUNTS,
        SERVICE,
        {
            "STOP": (NETWORK_ANSWERS["STOP"],),
            "ALTO": NONE,
            "YES": NONE,
            "JOIN": NONE,
            "HELP": (R4,),
            "UNSTOP": (NETWORK_ANSWERS["UNSTOP"], R1),
        },
    ),
    (
        TOLL_FREE,
        LONG_CODE,
        "",
        {
            "STOP": (NETWORK_ANSWERS["STOP"],),
            "STOPALL": NONE,
            "YES": NONE,
            "HELP": (ANSWERS[HELP],),
            "START": (NETWORK_ANSWERS["START"],),
        },
    ),
    (TOLL_FREE, None, "", {"STOP": (NETWORK_ANSWERS["STOP"],), "HELP": NONE}),
]


@pytest.mark.parametrize(("number", "keywords", "service", "row"), TABLE)
def test_which_number_obeys_which_words(
    number: str, keywords: Keywords | None, service: str, row: dict[str, tuple[str, ...]]
) -> None:
    for body, answers in row.items():
        assert answered(numbered(number, keywords, service), body) == answers, body


def test_the_toll_free_network_is_deaf_to_alto_and_lets_no_help_be_answered_after_a_stop() -> None:
    staged = numbered(TOLL_FREE, ACCOUNTS, SERVICE)
    answered(staged, "ALTO")
    assert not is_blocked(staged)
    answered(staged, "stop")
    assert (is_blocked(staged), told(staged)) == (True, None)
    assert answered(staged, "HELP") == NONE
    assert answered(staged, "START") == (NETWORK_ANSWERS["START"], R1)
    assert (is_blocked(staged), told(staged)) == (False, "START")


def test_a_stop_to_a_toll_free_number_leaves_the_rest_of_the_service_alone() -> None:
    staged = numbered(TOLL_FREE, ACCOUNTS, SERVICE)
    answered(staged, "STOP")
    staged.world.numbers[LONG] = OurNumber(service=SERVICE)

    staged.client.messages.create(to=ANA, from_=LONG, body="Hello")
    assert staged.world.texts[-1].to == ANA


def test_nobody_takes_stop_start_or_help_from_advanced_opt_out() -> None:
    for word in (STOP, START, HELP):
        with pytest.raises(ValueError, match="keeps STOP"):
            ADVANCED.without(word)
    assert in_force(LONG, ADVANCED.without("YES", "INFO", "QUIT"), SERVICE) is not None


def test_a_second_stop_in_another_language_has_no_second_answer() -> None:
    staged = numbered(LONG, ACCOUNTS, SERVICE)

    assert answered(staged, "STOP") == (R3,)
    assert answered(staged, "ALTO") == NONE
    assert answered(staged, "ALTO", LUIS) == (R3_ES,)
