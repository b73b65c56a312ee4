"""The watched folders: a file is taken once it is complete, imported, and reported on.

Not here: the files themselves (adapters/files/dropfolder.py), taking rows into a list (usecases/importing.py).
A file is complete when two looks find it alike. It is claimed by being renamed and finished by its report, so a daemon
that dies in between finds it again and imports it once more, which adds nothing twice.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict

from dialerd.domain.contact import RejectedRow
from dialerd.domain.errors import RefusedError, StoreError
from dialerd.log import logger
from dialerd.ports import Chunk, Clock, DropFolder, DroppedFile, ImportRow, Store
from dialerd.usecases import drops, importing

_log = logger(__name__)

LOOK_S = 5.0
"""Between two looks: a file that has not grown for so long is complete."""

_ACTOR = "drop"
_SHOWN = 20  # rejected rows within the report; all of them stand in the file beside it


class DropKeeper:
    """One per daemon. Files are imported one after the other: the dialing shall have its room."""

    def __init__(
        self, store: Store, clock: Clock, open_folder: Callable[[str], DropFolder], on_change: Callable[[], None]
    ) -> None:
        self._store = store
        self._clock = clock
        self._open_folder = open_folder
        self._on_change = on_change
        self._seen: dict[str, set[DroppedFile]] = {}
        self._complaints: dict[str, str] = {}

    async def run(self) -> None:
        while True:
            await self.look()
            await self._clock.sleep(LOOK_S)

    async def look(self) -> None:
        """Look into every folder once. No trouble with one of them ends the watch."""
        try:
            watched = await self._store.read(drops.watched_folders)
        except StoreError as error:
            _log.error(f"the watched folders cannot be read: {error}", action="drops_unreadable")
            return
        for each in watched:
            try:
                await self._tend(each)
            except (RefusedError, StoreError) as error:
                self._complain(each.folder, str(error))
            else:
                self._complaints.pop(each.folder, None)

    async def _tend(self, watched: drops.Watched) -> None:
        folder = self._open_folder(watched.folder)
        for name in await folder.unfinished():
            await self._import(folder, watched, name)
        files = await folder.look()
        before = self._seen.get(watched.folder, set())
        self._seen[watched.folder] = set(files)
        there = {f"{watched.folder}/{file.name}" for file in files}
        for about in [each for each in self._complaints if each.startswith(f"{watched.folder}/") and each not in there]:
            del self._complaints[about]  # names that are gone are forgotten: whoever drops files may think up many
        for file in files:
            try:
                await self._receive(folder, watched, file, is_complete=file in before)
            except RefusedError as error:  # this file; the others have a right to be looked at
                self._complain(f"{watched.folder}/{file.name}", str(error))

    async def _receive(
        self, folder: DropFolder, watched: drops.Watched, file: DroppedFile, *, is_complete: bool
    ) -> None:
        now = self._clock.now()
        if file.trouble and not file.stays:
            report = _report(watched, file.name, state="rejected", reason=f"it {file.trouble}")
            await folder.set_aside(file, report, now)
            _log.warning(f"watched folder: {file.name!r} {file.trouble} and is set aside", action="drop_refused")
        elif file.trouble:
            self._complain(f"{watched.folder}/{file.name}", f"{file.name!r} {file.trouble} and is left alone")
        elif is_complete:
            name = await folder.take(file, now)
            if name is not None:
                await self._import(folder, watched, name)

    async def _import(self, folder: DropFolder, watched: drops.Watched, name: str) -> None:
        wish = importing.Wish(list_name=watched.list_name, region=watched.region, source=name, actor=_ACTOR)
        first: list[RejectedRow] = []
        source = folder.reader(name, region=watched.region, columns=watched.columns)
        rows = await folder.rows(name)

        async def on_chunk(chunk: Chunk, row: ImportRow) -> None:
            if chunk.rejected:
                first.extend(chunk.rejected[: _SHOWN - len(first)])
                await rows.add(chunk.rejected)
            self._on_change()

        reason = ""
        row = None
        try:
            await source.open()
            row = await importing.import_contacts(self._store, source, wish, now=self._clock.now, on_chunk=on_chunk)
            if not importing.is_anything(row):
                reason = importing.why_useless(row.rejected)
        except RefusedError as error:  # the file, not the database: that is tried again at the next look
            reason = str(error)
        finally:
            await source.close()
            await rows.close()
        report = _report(watched, name, state="rejected" if reason else "done", reason=reason)
        report |= {"encoding": source.form.encoding, "delimiter": source.form.delimiter}
        if row is not None:
            report |= importing.counts(row)
        report["first_rejected"] = [asdict(each) for each in first]
        await folder.finish(name, report, is_rejected=bool(reason))
        said = f"{reason}" if reason else f"{row.added if row else 0} contacts added to list {watched.list_name}"
        _log.info(f"dropped file {name}: {said}", action="file_imported", list=watched.list_name)

    def _complain(self, about: str, text: str) -> None:
        """Once, not at every look."""
        if self._complaints.get(about) != text:
            self._complaints[about] = text
            _log.warning(f"watched folder: {text}", action="drop_refused")


def _report(watched: drops.Watched, name: str, *, state: str, reason: str) -> dict[str, object]:
    return {"list": watched.list_name, "file": name, "state": state, "reason": reason}
