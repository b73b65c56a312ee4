"""Filling a list from a file that is sent, and what came of it.

Not here: keeping the file and its turn (web/uploads.py), single contacts (contacts.py).
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime
from pathlib import Path
from typing import Annotated, BinaryIO

from aiohttp import web
from pydantic import Field, TypeAdapter

from dialerd.domain.columnmap import ColumnMap
from dialerd.domain.errors import DialerdError, NotFoundError
from dialerd.domain.user import Right
from dialerd.ports import Chunk, ImportRow, Unit
from dialerd.usecases import columnmaps, importing, lists
from dialerd.web.binding import Model, Query, Route, Streamed, Visit
from dialerd.web.problems import Problem
from dialerd.web.resources.reach import queues_of_list
from dialerd.web.uploads import Upload

_CHUNK_S = 20.0  # whoever sends slower than a piece in that time is let go
_WHOLE_S = 3600.0
_MEDIA = ("text/csv", "application/octet-stream")
_NOUN = "list"
_SHOWN = 200  # characters of a file's name
LONGEST_NAME = (
    500  # of them in a query: as many of four bytes each, written with %, still fit into a request's first line
)


class UploadAsked(Query):
    """`file`: what to call it; `region`: of numbers without a country code; `map`: a kept mapping of columns."""

    file: Annotated[str, Field(max_length=LONGEST_NAME)] = "upload.csv"
    region: Annotated[str, Field(max_length=20)] | None = None
    map: Annotated[str, Field(max_length=64)] | None = None


class RejectedShown(Model):
    line: int
    column: str
    value: str
    reason: str


class UploadShown(Model):
    """`position` of `size` bytes are read. `rejected_rows`: the first thousand."""

    id: str
    list: str
    file: str
    state: str
    trouble: str
    size: int
    position: int
    line: int
    added: int
    already_there: int
    doubled: int
    on_dnc: int
    rejected: int
    started_at: datetime
    updated_at: datetime


class UploadWithRows(UploadShown):
    rejected_rows: list[RejectedShown]


class UploadsShown(Model):
    items: list[UploadShown]


_ONE_SHOWN, _ALL_SHOWN = TypeAdapter(UploadWithRows), TypeAdapter(UploadsShown)


async def upload(visit: Visit) -> web.StreamResponse:
    """Send a CSV file; its contacts go into the list, which is made if it is not there.

    The answer has the id to ask for progress with.
    """
    name, asked = visit.path["name"], visit.query
    lists.check_name(name)
    region, columns = await visit.house.store.read(lambda unit: _how(unit, visit, name))
    async with received(visit, asked.file) as (path, file):
        wish = importing.Wish(list_name=name, region=region, source=file, actor=visit.person.actor)
        begun = visit.uploads.begin(
            path,
            noun=_NOUN,
            list_name=name,
            file=file,
            now=visit.house.clock.now(),
            work=lambda made: _import(visit, made, wish, columns),
        )
    return web.Response(status=202, body=_ONE_SHOWN.dump_json(_shown(begun)), content_type="application/json")


async def list_uploads(visit: Visit) -> web.StreamResponse:
    """The files that were sent for the list, the latest first, since the daemon was started."""
    items = [UploadShown.model_validate(_facts(each)) for each in visit.uploads.of_list(_NOUN, visit.path["name"])]
    return web.Response(body=_ALL_SHOWN.dump_json(UploadsShown(items=items)), content_type="application/json")


async def show_upload(visit: Visit) -> web.StreamResponse:
    """How far the import of a file is, and which rows cannot be used."""
    found = visit.uploads.get(_NOUN, visit.path["name"], visit.path["upload"])
    if found is None:
        raise NotFoundError("there is no such import", hint="it may be from before the daemon was started")
    return web.Response(body=_ONE_SHOWN.dump_json(_shown(found)), content_type="application/json")


def _how(unit: Unit, visit: Visit, name: str) -> tuple[str, ColumnMap | None]:
    """The region of the file's numbers, and how its columns are read."""
    asked: UploadAsked = visit.query
    columns = None if asked.map is None else columnmaps.get_column_map(unit, asked.map)
    known = unit.lists.get(name)
    region = asked.region or (columns.region if columns is not None else None)
    if region:
        return lists.read_region(region), columns
    return known.region if known is not None else visit.house.region, columns


