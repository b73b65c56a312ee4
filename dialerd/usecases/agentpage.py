"""What an agent's page shows: whom it talks to, its script, notes, its jobs, its callbacks, and why it waits.

Not here: logging in, pausing, ending a call (agents.py), records to dial or skip (preview.py), steering a call
(steering.py), dispositions (dispositions.py, asked.py).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from dialerd.domain.agents import MOST_PREFERRED
from dialerd.domain.campaign import CampaignSpec
from dialerd.domain.errors import BadInputError, IllegalActionError
from dialerd.domain.queue import QueueSpec
from dialerd.domain.templatetext import TemplateText
from dialerd.domain.words import AgentState, CallbackState, ContactId
from dialerd.ports import AgentRow, ContactRow, NoteRow, RunRow, Unit
from dialerd.usecases.agents import get_agent, open_campaigns, queues_of
from dialerd.usecases.contacts import get_contact
from dialerd.usecases.standing import get_campaign

LONGEST_NOTE = 4000
_NOTES = 50
_CALLBACKS = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """One line of what is known of a customer."""

    label: str
    value: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """A disposition that the agent can give. `callback`: it asks for a time."""

    code: str
    text: str
    positive: bool
    callback: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """Who is shown or called. `attempt_id` None: the record is only shown. `script`: its gaps, where the contact lacks
    an attribute, are filled with that one's name in brackets."""

    attempt_id: str | None
    campaign: str
    contact_id: int
    number: str
    fields: Sequence[Field]
    script: str
    notes: Sequence[NoteRow]
    attempts_spent: int
    dispositions: Sequence[Choice]


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """A campaign that goes on and whose calls the agent could take."""

    campaign: str
    description: str
    priority: int
    state: str
    is_preferred: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class MyCallback:
    id: int
    campaign: str
    contact_id: int
    number: str
    due_at: datetime
    notes: str
    is_due: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class AgentPage:
    """`why_idle`: why it gets no calls now; empty: it does. `pause_reasons`: it must give one of these; none: any."""

    agent: str
    state: str
    since: datetime
    campaign: str | None
    why_idle: str
    pause_reasons: Sequence[str]
    is_muted: bool
    is_holding: bool
    consults: str | None
    jobs: Sequence[Job]
    card: Card | None
    callbacks: Sequence[MyCallback]


def page(unit: Unit, agent: str, *, now: datetime) -> AgentPage:
    """All that the agent's own page shows. Raises NotFoundError."""
    row, queues = get_agent(unit, agent), queues_of(unit, agent)
    return AgentPage(
        agent=row.name,
        state=str(row.seen.state),
        since=row.seen.since,
        campaign=row.seen.campaign or None,
        why_idle=why_idle(row, queues),
        pause_reasons=pause_reasons(queues),
        is_muted=row.is_muted,
        is_holding=row.is_holding,
        consults=row.consults or None,
        jobs=jobs(unit, agent),
        card=card(unit, agent, now=now),
        callbacks=my_callbacks(unit, agent, now=now),
    )


def why_idle(row: AgentRow, queues: Sequence[QueueSpec]) -> str:
    """Why the agent, who serves these queues, gets no calls at this moment; empty while it has one, or wraps one up."""
    match row.seen.state:
        case AgentState.LOGGED_OUT:
            return row.wanted.reason or "logged out"
        case AgentState.PAUSED:
            return f"paused: {row.seen.reason}" if row.seen.reason else "paused"
        case AgentState.READY if not queues:
            return "no queue names this agent"
        case AgentState.READY:
            return row.seen.why or "waits for the next call"
        case _:
            return ""


def pause_reasons(queues: Sequence[QueueSpec]) -> list[str]:
    """The reasons that an agent's queues have for a pause; where one of them has none, any will do: empty."""
    if not queues or any(not queue.pause_reasons for queue in queues):
        return []
    return sorted({each for queue in queues for each in queue.pause_reasons})


def jobs(unit: Unit, agent: str) -> list[Job]:
    """The campaigns open to the agent, the most urgent first, and those that it prefers and that do not go on now."""
    row = get_agent(unit, agent)
    going = {run.spec.name: run for run in unit.runs.unfinished()}
    names = set(open_campaigns(unit, agent)) | row.preferred
    specs = {name: going[name].spec if name in going else get_campaign(unit, name).spec for name in names}
    found = [
        Job(
            campaign=name,
            description=spec.description,
            priority=spec.priority,
            state=str(going[name].state) if name in going else "not running",
            is_preferred=name in row.preferred,
        )
        for name, spec in specs.items()
    ]
    return sorted(found, key=lambda job: (-job.priority, job.campaign))


