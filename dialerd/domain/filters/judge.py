"""Whether a contact matches a filter, in Python: for `contact explain`, and as the measure of the SQL.

Not here: judging a whole list (adapters/sql/filters.py), which must come to the same. Two-valued: a comparison with
what is missing does not hold, so its `not` does.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TypeVar

from dialerd.domain.filters.tree import (
    Age,
    And,
    Between,
    Compare,
    Empty,
    Field,
    Filter,
    Like,
    Not,
    OneOf,
    Op,
    Or,
    Today,
    Value,
    conditions,
)
from dialerd.domain.filters.values import age_days, date_of, is_like, number_of

T = TypeVar("T", str, float)


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """What a filter can see of a contact: its own fields as text, its attributes."""

    number: str
    list: str
    priority: int
    zone: str | None
    attributes: Mapping[str, str]


def matches(tree: Filter, record: Record, *, today: date) -> bool:
    """Whether the contact is one that the filter keeps."""
    match tree:
        case And(parts):
            return all(matches(part, record, today=today) for part in parts)
        case Or(parts):
            return any(matches(part, record, today=today) for part in parts)
        case Not(part):
            return not matches(part, record, today=today)
        case Compare(of, op, value):
            return _holds(of, op, value, record, today)
        case OneOf(of, values):
            return any(_holds(of, "=", value, record, today) for value in values)
        case Between(of, low, high):
            return _holds(of, ">=", low, record, today) and _holds(of, "<=", high, record, today)
        case Like(of, pattern):
            return is_like(_text(of, record), pattern)
        case Empty(of):
            return not (_text(of, record) or "").strip()


def first_failing(tree: Filter, record: Record, *, today: date) -> Filter | None:
    """The first condition that removes the contact; None: the filter keeps it."""
    return next((part for part in conditions(tree) if not matches(part, record, today=today)), None)


def _text(of: Field, record: Record) -> str | None:
    match of.name:
        case "number":
            return record.number
        case "list":
            return record.list
        case "priority":
            return str(record.priority)
        case "zone":
            return record.zone
        case name:
            return record.attributes.get(name)


def _holds(of: Field | Age, op: Op, value: Value, record: Record, today: date) -> bool:
    if isinstance(of, Age):
        age = age_days(_text(of.field, record), today.isoformat())
        return age is not None and isinstance(value, float) and _is(age, op, value)
    text = _text(of, record)
    match value:
        case bool():
            return text is not None and _is(text.strip().casefold(), op, "true" if value else "false")
        case float():
            number = number_of(text)
            return number is not None and _is(number, op, value)
        case str():
            return text is not None and _is(text, op, value)
        case Today(days):
            value = today + timedelta(days=days)
    day = date_of(text)
    return day is not None and _is(day, op, value.isoformat())


def _is(left: T, op: Op, right: T) -> bool:
    match op:
        case "=":
            return left == right
        case "<":
            return left < right
        case "<=":
            return left <= right
        case ">":
            return left > right
        case ">=":
            return left >= right
