"""Mails as their readers see them: a letter at its office, and whatever we write to its writer, in both languages."""

import re
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import product

import pytest

from chalicelib.adapters.mime import Outgoing
from chalicelib.domain.addresses import Address
from chalicelib.domain.letter import Content, State
from chalicelib.domain.letter_events import MailKind
from chalicelib.domain.mail_facts import Fact, Recipient, Status
from chalicelib.domain.refusals import Code, Refusal
from chalicelib.domain.words import Language
from chalicelib.views import mails
from chalicelib.views.mail_words import fate_of
from chalicelib.views.rendering import phrasebook
from tests.domain.letter_space import CONTENT, letter
from tests.values import ATLANTA, CAMPAIGN, NOW
from tests.views.mail_values import (
    BY_POST,
    EVERY,
    KINDS,
    LINKS,
    LOST,
    PLACES,
    RECEIPTS,
    SENDER,
    WAITING,
    Shown,
    flat,
    received,
    to_office,
    urls,
    written,
)
from tests.views.test_page_languages import ENGLISH, NAMES, words

# A letter to its office.


@pytest.mark.parametrize("language", Language)
def test_an_office_gets_the_writers_words_and_one_line_of_who_carried_them(language: Language) -> None:
    mail = to_office(language)
    closing = {Language.EN: "Sincerely,", Language.ES: "Atentamente,"}[language]
    body, separator, carried = mail.text.partition("\n\n-- \n")

    assert body == f"{CONTENT.body}\n\n{closing}\n{CONTENT.name}"
    assert separator
    assert carried.count("\n") <= 1
    assert CAMPAIGN.organization.of(language) in carried
    assert CONTENT.name in carried
    assert "Patchthrough" not in mail.text + mail.html + mail.from_name


def test_an_office_sees_the_writers_name_before_our_address_and_answers_the_writer() -> None:
    mail = to_office(Language.EN)
    message = received(mail)

    assert mail.from_name == "María Ejemplo via Neighbors for Families"
    assert to_office(Language.ES).from_name == "María Ejemplo por medio de Vecinos por las Familias"
    assert message["From"].addresses[0].addr_spec == SENDER
    assert message["Reply-To"] == "maria@example.org"
    assert message["To"] == "letters@atlanta.example"
    assert message["Subject"] == CONTENT.subject
    assert mail.tags == {"letter": WAITING.id}


def test_a_persons_letter_is_neither_automatic_nor_bulk() -> None:
    names = {name.lower() for name in received(to_office(Language.EN))}

    assert (
        names & {"auto-submitted", "list-unsubscribe", "list-unsubscribe-post", "precedence", "list-id"}
        == set()
    )
    assert urls(to_office(Language.EN).text) == set()
    assert Shown(to_office(Language.EN).html).links == []


def test_a_name_that_turns_text_around_turns_no_organization_around() -> None:
    mail = to_office(Language.EN, replace(CONTENT, name="Maria\u202e\u2066 Lopez"))

    assert mail.from_name == "Maria Lopez via Neighbors for Families"


def test_a_letter_goes_only_to_the_addresses_that_are_open() -> None:
    gone = Recipient("gone@atlanta.example", (Fact(Status.BOUNCED_HARD, NOW, "m"),))
    two = letter(State.LEASED, recipients=(gone, Recipient("here@atlanta.example")))

    assert mails.to_office(two, PLACES).to == ("here@atlanta.example",)


# To its writer.


@pytest.mark.parametrize(("name", "language"), EVERY)
def test_a_mail_to_the_writer_comes_from_the_organization_says_that_it_is_automatic_and_can_be_stopped(
    name: str, language: Language
) -> None:
    mail = written(name, language)
    message = received(mail)
    kind, _ = KINDS[name]

    assert mail.from_name == CAMPAIGN.organization.of(language)
    assert message["From"].addresses[0].addr_spec == SENDER
    assert message["To"] == "maria@example.org"
    assert message["Content-Language"] == language.value
    assert message["Auto-Submitted"] == "auto-generated"
    assert message["List-Unsubscribe"] == f"<{LINKS.unsubscribe}>"
    assert message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert message["Reply-To"] is None
    assert mail.tags == {"mail": kind.value, "about": WAITING.id}
    assert LINKS.unsubscribe in urls(mail.text)
    assert all(re.fullmatch(r"[A-Za-z0-9_-]{1,256}", tag) for tag in [*mail.tags, *mail.tags.values()])


