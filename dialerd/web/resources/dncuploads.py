"""Filling a do-not-call list from a file of numbers that is sent, and what came of it.

Not here: keeping the file and its turn (web/uploads.py), single numbers (dnc.py).
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Annotated

from aiohttp import web
from pydantic import Field, TypeAdapter

from dialerd.domain.errors import DialerdError, NotFoundError
from dialerd.domain.user import Right
from dialerd.ports import Chunk
from dialerd.usecases import dnc, dncimporting
from dialerd.usecases.importing import why_useless
from dialerd.web.binding import Model, Query, Route, Streamed, Visit
from dialerd.web.resources.uploads import LONGEST_NAME, RejectedShown, received, rejected_rows
from dialerd.web.uploads import Upload

_NOUN = "dnc"


class DncUploadAsked(Query):
    """`file`: what to call it; `source`: where the wishes came from, kept with each entry, else the file; `days`: the
    entries are forgotten after so many; none: never."""

    file: Annotated[str, Field(max_length=LONGEST_NAME)] = "upload.csv"
    source: Annotated[str, Field(min_length=1, max_length=200)] | None = None
    days: Annotated[int, Field(ge=1, le=36_500)] | None = None


class DncUploadShown(Model):
    """`position` of `size` bytes are read. `already_there`: also those whose end stays as it was."""

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
    rejected: int
    started_at: datetime
    updated_at: datetime


class DncUploadWithRows(DncUploadShown):
    """`rejected_rows`: the first thousand."""

    rejected_rows: list[RejectedShown]


class DncUploadsShown(Model):
    items: list[DncUploadShown]


_ONE_SHOWN, _ALL_SHOWN = TypeAdapter(DncUploadWithRows), TypeAdapter(DncUploadsShown)


async def upload(visit: Visit) -> web.StreamResponse:
    """Send a CSV file with a column number or phone; its numbers, or e-mail addresses, go onto the list.

    Each is obeyed as it comes in. The answer has the id to ask for progress with.
    """
    name, asked, now = visit.path["name"], visit.query, visit.house.clock.now()
    await visit.house.store.read(lambda unit: dnc.known_dnc(unit, name))
    async with received(visit, asked.file) as (path, file):
        wish = dncimporting.Wish(
            list_name=name,
            file=file,
            source=asked.source or file,
            expires_at=None if asked.days is None else now + timedelta(days=asked.days),
            actor=visit.person.actor,
        )
        begun = visit.uploads.begin(
            path, noun=_NOUN, list_name=name, file=file, now=now, work=lambda made: _import(visit, made, wish)
        )
    return web.Response(status=202, body=_ONE_SHOWN.dump_json(_shown(begun)), content_type="application/json")


async def list_uploads(visit: Visit) -> web.StreamResponse:
    """The files that were sent for the list, the latest first, since the daemon was started."""
    found = visit.uploads.of_list(_NOUN, visit.path["name"])
    shown = DncUploadsShown(items=[DncUploadShown.model_validate(_facts(each)) for each in found])
    return web.Response(body=_ALL_SHOWN.dump_json(shown), content_type="application/json")


async def show_upload(visit: Visit) -> web.StreamResponse:
    """How far the import of a file is, and which rows cannot be used."""
    found = visit.uploads.get(_NOUN, visit.path["name"], visit.path["upload"])
    if found is None:
        raise NotFoundError("there is no such import", hint="it may be from before the daemon was started")
    return web.Response(body=_ONE_SHOWN.dump_json(_shown(found)), content_type="application/json")


async def _import(visit: Visit, made: Upload, wish: dncimporting.Wish) -> tuple[str, str]:
    house = visit.house
    source = house.open_numbers(made.path, house.region)

    async def on_chunk(chunk: Chunk, taken: dncimporting.Taken) -> None:
        made.position = chunk.position
        _count(made, taken)
        made.updated_at = house.clock.now()
        made.reject(list(chunk.rejected))
        house.poke()

    try:
        await source.open()
        taken = await dncimporting.import_dnc(house.store, source, wish, now=house.clock.now, on_chunk=on_chunk)
        _count(made, taken)
        return ("done", "") if taken.numbers else ("failed", why_useless(taken.rejected))
    except DialerdError as error:
        return "failed", str(error)
    finally:
        made.updated_at = house.clock.now()
        await source.close()


def _count(made: Upload, taken: dncimporting.Taken) -> None:
    made.line = taken.line
    made.counts = {"added": taken.added, "already_there": taken.already_there, "rejected": taken.rejected}


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
        **{key: made.counts.get(key, 0) for key in ("added", "already_there", "rejected")},
        "started_at": made.started_at,
        "updated_at": made.updated_at,
    }


def _shown(made: Upload) -> DncUploadWithRows:
    return DncUploadWithRows.model_validate({**_facts(made), "rejected_rows": rejected_rows(made)})


_IMPORTS = "/api/dnc/{name}/imports"

ROUTES: tuple[Route | Streamed, ...] = (
    Streamed(
        method="POST",
        path="/api/dnc/{name}/import",
        do=upload,
        right=Right.DEFINE,
        status=202,
        query=DncUploadAsked,
        takes="text/csv",
        gives=DncUploadWithRows,
    ),
    Streamed(method="GET", path=_IMPORTS, do=list_uploads, right=Right.DEFINE, gives=DncUploadsShown),
    Streamed(method="GET", path=_IMPORTS + "/{upload}", do=show_upload, right=Right.DEFINE, gives=DncUploadWithRows),
)
"""Whoever sends files sees what came of them: the rows that cannot be used are numbers of people."""
