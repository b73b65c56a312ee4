"""What a person can ask of do-not-call lists.

Not here: obeying them: every claim does (usecases/dialing.py).
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from dialerd.domain.errors import NotFoundError
from dialerd.domain.phone import PhoneNumber
from dialerd.ports import DncEntry, Unit
from dialerd.usecases.contacts import read_number

GLOBAL = "global"


def add_to_dnc(
    unit: Unit,
    numbers: Iterable[str | PhoneNumber],
    *,
    region: str,
    source: str,
    expires_at: datetime | None,
    actor: str,
    now: datetime,
    list_name: str = GLOBAL,
) -> int:
    """Put numbers on a list; how many were new there. All or none: a bad number refuses the whole request.

    An importer gives numbers that are read already, since reading takes longer than a transaction should.
    """
    _known(unit, list_name)
    entries = [
        DncEntry(
            list_name=list_name,
            number=(each if isinstance(each, PhoneNumber) else read_number(each, region=region)).e164,
            source=source,
            added_at=now,
            expires_at=expires_at,
        )
        for each in numbers
    ]
    added = unit.dnc.add(entries)
    detail = {"given": len(entries), "added": added, "source": source}
    unit.audit.add(actor=actor, action="dnc_added", subject=list_name, detail=detail, now=now)
    return added


def remove_from_dnc(
    unit: Unit, numbers: Iterable[str], *, region: str, actor: str, now: datetime, list_name: str = GLOBAL
) -> int:
    """Take numbers off a list; how many were on it."""
    _known(unit, list_name)
    removed = unit.dnc.remove(list_name, [read_number(text, region=region).e164 for text in numbers])
    unit.audit.add(actor=actor, action="dnc_removed", subject=list_name, detail={"removed": removed}, now=now)
    return removed


def check_dnc(unit: Unit, text: str, *, region: str, now: datetime) -> list[DncEntry]:
    """Every list that has the number now."""
    return unit.dnc.check(read_number(text, region=region).e164, now)


def list_dnc(unit: Unit) -> dict[str, int]:
    """The do-not-call lists and how many entries each has."""
    return unit.dnc.lists()


def _known(unit: Unit, list_name: str) -> None:
    if list_name not in unit.dnc.lists():
        raise NotFoundError(
            f"there is no do-not-call list {list_name}", hint="this version has one list, global, for every campaign"
        )
