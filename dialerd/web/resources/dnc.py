"""Do-not-call lists.

Not here: obeying them; whole files of numbers (dncuploads.py).
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Annotated

from aiohttp import web
from pydantic import Field

from dialerd.domain.user import Right
from dialerd.ports import DncEntry
from dialerd.usecases import dnc as use
from dialerd.web.binding import Ask, Model, Query, Route, Streamed, Visit
from dialerd.web.paging import Asked, Page, page
from dialerd.web.steps import until_gone

Number = Annotated[str, Field(max_length=200)]


class DncShown(Model):
    list: str
    entries: int


class NewDnc(Model):
    list: Annotated[str, Field(max_length=64)]


class Numbers(Model):
    """Numbers or e-mail addresses. `days`: forgotten after so many; null: never."""

    numbers: Annotated[list[Number], Field(min_length=1, max_length=1000)]
    source: Annotated[str, Field(min_length=1, max_length=200)] = "api"
    days: Annotated[int, Field(ge=1, le=36_500)] | None = None


class Unlisted(Model):
    numbers: Annotated[list[Number], Field(min_length=1, max_length=1000)]


class Added(Model):
    added: int


class Removed(Model):
    removed: int


class EntryShown(Model):
    list: str
    number: str
    source: str
    added_at: datetime
    expires_at: datetime | None


class NumberAsked(Query):
    number: str


def list_dnc(ask: Ask[None, None]) -> list[DncShown]:
    """The do-not-call lists; every campaign obeys the global one."""
    return [DncShown(list=name, entries=entries) for name, entries in sorted(use.list_dnc(ask.unit).items())]


def create_dnc(ask: Ask[None, NewDnc]) -> DncShown:
    """Make a list that is obeyed by the campaigns that name it."""
    use.create_dnc(ask.unit, ask.body.list, actor=ask.actor, now=ask.now)
    return DncShown(list=ask.body.list, entries=0)


async def delete_dnc(visit: Visit) -> web.StreamResponse:
    """Delete a list with its entries; refused while a campaign that obeys it is going on."""
    name, actor, clock = visit.path["name"], visit.person.actor, visit.house.clock
    return await until_gone(
        visit, f"do-not-call list {name}", lambda unit: use.delete_dnc(unit, name, actor=actor, now=clock.now())
    )


def add_numbers(ask: Ask[None, Numbers]) -> Added:
    """Put numbers on a list; obeyed from the next call on."""
    wish = ask.body
    added = use.add_to_dnc(
        ask.unit,
        wish.numbers,
        region=ask.house.region,
        source=wish.source,
        expires_at=None if wish.days is None else ask.now + timedelta(days=wish.days),
        actor=ask.actor,
        now=ask.now,
        list_name=ask.path["name"],
    )
    return Added(added=added)


def remove_numbers(ask: Ask[None, Unlisted]) -> Removed:
    """Take numbers off a list."""
    removed = use.remove_from_dnc(
        ask.unit,
        ask.body.numbers,
        region=ask.house.region,
        actor=ask.actor,
        now=ask.now,
        list_name=ask.path["name"],
    )
    return Removed(removed=removed)


def list_entries(ask: Ask[Asked, None]) -> Page[EntryShown]:
    """What a list has, by number; those that have expired, and are obeyed no more, with them."""
    after = ask.query.after(str)
    rows = use.entries_of(ask.unit, ask.path["name"], after=str(after[0]) if after else "", limit=ask.query.limit + 1)
    return page(rows, ask.query, key=lambda row: (row.number,), show=_entry)


def check_number(ask: Ask[NumberAsked, None]) -> list[EntryShown]:
    """The lists that have a number now."""
    found = use.check_dnc(ask.unit, ask.query.number, region=ask.house.region, now=ask.now)
    return [_entry(each) for each in found]


def _entry(row: DncEntry) -> EntryShown:
    return EntryShown(
        list=row.list_name, number=row.number, source=row.source, added_at=row.added_at, expires_at=row.expires_at
    )


_ALL, _ONE = "/api/dnc", "/api/dnc/{name}"

ROUTES: tuple[Route | Streamed, ...] = (
    Route(method="GET", path=_ALL, do=list_dnc, right=Right.SEE),
    Route(method="POST", path=_ALL, do=create_dnc, right=Right.DEFINE, status=201, idempotent=True),
    Streamed(method="DELETE", path=_ONE, do=delete_dnc, right=Right.DEFINE, status=204),
    Route(method="GET", path=_ONE + "/numbers", do=list_entries, right=Right.DEFINE),
    Route(method="POST", path=_ONE + "/numbers", do=add_numbers, right=Right.DEFINE, idempotent=True),
    Route(method="DELETE", path=_ONE + "/numbers", do=remove_numbers, right=Right.DEFINE),
    Route(method="GET", path="/api/dnc-check", do=check_number, right=Right.SEE),
)
