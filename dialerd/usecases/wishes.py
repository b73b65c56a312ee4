"""A callback as it is asked for, and what its parts mean: when, whose clock, at which number, by whom.

Not here: what becomes of it (callbacks.py).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from dialerd.domain import callback as rule
from dialerd.domain.campaign import CampaignSpec
from dialerd.domain.errors import BadInputError, IllegalActionError
from dialerd.domain.hours import is_zone
from dialerd.domain.optout import GLOBAL_LIST
from dialerd.domain.words import Mode
from dialerd.ports import Unit
from dialerd.usecases.agents import get_agent

MAX_NOTES = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """A callback as it is asked for. `at`: a time as people write it, by the customer's clock where it has no offset,
    or a moment; None only where something else has one. `zone`: whose clock, in place of the number's. `number` None:
    the one the contact is called at.

    `fallback_min`: when an agent's own becomes anybody's; None: as the campaign has it; `never_anybody`: it does not.
    """

    at: str | datetime | None = None
    number: str | None = None
    zone: str | None = None
    agent: str | None = None
    fallback_min: float | None = None
    never_anybody: bool = False
    notes: str = ""


def check_may_be_called(unit: Unit, spec: CampaignSpec, number: str, now: datetime) -> None:
    listed = [entry.list_name for entry in unit.dnc.check(number, now) if entry.list_name in (GLOBAL_LIST, spec.dnc)]
    if listed:
        raise IllegalActionError(
            f"the number is on the do-not-call list {listed[0]}",
            hint="where the customer wants to be called again, take it off with dialerd dnc remove",
        )


def when_of(wish: Wish, zones: Sequence[str], now: datetime) -> tuple[datetime, str]:
    """The moment asked for and the zone whose clock it was read by."""
    if wish.zone is not None and not is_zone(wish.zone):
        raise BadInputError(f"{wish.zone[:40]!r} is no time zone", hint="use a name like America/New_York")
    if wish.at is None:
        raise BadInputError("a callback needs a time", hint="say when, like 2026-12-01T15:00 or in how many minutes")
    clocks = (wish.zone,) if wish.zone is not None else tuple(zones)
    at = rule.read_due(wish.at, zones=clocks) if isinstance(wish.at, str) else wish.at
    rule.check_due(at, now)
    return at, clocks[0] if clocks else "UTC"


def agent_of(unit: Unit, spec: CampaignSpec, wish: Wish) -> str | None:
    if wish.agent is None:
        if wish.fallback_min is not None or wish.never_anybody:
            raise BadInputError("a fallback is for an agent's own callback", hint="name the agent, too")
        return None
    if spec.mode is Mode.AGENTLESS:
        raise BadInputError(
            f"campaign {spec.name} is agentless: no agent can have a callback of it", hint="leave the agent out"
        )
    if not get_agent(unit, wish.agent).may_outbound:
        raise IllegalActionError(
            f"agent {wish.agent} has no permission for calls of campaigns", hint="name another agent, or nobody"
        )
    return wish.agent


def fallback_of(spec: CampaignSpec, wish: Wish) -> timedelta | None:
    if wish.agent is None or wish.never_anybody:
        return None
    minutes = spec.callback_rules.fallback_min if wish.fallback_min is None else wish.fallback_min
    if not 0 <= minutes <= rule.LONGEST_FALLBACK_MIN:
        raise BadInputError(
            f"a fallback after {minutes:g} minutes is out of range",
            hint=f"give 0 to {rule.LONGEST_FALLBACK_MIN} minutes, or none at all",
        )
    return timedelta(minutes=minutes)


def checked_notes(text: str) -> str:
    if len(text) > MAX_NOTES:
        raise BadInputError(f"the notes have {len(text)} characters", hint=f"{MAX_NOTES} are kept at most")
    return text
