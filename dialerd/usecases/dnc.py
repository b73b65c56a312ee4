"""What a person can ask of do-not-call lists.

Not here: obeying them: every claim does (usecases/dialing.py).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from dialerd.domain.campaign import CampaignSpec
from dialerd.domain.errors import AlreadyExistsError, BadInputError, IllegalActionError, NotFoundError
from dialerd.domain.optout import GLOBAL_LIST, as_address, is_email
from dialerd.domain.words import CampaignState
from dialerd.ports import DncEntry, Unit
from dialerd.usecases.barring import end_waiting
from dialerd.usecases.contacts import read_number
from dialerd.usecases.lists import NAME
from dialerd.usecases.standing import standing

GLOBAL = GLOBAL_LIST
_CHUNK = 2000  # entries deleted per transaction
_DONE = (CampaignState.DRAFT, CampaignState.READY, CampaignState.COMPLETED, CampaignState.STOPPED)


def add_to_dnc(
    unit: Unit,
    numbers: Iterable[str],
    *,
    region: str,
    source: str,
    expires_at: datetime | None,
    actor: str,
    now: datetime,
    list_name: str = GLOBAL,
) -> int:
    """Put numbers and e-mail addresses on a list; how many were new there. A bad one refuses the whole request.

    Callbacks to them are cancelled, and who waits to be called or written to there is settled, in the same transaction.
    """
    known_dnc(unit, list_name)
    entries = [
        DncEntry(
            list_name=list_name,
            number=read_address(each, region=region),
            source=source,
            added_at=now,
            expires_at=expires_at,
        )
        for each in numbers
    ]
    added = unit.dnc.add(entries)
    barred = [entry.number for entry in entries]
    ended = end_waiting(unit, barred, list_name=list_name, expires_at=expires_at, now=now)
    detail: dict[str, object] = {"given": len(entries), "added": added, "source": source}
    detail |= {"callbacks_cancelled": ended.callbacks, "settled": ended.settled}
    unit.audit.add(actor=actor, action="dnc_added", subject=list_name, detail=detail, now=now)
    return added


def remove_from_dnc(
    unit: Unit, numbers: Iterable[str], *, region: str, actor: str, now: datetime, list_name: str = GLOBAL
) -> int:
    """Take numbers off a list; how many were on it."""
    known_dnc(unit, list_name)
    addresses = [read_address(text, region=region) for text in numbers]
    removed = unit.dnc.remove(list_name, addresses)
    unit.optouts.take_back(list_name, addresses, by=actor, now=now)
    unit.audit.add(actor=actor, action="dnc_removed", subject=list_name, detail={"removed": removed}, now=now)
    return removed


def check_dnc(unit: Unit, text: str, *, region: str, now: datetime) -> list[DncEntry]:
    """Every list that has the number now."""
    return unit.dnc.check(read_address(text, region=region), now)


def list_dnc(unit: Unit) -> dict[str, int]:
    """The do-not-call lists and how many entries each has."""
    return unit.dnc.lists()


def entries_of(unit: Unit, list_name: str, *, after: str = "", limit: int) -> list[DncEntry]:
    """The next `limit` entries of a list by number. Raises NotFoundError."""
    known_dnc(unit, list_name)
    return unit.dnc.page(list_name, after=after, limit=limit)


@dataclass(frozen=True, slots=True, kw_only=True)
class Scrub:
    """A campaign's lists held against the do-not-call lists before a run: what a run started now would leave out."""

    contacts: int
    kept: int  # by the filter
    on_dnc: int


def scrub_lists(unit: Unit, spec: CampaignSpec, now: datetime) -> Scrub:
    """Count; nothing is changed, since the contacts may be called again when their entries expire."""
    rows, keeps = [unit.lists.get(name) for name in spec.lists], spec.keeps
    contacts = sum(row.contacts for row in rows if row is not None)
    return Scrub(
        contacts=contacts,
        kept=contacts if keeps is None else unit.contacts.count(spec.lists, keeps, today=spec.today(now)).kept,
        on_dnc=unit.dnc.count_listed(spec.lists, dnc=spec.dnc, now=now),
    )


def create_dnc(unit: Unit, list_name: str, *, actor: str, now: datetime) -> None:
    """A new, empty do-not-call list, for the campaigns that name it."""
    if not NAME.match(list_name):
        raise BadInputError(
            f"{list_name[:64]!r} is no list's name",
            hint="use 1 to 64 of a-z, 0-9, - _ . and begin with a letter or digit",
        )
    if unit.dnc.has(list_name):
        raise AlreadyExistsError(f"there is a do-not-call list {list_name} already", hint="add to it")
    unit.dnc.create(list_name)
    unit.audit.add(actor=actor, action="dnc_created", subject=list_name, detail={}, now=now)


def check_deletable(unit: Unit, list_name: str, now: datetime) -> None:
    """Whether a do-not-call list may be deleted. Raises IllegalActionError naming the campaign that obeys it."""
    known_dnc(unit, list_name)
    if list_name == GLOBAL:
        raise IllegalActionError("the global do-not-call list cannot be deleted", hint="remove numbers from it")
    for row in unit.campaigns.all():
        state = standing(unit, row, now).state
        if row.spec.dnc == list_name and state not in _DONE:
            raise IllegalActionError(
                f"do-not-call list {list_name} is obeyed by campaign {row.spec.name}, which is {state}",
                hint="stop that campaign, or apply it with another list",
            )


def delete_dnc(unit: Unit, list_name: str, *, actor: str, now: datetime) -> bool:
    """Delete the next entries of a list, and the list with the last of them; True when it is gone.

    To be called again until then: one statement for millions of entries would hold up the dialing.
    """
    check_deletable(unit, list_name, now)
    unit.dnc.delete(list_name, size=_CHUNK)
    if unit.dnc.has(list_name):
        return False
    unit.audit.add(actor=actor, action="dnc_deleted", subject=list_name, detail={}, now=now)
    return True


def read_address(text: str, *, region: str) -> str:
    """What a list keeps of a number as people write it, or of an e-mail address. Raises BadInputError."""
    return as_address(text) if is_email(text) else read_number(text, region=region).e164


def known_dnc(unit: Unit, list_name: str) -> None:
    """Raises NotFoundError where there is no such do-not-call list."""
    if not unit.dnc.has(list_name):
        raise NotFoundError(
            f"there is no do-not-call list {list_name}", hint=f"make it with dialerd dnc create {list_name}"
        )
