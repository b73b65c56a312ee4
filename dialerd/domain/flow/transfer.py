"""The node that gives a person away: to agents, to a telephone number, or to the admin's dialplan.

Not here: finding whoever takes them and what is told of it (domain/call/talk.py, engine).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Annotated, Literal

from pydantic import Field, model_validator

from dialerd.domain.campaign import EXTENSION, NAME
from dialerd.domain.flow.node import NodeSpec, Way
from dialerd.domain.flow.prompt import check_text, holes

_MUSIC = re.compile(r"[A-Za-z0-9_.-]{0,64}\Z")
_PLACES = ("queue", "agent", "number", "context")


class Transfer(NodeSpec):
    """Give the person to an agent of a `queue`, to one `agent`, to whoever answers at a `number`, or to the admin's
    dialplan at `context`, `extension`. Meanwhile they hear `music`, a class of Asterisk's; "" is silence.

    Nobody there within `wait_s`: on_no_agent. One agent who is not free, and a number that may not be called or does
    not answer, lead there at once.
    """

    do: Literal["transfer"]
    queue: str | None = None
    agent: str | None = None
    number: str | None = None
    context: str | None = None
    extension: str = "s"
    wait_s: Annotated[float, Field(ge=1, le=600)] = 60.0
    music: str = "default"
    on_no_agent: str | None = None

    @model_validator(mode="after")
    def _somewhere(self) -> Transfer:
        if sum(getattr(self, place) is not None for place in _PLACES) != 1:
            raise ValueError(f"needs exactly one of {', '.join(_PLACES)}")
        for kind, name in (("queue", self.queue), ("agent", self.agent)):
            if name is not None and not NAME.match(name):
                raise ValueError(f"{kind} is a name: 1 to 64 of a-z, 0-9, - _ .")
        if (self.context is None) != (self.on_no_agent is not None):
            raise ValueError("on_no_agent: a context cannot have it, anything else needs it")
        for each in (self.context, self.extension):
            if each is not None and not EXTENSION.match(each):
                raise ValueError("context and extension are the dialplan's: letters, digits, _ * # -")
        if not _MUSIC.match(self.music):
            raise ValueError("music is the name of one of Asterisk's classes: letters, digits, _ . -")
        check_text(self.number or "")
        return self

    @property
    def place(self) -> str:
        """Where to, in a few words."""
        if self.context is not None:
            return f"{self.context},{self.extension}"
        return self.queue or (f"agent {self.agent}" if self.agent is not None else f"number {self.number}")

    @property
    def ways(self) -> Iterator[Way]:
        if self.on_no_agent is not None:
            yield Way(("on_no_agent",), "no agent", self.on_no_agent)

    @property
    def reads(self) -> Iterator[tuple[tuple[str | int, ...], frozenset[str]]]:
        yield ("number",), holes(self.number or "")
