"""Flows as they are kept, and what calls in them need of the world.

Not here: what a flow is (domain/flow).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from dialerd.domain.flow import FlowSpec
from dialerd.domain.flow.moves import Ask, Did, Undone


@dataclass(frozen=True, slots=True, kw_only=True)
class FlowRow:
    """`version` counts the changes, from 1."""

    spec: FlowSpec
    version: int
    applied_at: datetime


class Flows(Protocol):
    def all(self) -> list[FlowRow]: ...
    def get(self, name: str) -> FlowRow | None: ...
    def put(self, spec: FlowSpec, now: datetime) -> None: ...
    def delete(self, name: str) -> None: ...


class Speech(Protocol):
    async def speak(self, texts: tuple[str, ...], language: str) -> Did | Undone:
        """A sound that Asterisk can play for each text, in `sounds`. Within a time limit; never raises."""
        ...


class Web(Protocol):
    async def ask(self, asked: Ask) -> Did | Undone:
        """Ask a server that the settings allow; every answer that was asked for, or Undone. Never raises."""
        ...
