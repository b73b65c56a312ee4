"""Campaigns: their definitions, and the table of all of them.

Not here: running them (runs.py).
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Any

from aiohttp import web

from dialerd.domain.campaign import CampaignSpec, read_campaign
from dialerd.domain.errors import BadInputError, ForbiddenError
from dialerd.domain.regulation import Meter
from dialerd.domain.user import Denied, Person, Right, may
from dialerd.domain.view import read_view
from dialerd.ports import ContactRow, Unit
from dialerd.usecases import campaigns as use
from dialerd.usecases import campaigntable, explain, filters, regulation
from dialerd.usecases.campaigntable import CampaignLine
from dialerd.usecases.dnc import Scrub, scrub_lists
from dialerd.usecases.filters import FilterTest
from dialerd.usecases.standing import get_campaign
from dialerd.web.binding import BY_BODY, Ask, Model, Path, Query, Route, Streamed, Visit
from dialerd.web.paging import Asked, Page, page_of_all
from dialerd.web.resources.reach import check_contact, check_lists
from dialerd.web.steps import until_gone

Table = dict[str, Any]


class CampaignsAsked(Asked):
    """Saved views filter on these."""

    state: tuple[str, ...] = ()
    mode: tuple[str, ...] = ()
    priority: tuple[int, ...] = ()


class Changed(Model):
    old: Any
    new: Any


class CampaignApplied(Model):
    """`lacks`: what it needs before it can run; `warnings`: what its author should know."""

    campaign: str
    is_new: bool
    dry_run: bool
    changes: dict[str, Changed]
    state: str
    lacks: list[str]
    warnings: list[str]


class DryRun(Query):
    dry_run: bool = False


class NewName(Model):
    new_name: str


class FilterWish(Model):
    """null: the campaign's own."""

    filter: str | None = None


class ConditionShown(Model):
    condition: str
    removes: int
    only_it_removes: int


class SampleShown(Model):
    contact_id: int
    list: str
    number: str
    attributes: dict[str, str]


class FilterShown(Model):
    filter: str
    contacts: int
    kept: int
    conditions: list[ConditionShown]
    sample: list[SampleShown]
    warnings: list[str]


class MeterShown(Model):
    rule: str
    abandoned: int
    live_answers: int
    rate: float
    cap: float
    since: datetime


class GateShown(Model):
    name: str
    reason: str
    until: datetime | None
    is_final: bool


class Explained(Model):
    """Why a contact is not called: every closed gate, the one that holds it first."""

    campaign: str
    contact_id: int
    number: str
    target_state: str | None
    attempts_spent: int
    held_by: str | None
    until: datetime | None
    closed: list[GateShown]


def queues_of(unit: Unit, path: Path) -> Collection[str]:
    """The queue of the campaign that a path names."""
    spec = get_campaign(unit, path["name"]).spec
    return (spec.queue,) if spec.queue else ()


def is_shown_to(person: Person, spec: CampaignSpec) -> bool:
    return person.serves((spec.queue,) if spec.queue else ())


def list_campaigns(ask: Ask[CampaignsAsked, None]) -> Page[CampaignLine]:
    """The table of campaigns, by name: each with its active or last run, and what can be done to it now."""
    asked = ask.query
    wanted = {"states": asked.state, "modes": asked.mode, "priorities": asked.priority}
    lines = campaigntable.table(ask.unit, read_view(wanted, source="query"), now=ask.now)
    mine = {row.spec.name for row in ask.unit.campaigns.all() if is_shown_to(ask.person, row.spec)}
    rows = [line for line in lines if line.campaign in mine]
    return page_of_all(rows, asked, key=lambda line: (line.campaign,), show=lambda line: line)


def show_campaign(ask: Ask[None, None]) -> Table:
    """A campaign's definition, as its file has it."""
    return get_campaign(ask.unit, ask.path["name"]).spec.as_table()


def apply_campaign(ask: Ask[DryRun, Table]) -> CampaignApplied:
    """Create the campaign, or bring it to what the body says. The same twice changes nothing."""
    name = ask.path["name"]
    if ask.body.get("name", name) != name:
        raise BadInputError("body.name: is not the name in the path", hint="rename it with .../rename")
    spec = read_campaign({**ask.body, "name": name}, source=f"campaign {name}", remedy="correct it and send it again")
    check_own_queue(ask.person, [spec.queue] if spec.queue else [])
    check_lists(ask.unit, ask.person, spec.lists)
    applied = use.apply_campaign(
        ask.unit,
        spec,
        trunks=ask.house.trunks,
        rulebook=ask.house.rulebook,
        actor=ask.actor,
        now=ask.now,
        dry_run=ask.query.dry_run,
        routes=ask.house.routes,
    )
    return applied_document(applied, dry_run=ask.query.dry_run)


def clone_campaign(ask: Ask[None, NewName]) -> Table:
    """Copy a campaign under a new name; its runs and schedule are not copied."""
    return use.clone_campaign(
        ask.unit, ask.path["name"], ask.body.new_name, actor=ask.actor, now=ask.now
    ).spec.as_table()


def rename_campaign(ask: Ask[None, NewName]) -> Table:
    """Give a campaign another name."""
    return use.rename_campaign(
        ask.unit, ask.path["name"], ask.body.new_name, actor=ask.actor, now=ask.now
    ).spec.as_table()


