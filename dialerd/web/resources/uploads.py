"""Filling a list from a file that is sent, and what came of it.

Not here: how a file is taken in and shown (sentfiles.py), single contacts (contacts.py).
"""

from __future__ import annotations

from typing import Annotated

from aiohttp import web
from pydantic import Field

from dialerd.domain.columnmap import ColumnMap
from dialerd.domain.user import Right
from dialerd.ports import ImportRow, Unit
from dialerd.usecases import columnmaps, importing, lists
from dialerd.web.binding import Model, Route, Streamed, Visit
from dialerd.web.resources.reach import queues_of_list
from dialerd.web.resources.sentfiles import FileAsked, Files, FileShown, RejectedShown


class UploadAsked(FileAsked):
    """`file`: what to call it; `region`: of numbers without a country code; `map`: a kept mapping of columns."""

    region: Annotated[str, Field(max_length=20)] | None = None
    map: Annotated[str, Field(max_length=64)] | None = None


class UploadShown(FileShown):
    """`position` of `size` bytes are read."""

    added: int
    already_there: int
    doubled: int
    on_dnc: int


class UploadWithRows(UploadShown):
    """`rejected_rows`: the first thousand."""

    rejected_rows: list[RejectedShown]


class UploadsShown(Model):
    items: list[UploadShown]


_FILES: Files[ImportRow] = Files(
    noun="list",
    one=UploadWithRows,
    each=UploadShown,
    counts=importing.counts,
    is_anything=importing.is_anything,
)


async def upload(visit: Visit) -> web.StreamResponse:
    """Send a CSV file; its contacts go into the list, which is made if it is not there.

    The answer has the id to ask for progress with.
    """
    name, house = visit.path["name"], visit.house
    lists.check_name(name)
    region, columns = await house.store.read(lambda unit: _how(unit, visit, name))
    return await _FILES.take(
        visit,
        lambda path: house.open_file(path, region, columns),
        lambda file, rows, on_chunk: importing.import_contacts(
            house.store,
            rows,
            importing.Wish(list_name=name, region=region, source=file, actor=visit.person.actor),
            now=house.clock.now,
            on_chunk=on_chunk,
        ),
    )


async def list_uploads(visit: Visit) -> web.StreamResponse:
    """The files that were sent for the list, the latest first, since the daemon was started."""
    return await _FILES.listing(visit)


async def show_upload(visit: Visit) -> web.StreamResponse:
    """How far the import of a file is, and which rows cannot be used."""
    return await _FILES.show(visit)


def _how(unit: Unit, visit: Visit, name: str) -> tuple[str, ColumnMap | None]:
    """The region of the file's numbers, and how its columns are read."""
    asked: UploadAsked = visit.query
    columns = None if asked.map is None else columnmaps.get_column_map(unit, asked.map)
    known = unit.lists.get(name)
    region = asked.region or (columns.region if columns is not None else None)
    if region:
        return lists.read_region(region), columns
    return known.region if known is not None else visit.house.region, columns


_IMPORTS = "/api/lists/{name}/imports"

ROUTES: tuple[Route | Streamed, ...] = (
    Streamed(
        method="POST",
        path="/api/lists/{name}/import",
        do=upload,
        right=Right.DEFINE,
        status=202,
        query=UploadAsked,
        takes="text/csv",
        gives=UploadWithRows,
    ),
    Streamed(method="GET", path=_IMPORTS, do=list_uploads, right=Right.SEE, on=queues_of_list, gives=UploadsShown),
    Streamed(
        method="GET",
        path=_IMPORTS + "/{upload}",
        do=show_upload,
        right=Right.SEE,
        on=queues_of_list,
        gives=UploadWithRows,
    ),
)
