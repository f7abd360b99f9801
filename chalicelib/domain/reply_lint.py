"""What each reply must say and must not, read from the text itself: ours, an organization's own, or Twilio's settings.

Promises: an element that is missing is named, with its words in the text's own language. Looks for words, not for good
sense: a person still reads each text. Which element is whose duty: docs/texts.md.
"""

from collections.abc import Callable, Mapping
from enum import StrEnum

from chalicelib.domain.normalizing import normalise, spelled, words
from chalicelib.domain.replies import Programme
from chalicelib.domain.segments import outside_gsm7, plain, size_of
from chalicelib.domain.subscriber import Reply
from chalicelib.domain.words import Language, Words

MOST_SEGMENTS = 2
"""A reply's price is paid at every sign-up, so no reply of ours takes more."""


class Element(StrEnum):
    """What a text may have to say; the value is how we call it to whoever wrote the text."""

    BRAND = "the organization's name"
    PROGRAMME = "the programme's name"
    FREQUENCY = "how often messages come"
    RATES = "that message and data rates may apply"
    HELP = "how to get help (HELP, in Spanish AYUDA)"
    STOP = "how to stop (STOP, in Spanish ALTO)"
    TERMS = "the link to the terms"
    PRIVACY = "the link to the privacy policy"
    CONTACT = "a phone number or e-mail address for questions"
    CONFIRM = "how to confirm (YES, in Spanish SI)"
    NO_MORE = "that no more messages come"
    CONSENT = "that one agrees to get texts"
    OPTIONAL = "that nobody has to agree"


_ALL = frozenset({
    Element.BRAND, Element.PROGRAMME, Element.FREQUENCY, Element.RATES, Element.HELP, Element.STOP, Element.TERMS,
    Element.PRIVACY,
})  # fmt: skip
NEEDED: Mapping[Reply, frozenset[Element]] = {
    Reply.CONFIRM: _ALL | {Element.CONFIRM},
    Reply.WELCOME: _ALL,
    Reply.STOPPED: frozenset({Element.BRAND, Element.NO_MORE}),
    Reply.HELP: frozenset({
        Element.BRAND, Element.STOP, Element.CONTACT, Element.FREQUENCY, Element.RATES, Element.TERMS,
    }),
    Reply.ALREADY: _ALL - {Element.PRIVACY},
    Reply.UNCLEAR: frozenset({Element.BRAND, Element.HELP, Element.STOP}),
    Reply.NOT_JOINED: frozenset({Element.BRAND, Element.PROGRAMME, Element.RATES, Element.HELP}),
    Reply.LANGUAGE: frozenset({Element.BRAND, Element.HELP, Element.STOP}),
    Reply.CALL: frozenset({Element.BRAND}),
    Reply.LETTER: frozenset({Element.BRAND}),
    Reply.THANKS: frozenset({Element.BRAND}),
}  # fmt: skip
"""R4's frequency, rates and terms are no duty, but ours has them and so has whatever replaces it."""
NEEDED_TO_SIGN_UP = _ALL | {Element.CONSENT, Element.OPTIONAL}
"""The disclosure beside the box on a page."""

CAPITALS = {
    Element.HELP: Words("HELP", "AYUDA"),
    Element.STOP: Words("STOP", "ALTO"),
    Element.CONFIRM: Words("YES", "SI"),
}
"""Words one must text, so they stand out."""
SAID: Mapping[Element, dict[Language, tuple[str, ...]]] = {
    Element.RATES: {
        Language.EN: (
            "msg & data rates may apply",
            "message and data rates may apply",
            "msg and data rates may apply",
        ),
        Language.ES: ("tarifas de mensajes y datos", "tarifas por mensajes y datos"),
    },
    Element.NO_MORE: {
        Language.EN: ("no more messages", "no more texts"),
        Language.ES: ("no recibe nuevos mensajes", "no recibira mas mensajes", "no mas mensajes"),
    },
    Element.FREQUENCY: {Language.EN: ("recurring",), Language.ES: ("recurrentes", "periodicos")},
    Element.TERMS: {Language.EN: ("terms",), Language.ES: ("reglas", "terminos", "condiciones")},
    Element.PRIVACY: {Language.EN: ("privacy",), Language.ES: ("privacidad",)},
    Element.CONSENT: {
        Language.EN: (
            "agree to receive text",
            "agree to get text",
            "agree to receive recurring",
            "consent to text",
        ),
        Language.ES: ("acepto recibir mensajes", "acepta recibir mensajes", "autorizo mensajes"),
    },
    Element.OPTIONAL: {
        Language.EN: ("optional", "not required", "not a condition"),
        Language.ES: ("opcional", "no es obligatorio", "no es una condicion"),
    },
}
"""Without accents and capitals; one of them is enough. TERMS and PRIVACY also need their link."""
ASKS = frozenset("donate sign share vote call done donar firme comparta vote vota llame".split())  # noqa: SIM905
"""In the answer to a stop they would be one more message."""
SHORTENERS = (
    "bit.ly",
    "tinyurl.com",
    "t.co",
    "goo.gl",
    "ow.ly",
    "is.gd",
    "cutt.ly",
    "rebrand.ly",
    "buff.ly",
    "rb.gy",
)
"""Carriers filter public ones (CTIA 5.3.2): a link is at the organization's own domain."""


