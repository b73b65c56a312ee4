"""The world of a forecast as one table of keys: the rates of calls and the habits of people, given one over the other.

Not here: what the keys mean (rates.py, habits.py), reading a file of them (adapters/files).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields, replace
from typing import Any

from dialerd.domain.errors import BadInputError
from dialerd.domain.habits import Habits, read_habits
from dialerd.domain.rates import Rates

_RATES = {field.name for field in fields(Rates)} - {"zone"}
KEYS = _RATES | set(Habits.model_fields)

World = tuple[Rates, Habits]


def is_of_world(key: str) -> bool:
    """Whether a key, dotted or not, is one of the world's."""
    return key.partition(".")[0] in KEYS


def read_world(table: Mapping[str, Any], *, over: World, source: str) -> World:
    """The world with what is given over what it was. `table`: keys as they are nested in a file, or dotted
    (node.menu.hangup); numbers may be text. Raises BadInputError naming `source` and what is wrong."""
    if unknown := sorted(key for key in table if not is_of_world(key)):
        raise BadInputError(
            f"{source}: {unknown[0][:40]} is no key of the world", hint=f"one of {', '.join(sorted(KEYS))}"
        )
    nested: dict[str, Any] = {}
    for key, value in table.items():
        _put(nested, key.split("."), value, source)
    rates, habits = over
    given = {key: _rate(key, value, source) for key, value in nested.items() if key in _RATES}
    if given:
        rates = replace(rates, **given)
    told = {key: value for key, value in nested.items() if key not in _RATES}
    return rates, read_habits(_merged(habits.model_dump(exclude_unset=True), told), source=source) if told else habits


def _put(table: dict[str, Any], path: list[str], value: Any, source: str) -> None:
    head, *rest = path
    if not rest:
        table[head] = _merged(table.get(head, {}), value) if isinstance(value, Mapping) else _number(value)
        return
    inner = table.setdefault(head, {})
    if not isinstance(inner, dict):
        raise BadInputError(f"{source}: {head[:40]} has no keys of its own")
    _put(inner, rest, value, source)


def _merged(old: Any, new: Any) -> Any:
    if not isinstance(old, Mapping) or not isinstance(new, Mapping):
        return new
    return {**old, **{key: _merged(old[key], value) if key in old else value for key, value in new.items()}}


def _number(value: Any) -> Any:
    if not isinstance(value, str):
        return value
    try:
        return float(value)
    except ValueError:
        return value


def _rate(key: str, value: Any, source: str) -> Any:
    if key == "answered":
        value = value if isinstance(value, list) else [value]
        if all(_is_number(each) for each in value):
            return tuple(float(each) for each in value)
    elif _is_number(value):
        return float(value)
    raise BadInputError(f"{source}: {key} is no number")


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)
