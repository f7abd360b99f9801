"""What the tests of a letter's pages share: the form as a browser sends it, and links as mails hold them."""

from urllib.parse import urlencode

from chalicelib.domain.letter import Letter
from chalicelib.domain.tokens import Purpose
from tests.browser.served import Answer, Served
from tests.letter_states import link, seed

WRITE = "/c/families-28/letter"
BODY = "Dear office,\r\n\r\nMy own child is five. {{ 7 * 7 }} {0} %s <b>Please</b> let them go."
FORM = {"name": "María Ejemplo", "email": "maria@example.org", "zip": "", "office": "ero-atl", "body": BODY}


def post(served: Served, path: str = f"{WRITE}?lang=en", **form: str) -> Answer:
    return served.ask("POST", path, urlencode(form).encode())


def written(served: Served, do: str, **changes: str) -> Answer:
    return post(served, do=do, **(FORM | changes))


def kept(served: Served, letter: Letter) -> Letter:
    found = served.runtime.letters.letter(letter.id, served.clock())
    assert found
    return found


def at(served: Served, purpose: Purpose, *letters: Letter, lang: str = "en") -> str:
    """Put these letters into the table, and return the path of a link about them."""
    seed(served.runtime, *letters)
    return f"{link(served.runtime, purpose, letters[0])}?lang={lang}"


def where(answer: Answer, served: Served) -> str:
    """Where a 303 leads, below the public URL."""
    assert answer.status == 303, answer.text
    return answer.headers["location"].removeprefix(served.url)


def letters_of(served: Served) -> list[Letter]:
    return list(served.runtime.letters.all(served.clock()))