@pytest.mark.parametrize(("name", "language"), EVERY)
def test_text_and_html_say_the_same_and_lead_to_the_same_places(name: str, language: Language) -> None:
    mail = written(name, language)
    shown = Shown(mail.html)
    lines = {flat(line).rstrip(":") for line in mail.text.splitlines()} - {"--", "----------"}

    assert set(shown.links) == urls(mail.text)
    assert {line for line in lines if line and not urls(line)} <= {
        flat(line) for line in shown.text.splitlines()
    }
    assert f"<h1>{mail.subject}</h1>" in mail.html
    assert shown.tags & {"img", "script", "link", "iframe", "form", "object", "svg"} == set()
    assert "url(" not in mail.html
    assert f'<html lang="{language}">' in mail.html


@pytest.mark.parametrize("name", KINDS)
def test_a_spanish_mail_holds_no_english_word(name: str) -> None:
    mail = written(name, Language.ES, replace(CONTENT, body="Déjenlos libres.", subject="Déjenlos libres"))
    ours = re.sub(r"https?://\S+", "", f"{mail.subject} {mail.text} {Shown(mail.html).text} {mail.from_name}")

    assert words(ours.replace(BY_POST.address, "")) & (ENGLISH - NAMES) == set()


def test_a_spanish_letter_to_an_office_holds_no_english_word() -> None:
    mail = to_office(Language.ES, replace(CONTENT, body="Déjenlos libres.", subject="Déjenlos libres"))

    assert words(f"{mail.text} {Shown(mail.html).text} {mail.from_name}") & ENGLISH == set()


@pytest.mark.parametrize("language", Language)
def test_every_sentence_of_mails_is_said_in_one(language: Language) -> None:
    said = flat(" ".join(
        f"{each.subject} {each.text} {each.from_name}" for each in
        (*(written(name, language) for name in KINDS), to_office(language), of_an_office_that_left(language))
    ))  # fmt: skip
    pieces = {
        key: [flat(piece) for piece in re.split(r"{\w+}", sentence)]
        for key, sentence in phrasebook(language).sentences.items()
        if key.startswith("mail.")
    }

    assert {key for key, parts in pieces.items() if not all(part in said for part in parts)} == set()


def of_an_office_that_left(language: Language) -> Outgoing:
    return mails.to_writer(
        MailKind.QUESTION, (letter(State.DELIVERED, language=language, office="gone"),), PLACES, LINKS
    )


# Before its writer is known.


UNPROVED = ["confirm", "confirm again", "confirm for two", "reminder", "again"]


@pytest.mark.parametrize(("name", "language"), list(product(UNPROVED, Language)))
def test_a_mail_to_an_address_that_nobody_has_proved_holds_nothing_that_was_typed(
    name: str, language: Language
) -> None:
    typed = Content("Buy Pills", Address("victim", "people.example"), "Cheap pills", "Pills at pills.example")
    mail = written(name, language, typed)

    assert "pills" not in f"{mail.subject} {mail.text} {mail.html} {mail.from_name}".lower()


def test_the_confirm_mail_says_what_a_reply_does_how_long_the_link_works_and_what_to_do_if_it_is_not_yours() -> (
    None
):
    english, spanish = written("confirm", Language.EN).text, written("confirm", Language.ES).text

    assert "Replying to this email doesn’t confirm the letter." in english
    assert "Responder a este correo no confirma la carta." in spanish
    assert "The link works for 7 days." in english
    assert "El enlace sirve por 7 días." in spanish
    assert "Delete this email, and nothing is sent." in english
    assert "Borre este correo y no se envía nada." in spanish
    assert urls(english) == urls(spanish) == {LINKS.confirm, LINKS.unsubscribe}


def test_a_link_that_is_mailed_again_says_when_it_ends_for_it_ends_with_the_first() -> None:
    mail = written("confirm again", Language.EN).text

    assert "7 days" not in mail
    assert "The link works until Tuesday, December\u00a01 at 10:00\u00a0am Eastern." in mail
    assert NOW + timedelta(days=7) == datetime.fromisoformat("2026-12-01T10:00:00-05:00")


