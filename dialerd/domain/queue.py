"""What a queue is: who serves it, how their phones are held and for how long they wrap up, checked as it is read.

Not here: who waits in it or works for it now (engine/agentdesk.py). A queue is a TOML file and back.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator, model_validator

from dialerd.domain.blending import Blending
from dialerd.domain.campaign import EXTENSION, NAME, describe
from dialerd.domain.errors import BadInputError

_REASON_LENGTH = 40


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)


class QueueSpec(_Part):
    """The definition of a queue.

    `kind` stasis: dialerd itself puts people through to `agents`, whose legs are *kept* (called once at login) or rung
    *on demand*, for `ring_s`, with `music` while they wait. `patience_s`: how long a person who has answered waits for
    an agent at most. `pause_reasons`: those an agent may give; none: any. app_queue: the call goes on in the admin's
    dialplan at `context`, `extension`, where Asterisk's own queue of that extension's name takes it, with its members;
    who has found none of them within `patience_s` is brought back. `wrap_up_s` is then the queue's wrapuptime there.
    """

    name: str
    description: str = ""
    kind: Literal["stasis", "app_queue"] = "stasis"
    agents: tuple[str, ...] = Field(default=(), strict=False)
    legs: Literal["kept", "on_demand"] = "kept"
    wrap_up_s: Annotated[float, Field(ge=0, le=3600)] = 30.0
    ring_s: Annotated[float, Field(ge=1, le=120)] = 20.0
    music: str = "default"
    patience_s: Annotated[float, Field(gt=0, le=2)] = 2.0
    pause_reasons: tuple[str, ...] = Field(default=(), strict=False)
    blending: Blending | None = None
    context: str = "dialerd-queue"
    extension: str = ""

    @field_validator("name")
    @classmethod
    def _name(cls, value: str) -> str:
        if not NAME.match(value):
            raise ValueError("a name is 1 to 64 of a-z, 0-9, - _ . and begins with a letter or digit")
        return value

    @field_validator("agents")
    @classmethod
    def _agents(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        if wrong := [each for each in value if not NAME.match(each)]:
            raise ValueError(f"{wrong[0][:64]!r} is no agent's name")
        return _once(value, "is an agent twice")

    @field_validator("music", "context")
    @classmethod
    def _asterisk_name(cls, value: str) -> str:
        if not EXTENSION.match(value):
            raise ValueError("is a name in Asterisk: letters, digits, _ * # -")
        return value

    @field_validator("extension")
    @classmethod
    def _extension(cls, value: str) -> str:
        return value and cls._asterisk_name(value)

    @field_validator("pause_reasons")
    @classmethod
    def _reasons(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        for each in value:
            check_reason(each)
        return _once(value, "is a reason twice")

    @model_validator(mode="after")
    def _of_its_kind(self) -> QueueSpec:
        foreign = self.model_fields_set & _ONLY_FOR["stasis" if self.kind == "app_queue" else "app_queue"]
        if foreign:
            raise ValueError(f"{', '.join(sorted(foreign))}: not for kind = {self.kind!r}")
        return self

    @property
    def theirs_wrap_up_s(self) -> float:
        """What Asterisk's own queue gives its members after a call: none, where the author says nothing of it."""
        return self.wrap_up_s if "wrap_up_s" in self.model_fields_set else 0.0

    @property
    def goes_on_at(self) -> tuple[str, str]:
        """Context and extension of a queue of Asterisk's own; an extension that is not given is the queue's name."""
        return self.context, self.extension or self.name

    def as_table(self) -> dict[str, Any]:
        """The definition as its TOML file has it, defaults included, what is not set and not of its kind left out."""
        table = self.model_dump(mode="json", exclude_none=True)
        left_out = _ONLY_FOR["stasis" if self.kind == "app_queue" else "app_queue"]
        if self.kind == "app_queue":
            left_out |= {"wrap_up_s"} - self.model_fields_set
        return {key: value for key, value in table.items() if key not in left_out and value not in ("", [])}


_ONLY_FOR: Mapping[str, frozenset[str]] = {
    "stasis": frozenset({"agents", "legs", "ring_s", "music", "pause_reasons", "blending"}),
    "app_queue": frozenset({"context", "extension"}),
}


def check_reason(reason: str) -> str:
    """A reason to pause. Raises ValueError."""
    if not 1 <= len(reason) <= _REASON_LENGTH or not reason.isprintable() or reason != reason.strip():
        raise ValueError(f"a reason is 1 to {_REASON_LENGTH} printable characters")
    return reason


def _once(values: tuple[str, ...], complaint: str) -> tuple[str, ...]:
    if twice := sorted({each for each in values if values.count(each) > 1}):
        raise ValueError(f"{twice[0]} {complaint}")
    return values


def read_queue(table: Mapping[str, Any], *, source: str) -> QueueSpec:
    """Check a queue file's contents. Raises BadInputError naming `source`, every wrong key and the remedy."""
    try:
        return QueueSpec.model_validate(table)
    except ValidationError as error:
        raise BadInputError(f"{source}: {describe(error)}", hint="correct the file and apply it again") from None
