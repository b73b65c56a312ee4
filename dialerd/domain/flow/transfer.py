"""The node that gives a person away: to the agents of a queue or to the admin's dialplan.

Not here: finding the agent and what is told of it (domain/call/talk.py, engine).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Literal

from pydantic import Field, model_validator

from dialerd.domain.campaign import EXTENSION, NAME
from dialerd.domain.flow.node import NodeSpec, Way


class Transfer(NodeSpec):
    """Give the person to an agent of a queue, or to the admin's dialplan.

    Nobody there within `wait_s`: on_no_agent.
    """

    do: Literal["transfer"]
    queue: str | None = None
    context: str | None = None
    extension: str = "s"
    wait_s: Annotated[float, Field(ge=1, le=600)] = 60.0
    on_no_agent: str | None = None

    @model_validator(mode="after")
    def _somewhere(self) -> Transfer:
        if (self.queue is None) == (self.context is None):
            raise ValueError("needs exactly one of queue and context")
        if self.queue is not None and not NAME.match(self.queue):
            raise ValueError("queue is a queue's name")
        if (self.queue is None) != (self.on_no_agent is None):
            raise ValueError("on_no_agent: a queue needs it, a context cannot have it")
        for each in (self.context, self.extension):
            if each is not None and not EXTENSION.match(each):
                raise ValueError("context and extension are the dialplan's: letters, digits, _ * # -")
        return self

    @property
    def ways(self) -> Iterator[Way]:
        if self.on_no_agent is not None:
            yield Way(("on_no_agent",), "no agent", self.on_no_agent)
