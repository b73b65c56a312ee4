"""What is said to a person: sounds, and values said as digits, numbers, dates, characters or by a synthetic voice.

Not here: playing it (domain/call), making sounds of text (a command that the settings name).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, model_validator

from dialerd.domain.filters import date_of, number_of
from dialerd.domain.sounds import Characters, Digits, Number, Recorded, Sound, check_language, is_sound

_HOLE = re.compile(r"\{\{\s*([^\W\d]\w{0,63})\s*\}\}")
_BRACES = re.compile(r"\{\{|\}\}")
MAX_TEXT = 1000
_MOST_DIGITS = 40
_SAYABLE_NUMBER = 999_999_999  # ast_say_number takes an int; beyond it Asterisk says something else


def holes(text: str) -> frozenset[str]:
    """The names that a text has as {{ name }}."""
    return frozenset(_HOLE.findall(text))


def fill(text: str, values: Mapping[str, str]) -> str:
    """The text with each {{ name }} replaced by its value; nothing where there is none. Values are not read again."""
    return _HOLE.sub(lambda hole: values.get(hole[1], ""), text)


def check_text(text: str) -> str:
    """Raises ValueError where braces are not a {{ name }}, or the text is too long."""
    if len(text) > MAX_TEXT:
        raise ValueError(f"is longer than {MAX_TEXT} characters")
    if _BRACES.search(_HOLE.sub("", text)):
        raise ValueError("double braces hold a name, as in {{ first_name }}, and nothing else")
    return text


@dataclass(frozen=True, slots=True)
class Speech:
    """A text that has to become a sound first."""

    text: str


Piece = Sound | Speech
_WAYS = ("sound", "digits", "number", "date", "characters", "text")


class Part(BaseModel):
    """One part of a prompt: exactly one of its keys. Values may have {{ name }} of attributes and answers.

    A sound is literal. A value that cannot be said so (no number, no date, nothing at all) is left out.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    sound: str | None = None
    digits: str | None = None
    number: str | None = None
    date: str | None = None
    characters: str | None = None
    text: str | None = None

    @model_validator(mode="after")
    def _one(self) -> Part:
        given = [way for way in _WAYS if getattr(self, way) is not None]
        if len(given) != 1:
            raise ValueError(f"needs exactly one of {', '.join(_WAYS)}")
        if self.sound is not None and not is_sound(self.sound):
            raise ValueError("sound is a sound's name or absolute path: letters, digits, / _ . -")
        check_text(self.value)
        return self

    @property
    def way(self) -> str:
        return next(way for way in _WAYS if getattr(self, way) is not None)

    @property
    def value(self) -> str:
        return str(getattr(self, self.way))

    @property
    def names(self) -> frozenset[str]:
        return frozenset() if self.sound is not None else holes(self.value)


def _as_parts(given: Any) -> Any:
    """A sound by its bare name, one part without a list around it."""
    if isinstance(given, str | Mapping):
        given = [given]
    if not isinstance(given, list | tuple):
        return given
    return tuple({"sound": each} if isinstance(each, str) else each for each in given)


Prompt = Annotated[tuple[Part, ...], BeforeValidator(_as_parts, json_schema_input_type=str | Part | list[str | Part])]


def names_of(prompt: tuple[Part, ...]) -> frozenset[str]:
    return frozenset().union(*(part.names for part in prompt))


def pieces(prompt: tuple[Part, ...], values: Mapping[str, str], language: str) -> tuple[Piece, ...]:
    """What is to be played for a prompt, in order."""
    return tuple(piece for part in prompt for piece in _said(part, fill(part.value, values).strip(), language))


def unsaid(prompt: tuple[Part, ...], values: Mapping[str, str]) -> tuple[str, ...]:
    """What a person does not hear of a prompt, and why: what `pieces` leaves out, and gaps in spoken texts."""
    found = []
    for part in prompt:
        missing = sorted(name for name in part.names if not values.get(name, "").strip())
        value = fill(part.value, values).strip()
        is_said = any(True for _ in _said(part, value, "en"))
        if missing or not is_said:
            what = "has a gap" if is_said else "is left out"
            # The value itself may be a secret one.
            why = f"there is no {' and no '.join(missing)}" if missing else "its value cannot be said so"
            found.append(f"{part.way} {part.value[:60]!r} {what}: {why}")
    return tuple(found)


def _said(part: Part, value: str, language: str) -> Iterator[Piece]:
    match part.way:
        case "sound":
            yield Recorded(part.value)
        case "digits":
            if kept := "".join(each for each in value if each in "0123456789*#")[:_MOST_DIGITS]:
                yield Digits(kept)
        case "characters":
            if kept := "".join(each for each in value if each.isascii() and each.isalnum())[:_MOST_DIGITS]:
                yield Characters(kept.lower())
        case "number":
            number = number_of(value)
            if number is not None and abs(number) <= _SAYABLE_NUMBER:
                yield Number(round(number))
        case "date":
            day = date_of(value)
            if day is not None:
                yield from _date(date.fromisoformat(day), language)
        case _:
            if value:
                yield Speech(value)


def _date(day: date, language: str) -> Iterator[Sound]:
    """Month, day as an ordinal, year in English; day, month, year elsewhere: from sounds that every set of them has."""
    month = Recorded(f"digits/mon-{day.month - 1}")
    if not language.startswith("en"):
        yield from (Number(day.day), month, Number(day.year))
        return
    yield month
    tens, ones = divmod(day.day, 10)
    if tens < 2 or not ones:
        yield Recorded(f"digits/h-{day.day}")
    else:
        yield from (Recorded(f"digits/{tens * 10}"), Recorded(f"digits/h-{ones}"))
    yield Number(day.year)


class Language(BaseModel):
    """Which of Asterisk's folders of sounds a contact hears: by an attribute's value, or the part of it before `-`.

    `sounds` maps values, in whatever capitals, to folders; a value that is not there leads to `default`.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    attribute: str = "language"
    default: str = "en"
    sounds: dict[str, str] = {}

    @model_validator(mode="after")
    def _folders(self) -> Language:
        for folder in (self.default, *self.sounds.values()):
            check_language(folder)
        return self

    def of(self, attributes: Mapping[str, str]) -> str:
        """The folder for a contact."""
        given = attributes.get(self.attribute, "").strip().casefold()
        folders = {value.casefold(): folder for value, folder in self.sounds.items()}
        return folders.get(given) or folders.get(given.partition("-")[0]) or self.default
