"""A strategy's file: steps over channels in order, and for each what its outcomes lead to.

Not here: whether it makes sense as a whole (check.py), what comes next in a given case (onward.py).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from enum import StrEnum
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

from dialerd.domain.campaign import NAME
from dialerd.domain.replies import ReplyRule
from dialerd.domain.template import Template
from dialerd.domain.words import SYSTEM_CODES, Channel, Disposition

STEP_NAME = re.compile(r"[a-z0-9][a-z0-9_-]{0,39}\Z")
_CODE = re.compile(r"[a-z][a-z0-9_]{0,39}\Z")
_YEAR_MIN = 527_040

MESSAGE_CODES = frozenset(
    {Disposition.SENT, Disposition.DELIVERED, Disposition.UNDELIVERED, Disposition.BOUNCED, Disposition.REPLIED}
)
"""How a message can end beside what any attempt can."""

_ANY_CODES = frozenset(
    {Disposition.FAILED, Disposition.INTERRUPTED, Disposition.CANCELLED, Disposition.NETWORK_FAILURE}
)
_NEVER = frozenset({Disposition.DO_NOT_CALL})
"""Nothing follows on an opt-out, whatever a file says."""


class Way(StrEnum):
    """How a step reaches a contact."""

    VOICE = "voice"  # a call: whoever answers gets what the campaign says
    AGENT = "agent"  # a call whose person an agent talks to, in a campaign with agents
    SMS = "sms"
    EMAIL = "email"


class Do(StrEnum):
    """What an outcome leads to."""

    RETRY = "retry"  # the same step once more
    NEXT = "next"  # the step below
    GO = "go"  # the step that `step` names
    SMS = "sms"  # the next SMS step below, or else from the top
    EMAIL = "email"  # the same with e-mail
    AGENT = "agent"  # the same with an agent's call
    CALLBACK = "callback"  # a call is promised, `after_min` later; an agent's where the campaign has agents
    FINISH = "finish"  # nothing more in this run


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)


class Rule(_Part):
    """`on` those dispositions, for the first `max` times at this step (None: each time), `do` it `after_min` later.

    Rules are tried from the top: the first that names the disposition and is not used up. `number`: a retried call
    dials the same number or the contact's next one.
    """

    on: tuple[str, ...] = Field(min_length=1, strict=False)
    do: Annotated[Do, Field(strict=False)]
    step: str | None = None
    after_min: Annotated[float, Field(ge=0, le=_YEAR_MIN)] | None = None
    max: Annotated[int, Field(ge=1, le=100)] | None = None
    number: Literal["same", "next"] | None = None

    @field_validator("on", mode="before")
    @classmethod
    def _one_or_several(cls, value: object) -> object:
        return (value,) if isinstance(value, str) else value

    @field_validator("on")
    @classmethod
    def _codes(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        for code in value:
            if not _CODE.match(code):
                raise ValueError(f"{code[:40]!r} is no disposition")
            if code in _NEVER:
                raise ValueError(f"{code} is final: nobody is reached again after it")
        return value

    @model_validator(mode="after")
    def _of_its_kind(self) -> Rule:
        if (self.step is not None) != (self.do is Do.GO):
            raise ValueError('step is for do = "go", which needs it')
        if self.do is Do.RETRY and self.max is None:
            raise ValueError('do = "retry" needs max: how many times')
        if self.number is not None and self.do is not Do.RETRY:
            raise ValueError('number is for do = "retry"')
        return self


class Step(_Part):
    """One step. A call does what the campaign says; a message has its `template`, and a `route` (None: any that is up).

    `tries`: the most attempts at this step, within which calls that are retried by their nature (busy, no answer) are
    repeated `retry_after_min` later; None: only what rules say is repeated. `wait_min`: how long a message that was
    sent waits for its report or a reply before its outcome counts. `reply`: what is made of what is written back.
    `otherwise`: what an outcome without a rule does.
    """

    name: str
    channel: Annotated[Way, Field(strict=False)] = Way.VOICE
    template: str | None = None
    route: str | None = None
    tries: Annotated[int, Field(ge=1, le=100)] | None = None
    retry_after_min: Annotated[float, Field(ge=0, le=43_200)] = 60.0
    wait_min: Annotated[float, Field(ge=0, le=_YEAR_MIN)] = 0.0
    rule: tuple[Rule, ...] = Field(default=(), strict=False)
    reply: tuple[ReplyRule, ...] = Field(default=(), strict=False)
    otherwise: Literal["next", "finish"] = "finish"

    @field_validator("name")
    @classmethod
    def _name(cls, value: str) -> str:
        if not STEP_NAME.match(value):
            raise ValueError("a step's name is 1 to 40 of a-z, 0-9, - _ and begins with a letter or digit")
        return value

    @model_validator(mode="after")
    def _of_its_channel(self) -> Step:
        given = {
            "template": self.template,
            "route": self.route,
            "wait_min": self.wait_min,
            "reply": self.reply,
        }
        if not self.is_message and (foreign := [key for key, value in given.items() if value]):
            raise ValueError(f"{', '.join(foreign)}: for a message, and this is a call")
        if self.is_message and self.template is None:
            raise ValueError("a message needs a template")
        return self

    @property
    def is_message(self) -> bool:
        return self.channel in (Way.SMS, Way.EMAIL)

    @property
    def over(self) -> Channel:
        """The channel that its attempts are made over, where a campaign's calls are all of one kind."""
        return Channel(self.channel) if self.is_message else Channel.VOICE

    def can_end_in(self, code: str) -> bool:
        """Whether an attempt at this step can end so. A custom code can be given to any."""
        if code not in SYSTEM_CODES or code in _ANY_CODES:
            return True
        return (code in MESSAGE_CODES) == self.is_message


