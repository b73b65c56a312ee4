"""What a person can ask of flows: keep them as their files say, and delete one that nothing needs.

Not here: what is wrong with a file by itself (domain/flow), calls that walk through a flow (engine).
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from dialerd.domain.call.moves import MAY_GIVE
from dialerd.domain.campaign import CampaignSpec
from dialerd.domain.errors import BadInputError, IllegalActionError, NotFoundError
from dialerd.domain.flow import FlowSpec
from dialerd.domain.soundcheck import ANY
from dialerd.domain.words import Channel
from dialerd.ports import Unit
from dialerd.ports.flows import FlowRow
from dialerd.usecases import definitions
from dialerd.usecases.agents import get_agent
from dialerd.usecases.filters import lacking
from dialerd.usecases.queues import get_queue


@dataclass(frozen=True, slots=True, kw_only=True)
class FlowApplied(definitions.Applied):
    """Of a node, the key in `changes` is node.NAME. `version`: the flow's, as it is then."""

    version: int


def apply_flow(unit: Unit, spec: FlowSpec, *, actor: str, now: datetime, dry_run: bool = False) -> FlowApplied:
    """Create a flow or bring it to `spec`; the same file twice changes nothing. `dry_run`: only tell.

    Calls that are in it go on by the flow that they began with.
    """
    check_queues(unit, spec)
    for name in sorted(spec.agents):
        get_agent(unit, name)
    for campaign in users_of(unit, spec.name):
        _check_codes(unit, spec, campaign)
    before = unit.flows.get(spec.name)
    done = definitions.apply(
        unit,
        "flow",
        spec.name,
        old=_keys(before.spec) if before else None,
        new=_keys(spec),
        put=lambda: unit.flows.put(spec, now),
        actor=actor,
        now=now,
        dry_run=dry_run,
    )
    version = (before.version if before else 0) + done.is_changed
    return FlowApplied(name=done.name, is_new=done.is_new, changes=done.changes, version=version)


def check_queues(unit: Unit, spec: FlowSpec) -> None:
    """Whether dialerd itself can put people through where the flow transfers them."""
    for name in sorted(spec.queues):
        queue = get_queue(unit, name)
        if queue.kind != "stasis":
            context, extension = queue.goes_on_at
            raise BadInputError(
                f"flow {spec.name}: queue {name} is of kind {queue.kind}, to whose agents dialerd cannot transfer",
                hint=f'transfer to context = "{context}", extension = "{extension}" instead',
            )


def check_flow(unit: Unit, campaign: CampaignSpec) -> None:
    """Whether there is the flow that a campaign names, and it gives no disposition that the campaign has not."""
    if campaign.flow is not None:
        _check_codes(unit, get_flow(unit, campaign.flow).spec, campaign)


def _check_codes(unit: Unit, spec: FlowSpec, campaign: CampaignSpec) -> None:
    named = unit.dispositions.get(campaign.dispositions) if campaign.dispositions else None
    if unknown := sorted(spec.dispositions - MAY_GIVE - set(named.codes if named else ())):
        raise BadInputError(
            f"flow {spec.name} gives disposition {', '.join(unknown)}, which campaign {campaign.name} has not",
            hint="put it into the set that the campaign names with dispositions = ..., "
            f"or give one of {', '.join(sorted(MAY_GIVE))}",
        )


def flow_warnings(unit: Unit, campaign: CampaignSpec) -> list[str]:
    """Attributes that the campaign's flow uses and no contact of one of its lists seems to have."""
    if campaign.flow is None:
        return []
    names = sorted(get_flow(unit, campaign.flow).spec.attributes)
    return lacking(unit, campaign.lists, names, f"flow {campaign.flow}")


def equipment_warnings(
    spec: FlowSpec, *, hosts: Collection[str], speaks: bool, routes: Mapping[Channel, Collection[str]]
) -> list[str]:
    """What the flow needs of the settings and they do not have: servers that may be asked, a voice, routes."""
    found = []
    if spec.has_speech and not speaks:
        found.append("it has texts to be spoken, and the settings have no [tts] command: such a call fails there")
    for host in sorted(spec.hosts - {each.casefold() for each in hosts}):
        found.append(f"it asks {host}, which is not among [web] hosts: on_fail is taken there")
    for channel, named in spec.channels.items():
        there = routes.get(channel, ())
        if not there:
            found.append(f"it sends over {channel}, for which the settings have no route: on_fail is taken there")
        for name in sorted(named - set(there)) if there else ():
            found.append(f"it sends over {name}, which is no route of the settings for {channel}: on_fail is taken")
    return found


def wanted_sounds(unit: Unit, spec: CampaignSpec) -> Mapping[str, frozenset[str]]:
    """The sounds that a campaign names, itself (in whatever language) or by its flow (in each of its languages)."""
    row = unit.flows.get(spec.flow) if spec.flow is not None else None
    wanted = {ANY: frozenset(spec.sounds)}
    return wanted if row is None else wanted | dict.fromkeys(sorted(row.spec.languages), row.spec.sounds)


def users_of(unit: Unit, name: str) -> list[CampaignSpec]:
    """The campaigns that lead people through a flow."""
    return [row.spec for row in unit.campaigns.all() if row.spec.flow == name]


def _keys(spec: FlowSpec) -> dict[str, Any]:
    table = spec.as_table()
    nodes = table.pop("node")
    return {**table, **{f"node.{name}": node for name, node in nodes.items()}}


def list_flows(unit: Unit) -> Sequence[FlowRow]:
    return unit.flows.all()


def get_flow(unit: Unit, name: str) -> FlowRow:
    row = unit.flows.get(name)
    if row is None:
        raise NotFoundError(f"there is no flow {name[:64]}", hint="make it with dialerd flow apply FILE.toml")
    return row


def delete_flow(unit: Unit, name: str, *, actor: str, now: datetime) -> None:
    """Refused while a campaign names it."""
    before = get_flow(unit, name)
    if users := users_of(unit, name):
        raise IllegalActionError(
            f"flow {name} is used by campaign {users[0].name}", hint="apply that campaign without it, or delete it"
        )
    unit.flows.delete(name)
    definitions.note_deleted(unit, "flow", name, _keys(before.spec), actor=actor, now=now)
