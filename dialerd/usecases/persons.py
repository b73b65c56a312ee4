"""What a person who is called can ask of whoever runs dialerd: what is held about me, and forget me.

Not here: the lists of those who want no calls (optout.py), what goes by its age (retention.py).
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from dialerd.domain.errors import IllegalActionError, NotFoundError
from dialerd.domain.person import Person
from dialerd.domain.words import ContactId, Disposition
from dialerd.ports import DncEntry, Unit
from dialerd.usecases.callingback import cancel_barred
from dialerd.usecases.dnc import GLOBAL, read_address
from dialerd.usecases.finishing import finish_if_over

_CONTACT_BY_NAME = re.compile(r"contact:([0-9]{1,18})\Z")
SWEPT_AT_ONCE = 2000  # rows of the audit log per transaction


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """All that is held about a person: rows by what they are. Recordings are named; Asterisk has their sound."""

    contacts: Sequence[int]
    addresses: Sequence[str]
    rows: Mapping[str, Sequence[Mapping[str, Any]]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Erased:
    """What an erasure has come to, or would: rows by what they are. `on_dnc`: addresses that went on the global
    do-not-call list for it."""

    contacts: int
    addresses: int
    rows: Mapping[str, int]
    on_dnc: int
    dry_run: bool


def held_about(unit: Unit, who: str, *, region: str) -> Held:
    """Everything about whoever is meant by a number, an e-mail address, or `contact:ID`; it reads, and for long: the
    audit log is walked. Raises NotFoundError, BadInputError."""
    person = _find(unit, who, region=region)
    rows = unit.persons.held(person, with_audit=True)
    _check_known(person, rows)
    return Held(contacts=person.contacts, addresses=person.addresses, rows=rows)


def note_export(unit: Unit, held: Held, *, actor: str, now: datetime) -> None:
    """Keep in the audit log that somebody was told all about a person, without saying whom."""
    detail = {"contacts": list(held.contacts), "rows": sum(map(len, held.rows.values()))}
    unit.audit.add(actor=actor, action="person_exported", subject="person", detail=detail, now=now)


def erase_person(
    unit: Unit, who: str, *, do_not_call: bool, region: str, actor: str, now: datetime, dry_run: bool = False
) -> Erased:
    """Take a person out of everything, but for the do-not-call entries and opt-outs, and for the record that calls took
    place and how they ended, which names nobody any more.

    The audit log is swept afterwards (`sweep`), recordings are deleted by the daemon. Raises IllegalActionError while a
    call or a message to the person is under way, NotFoundError, BadInputError.
    """
    person = _find(unit, who, region=region)
    rows = unit.persons.held(person, with_audit=False) if dry_run else {}
    if dry_run:
        _check_known(person, rows)
        counts = {title: len(each) for title, each in rows.items()}
        return Erased(
            contacts=len(person.contacts), addresses=len(person.addresses), rows=counts, on_dnc=0, dry_run=True
        )
    if unit.persons.is_in_call(person):
        raise IllegalActionError(
            "a call or a message to the person is under way", hint="erase the person again when it has ended"
        )
    added = _bar(unit, person, now) if do_not_call else 0
    _settle(unit, person, now)
    counts = dict(unit.persons.erase(person))
    if not person.contacts and not any(counts.values()) and not added:
        raise _unknown()
    detail = {"contacts": list(person.contacts), "rows": counts, "on_dnc": added}
    unit.audit.add(actor=actor, action="person_erased", subject="person", detail=detail, now=now)
    return Erased(
        contacts=len(person.contacts), addresses=len(person.addresses), rows=counts, on_dnc=added, dry_run=False
    )


def sweep(unit: Unit) -> bool:
    """Take those who were erased out of the next rows of the audit log; True: nothing is left to be done."""
    return unit.persons.sweep(size=SWEPT_AT_ONCE)


def _find(unit: Unit, who: str, *, region: str) -> Person:
    if found := _CONTACT_BY_NAME.match(who.strip()):
        contact_id = ContactId(int(found[1]))
        if unit.contacts.get(contact_id) is None:
            raise NotFoundError(f"there is no contact {contact_id}", hint="find it with dialerd contact find NUMBER")
        return unit.persons.find(contact_id=contact_id)
    return unit.persons.find(address=read_address(who, region=region))


def _check_known(person: Person, rows: Mapping[str, Sequence[Mapping[str, Any]]]) -> None:
    if not person.contacts and not any(rows.values()):
        raise _unknown()


def _unknown() -> NotFoundError:
    return NotFoundError("nothing is held about that person", hint="try the person's other numbers and addresses")


def _bar(unit: Unit, person: Person, now: datetime) -> int:
    entries = [DncEntry(list_name=GLOBAL, number=each, source="erased", added_at=now) for each in person.addresses]
    cancel_barred(unit, person.addresses, list_name=GLOBAL, expires_at=None, now=now)
    return unit.dnc.add(entries)


def _settle(unit: Unit, person: Person, now: datetime) -> None:
    """Nobody is called for an answer that is not wanted any more: what waits is settled, and runs may be over by it."""
    runs = set()
    for run_id, contact_id in unit.persons.waiting(person):
        target = unit.dialing.target(run_id, contact_id, dnc=None, now=now)
        if target is not None:
            unit.dialing.settle_target(target, Disposition.CANCELLED, now)
            runs.add(run_id)
    for run_id in runs:
        finish_if_over(unit, run_id, now)