class Strategy(_Part):
    """The file of a strategy: its name, its steps in order, and the `[template.NAME]` of its messages."""

    name: str
    description: str = ""
    step: tuple[Step, ...] = Field(min_length=1, max_length=100, strict=False)
    template: dict[str, Template] = Field(default={})

    @field_validator("name")
    @classmethod
    def _name(cls, value: str) -> str:
        if not NAME.match(value):
            raise ValueError("a name is 1 to 64 of a-z, 0-9, - _ . and begins with a letter or digit")
        return value

    @field_validator("template")
    @classmethod
    def _template_names(cls, value: Mapping[str, Template]) -> Mapping[str, Template]:
        for name in value:
            if not STEP_NAME.match(name):
                raise ValueError(f"{name[:40]!r} is no template's name: 1 to 40 of a-z, 0-9, - _")
        return value

    def get(self, name: str) -> Step | None:
        return next((each for each in self.step if each.name == name), None)

    def after(self, step: Step) -> Step | None:
        """The step below."""
        index = self.step.index(step) + 1
        return self.step[index] if index < len(self.step) else None

    def leads_to(self, step: Step, rule: Rule) -> Step | None:
        """The step that a rule of `step` goes on to; None: to none, or (a mistake) to one that is not there."""
        match rule.do:
            case Do.RETRY:
                return step
            case Do.NEXT:
                return self.after(step)
            case Do.GO:
                return self.get(rule.step or "")
            case Do.SMS | Do.EMAIL | Do.AGENT:
                index = self.step.index(step) + 1
                in_turn = (*self.step[index:], *self.step[:index])
                return next((each for each in in_turn if each.channel == rule.do.value), None)
            case _:
                return None

    @property
    def codes(self) -> frozenset[str]:
        """Every disposition that a rule names or a reply gives."""
        given = (rule.disposition for step in self.step for rule in step.reply if rule.disposition is not None)
        return frozenset([*given, *(code for step in self.step for rule in step.rule for code in rule.on)])

    @property
    def needs_calls(self) -> bool:
        """Whether somebody may be called by it."""
        return any(
            not step.is_message
            or any(rule.do is Do.CALLBACK for rule in step.rule)
            or any(rule.call is not None for rule in step.reply)
            for step in self.step
        )

    @property
    def needs_agents(self) -> bool:
        """Whether one of its steps is an agent's."""
        return any(step.channel is Way.AGENT for step in self.step)

    @property
    def has_voice(self) -> bool:
        """Whether one of its steps is a call that the campaign says what to do with."""
        return any(step.channel is Way.VOICE for step in self.step)

    @property
    def attributes(self) -> Iterator[tuple[str, frozenset[str]]]:
        """Of each template the attributes that it names."""
        return ((name, template.attributes) for name, template in self.template.items())

    def as_table(self) -> dict[str, Any]:
        """The strategy as its file has it; values that are as they are without being given are left out."""
        return self.model_dump(mode="json", exclude_none=True, exclude_defaults=True)
