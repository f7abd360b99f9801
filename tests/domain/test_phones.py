"""Which numbers are ever called: screened by value, and through the API, where nothing rings that must not."""

from collections.abc import Iterator

import phonenumbers
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from phonenumbers import PhoneNumberFormat, PhoneNumberType

from chalicelib.domain.phones import Screening, phone_key, screened
from chalicelib.domain.refusals import Code, Refusal
from chalicelib.runtime import Runtime
from tests.conftest import Figure
from tests.rehearsal import LINES, OUR_NUMBER, Rehearsal, sweep

REGIONS = frozenset({"US", "PR", "VI", "GU", "AS", "MP", "CA"})
RULES = Screening(REGIONS, frozenset())
FICTION_TOO = Screening(REGIONS, frozenset(), allows_fiction=True)
ORDINARY = frozenset(
    {PhoneNumberType.FIXED_LINE, PhoneNumberType.MOBILE, PhoneNumberType.FIXED_LINE_OR_MOBILE}
)

# What callers of a peer's API really sent: it rang, or broke on, every one.
SENT_TO_A_PEER = {
    "abc": Code.PHONE_MALFORMED,
    "+1555": Code.PHONE_MALFORMED,
    "0000000000": Code.PHONE_MALFORMED,
    "911": Code.PHONE_MALFORMED,
    "+1911": Code.PHONE_MALFORMED,
    "+19005551234": Code.PHONE_NOT_CALLED,
    "+8816123456": Code.PHONE_MALFORMED,
    "+881612345678": Code.PHONE_NOT_CALLED,
    "4045550123'; DROP TABLE calls; --": Code.PHONE_MALFORMED,
    " ": Code.PHONE_MISSING,
    "": Code.PHONE_MISSING,
    "☎": Code.PHONE_MALFORMED,
    "٤٠٤٥٥٥٠١٢٣": Code.PHONE_MALFORMED,
}
DENIED = {
    "premium 900": "+19002345678",
    "premium abroad": "+449012345678",
    "premium abroad, 871": "+448712345678",
    "international premium": "+979123456789",
    "a personal number": "+447012345678",
    "the Caribbean: Jamaica": "+18762345678",
    "the Caribbean: Bahamas": "+12423456789",
    "a 976 exchange": "+12129765555",
    "a 976 exchange elsewhere": "+14049761234",
    "Alaska": "+19072345678",
    "Yukon": "+18672345678",
    "Canada's special codes": "+16002345678",
    "another of them": "+16222345678",
    "a satellite": "+881612345678",
    "toll-free": "+18002345678",
    "directory assistance": "+14045551212",
    "a 555 exchange": "+14045554321",
    "Mexico": "+525512345678",
    "fiction with a premium code": "+19005550123",
    "fiction in Jamaica": "+18765550123",
}
SPELLINGS = [
    "+14045550123",
    "4045550123",
    "14045550123",
    "(404) 555-0123",
    "404.555.0123",
    "1-404-555-0123",
    " +1 404 555 0123 ",
    "404–555–0123",
    "404\u00a0555\u00a00123",
]
REFUSED_AS_MALFORMED = [
    "404 555 012",
    "404 555 0123 x9",
    "404-CALL-NOW",
    "555 0123",
    "4" * 41,
    "+1 404 555 01233",
]


def refusal(text: str, rules: Screening = RULES) -> Code | None:
    try:
        screened(text, rules)
    except Refusal as refused:
        return refused.code if refused.field == "phone" else None
    return None


def examples() -> Iterator[tuple[str, str, str, bool]]:
    """Every example number there is: region, kind, E.164, and whether region and kind are ones we call."""
    for region in sorted(phonenumbers.SUPPORTED_REGIONS):
        for kind in PhoneNumberType.values():
            number = phonenumbers.example_number_for_type(region, kind)
            if number is not None:
                e164 = phonenumbers.format_number(number, PhoneNumberFormat.E164)
                yield region, PhoneNumberType.to_string(kind), e164, region in REGIONS and kind in ORDINARY
    for country in phonenumbers.COUNTRY_CODES_FOR_NON_GEO_REGIONS:
        number = phonenumbers.example_number_for_non_geo_entity(country)
        if number is not None:
            yield "001", "any", phonenumbers.format_number(number, PhoneNumberFormat.E164), False


EXAMPLES = list(examples())


@pytest.mark.parametrize(("text", "code"), SENT_TO_A_PEER.items())
def test_what_a_peer_rang_is_refused_with_its_reason(text: str, code: Code) -> None:
    assert refusal(text, FICTION_TOO) is code


def test_of_all_example_numbers_only_ordinary_lines_of_our_regions_are_called() -> None:
    called = {e164 for *_, e164, _ in EXAMPLES if refusal(e164, FICTION_TOO) is None}
    expected = {e164 for *_, e164, is_ours in EXAMPLES if is_ours}

    assert len(EXAMPLES) > 1300
    assert called == expected
    assert {"+15062345678", "+17872345678", "+16713001234"} < called


