"""What a person can ask of contact lists.

Not here: reading files (adapters/files).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime

from dialerd.domain.errors import AlreadyExistsError, BadInputError, IllegalActionError, NotFoundError
from dialerd.domain.phone import known_region
from dialerd.domain.words import CampaignState
from dialerd.ports import ContactRow, ListRow, Unit
from dialerd.usecases.callingback import cancel_of_list
from dialerd.usecases.definitions import note_deleted
from dialerd.usecases.standing import standing

_CHUNK = 500  # contacts deleted per transaction
NAME = re.compile(r"[a-z0-9][a-z0-9._-]{0,63}\Z")


def create_list(unit: Unit, name: str, *, region: str, actor: str, now: datetime) -> ListRow:
    """A new, empty list; `region` is assumed for its numbers that have no country code."""
    check_name(name)
    region = read_region(region)
    if unit.lists.get(name) is not None:
        raise AlreadyExistsError(f"there is a list {name} already", hint="import into it, or choose another name")
    row = unit.lists.create(name, region, now)
    unit.audit.add(actor=actor, action="list_created", subject=name, detail={"region": region}, now=now)
    return row


def check_name(name: str) -> None:
    """Raises BadInputError where a list cannot have that name."""
    if not NAME.match(name):
        raise BadInputError(
            f"{name[:64]!r} is no list's name", hint="use 1 to 64 of a-z, 0-9, - _ . and begin with a letter or digit"
        )


def read_region(text: str) -> str:
    """A region given by a person. Raises BadInputError."""
    region = text.upper()
    if not known_region(region):
        raise BadInputError(f"{text[:20]!r} is no region", hint="use an ISO 3166 code like US or GB")
    return region


def get_list(unit: Unit, name: str) -> ListRow:
    row = unit.lists.get(name)
    if row is None:
        raise NotFoundError(f"there is no list {name}", hint=f"make it with dialerd list create {name}")
    return row


def list_lists(unit: Unit) -> list[ListRow]:
    return unit.lists.all()


def first_contacts(unit: Unit, row: ListRow, *, limit: int) -> list[ContactRow]:
    """The contacts of a list that were imported first."""
    return unit.contacts.of_list(row.id, limit=limit)


def unlike_fields(unit: Unit, names: Sequence[str]) -> list[str]:
    """What to warn of where lists that are used together do not have the same fields; empty lists have none yet."""
    fields = {name: found for name in names if (found := unit.contacts.attribute_names(name))}
    everywhere = set[str]().union(*fields.values())
    return [
        f"lists: no contact of list {name} seems to have a field {each}, which another list has"
        for name, found in fields.items()
        for each in sorted(everywhere - found)
    ]


def delete_list(unit: Unit, name: str, *, actor: str, now: datetime) -> bool:
    """Delete the next contacts of a list, and the list with the last of them; True when it is gone.

    To be called again until then: one statement for millions of contacts would hold up the dialing.
    """
    row = check_deletable(unit, name, now)
    if cancel_of_list(unit, row.id, now) or not unit.lists.delete(row.id, size=_CHUNK):
        return False
    before = {"region": row.region, "created_at": row.created_at.isoformat()}
    note_deleted(unit, "list", name, before, actor=actor, now=now)
    return True


def check_deletable(unit: Unit, name: str, now: datetime) -> ListRow:
    """Whether a list may be deleted. Raises IllegalActionError naming the campaign that is going on or scheduled."""
    row = get_list(unit, name)
    users = [run.spec.name for run in unit.runs.unfinished() if name in run.spec.lists]
    if users:
        raise IllegalActionError(f"list {name} is in use by campaign {users[0]}", hint="stop that campaign first")
    for campaign in unit.campaigns.all():
        if name in campaign.spec.lists and standing(unit, campaign, now).state is CampaignState.SCHEDULED:
            raise IllegalActionError(
                f"list {name} is in use by campaign {campaign.spec.name}, which is scheduled",
                hint=f"take it off the timetable with dialerd campaign schedule {campaign.spec.name} --off",
            )
    return row
