"""Pages out of templates: words of one language, links below the public URL, headers that keep others out.

Promises: every value is escaped, nothing on a page comes from another site, no cookie is set. Refuses to know
what a page is about. Jinja is loaded on the first page and not on import: webhooks start without it.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlencode, urlsplit

from chalice.app import Response

from chalicelib.domain.words import Language

if TYPE_CHECKING:
    from jinja2 import Environment
    from markupsafe import Markup

Headers = dict[str, str | list[str]]
"""As Chalice takes them."""
ROOT = Path(__file__).resolve().parent.parent
TYPES = {".css": "text/css; charset=utf-8", ".js": "text/javascript; charset=utf-8"}
HTML = "text/html; charset=utf-8"
POLICY = (
    "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; img-src 'self' data:; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
GUARDS = {
    "Content-Type": HTML,
    "Content-Security-Policy": POLICY,
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}
PRIVATE = {"Cache-Control": "no-store", "X-Robots-Tag": "noindex"}
"""For whatever is about one person: a call's page, a refused form."""
SHARED = {"Cache-Control": "public, max-age=15", "Vary": "Accept-Language"}
"""For what is the same for everybody: a minute's visitors of a campaign cost a handful of reads."""
FOREVER = "public, max-age=31536000, immutable"
OK = 200
NOT_FOUND = 404


@dataclass(frozen=True, slots=True)
class Site:
    """Where the pages live (public URL without a slash at its end), and the number that calls, if known."""

    url: str
    number: str | None

    def link(self, path: str, **query: object) -> str:
        """Return one of our own addresses as a link: the public URL's prefix, without its host."""
        asked = f"?{urlencode(query)}" if query else ""
        return urlsplit(self.url).path + path + asked

    def asset(self, name: str) -> str:
        """Return the address of a stylesheet or script, with the hash of its content: it is kept for ever."""
        return self.link(f"/static/{name}", v=asset(name).version)


@dataclass(frozen=True, slots=True)
class Asset:
    """A stylesheet or script, and the hash that names this content of it."""

    text: str
    version: str
    kind: str


def page(
    template: str,
    language: Language,
    site: Site,
    *,
    status: int = OK,
    headers: Mapping[str, str] = PRIVATE,
    **values: object,
) -> Response:
    """Return a template as a page in `language`, with `values` in it."""
    words = phrasebook(language)
    other = Language.EN if language is Language.ES else Language.ES
    known = {"campaign": None, "lang": language, "other": other, "t": words.say, "site": site}
    return Response(drawn(template, **(known | values)), status_code=status, headers={**GUARDS, **headers})


def drawn(template: str, **values: object) -> str:
    """Return a template with `values` in it: escaped, unless its name says that it is plain text (.txt)."""
    return _environment().get_template(template).render(values)


def static(name: str, version: str | None) -> Response:
    """Return a stylesheet or script; kept for ever when asked for by the hash of what it holds now."""
    if name not in ASSETS:
        return Response("Not found", status_code=NOT_FOUND, headers={"Content-Type": "text/plain"})
    found = asset(name)
    kept = FOREVER if version == found.version else "no-cache"
    guards: Headers = {"Content-Type": found.kind, "X-Content-Type-Options": "nosniff", "Cache-Control": kept}
    return Response(found.text, headers=guards)


ASSETS = frozenset({"look.css", "desk.css", "page.js", "letter.js"})


@cache
def asset(name: str) -> Asset:
    """Return one of ASSETS, read once."""
    text = (ROOT / "static" / name).read_text(encoding="utf-8")
    return Asset(text, sha256(text.encode()).hexdigest()[:12], TYPES[Path(name).suffix])


@dataclass(frozen=True, slots=True)
class Phrasebook:
    """Every sentence of the pages in one language, by its key."""

    sentences: Mapping[str, str]

    def say(self, key: str, **values: object) -> "Markup":
        """Return a sentence with `values` filled in, each escaped.

        Raises:
            KeyError: no such sentence, or a placeholder without its value: found by any test of that page.
        """
        from markupsafe import Markup, escape  # noqa: PLC0415 - only pages need it

        return Markup(escape(self.sentences[key])).format(**values)  # noqa: S704 - escaped right here

    def plain(self, key: str, **values: object) -> str:
        """Return a sentence with `values` filled in, for what is no markup; what was typed in a value stays as it is.

        Raises:
            KeyError: as above.
        """
        return self.sentences[key].format(**values)


@cache
def phrasebook(language: Language) -> Phrasebook:
    """Return the sentences of one language, read once."""
    text = (ROOT / "locales" / f"{language.value}.json").read_text(encoding="utf-8")
    return Phrasebook(json.loads(text))


@cache
def _environment() -> "Environment":
    from jinja2 import (  # noqa: PLC0415 - 54 ms only pages and mails need
        Environment,
        FileSystemLoader,
        StrictUndefined,
        select_autoescape,
    )

    made = Environment(
        loader=FileSystemLoader(ROOT / "templates"),
        autoescape=select_autoescape(disabled_extensions=("txt",), default=True),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
    made.filters |= {
        "grouped": grouped,
        "phone": phone,
        "ordinal": ordinal,
        "spaced": spaced,
        "first_upper": first_upper,
        "paragraphs": paragraphs,
    }
    return made


def grouped(number: int) -> str:
    """1284 → 1,284, in both languages (page.md §3)."""
    return f"{number:,}"


def phone(number: str) -> str:
    """+12025550142 → (202) 555-0142, which never breaks over a line; any other form as it is."""
    if len(number) == len("+12025550142") and number.startswith("+1"):
        return f"({number[2:5]})\u00a0{number[5:8]}\u2011{number[8:]}"
    return number


def spaced(code: str) -> str:
    """482915 → 482 915, which never breaks over a line."""
    return f"{code[:3]}\u00a0{code[3:]}"


def ordinal(number: int, language: Language) -> str:
    """4 → 4th, 4.ª (a person, la persona)."""
    if language is Language.ES:
        return f"{number:,}.ª"
    teens = 11 <= number % 100 <= 13  # noqa: PLR2004 - eleventh to thirteenth
    return f"{number:,}{'th' if teens else {1: 'st', 2: 'nd', 3: 'rd'}.get(number % 10, 'th')}"


def first_upper(text: str) -> str:
    """A name as it begins a line: "oficina de ICE" → "Oficina de ICE"."""
    return text[:1].upper() + text[1:]


def paragraphs(text: str) -> list[list[str]]:
    """A text in plain lines as paragraphs, each a list of its lines."""
    return [part.split("\n") for part in text.split("\n\n")]
