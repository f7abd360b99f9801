"""Which e-mail addresses are taken, how two are told apart, and which slips are asked about."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.domain.addresses import COMMON, REAL, Address, address, likely_slip
from chalicelib.domain.refusals import Code, Refusal


@pytest.mark.parametrize(
    ("typed", "sent_to", "identity"),
    [
        ("maria@example.org", "maria@example.org", "maria@example.org"),
        ("  Maria.Ejemplo@Example.ORG ", "Maria.Ejemplo@example.org", "maria.ejemplo@example.org"),
        ("m+letters@example.org", "m+letters@example.org", "m+letters@example.org"),
        ("o'hara_1-x@mail.example.co.uk", "o'hara_1-x@mail.example.co.uk", "o'hara_1-x@mail.example.co.uk"),
        ("maria@niño.example", "maria@xn--nio-8ma.example", "maria@xn--nio-8ma.example"),
        ("maria@straße.example", "maria@xn--strae-oqa.example", "maria@xn--strae-oqa.example"),
        ("maria@\uff25xample.org", "maria@example.org", "maria@example.org"),
        ("maria@NIÑO.example", "maria@xn--nio-8ma.example", "maria@xn--nio-8ma.example"),
        ("maria@例え.テスト", "maria@xn--r8jz45g.xn--zckzah", "maria@xn--r8jz45g.xn--zckzah"),
        ("a" * 64 + "@example.org", "a" * 64 + "@example.org", "a" * 64 + "@example.org"),
    ],
)
def test_it_is_read_and_written_as_mail_wants_it(typed: str, sent_to: str, identity: str) -> None:
    read = address(typed)

    assert (str(read), read.identity) == (sent_to, identity)


@pytest.mark.parametrize(
    "typed",
    [
        "", " ", "maria", "maria@", "@example.org", "maria@example", "maria@@example.org", "a@b@example.org",
        "maria@example.org,other@example.org", "maria@example.org;other@example.org", "maria @example.org",
        "María <maria@example.org>", '"maria"@example.org', "maria(home)@example.org", "maria@[192.0.2.1]",
        "maria@192.0.2.1", "josé@example.org", ".maria@example.org", "maria.@example.org", "ma..ria@example.org",
        "maria@-example.org", "maria@example-.org", "maria@example..org", "maria@.example.org", "maria@example.org.",
        "maria@exa_mple.org", "maria@example.c", "maria@example.123", "a" * 65 + "@example.org",
        "maria@" + "a" * 64 + ".org", "maria@" + ".".join(["a" * 60] * 5) + ".org", "x" * 400,
        "maria@example.org\r\nBcc: all@example.org", "maria@example.org\n", "\rmaria@example.org",
        "maria\x00@example.org", "maria@example.org\x7f", "maria@exam\tple.org", "maria@ex\u200bample.org\u2028",
        "maria@例え\r\n.テスト", "🙂@example.org", "maria@🙂.example",
    ],
)  # fmt: skip
def test_what_mail_does_not_want_is_refused_in_one_sentence(typed: str) -> None:
    with pytest.raises(Refusal) as refused:
        address(typed)
    assert (refused.value.code, refused.value.field) == (Code.EMAIL_MALFORMED, "email")


@given(st.text(max_size=40), st.text("\r\n\0\t", min_size=1, max_size=2), st.text(max_size=40))
def test_d16_no_line_break_gets_through_anywhere(one: str, sign: str, other: str) -> None:
    for typed in (f"{one}{sign}{other}@example.org", f"maria@{one}{sign}{other}.org", f"{one}@{other}{sign}"):
        with pytest.raises(Refusal):
            address(typed)


@given(st.emails())
def test_whatever_is_taken_stays_what_it_is_when_read_again(typed: str) -> None:
    try:
        read = address(typed)
    except Refusal:
        return
    assert address(str(read)) == read
    assert str(read).isascii()
    assert len(str(read)) <= 254


@pytest.mark.parametrize(
    ("domain", "meant"),
    [
        ("gmial.com", "gmail.com"), ("gmal.com", "gmail.com"), ("gmaill.com", "gmail.com"), ("gmail.con", "gmail.com"),
        ("gmail.co", "gmail.com"), ("gmail.comm", "gmail.com"), ("yaho.com", "yahoo.com"),
        ("hotmial.com", "hotmail.com"),
        ("outlok.com", "outlook.com"), ("iclould.com", "icloud.com"), ("hotmail.ess", "hotmail.es"),
        ("example.org", None), ("gmx.com", None), ("mail.com", None), ("dhs.gov", None), ("gmial.org", None),
    ],
)  # fmt: skip
def test_a_likely_slip_is_asked_about(domain: str, meant: str | None) -> None:
    slip = likely_slip(Address("Maria", domain))

    assert slip == (Address("Maria", meant) if meant else None)


def test_no_domain_in_use_is_taken_for_a_slip() -> None:
    assert [domain for domain in (*COMMON, *REAL) if likely_slip(Address("maria", domain))] == []
