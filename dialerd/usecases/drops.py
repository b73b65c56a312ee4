"""What a person can ask of watched folders: watch one for a list, stop watching; and what the daemon watches.

Not here: the files in them (adapters/files/dropfolder.py, engine/dropkeeper.py).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from dialerd.domain.columnmap import ColumnMap
from dialerd.domain.errors import AlreadyExistsError, NotFoundError
from dialerd.ports import DropRow, Unit
from dialerd.usecases.columnmaps import get_column_map
from dialerd.usecases.lists import get_list


@dataclass(frozen=True, slots=True, kw_only=True)
class Watched:
    """A folder with all that its files are read by."""

    list_name: str
    region: str
    folder: str
    columns: ColumnMap | None


def watch_folder(unit: Unit, list_name: str, folder: str, *, map_name: str | None, actor: str, now: datetime) -> None:
    """From now on, files in `folder` (its full name) go into the list; in place of the folder the list had before."""
    row = get_list(unit, list_name)
    if map_name is not None:
        get_column_map(unit, map_name)
    for drop in unit.imports.drops():
        if drop.folder == folder and drop.list_name != list_name:
            raise AlreadyExistsError(
                f"folder {folder} is watched for list {drop.list_name}", hint="give each list a folder of its own"
            )
    unit.imports.put_drop(row.id, folder, map_name)
    detail = {"folder": folder, "map": map_name}
    unit.audit.add(actor=actor, action="folder_watched", subject=list_name, detail=detail, now=now)


def stop_watching(unit: Unit, list_name: str, *, actor: str, now: datetime) -> str:
    """Forget the list's folder, and say which it was; what is in it stays."""
    row = get_list(unit, list_name)
    drop = drop_of(unit, list_name)
    if drop is None:
        raise NotFoundError(
            f"list {list_name} has no watched folder", hint=f"give it one with dialerd list drop {list_name} FOLDER"
        )
    unit.imports.delete_drop(row.id)
    unit.audit.add(actor=actor, action="folder_forgotten", subject=list_name, detail={"folder": drop.folder}, now=now)
    return drop.folder


def drop_of(unit: Unit, list_name: str) -> DropRow | None:
    return next((drop for drop in unit.imports.drops() if drop.list_name == list_name), None)


def watched_folders(unit: Unit) -> list[Watched]:
    """Every watched folder; the map's region goes before the list's."""
    found = []
    for drop in unit.imports.drops():
        columns = unit.imports.map(drop.map_name) if drop.map_name is not None else None
        region = get_list(unit, drop.list_name).region
        found.append(
            Watched(
                list_name=drop.list_name,
                region=(columns.region if columns is not None else None) or region,
                folder=drop.folder,
                columns=columns,
            )
        )
    return found
