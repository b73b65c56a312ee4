"""Files that are sent into a list, of contacts or of numbers: taken in, imported in their turn, and what came of each.

Not here: what a row of each becomes (uploads.py, dncuploads.py), keeping a file and its turn (web/uploads.py).
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Annotated, BinaryIO, Generic, Protocol, TypeVar

from aiohttp import web
from pydantic import Field

from dialerd.domain.errors import DialerdError, NotFoundError
from dialerd.ports import Chunk, ContactSource
from dialerd.usecases.importing import why_useless
from dialerd.web.binding import Model, Query, Visit
from dialerd.web.problems import Problem
from dialerd.web.uploads import Upload

_CHUNK_S = 20.0  # whoever sends slower than a piece in that time is let go
_WHOLE_S = 3600.0
_MEDIA = ("text/csv", "application/octet-stream")
_SHOWN = 200  # characters of a file's name
_LONGEST_NAME = (
    500  # of them in a query: as many of four bytes each, written with %, still fit into a request's first line
)


class FileAsked(Query):
    """`file`: what to call it."""

    file: Annotated[str, Field(max_length=_LONGEST_NAME)] = "upload.csv"


class RejectedShown(Model):
    line: int
    column: str
    value: str
    reason: str


class FileShown(Model):
    """`position` of `size` bytes are read."""

    id: str
    list: str
    file: str
    state: str
    trouble: str
    size: int
    position: int
    line: int
    rejected: int
    started_at: datetime
    updated_at: datetime


class _Row(Protocol):
    """What came of a file so far."""

    @property
    def line(self) -> int: ...
    @property
    def rejected(self) -> int: ...


R = TypeVar("R", bound=_Row)
Told = Callable[[Chunk, R], Awaitable[None]]


@dataclass(frozen=True)
class Files(Generic[R]):
    """The files of one kind of list. `one` has `rejected_rows` beside what `each` has; `counts`: what came of a file,
    by the names of `each`; `is_anything`: whether anything in it could be used."""

    noun: str
    one: type[FileShown]
    each: type[FileShown]
    counts: Callable[[R], dict[str, int]]
    is_anything: Callable[[R], bool]

    async def take(
        self,
        visit: Visit,
        read: Callable[[Path], ContactSource],
        into: Callable[[str, ContactSource, Told[R]], Awaitable[R]],
    ) -> web.StreamResponse:
        """Keep the body, and import it when its turn has come: `read` opens the file, `into` (its name, the rows, whom
        to tell of every chunk) puts them where they belong. Raises Problem where it is no file to be taken."""
        asked: FileAsked = visit.query
        async with _received(visit, asked.file) as (path, file):
            begun = visit.uploads.begin(
                path,
                noun=self.noun,
                list_name=visit.path["name"],
                file=file,
                now=visit.house.clock.now(),
                work=lambda made: self._import(visit, made, read(made.path), into),
            )
        return self._answer(begun, status=202)

    async def listing(self, visit: Visit) -> web.StreamResponse:
        found = visit.uploads.of_list(self.noun, visit.path["name"])
        items = ",".join(self.each.model_validate(self._facts(made)).model_dump_json() for made in found)
        return web.Response(text=f'{{"items":[{items}]}}', content_type="application/json")

    async def show(self, visit: Visit) -> web.StreamResponse:
        """Raises NotFoundError."""
        found = visit.uploads.get(self.noun, visit.path["name"], visit.path["upload"])
        if found is None:
            raise NotFoundError("there is no such import", hint="it may be from before the daemon was started")
        return self._answer(found)

    async def _import(
        self,
        visit: Visit,
        made: Upload,
        source: ContactSource,
        into: Callable[[str, ContactSource, Told[R]], Awaitable[R]],
    ) -> tuple[str, str]:
        house = visit.house

        def note(row: R) -> None:
            made.line, made.counts = row.line, self.counts(row)
            made.updated_at = house.clock.now()

        async def on_chunk(chunk: Chunk, row: R) -> None:
            made.position = chunk.position
            note(row)
            made.reject(list(chunk.rejected))
            house.poke()

        try:
            await source.open()
            row = await into(made.file, source, on_chunk)
            note(row)
            return ("done", "") if self.is_anything(row) else ("failed", why_useless(row.rejected))
        except DialerdError as error:
            return "failed", str(error)
        finally:
            made.updated_at = house.clock.now()
            await source.close()

    def _answer(self, made: Upload, *, status: int = 200) -> web.StreamResponse:
        rows = [
            RejectedShown(line=row.line, column=row.column or "", value=row.value, reason=row.reason)
            for row in made.rejected
        ]
        shown = self.one.model_validate({**self._facts(made), "rejected_rows": rows})
        return web.Response(status=status, text=shown.model_dump_json(), content_type="application/json")

    def _facts(self, made: Upload) -> dict[str, object]:
        own = FileShown.model_fields.keys() - {"list", "rejected"}
        facts: dict[str, object] = {key: getattr(made, key) for key in own}
        counted = self.each.model_fields.keys() - own - {"list"}
        return {**facts, "list": made.list_name, **{key: made.counts.get(key, 0) for key in counted}}


@asynccontextmanager
async def _received(visit: Visit, called: str) -> AsyncIterator[tuple[Path, str]]:
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
