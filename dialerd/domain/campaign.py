"""What a campaign is: the settings a person writes, checked as they are read.

Not here: where it stands (lifecycle.py). A campaign is a TOML file and back; its keys are users' names and stay.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, date, datetime
from functools import cached_property
from typing import Annotated, Any, Literal
from zoneinfo import ZoneInfo

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator, model_validator

from dialerd.domain.callback import CallbackRules
from dialerd.domain.console import Console
from dialerd.domain.errors import BadInputError
from dialerd.domain.filters import Filter, read_filter
from dialerd.domain.finish import Finish
from dialerd.domain.hours import CONTACT_ZONE, ContactHours, is_zone, read_hours
from dialerd.domain.machines import Screened, Voicemail
from dialerd.domain.ordering import attribute_of
from dialerd.domain.retry import RetryPolicy, RetryRule
from dialerd.domain.schedule import Schedule
from dialerd.domain.sounds import check_sound, is_sound
from dialerd.domain.words import Channel, Disposition, Mode, Order

NAME = re.compile(r"[a-z0-9][a-z0-9._-]{0,63}\Z")
EXTENSION = re.compile(r"[A-Za-z0-9_*#-]{1,40}\Z")
E164 = re.compile(r"\+[1-9][0-9]{6,14}\Z")
_CALLBACK_RULES = CallbackRules()


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)


class OnHuman(_Part):
    """What an answered person gets: a sound, or the admin's own dialplan from `context`, `extension`, priority 1."""

    play: str | None = None
    context: str | None = None
    extension: str = "s"

    @model_validator(mode="after")
    def _one_way(self) -> OnHuman:
        if (self.play is None) == (self.context is None):
            raise ValueError("needs exactly one of play and context")
        if self.play is not None and not is_sound(self.play):
            raise ValueError("play is a sound's name or absolute path: letters, digits, / _ . -")
        if self.context is not None and not EXTENSION.match(self.context):
            raise ValueError("context is a dialplan context: letters, digits, _ * # -")
        if not EXTENSION.match(self.extension):
            raise ValueError("extension is a dialplan extension: letters, digits, _ * # -")
        return self


class Retry(_Part):
    disposition: Disposition = Field(strict=False)
    after_min: Annotated[float, Field(ge=0, le=43200)]
    max: Annotated[int, Field(ge=0, le=100)]
    number: Literal["same", "next"] | None = None


class Preview(_Part):
    """How records are shown: an agent has `timer_s` to dial or skip one; then `on_timeout` is done with it.

    An agent may skip `max_skips` of them in a run (None: any number), those by the timer included; then none.
    """

    timer_s: Annotated[int, Field(ge=1, le=3600)] = 30
    on_timeout: Literal["dial", "skip"] = "dial"
    max_skips: Annotated[int, Field(ge=0, le=100_000)] | None = None


_OF_AGENTS = frozenset({"queue", "console", "abandon_message", "abandon_target", "amd_holdout"})
_OF_AGENTLESS = frozenset({"on_human", "flow"})
_OF_MODE = {"ratio": Mode.POWER, "preview": Mode.PREVIEW, "late_cancel": Mode.PREDICTIVE}
_WITHOUT_AMD = frozenset({Mode.POWER, Mode.PREVIEW})
"""Modes in which an agent is kept free for the call: nobody has to listen first whether a person is there."""


_BY_STRATEGY = 100
"""`max_attempts` where it is not given: a strategy's own rules bound it more tightly."""

_UNLIMITED: Mapping[str, float] = {"max_calls": 10_000, "calls_per_second": 1000.0}
"""What agents can serve limits the calls of the modes with agents; a limit beside that is one that somebody gives."""


