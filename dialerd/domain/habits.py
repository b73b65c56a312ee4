"""What people do with what a campaign says and writes to them: keys they press, where they hang up, what they write.

Not here: who answers a call at all and for how long (rates.py), doing it (simulate/), past calls (pasthabits.py).
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator, model_validator

from dialerd.domain.campaign import describe
from dialerd.domain.errors import BadInputError
from dialerd.domain.flow import FlowSpec
from dialerd.domain.flow.nodes import Collect, Menu
from dialerd.domain.words import Channel

_KEYS = re.compile(r"[0-9*#]{1,40}\Z")
_SUM_SLACK = 1e-9

Share = Annotated[float, Field(ge=0.0, le=1.0, strict=False)]
Seconds = Annotated[float, Field(ge=0.0, le=86_400.0, strict=False)]


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)


class _Pressing(_Part):
    @field_validator("press", check_fields=False)
    @classmethod
    def _keys(cls, value: Mapping[str, float]) -> Mapping[str, float]:
        for keys in value:
            if not _KEYS.match(keys):
                raise ValueError(f"{keys[:20]!r} is nothing that can be pressed: 0 to 9, *, #")
        return value


class NodeHabits(_Pressing):
    """What those do who come to one node, where it differs from the others. Keys as in Habits."""

    press: dict[str, Share] = Field(default={})
    hangup: Share | None = None
    answers: Share | None = None


class Writing(_Part):
    """What becomes of messages over one channel.

    `refused`, `delivered`, `bounced` are shares of all; what is neither of these does not arrive this time. `reported`
    of what arrives is told to have. `reply`: of those whom it reaches, who answers with which words; `unsubscribes`:
    who does by the way that an e-mail has for it. Seconds are means: until a report, until a reply.
    """

    refused: Share = 0.0
    delivered: Share = 0.95
    bounced: Share = 0.02
    reported: Share = 1.0
    report_s: Seconds = 6.0
    reply: dict[str, Share] = Field(default={})
    reply_s: Seconds = 900.0
    unsubscribes: Share = 0.0

    @model_validator(mode="after")
    def _parts_of_one(self) -> Writing:
        if self.refused + self.delivered + self.bounced > 1.0 + _SUM_SLACK:
            raise ValueError("refused, delivered and bounced come to more than 1 together")
        if sum(self.reply.values()) + self.unsubscribes > 1.0 + _SUM_SLACK:
            raise ValueError("the shares of reply and unsubscribes come to more than 1 together")
        return self


SMS = Writing(reply={"STOP": 0.01})
EMAIL = Writing(reported=0.0, unsubscribes=0.003)
"""An e-mail's arrival is seldom told, its bounce always."""


class Habits(_Pressing):
    """Shares are of those who come to a node; `node` says what is otherwise at which.

    `press`: who presses what, at a menu one key, at a collect node what they type; a key of a menu that nobody speaks
    of is pressed by `key` of them. `answers`: who types anything where several keys are asked for. `hangup`: who hangs
    up while a node speaks or listens. `barge_in`: of those who press, who do so before the prompt is over; the others
    do `react_s` after it. Who is asked to speak does so for `speaks_s`; who waits for somebody, for `patience_s`.
    `fails`: of web requests and texts to be spoken; `answer`: what a server says, by name and share (else "1").
    `transfers`: of the numbers that calls are transferred to, those that answer, after `ring_s` of the rates. `sound`:
    seconds of a sound; any other lasts `sound_s`, a text to be spoken a second for `text_per_s` characters; a call
    stays `context_s` in the admin's dialplan.
    """

    press: dict[str, Share] = Field(default={})
    key: Share = 0.05
    answers: Share = 0.7
    hangup: Share = 0.1
    barge_in: Share = 0.3
    react_s: Seconds = 1.5
    speaks_s: Seconds = 8.0
    patience_s: Seconds = 60.0
    fails: Share = 0.02
    transfers: Share = 0.8
    sound_s: Seconds = 5.0
    text_per_s: Annotated[float, Field(gt=0, le=1000, strict=False)] = 14.0
    context_s: Seconds = 60.0
    answer: dict[str, dict[str, Share]] = Field(default={})
    node: dict[str, NodeHabits] = Field(default={})
    sound: dict[str, Seconds] = Field(default={})
    sms: Writing = SMS
    email: Writing = EMAIL

    def at(self, node: str) -> NodeHabits:
        """What those do who come to that node; its `press` is what is said of it alone."""
        own = self.node.get(node, _NOTHING)
        return NodeHabits(
            press=own.press,
            hangup=self.hangup if own.hangup is None else own.hangup,
            answers=self.answers if own.answers is None else own.answers,
        )

    def at_menu(self, node: str, keys: Collection[str]) -> Mapping[str, float]:
        """Who presses which key; one that the menu has not, only where it is said of this node."""
        everywhere = {key: self.press.get(key, self.key) for key in keys}
        return {**everywhere, **self.at(node).press}

    def writing(self, channel: Channel) -> Writing:
        return self.sms if channel is Channel.SMS else self.email


_NOTHING = NodeHabits()
USUAL = Habits()


def read_habits(table: Mapping[str, Any], *, source: str) -> Habits:
    """Raises BadInputError naming every wrong key. What is given of sms and email is over what is usual there."""
    usual = {"sms": SMS, "email": EMAIL}
    given = {
        key: {**usual[key].model_dump(), **value} if key in usual and isinstance(value, Mapping) else value
        for key, value in table.items()
    }
    try:
        return Habits.model_validate(given)
    except ValidationError as error:
        raise BadInputError(f"{source}: {describe(error)}", hint="see the section A forecast of README.md") from None


def check_habits(habits: Habits, flow: FlowSpec) -> None:
    """Raises BadInputError where the flow has no such node, or more people are spoken of at one than come there."""
    if unknown := sorted(habits.node.keys() - flow.node.keys()):
        raise BadInputError(f"flow {flow.name} has no node {', '.join(unknown)}", hint="see dialerd flow draw")
    for name, node in flow.node.items():
        here = habits.at(name)
        match node:
            case Menu(keys=keys):
                pressing = habits.at_menu(name, keys)
                if wrong := sorted(key for key in pressing if len(key) > 1):
                    raise BadInputError(f"node {name} is a menu: {wrong[0]} is more than one key")
            case Collect():
                pressing = {**here.press, "": max(0.0, (here.answers or 0.0) - sum(here.press.values()))}
            case _:
                continue
        if (total := sum(pressing.values()) + (here.hangup or 0.0)) > 1.0 + _SUM_SLACK:
            raise BadInputError(
                f"node {name}: who presses something and who hangs up come to {total:.2f} of those who come there",
                hint="lower press, key, answers or hangup",
            )
