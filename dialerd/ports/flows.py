"""Flows as they are kept.

Not here: what a flow is (domain/flow).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from dialerd.domain.flow import FlowSpec


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
