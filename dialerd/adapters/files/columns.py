"""Which column of a contact file is what: told by the header's names, or by a mapping.

Not here: reading the file (csvtext.py) and its cells (csvreader.py).
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from dialerd.domain.contact import EMAIL, LANGUAGE
from dialerd.domain.errors import BadInputError

_NUMBER_COLUMN = re.compile(
    r"((home|work|mobile|cell)_)?(phone|telephone|tel|mobile|cell|number)(_?(number|no))?_?[0-9]{0,2}\Z"
)
_NUMBER_FIELD = re.compile(r"number([0-9]{0,2})\Z")
_ROW = re.compile(r"[+(]?[0-9][0-9 ().-]{6,}\Z")  # a number where a name should be
_EMAIL_COLUMNS = frozenset({"e_mail", "mail", "email_address", "e_mail_address"})
_LANGUAGE_COLUMNS = frozenset({"lang", "locale"})
_ZONE_COLUMNS = frozenset({"zone", "timezone", "time_zone", "tz"})
_LONGEST_NAME = 40
_SHOWN = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class Layout:
    """Which column is what, by index. `attributes` maps an index to the attribute's name."""

    numbers: Sequence[int]
    zone: int | None
    priority: int | None
    attributes: Mapping[int, str]


def layout_by_names(header: Sequence[str], *, source: str) -> Layout:
    """Numbers, zone and priority by their usual names, all else an attribute. Raises BadInputError."""
    names = [attribute_name(cell, index) for index, cell in enumerate(header)]
    numbers = [index for index, name in enumerate(names) if _NUMBER_COLUMN.match(name)]
    if not numbers and any(_ROW.match(cell.strip()) for cell in header):
        raise BadInputError(
            f"{source}: its first line is a row of numbers, not the names of the columns",
            hint="put a first line before it, like number,name",
        )
    if not numbers:
        raise BadInputError(
            f"{source}: no column is a phone number: {', '.join(shown(cell) for cell in header[:10])}",
            hint='name one "number" or "phone", or give a mapping with --map',
        )
    zone = next((index for index, name in enumerate(names) if name in _ZONE_COLUMNS), None)
    priority = names.index("priority") if "priority" in names else None
    taken = {*numbers, zone, priority}
    attributes = {
        index: _well_known(name) for index, name in enumerate(names) if index not in taken and header[index].strip()
    }
    _refuse_twins(list(attributes.values()), source)
    return Layout(numbers=numbers, zone=zone, priority=priority, attributes=attributes)


def layout_by_mapping(header: Sequence[str], mapping: Mapping[str, str], *, source: str) -> Layout:
    """Only what the mapping names: number, number2, ..., zone, priority or an attribute, each to a column's header.

    A header that two columns share cannot be meant.

    Raises BadInputError.
    """
    places = {cell.strip(): index for index, cell in enumerate(header)}
    missing = [column for column in mapping.values() if column.strip() not in places]
    if missing:
        raise BadInputError(
            f"{source} has no column {shown(missing[0])!r}, which the mapping names",
            hint=f"its columns are: {', '.join(shown(cell) for cell in header[:20])}",
        )
    headers = [cell.strip() for cell in header]
    twin = next((column for column in mapping.values() if headers.count(column.strip()) > 1), None)
    if twin is not None:
        raise BadInputError(
            f"{source} has more than one column {shown(twin)!r}, which the mapping names", hint="rename one of them"
        )
    where = {field: places[column.strip()] for field, column in mapping.items()}
    ordered = sorted((int(found[1] or 1), where[field]) for field in where if (found := _NUMBER_FIELD.match(field)))
    numbers = [index for _, index in ordered]
    if not numbers:
        raise BadInputError("the mapping names no column for number", hint='write number = "the column\'s header"')
    special = {"zone", "priority"}
    attributes = {
        index: attribute_name(field, index)
        for field, index in where.items()
        if field not in special and not _NUMBER_FIELD.match(field)
    }
    _refuse_twins(list(attributes.values()), "the mapping")
    return Layout(numbers=numbers, zone=where.get("zone"), priority=where.get("priority"), attributes=attributes)


def _well_known(name: str) -> str:
    """The contact's own fields under one name, however the file calls them."""
    if name in _EMAIL_COLUMNS:
        return EMAIL
    return LANGUAGE if name in _LANGUAGE_COLUMNS else name


def attribute_name(header: str, index: int) -> str:
    """A header as an attribute's name: "First Name" is first_name; one without a Latin letter or digit is column_N."""
    letters = unicodedata.normalize("NFKD", header.strip().casefold())
    ascii_only = "".join(letter for letter in letters if not unicodedata.combining(letter))
    name = re.sub(r"[^a-z0-9]+", "_", ascii_only).strip("_")
    if not name:
        return f"column_{index + 1}"
    return (f"x_{name}" if name[0].isdigit() else name)[:_LONGEST_NAME]


def shown(value: str) -> str:
    """A value of the file for a person: cut, and with nothing that could play with a terminal."""
    text = "".join(character if character.isprintable() else "?" for character in value[:_SHOWN])
    return text + ("..." if len(value) > _SHOWN else "")


def _refuse_twins(names: list[str], source: str) -> None:
    twins = sorted({name for name in names if names.count(name) > 1})
    if twins:
        raise BadInputError(f"{source}: two columns have the same name: {twins[0]}", hint="rename one of them")
