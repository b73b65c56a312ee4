"""The nodes of a flow as a person writes them, each checked by itself.

Not here: what they have in common (node.py), two with a file of their own (message.py, transfer.py), the flow as a
whole (spec.py), what is wrong between nodes (check.py), walking through them (step.py).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import cached_property
from typing import Annotated, Literal

from pydantic import Field, field_validator, model_validator

from dialerd.domain.errors import BadInputError
from dialerd.domain.filters import Filter, fields_of, read_filter
from dialerd.domain.flow.message import Message
from dialerd.domain.flow.node import NodeSpec, Part, Speaking, Way
from dialerd.domain.flow.prompt import Prompt, check_text, holes
from dialerd.domain.flow.transfer import Transfer

_HOST = re.compile(r"https?://[A-Za-z0-9.-]+(:[0-9]{1,5})?(?=[/?]|\Z)")

Keypad = Annotated[str, Field(pattern=r"^[0-9*#]$")]


class Play(Speaking):
    """Say something. With `barge_in` any key ends it."""

    do: Literal["play"]
    say: Prompt = Field(min_length=1)
    barge_in: bool = False
    next: str

    @property
    def ways(self) -> Iterator[Way]:
        yield Way(("next",), "", self.next)


class Menu(Speaking):
    """One key of several. `tries` times nothing, or a key that is none of them, leads on by on_timeout, on_invalid."""

    do: Literal["menu"]
    say: Prompt = Field(min_length=1)
    keys: dict[Keypad, str] = Field(min_length=1)
    answer: str | None = None
    timeout_s: Annotated[float, Field(ge=0.5, le=60)] = 5.0
    tries: Annotated[int, Field(ge=1, le=10)] = 3
    say_invalid: Prompt = ()
    say_timeout: Prompt = ()
    on_timeout: str
    on_invalid: str | None = None

    @property
    def ways(self) -> Iterator[Way]:
        for key, to in self.keys.items():
            yield Way(("keys", key), key, to, heard=True)
        yield Way(("on_timeout",), "timeout", self.on_timeout)
        if self.on_invalid is not None:
            yield Way(("on_invalid",), "invalid", self.on_invalid, heard=True)

    @property
    def writes(self) -> Mapping[str, frozenset[str]]:
        return {key: frozenset({self.answer}) for key in self.keys} if self.answer else {}


class Collect(Speaking):
    """Several keys as an answer: `min` to `max`, ended by `terminator`, by `max`, or by `inter_digit_s` without a key.

    `secret`: the answer may go into a web request and decide a branch, and nowhere else.
    """

    do: Literal["collect"]
    say: Prompt = Field(min_length=1)
    answer: str
    min: Annotated[int, Field(ge=1, le=40)] = 1
    max: Annotated[int, Field(ge=1, le=40)] = 20
    terminator: Literal["#", "*", ""] = "#"
    timeout_s: Annotated[float, Field(ge=0.5, le=60)] = 5.0
    inter_digit_s: Annotated[float, Field(ge=0.5, le=60)] = 3.0
    tries: Annotated[int, Field(ge=1, le=10)] = 3
    say_invalid: Prompt = ()
    say_timeout: Prompt = ()
    secret: bool = False
    next: str
    on_fail: str

    @model_validator(mode="after")
    def _span(self) -> Collect:
        if self.min > self.max:
            raise ValueError(f"min is {self.min}, which is more than max, {self.max}")
        return self

    @property
    def ways(self) -> Iterator[Way]:
        yield Way(("next",), "answer", self.next, heard=True)
        yield Way(("on_fail",), "fail", self.on_fail)

    @property
    def writes(self) -> Mapping[str, frozenset[str]]:
        return {"answer": frozenset({self.answer})}


class Record(Speaking):
    """Record what the person says, until `ends_on` is pressed, `silence_s` or `max_s` are over.

    `answer` gets the recording's name.
    """

    do: Literal["record"]
    answer: str | None = None
    barge_in: bool = False
    max_s: Annotated[float, Field(ge=1, le=3600)] = 60.0
    silence_s: Annotated[float, Field(ge=0, le=60)] = 3.0
    ends_on: Literal["#", "any", "none"] = "#"
    beep: bool = True
    next: str
    on_fail: str | None = None

    @property
    def ways(self) -> Iterator[Way]:
        yield Way(("next",), "recorded", self.next)
        if self.on_fail is not None:
            yield Way(("on_fail",), "fail", self.on_fail)

    @property
    def writes(self) -> Mapping[str, frozenset[str]]:
        return {"recorded": frozenset({self.answer})} if self.answer and self.on_fail else {}


class RecordCall(NodeSpec):
    """Record both sides of the call from here on; with `on = false` no more."""

    do: Literal["record_call"]
    on: bool = True
    next: str

    @property
    def ways(self) -> Iterator[Way]:
        yield Way(("next",), "", self.next)


class Rule(Part):
    """One way of a branch: `when` is a condition in the language of the campaigns' filters."""

    when: str
    next: str

    @field_validator("when")
    @classmethod
    def _when(cls, value: str) -> str:
        try:
            read_filter(value)
        except BadInputError as error:
            raise ValueError(str(error)) from None
        return value

    @cached_property
    def holds_if(self) -> Filter:
        return read_filter(self.when)