def reply_problems(reply: Reply, text: str, programme: Programme, language: Language) -> tuple[str, ...]:
    """Return what is wrong with a reply's text as it would be sent, each as a sentence; nothing: it may be sent."""
    missing = missing_from(text, NEEDED[reply], programme, language)
    return (
        *(f"It must say {element.value}." for element in missing),
        *(_not_first(text, programme, language) if Element.BRAND not in missing else ()),
        *_unfit(reply, text),
    )


def disclosure_problems(text: str, programme: Programme, language: Language) -> tuple[str, ...]:
    """Return what is wrong with the words beside the box that signs somebody up."""
    missing = missing_from(text, NEEDED_TO_SIGN_UP, programme, language)
    return (*(f"It must say {element.value}." for element in missing), *_shortened(text))


def missing_from(
    text: str, needed: frozenset[Element], programme: Programme, language: Language
) -> tuple[Element, ...]:
    """Return which of the needed elements a text lacks, in the elements' own order."""
    return tuple(
        element for element in Element if element in needed and not _has(element, text, programme, language)
    )


def _has(element: Element, text: str, programme: Programme, language: Language) -> bool:
    if element in CAPITALS:
        return CAPITALS[element].of(language) in _capitals(text)
    if element in _OWN:
        own = _OWN[element](programme, language)
        is_there = element is Element.PROGRAMME if not own else _names(text, own)
        return is_there or (element is Element.FREQUENCY and _says(element, text, language))
    if element is Element.CONTACT:
        contact = plain(programme.contact.of(language))
        return bool(contact) and contact in text
    if element in _LINKS:
        link = _LINKS[element](programme)
        return bool(link) and link in text and _says(element, text, language)
    return _says(element, text, language)


_OWN: Mapping[Element, Callable[[Programme, Language], str]] = {
    Element.BRAND: lambda programme, language: plain(programme.organization.of(language)),
    Element.PROGRAMME: lambda programme, language: plain(programme.name.of(language)),
    Element.FREQUENCY: lambda programme, language: plain(programme.frequency.of(language)),
}
_LINKS: Mapping[Element, Callable[[Programme], str]] = {
    Element.TERMS: lambda programme: programme.terms,
    Element.PRIVACY: lambda programme: programme.privacy or programme.terms,
}


def _names(text: str, own: str) -> bool:
    """Whether a text has these words next to each other, outside addresses and links."""
    prose = " ".join(part for part in text.split() if "@" not in part and not _is_link(part))
    return f" {spelled(own)} " in f" {spelled(prose)} "


def _says(element: Element, text: str, language: Language) -> bool:
    plainly = normalise(text)
    return any(said in plainly for said in SAID[element][language])


def _capitals(text: str) -> set[str]:
    return {word.strip(".,;:!?()\"'") for word in text.split()}


def _not_first(text: str, programme: Programme, language: Language) -> tuple[str, ...]:
    """Return that a text begins without saying who writes (CTIA: the sender is told in each)."""
    is_first = spelled(text).startswith(spelled(plain(programme.organization.of(language))))
    return () if is_first else (f"It must begin with {Element.BRAND.value}.",)


def _unfit(reply: Reply, text: str) -> tuple[str, ...]:
    """Return what a reply must not be or hold."""
    return (
        *_outside(text),
        *_too_long(text),
        *_shortened(text),
        *(_asking(text) if reply is Reply.STOPPED else ()),
    )


def _outside(text: str) -> tuple[str, ...]:
    letters = outside_gsm7(text)
    return (f"Each “{letters[0]}” makes it cost more: GSM-7 has no {letters}.",) if letters else ()


def _too_long(text: str) -> tuple[str, ...]:
    segments = size_of(text).segments
    return (
        (f"It takes {segments} segments, and {MOST_SEGMENTS} is the most.",)
        if segments > MOST_SEGMENTS
        else ()
    )


def _shortened(text: str) -> tuple[str, ...]:
    hosts = {part.split("/", 1)[0] for part in text.casefold().replace("://", " ").split() if "." in part}
    return tuple(
        f"Carriers filter links of {host}: use your own domain." for host in SHORTENERS if host in hosts
    )


def _asking(text: str) -> tuple[str, ...]:
    asked = sorted(ASKS & set(words(text)))
    return (
        *(
            ["It must have no link: the person has just asked for no more messages."]
            if _has_link(text)
            else []
        ),
        *(f"It must ask for nothing: “{ask}”." for ask in asked),
    )


def _has_link(text: str) -> bool:
    return any(map(_is_link, text.split()))


def _is_link(part: str) -> bool:
    host, slash, _ = part.strip(".,;").casefold().partition("/")
    return "://" in part or host.startswith("www.") or (bool(slash) and "." in host)
