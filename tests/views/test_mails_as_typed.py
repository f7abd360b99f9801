"""D16: what was typed is never a template, a format or markup, and breaks no header."""

import re
from dataclasses import replace

import pytest

from chalicelib.adapters.mime import Unwritable, mime
from chalicelib.domain.letter import Content, State
from chalicelib.domain.letter_events import MailKind
from chalicelib.domain.words import Language, Words
from chalicelib.views import mails
from tests.domain.letter_space import CONTENT, letter
from tests.views.mail_values import (
    BY_POST,
    LINKS,
    PLACES,
    SENDER,
    Shown,
    received,
    to_office,
    written,
)

TYPED = ("{{x}}", "{{ 7*7 }}", "{% raw %}", "{# x #}", "{0}", "{name}", "%s", "%(name)s", "${x}", "<script>x</script>",
         "&amp; &lt;", "'\"", "\\", "{{ self.__class__ }}")  # fmt: skip


@pytest.mark.parametrize("typed", TYPED)
def test_d16_what_a_writer_types_arrives_as_typed_in_every_field(typed: str) -> None:
    content = Content(f"A {typed}", CONTENT.address, f"S {typed}", f"B {typed}\nnext {typed}")
    there, receipt = to_office(Language.EN, content), written("bounced", Language.EN, content)

    assert received(there)["Subject"] == f"S {typed}"
    assert received(there)["From"].addresses[0].display_name == f"A {typed} via Neighbors for Families"
    for mail in (there, receipt):
        assert f"B {typed}\nnext {typed}\n\nSincerely,\nA {typed}" in mail.text
        assert f"B {typed}\nnext {typed}\nSincerely,\nA {typed}" in re.sub(
            r"\n+", "\n", Shown(mail.html).text
        )
        assert "<script" not in mail.html


@pytest.mark.parametrize("typed", TYPED)
def test_d16_what_staff_type_arrives_as_typed_too(typed: str) -> None:
    both = Words(typed, typed)
    place = replace(BY_POST, place=both, name=both, address=typed)
    odd = replace(PLACES, organization=both, offices=(place,))
    mail = mails.to_writer(MailKind.RECEIPT, (letter(State.BOUNCED_HARD, language=Language.EN),), odd, LINKS)

    assert mail.subject == f"Your letter to the {typed} office came back"
    assert f"\n{typed}\n" in mail.text
    assert received(mail)["From"].addresses[0].display_name == typed
    assert "<script" not in mail.html


@pytest.mark.parametrize("broken", ["\r\n", "\n", "\r", "\0"])
def test_d16_a_line_break_in_a_name_or_subject_is_refused_and_adds_no_header(broken: str) -> None:
    evil = f"x{broken}Bcc: everybody@people.example"
    for content in (replace(CONTENT, name=evil), replace(CONTENT, subject=evil)):
        with pytest.raises(Unwritable):
            mime(to_office(Language.EN, content), SENDER)


def test_d16_a_line_break_in_a_letter_stays_in_the_letter() -> None:
    content = replace(CONTENT, body="one\r\nBcc: everybody@people.example\r\n.\r\ntwo")
    message = received(to_office(Language.EN, content))
    text = message.get_body(("plain",))

    assert message["Bcc"] is None
    assert text is not None
    assert text.get_content().startswith("one\r\nBcc: everybody@people.example\r\n.\r\ntwo\r\n")
