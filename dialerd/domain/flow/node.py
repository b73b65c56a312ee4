"""What all nodes of a flow have: their ways out, the names that they need and write, what is said at them.

Not here: the nodes themselves (nodes.py, message.py, transfer.py).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from pydantic import BaseModel, ConfigDict

from dialerd.domain.flow.prompt import Prompt, names_of


@dataclass(frozen=True, slots=True)
class Way:
    """One way out of a node. `key` is where the file says so; `heard`: the person did something to come this way."""

    key: tuple[str | int, ...]
    label: str
    to: str
    heard: bool = False


class Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)


class NodeSpec(Part):
    """What every node has. `writes`: names that have a value behind it (by way's label; "" for every way)."""

    note: str = ""

    @property
    def ways(self) -> Iterator[Way]:
        """The ways out, in the order of the file."""
        return iter(())

    @property
    def reads(self) -> Iterator[tuple[tuple[str | int, ...], frozenset[str]]]:
        """The names that a key needs."""
        return iter(())

    @property
    def writes(self) -> Mapping[str, frozenset[str]]:
        return {}


class Speaking(NodeSpec):
    say: Prompt = ()
    barge_in: bool = True

    @property
    def reads(self) -> Iterator[tuple[tuple[str | int, ...], frozenset[str]]]:
        for key in ("say", "say_invalid", "say_timeout"):
            if prompt := getattr(self, key, ()):
                yield (key,), names_of(prompt)
