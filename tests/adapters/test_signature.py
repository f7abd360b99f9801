"""The signature against Twilio's own validator, and against every way of cutting a signed text up anew."""

import itertools
import re
from collections.abc import Iterator
from contextlib import suppress
from urllib.parse import urlencode

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from twilio.request_validator import RequestValidator

from chalicelib.adapters.signature import FORM, READ, Forged, signed, verified

Pairs = list[tuple[str, str]]

URL = "https://calls.example.org/go/twilio/voice/q3vQ0Tn9yXrmC1o2bqk5Lw/steps/4"
TOKEN = "a token of Twilio's"
CALL = {
    "AccountSid": "AC" + "0" * 32,
    "ApiVersion": "2010-04-01",
    "CallSid": "CA" + "1" * 32,
    "CallStatus": "in-progress",
    "Called": "+14045550123",
    "CallerName": "TOM DIGITSON",
    "Direction": "outbound-api",
    "From": "+12025550142",
    "FromCity": "",
    "To": "+14045550123",
    "ToCity": "TORONTO",
}
FORMS = [
    CALL | {"Digits": "12"},
    CALL | {"Digits": ""},
    CALL | {"DialCallStatus": "completed", "DialCallSid": "CA" + "2" * 32, "DialCallDuration": "42"},
    CALL | {"ErrorCode": "11200", "ErrorUrl": URL, "Digits": "1"},
    CALL | {"ParentCallSid": "CA" + "3" * 32, "CallDuration": "9", "Duration": "1", "SequenceNumber": "3"},
]
names = st.text(st.characters(codec="ascii", categories=("Lu", "Ll", "Nd")), min_size=1, max_size=12)
forms = st.dictionaries(names, st.text(st.characters(codec="utf-8"), max_size=12), max_size=6)


def read(form: dict[str, str], signature: str, url: str = URL) -> dict[str, str]:
    return verified(url, urlencode(form).encode(), FORM, signature, [TOKEN])


@given(forms)
def test_twilio_s_own_validator_accepts_what_we_sign(form: dict[str, str]) -> None:
    assert RequestValidator(TOKEN).validate(URL, form, signed(URL, form, TOKEN))


@given(st.dictionaries(st.sampled_from(["FromCity", "ToZip", "A1"]), st.text(max_size=12), min_size=1))
def test_we_accept_what_twilio_signs_whatever_stands_in_fields_we_do_not_read(extra: dict[str, str]) -> None:
    assume(not any(name in value for name in READ for value in extra.values()))
    form = CALL | extra

    assert read(form, RequestValidator(TOKEN).compute_signature(URL, form)) == form


@pytest.mark.parametrize("form", FORMS)
def test_every_kind_of_genuine_form_comes_through_whole(form: dict[str, str]) -> None:
    assert read(form, RequestValidator(TOKEN).compute_signature(URL, form)) == form


def recuts(genuine: dict[str, str]) -> Iterator[tuple[str, Pairs]]:
    """All URLs and forms, one cut away from a genuine form, that may give the very same signed text."""
    pairs = sorted(genuine.items())
    yield URL[:-1], [(URL[-1], ""), *pairs]
    yield URL[:-1], [(URL[-1] + pairs[0][0], pairs[0][1]), *pairs[1:]]
    yield URL[:-1], [(URL[-1], "".join(pairs[0])), *pairs[1:]]
    yield URL + "".join(pairs[0]), pairs[1:]
    for at, pair in enumerate(pairs):
        before, after = pairs[:at], pairs[at + 1 :]
        text = "".join(pair)
        yield from ((URL, [*before, (text[:cut], text[cut:]), *after]) for cut in range(len(text) + 1))
        yield from ((URL, [*before, *two, *after]) for two in twos(text))
        for swallowed in range(1, len(after) + 1):
            rest = "".join(map("".join, after[:swallowed]))
            yield URL, [*before, (pair[0], pair[1] + rest), *after[swallowed:]]


def reads_the_same(found: dict[str, str], genuine: dict[str, str]) -> bool:
    """Whether the views make the same of both. An ErrorUrl that is no step of ours is an apology, whatever it is."""
    ours = {name: found.get(name) for name in READ}
    theirs = {name: genuine.get(name) for name in READ}
    if not re.search(r"/steps/\d+$", ours["ErrorUrl"] or ""):
        ours["ErrorUrl"] = theirs["ErrorUrl"]
    return ours == theirs


def twos(text: str) -> Iterator[Pairs]:
    """Every way to make two fields of the text of one (of its first 45 characters)."""
    for one, two, three in itertools.combinations_with_replacement(range(min(len(text), 45) + 1), 3):
        yield [(text[:one], text[one:two]), (text[two:three], text[three:])]


@pytest.mark.parametrize("genuine", FORMS)
def test_a_signed_text_cut_up_in_another_way_is_refused_or_reads_the_same(genuine: dict[str, str]) -> None:
    signature, accepted, tried = signed(URL, genuine, TOKEN), [], 0
    for url, pairs in recuts(genuine):
        form = dict(pairs)
        is_in_order = sorted(form) == [name for name, _ in pairs]
        if form == genuine or not is_in_order or signed(url, form, TOKEN) != signature:
            continue
        tried += 1
        with suppress(Forged):
            found = read(form, signature, url)
            if "AccountSid" not in found:
                continue  # the guard asks for our account, whatever is signed
            if url != URL or not reads_the_same(found, genuine):
                accepted.append((url.removeprefix(URL), form))

    assert tried > 1000
    assert accepted == []


@pytest.mark.parametrize("length", [0, 1, 15])
def test_a_blank_token_never_signs_anything(length: int) -> None:
    form = dict(list(CALL.items())[:length])

    with pytest.raises(Forged):
        verified(URL, urlencode(form).encode(), FORM, signed(URL, form, ""), ["", TOKEN])


def test_no_doubt_names_a_value() -> None:
    with pytest.raises(Forged) as doubt:
        read(CALL, "wrong")

    assert not [value for value in CALL.values() if value and value in str(doubt.value)]
