"""When a run has reached what it was for: the finish criteria of a campaign, judged on final dispositions.

Not here: what a finished run does next (usecases/finishing.py). Every criterion by itself is enough.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

from dialerd.domain.disposition import is_live
from dialerd.domain.words import Disposition, Mode

Count = Annotated[int, Field(ge=1, le=1_000_000_000)]


class Finish(BaseModel):
    """The `[finish]` table. `goal` counts outcomes (`positive`: the campaign's positive dispositions, `live`: people
    who answered), `disposition` single codes; `duration_min` runs from the start of the run; `end` has an offset.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    duration_min: Annotated[float, Field(gt=0, le=527_040)] | None = None
    end: datetime | None = None
    goal: dict[Literal["positive", "live"], Count] = Field(default={})
    disposition: dict[str, Count] = Field(default={})

    @field_validator("end", mode="before")
    @classmethod
    def _end(cls, value: object) -> object:
        if isinstance(value, str):
            try:
                value = datetime.fromisoformat(value)
            except ValueError:
                raise ValueError("end is a moment like 2026-12-24T18:00:00-05:00") from None
        if isinstance(value, datetime) and value.tzinfo is None:
            raise ValueError("end needs an offset from UTC, like 2026-12-24T18:00:00-05:00")
        return value

    @model_validator(mode="after")
    def _something(self) -> Finish:
        if not (self.duration_min or self.end or self.goal or self.disposition):
            raise ValueError("names no criterion: give duration_min, end, goal or disposition")
        return self


@dataclass(frozen=True, slots=True)
class Reached:
    """The criterion that ends the run, in words."""

    reason: str


def reached(
    finish: Finish, *, dispositions: Mapping[str, int], positive: Collection[str], started_at: datetime, now: datetime
) -> Reached | None:
    """The first criterion that is met; None: the run goes on. `dispositions` are final ones, with their counts."""
    at = ends_at(finish, started_at=started_at)
    if at is not None and at <= now:
        if at == finish.end:
            return Reached(f"its end has come: {at.isoformat(timespec='minutes')}")
        return Reached(f"it has run for {finish.duration_min:g} minutes")
    for code, wanted in finish.disposition.items():
        if dispositions.get(code, 0) >= wanted:
            return Reached(f"{dispositions[code]} x {code} of {wanted} are reached")
    for outcome, wanted in finish.goal.items():
        count = sum(n for code, n in dispositions.items() if (is_live(code) if outcome == "live" else code in positive))
        if count >= wanted:
            return Reached(f"{count} {outcome} outcomes of {wanted} are reached")
    return None


def ends_at(finish: Finish, *, started_at: datetime) -> datetime | None:
    """When time alone ends a run that started then; None: it does not."""
    moments = [] if finish.end is None else [finish.end]
    if finish.duration_min is not None:
        moments.append(started_at + timedelta(minutes=finish.duration_min))
    return min(moments, default=None)


def warnings(finish: Finish, *, mode: Mode, now: datetime) -> list[str]:
    """Criteria that do not do what they seem to, in words; the campaign is applied all the same.

    In the agent modes an agent's disposition takes the place of the system's for every person who was put through.
    """
    told = []
    if finish.end is not None and finish.end <= now:
        told.append(f"finish: its end {finish.end.isoformat(timespec='minutes')} has passed: a run ends as it begins")
    overwritten = [] if mode is Mode.AGENTLESS else sorted(_OVERWRITTEN & set(finish.disposition))
    return told + [
        f"finish: {code} is overwritten by the agents' own dispositions, so its count stays at calls without one"
        for code in overwritten
    ]


_OVERWRITTEN = frozenset({Disposition.ANSWERED_HUMAN, Disposition.AGENT_HANGUP, Disposition.CUSTOMER_HANGUP})
