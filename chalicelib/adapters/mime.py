"""A mail as the bytes that leave: MIME that says what was meant in any reader, and nothing that was only typed in.

Promises: each header stands once; everything is ASCII, no line has more than 998 octets;
the same mail is the same bytes, whatever Python writes it. What could end a header early is refused, never mended.
Date and Message-ID are left to SES, which replaces them anyway. Refuses to know why a mail is sent.

Headers are written here and not by `email`, whose folding of long names in other alphabets differs from one version
of Python to the next and has split them in two.
"""

import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from email.base64mime import header_encode
from email.quoprimime import body_encode

from chalicelib.domain.addresses import address
from chalicelib.domain.refusals import Refusal

WORD = 39
"""Octets in one encoded word: 64 characters as base64, so that "Subject: " fits on its line of 76 (RFC 2047)."""
SHORT = 67
"""Characters of a name or subject that stands as it is: with its header's name it fits in a line."""
LONGEST = 998
"""Octets of any line (RFC 5322)."""
BOUNDARY = "=_part"
"""Between the two forms of a mail. No line of quoted-printable can hold it: "=" stands before hex digits only."""
PLAIN = re.compile(r"[!-~]+(?: [!-~]+)*")
"""What a header may say as it is: ASCII words, one space between."""
NAME = re.compile(r"[A-Za-z][A-Za-z0-9-]*")
OURS = frozenset({
    "from", "to", "cc", "bcc", "sender", "reply-to", "subject", "date", "message-id", "return-path",
    "content-language", "mime-version", "content-type", "content-transfer-encoding",
})  # fmt: skip
"""Headers that are written here, or by SES, and by nobody else."""


class Unwritable(ValueError):
    """A mail that can't be written: a header would break, or an address is none. Names the field, not what is in it."""


@dataclass(frozen=True, slots=True)
class Outgoing:
    """One mail. `from_name` is shown before our own address; `to` are bare addresses.

    `tags` come back in every event ([A-Za-z0-9_-]). `headers` are ours beside the usual ones (Auto-Submitted,
    List-Unsubscribe). `language` is a code ("en").
    """

    from_name: str = field(repr=False)
    to: tuple[str, ...] = field(repr=False)
    subject: str = field(repr=False)
    text: str = field(repr=False)
    html: str = field(repr=False)
    language: str
    tags: Mapping[str, str]
    reply_to: str | None = field(default=None, repr=False)
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)


def mime(mail: Outgoing, sender: str) -> bytes:
    """Write a mail: From our own address `sender` with the name before it, as text and as HTML.

    Raises:
        Unwritable: a header holds a control character, an address is none, or a header would stand twice.
    """
    lines = [
        *_headers(mail, sender),
        "MIME-Version: 1.0",
        f'Content-Type: multipart/alternative; boundary="{BOUNDARY}"',
        "",
        *_part("plain", mail.text),
        *_part("html", mail.html),
        f"--{BOUNDARY}--",
        "",
    ]
    return "\r\n".join(lines).encode("ascii")


def _headers(mail: Outgoing, sender: str) -> Iterator[str]:
    if not mail.to:
        raise Unwritable("to")
    yield _header("From", f"{_phrase(mail.from_name, 'from_name')}\r\n <{_bare(sender, 'sender')}>")
    if mail.reply_to is not None:
        yield f"Reply-To: {_bare(mail.reply_to, 'reply_to')}"
    yield _header("To", ",\r\n ".join(_bare(each, "to") for each in mail.to))
    yield _header("Subject", _unstructured(mail.subject, "subject"))
    yield _header("Content-Language", _as_is(mail.language, "language"))
    yield from _further(mail.headers)


def _further(headers: Mapping[str, str]) -> Iterator[str]:
    names = [name.lower() for name in headers]
    is_clear = all(map(NAME.fullmatch, headers)) and len(set(names)) == len(names)
    if not is_clear or OURS & set(names):
        raise Unwritable("headers")
    for name, value in headers.items():
        yield _header(name, _as_is(value, "headers"))


def _header(name: str, value: str) -> str:
    made = f"{name}: {value}"
    if any(len(line) > LONGEST for line in made.split("\r\n")):
        raise Unwritable(name)
    return made


def _phrase(text: str, what: str) -> str:
    """A name before an address: quoted, or as encoded words, in which no comma, quote or bracket means anything."""
    _check(text, what)
    if not _is_plain(text):
        return _encoded(text)
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def _unstructured(text: str, what: str) -> str:
    _check(text, what)
    return text if _is_plain(text) else _encoded(text)


def _as_is(text: str, what: str) -> str:
    _check(text, what)
    if not PLAIN.fullmatch(text):
        raise Unwritable(what)
    return text


def _is_plain(text: str) -> bool:
    """Whether a header may hold it as it is: on one line, and not to be taken for an encoded word."""
    return bool(PLAIN.fullmatch(text)) and "=?" not in text and len(text) <= SHORT


def _encoded(text: str) -> str:
    """RFC 2047 words, one a line, none of which ends within a character.

    Each ends with a space where there is one: some readers show one between two words of a name (Python's, to 3.13).
    """
    pieces = [b""]
    for each in _tokens(text):
        if len(pieces[-1]) + len(each) > WORD:
            pieces.append(b"")
        pieces[-1] += each
    return "\r\n ".join(header_encode(piece, "utf-8") for piece in pieces if piece)


def _tokens(text: str) -> Iterator[bytes]:
    """Words with the space behind each; character by character one that fills more than an encoded word."""
    for word in re.findall(r"[^ ]+ ?| ", text):
        octets = word.encode()
        yield from (octets,) if len(octets) <= WORD else (each.encode() for each in word)


def _bare(text: str, what: str) -> str:
    try:
        return str(address(text))
    except Refusal:
        pass
    raise Unwritable(what)


def _check(text: str, what: str) -> None:
    """Refuse what could end a header, or has no form in UTF-8: control characters, halves of a surrogate pair."""
    if not text or any(unicodedata.category(each) in {"Cc", "Cs"} for each in text):
        raise Unwritable(what)


def _part(subtype: str, text: str) -> Iterator[str]:
    """One form of the mail, in quoted-printable: lines of 76 octets, and each line end as mail has it."""
    if "\0" in text or any(unicodedata.category(each) == "Cs" for each in text):
        raise Unwritable(subtype)
    yield f"--{BOUNDARY}"
    yield f"Content-Type: text/{subtype}; charset=utf-8"
    yield "Content-Transfer-Encoding: quoted-printable"
    yield ""
    yield body_encode(text.encode().decode("latin-1"), eol="\r\n")
