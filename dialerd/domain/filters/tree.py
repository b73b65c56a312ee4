"""A filter as a tree of frozen nodes, and back to text.

Not here: reading it (parse.py), judging by it (judge.py).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Literal

Op = Literal["=", "<", "<=", ">", ">="]

OWN = frozenset({"number", "zone", "priority", "list"})
"""A contact's own fields; every other name is an attribute."""


@dataclass(frozen=True, slots=True)
class Field:
    """A contact's own field or an attribute, by its name."""

    name: str

    @property
    def is_own(self) -> bool:
        return self.name in OWN

    def __str__(self) -> str:
        return self.name if _is_plain(self.name) else f'"{self.name}"'


@dataclass(frozen=True, slots=True)
class Age:
    """How many days ago the date in a field was; negative for one to come."""

    field: Field

    def __str__(self) -> str:
        return f"age({self.field})"


@dataclass(frozen=True, slots=True)
class Today:
    """The date of the judging, `days` later."""

    days: int = 0

    def __str__(self) -> str:
        return f"today() {'+' if self.days > 0 else '-'} {abs(self.days)} days" if self.days else "today()"


Value = str | float | bool | date | Today


@dataclass(frozen=True, slots=True)
class Compare:
    of: Field | Age
    op: Op
    value: Value

    def __str__(self) -> str:
        return f"{self.of} {self.op} {_text(self.value)}"


@dataclass(frozen=True, slots=True)
class OneOf:
    of: Field | Age
    values: tuple[Value, ...]

    def __str__(self) -> str:
        return f"{self.of} in ({', '.join(map(_text, self.values))})"


@dataclass(frozen=True, slots=True)
class Between:
    """Both ends belong to it."""

    of: Field | Age
    low: Value
    high: Value

    def __str__(self) -> str:
        return f"{self.of} between {_text(self.low)} and {_text(self.high)}"


@dataclass(frozen=True, slots=True)
class Like:
    """`%` stands for any text, `_` for one character; capitals do not matter."""

    of: Field
    pattern: str

    def __str__(self) -> str:
        return f"{self.of} like {_text(self.pattern)}"


@dataclass(frozen=True, slots=True)
class Empty:
    """Missing, or nothing but spaces."""

    of: Field

    def __str__(self) -> str:
        return f"{self.of} is empty"


@dataclass(frozen=True, slots=True)
class Not:
    part: Filter

    def __str__(self) -> str:
        return f"not {_wrapped(self.part)}"


@dataclass(frozen=True, slots=True)
class And:
    parts: tuple[Filter, ...]

    def __str__(self) -> str:
        return " and ".join(map(_wrapped, self.parts))


@dataclass(frozen=True, slots=True)
class Or:
    parts: tuple[Filter, ...]

    def __str__(self) -> str:
        return " or ".join(map(_wrapped, self.parts))


Filter = Compare | OneOf | Between | Like | Empty | Not | And | Or


def conditions(tree: Filter) -> tuple[Filter, ...]:
    """The parts that must all hold, each a condition of its own for whoever asks what removes a contact."""
    return tree.parts if isinstance(tree, And) else (tree,)


def fields_of(tree: Filter) -> frozenset[Field]:
    """Every field that the filter looks at."""
    return frozenset(_fields(tree))


def _fields(tree: Filter) -> Iterator[Field]:
    match tree:
        case And(parts) | Or(parts):
            for part in parts:
                yield from _fields(part)
        case Not(part):
            yield from _fields(part)
        case _:
            yield tree.of.field if isinstance(tree.of, Age) else tree.of


def _wrapped(part: Filter) -> str:
    return f"({part})" if isinstance(part, And | Or | Not) else str(part)


def _text(value: Value) -> str:
    match value:
        case bool():
            return "true" if value else "false"
        case str():
            return "'" + value.replace("'", "''") + "'"
        case date():
            return f"'{value.isoformat()}'"
        case float():
            return f"{value:.9f}".rstrip("0").rstrip(".")
        case _:
            return str(value)


def _is_plain(name: str) -> bool:
    return name.isidentifier() and name.casefold() not in KEYWORDS


KEYWORDS = frozenset({"and", "or", "not", "in", "like", "is", "between", "true", "false"})
"""Words that a bare name cannot be; in double quotes it can."""
