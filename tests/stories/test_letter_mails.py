"""What people and offices find in their mailboxes when letters go all the way through the app. D13, D16."""

from collections.abc import Iterator

import pytest

from chalicelib.domain.words import Language
from chalicelib.runtime import Runtime
from dev.mail_world import Bounce
from tests.rehearsal import sweep
from tests.stories.letter_house import ATLANTA, LetterHouse

MARIA = "maria@people.example"
TYPED = (
    "¡Déjenlos libres! {{ x }} {% raw %} {0} %s ${y} <script>alert(1)</script>\n.\nBcc: all@people.example"
)
NAME = "María {{x}} {0} %s"


@pytest.fixture
def house(built: Runtime) -> Iterator[LetterHouse]:
    sweep()
    made = LetterHouse(built, an_hour=10**6)
    yield made
    assert made.mails.complaints == []


def sent_in_spanish(house: LetterHouse) -> None:
    house.write(MARIA, TYPED, NAME, Language.ES)
    house.world.run_until_idle()
    house.confirm(MARIA)
    house.world.run_until_idle()


def test_d16_a_letter_reaches_its_office_as_it_was_typed_and_adds_no_header(house: LetterHouse) -> None:
    sent_in_spanish(house)
    (there,) = house.mails_to(ATLANTA)

    assert there.text.replace("\r\n", "\n").startswith(f"{TYPED}\n\nAtentamente,\n{NAME}\n")
    assert "<script" not in there.html
    assert there.recipients == (ATLANTA,)
    assert there.header("Bcc") == there.header("Auto-Submitted") == there.header("List-Unsubscribe") == ""
    assert there.header("Reply-To") == MARIA
    assert there.message["From"].addresses[0].display_name.startswith(f"{NAME} por medio de ")


def test_d13_every_mail_that_was_taken_was_asked_for_by_one_request(house: LetterHouse) -> None:
    sent_in_spanish(house)

    assert house.mails.requests["SendEmail"] == len(house.mails.accepted) == 3
    assert house.mails.hidden_retries == 0


def test_a_writer_gets_mail_in_their_language_alone_and_can_stop_each_of_them(house: LetterHouse) -> None:
    house.mails.next_to(ATLANTA, Bounce("Permanent", "General", after=17))
    sent_in_spanish(house)
    mails = house.mails_to(MARIA)

    assert house.told(MARIA) == ["confirm", "receipt"]
    assert [mail.subject.split(" ", 1)[0] for mail in mails] == ["Confirme", "Su"]
    assert mails[-1].subject.endswith("fue devuelta")
    assert TYPED in mails[-1].text.replace("\r\n", "\n")
    assert TYPED.split("!", maxsplit=1)[0] not in mails[0].text
    for mail in mails:
        assert mail.header("Content-Language") == "es"
        assert mail.header("Auto-Submitted") == "auto-generated"
        assert mail.header("List-Unsubscribe-Post") == "List-Unsubscribe=One-Click"
        assert mail.header("List-Unsubscribe")[1:-1] in mail.text
