"""Filling a do-not-call list from a file of numbers that is sent, and what came of it.

Not here: how a file is taken in and shown (sentfiles.py), single numbers (dnc.py).
"""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated

from aiohttp import web
from pydantic import Field

from dialerd.domain.user import Right
from dialerd.usecases import dnc, dncimporting
from dialerd.web.binding import Model, Route, Streamed, Visit
from dialerd.web.resources.sentfiles import FileAsked, Files, FileShown, RejectedShown


class DncUploadAsked(FileAsked):
    """`file`: what to call it; `source`: where the wishes came from, kept with each entry, else the file; `days`: the
    entries are forgotten after so many; none: never."""

    source: Annotated[str, Field(min_length=1, max_length=200)] | None = None
    days: Annotated[int, Field(ge=1, le=36_500)] | None = None


class DncUploadShown(FileShown):
    """`position` of `size` bytes are read. `already_there`: also those whose end stays as it was."""

    added: int
    already_there: int


class DncUploadWithRows(DncUploadShown):
    """`rejected_rows`: the first thousand."""

    rejected_rows: list[RejectedShown]


class DncUploadsShown(Model):
    items: list[DncUploadShown]


def _counts(taken: dncimporting.Taken) -> dict[str, int]:
    return {"added": taken.added, "already_there": taken.already_there, "rejected": taken.rejected}


_FILES: Files[dncimporting.Taken] = Files(
    noun="dnc",
    one=DncUploadWithRows,
    each=DncUploadShown,
    counts=_counts,
    is_anything=lambda taken: taken.numbers > 0,
)


async def upload(visit: Visit) -> web.StreamResponse:
    """Send a CSV file with a column number or phone; its numbers, or e-mail addresses, go onto the list.

    Each is obeyed as it comes in. The answer has the id to ask for progress with.
    """
    name, house, asked = visit.path["name"], visit.house, visit.query
    await house.store.read(lambda unit: dnc.known_dnc(unit, name))
    expires_at = None if asked.days is None else house.clock.now() + timedelta(days=asked.days)
    return await _FILES.take(
        visit,
        lambda path: house.open_numbers(path, house.region),
        lambda file, rows, on_chunk: dncimporting.import_dnc(
            house.store,
            rows,
            dncimporting.Wish(
                list_name=name,
                file=file,
                source=asked.source or file,
                expires_at=expires_at,
                actor=visit.person.actor,
            ),
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
