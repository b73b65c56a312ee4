"""A view of the table of campaigns: which of them, which columns, in which order; checked as it is read.

Not here: the table itself (usecases/campaigntable.py), who keeps which view (usecases/views.py).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Annotated, Any, Protocol, TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator

from dialerd.domain.campaign import describe
from dialerd.domain.errors import BadInputError
from dialerd.domain.words import CampaignState, Mode

COLUMNS = (
    "campaign", "mode", "actions", "priority", "state", "progress", "targets", "done", "left", "in_progress",
    "attempts", "abandoned_rate", "positive", "agents", "lists", "connection", "trunk", "last_run_at", "finished_at",
    "next_start_at", "updated_at", "reason",
)  # fmt: skip

SORTS = (
    "campaign", "mode", "priority", "state", "progress", "targets", "done", "left", "in_progress", "attempts",
    "abandoned_rate", "positive", "agents", "last_run_at", "finished_at", "next_start_at", "updated_at",
)  # fmt: skip

LONGEST_NAME = 20


class ViewSpec(BaseModel):
    """What a view shows. Empty `columns`, `states`, `priorities`, `modes`: all of them. `sort`: a column, with `-`
    before it the largest first; what has no value there comes last. As it is without being given: last run first.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    columns: tuple[str, ...] = Field(default=(), strict=False)
    states: tuple[Annotated[CampaignState, Field(strict=False)], ...] = Field(default=(), strict=False)
    priorities: tuple[Annotated[int, Field(ge=1, le=5)], ...] = Field(default=(), strict=False)
    modes: tuple[Annotated[Mode, Field(strict=False)], ...] = Field(default=(), strict=False)
    sort: str = "-last_run_at"

    @field_validator("columns")
    @classmethod
    def _columns(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        if unknown := [each for each in value if each not in COLUMNS]:
            raise ValueError(f"there is no column {unknown[0][:40]!r}; there are {', '.join(COLUMNS)}")
        return tuple(dict.fromkeys(value))

    @field_validator("sort")
    @classmethod
    def _sort(cls, value: str) -> str:
        if value.removeprefix("-") not in SORTS:
            raise ValueError(f"nothing is sorted by {value[:40]!r}; it is by one of {', '.join(SORTS)}")
        return value

    def as_table(self) -> dict[str, Any]:
        """The view as JSON has it, what is not given left out."""
        return self.model_dump(mode="json", exclude_defaults=True)


PLAIN = ViewSpec()


class Line(Protocol):
    """What a view asks of a line of the table."""

    @property
    def campaign(self) -> str: ...
    @property
    def state(self) -> str: ...
    @property
    def priority(self) -> int: ...
    @property
    def mode(self) -> str: ...


L = TypeVar("L", bound=Line)


def seen(view: ViewSpec, lines: Iterable[L]) -> list[L]:
    """The lines that the view shows, in its order; equal ones by name."""
    kept = [
        line
        for line in lines
        if (not view.states or line.state in view.states)
        and (not view.priorities or line.priority in view.priorities)
        and (not view.modes or line.mode in view.modes)
    ]
    kept.sort(key=lambda line: line.campaign)
    key = view.sort.removeprefix("-")
    valued = [line for line in kept if getattr(line, key) is not None]
    valued.sort(key=lambda line: getattr(line, key), reverse=view.sort.startswith("-"))
    return [*valued, *(line for line in kept if getattr(line, key) is None)]


def check_name(name: str) -> str:
    """The name of a view. Raises BadInputError."""
    if not 1 <= len(name) <= LONGEST_NAME or not name.isprintable() or name != name.strip():
        raise BadInputError(
            f"{name[:40]!r} is no name for a view", hint=f"1 to {LONGEST_NAME} printable characters, no space around"
        )
    return name


def read_view(table: Mapping[str, Any], *, source: str = "the view") -> ViewSpec:
    """Check what somebody asks a view to be. Raises BadInputError naming every wrong key."""
    try:
        return ViewSpec.model_validate(table)
    except ValidationError as error:
        raise BadInputError(f"{source}: {describe(error)}", hint="correct it and save the view again") from None