class Branch(NodeSpec):
    """The first rule that holds; `otherwise` where none does. Attributes and answers alike, by their names."""

    do: Literal["branch"]
    rules: tuple[Rule, ...] = Field(min_length=1, max_length=50, strict=False)
    otherwise: str

    @property
    def ways(self) -> Iterator[Way]:
        for index, rule in enumerate(self.rules):
            yield Way(("rules", index, "next"), rule.when, rule.next)
        yield Way(("otherwise",), "otherwise", self.otherwise)

    @property
    def asks(self) -> Iterator[tuple[tuple[str | int, ...], frozenset[str]]]:
        """Names that conditions look at; they may be without a value."""
        for index, rule in enumerate(self.rules):
            yield ("rules", index, "when"), frozenset(each.name for each in fields_of(rule.holds_if) if not each.is_own)


class Set(NodeSpec):
    """Write attributes of the contact, and what the attempt's disposition is to be; both are kept at once."""

    do: Literal["set"]
    attributes: dict[str, str] = Field(default={})
    disposition: str | None = None
    next: str

    @field_validator("attributes")
    @classmethod
    def _texts(cls, value: dict[str, str]) -> dict[str, str]:
        for text in value.values():
            check_text(text)
        return value

    @model_validator(mode="after")
    def _something(self) -> Set:
        if not self.attributes and self.disposition is None:
            raise ValueError("needs attributes, disposition or both")
        return self

    @property
    def ways(self) -> Iterator[Way]:
        yield Way(("next",), "", self.next)

    @property
    def reads(self) -> Iterator[tuple[tuple[str | int, ...], frozenset[str]]]:
        for name, text in self.attributes.items():
            yield ("attributes", name), holes(text)

    @property
    def writes(self) -> Mapping[str, frozenset[str]]:
        return {"": frozenset(self.attributes)}


class Request(NodeSpec):
    """Ask a web server: GET with `send` as its query, or POST with `send` as JSON. What is not a 200 with the asked
    `answers` (name = path within the JSON, like customer.balance) within `timeout_s` leads to on_fail."""

    do: Literal["request"]
    url: str
    method: Literal["GET", "POST"] = "GET"
    send: dict[str, str] = Field(default={})
    answers: dict[str, str] = Field(default={})
    timeout_s: Annotated[float, Field(ge=0.5, le=30)] = 5.0
    next: str
    on_fail: str

    @field_validator("url")
    @classmethod
    def _url(cls, value: str) -> str:
        if not _HOST.match(value) or any(not each.isprintable() or each.isspace() for each in holes_out(value)):
            raise ValueError("is a full address, http or https, whose host has no {{ name }}")
        return check_text(value)

    @property
    def host(self) -> str:
        """NAME, or NAME:PORT where it is not the scheme's own."""
        scheme, _, rest = self.url.partition("://")
        name = rest.partition("/")[0].partition("?")[0].casefold()
        return name.removesuffix(":443" if scheme == "https" else ":80")

    @field_validator("send")
    @classmethod
    def _send(cls, value: dict[str, str]) -> dict[str, str]:
        for text in value.values():
            check_text(text)
        return value

    @property
    def ways(self) -> Iterator[Way]:
        yield Way(("next",), "answered", self.next)
        yield Way(("on_fail",), "fail", self.on_fail)

    @property
    def reads(self) -> Iterator[tuple[tuple[str | int, ...], frozenset[str]]]:
        yield ("url",), holes(self.url)
        for name, text in self.send.items():
            yield ("send", name), holes(text)

    @property
    def writes(self) -> Mapping[str, frozenset[str]]:
        return {"answered": frozenset(self.answers)}


def holes_out(text: str) -> str:
    """A text without its {{ name }}."""
    return re.sub(r"\{\{.*?\}\}", "", text)


class Callback(NodeSpec):
    """Agree on a call at a later time: `in_min` from now, or `at`: 2026-12-01T15:00 or 1530, the contact's own time."""

    do: Literal["callback"]
    in_min: Annotated[float, Field(ge=1, le=43200)] | None = None
    at: str | None = None
    notes: str = ""
    next: str
    on_fail: str

    @model_validator(mode="after")
    def _one(self) -> Callback:
        if (self.in_min is None) == (self.at is None):
            raise ValueError("needs exactly one of in_min and at")
        check_text(self.at or "")
        check_text(self.notes)
        return self

    @property
    def ways(self) -> Iterator[Way]:
        yield Way(("next",), "agreed", self.next)
        yield Way(("on_fail",), "fail", self.on_fail)

    @property
    def reads(self) -> Iterator[tuple[tuple[str | int, ...], frozenset[str]]]:
        yield ("at",), holes(self.at or "")
        yield ("notes",), holes(self.notes)


class Dnc(NodeSpec):
    """Never call this number again: the global do-not-call list, or the campaign's own."""

    do: Literal["dnc"]
    list: Literal["global", "campaign"] = "global"
    next: str
    on_fail: str | None = None

    @property
    def ways(self) -> Iterator[Way]:
        yield Way(("next",), "", self.next)
        if self.on_fail is not None:
            yield Way(("on_fail",), "fail", self.on_fail)


class HangUp(NodeSpec):
    """End the call; `disposition` where none was set before, or another is meant."""

    do: Literal["hangup"]
    disposition: str | None = None


Node = Annotated[
    Play | Menu | Collect | Record | RecordCall | Branch | Set | Request | Callback | Dnc | Message | Transfer | HangUp,
    Field(discriminator="do"),
]
