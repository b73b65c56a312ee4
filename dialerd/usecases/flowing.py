"""What calls that are led through a flow ask of the store, and what is kept of them when they have ended.

Not here: keeping the flows themselves (flows.py), the flow's steps (domain/flow).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from dialerd.domain.call import Facts, Outcome
from dialerd.domain.call.moves import MAY_GIVE
from dialerd.domain.contact import attribute_trouble
from dialerd.domain.filters import Record
from dialerd.domain.flow import Scene
from dialerd.domain.flow.moves import CallBack, Did, Fetched, OptOut, Undone
from dialerd.domain.hours import is_zone
from dialerd.domain.optout import How
from dialerd.domain.words import AttemptId
from dialerd.log import logger
from dialerd.ports import AttemptRow, ContactRow, RunRow, Unit
from dialerd.usecases import asked, callbacks, optout
from dialerd.usecases.dialing import Settled
from dialerd.usecases.dnc import GLOBAL

_log = logger(__name__)

ACTOR = "flow"
_CLOCK = re.compile(r"([01]\d|2[0-3])([0-5]\d)\Z")


def fetch(unit: Unit, attempt_id: AttemptId, flow: str, now: datetime) -> Fetched | Undone:
    """The flow and what it knows of whoever has answered."""
    row = unit.flows.get(flow)
    if row is None:
        return Undone(f"there is no flow {flow}")
    attempt, run, contact = _of(unit, attempt_id)
    record = Record(
        number=attempt.number,
        list=contact.list_name,
        priority=contact.contact.priority,
        zone=contact.contact.zone,
        attributes=contact.contact.attributes,
    )
    return Fetched(row.spec, Scene(contact=record, today=_today(run, contact, attempt, now)))


def _of(unit: Unit, attempt_id: AttemptId) -> tuple[AttemptRow, RunRow, ContactRow]:
    attempt = unit.dialing.attempt(attempt_id)
    assert attempt is not None, "its call is up"
    run = unit.runs.get(attempt.run_id)
    contact = unit.contacts.get(unit.callbacks.contact_of(attempt.target_id))
    assert run is not None, "an open attempt's run cannot be deleted"
    assert contact is not None, "nor can its contact"
    return attempt, run, contact


def _zone(contact: ContactRow, attempt: AttemptRow) -> str | None:
    """Where the contact is, as far as is known: given, or the first zone of the number."""
    zones = next((each.zones for each in contact.contact.numbers if each.e164 == attempt.number), ())
    return contact.contact.zone or next(iter(zones), None)


def _today(run: RunRow, contact: ContactRow, attempt: AttemptRow, now: datetime) -> date:
    zone = _zone(contact, attempt)
    return now.astimezone(ZoneInfo(zone)).date() if zone and is_zone(zone) else run.spec.today(now)


def opt_out(unit: Unit, attempt_id: AttemptId, wanted: OptOut, now: datetime) -> Did | Undone:
    """Bar everything by which whoever pressed the key can be reached."""
    _, run, _ = _of(unit, attempt_id)
    if wanted.list == "campaign" and run.spec.dnc is None:
        return Undone(f"campaign {run.spec.name} has no do-not-call list of its own")
    name = GLOBAL if wanted.list == "global" or run.spec.dnc is None else run.spec.dnc
    optout.opt_out(unit, attempt_id, how=How.KEY_PRESS, list_name=name, region="", actor=ACTOR, now=now)
    return Did()


def call_back(unit: Unit, attempt_id: AttemptId, wanted: CallBack, now: datetime) -> Did | Undone:
    """Promise another call; what cannot be promised is undone, with the reason."""
    attempt, run, contact = _of(unit, attempt_id)
    at: str | datetime = now + timedelta(minutes=wanted.in_min) if wanted.in_min is not None else wanted.at or ""
    if isinstance(at, str) and (clock := _CLOCK.match(at)) is not None:
        zone = _zone(contact, attempt)
        if zone is None or not is_zone(zone):
            return Undone("the contact's time zone is not known")
        at = _next_time(int(clock[1]), int(clock[2]), ZoneInfo(zone), now)
    wish = callbacks.Wish(at=at, number=attempt.number, zone=_zone(contact, attempt), notes=wanted.notes[:500])
    made = callbacks.promise_after(unit, run, attempt, wish, default_at=None, actor=ACTOR, now=now)
    return Did({"callback": str(made.id)})


def _next_time(hour: int, minute: int, zone: ZoneInfo, now: datetime) -> datetime:
    """When the clock of the zone shows that time next."""
    today = now.astimezone(zone).replace(hour=hour, minute=minute, second=0, microsecond=0, fold=0)
    later = today if today > now else datetime.combine(today.date() + timedelta(days=1), today.timetz())
    return later.replace(tzinfo=zone)


def keep(unit: Unit, attempt_id: AttemptId, facts: Facts) -> None:
    """Keep what a flow has set so far: what the person has agreed to is not lost with the daemon."""
    if facts.given is None and not facts.attributes:
        return
    attempt = unit.dialing.attempt(attempt_id)
    if attempt is None or attempt.disposition is not None:
        return
    if facts.given is not None and facts.given not in MAY_GIVE:
        unit.dispositions.ask(attempt_id, facts.given, ACTOR)  # over what was asked for before
    if facts.attributes:
        _write(unit, attempt_id, facts.attributes)


def settle(unit: Unit, attempt_id: AttemptId, outcome: Outcome) -> Settled | None:
    """Settle the attempt (asked.settle), with what its flow has set. None: it was settled before."""
    keep(unit, attempt_id, outcome.facts)
    if outcome.facts.path:
        unit.flows.keep_path(attempt_id, outcome.facts.path)
    return asked.settle(unit, attempt_id, outcome)


def _write(unit: Unit, attempt_id: AttemptId, attributes: Mapping[str, str]) -> None:
    _, _, contact = _of(unit, attempt_id)
    kept = {name: value for name, value in attributes.items() if not attribute_trouble(name, value)}
    if wrong := sorted(attributes.keys() - kept.keys()):
        _log.warning(f"a flow's values for {', '.join(wrong)} cannot be kept", action="flow_attribute")
    unit.contacts.set_attributes(contact.id, kept)
