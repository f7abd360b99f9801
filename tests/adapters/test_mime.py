"""A mail as bytes: what any reader makes of it, and what can't be written."""

import email.policy
import re
from base64 import b64decode
from email import message_from_bytes
from email.header import decode_header, make_header
from email.message import EmailMessage
from email.utils import parseaddr
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.adapters.mime import Outgoing, Unwritable, mime

SENDER = "letters@mail.example.org"
NAMES = {
    "plain": "Maria Lopez via Neighbors for Families",
    "accents": "María Muñoz por medio de Vecinos por las Familias",
    "comma and quotes": 'Lopez, Maria "Mari" via Neighbors',
    "brackets": "Maria (a mother) <not@an.address> via N.",
    "backslash": "Mar\\ia \\",
    "emoji": "María 👩‍👧‍👦🕊️ via Vecinos",
    "right to left": "رجاء \u200fحسن via Neighbors",
    "looks encoded": "=?utf-8?q?Maria?= via Neighbors",
    "long": "María " * 13 + "via " + "Vecinos por las Familias " * 6 + "!",
    "no space": "ñ" * 80,
    "template": "{{ x }} {% y %} {0} %s ${z} <script>alert(1)</script>",
    "two  spaces": " two  spaces ",
}
BREAKS = ("\r", "\n", "\r\n", "\0", "\x0b", "\x1b", "\x7f", "\x85")
LINK = "https://letters.example.org/letters/" + "q3vQ0Tn9yXrmC1o2bqk5Lw." * 8


def mail(**changes: Any) -> Outgoing:
    plain: dict[str, Any] = {
        "from_name": NAMES["plain"],
        "to": ("atlanta@office.example",),
        "subject": "Release the families",
        "text": "Please.\n\nMaria",
        "html": "<p>Please.</p>",
        "language": "en",
        "tags": {"letter": "L1"},
    }
    return Outgoing(**(plain | changes))


def read(written: bytes) -> EmailMessage:
    """As a mail program reads it, by the standard's own parser."""
    message = message_from_bytes(written, policy=email.policy.SMTP)
    assert isinstance(message, EmailMessage)
    assert [message.defects, *(part.defects for part in message.walk())] == [[], [], [], []]
    return message


def part(message: EmailMessage, subtype: str) -> str:
    found = message.get_body((subtype,))
    assert found is not None
    content: str = found.get_content()
    return content.replace("\r\n", "\n")


def sender_of(written: bytes) -> tuple[str, str]:
    """Name and address. By the older reader: the newer puts a space between encoded words before Python 3.13."""
    header = message_from_bytes(written, policy=email.policy.compat32)["From"]
    name, address = parseaddr(header)
    return str(make_header(decode_header(name))), address


@pytest.mark.parametrize("name", NAMES)
def test_a_name_and_a_subject_arrive_as_typed_before_our_own_address(name: str) -> None:
    written = mime(mail(from_name=NAMES[name], subject=NAMES[name]), SENDER)
    (address,) = read(written)["From"].addresses

    assert sender_of(written) == (NAMES[name], SENDER)
    assert address.addr_spec == SENDER
    assert read(written)["Subject"] == NAMES[name]


@pytest.mark.parametrize("name", sorted(set(NAMES) - {"no space"}))
def test_a_reader_that_puts_a_space_between_encoded_words_cuts_no_word_in_two(name: str) -> None:
    (address,) = read(mime(mail(from_name=NAMES[name]), SENDER))["From"].addresses

    assert address.display_name.split() == NAMES[name].split()


def test_d16_what_looks_like_a_template_a_format_or_markup_arrives_as_typed() -> None:
    typed = "{{x}} {% raw %} {0} %s %(x)s ${x} <script>\n.\nFrom me\n-- \n--=_part--\n=20=\t \nend"
    message = read(mime(mail(text=typed, html=typed), SENDER))

    assert part(message, "plain") == typed
    assert part(message, "html") == typed


@pytest.mark.parametrize("broken", BREAKS)
@pytest.mark.parametrize("field", ["from_name", "subject", "reply_to", "to", "language", "headers", "sender"])
def test_d16_a_control_character_in_any_header_is_refused(field: str, broken: str) -> None:
    evil = f"maria{broken}Bcc: everybody@people.example"
    values: dict[str, Any] = {
        "to": ("atlanta@office.example", evil),
        "headers": {"Auto-Submitted": evil},
    }
    changes = {} if field == "sender" else {field: values.get(field, evil)}

    with pytest.raises(Unwritable) as refused:
        mime(mail(**changes), evil if field == "sender" else SENDER)
    assert "maria" not in repr(refused.value)
    assert refused.value.__cause__ is refused.value.__context__ is None


def test_d16_line_ends_in_a_letter_are_line_ends_however_they_were_typed() -> None:
    message = read(mime(mail(text="one\r\ntwo\rthree\nfour\n"), SENDER))

    assert part(message, "plain") == "one\ntwo\nthree\nfour\n"


@pytest.mark.parametrize("field", ["text", "html"])
@pytest.mark.parametrize("broken", ["\0", "\ud83d"])
def test_d16_what_no_text_holds_is_refused_in_a_letter_too(field: str, broken: str) -> None:
    with pytest.raises(Unwritable):
        mime(mail(**{field: f"Please{broken}."}), SENDER)


