"""What a strategy's rules make of a reply: which of them it matches, and the time that it asks to be called at.

Not here: STOP and its like (replywords.py), carrying a rule out (usecases/replies.py).
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Literal
from zoneinfo import ZoneInfo

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

MAX_TEXT = 1000
"""Longest part of a reply that is kept in an attribute, in characters."""

TEXT = "{text}"
_CODE = re.compile(r"[a-z][a-z0-9_]{0,39}\Z")
_ATTRIBUTE = re.compile(r"[a-z][a-z0-9_]{0,39}\Z")
_AROUND = " \t\r\n.,;:!?¡¿\"'()[]<>*-_"
_CLOCK = re.compile(
    r"(?<![\d.:/-])(?P<hour>[01]?\d|2[0-3])(?:[:.h](?P<minute>[0-5]\d))?\s*(?P<half>am|pm|a\.m\.?|p\.m\.?)?(?![\d/:.-]*\d)"
)
_DAYS = {"today": 0, "tomorrow": 1}
_WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


class ReplyRule(BaseModel):
    """What a reply of those `words` does. A word stands for the whole reply, capitals, accents and marks aside; with *
    at its end for one that begins so; no words: any reply.

    It gives the attempt the `disposition` (the step's rules for that say what comes next), sets attributes of the
    contact ("{text}": what was written), has the contact called `now`, or `at` the time that is in the text.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    words: tuple[str, ...] = Field(default=(), strict=False)
    disposition: str | None = None
    set: dict[str, str] = {}
    call: Literal["now", "at"] | None = None

    @field_validator("words")
    @classmethod
    def _some_letter(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        if empty := [word for word in value if not plain(word.removesuffix("*"))]:
            raise ValueError(f"{empty[0]!r} is no word; leave words out for any reply")
        return value

    @field_validator("disposition")
    @classmethod
    def _code(cls, value: str | None) -> str | None:
        if value is not None and not _CODE.match(value):
            raise ValueError(f"{value[:40]!r} is no disposition")
        return value

    @field_validator("set")
    @classmethod
    def _attributes(cls, value: dict[str, str]) -> dict[str, str]:
        for name, text in value.items():
            if not _ATTRIBUTE.match(name) or name in ("email", "language"):
                raise ValueError(f"{name[:40]!r} is no attribute that a reply may set")
            if len(text) > MAX_TEXT:
                raise ValueError(f"{name}: its text is longer than {MAX_TEXT} characters")
        return value

    @model_validator(mode="after")
    def _does_something(self) -> ReplyRule:
        if self.disposition is None and not self.set and self.call is None:
            raise ValueError("it does nothing: give disposition, set or call")
        return self


@dataclass(frozen=True, slots=True)
class Matched:
    """The rule that a reply comes under. `call_at`: when the contact is to be called; None: its rule has no call."""

    rule: ReplyRule
    call_at: datetime | None = None


def match(rules: Iterable[ReplyRule], text: str, *, zone: str, now: datetime) -> Matched | None:
    """The first rule that the reply matches. One that wants a time is passed by where the text has none.

    `zone`: where the contact's clock is read.
    """
    said = plain(text)
    for rule in rules:
        if rule.words and not any(_is(word, said) for word in rule.words):
            continue
        if rule.call != "at":
            return Matched(rule, now if rule.call == "now" else None)
        at = time_in(text, zone=zone, now=now)
        if at is not None:
            return Matched(rule, at)
    return None


def _is(word: str, said: str) -> bool:
    if word.endswith("*"):
        begin = plain(word.removesuffix("*"))
        return said == begin or (said.startswith(begin) and not said[len(begin)].isalnum())
    return said == plain(word)


def plain(text: str) -> str:
    """Small letters without accents, one blank between words, nothing around them."""
    apart = unicodedata.normalize("NFKD", text[: 4 * MAX_TEXT].casefold())
    bare = "".join(character for character in apart if not unicodedata.combining(character))
    return " ".join(bare.split()).strip(_AROUND)


def time_in(text: str, *, zone: str, now: datetime) -> datetime | None:
    """The next moment of the one time of day that a text names ("5 pm", "17:30", "tomorrow at 9", "monday 10:00").

    None: it names none, or several, so that one could only guess. A bare hour without am or pm is one of a day's
    24 hours as it stands.
    """
    said = plain(text)
    found = list(_CLOCK.finditer(said))
    if len(found) != 1:
        return None
    hour, minute = int(found[0]["hour"]), int(found[0]["minute"] or 0)
    half = (found[0]["half"] or "").replace(".", "")
    if half:
        if not 1 <= hour <= 12:
            return None
        hour = hour % 12 + (12 if half == "pm" else 0)
    local = now.astimezone(ZoneInfo(zone))
    days = _days_ahead(said, local)
    at = datetime.combine(local.date() + timedelta(days=days or 0), time(hour, minute), local.tzinfo)
    if at > now:
        return at
    if days is None:
        return at + timedelta(days=1)
    return at + timedelta(days=7) if any(day in said.split() for day in _WEEKDAYS) else None


def _days_ahead(said: str, local: datetime) -> int | None:
    """How many days from today the text names; None: it names no day."""
    words = said.split()
    for word, days in _DAYS.items():
        if word in words:
            return days
    for index, day in enumerate(_WEEKDAYS):
        if day in words:
            return (index - local.weekday()) % 7
    return None
