"""What a campaign has for machines: a message to be left on one, and a word to the assistant that screens a call.

Not here: how a machine is known (amd.py), the course of such a call (call/machine.py).
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, field_validator

from dialerd.domain.sounds import check_sound


class _Said(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    play: str

    @field_validator("play")
    @classmethod
    def _sound(cls, value: str) -> str:
        return check_sound(value)


class Voicemail(_Said):
    """The message `play` is left when the machine has been silent for `silence_ms`, or sooner: with `wait` "beep" as
    soon as a short sound after a pause is over. A machine that is not ready after `max_wait_s` gets none.

    `silence_ms` must be longer than the pause between greeting and beep; up to 1.5 s was measured.
    """

    wait: Literal["silence", "beep"] = "silence"
    silence_ms: Annotated[int, Field(ge=500, le=10_000)] = 2000
    max_wait_s: Annotated[int, Field(ge=5, le=300)] = 60


class Screened(_Said):
    """`play` says who calls and why, when whoever answered has been silent for `silence_ms`; whom that lets through is
    waited for `max_wait_s` long."""

    silence_ms: Annotated[int, Field(ge=300, le=5000)] = 1000
    max_wait_s: Annotated[int, Field(ge=5, le=120)] = 30
