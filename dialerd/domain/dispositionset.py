"""A set of custom dispositions: what agents, flows and hooks may say of a call beyond what the system knows.

Not here: the system's own (disposition.py), giving one to an attempt (usecases/dispositions.py).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator, model_validator

from dialerd.domain.errors import BadInputError
from dialerd.domain.words import SYSTEM_CODES

_NAME = re.compile(r"[a-z0-9][a-z0-9._-]{0,63}\Z")
CODE = re.compile(r"[a-z][a-z0-9_]{0,39}\Z")


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)


class CustomDisposition(_Part):
    """One outcome. `positive`: it counts as success. `retry_after_min`: the contact is dialed again; None: never.

    `machine`: the agent has found a machine, not a person; detection is measured by that (amdrates.py).

    `callback`: the customer is promised a call, at the time that is given with it or `callback_after_min` later.
    """

    code: str
    text: str = ""
    positive: bool = False
    machine: bool = False
    retry_after_min: Annotated[float, Field(ge=0, le=527_040)] | None = None
    callback: bool = False
    callback_after_min: Annotated[float, Field(ge=0, le=527_040)] | None = None

    @field_validator("code")
    @classmethod
    def _code(cls, value: str) -> str:
        if not CODE.match(value):
            raise ValueError("a code is 1 to 40 of a-z, 0-9, _ and begins with a letter")
        if value in SYSTEM_CODES:
            raise ValueError(f"{value} is a disposition of the system's own")
        return value

    @model_validator(mode="after")
    def _one_or_the_other(self) -> CustomDisposition:
        if self.positive and self.retry_after_min is not None:
            raise ValueError(f"{self.code}: a positive outcome is final; leave retry_after_min out")
        if self.machine and (self.positive or self.callback):
            raise ValueError(f"{self.code}: a machine is no success and asks for no callback")
        if self.callback and self.retry_after_min is not None:
            raise ValueError(f"{self.code}: a callback has tries of its own; leave retry_after_min out")
        if self.callback_after_min is not None and not self.callback:
            raise ValueError(f"{self.code}: callback_after_min is for callback = true")
        return self


class DispositionSet(_Part):
    """The file of a set: its name and one `[[disposition]]` for each."""

    name: str
    description: str = ""
    disposition: Annotated[tuple[CustomDisposition, ...], Field(strict=False, min_length=1)]

    @field_validator("name")
    @classmethod
    def _name(cls, value: str) -> str:
        if not _NAME.match(value):
            raise ValueError("a name is 1 to 64 of a-z, 0-9, - _ . and begins with a letter or digit")
        return value

    @model_validator(mode="after")
    def _codes_differ(self) -> DispositionSet:
        codes = [each.code for each in self.disposition]
        if twice := sorted({code for code in codes if codes.count(code) > 1}):
            raise ValueError(f"two dispositions have the code {twice[0]}")
        return self

    def get(self, code: str) -> CustomDisposition | None:
        return next((each for each in self.disposition if each.code == code), None)

    @property
    def codes(self) -> tuple[str, ...]:
        return tuple(each.code for each in self.disposition)

    @property
    def positive(self) -> tuple[str, ...]:
        return tuple(each.code for each in self.disposition if each.positive)

    @property
    def machines(self) -> frozenset[str]:
        """The codes by which agents say that they found a machine."""
        return frozenset(each.code for each in self.disposition if each.machine)

    def as_table(self) -> dict[str, Any]:
        return self.model_dump(mode="json", exclude_none=True)


def read_disposition_set(table: Mapping[str, Any], *, source: str) -> DispositionSet:
    """Check a set's file. Raises BadInputError naming `source` and every wrong key."""
    try:
        return DispositionSet.model_validate(table)
    except ValidationError as error:
        wrong = [
            f"{'.'.join(map(str, each['loc'])) or 'file'}: {each['msg'].removeprefix('Value error, ')}"
            for each in error.errors(include_url=False, include_input=False, include_context=False)
        ]
        raise BadInputError(f"{source}: {'; '.join(wrong)}", hint="correct the file and apply it again") from None
