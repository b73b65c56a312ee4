"""What a person can ask of strategies, and which plan a campaign goes by.

Not here: what comes after an attempt (domain/strategy, onward.py).
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime

from dialerd.domain.campaign import CampaignSpec
from dialerd.domain.errors import BadInputError, IllegalActionError, NotFoundError
from dialerd.domain.strategy import Plan, Step, Strategy, plain, plan_of
from dialerd.domain.words import CampaignState, Channel, Disposition
from dialerd.ports import Unit
from dialerd.usecases import definitions
from dialerd.usecases.standing import standing

_SECTION = {Channel.SMS: "sms", Channel.EMAIL: "mail"}
_GOING = (CampaignState.ACTIVE, CampaignState.PAUSED, CampaignState.STOPPING)


def plan_for(unit: Unit, spec: CampaignSpec) -> Plan:
    """What a campaign goes by: its strategy, or else calls by its own retry rules. Raises NotFoundError."""
    if spec.strategy is None:
        return plain(spec.retry_policy)
    strategy = get_strategy(unit, spec.strategy)
    return plan_of(strategy, max_attempts=spec.max_attempts, is_mixed=spec.is_mixed)


def step_sent(unit: Unit, spec: CampaignSpec, name: str) -> Step | None:
    """The step that a message of a run was sent at; None: its campaign has no strategy, or that one is gone, as it may
    be once the run is over."""
    strategy = None if spec.strategy is None else unit.strategies.get(spec.strategy)
    return None if strategy is None else plan_of(strategy, max_attempts=spec.max_attempts).at(name).step


def own_route(plan: Plan, name: str, channel: Channel) -> str | None:
    """The route that a step names for itself; None: any with room will do."""
    step = plan.at(name).step
    return None if step is None or step.over is not channel else step.route


def get_strategy(unit: Unit, name: str) -> Strategy:
    found = unit.strategies.get(name)
    if found is None:
        raise NotFoundError(f"there is no strategy {name}", hint="make it with dialerd strategy apply FILE.toml")
    return found


def users_of(unit: Unit, name: str) -> list[str]:
    """The campaigns that name a strategy."""
    return [row.spec.name for row in unit.campaigns.all() if row.spec.strategy == name]


def apply_strategy(
    unit: Unit, given: Strategy, *, actor: str, now: datetime, dry_run: bool = False
) -> definitions.Applied:
    """Create a strategy or bring it to `given`; the same file twice changes nothing. `dry_run`: only tell.

    Raises IllegalActionError while a campaign that goes by it is running: its contacts stand at its steps.
    """
    before = unit.strategies.get(given.name)
    for row in unit.campaigns.all() if before != given else ():
        if row.spec.strategy != given.name:
            continue
        check_strategy(unit, row.spec, given)
        state = standing(unit, row, now).state
        if state in _GOING:
            raise IllegalActionError(
                f"campaign {row.spec.name}, which goes by strategy {given.name}, is {state}",
                hint="stop it first, or apply the strategy under another name",
            )
    return definitions.apply(
        unit,
        "strategy",
        given.name,
        old=before.as_table() if before else None,
        new=given.as_table(),
        put=lambda: unit.strategies.put(given, now),
        actor=actor,
        now=now,
        dry_run=dry_run,
    )


def delete_strategy(unit: Unit, name: str, *, actor: str, now: datetime) -> None:
    """Refused while a campaign names it."""
    before = get_strategy(unit, name)
    if users := users_of(unit, name):
        raise IllegalActionError(f"strategy {name} is used by campaign {users[0]}", hint="apply that one without it")
    unit.strategies.delete(name)
    definitions.note_deleted(unit, "strategy", name, before.as_table(), actor=actor, now=now)


def check_strategy(unit: Unit, spec: CampaignSpec, strategy: Strategy) -> list[str]:
    """Whether a campaign can go by a strategy; what its author should know. Raises BadInputError, NotFoundError."""
    missing = [key for key in spec.lacks_for_calls if strategy.needs_calls]
    if missing:
        raise BadInputError(
            f"campaign {spec.name}: strategy {strategy.name} makes calls, and the campaign has no"
            f" {' and no '.join(missing)}",
            hint="add what is missing, or name a strategy of messages only",
        )
    if strategy.needs_agents and spec.queue is None:
        raise BadInputError(
            f"campaign {spec.name}: strategy {strategy.name} has steps of agents, and the campaign is {spec.mode}",
            hint='give the campaign a mode with agents and a queue; its steps of channel "voice" reach them, too,'
            " where it has no on_human and no flow",
        )
    if spec.is_mixed and not strategy.has_voice:
        key = "flow" if spec.on_human is None else "on_human"
        raise BadInputError(
            f"campaign {spec.name}: {key} is for steps of channel voice, and strategy {strategy.name} has none",
            hint=f"take {key} out; in steps of channel agent the agents of the queue take the people who answer",
        )
    named = unit.dispositions.get(spec.dispositions) if spec.dispositions else None
    known = {*Disposition, *(named.codes if named else ())}
    if unknown := sorted(strategy.codes - known):
        raise BadInputError(
            f"campaign {spec.name}: strategy {strategy.name} has a rule for {', '.join(unknown)}, which no attempt"
            " ends in",
            hint="use the system's dispositions, or those of the set that the campaign names with dispositions = ...",
        )
    return list(_blanks(unit, spec, strategy))


def route_warnings(strategy: Strategy, routes: Mapping[Channel, Collection[str]]) -> list[str]:
    """What its messages need of the settings and they do not have; contacts wait at such a step. `routes`: the names of
    those of each channel."""
    found = []
    for step in strategy.step:
        there = routes.get(step.over, ())
        if step.is_message and not there:
            found.append(
                f"step {step.name} sends over {step.over}, for which the settings have no [[{_SECTION[step.over]}]]"
            )
        elif step.route is not None and step.route not in there:
            found.append(f"step {step.name} sends over {step.route}, which is no route of the settings for {step.over}")
    return [f"strategy {strategy.name}: {each}: whoever comes there waits" for each in found]


def _blanks(unit: Unit, spec: CampaignSpec, strategy: Strategy) -> list[str]:
    """Attributes of templates that no contact of a list seems to have: its messages would not be sent."""
    return [
        f"strategy {strategy.name}: template {template} needs {name}, which no contact of list {each} seems to have"
        for each in spec.lists
        for template, attributes in strategy.attributes
        for name in sorted(attributes - {"number"})
        if not unit.contacts.has_attribute(each, name)
    ]
