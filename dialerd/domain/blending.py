"""Blending: when the blended agents of a queue take callers, and when they go back to campaigns.

Two thresholds, each with a time, so that a queue that goes up and down by one moves nobody.
Not here: which agents move and how many (assignment.py).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Annotated, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

Callers = Annotated[int, Field(ge=1, le=10_000)]
Span = Annotated[float, Field(ge=0, le=86_400)]


class Blending(BaseModel):
    """The `[blending]` table of a queue. Callers who wait without an agent: `upper` or more of them for `upper_s`
    move agents to inbound, fewer than `lower` for `lower_s` let them go back."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    upper: Callers = 3
    lower: Callers = 1
    upper_s: Span = 5.0
    lower_s: Span = 30.0

    @model_validator(mode="after")
    def _apart(self) -> Self:
        if self.lower > self.upper:
            raise ValueError(f"lower is {self.lower}, above upper, which is {self.upper}: agents could not go back")
        return self


class Side(StrEnum):
    """Whom the blended agents of a queue are there for."""

    OUTBOUND = "outbound"
    INBOUND = "inbound"


@dataclass(frozen=True, slots=True)
class Blend:
    """The side of a queue and the text that says why. `crossed_at`: since when the other threshold is passed."""

    side: Side
    reason: str
    crossed_at: datetime | None = None


QUIET = Blend(Side.OUTBOUND, "outbound: nobody has waited yet")
"""A queue at the start."""


def blend(spec: Blending, before: Blend, *, waiting: int, now: datetime) -> Blend:
    """The side of the queue at `now`, with `waiting` callers who have no agent. Call it when that number changes and
    at `turns_at`. The same again changes nothing."""
    if not _is_past(spec, before.side, waiting):
        return replace(before, crossed_at=None)
    crossed_at = before.crossed_at or now
    if now < crossed_at + _patience(spec, before.side):
        return replace(before, crossed_at=crossed_at)
    if before.side is Side.OUTBOUND:
        return Blend(Side.INBOUND, f"inbound: {waiting} waiting >= {spec.upper}{_for(spec.upper_s)}")
    return Blend(Side.OUTBOUND, f"outbound: {waiting} waiting < {spec.lower}{_for(spec.lower_s)}")


def turns_at(spec: Blending, state: Blend) -> datetime | None:
    """When time alone changes the side, if as many go on waiting; None: it does not."""
    return None if state.crossed_at is None else state.crossed_at + _patience(spec, state.side)


def _is_past(spec: Blending, side: Side, waiting: int) -> bool:
    return waiting >= spec.upper if side is Side.OUTBOUND else waiting < spec.lower


def _patience(spec: Blending, side: Side) -> timedelta:
    return timedelta(seconds=spec.upper_s if side is Side.OUTBOUND else spec.lower_s)


def _for(span_s: float) -> str:
    return f" for {span_s:g} s" if span_s else ""
