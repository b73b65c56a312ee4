"""What a person can ask of contact lists.

Not here: reading files (adapters/files).
"""

from __future__ import annotations

import re
from datetime import datetime

from dialerd.domain.errors import AlreadyExistsError, BadInputError, IllegalActionError, NotFoundError
from dialerd.domain.phone import known_region
from dialerd.ports import ListRow, Unit

NAME = re.compile(r"[a-z0-9][a-z0-9._-]{0,63}\Z")


def create_list(unit: Unit, name: str, *, region: str, actor: str, now: datetime) -> ListRow:
    """A new, empty list; `region` is assumed for its numbers that have no country code."""
    if not NAME.match(name):
        raise BadInputError("a list's name is 1 to 64 of a-z, 0-9, - _ . and begins with a letter or digit")
    if not known_region(region):
        raise BadInputError(f"{region!r} is no region", hint="use an ISO 3166 code like US or GB")
    if unit.lists.get(name) is not None:
        raise AlreadyExistsError(f"there is a list {name} already")
    row = unit.lists.create(name, region, now)
    unit.audit.add(actor=actor, action="list_created", subject=name, detail={"region": region}, now=now)
    return row


def get_list(unit: Unit, name: str) -> ListRow:
    row = unit.lists.get(name)
    if row is None:
        raise NotFoundError(f"there is no list {name}", hint=f"make it with dialerd list create {name}")
    return row


def delete_list(unit: Unit, name: str, *, actor: str, now: datetime) -> int:
    """Delete a list with its contacts; how many those were. Refused while an unfinished run uses it."""
    row = get_list(unit, name)
    users = [run.spec.name for run in unit.runs.unfinished() if name in run.spec.lists]
    if users:
        raise IllegalActionError(f"list {name} is in use by campaign {users[0]}", hint="stop that campaign first")
    unit.lists.delete(row.id)
    unit.audit.add(actor=actor, action="list_deleted", subject=name, detail={"contacts": row.contacts}, now=now)
    return row.contacts
