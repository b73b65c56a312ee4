"""Text in TOML as a table: the one reader of what people write, and what is said where it is none.

Not here: reading files, what a table means (each noun's own), on which line a key is (flow/lines.py).
"""

from __future__ import annotations

import re
import sys
import tomllib
from dataclasses import dataclass
from typing import Any

from dialerd.domain.errors import BadInputError

_PLACE = re.compile(r" \((at line (\d+), column \d+|at end of document)\)\Z")
_MOST_DOTS = 1000  # in a line: a key of so many parts takes Python the square of them, and everybody waits
_NUMBER = re.compile(r"[0-9_]+")


@dataclass(frozen=True, slots=True)
class Spoilt:
    """`reason`: what is wrong, as what follows the text's name; `line`: where it was seen, counted from 1;
    `place`: the same in words."""

    reason: str
    line: int
    place: str = ""

    @property
    def in_place(self) -> str:
        return f"{self.reason} ({self.place or f'at line {self.line}'})"


def table_of(text: str) -> dict[str, Any] | Spoilt:
    """What the text says. Nothing else is raised of it, however strange it is."""
    lines = text.split("\n")
    if (dots := max(line.count(".") for line in lines)) > _MOST_DOTS:
        return Spoilt(f"has a line of more than {_MOST_DOTS} dots", [line.count(".") for line in lines].index(dots) + 1)
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        said = str(error)
        place = _PLACE.search(said)
        line = int(place[2]) if place and place[2] else text.count("\n") + 1
        return Spoilt(f"is not TOML: {_PLACE.sub('', said)}", line, place[1] if place else "")
    except RecursionError:
        return Spoilt("is nested too deeply", _deepest(text))
    except ValueError:  # Python reads no longer ones, for the time that it takes
        most = sys.get_int_max_str_digits()
        return Spoilt(f"has a number of more than {most} digits", _longest(text))


def read_toml(text: str, *, source: str) -> dict[str, Any]:
    """The table. Raises BadInputError naming `source` and the place."""
    found = table_of(text)
    if isinstance(found, Spoilt):
        raise BadInputError(f"{source} {found.in_place}", hint="correct that place")
    return found


def _deepest(text: str) -> int:
    """The line with the most brackets, which is where they are within one another, as a rule."""
    return _line_of_most([line.count("[") + line.count("{") for line in text.split("\n")])


def _longest(text: str) -> int:
    return _line_of_most([max(map(len, _NUMBER.findall(line)), default=0) for line in text.split("\n")])


def _line_of_most(counts: list[int]) -> int:
    return counts.index(max(counts)) + 1
