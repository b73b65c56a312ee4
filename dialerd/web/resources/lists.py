"""Contact lists.

Not here: their contacts (contacts.py), filling them from files (uploads.py).
"""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from aiohttp import web
from pydantic import Field

from dialerd.domain.user import Right
from dialerd.ports import ImportRow, ListRow
from dialerd.usecases import filters, importing
from dialerd.usecases import lists as use
from dialerd.web.binding import Ask, Model, Route, Streamed, Visit
from dialerd.web.paging import Page, Searched, page_of_all
from dialerd.web.resources.campaigns import FilterShown, filter_document
from dialerd.web.resources.reach import lists_of, queues_of_list
from dialerd.web.steps import until_gone

_IMPORTS = 20


class ListShown(Model):
    list: str
    region: str
    contacts: int
    created_at: datetime


class ImportShown(Model):
    """What came of a file. `finished_at` null: it is going on, or was broken off after `line`."""

    file: str
    started_at: datetime
    updated_at: datetime
    finished_at: datetime | None
    line: int
    added: int
    already_there: int
    doubled: int
    on_dnc: int
    rejected: int


class ListWithImports(ListShown):
    """`imports`: the last files, the latest first, whoever has brought them in."""

    imports: list[ImportShown]


class NewList(Model):
    """`region`: assumed for numbers without a country code; null: that of the settings."""

    list: Annotated[str, Field(min_length=1, max_length=64)]
    region: Annotated[str, Field(max_length=20)] | None = None


class ListFilter(Model):
    filter: str


def list_lists(ask: Ask[Searched, None]) -> Page[ListShown]:
    """Every list; for whoever is held to queues, those that the campaigns of these name."""
    mine = lists_of(ask.unit, ask.person)
    rows = [row for row in use.list_lists(ask.unit) if (mine is None or row.name in mine) and ask.query.finds(row.name)]
    return page_of_all(rows, ask.query, key=lambda row: (row.name,), show=list_document)


def create_list(ask: Ask[None, NewList]) -> ListShown:
    """Make an empty list."""
    region = ask.body.region or ask.house.region
    return list_document(use.create_list(ask.unit, ask.body.list, region=region, actor=ask.actor, now=ask.now))


def show_list(ask: Ask[None, None]) -> ListWithImports:
    """One list, and what came of the last files for it."""
    shown = list_document(use.get_list(ask.unit, ask.path["name"]))
    last = importing.last_imports(ask.unit, shown.list, limit=_IMPORTS)
    return ListWithImports(**shown.model_dump(), imports=[_import(each) for each in last])


async def delete_list(visit: Visit) -> web.StreamResponse:
    """Delete a list with its contacts; refused while a run uses it."""
    name, actor, clock = visit.path["name"], visit.person.actor, visit.house.clock
    return await until_gone(
        visit, f"list {name}", lambda unit: use.delete_list(unit, name, actor=actor, now=clock.now())
    )


def try_filter(ask: Ask[None, ListFilter]) -> FilterShown:
    """Count whom a filter keeps of the list, with a sample; nothing is changed."""
    found = filters.try_filter_of_list(ask.unit, ask.path["name"], ask.body.filter, ask.now.date())
    return filter_document(found)


def list_document(row: ListRow) -> ListShown:
    return ListShown(list=row.name, region=row.region, contacts=row.contacts, created_at=row.created_at)


def _import(row: ImportRow) -> ImportShown:
    return ImportShown(
        file=row.source,
        started_at=row.started_at,
        updated_at=row.updated_at,
        finished_at=row.finished_at,
        line=row.line,
        **importing.counts(row),
    )


_ALL, _ONE = "/api/lists", "/api/lists/{name}"

ROUTES: tuple[Route | Streamed, ...] = (
    Route(method="GET", path=_ALL, do=list_lists, right=Right.SEE),
    Route(method="POST", path=_ALL, do=create_list, right=Right.DEFINE, status=201, idempotent=True),
    Route(method="GET", path=_ONE, do=show_list, right=Right.SEE, on=queues_of_list),
    Streamed(method="DELETE", path=_ONE, do=delete_list, right=Right.DEFINE, status=204, shows=show_list),
    Route(
        method="POST",
        path=_ONE + "/test-filter",
        do=try_filter,
        right=Right.SEE,
        on=queues_of_list,
        looks=True,
        is_heavy=True,
    ),
)
