"""Flows as they are kept, and what calls in them need of the world.

Not here: what a flow is (domain/flow).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from dialerd.domain.flow import FlowSpec
from dialerd.domain.flow.moves import Ask, Did, Undone
from dialerd.domain.flow.path import Visit
from dialerd.domain.words import AttemptId, Disposition, RunId


@dataclass(frozen=True, slots=True, kw_only=True)
class FlowRow:
    """`version` counts the changes, from 1."""

    spec: FlowSpec
    version: int
    applied_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class WalkedRow:
    """The way of one call through its flow, and how the call ended. `waited_s`: from its last transfer to an agent to
    when it was put through; None: it never was."""

    path: tuple[Visit, ...]
    disposition: Disposition
    waited_s: float | None


class Flows(Protocol):
    def all(self) -> list[FlowRow]: ...
    def get(self, name: str) -> FlowRow | None: ...
    def put(self, spec: FlowSpec, now: datetime) -> None: ...
    def delete(self, name: str) -> None: ...

    def keep_path(self, attempt_id: AttemptId, path: Sequence[Visit]) -> None:
        """The way that a call took; kept once, and as long as its attempt is."""
        ...

    def paths(self, run_id: RunId) -> Iterator[WalkedRow]:
        """The ways of the run's calls, in the order in which they were claimed; walks them all, for people to ask."""
        ...


class Speech(Protocol):
    async def speak(self, texts: tuple[str, ...], language: str) -> Did | Undone:
        """A sound that Asterisk can play for each text, in `sounds`. Within a time limit; never raises."""
        ...


class Web(Protocol):
    async def ask(self, asked: Ask) -> Did | Undone:
        """Ask a server that the settings allow; every answer that was asked for, or Undone. Never raises."""
        ...
