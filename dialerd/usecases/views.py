"""What a person can ask of saved views of the table of campaigns: save, copy, delete one, and open with one.

Not here: what a view shows (domain/view.py), the table (campaigntable.py). A view is its owner's; others see those that
are shared, and copy or open with them, but only the owner changes one.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from dialerd.domain.errors import AlreadyExistsError, IllegalActionError, NotFoundError
from dialerd.domain.view import ViewSpec, check_name
from dialerd.ports import SavedView, Unit
from dialerd.usecases.definitions import changes_of, note_deleted, told

MOST = 100
"""Views of one owner."""


def listed(unit: Unit, reader: str) -> list[SavedView]:
    """The reader's views and those that others share."""
    return unit.views.listed(reader)


def get(unit: Unit, name: str, *, reader: str) -> SavedView:
    """The reader's view of that name, else a shared one of it. Raises NotFoundError."""
    found = next((each for each in unit.views.listed(reader) if each.name == name), None)
    if found is None:
        raise NotFoundError(f"there is no view {name[:40]}", hint="see dialerd view list")
    return found


def default(unit: Unit, reader: str) -> SavedView | None:
    """What the reader's table opens with; None: the plain one."""
    return next((each for each in unit.views.listed(reader) if each.is_default), None)


def save(
    unit: Unit,
    name: str,
    spec: ViewSpec,
    *,
    owner: str,
    is_shared: bool = False,
    new_name: str | None = None,
    actor: str,
    now: datetime,
) -> SavedView:
    """Make a view, or change the owner's view of that name, also its name. Raises BadInputError, AlreadyExistsError."""
    check_name(new_name or name)
    mine = {each.name: each for each in unit.views.listed(owner) if each.owner == owner}
    before = mine.get(name)
    if name not in mine and len(mine) >= MOST:
        raise IllegalActionError(f"{owner} has {MOST} views, the most that one may have", hint="delete one first")
    if new_name is not None and new_name != name:
        _own(unit, name, owner)
        if new_name in mine:
            raise AlreadyExistsError(f"there is a view {new_name} already", hint="choose another name")
        unit.views.rename(owner, name, new_name)
        name = new_name
    unit.views.put(owner, name, spec, is_shared=is_shared, now=now)
    saved = _own(unit, name, owner)
    detail = told(changes_of(None if before is None else _table(before), _table(saved)))
    unit.audit.add(actor=actor, action="view_saved", subject=name, detail=detail, now=now)
    return saved


def duplicate(unit: Unit, name: str, new_name: str, *, owner: str, actor: str, now: datetime) -> SavedView:
    """Copy a view that the owner sees, its own or a shared one, as one of its own that is not shared."""
    spec = get(unit, name, reader=owner).spec
    if any(each.name == new_name and each.owner == owner for each in unit.views.listed(owner)):
        raise AlreadyExistsError(f"there is a view {new_name} already", hint="choose another name")
    return save(unit, new_name, spec, owner=owner, actor=actor, now=now)


def delete(unit: Unit, name: str, *, owner: str, actor: str, now: datetime) -> None:
    """Delete one of the owner's views; who opened with it has the plain table again."""
    view = _own(unit, name, owner)
    unit.views.delete(owner, name)
    note_deleted(unit, "view", name, _table(view), actor=actor, now=now)


def mark_default(unit: Unit, name: str | None, *, reader: str, actor: str, now: datetime) -> SavedView | None:
    """Have the reader's table open with that view from now on; None: with the plain one."""
    found = None if name is None else get(unit, name, reader=reader)
    before = default(unit, reader)
    unit.views.set_default(reader, None if found is None else (found.owner, found.name))
    detail = {"before": None if before is None else before.name, "after": name}
    unit.audit.add(actor=actor, action="view_default", subject=name or "", detail=detail, now=now)
    return default(unit, reader)


def _table(view: SavedView) -> dict[str, Any]:
    return {"name": view.name, **view.spec.as_table(), "shared": view.is_shared}


def _own(unit: Unit, name: str, owner: str) -> SavedView:
    found = get(unit, name, reader=owner)
    if found.owner != owner:
        raise IllegalActionError(f"view {name[:40]} is {found.owner}'s", hint="duplicate it and change the copy")
    return found
