"""A column map: which column of a contact file is which field, written once and kept by name.

Not here: holding it against a file's header (adapters/files/columns.py) and keeping it (usecases/columnmaps.py).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError, field_validator

from dialerd.domain.errors import BadInputError

Name = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200)]


class ColumnMap(BaseModel):
    """`columns` gives a field (number, number2, zone, priority, email, language, an attribute) its column's header.

    `delimiter` and `region` say what else the sender's files have in common; None: found out, and the list's own.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    columns: dict[Name, Name] = Field(min_length=1, max_length=200)
    delimiter: str | None = None
    region: Annotated[str, StringConstraints(pattern=r"^[A-Za-z]{2}$", to_upper=True)] | None = None

    @field_validator("delimiter")
    @classmethod
    def _one_character(cls, text: str | None) -> str | None:
        return None if text is None else read_delimiter(text)


def read_delimiter(text: str) -> str:
    """A delimiter as a person writes it: one character, or "tab". Raises ValueError."""
    delimiter = {"tab": "\t", "\\t": "\t", "space": " "}.get(text.lower(), text)
    if len(delimiter) != 1 or delimiter in '"\r\n\0' or delimiter.isalnum():
        raise ValueError(f'{text[:20]!r} is no delimiter; use one character like ; or the word "tab"')
    return delimiter


def read_column_map(table: Mapping[str, Any], *, source: str) -> ColumnMap:
    """A column map out of a TOML table. Raises BadInputError naming the key."""
    try:
        return ColumnMap.model_validate(dict(table))
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"])[:80]
        said = first["msg"].removeprefix("Value error, ")
        raise BadInputError(
            f"{source} is no mapping: {where}: {said}",
            hint='write a table [columns] with number = "the column\'s header"',
        ) from error