async def delete_campaign(visit: Visit) -> web.StreamResponse:
    """Delete a campaign with the results of all its runs; refused while one is unfinished."""
    name, actor, clock = visit.path["name"], visit.person.actor, visit.house.clock
    return await until_gone(
        visit, f"campaign {name}", lambda unit: use.delete_campaign(unit, name, actor=actor, now=clock.now())
    )


def count_contacts(ask: Ask[None, None]) -> Scrub:
    """How many contacts its lists have, how many its filter keeps, and how many are on its do-not-call lists."""
    return scrub_lists(ask.unit, get_campaign(ask.unit, ask.path["name"]).spec, ask.now)


def try_filter(ask: Ask[None, FilterWish]) -> FilterShown:
    """Count whom a filter keeps of the campaign's contacts, with a sample; nothing is changed."""
    return filter_document(filters.try_filter_of_campaign(ask.unit, ask.path["name"], ask.body.filter, ask.now))


def list_meters(ask: Ask[None, None]) -> list[MeterShown]:
    """The share of abandoned calls, by each rule that counts it."""
    return [_meter(each) for each in regulation.meters(ask.unit, ask.path["name"], ask.house.rulebook, ask.now)]


def explain_contact(ask: Ask[None, None]) -> Explained:
    """Why a contact is not being called in the campaign."""
    check_contact(ask.unit, ask.person, int(ask.path["contact_id"]))
    found = explain.explain(
        ask.unit,
        ask.path["name"],
        int(ask.path["contact_id"]),
        trunks=ask.house.trunks,
        rulebook=ask.house.rulebook,
        now=ask.now,
    )
    return Explained(
        campaign=found.campaign,
        contact_id=found.contact_id,
        number=found.number,
        target_state=found.target_state,
        attempts_spent=found.attempts_spent,
        held_by=found.held_by,
        until=found.until,
        closed=[
            GateShown(name=each.name, reason=each.reason, until=each.until, is_final=each.is_final)
            for each in found.closed
        ],
    )


def check_own_queue(person: Person, queues: Collection[str]) -> None:
    """Raises ForbiddenError where somebody who is held to queues would make something of another."""
    judged = may(person, Right.DEFINE, queues)
    if isinstance(judged, Denied):
        raise ForbiddenError(judged.reason, hint="name one of your queues")


def applied_document(applied: use.Applied, *, dry_run: bool) -> CampaignApplied:
    return CampaignApplied(
        campaign=applied.name,
        is_new=applied.is_new,
        dry_run=dry_run,
        changes={key: Changed(old=old, new=new) for key, (old, new) in applied.changes.items()},
        state=str(applied.state),
        lacks=list(applied.lacks),
        warnings=list(applied.warnings),
    )


def filter_document(found: FilterTest) -> FilterShown:
    return FilterShown(
        filter=found.filter,
        contacts=found.count.contacts,
        kept=found.count.kept,
        conditions=[
            ConditionShown(condition=each.condition, removes=each.removes, only_it_removes=each.only_it_removes)
            for each in found.count.conditions
        ],
        sample=[_sample(row) for row in found.sample],
        warnings=list(found.warnings),
    )


def _sample(row: ContactRow) -> SampleShown:
    return SampleShown(
        contact_id=row.id,
        list=row.list_name,
        number=row.contact.numbers[0].e164,
        attributes=dict(row.contact.attributes),
    )


def _meter(found: Meter) -> MeterShown:
    return MeterShown(
        rule=found.rule,
        abandoned=found.abandoned,
        live_answers=found.live_answers,
        rate=found.rate,
        cap=found.cap,
        since=found.since,
    )


_ONE = "/api/campaigns/{name}"
_SEE, _DEFINE = Right.SEE, Right.DEFINE


def _queues_if_there(unit: Unit, path: Path) -> Collection[str] | None:
    """Of the campaign that is edited; one that is not there yet is of the queue that the body names."""
    return BY_BODY if unit.campaigns.get(path["name"]) is None else queues_of(unit, path)


ROUTES: tuple[Route | Streamed, ...] = (
    Route(method="GET", path="/api/campaigns", do=list_campaigns, right=_SEE),
    Route(method="GET", path=_ONE, do=show_campaign, right=_SEE, on=queues_of, is_table=True),
    Route(
        method="PUT",
        path=_ONE,
        do=apply_campaign,
        right=_DEFINE,
        on=_queues_if_there,
        shows=show_campaign,
        body_is=CampaignSpec,
    ),
    Streamed(
        method="DELETE",
        path=_ONE,
        do=delete_campaign,
        right=_DEFINE,
        on=queues_of,
        status=204,
        shows=show_campaign,
    ),
    Route(
        method="POST", path=_ONE + "/clone", do=clone_campaign, right=_DEFINE, on=queues_of, status=201, idempotent=True
    ),
    Route(method="POST", path=_ONE + "/rename", do=rename_campaign, right=_DEFINE, on=queues_of, shows=show_campaign),
    Route(method="GET", path=_ONE + "/counts", do=count_contacts, right=_SEE, on=queues_of, is_heavy=True),
    Route(
        method="POST", path=_ONE + "/test-filter", do=try_filter, right=_SEE, on=queues_of, looks=True, is_heavy=True
    ),
    Route(method="GET", path=_ONE + "/meters", do=list_meters, right=_SEE, on=queues_of),
    Route(
        method="GET",
        path=_ONE + "/contacts/{contact_id:[0-9]{1,18}}",
        do=explain_contact,
        right=_SEE,
        on=queues_of,
    ),
)
