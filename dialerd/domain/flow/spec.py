"""What a flow is: its nodes by name, where it starts, what it needs of a contact.

Not here: the nodes (nodes.py), what is wrong between them (check.py), walking through them (step.py). A flow is a TOML
file and back; its keys are users' names and stay.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, field_validator

from dialerd.domain.campaign import NAME
from dialerd.domain.flow.message import Message
from dialerd.domain.flow.nodes import Node, Request
from dialerd.domain.flow.prompt import Language, Part
from dialerd.domain.flow.transfer import Transfer
from dialerd.domain.words import Channel

MAX_NODES = 500


class FlowSpec(BaseModel):
    """The definition of a flow: where it starts, and its nodes by name.

    `attributes` are those of the contacts that it uses; `language` says in which language a contact hears its sounds.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    name: str
    description: str = ""
    start: str
    attributes: tuple[str, ...] = Field(default=(), strict=False)
    language: Language = Language()
    node: dict[str, Node] = Field(min_length=1, max_length=MAX_NODES)

    @field_validator("name")
    @classmethod
    def _name(cls, value: str) -> str:
        if not NAME.match(value):
            raise ValueError("a name is 1 to 64 of a-z, 0-9, - _ . and begins with a letter or digit")
        return value

    def as_table(self) -> dict[str, Any]:
        """The definition as its TOML file has it, without what is not set."""
        return self.model_dump(mode="json", exclude_none=True, exclude_defaults=True)

    @property
    def dispositions(self) -> frozenset[str]:
        """The codes that it can give."""
        given = (getattr(node, "disposition", None) for node in self.node.values())
        return frozenset(each for each in given if each is not None)

    @property
    def queues(self) -> frozenset[str]:
        """The queues that it can transfer to."""
        return frozenset(n.queue for n in self.node.values() if isinstance(n, Transfer) and n.queue is not None)

    @property
    def agents(self) -> frozenset[str]:
        """The agents to whom it transfers by name."""
        return frozenset(n.agent for n in self.node.values() if isinstance(n, Transfer) and n.agent is not None)

    @property
    def hosts(self) -> frozenset[str]:
        """The servers that it asks, as [web] hosts of the settings names them."""
        return frozenset(n.host for n in self.node.values() if isinstance(n, Request))

    @property
    def channels(self) -> Mapping[Channel, frozenset[str]]:
        """The channels over which it writes, each with the routes that it names."""
        written = [node for node in self.node.values() if isinstance(node, Message)]
        return {
            channel: frozenset(each.route for each in written if each.do == channel and each.route is not None)
            for channel in Channel
            if any(each.do == channel for each in written)
        }

    @property
    def has_speech(self) -> bool:
        return any(part.text is not None for part in self._parts())

    @property
    def sounds(self) -> frozenset[str]:
        """The sounds that it names itself."""
        return frozenset(part.sound for part in self._parts() if part.sound is not None)

    @property
    def languages(self) -> frozenset[str]:
        """The folders of sounds in which somebody may hear it."""
        return frozenset({self.language.default, *self.language.sounds.values()})

    def _parts(self) -> Iterator[Part]:
        for node in self.node.values():
            for key in ("say", "say_invalid", "say_timeout"):
                yield from getattr(node, key, ())
