"""What a text becomes as an SMS: its alphabet, how many parts it takes, and the text of a part's octets.

Not here: the protocols that carry them (adapters/sms). The alphabets are those of 3GPP TS 23.038: the GSM 7-bit default
alphabet with its extension table, and UCS-2, which phones read as UTF-16.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from dialerd.domain.errors import BadInputError

_BASIC = (
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞ\x1bÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
_ESCAPE = 0x1B
_EXTENSION = {
    0x0A: "\f",
    0x14: "^",
    0x28: "{",
    0x29: "}",
    0x2F: "\\",
    0x3C: "[",
    0x3D: "~",
    0x3E: "]",
    0x40: "|",
    0x65: "€",
}
_SEPTETS = {character: bytes([code]) for code, character in enumerate(_BASIC) if code != _ESCAPE} | {
    character: bytes([_ESCAPE, code]) for code, character in _EXTENSION.items()
}

MAX_PARTS = 20
"""Phones put no more together reliably; the header could count to 255."""


class Alphabet(StrEnum):
    """How the characters of a text are written on the air."""

    GSM7 = "gsm7"
    UCS2 = "ucs2"


# One part alone; one of several, after the six octets of the header that puts them together (TS 23.040, 9.2.3.24.1).
# In septets, and in UTF-16 code units.
_ROOM = {Alphabet.GSM7: (160, 153), Alphabet.UCS2: (70, 67)}


@dataclass(frozen=True, slots=True, kw_only=True)
class Parts:
    """A text cut as it is sent. Each of `texts` is one part, in order; together they are the text."""

    alphabet: Alphabet
    texts: tuple[str, ...]

    def __len__(self) -> int:
        return len(self.texts)


def alphabet_of(text: str) -> Alphabet:
    """The shortest that has every character of the text."""
    return Alphabet.GSM7 if all(character in _SEPTETS for character in text) else Alphabet.UCS2


def cut(text: str, *, most: int = MAX_PARTS) -> Parts:
    """Cut a text into parts; never within a character that takes two places.

    Raises BadInputError where it takes more than `most`, or is empty.
    """
    if not text:
        raise BadInputError("the text is empty", hint="an SMS has at least one character")
    alphabet = alphabet_of(text)
    alone, together = _ROOM[alphabet]
    texts = _fill(text, alphabet, alone)
    if len(texts) > 1:
        texts = _fill(text, alphabet, together)
    if len(texts) > most:
        why = (
            "" if alphabet is Alphabet.GSM7 else f"; {_foreign(text)!r} is why a part holds only {together} characters"
        )
        raise BadInputError(f"the text takes {len(texts)} SMS, and {most} is the most{why}", hint="shorten it")
    return Parts(alphabet=alphabet, texts=tuple(texts))


def encode(text: str, alphabet: Alphabet) -> bytes:
    """The octets of a part: one per septet, not packed (as SMPP has them), or UTF-16 with the higher octet first.

    Raises BadInputError where the alphabet lacks a character.
    """
    if alphabet is Alphabet.UCS2:
        return text.encode("utf-16-be", "surrogatepass")
    try:
        return b"".join(_SEPTETS[character] for character in text)
    except KeyError as error:
        raise BadInputError(f"{error.args[0]!r} is not in the GSM alphabet", hint="send it as UCS-2") from None


def decode(octets: bytes, alphabet: Alphabet) -> str:
    """The text of octets that came from outside: never fails, what has no meaning becomes U+FFFD.

    An unknown character of the extension table is read as the one of the basic table, as TS 23.038 wants it.
    """
    if alphabet is Alphabet.UCS2:
        return octets.decode("utf-16-be", "replace")
    characters = []
    escaped = False
    for code in octets:
        if code == _ESCAPE and not escaped:
            escaped = True
            continue
        plain = _BASIC[code] if code < len(_BASIC) and code != _ESCAPE else "\ufffd"
        characters.append(_EXTENSION.get(code, plain) if escaped else plain)
        escaped = False
    return "".join(characters) + ("\ufffd" if escaped else "")


def _fill(text: str, alphabet: Alphabet, room: int) -> list[str]:
    """Parts of at most `room` places each, every one as full as can be."""
    texts = []
    begin = used = 0
    for at, character in enumerate(text):
        places = _places(character, alphabet)
        if used + places > room:
            texts.append(text[begin:at])
            begin, used = at, 0
        used += places
    return [*texts, text[begin:]]


def _places(character: str, alphabet: Alphabet) -> int:
    if alphabet is Alphabet.GSM7:
        return len(_SEPTETS[character])
    return 2 if ord(character) > 0xFFFF else 1


def _foreign(text: str) -> str:
    return next(character for character in text if character not in _SEPTETS)
