"""What can be played to a person: recorded sounds, digits, numbers, letters, tones, recordings; each checked when made.

Not here: playing it (ports.Exchange) and the URIs that Asterisk calls these by (adapters/ari/media.py).
"""

from __future__ import annotations

import re
from dataclasses import dataclass

_LONGEST = 200  # characters of one sound's text
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")
_IN_FILE = re.compile(r"[A-Za-z0-9][A-Za-z0-9/_.-]{0,199}\Z|/[A-Za-z0-9/_.-]{1,199}\Z")  # what a file may name
_DIGITS = re.compile(r"[0-9*#]{1,100}\Z")
_CHARACTERS = re.compile(r"[ -~]{1,100}\Z")
_TONE = re.compile(r"[a-z0-9_-]{1,40}\Z")
_LANGUAGE = re.compile(r"[A-Za-z]{2,8}([_-][A-Za-z0-9]{1,16}){0,3}\Z")


@dataclass(frozen=True, slots=True)
class Recorded:
    """One of Asterisk's sounds by its name, or an absolute path on its disk, both without the file's extension.

    Raises ValueError, as all of these do, where the text is none that can be played.
    """

    name: str

    def __post_init__(self) -> None:
        if not self.name.strip() or len(self.name) > _LONGEST or _CONTROL.search(self.name):
            raise ValueError(f"a sound is the name of a file, at most {_LONGEST} characters: {self.name[:40]!r}")


@dataclass(frozen=True, slots=True)
class Digits:
    """Said one by one: `0`-`9`, `*`, `#`."""

    text: str

    def __post_init__(self) -> None:
        if not _DIGITS.match(self.text):
            raise ValueError(f"digits to be said are 1 to 100 of 0-9, * and #: {self.text[:40]!r}")


@dataclass(frozen=True, slots=True)
class Number:
    """Said as a whole number is: "forty-two"."""

    value: int

    def __post_init__(self) -> None:
        if not -(2**31) < self.value < 2**31:
            raise ValueError(f"a number to be said has at most 31 bits: {self.value}")


@dataclass(frozen=True, slots=True)
class Characters:
    """Spelt: printable ASCII."""

    text: str

    def __post_init__(self) -> None:
        if not _CHARACTERS.match(self.text):
            raise ValueError(f"characters to be spelt are 1 to 100 of ASCII: {self.text[:40]!r}")


@dataclass(frozen=True, slots=True)
class Tone:
    """One of the tones of Asterisk's indications.conf by its name (`busy`, `dial`); it goes on until it is stopped."""

    name: str

    def __post_init__(self) -> None:
        if not _TONE.match(self.name):
            raise ValueError(f"a tone has a name of indications.conf, such as busy: {self.name[:40]!r}")


@dataclass(frozen=True, slots=True)
class Kept:
    """A recording that Asterisk keeps, by its name (domain/recording.py)."""

    name: str

    def __post_init__(self) -> None:
        if not self.name.strip() or len(self.name) > _LONGEST or _CONTROL.search(self.name) or ".." in self.name:
            raise ValueError(f"a recording is called by its name: {self.name[:40]!r}")


Sound = Recorded | Digits | Number | Characters | Tone | Kept


def check_language(language: str) -> str:
    """A language as Asterisk names its folders of sounds: `en`, `de_AT`; "" is the channel's own. Raises ValueError."""
    if language and not _LANGUAGE.match(language):
        raise ValueError(f"a language of sounds is a code such as en or de_AT: {language[:40]!r}")
    return language


def is_sound(value: str) -> bool:
    """Whether a file may name a sound so."""
    return bool(_IN_FILE.match(value)) and ".." not in value


def check_sound(value: str) -> str:
    """A sound as a file names it. Raises ValueError."""
    if not is_sound(value):
        raise ValueError("is a sound's name or absolute path: letters, digits, / _ . -")
    return value