@pytest.mark.parametrize("number", DENIED.values(), ids=DENIED.keys())
@pytest.mark.parametrize("rules", [RULES, FICTION_TOO], ids=["deployed", "development"])
def test_never_called(number: str, rules: Screening) -> None:
    assert refusal(number, rules) is Code.PHONE_NOT_CALLED


@pytest.mark.parametrize("text", REFUSED_AS_MALFORMED)
def test_half_numbers_extensions_and_letters_are_not_guessed_at(text: str) -> None:
    assert refusal(text, FICTION_TOO) is Code.PHONE_MALFORMED


def test_fiction_rings_in_development_alone() -> None:
    assert screened("404 555 0123", FICTION_TOO) == "+14045550123"
    assert refusal("404 555 0123") is Code.PHONE_NOT_CALLED
    assert refusal("404 555 0100") is refusal("404 555 0199") is Code.PHONE_NOT_CALLED


def test_all_spellings_are_one_number_and_one_key() -> None:
    numbers = {screened(text, FICTION_TOO) for text in SPELLINGS}

    assert numbers == {"+14045550123"}
    assert len({phone_key(number, b"a key") for number in numbers}) == 1


def test_a_key_is_no_hash_that_can_be_run_through_without_the_secret() -> None:
    number = "+14045550123"

    assert phone_key(number, b"one key") != phone_key(number, b"another key")
    assert len(phone_key(number, b"one key")) == 32
    assert number[2:] not in phone_key(number, b"one key")


@pytest.mark.parametrize("never", ["+12025550142", "+14045550190", "+16022345678"])
def test_numbers_never_rung_are_refused_like_any_other_in_every_spelling(never: str) -> None:
    rules = Screening(REGIONS, frozenset({never}), allows_fiction=True)

    national = never.removeprefix("+1")
    for text in (never, national, f"({national[:3]}) {national[3:6]}-{national[6:]}"):
        assert refusal(text, rules) is Code.PHONE_NOT_CALLED


def test_a_region_that_is_not_configured_is_not_called() -> None:
    only_us = Screening(frozenset({"US"}), frozenset())

    assert refusal("+15062345678") is None
    assert refusal("+15062345678", only_us) is Code.PHONE_NOT_CALLED


typed = st.text(st.sampled_from("0123456789+()-. /x#*٤☎\u2013\u00a0\x00a"), max_size=24)
american = st.from_regex(r"\+?1?[2-9]\d\d[2-9]\d{6}", fullmatch=True)


@given(typed | american | st.text(max_size=50), st.booleans())
@example("+1" + "9" * 300, True)
@example("+", False)
@example("\ud800", False)
def test_whatever_is_typed_is_refused_or_is_an_ordinary_american_number(text: str, fiction: bool) -> None:  # noqa: FBT001
    rules = Screening(REGIONS, frozenset({"+12025550142"}), allows_fiction=fiction)
    try:
        number = screened(text, rules)
    except Refusal:
        return

    parsed = phonenumbers.parse(number)
    area, exchange, line = number[2:5], number[5:8], number[8:]
    assert number.startswith("+1")
    assert len(number) == 12
    assert phonenumbers.region_code_for_number(parsed) in REGIONS
    assert phonenumbers.number_type(parsed) in ORDINARY
    assert area not in {"900", "907", "867", "600", "622"}
    assert exchange not in {"976", "911"}
    assert exchange != "555" or (fiction and line.startswith("01"))
    assert number != "+12025550142"


# Through the API: what is refused never reaches Twilio.


@pytest.fixture
def house(built: Runtime) -> Iterator[Rehearsal]:
    yield Rehearsal(built, built.store._table.client)
    sweep()


def test_nothing_that_must_not_ring_rings_and_nothing_breaks(house: Rehearsal, figure: Figure) -> None:
    foreign = [e164 for *_, e164, is_ours in EXAMPLES if not is_ours]
    asked = [*SENT_TO_A_PEER, *DENIED.values(), *REFUSED_AS_MALFORMED, *dict.fromkeys(foreign)]
    statuses = [house.tap(text)["http"] for text in asked]
    house.play(minutes=5)

    broken = sum(status >= 500 for status in statuses)
    figure(f"numbers={len(asked)} dials={len(house.world.calls)} 5xx={broken}")
    assert set(statuses) == {400}
    assert (house.world.calls, house.queue.sent) == ([], [])


def test_our_own_an_offices_and_a_premium_number_get_one_and_the_same_answer(house: Rehearsal) -> None:
    answers = [house.tap(number) for number in (OUR_NUMBER, *LINES.values(), "+19002345678", "+18762345678")]

    errors = [answer["error"] for answer in answers]
    assert errors[0]["code"] == "phone_not_called"
    assert errors == [errors[0]] * len(errors)
    assert house.world.calls == []


def test_seven_spellings_of_one_phone_are_one_open_call(house: Rehearsal) -> None:
    ids = {house.tap(text)["id"] for text in SPELLINGS}

    assert len(ids) == 1
    assert len(house.queue.sent) == 1


def test_no_number_stands_in_the_table_but_where_it_must_ring(house: Rehearsal) -> None:
    house.tap()

    holders = {row["type"]["S"] for row in house.rows() if "4045550123" in str(row)}
    assert holders == {"session"}
