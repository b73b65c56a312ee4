"""What a person can ask of column maps: keep one by name, look at it, forget it.

Not here: what one is (domain/columnmap.py), importing by it (importing.py).
"""

from __future__ import annotations

from datetime import datetime

from dialerd.domain.columnmap import ColumnMap
from dialerd.domain.errors import BadInputError, IllegalActionError, NotFoundError
from dialerd.domain.phone import known_region
from dialerd.ports import Unit
from dialerd.usecases.definitions import changes_of, told
from dialerd.usecases.lists import NAME


def put_column_map(unit: Unit, name: str, columns: ColumnMap, *, actor: str, now: datetime) -> bool:
    """Keep a map by name; False: it was kept like this already."""
    if not NAME.match(name):
        raise BadInputError(
            f"{name[:64]!r} is no mapping's name",
            hint="use 1 to 64 of a-z, 0-9, - _ . and begin with a letter or digit",
        )
    if columns.region is not None and not known_region(columns.region):
        raise BadInputError(f"{columns.region!r} is no region", hint="use an ISO 3166 code like US or GB")
    before = unit.imports.map(name)
    if before == columns:
        return False
    unit.imports.put_map(name, columns, now)
    detail = told(changes_of(None if before is None else before.model_dump(), columns.model_dump()))
    unit.audit.add(actor=actor, action="mapping_kept", subject=name, detail=detail, now=now)
    return True


def get_column_map(unit: Unit, name: str) -> ColumnMap:
    columns = unit.imports.map(name)
    if columns is None:
        raise NotFoundError(
            f"there is no mapping {name[:64]!r}", hint=f"keep one with dialerd list map add {name[:64]} FILE.toml"
        )
    return columns


def list_column_maps(unit: Unit) -> dict[str, ColumnMap]:
    return unit.imports.maps()


def remove_column_map(unit: Unit, name: str, *, actor: str, now: datetime) -> None:
    """Forget a map. Refused while a watched folder is read by it."""
    columns = get_column_map(unit, name)
    users = [drop.list_name for drop in unit.imports.drops() if drop.map_name == name]
    if users:
        raise IllegalActionError(
            f"mapping {name} reads the folder of list {users[0]}", hint="give that folder another one first"
        )
    unit.imports.delete_map(name)
    unit.audit.add(
        actor=actor, action="mapping_removed", subject=name, detail={"before": columns.model_dump()}, now=now
    )
