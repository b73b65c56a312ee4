"""A filter as SQL over the contact table: fixed text with named parameters for every word that a person wrote.

Not here: what a filter means (domain/filters), which this must come to as well: its values are read by the same
functions, of which each store has its own (adapters/sqlite/functions.py).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

from dialerd.domain.filters import (
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
    Or,
    Today,
    Value,
)

_OWN = {
    "number": "contact.number",
    "priority": "CAST(contact.priority AS TEXT)",
    "zone": "contact.zone",
    "list": "(SELECT name FROM contact_list WHERE contact_list.id = contact.list_id)",
}
_GROUP = 40
_OPS = {"=": "=", "<": "<", "<=": "<=", ">": ">", ">=": ">="}


def joined(parts: Sequence[str], word: str) -> str:
    """All parts with an operator between them, in groups: SQLite reads an expression at most 1000 operators deep."""
    groups = (f" {word} ".join(parts[at : at + _GROUP]) for at in range(0, len(parts), _GROUP))
    return "(" + f" {word} ".join(f"({group})" for group in groups) + ")"


@dataclass(slots=True)
class _Writer:
    today: date
    prefix: str
    given: dict[str, object] = field(default_factory=dict)
    names: dict[tuple[type, object], str] = field(default_factory=dict)

    def param(self, value: str | float) -> str:
        """The parameter of a value; the same one for the same value, so that equal parts are equal SQL."""
        name = self.names.setdefault((type(value), value), f"{self.prefix}{len(self.names)}")
        self.given[name] = value
        return f":{name}"

    def write(self, tree: Filter) -> str:
        """An expression that is 1 or 0, never NULL: a comparison with what is missing does not hold."""
        match tree:
            case And(parts):
                return joined([self.write(part) for part in parts], "AND")
            case Or(parts):
                return joined([self.write(part) for part in parts], "OR")
            case Not(part):
                return f"NOT {self.write(part)}"
            case Compare(of, op, value):
                return self._compare(of, op, value)
            case OneOf(of, values):
                return self._one_of(of, values)
            case Between(of, low, high):
                return f"({self._compare(of, '>=', low)} AND {self._compare(of, '<=', high)})"
            case Like(of, pattern):
                return f"is_like({self._text(of)}, {self.param(pattern)})"
            case Empty(of):
                return f"is_blank({self._text(of)})"

    def _one_of(self, of: Field | Age, values: Sequence[Value]) -> str:
        """One IN per way to compare: an OR per value would be deeper than SQLite reads, and slower."""
        alike: dict[str, list[str]] = {}
        for value in values:
            left, right = self._sides(of, value)
            alike.setdefault(left, []).append(right)
        return (
            "(" + " OR ".join(f"coalesce({left} IN ({', '.join(right)}), FALSE)" for left, right in alike.items()) + ")"
        )

    def _compare(self, of: Field | Age, op: str, value: Value) -> str:
        left, right = self._sides(of, value)
        return f"coalesce({left} {_OPS[op]} {right}, FALSE)"

    def _sides(self, of: Field | Age, value: Value) -> tuple[str, str]:
        if isinstance(of, Age):
            left = f"age_days({self._text(of.field)}, {self.param(self.today.isoformat())})"
            assert isinstance(value, float), "the parser lets an age be compared with nothing else"
            return left, self.param(value)
        text = self._text(of)
        match value:
            case bool():
                left, right = f"fold({text})", self.param("true" if value else "false")
            case float():
                left, right = f"number_of({text})", self.param(value)
            case Today(days):
                left, right = f"date_of({text})", self.param((self.today + timedelta(days=days)).isoformat())
            case date():
                left, right = f"date_of({text})", self.param(value.isoformat())
            case _:
                left, right = text, self.param(value)
        return left, right

    def _text(self, of: Field) -> str:
        if of.is_own:
            return _OWN[of.name]
        # A path in double quotes takes any name without them, and the parser lets no other through.
        path = f'$."{of.name}"'
        return f"json_extract(contact.attributes, {self.param(path)})"


def to_sql(tree: Filter, *, today: date, prefix: str = "filter_") -> tuple[str, dict[str, object]]:
    """An SQL expression over `contact`, and its named parameters, whose names begin with `prefix`."""
    writer = _Writer(today, prefix)
    return writer.write(tree), writer.given
