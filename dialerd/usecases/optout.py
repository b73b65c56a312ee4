"""Somebody does not want to be reached any more: one act, whoever hears it, for every channel and campaign.

Not here: lists kept by hand (dnc.py), refusing a claim (domain/gates.py). What is under way at that moment is taken
back by the engine as soon as it hears of it; what waits is settled in the same transaction (barring.py).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from dialerd.domain.errors import NotFoundError
from dialerd.domain.optout import MAX_WORDS, How, OptOut, addresses_of, is_email
from dialerd.domain.person import ERASED
from dialerd.domain.words import ATTEMPT_ID, AttemptId
from dialerd.ports import ContactRow, DncEntry, Unit
from dialerd.usecases.barring import MOST_OF_ONE_ADDRESS, end_waiting
from dialerd.usecases.dnc import GLOBAL, known_dnc, read_address


@dataclass(frozen=True, slots=True, kw_only=True)
class OptedOut:
    """What an opt-out has done. `added`: addresses that were new on the list; `callbacks`: how many were cancelled;
    `settled`: in how many runs nobody waits any more to reach the person."""

    record: OptOut
    added: int
    callbacks: int
    settled: int


def opt_out(
    unit: Unit,
    who: AttemptId | str,
    *,
    how: How,
    list_name: str = GLOBAL,
    words: str = "",
    region: str,
    actor: str,
    now: datetime,
) -> OptedOut:
    """Put everything by which a person can be reached on a do-not-call list, for ever, and keep how that was said.

    `who`: the attempt in which it was heard, else a number as people write it or an e-mail address. The other numbers
    and the e-mail address of the contacts who have it are barred with it. Said twice it is kept twice.
    Raises NotFoundError (no such attempt or list), BadInputError (no number).
    """
    known_dnc(unit, list_name)
    attempt_id, address, contacts = _heard_from(unit, who, region=region)
    addresses = tuple(dict.fromkeys([address, *(each for row in contacts for each in addresses_of(row.contact))]))
    record = OptOut(
        address=address,
        addresses=addresses,
        how=how,
        list_name=list_name,
        at=now,
        actor=actor,
        words=words[:MAX_WORDS],
        contact_id=contacts[0].id if contacts else None,
        attempt_id=attempt_id,
    )
    added = unit.dnc.add(
        DncEntry(list_name=list_name, number=each, source=f"opt-out: {how}", added_at=now) for each in addresses
    )
    ended = end_waiting(unit, addresses, list_name=list_name, expires_at=None, now=now)
    unit.optouts.add(record)
    detail = {"how": how, "attempt": attempt_id, "contact": record.contact_id, "addresses": len(addresses)}
    detail |= {"added": added, "callbacks_cancelled": ended.callbacks, "settled": ended.settled}
    unit.audit.add(actor=actor, action="opted_out", subject=list_name, detail=detail, now=now)
    return OptedOut(record=record, added=added, callbacks=ended.callbacks, settled=ended.settled)


def _heard_from(unit: Unit, who: str, *, region: str) -> tuple[AttemptId | None, str, Sequence[ContactRow]]:
    """The attempt, the address that was reached in it, and whose it is."""
    if not ATTEMPT_ID.match(who):
        address = read_address(who, region=region)
        return None, address, _reached_at(unit, address)
    attempt = unit.dialing.attempt(AttemptId(who))
    if attempt is None:
        raise NotFoundError(f"there is no attempt {who}", hint="see the attempt_id column of an export")
    contact = unit.contacts.get(unit.callbacks.contact_of(attempt.target_id))
    if attempt.number != ERASED:
        return attempt.id, attempt.number, [] if contact is None else [contact]
    if contact is None:
        raise NotFoundError(
            "whom that attempt reached has been erased", hint="give the number or the e-mail address instead"
        )
    return attempt.id, addresses_of(contact.contact)[0], [contact]  # forgotten by its age: the contact is there


def _reached_at(unit: Unit, address: str) -> Sequence[ContactRow]:
    """Whose address it is. An e-mail address of very many (one that forms are filled in with) is no person's."""
    if not is_email(address):
        return unit.contacts.find(address)
    found = unit.contacts.find_by_email(address, limit=MOST_OF_ONE_ADDRESS + 1)
    return found if len(found) <= MOST_OF_ONE_ADDRESS else []


def opt_in(unit: Unit, address: str, *, how: How, actor: str, now: datetime) -> int:
    """Whoever has opted out by a message and now asks, by the same way, to be reached again; how many addresses are
    free again. What was put on a list in another way since, or for another reason, stays on it."""
    record = next(iter(unit.optouts.of(address)), None)
    if record is None or record.how is not how:
        return 0
    source = f"opt-out: {how}"
    free = [
        each
        for each in record.addresses
        if any(entry.list_name == record.list_name and entry.source == source for entry in unit.dnc.check(each, now))
    ]
    removed = unit.dnc.remove(record.list_name, free)
    if removed:
        unit.optouts.take_back(record.list_name, free, by=f"{actor} by {how}", now=now)
        detail = {"how": how, "addresses": removed}
        unit.audit.add(actor=actor, action="opted_in", subject=record.list_name, detail=detail, now=now)
    return removed


def opt_outs_of(unit: Unit, text: str, *, region: str) -> list[OptOut]:
    """Every opt-out by which an address was put on a list, the latest first."""
    return unit.optouts.of(read_address(text, region=region))


def opt_out_of_agents_call(
    unit: Unit, agent: str, *, list_name: str = GLOBAL, words: str = "", region: str, actor: str, now: datetime
) -> OptedOut:
    """The person whom an agent talks to, or has talked to last, has told it so. Raises NotFoundError: there is none."""
    attempt_id = unit.optouts.last_talk(agent)
    if attempt_id is None:
        raise NotFoundError(f"agent {agent} has talked to nobody", hint="give the number: dialerd optout add NUMBER")
    return opt_out(
        unit, attempt_id, how=How.AGENT, list_name=list_name, words=words, region=region, actor=actor, now=now
    )
