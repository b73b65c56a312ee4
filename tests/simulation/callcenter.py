"""An office with agents: a queue, people at their phones, and what must hold of them whatever happens.

Not here: the office itself (office.py).
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from datetime import datetime, timedelta
from itertools import pairwise

from dialerd.domain.campaign import CampaignSpec, read_campaign
from dialerd.domain.queue import QueueSpec, read_queue
from dialerd.domain.words import AgentKind, AgentState
from dialerd.ports import AgentRow, ExportRow, Unit
from dialerd.simulate.record import peak_calls
from dialerd.usecases import agents as usecases
from tests.simulation.office import Office

_AT_REST = (AgentState.READY, AgentState.PAUSED, AgentState.LOGGED_OUT, AgentState.WRAP_UP)
PHONES = ("PJSIP/*",)
WISHES = {"ready": usecases.ready, "pause": usecases.pause, "logout": usecases.logout, "hang_up": usecases.hang_up}


def queue(agents: Sequence[str], **keys: object) -> QueueSpec:
    return read_queue({"name": "sales", "agents": list(agents), "wrap_up_s": 5} | keys, source="test")


def agent_campaign(mode: str = "progressive", **keys: object) -> CampaignSpec:
    given: dict[str, object] = {
        "name": "c",
        "mode": mode,
        "lists": ["l"],
        "trunk": "carrier",
        "caller_id": "+12125550100",
        "queue": "sales",
        "max_ring_s": 20,
        "hours": {"timezone": "UTC", "mon-sun": "00:00-24:00"},
    }
    return read_campaign(given | keys, source="test")


async def staff(
    office: Office, spec: QueueSpec, *, endpoints: Sequence[str] = (), allowed: Sequence[str] = PHONES
) -> None:
    """Make the queue and its agents, and log them in."""
    now = office.clock.now()

    def job(unit: Unit) -> None:
        unit.queues.put(spec, now)
        for n, name in enumerate(spec.agents):
            endpoint = endpoints[n] if n < len(endpoints) else f"PJSIP/{name}"
            unit.agents.put(name, endpoint=endpoint, kind=AgentKind.OUTBOUND, may_outbound=True, now=now)
            usecases.login(unit, name, allowed=allowed, actor="test", now=now)

    await office.store.write(job)
    poke(office)


def poke(office: Office) -> None:
    if office.engine is not None:
        office.engine.poke()


async def ask(office: Office, name: str, wish: str, **keys: object) -> None:
    """An agent asks to be ready, to pause, to log out, or to end its conversation."""
    now = office.clock.now()
    use_case = WISHES[wish]
    await office.store.write(lambda unit: use_case(unit, name, actor="test", now=now, **keys))
    poke(office)


async def log_in(office: Office, name: str) -> None:
    """An agent asks to come back."""
    now = office.clock.now()
    await office.store.write(lambda unit: usecases.login(unit, name, allowed=PHONES, actor="test", now=now))
    poke(office)


async def agent(office: Office, name: str) -> AgentRow:
    row = await office.store.read(lambda unit: unit.agents.get(name))
    assert row is not None
    return row


async def attempts(office: Office) -> list[ExportRow]:
    runs = await office.runs()
    return await office.store.read(lambda unit: [row for run in runs for row in unit.dialing.export(run.id)])


async def check_agents(office: Office, *, are_passed_on: bool = False) -> None:
    """An agent is in at most one call at a time; with all calls over nobody is reserved or talks; every book agrees.

    A call whose agent has hung up ends some time after it: what its agent does then is not held against it. Nor does
    dialerd always hear at once that somebody has gone: two calls are those of people who are both still there.
    `are_passed_on`: nor is what one does who has passed a call on that nobody took.
    """
    talks: dict[str, list[tuple[datetime, datetime]]] = defaultdict(list)
    gone: dict[str, list[datetime]] = defaultdict(list)
    for call in office.record:
        if call.ended_at is not None:
            gone[call.number].append(call.ended_at)
    for row in await attempts(office):
        attempt = row.attempt
        if attempt.agent is not None and attempt.connected_at is not None and attempt.disposition != "agent_hangup":
            if are_passed_on:
                continue
            assert attempt.ended_at is not None
            gone_at = max((at for at in gone[attempt.number] if at <= attempt.ended_at), default=attempt.ended_at)
            talks[attempt.agent].append((attempt.connected_at, gone_at))
    for name, spans in talks.items():
        if name.startswith("tel:"):
            continue  # at a number that calls are transferred to there may be many
        for (_, ended_at), (began_at, _) in pairwise(sorted(spans)):
            assert began_at >= ended_at, f"{name} was in two calls at once"
    for each in await office.store.read(lambda unit: unit.agents.all()):
        assert each.seen.state in _AT_REST, each
    for exchange in office.exchanges.values():
        assert await exchange.bridges() == []
        assert await exchange.links() == {}
    await _check_books(office)


async def _check_books(office: Office) -> None:
    """Each attempt has one ending, what is counted is what the attempts are, and the exchange's own record has no call
    that was not written down before, none twice at once, and none that dialerd cancelled too early."""
    dialed: Counter[str] = Counter()
    for run in await office.runs():
        rows = await office.store.read(lambda unit, run=run: list(unit.dialing.export(run.id)))  # type: ignore[misc]
        counted = await office.store.read(lambda unit, run=run: unit.runs.dispositions(run.id))  # type: ignore[misc]
        assert {str(code): n for code, n in counted.items()} == Counter(
            row.attempt.final or str(row.attempt.disposition) for row in rows
        )
        assert run.attempts == len(rows)
        dialed.update(row.attempt.number for row in rows)
    for number, count in Counter(call.number for call in office.record).items():
        assert count <= dialed[number], f"{number} was dialed more often than written down"
        assert peak_calls(call for call in office.record if call.number == number) == 1, f"{number} in two calls"
    for call in office.record:
        assert call.ending, f"{call} has not ended"
        if call.ending == "dialer" and call.answered_at is None and call.ended_at is not None:
            rung_s = (call.ended_at - call.invited_at).total_seconds()
            assert rung_s >= 14.99, f"cancelled after {rung_s} s"


MINUTE = timedelta(minutes=1)