@asynccontextmanager
async def received(visit: Visit, called: str) -> AsyncIterator[tuple[Path, str]]:
    """The body as a file of ours, and the name that its sender gives it, which leads nowhere.

    Raises Problem where it is no CSV file, too large or too slow; then, and where what is done with it fails, nothing
    of it stays.
    """
    if visit.request.content_type not in _MEDIA:
        raise Problem(415, "unsupported_media", "the body is no CSV file", "send Content-Type: text/csv")
    path = visit.uploads.place()
    try:
        await _receive(visit, path)
        yield path, Path(called.replace("\\", "/")).name[:_SHOWN] or "upload.csv"
    except BaseException:  # whatever it was, a request that was broken off, too: no half of a file stays
        path.unlink(missing_ok=True)
        raise


async def _receive(visit: Visit, path: Path) -> None:
    """The body into a file. Raises Problem where it is too large or too slow."""
    most = visit.house.http.max_upload_mb * 1024 * 1024
    size = 0
    handle = await asyncio.to_thread(_open, path)
    try:
        async with asyncio.timeout(_WHOLE_S):
            while True:
                async with asyncio.timeout(_CHUNK_S):
                    piece = await visit.request.content.readany()
                if not piece:
                    return
                size += len(piece)
                if size > most:
                    raise Problem(
                        413,
                        "too_large",
                        f"the file has more than {visit.house.http.max_upload_mb} MB",
                        "send it in parts",
                    )
                await asyncio.to_thread(handle.write, piece)
    except TimeoutError:
        raise Problem(408, "timeout", "the file did not come fast enough", "send it again") from None
    finally:
        await asyncio.to_thread(handle.close)


def _open(path: Path) -> BinaryIO:
    path.touch(mode=0o600)
    return path.open("wb")


async def _import(visit: Visit, made: Upload, wish: importing.Wish, columns: ColumnMap | None) -> tuple[str, str]:
    house = visit.house
    source = house.open_file(made.path, wish.region, columns)

    async def on_chunk(chunk: Chunk, row: ImportRow) -> None:
        made.position, made.line, made.counts = chunk.position, row.line, importing.counts(row)
        made.updated_at = row.updated_at
        made.reject(list(chunk.rejected))
        house.poke()

    try:
        await source.open()
        row = await importing.import_contacts(house.store, source, wish, now=house.clock.now, on_chunk=on_chunk)
        made.counts, made.line = importing.counts(row), row.line
        return ("done", "") if importing.is_anything(row) else ("failed", importing.why_useless(row.rejected))
    except DialerdError as error:
        return "failed", str(error)
    finally:
        made.updated_at = house.clock.now()
        await source.close()


def _facts(made: Upload) -> dict[str, object]:
    return {
        "id": made.id,
        "list": made.list_name,
        "file": made.file,
        "state": made.state,
        "trouble": made.trouble,
        "size": made.size,
        "position": made.position,
        "line": made.line,
        **{key: made.counts.get(key, 0) for key in ("added", "already_there", "doubled", "on_dnc", "rejected")},
        "started_at": made.started_at,
        "updated_at": made.updated_at,
    }


def _shown(made: Upload) -> UploadWithRows:
    return UploadWithRows.model_validate({**_facts(made), "rejected_rows": rejected_rows(made)})


def rejected_rows(made: Upload) -> list[RejectedShown]:
    return [
        RejectedShown(line=row.line, column=row.column or "", value=row.value, reason=row.reason)
        for row in made.rejected
    ]


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
