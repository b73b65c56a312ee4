"""The node that writes to the contact: a text message to the number that is being called, or an e-mail.

Not here: the language of the texts (domain/templatetext.py), whether it may be sent, and sending it (usecases, engine).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cached_property
from typing import Annotated, Literal

from pydantic import Field, ValidationError, model_validator

from dialerd.domain.campaign import describe
from dialerd.domain.flow.node import NodeSpec, Way
from dialerd.domain.template import Template
from dialerd.domain.templatetext import MAX_SOURCE
from dialerd.domain.words import Channel

_Text = Annotated[str, Field(min_length=1, max_length=MAX_SOURCE)]


class Message(NodeSpec):
    """Write to the contact, while they are in the call: `text`, and for an e-mail `subject` and `html`, as templates of
    strategies have them. `route`: over that one; else over any that is up.

    What may not be sent (do-not-call lists, hours, rules, maxima), cannot be written (an attribute is missing) or is
    refused leads to on_fail, where `answer` has in a word why.
    """

    do: Literal["sms", "email"]
    text: _Text
    subject: Annotated[str, Field(max_length=500)] = ""
    html: bool | _Text = False
    route: str | None = None
    answer: str | None = None
    next: str
    on_fail: str

    @model_validator(mode="after")
    def _writable(self) -> Message:
        try:
            _ = self.template
        except ValidationError as error:
            raise ValueError(describe(error).removeprefix("file: ")) from None
        return self

    @cached_property
    def template(self) -> Template:
        return Template(channel=Channel(self.do), text=self.text, subject=self.subject, html=self.html)

    @property
    def ways(self) -> Iterator[Way]:
        yield Way(("next",), "sent", self.next)
        yield Way(("on_fail",), "fail", self.on_fail)

    @property
    def reads(self) -> Iterator[tuple[tuple[str | int, ...], frozenset[str]]]:
        yield ("text",), self.template.attributes

    @property
    def writes(self) -> Mapping[str, frozenset[str]]:
        return {"fail": frozenset({self.answer})} if self.answer else {}