def test_the_reminder_says_that_it_is_the_only_one() -> None:
    mail = written("reminder", Language.EN)

    assert "We don’t remind you again." in mail.text
    assert urls(mail.text) == {LINKS.confirm, LINKS.unsubscribe}


def test_a_letter_to_two_offices_names_both() -> None:
    assert written("confirm for two", Language.EN).subject == (
        "Confirm your letter to the Atlanta office and the Washington office"
    )
    assert (
        "a la oficina de Atlanta y la oficina de Washington" in written("confirm for two", Language.ES).text
    )


# Receipts.


@pytest.mark.parametrize(("name", "language"), list(product(RECEIPTS, Language)))
def test_a_receipt_holds_the_letter_as_it_was_signed_and_where_to_see_more(
    name: str, language: Language
) -> None:
    mail = written(name, language)

    assert f"\n{CONTENT.body}\n\n" in mail.text
    assert CONTENT.name in mail.text
    assert LINKS.follow in urls(mail.text)
    assert {LINKS.confirm, LINKS.answer} & urls(mail.text) == set()


@pytest.mark.parametrize("name", RECEIPTS)
def test_each_fate_has_its_own_words(name: str) -> None:
    fate = fate_of(RECEIPTS[name])
    own = phrasebook(Language.EN).plain(
        f"mail.{fate}.text", organization="Neighbors for Families", moment="~"
    )

    assert fate == name.split(maxsplit=1)[0]
    assert flat(own).split("~")[0] in flat(written(name, Language.EN).text)


def test_no_two_fates_are_told_alike() -> None:
    fates = {fate_of(each) for each in RECEIPTS.values()}

    for language in Language:
        assert len({phrasebook(language).sentences[f"mail.{fate}.text"] for fate in fates}) == len(fates)


@pytest.mark.parametrize(("name", "language"), list(product(LOST, Language)))
def test_who_is_told_that_the_letter_did_not_get_there_gets_the_postal_address_and_the_offices_form(
    name: str, language: Language
) -> None:
    mail = written(name, language)

    assert BY_POST.address in mail.text
    assert BY_POST.web_form in urls(mail.text)


@pytest.mark.parametrize("name", ["delivered", "duplicate"])
def test_who_has_a_letter_there_is_not_told_to_print_it(name: str) -> None:
    assert BY_POST.address not in written(name, Language.EN).text


def test_an_office_without_an_address_leaves_the_campaigns_and_without_any_there_is_none() -> None:
    bare = replace(ATLANTA, address="")
    lost = (letter(State.BOUNCED_HARD, language=Language.EN),)
    at_home = replace(
        CAMPAIGN, offices=(bare,), letter=replace(CAMPAIGN.letter, post="ICE\n500 Example Street SW")
    )
    nowhere = replace(CAMPAIGN, offices=(bare,))

    assert "ICE\n500 Example Street SW" in mails.to_writer(MailKind.RECEIPT, lost, at_home, LINKS).text
    assert "postal address" not in mails.to_writer(MailKind.RECEIPT, lost, nowhere, LINKS).text


def test_a_delivery_is_told_by_the_offices_clock_and_claims_no_reader() -> None:
    facts = (Fact(Status.SUBMITTED, NOW, "m"), Fact(Status.DELIVERED, NOW + timedelta(minutes=2), "m"))
    there = letter(State.DELIVERED, recipients=(Recipient("a@office.example", facts),), language=Language.EN)
    text = mails.to_writer(MailKind.RECEIPT, (there,), PLACES, LINKS).text

    assert "took it on Tuesday, November\u00a024 at 10:02\u00a0am Eastern" in text
    assert "We can’t see whether someone has read it." in text


def test_the_question_leads_to_its_answer() -> None:
    assert urls(written("question", Language.EN).text) == {LINKS.answer, LINKS.unsubscribe}


def test_nothing_is_written_to_whom_we_have_forgotten() -> None:
    gone = letter(State.ERASED)
    with pytest.raises(Refusal) as no_letter:
        mails.to_office(gone, PLACES)
    with pytest.raises(Refusal) as no_mail:
        mails.to_writer(MailKind.RECEIPT, (gone,), PLACES, LINKS)

    assert no_letter.value.code is no_mail.value.code is Code.LETTER_GONE
