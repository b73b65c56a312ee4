"""What a person can ask of campaign definitions.

Not here: running them (runs.py).
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from dialerd.domain import finish
from dialerd.domain.campaign import CampaignSpec, read_campaign
from dialerd.domain.errors import AlreadyExistsError, BadInputError, IllegalActionError, NotFoundError
from dialerd.domain.lifecycle import Action, campaign_state, check_edit, next_state
from dialerd.domain.regulation import EMPTY, REMEMBERED, Rulebook
from dialerd.domain.schedule import next_occurrence, occurrence_at
from dialerd.domain.trunk import Trunk
from dialerd.domain.words import CampaignState, Channel, Mode, RunState
from dialerd.ports import CampaignRow, RunRow, Unit
from dialerd.usecases.definitions import changes_of, note_deleted, told
from dialerd.usecases.dispositions import check_codes
from dialerd.usecases.dnc import known_dnc
from dialerd.usecases.filters import lacking_fields
from dialerd.usecases.flows import check_flow, flow_warnings
from dialerd.usecases.lists import unlike_fields
from dialerd.usecases.queues import get_queue
from dialerd.usecases.regulation import check_regulations, regulation_warnings
from dialerd.usecases.standing import Standing, get_campaign, standing
from dialerd.usecases.strategies import check_strategy, get_strategy, route_warnings

_UNTOLD = "abandon_message is missing: a person for whom no agent is free hears nothing, which some rules forbid"
_OTHER_NAME = "choose another name"
_DELETED_AT_ONCE = 500  # targets, with their attempts, per transaction


@dataclass(frozen=True, slots=True, kw_only=True)
class Applied:
    """What applying a file does: `changes` maps a key to its old and new value (None: not set).

    `state` is where the campaign stands then; `lacks` what it needs before it can run; `warnings` what its author
    should know, and is obeyed all the same.
    """

    name: str
    is_new: bool
    changes: Mapping[str, tuple[Any, Any]]
    state: CampaignState
    lacks: Sequence[str]
    warnings: Sequence[str]


def apply_campaign(
    unit: Unit,
    spec: CampaignSpec,
    *,
    trunks: Mapping[str, Trunk],
    rulebook: Rulebook = EMPTY,
    actor: str,
    now: datetime,
    dry_run: bool = False,
    routes: Mapping[Channel, Collection[str]] | None = None,
) -> Applied:
    """Create a campaign or bring it to `spec`; the same file twice changes nothing. `dry_run`: only tell.

    `routes`: the settings' ways out for messages, by channel; None: whether a strategy has what it needs is not told.
    A paused run goes on by the changed fields; a run that is over keeps the definition it had.
    """
    check_way_out(spec, trunks)
    check_regulations(spec, rulebook)
    check_codes(unit, spec)
    _check_lists(unit, spec)
    _check_queue(unit, spec)
    check_flow(unit, spec)
    if spec.dnc is not None:
        known_dnc(unit, spec.dnc)
    warnings = [*_check_follow_up(unit, spec), *unlike_fields(unit, spec.lists), *lacking_fields(unit, spec)]
    warnings += flow_warnings(unit, spec)
    if spec.strategy is not None:
        strategy = get_strategy(unit, spec.strategy)
        warnings += check_strategy(unit, spec, strategy)
        warnings += [] if routes is None else route_warnings(strategy, routes)
    if spec.queue is not None and spec.abandon_message is None:
        warnings.append(_UNTOLD)
    warnings += regulation_warnings(spec, rulebook)
    if spec.finish is not None:
        warnings += finish.warnings(spec.finish, mode=spec.mode, now=now)
    if spec.schedules and next_occurrence(spec.schedules, after=now) is None:
        warnings.append("schedule: its last start has passed, so it starts nothing more")
    before = unit.campaigns.get(spec.name)
    changes = changes_of(before.spec.as_table() if before else None, spec.as_table())
    if before is not None and changes:
        # Contacts of a paused run stand at calls of the one kind or the other.
        kinds = ("on_human", "flow") if before.spec.is_mixed != spec.is_mixed else ()
        check_edit(standing(unit, before, now).state, changes, campaign=spec.name, fixed_too=kinds)
    if changes and not dry_run:
        row = unit.campaigns.put(spec, now)
        _change_run(unit, row, changes)
        unit.audit.add(actor=actor, action="campaign_applied", subject=spec.name, detail=told(changes), now=now)
    return Applied(
        name=spec.name,
        is_new=before is None,
        changes=changes,
        state=_state_with(unit, spec, before, now),
        lacks=spec.lacks,
        warnings=warnings,
    )


def _check_queue(unit: Unit, spec: CampaignSpec) -> None:
    """The queue that takes the people who answer."""
    if spec.queue is None:
        return
    queue = get_queue(unit, spec.queue)
    if queue.kind == "app_queue" and spec.consent is not None:
        raise BadInputError(
            f"campaign {spec.name}: queue {spec.queue} is Asterisk's own: dialerd cannot announce anything there",
            hint="leave consent out and announce it in the dialplan that leads into the queue",
        )
    if queue.kind == "app_queue" and spec.mode is Mode.PREVIEW:
        raise BadInputError(
            f"campaign {spec.name}: queue {spec.queue} is Asterisk's own, whose members cannot be shown a record",
            hint='use a queue of kind "stasis", or another mode',
        )


def _state_with(unit: Unit, spec: CampaignSpec, before: CampaignRow | None, now: datetime) -> CampaignState:
    """The state under the new definition, kept or not."""
    if before is None:
        soon = next_occurrence(spec.schedules, after=now)
        return campaign_state(lacks=spec.lacks, run=None, next_start_at=None if soon is None else soon.start_at)
    return standing(unit, replace(before, spec=spec), now).state


def _change_run(unit: Unit, row: CampaignRow, changes: Mapping[str, tuple[Any, Any]]) -> None:
    """A paused run takes the changed fields over, and only those: its pace may have been changed by hand."""
    run = unit.runs.latest(row.id)
    if run is None or run.state is not RunState.PAUSED:
        return
    table = {**run.spec.as_table(), **{key: new for key, (_, new) in changes.items()}}
    given = {key: value for key, value in table.items() if value is not None}
    unit.runs.set_spec(run.id, read_campaign(given, source=f"the changed run of campaign {row.spec.name}"))
    if changes.keys() & {"schedule", "hours"}:
        _change_window(unit, row, run)
    unit.runs.request_scrub(run.id)
    if "filter" in changes:  # nothing else that may change now decides who is in the run
        unit.runs.request_refill(run.id)


def _change_window(unit: Unit, row: CampaignRow, run: RunRow) -> None:
    """A run that its schedule has started ends when the schedule now says, and calls at night only where it may.

    Where the schedule does not have that start any more, its end stays and its precedence over the hours is gone.
    """
    started = unit.occurrences.of_run(row.id, run.id)
    if started is None:
        return
    again = occurrence_at(row.spec.schedules, started.start_at)
    ends_at = run.ends_at if again is None else again.ends_at
    unit.runs.set_window(run.id, ends_at=ends_at, precedence=again is not None and again.precedence)


def _check_lists(unit: Unit, spec: CampaignSpec) -> None:
    for name in spec.lists:
        if unit.lists.get(name) is None:
            raise NotFoundError(
                f"campaign {spec.name} names list {name}, which does not exist",
                hint=f"make it with dialerd list create {name}, or import a file into it",
            )


def _check_follow_up(unit: Unit, spec: CampaignSpec) -> list[str]:
    """Follow the links on from `spec`. Raises BadInputError where they come back; warns where one leads nowhere."""
    seen, name = [spec.name], spec.then
    while name is not None:
        if name in seen:
            raise BadInputError(
                f"campaign {spec.name}: then leads in a circle: {' -> '.join([*seen, name])}",
                hint="let the last of them have no then, or give it a schedule",
            )
        seen.append(name)
        row = unit.campaigns.get(name)
        if row is None:
            return [f"then: there is no campaign {name} yet; it will be started if there is one by then"]
        name = row.spec.then
    return []


def check_way_out(spec: CampaignSpec, trunks: Mapping[str, Trunk]) -> None:
    """Whether the settings have the campaign's trunk, and allow its caller ID there. Raises BadInputError.

    What the definition does not name yet is not asked for.
    """
    if not spec.trunk:
        return
    trunk = trunks.get(spec.trunk)
    if trunk is None:
        known = ", ".join(sorted(trunks))
        raise BadInputError(f"campaign {spec.name}: there is no trunk {spec.trunk}", hint=f"the settings have: {known}")
    if spec.caller_id and spec.caller_id not in trunk.caller_ids:
        raise BadInputError(
            f"campaign {spec.name}: caller ID {spec.caller_id} is not allowed on trunk {spec.trunk}",
            hint="use one of the trunk's caller_ids, or add it to them in the settings",
        )


def list_campaigns(unit: Unit, now: datetime) -> list[tuple[CampaignRow, Standing]]:
    """Every campaign with where it stands, by priority, then name."""
    rows = [(row, standing(unit, row, now)) for row in unit.campaigns.all()]
    return sorted(rows, key=lambda pair: (-pair[0].spec.priority, pair[0].spec.name))


def clone_campaign(unit: Unit, name: str, new_name: str, *, actor: str, now: datetime) -> CampaignRow:
    """A copy under another name, never run. Its schedule is not copied: two would start at once."""
    row = get_campaign(unit, name)
    next_state(standing(unit, row, now).state, Action.CLONE, campaign=name)
    _check_free(unit, new_name)
    table = {key: value for key, value in row.spec.as_table().items() if key != "schedule"}
    copy = read_campaign({**table, "name": new_name}, source=f"the copy of {name}", remedy=_OTHER_NAME)
    _check_follow_up(unit, copy)  # a then that leads nowhere yet may be meant for this very name
    made = unit.campaigns.put(copy, now)
    unit.audit.add(actor=actor, action="campaign_cloned", subject=new_name, detail={"from": name}, now=now)
    return made


def rename_campaign(unit: Unit, name: str, new_name: str, *, actor: str, now: datetime) -> CampaignRow:
    """Another name for the campaign with all its runs; campaigns that it follows are told."""
    row = get_campaign(unit, name)
    check_edit(standing(unit, row, now).state, {"name"}, campaign=name)
    _check_free(unit, new_name)
    _rename(unit, row, {"name": new_name}, now)
    for other in unit.campaigns.all():
        if other.spec.then == name:
            _rename(unit, other, {"then": new_name}, now)
    renamed = get_campaign(unit, new_name)
    _check_follow_up(unit, renamed.spec)  # raised within the transaction: nothing of it is kept
    unit.audit.add(actor=actor, action="campaign_renamed", subject=new_name, detail={"from": name}, now=now)
    return renamed


def _rename(unit: Unit, row: CampaignRow, change: Mapping[str, str], now: datetime) -> None:
    spec = read_campaign({**row.spec.as_table(), **change}, source="the new name", remedy=_OTHER_NAME)
    unit.campaigns.rename(row.id, spec, now)
    run = unit.runs.latest(row.id)
    if run is not None and not run.state.is_over:
        unit.runs.set_spec(run.id, read_campaign({**run.spec.as_table(), **change}, source="its run"))


def _check_free(unit: Unit, name: str) -> None:
    if unit.campaigns.get(name) is not None:
        raise AlreadyExistsError(f"there is a campaign {name} already", hint="choose another name")


def delete_campaign(unit: Unit, name: str, *, actor: str, now: datetime) -> bool:
    """Delete the next results of a campaign's runs, and the campaign with the last of them; True when it is gone.

    To be called again until then: one statement for millions of results would hold up the dialing. What regulation
    packs must know of its calls stays for as long as one can ask for it.
    """
    row = check_deletable(unit, name, now)
    if not unit.campaigns.delete(row.id, size=_DELETED_AT_ONCE, forget=now - REMEMBERED):
        return False
    note_deleted(unit, "campaign", name, row.spec.as_table(), actor=actor, now=now)
    return True


def check_deletable(unit: Unit, name: str, now: datetime) -> CampaignRow:
    """Whether a campaign may be deleted. Raises IllegalActionError while a run is unfinished or a call is up."""
    row = get_campaign(unit, name)
    now_at = standing(unit, row, now)
    next_state(now_at.state, Action.DELETE, campaign=name)
    if now_at.run is not None and now_at.run.in_progress:
        raise IllegalActionError(
            f"campaign {name} still has {now_at.run.in_progress} calls up", hint="wait for their end"
        )
    return row