class CampaignSpec(_Part):
    """The definition of a campaign. Times in the units of their names.

    `filter` keeps some contacts of the lists (domain/filters); `dnc` is the do-not-call list obeyed beside the global
    one; `positive` are the dispositions that count as success; `then` is the campaign that is started when a run of
    this one has completed. Without agents a person gets `on_human`, or is led through `flow`. In the modes with agents
    `queue` takes the people who answer, and who finds no agent there hears `abandon_message`; predictive keeps the
    share of those under `abandon_target`. Whoever presses `opt_out_key` while a message is played is never called
    again. `strategy` names the steps over channels that a contact goes through; without one there are calls alone, by
    the retry rules. With a strategy a mode with agents may have `on_human` or `flow` beside its queue (`is_mixed`).
    What lacks something that a run needs (`lacks`) is a draft.
    """

    name: str
    description: str = ""
    mode: Mode = Field(default=Mode.AGENTLESS, strict=False)
    priority: Annotated[int, Field(ge=1, le=5)] = 5
    lists: tuple[str, ...] = Field(min_length=1, strict=False)
    trunk: str = ""
    caller_id: str = ""
    on_human: OnHuman | None = None
    flow: str | None = None
    queue: str | None = None
    ratio: Annotated[int, Field(ge=1, le=10)] = 2
    preview: Preview = Preview()
    voicemail: Voicemail | None = None
    screened: Screened | None = None
    record: bool = False
    consent: str | None = None
    console: Console | None = None
    abandon_message: str | None = None
    abandon_target: Annotated[float, Field(gt=0, le=0.2)] = 0.03
    late_cancel: bool = False  # predictive may hang up calls that rang their minimum when no agent would be free
    opt_out_key: Annotated[str, Field(pattern=r"^[0-9*#]$")] | None = None
    amd: bool = True
    amd_holdout: Annotated[float, Field(ge=0, le=0.5)] = 0.0  # of the answered calls: agents get them whatever AMD says
    machine_error: Annotated[float, Field(ge=0, le=0.5)] = 0.0  # of the machines that detection finds: people
    max_ring_s: Annotated[int, Field(ge=1, le=120)] = 25
    max_attempts: Annotated[int, Field(ge=1, le=100)] = 1
    max_attempts_per_number: Annotated[int, Field(ge=1, le=100)] | None = None
    numbers: Literal["contacts-first", "numbers-first"] = "contacts-first"
    retry_after_min: Annotated[float, Field(ge=0, le=43200)] = 60.0
    order: str = Order.FIFO.value
    max_calls: Annotated[int, Field(ge=1, le=10_000)] = 1
    calls_per_second: Annotated[float, Field(gt=0, le=1000)] = 1.0
    finite: bool = True
    hours: dict[str, str | list[str]] = Field(default={"timezone": "contact", "mon-sun": "08:00-21:00"})
    retry: tuple[Retry, ...] = Field(default=(), strict=False)
    filter: str | None = None
    dnc: str | None = None
    dispositions: str | None = None
    strategy: str | None = None
    positive: tuple[str, ...] = Field(default=(Disposition.ANSWERED_HUMAN.value,), strict=False)
    regulations: tuple[str, ...] = Field(default=(), strict=False)
    finish: Finish | None = None
    callbacks: CallbackRules | None = None
    schedule: tuple[Schedule, ...] = Field(default=(), strict=False)
    then: str | None = None

    @model_validator(mode="before")
    @classmethod
    def _by_mode(cls, table: Any) -> Any:
        """What is not given is what the mode takes it for."""
        mode = table.get("mode", Mode.AGENTLESS) if isinstance(table, Mapping) else None
        if isinstance(table, Mapping) and table.get("strategy") is not None:
            table = {"max_attempts": _BY_STRATEGY, **table}
        if not isinstance(table, Mapping) or mode == Mode.AGENTLESS:
            return table
        is_mixed = any(table.get(key) is not None for key in _OF_AGENTLESS)
        unlimited = {} if is_mixed else _UNLIMITED
        return {**unlimited, **({"amd": False} if mode in _WITHOUT_AMD else {}), **table}

    @field_validator("name")
    @classmethod
    def _name(cls, value: str) -> str:
        if not NAME.match(value):
            raise ValueError("a name is 1 to 64 of a-z, 0-9, - _ . and begins with a letter or digit")
        return value

    @field_validator("queue", "flow", "strategy")
    @classmethod
    def _other_name(cls, value: str | None) -> str | None:
        return None if value is None else cls._name(value)

    @field_validator("abandon_message", "consent")
    @classmethod
    def _sound(cls, value: str | None) -> str | None:
        return None if value is None else check_sound(value)

    @field_validator("caller_id")
    @classmethod
    def _caller_id(cls, value: str) -> str:
        if value and not E164.match(value):
            raise ValueError("a caller ID is a number in E.164 form, like +12125550100")
        return value

    @field_validator("hours")
    @classmethod
    def _hours(cls, value: dict[str, str | list[str]]) -> dict[str, str | list[str]]:
        read_hours(value)
        return value

    @field_validator("then")
    @classmethod
    def _then(cls, value: str | None) -> str | None:
        return None if value is None else cls._name(value)

    @field_validator("order")
    @classmethod
    def _order(cls, value: str) -> str:
        attribute_of(value)
        return value

    @field_validator("filter")
    @classmethod
    def _filter(cls, value: str | None) -> str | None:
        if value is not None:
            try:
                read_filter(value)
            except BadInputError as error:
                raise ValueError(str(error)) from None
        return value

    @field_validator("schedule", mode="before")
    @classmethod
    def _one_or_several(cls, value: object) -> object:
        return (value,) if isinstance(value, Mapping) else value

    @field_validator("retry")
    @classmethod
    def _one_rule_each(cls, value: tuple[Retry, ...]) -> tuple[Retry, ...]:
        named = [each.disposition for each in value]
        if twice := sorted({each for each in named if named.count(each) > 1}):
            raise ValueError(f"two rules for {twice[0]}: only one of them could be obeyed")
        return value

    @field_validator("lists")
    @classmethod
    def _each_list_once(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        if twice := sorted({each for each in value if value.count(each) > 1}):
            raise ValueError(f"{twice[0]} is named twice")
        return value

    @model_validator(mode="after")
    def _scheduled_somewhere(self) -> CampaignSpec:
        for each in self.schedule:
            if each.timezone is None and self.contact_hours.timezone == CONTACT_ZONE:
                raise ValueError('schedule: timezone is missing, as the contact hours are in "contact", each his own')
            if each.timezone is not None and not is_zone(each.timezone):
                raise ValueError(f"schedule: timezone {each.timezone!r} is no time zone")
        return self

    @model_validator(mode="after")
    def _of_its_mode(self) -> CampaignSpec:
        foreign = {key for key, mode in _OF_MODE.items() if mode is not self.mode} & self.model_fields_set
        if self.on_human is not None and self.flow is not None:
            raise ValueError("on_human and flow: only one of them can have the people who answer")
        if self.mode is Mode.AGENTLESS:
            foreign |= _OF_AGENTS & self.model_fields_set
        elif self.is_mixed and self.strategy is None:
            key = "flow" if self.on_human is None else "on_human"
            raise ValueError(
                f"{key}: in mode {self.mode} the agents of the queue take the people who answer;"
                " only a strategy has calls of both kinds"
            )
        if not self.amd and (self.voicemail or self.screened):
            raise ValueError("voicemail, screened: only amd = true tells a machine from a person")
        if not self.amd and self.amd_holdout:
            raise ValueError("amd_holdout: only amd = true has a verdict to be held out from")
        if foreign:
            raise ValueError(f"{', '.join(sorted(foreign))}: not for mode {self.mode}")
        if self.strategy is not None and self.retry:
            raise ValueError("retry: the rules of the strategy's steps say what is tried again")
        return self

    @property
    def schedules(self) -> tuple[tuple[Schedule, str], ...]:
        """Each schedule with its zone: its own, else that of the contact hours."""
        return tuple((each, each.timezone or self.contact_hours.timezone) for each in self.schedule)

    @property
    def is_mixed(self) -> bool:
        """Whether some of its calls are an agent's and others are not, as the steps of its strategy have it."""
        return self.mode is not Mode.AGENTLESS and (self.on_human is not None or self.flow is not None)

    def of_calls(self, channel: Channel) -> CampaignSpec:
        """The campaign as its calls over that channel know it: a mixed one is two, each with a pace of its own.

        `max_calls` and `calls_per_second` of a mixed campaign are those of its automated calls.
        """
        if not self.is_mixed:
            return self
        return self._automated if channel is Channel.AUTOMATED else self._with_agents

    def model_copy(self, *, update: Mapping[str, Any] | None = None, deep: bool = False) -> CampaignSpec:
        """What was made of the keys before (hours, rules, the filter) is made anew of those of the copy."""
        copied = super().model_copy(update=update, deep=deep)
        for name in copied.__dict__.keys() - CampaignSpec.model_fields.keys():
            del copied.__dict__[name]
        return copied

    @cached_property
    def _automated(self) -> CampaignSpec:
        unset = {key: CampaignSpec.model_fields[key].get_default() for key in (*_OF_AGENTS, *_OF_MODE)}
        return self.model_copy(update={**unset, "mode": Mode.AGENTLESS})

    @cached_property
    def _with_agents(self) -> CampaignSpec:
        return self.model_copy(update={**dict.fromkeys(_OF_AGENTLESS), **_UNLIMITED})

    @property
    def is_limited(self) -> bool:
        """Whether `max_calls` or `calls_per_second` limit the calls."""
        return self.mode is Mode.AGENTLESS or any(getattr(self, key) != most for key, most in _UNLIMITED.items())

    @property
    def per_number(self) -> int:
        """The most attempts at one number of a contact within a run."""
        return self.max_attempts_per_number or self.max_attempts

    @property
    def callback_rules(self) -> CallbackRules:
        """What the campaign's callbacks are held to, its own table or none."""
        return self.callbacks or _CALLBACK_RULES

    @property
    def lacks(self) -> tuple[str, ...]:
        """The keys that a run needs and that are not given. With a strategy it depends on that (`lacks_for_calls`)."""
        return () if self.strategy is not None else self.lacks_for_calls

    @property
    def lacks_for_calls(self) -> tuple[str, ...]:
        """The keys that calls need and that are not given."""
        is_served = {"on_human": self.on_human or self.flow}
        taker = is_served if self.mode is Mode.AGENTLESS else {"queue": self.queue}
        given = {"trunk": self.trunk, "caller_id": self.caller_id, **taker}
        return tuple(key for key, value in given.items() if not value)

    @property
    def sounds(self) -> tuple[str, ...]:
        """Every sound that it names itself, in the order in which somebody would hear them."""
        message = self.on_human.play if self.on_human else None
        said = [each.play for each in (self.screened, self.voicemail) if each is not None]
        return tuple(each for each in (self.consent, message, *said, self.abandon_message) if each is not None)

    @property
    def keeps(self) -> Filter | None:
        """The filter as a tree; None: every contact is kept."""
        return None if self.filter is None else read_filter(self.filter)

    def today(self, now: datetime) -> date:
        """The date that a filter's today() stands for: in the campaign's zone; in UTC where that is the contact's."""
        zone = self.contact_hours.timezone
        return now.astimezone(UTC if zone == CONTACT_ZONE else ZoneInfo(zone)).date()

    @cached_property
    def contact_hours(self) -> ContactHours:
        return read_hours(self.hours)

    @cached_property
    def retry_policy(self) -> RetryPolicy:
        rules = [
            RetryRule(disposition=r.disposition, after_min=r.after_min, max=r.max, number=r.number) for r in self.retry
        ]
        return RetryPolicy(max_attempts=self.max_attempts, retry_after_min=self.retry_after_min, rules=tuple(rules))

    def as_table(self) -> dict[str, Any]:
        """The definition as its TOML file has it, defaults included, empty values left out."""
        table = self.model_dump(mode="json", exclude_none=True)
        if len(self.schedule) == 1:
            (table["schedule"],) = table["schedule"]
        if self.finish is not None:
            table["finish"] = {key: value for key, value in table["finish"].items() if value != {}}
        unset = {key for key in ("trunk", "caller_id", "schedule", "retry", "regulations") if not table[key]}
        unset |= {key for key, mode in _OF_MODE.items() if mode is not self.mode}
        if self.mode is Mode.AGENTLESS:
            unset |= _OF_AGENTS
        elif not self.is_mixed:
            unset |= {key for key, unlimited in _UNLIMITED.items() if table[key] == unlimited}
        return {key: value for key, value in table.items() if key not in unset}


_REMEDY = "correct the file and apply it again"


def read_campaign(table: Mapping[str, Any], *, source: str, remedy: str = _REMEDY) -> CampaignSpec:
    """Check a campaign file's contents. Raises BadInputError naming `source`, every wrong key and the remedy.

    `remedy`: what to do where the wrong value does not come from a file.
    """
    try:
        return CampaignSpec.model_validate(table)
    except ValidationError as error:
        raise BadInputError(f"{source}: {describe(error)}", hint=remedy) from None


_OF_PYTHON = re.compile(r"^(?:Tuple|List|Set|Dictionary) should have")


def describe(error: ValidationError) -> str:
    """Every complaint of a failed check as `key: what is wrong`, joined by semicolons; given values are not shown."""
    complaints = []
    for item in error.errors(include_url=False, include_input=False, include_context=False):
        key = ".".join(str(part) for part in item["loc"]) or "file"
        known = {"extra_forbidden": "unknown key", "missing": "is missing"}
        text = known.get(item["type"], _OF_PYTHON.sub("needs", item["msg"]).removesuffix(" after validation, not 0"))
        complaints.append(f"{key}: {text.removeprefix('Value error, ')}")
    return "; ".join(complaints)