def set_preferred(unit: Unit, agent: str, campaigns: Sequence[str], *, actor: str, now: datetime) -> list[Job]:
    """Have the agent work for these campaigns only; none: for any. At most 20. Asked by itself or a supervisor.

    Raises NotFoundError for a campaign that is not there, IllegalActionError for too many.
    """
    row = get_agent(unit, agent)
    wanted = list(dict.fromkeys(campaigns))
    for name in wanted:
        get_campaign(unit, name)
    if len(wanted) > MOST_PREFERRED:
        raise IllegalActionError(
            f"agent {agent} cannot prefer {len(wanted)} campaigns: {MOST_PREFERRED} is the most", hint="name fewer"
        )
    added, removed = sorted(set(wanted) - row.preferred), sorted(row.preferred - set(wanted))
    for name in added:
        unit.agents.prefer(agent, name)
    for name in removed:
        unit.agents.unprefer(agent, name)
    if added or removed:
        detail = {"added": added, "removed": removed}
        unit.audit.add(actor=actor, action="agent_prefers", subject=agent, detail=detail, now=now)
    return jobs(unit, agent)


def card(unit: Unit, agent: str, *, now: datetime) -> Card | None:
    """Whom the agent is shown or has on the phone, or has just had; None: nobody whom a campaign has called."""
    row = get_agent(unit, agent)
    shown = unit.previews.get(agent)
    if shown is not None:
        run = unit.runs.get(shown.run_id)
        return None if run is None else _card(unit, run, shown.contact_id, None, now)
    if row.seen.attempt_id is None:
        return None
    attempt = unit.dialing.attempt(row.seen.attempt_id)
    run = None if attempt is None else unit.runs.get(attempt.run_id)
    if attempt is None or run is None:
        return None
    return _card(unit, run, unit.callbacks.contact_of(attempt.target_id), attempt.id, now)


def _card(unit: Unit, run: RunRow, contact_id: int, attempt_id: str | None, now: datetime) -> Card | None:
    contact = unit.contacts.get(ContactId(contact_id))
    if contact is None:
        return None  # erased, or gone with its list, while the agent wraps up: its page goes on without
    target = unit.dialing.target(run.id, contact.id, dnc=run.spec.dnc, now=now)
    return Card(
        attempt_id=attempt_id,
        campaign=run.spec.name,
        contact_id=contact.id,
        number=target.number if target is not None else contact.contact.numbers[0].e164,
        fields=_fields(run.spec, contact),
        script=_script(run.spec, contact),
        notes=unit.floor.notes(contact.id, limit=_NOTES),
        attempts_spent=target.attempts_spent if target is not None else 0,
        dispositions=_choices(unit, run.spec),
    )


def _fields(spec: CampaignSpec, contact: ContactRow) -> list[Field]:
    known = contact.contact.attributes
    names = spec.console.fields if spec.console is not None and spec.console.fields else tuple(known)
    return [Field(label=name, value=known.get(name, "")) for name in names]


def _script(spec: CampaignSpec, contact: ContactRow) -> str:
    if spec.console is None or not spec.console.script:
        return ""
    text = TemplateText(spec.console.script)
    known = {name: value for name, value in contact.contact.attributes.items() if value.strip()}
    gaps = {name: f"[{name}]" for name in text.attributes if name not in known}
    try:
        return text.fill({**known, **gaps})
    except BadInputError as error:
        return f"[the script does not fit this contact: {error.message}]"


def _choices(unit: Unit, spec: CampaignSpec) -> list[Choice]:
    named = unit.dispositions.get(spec.dispositions) if spec.dispositions else None
    return [
        Choice(code=each.code, text=each.text or each.code, positive=each.positive, callback=each.callback)
        for each in (named.disposition if named else ())
    ]


def my_callbacks(unit: Unit, agent: str, *, now: datetime) -> list[MyCallback]:
    """The calls that the agent itself has promised and that are still to be made, the next one first."""
    states = [CallbackState.SCHEDULED, CallbackState.IN_PROGRESS]
    found = unit.callbacks.listed(campaign_id=None, agent=agent, states=states, limit=_CALLBACKS)
    return [
        MyCallback(
            id=each.callback.id,
            campaign=each.campaign,
            contact_id=each.callback.contact_id,
            number=each.callback.number,
            due_at=each.callback.planned_at,
            notes=each.callback.notes,
            is_due=each.callback.planned_at <= now,
        )
        for each in found
    ]


# Notes


def add_note(unit: Unit, contact_id: int, text: str, *, actor: str, now: datetime) -> NoteRow:
    """Write something down about a contact, for whoever talks to it next. Raises NotFoundError, BadInputError."""
    row = get_contact(unit, contact_id)
    text = text.strip()
    if not 1 <= len(text) <= LONGEST_NOTE:
        raise BadInputError(f"a note has 1 to {LONGEST_NOTE} characters, this one {len(text)}", hint="shorten it")
    note = NoteRow(contact_id=row.id, at=now, actor=actor, text=text)
    unit.floor.add_note(note)
    unit.audit.add(actor=actor, action="note_added", subject=str(row.id), detail={}, now=now)
    return note


def notes(unit: Unit, contact_id: int) -> list[NoteRow]:
    """What was written down about a contact, the latest first. Raises NotFoundError."""
    return unit.floor.notes(get_contact(unit, contact_id).id, limit=_NOTES)
