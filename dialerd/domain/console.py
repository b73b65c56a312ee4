"""What a campaign has its agents see and say: which attributes of a person, and a script with them filled in.

Not here: filling it in for somebody (usecases/agentpage.py), the language of scripts (templatetext.py).
"""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, Field, field_validator

from dialerd.domain.errors import BadInputError
from dialerd.domain.templatetext import TemplateText


class Console(BaseModel):
    """`fields`: the attributes shown, in their order; none: all of them. `script`: a text of domain/templatetext."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    fields: tuple[str, ...] = Field(default=(), strict=False)
    script: str = ""

    @field_validator("script")
    @classmethod
    def _script(cls, value: str) -> str:
        try:
            TemplateText(value)
        except BadInputError as error:
            raise ValueError(str(error)) from None
        return value