@pytest.mark.parametrize("address", ["", "maria", "maria@", "Maria <maria@example.org>", "a@b.example, c@d.example",
                                     "mar\u00eda@example.org", '"a b"@example.org'])  # fmt: skip
def test_what_is_no_single_address_is_refused(address: str) -> None:
    for changes in ({"reply_to": address}, {"to": (address,)}):
        with pytest.raises(Unwritable):
            mime(mail(**changes), SENDER)


def test_a_mail_to_nobody_is_refused() -> None:
    with pytest.raises(Unwritable):
        mime(mail(to=()), SENDER)


@pytest.mark.parametrize("headers", [
    {"Subject": "another"}, {"from": "x"}, {"BCC": "x@example.org"}, {"X-One": "1", "x-one": "2"}, {"X One": "1"},
    {"X-One": ""}, {"X-One": "é"}, {"X-One": "x" * 998},
])  # fmt: skip
def test_a_header_that_would_stand_twice_or_break_is_refused(headers: dict[str, str]) -> None:
    with pytest.raises(Unwritable):
        mime(mail(headers=headers), SENDER)


def test_each_header_stands_exactly_once_and_ses_gets_to_set_its_own() -> None:
    offered = {"Auto-Submitted": "auto-generated", "List-Unsubscribe": f"<{LINK}>"}
    to = ("a@office.example", "b@office.example")
    message = read(mime(mail(reply_to="maria@example.org", headers=offered, to=to), SENDER))

    assert sorted(message.keys()) == [
        "Auto-Submitted", "Content-Language", "Content-Type", "From", "List-Unsubscribe", "MIME-Version", "Reply-To",
        "Subject", "To",
    ]  # fmt: skip
    assert message["Reply-To"] == "maria@example.org"
    assert message["List-Unsubscribe"] == f"<{LINK}>"
    assert [each.addr_spec for each in message["To"].addresses] == list(to)


def test_without_a_reply_address_answers_come_to_us() -> None:
    assert "Reply-To" not in read(mime(mail(), SENDER))


def test_a_letter_of_5000_characters_in_one_line_leaves_in_short_lines() -> None:
    letter = "¡Déjenlos libres! 🕊" * 263
    written = mime(mail(text=letter[:5000], html=f"<p>{letter}</p>"), SENDER)

    assert longest_line(written) <= 76
    assert part(read(written), "plain") == letter[:5000]


def test_the_longest_name_subject_and_addresses_leave_in_short_lines() -> None:
    many = tuple(f"{'a' * 60}{each}@{'b' * 60}.example" for each in range(10))
    written = mime(mail(from_name="ñ" * 250, subject="ñ" * 200, to=many), SENDER)

    assert longest_line(written) <= 998
    assert all(len(line) <= 76 for line in written.split(b"\r\n") if b"=?" in line)


def test_no_encoded_word_ends_within_a_character() -> None:
    written = mime(mail(from_name="ñ" * 80, subject="🕊" * 40), SENDER)
    encoded = re.findall(rb"=\?utf-8\?b\?([^?]*)\?=", written)

    assert len(encoded) > 8
    for word in encoded:
        assert set(b64decode(word).decode()) <= {"ñ", "🕊"}


def test_it_is_ascii_with_real_line_ends_only() -> None:
    written = mime(mail(from_name="María", text="ñ\n" * 9, html="<p>ñ</p>"), SENDER)

    assert written.isascii()
    assert not re.search(rb"[^\r]\n|\r[^\n]", written)


def test_text_comes_before_html_and_both_say_their_charset() -> None:
    message = read(mime(mail(), SENDER))
    parts = list(message.iter_parts())

    assert message.get_content_type() == "multipart/alternative"
    assert [each.get_content_type() for each in parts] == ["text/plain", "text/html"]
    assert {each.get_content_charset() for each in parts} == {"utf-8"}


def test_the_same_mail_is_the_same_bytes() -> None:
    assert mime(mail(), SENDER) == mime(mail(), SENDER)
    assert b"Date:" not in mime(mail(), SENDER)
    assert b"Message-ID:" not in mime(mail(), SENDER)


typed_lines = st.text(st.characters(exclude_categories=["Cc", "Cs", "Zl", "Zp"]), min_size=1, max_size=160)
"""One line, of anything that can be typed."""
typed_texts = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0\r"), max_size=2000)


@given(name=typed_lines, subject=typed_lines, text=typed_texts, html=typed_texts)
def test_any_name_subject_and_letter_are_read_as_they_were_typed(
    name: str, subject: str, text: str, html: str
) -> None:
    written = mime(mail(from_name=name, subject=subject, text=text, html=html), SENDER)
    message = read(written)

    assert longest_line(written) <= 998
    assert sender_of(written) == (name, SENDER)
    assert message["Subject"] == subject
    assert part(message, "plain") == text
    assert part(message, "html") == html


@given(
    typed=st.text(max_size=40), field=st.sampled_from(["from_name", "subject", "reply_to", "to", "language"])
)
def test_whatever_is_typed_no_header_is_added(typed: str, field: str) -> None:
    usual = {"From", "To", "Subject", "Content-Language", "MIME-Version", "Content-Type"}
    try:
        written = mime(mail(**{field: (typed,) if field == "to" else typed}), SENDER)
    except Unwritable:
        return
    assert set(read(written).keys()) - {"Reply-To"} == usual


def longest_line(written: bytes) -> int:
    return max(map(len, written.split(b"\r\n")))
