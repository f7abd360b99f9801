"""Languages and the words that exist in each of them. Knows no page, no voice and no file."""

from dataclasses import dataclass
from enum import StrEnum


class Language(StrEnum):
    """A language the whole product is written in; every supporter's sentence exists in each."""

    EN = "en"
    ES = "es"


@dataclass(frozen=True, slots=True)
class Words:
    """One sentence (or more) in every language."""

    en: str
    es: str

    def of(self, language: Language) -> str:
        """Return the text in `language`."""
        return self.es if language is Language.ES else self.en


def language_of(text: str | None) -> Language:
    """Read a language code as a person or browser may send it ("es", "es-MX", "EN"); unknown is English."""
    code = (text or "").strip().lower()[:2]
    return Language.ES if code == Language.ES.value else Language.EN
