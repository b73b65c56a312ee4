"""Addresses have been put on a do-not-call list: what waits to reach them ends at once, in every run that obeys it.

Not here: putting them there (dnc.py, dncimporting.py, optout.py), refusing a claim (domain/gates.py), what is under way
at that moment: the engine takes that back.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from dialerd.domain.optout import GLOBAL_LIST
from dialerd.domain.words import ContactId, RunId, RunState
from dialerd.ports import Unit
from dialerd.usecases import dialing
from dialerd.usecases.callingback import cancel_barred
from dialerd.usecases.finishing import finish_if_over

MOST_OF_ONE_ADDRESS = 100
"""Contacts of one e-mail address that are looked for; one that more have is no person's."""


@dataclass(frozen=True, slots=True)
class Waits:
    """One whose next attempt in a run would be at an address that was barred."""

    run_id: RunId
    contact_id: ContactId


@dataclass(frozen=True, slots=True)
class Ended:
    """`callbacks` were cancelled, `settled` targets wait no more; `left`: found, and not looked at yet."""

    callbacks: int
    settled: int
    left: Sequence[Waits] = ()


def end_waiting(
    unit: Unit,
    addresses: Collection[str],
    *,
    list_name: str,
    expires_at: datetime | None,
    now: datetime,
    most: int | None = None,
) -> Ended:
    """Cancel the callbacks to the addresses and settle what waits for one of them, as its next claim would; whoever is
    due only when the entries are over waits on. `most`: settle so many now, and leave the others to `settle`.

    Targets are found along the runs' numbers and the contacts' addresses: no list is walked.
    """
    callbacks = cancel_barred(unit, addresses, list_name=list_name, expires_at=expires_at, now=now)
    found = [
        Waits(run.id, contact_id)
        for run in unit.runs.unfinished()
        # One that is being stopped cancels what waits.
        if run.state in (RunState.ACTIVE, RunState.PAUSED) and list_name in (GLOBAL_LIST, run.spec.dnc)
        for contact_id in unit.dialing.waiting_for(run.id, addresses, before=expires_at, most=MOST_OF_ONE_ADDRESS)
    ]
    size = len(found) if most is None else most
    return Ended(callbacks, settle(unit, found[:size], now), found[size:])


def settle(unit: Unit, found: Sequence[Waits], now: datetime) -> int:
    """Settle those for whom no other number is left; how many."""
    settled = 0
    for run_id in dict.fromkeys(each.run_id for each in found):
        run = unit.runs.get(run_id)
        if run is None or run.state not in (RunState.ACTIVE, RunState.PAUSED):
            continue
        count = sum(dialing.settle_barred(unit, run, each.contact_id, now) for each in found if each.run_id == run_id)
        if count:
            finish_if_over(unit, run_id, now)
        settled += count
    return settled
