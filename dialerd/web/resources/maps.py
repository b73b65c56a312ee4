"""Mappings: which column of a sender's files is which field of a contact.

Not here: importing by one (uploads.py).
"""

from __future__ import annotations

from typing import Any

from dialerd.domain.columnmap import ColumnMap, read_column_map
from dialerd.domain.user import Right
from dialerd.usecases import columnmaps as use
from dialerd.web.binding import Ask, Model, Route


class MapListed(Model):
    map: str
    columns: dict[str, str]
    delimiter: str | None
    region: str | None


Table = dict[str, Any]


def list_maps(ask: Ask[None, None]) -> list[MapListed]:
    """The mappings."""
    return [MapListed(map=name, **found.model_dump()) for name, found in use.list_column_maps(ask.unit).items()]


def show_map(ask: Ask[None, None]) -> Table:
    """A mapping as its file has it."""
    return use.get_column_map(ask.unit, ask.path["name"]).model_dump(exclude_none=True)


def apply_map(ask: Ask[None, Table]) -> Table:
    """Keep a mapping by name; one that has the name is replaced."""
    name = ask.path["name"]
    columns = read_column_map(ask.body, source=f"mapping {name[:64]}")
    use.put_column_map(ask.unit, name, columns, actor=ask.actor, now=ask.now)
    return columns.model_dump(exclude_none=True)


def delete_map(ask: Ask[None, None]) -> None:
    """Forget a mapping; refused while a watched folder is read by it."""
    use.remove_column_map(ask.unit, ask.path["name"], actor=ask.actor, now=ask.now)


_ALL, _ONE = "/api/maps", "/api/maps/{name}"

ROUTES: tuple[Route, ...] = (
    Route(method="GET", path=_ALL, do=list_maps, right=Right.SEE),
    Route(method="GET", path=_ONE, do=show_map, right=Right.SEE, is_table=True),
    Route(method="PUT", path=_ONE, do=apply_map, right=Right.DEFINE, shows=show_map, body_is=ColumnMap),
    Route(method="DELETE", path=_ONE, do=delete_map, right=Right.DEFINE, shows=show_map),
)
