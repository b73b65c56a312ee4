"""What a message says: a template as its author writes it, and what becomes of it for one contact.

Not here: the language of the texts in it (templatetext.py), sending, and how long an SMS may be (sms.py).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from html import escape
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator, model_validator

from dialerd.domain.campaign import describe
from dialerd.domain.errors import BadInputError
from dialerd.domain.templatetext import MAX_SOURCE, TemplateText
from dialerd.domain.words import Channel

CONTENT = "content"
"""The place of the text in an e-mail's own HTML."""

_LINK = re.compile(r"https?://[^\s<>\"]+[^\s<>\".,;:!?)\]']")
_Text = Annotated[str, Field(min_length=1, max_length=MAX_SOURCE)]


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """What one contact is to read. `subject` and `html` are an e-mail's; empty: it has none."""

    text: str
    subject: str = ""
    html: str = ""


class Template(BaseModel):
    """One text for all who get it; `{{ first_name }}` is each contact's own.

    `html` of an e-mail: true makes it from `text` (paragraphs, links); a text of its own is put around that, where it
    says {{ content }}; false: plain text only.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    channel: Annotated[Channel, Field(strict=False)]
    text: _Text
    subject: Annotated[str, Field(max_length=500)] = ""
    html: bool | _Text = False

    @field_validator("text", "subject", "html")
    @classmethod
    def _readable(cls, value: bool | str) -> bool | str:
        if isinstance(value, str):
            try:
                TemplateText(value)
            except BadInputError as error:
                raise ValueError(str(error)) from None
        return value

    @model_validator(mode="after")
    def _fits_channel(self) -> Template:
        if self.channel.is_call:
            raise ValueError("a call is no message; channel is sms or email")
        if self.channel is Channel.SMS and (self.subject or self.html):
            raise ValueError("an SMS has text only, no subject and no html")
        if self.channel is Channel.EMAIL and not self.subject.strip():
            raise ValueError("an e-mail needs a subject")
        if isinstance(self.html, str) and CONTENT not in TemplateText(self.html).attributes:
            raise ValueError("html lacks {{ content }}, the place of the text")
        return self

    @cached_property
    def attributes(self) -> frozenset[str]:
        """Every attribute that it names."""
        return (self._text.attributes | self._subject.attributes | self._html.attributes) - {CONTENT}

    def write(self, attributes: Mapping[str, str]) -> Written:
        """What one contact reads. Raises BadInputError where an attribute is missing or blank, or does not fit."""
        text = self._text.fill(attributes)
        if not text.strip():
            raise BadInputError("the text is empty for this contact", hint="see the conditions in it")
        if self.channel is Channel.SMS:
            return Written(text=text)
        subject = " ".join(self._subject.fill(attributes).split())
        if not subject:
            raise BadInputError("the subject is empty for this contact", hint="see the conditions in it")
        return Written(text=text, subject=subject, html=self._as_html(text, attributes))

    def _as_html(self, text: str, attributes: Mapping[str, str]) -> str:
        if self.html is False:
            return ""
        content = _paragraphs(text)
        if self.html is True:
            return f'<!DOCTYPE html>\n<html><head><meta charset="utf-8"></head><body>\n{content}\n</body></html>\n'
        return self._html.fill_html(
            {key: value for key, value in attributes.items() if key != CONTENT}, {CONTENT: content}
        )

    @cached_property
    def _text(self) -> TemplateText:
        return TemplateText(self.text)

    @cached_property
    def _subject(self) -> TemplateText:
        return TemplateText(self.subject)

    @cached_property
    def _html(self) -> TemplateText:
        return TemplateText(self.html if isinstance(self.html, str) else "")


def read_template(table: Mapping[str, Any], *, source: str) -> Template:
    """A template from its table. Raises BadInputError naming the key."""
    try:
        return Template.model_validate(dict(table))
    except ValidationError as error:
        raise BadInputError(f"{source}: {describe(error)}", hint="correct the key or take it out") from None


def _paragraphs(text: str) -> str:
    """The text as HTML: a blank line begins a paragraph, addresses become links, nothing in it is markup."""
    paragraphs = [each for each in re.split(r"\n\s*\n", text.replace("\r\n", "\n").strip()) if each]
    return "\n".join(f"<p>{_lines(each)}</p>" for each in paragraphs)


def _lines(paragraph: str) -> str:
    made = []
    end = 0
    for link in _LINK.finditer(paragraph):
        made.append(escape(paragraph[end : link.start()]))
        address = escape(link.group())
        made.append(f'<a href="{address}">{address}</a>')
        end = link.end()
    made.append(escape(paragraph[end:]))
    return "".join(made).replace("\n", "<br>\n")
