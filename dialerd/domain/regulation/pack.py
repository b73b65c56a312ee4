"""What a regulation pack is: its rules, where it applies, its version; and all packs that are known by name.

Not here: judging a call by them (judge.py), abandon meters (meter.py).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator

from dialerd.domain.errors import BadInputError, NotFoundError
from dialerd.domain.hours import CONTACT_ZONE, ContactHours, read_hours
from dialerd.domain.phone import known_region
from dialerd.domain.us_states import STATES
from dialerd.domain.words import Disposition

Scope = Literal["number", "campaign"]
"""What earlier calls count: every one to the number, or those of the same campaign (one subject, one debt) to the
person, at whichever of their numbers."""

LONGEST_WINDOW_H = 24 * 366 * 2
"""No rule looks further back."""


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)


class _Rule(_Part):
    """What every rule has. `status`: V read in the source, S in a secondary one, K not checked."""

    id: Annotated[str, Field(pattern=r"^[A-Z0-9][A-Z0-9-]{1,40}$")]
    text: str
    source: str
    status: Literal["V", "S", "K"]


class HoursRule(_Rule):
    """Calls only within these hours, by the wall clock of the called party."""

    kind: Literal["hours"]
    hours: dict[str, str | list[str]]

    @field_validator("hours")
    @classmethod
    def _hours(cls, value: dict[str, str | list[str]]) -> dict[str, str | list[str]]:
        read_hours({**value, "timezone": CONTACT_ZONE})
        return value

    @cached_property
    def windows(self) -> ContactHours:
        return read_hours({**self.hours, "timezone": CONTACT_ZONE})


class FrequencyRule(_Rule):
    """At most `max` calls within any `window_h` hours, the next one included."""

    kind: Literal["frequency"]
    max: Annotated[int, Field(ge=1, le=1000)]
    window_h: Annotated[int, Field(ge=1, le=24 * 366)]
    scope: Scope = "number"


class LockRule(_Rule):
    """No call for `for_h` hours after one that ended so; `unless`: an agent is reserved for the call beforehand."""

    kind: Literal["lock"]
    after: Annotated[tuple[Disposition, ...], Field(min_length=1, strict=False)]
    for_h: Annotated[int, Field(ge=1, le=LONGEST_WINDOW_H)]
    scope: Scope = "number"
    unless: Literal["reserved_agent"] | None = None

    @field_validator("after", mode="before")
    @classmethod
    def _dispositions(cls, value: object) -> object:
        return [Disposition(each) for each in value] if isinstance(value, list | tuple) else value


class MinRingRule(_Rule):
    """dialerd never cancels an unanswered call sooner."""

    kind: Literal["min_ring"]
    seconds: Annotated[float, Field(gt=0, le=60, strict=False)]


class AbandonRule(_Rule):
    """Abandoned calls are at most `cap` (a share) of the calls that a person answered, within the window.

    `with_false_positives`: people whom detection took for machines are both, as far as the campaign reckons them.
    """

    kind: Literal["abandon"]
    cap: Annotated[float, Field(gt=0, lt=1)]
    window: Literal["rolling 24 hours", "rolling 30 days", "successive 30 days", "calendar month"]
    with_false_positives: bool = False


class NoticeRule(_Rule):
    """For the reader: dialerd does not enforce it."""

    kind: Literal["notice"]


Rule = HoursRule | FrequencyRule | LockRule | MinRingRule | AbandonRule | NoticeRule


class Applies(_Part):
    """Where a pack applies, by the called number. `states`: of the United States, as two letters. Empty: everywhere."""

    countries: Annotated[tuple[str, ...], Field(strict=False)] = ()
    states: Annotated[tuple[str, ...], Field(strict=False)] = ()

    @field_validator("countries")
    @classmethod
    def _known_countries(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        return _all_known(value, known_region, "country's code (ISO 3166, such as GB)")

    @field_validator("states")
    @classmethod
    def _known_states(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        return _all_known(value, set(STATES.values()).__contains__, "state of the United States (such as FL)")


def _all_known(names: tuple[str, ...], is_known: Callable[[str], bool], what: str) -> tuple[str, ...]:
    """A name that no number can ever have would switch the whole pack off without a word."""
    for name in names:
        if not is_known(name):
            raise ValueError(f"{name!r} is no {what}")
    return names


class Pack(_Part):
    """The rules of one jurisdiction or trade. `includes`: other packs that come along with it."""

    name: Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9-]{0,40}$")]
    title: str
    version: Annotated[str, Field(pattern=r"^[0-9A-Za-z.-]{1,20}$")]
    checked_on: date
    applies: Applies
    includes: Annotated[tuple[str, ...], Field(strict=False)] = ()
    rules: Annotated[tuple[Annotated[Rule, Field(discriminator="kind")], ...], Field(strict=False, alias="rule")] = ()

    @property
    def label(self) -> str:
        """How an attempt remembers it."""
        return f"{self.name}@{self.version}"


def read_pack(name: str, table: Mapping[str, Any], *, source: str) -> Pack:
    """Check a pack's file. Raises BadInputError naming `source` and every wrong key."""
    try:
        pack = Pack.model_validate({**table, "name": name})
    except ValidationError as error:
        wrong = [f"{'.'.join(map(str, each['loc'])) or 'file'}: {each['msg']}" for each in error.errors()]
        raise BadInputError(f"{source}: {'; '.join(wrong)}", hint="correct the pack's file") from None
    ids = [rule.id for rule in pack.rules]
    if len(set(ids)) < len(ids):
        raise BadInputError(f"{source}: two rules have one id", hint="give each rule an id of its own")
    return pack


@dataclass(frozen=True, slots=True)
class Rulebook:
    """Every pack that is known, by name; `always`: those that every campaign is held to."""

    packs: Mapping[str, Pack]
    always: tuple[Pack, ...] = ()

    def of(self, names: tuple[str, ...]) -> tuple[Pack, ...]:
        """The packs that a campaign names, with those they include. Raises NotFoundError naming those there are."""
        found = {pack.name: pack for pack in self.always}
        left = list(names)
        while left:
            name = left.pop(0)
            if name in found:
                continue
            if name not in self.packs:
                known = ", ".join(sorted(self.packs)) or "none"
                raise NotFoundError(f"there is no regulation pack {name}", hint=f"there are: {known}")
            found[name] = self.packs[name]
            left += self.packs[name].includes
        return tuple(found.values())


def daily_limit(attempts: int) -> Pack:
    """The admin's own limit over all campaigns: at most so many calls to one number within 24 hours."""
    rule = FrequencyRule(
        id="LIMIT-PER-DAY",
        kind="frequency",
        text=f"at most {attempts} calls to one number within 24 hours, over all campaigns",
        source="the settings, [limits] attempts_per_number_per_day",
        status="V",
        max=attempts,
        window_h=24,
    )
    table = {"name": "limits", "title": "dialerd's settings", "version": str(attempts), "checked_on": date.min}
    return Pack.model_validate({**table, "applies": {}, "rule": [rule]})


EMPTY = Rulebook({})
"""For a campaign that names no pack; whoever names one is told that it is not known."""
