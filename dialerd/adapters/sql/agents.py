"""Agents: what they want to be, where they are seen, which campaigns they prefer, and what happened to them.

Not here: what may be asked of an agent (usecases/agents.py).
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import datetime
from functools import lru_cache
from itertools import takewhile
from typing import Any, Literal

from dialerd.adapters.sql.connection import Connection
from dialerd.adapters.sql.rows import to_moment, to_moment_or_none, to_text, to_text_or_none
from dialerd.domain.agents import Seen, Wanted
from dialerd.domain.words import AgentKind, AgentState, AttemptId, CampaignId, LegId, WantedState
from dialerd.ports import AgentEventRow, AgentRow

_AGENT = (
    "SELECT id, name, endpoint, kind, may_outbound, wanted, wanted_since, wanted_reason,"
    " state, since, idle_since, reason, campaign, why, attempt_id, leg_id, asterisk, hang_up_at,"
    " is_muted, is_holding, consults, listeners FROM agent"
)
_PREFERRED = "SELECT agent_id, campaign.name FROM agent_preferred JOIN campaign ON campaign.id = campaign_id"

_HAS_TALKED = (
    "SELECT 1 FROM run JOIN target ON target.run_id = run.id JOIN attempt ON attempt.target_id = target.id"
    " WHERE run.campaign_id = ? AND target.contact_id = ? AND attempt.agent = ? AND attempt.connected_at IS NOT NULL"
    " LIMIT 1"
)
_EVENTS = "SELECT agent, at, state, reason, campaign, attempt_id, id FROM agent_event"
_OF_ONE = (
    f"{_EVENTS} WHERE agent = :name AND at >= :since"
    " AND (:last_at IS NULL OR at < :last_at OR (at = :last_at AND id < :last)) ORDER BY at DESC, id DESC LIMIT :limit"
)
_OF_ALL = f"{_EVENTS} WHERE :last IS NULL OR id < :last ORDER BY id DESC LIMIT :limit"
"""Read until one is older: ids rise with time."""


class SqlAgents:
    """Implements ports.Agents on one connection, within its transaction."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def all(self) -> list[AgentRow]:
        preferred = self._connection.execute(_PREFERRED).fetchall()
        return _to_agents(self._connection.execute(_AGENT + " ORDER BY name"), preferred)

    def get(self, name: str) -> AgentRow | None:
        return next(iter(self._where("name", name)), None)

    def at(self, endpoint: str) -> list[AgentRow]:
        return self._where("endpoint", endpoint)

    def _where(self, column: Literal["name", "endpoint"], value: str) -> list[AgentRow]:
        rows = self._connection.execute(f"{_AGENT} WHERE {column} = ? ORDER BY name", (value,)).fetchall()
        preferred = self._connection.execute(
            f"{_PREFERRED} JOIN agent ON agent.id = agent_id WHERE agent.{column} = ?", (value,)
        )
        return _to_agents(rows, preferred)

    def put(self, name: str, *, endpoint: str, kind: AgentKind, may_outbound: bool, now: datetime) -> AgentRow:
        self._connection.execute(
            "INSERT INTO agent (name, endpoint, kind, may_outbound, wanted, wanted_since, state, since, idle_since)"
            " VALUES (:name, :endpoint, :kind, :may_outbound, 'logged_out', :now, 'logged_out', :now, :now)"
            " ON CONFLICT (name) DO UPDATE SET endpoint = :endpoint, kind = :kind, may_outbound = :may_outbound",
            {"name": name, "endpoint": endpoint, "kind": kind, "may_outbound": may_outbound, "now": to_text(now)},
        )
        row = self.get(name)
        assert row is not None, "just written"
        return row

    def delete(self, name: str) -> None:
        self._connection.execute("DELETE FROM agent WHERE name = ?", (name,))

    def set_wanted(self, name: str, wanted: Wanted) -> None:
        self._connection.execute(
            "UPDATE agent SET wanted = ?, wanted_since = ?, wanted_reason = ? WHERE name = ?",
            (wanted.state, to_text(wanted.since), wanted.reason, name),
        )

    def ask_hang_up(self, name: str, now: datetime) -> None:
        self._connection.execute("UPDATE agent SET hang_up_at = ? WHERE name = ?", (to_text(now), name))

    def set_seen(self, name: str, seen: Seen, *, leg_id: LegId | None, asterisk: str | None, now: datetime) -> None:
        where = {
            "name": name,
            "state": seen.state,
            "since": to_text(seen.since),
            "idle_since": to_text(seen.idle_since),
            "reason": seen.reason,
            "campaign": seen.campaign,
            "why": seen.why,
            "attempt_id": seen.attempt_id,
            "leg_id": leg_id,
            "asterisk": asterisk,
        }
        before = self._connection.execute(
            "SELECT state, reason, campaign, attempt_id FROM agent WHERE name = ?", (name,)
        ).fetchone()
        if before is None:
            return  # deleted meanwhile
        self._connection.execute(
            "UPDATE agent SET state = :state, since = :since, idle_since = :idle_since, reason = :reason,"
            " campaign = :campaign, why = :why, attempt_id = :attempt_id, leg_id = :leg_id, asterisk = :asterisk,"
            " hang_up_at = CASE WHEN state = :state AND since = :since THEN hang_up_at END"
            " WHERE name = :name",
            where,
        )
        if before != (seen.state, seen.reason, seen.campaign, seen.attempt_id):
            self._log(name, now, seen.state, seen.reason, seen.campaign, seen.attempt_id)

    def log(self, name: str, *, at: datetime, state: AgentState, reason: str) -> None:
        self._log(name, at, state, reason, "", None)

    def _log(
        self, name: str, at: datetime, state: AgentState, reason: str, campaign: str, attempt_id: AttemptId | None
    ) -> None:
        self._connection.execute(
            "INSERT INTO agent_event (agent, at, state, reason, campaign, attempt_id) VALUES (?, ?, ?, ?, ?, ?)",
            (name, to_text(at), state, reason, campaign, attempt_id),
        )

    def prefer(self, name: str, campaign: str) -> None:
        self._connection.execute(
            "INSERT OR IGNORE INTO agent_preferred SELECT agent.id, campaign.id FROM agent, campaign"
            " WHERE agent.name = ? AND campaign.name = ?",
            (name, campaign),
        )

    def unprefer(self, name: str, campaign: str | None = None) -> None:
        self._connection.execute(
            "DELETE FROM agent_preferred WHERE agent_id = (SELECT id FROM agent WHERE name = :name)"
            " AND (:campaign IS NULL OR campaign_id = (SELECT id FROM campaign WHERE name = :campaign))",
            {"name": name, "campaign": campaign},
        )

    def last_talk(self, name: str) -> AttemptId | None:
        row = self._connection.execute(
            "SELECT id FROM attempt WHERE agent = ? AND connected_at IS NOT NULL ORDER BY connected_at DESC LIMIT 1",
            (name,),
        ).fetchone()
        return None if row is None else AttemptId(row[0])

    def has_talked(self, name: str, campaign_id: CampaignId, contact_id: int) -> bool:
        asked = (campaign_id, contact_id, name)
        return self._connection.execute(_HAS_TALKED, asked).fetchone() is not None

    def events(
        self,
        name: str | None = None,
        *,
        since: datetime | None = None,
        after: tuple[datetime, int] | None = None,
        limit: int = 100,
    ) -> list[AgentEventRow]:
        last_at, last = after or (None, None)
        begin = "" if since is None else to_text(since)
        asked = {"name": name, "since": begin, "last_at": to_text_or_none(last_at), "last": last, "limit": limit}
        rows = self._connection.execute(_OF_ALL if name is None else _OF_ONE, asked)
        return [
            AgentEventRow(
                agent=agent,
                at=to_moment(at),
                state=AgentState(state),
                reason=reason,
                campaign=campaign,
                attempt_id=None if attempt_id is None else AttemptId(attempt_id),
                id=number,
            )
            for agent, at, state, reason, campaign, attempt_id, number in takewhile(lambda row: row[1] >= begin, rows)
        ]


def _to_agents(rows: Iterable[tuple[Any, ...]], preferred: Iterable[tuple[int, str]]) -> list[AgentRow]:
    campaigns: dict[int, list[str]] = {}
    for agent_id, campaign in preferred:
        campaigns.setdefault(agent_id, []).append(campaign)
    return [_to_agent(row, frozenset(campaigns.get(row[0], ()))) for row in rows]


@lru_cache(maxsize=4096)  # read at every poke, and most are as they were
def _to_agent(row: tuple[Any, ...], preferred: frozenset[str]) -> AgentRow:
    (
        agent_id,
        name,
        endpoint,
        kind,
        may_outbound,
        wanted,
        wanted_since,
        wanted_reason,
        state,
        since,
        idle_since,
        reason,
        campaign,
        why,
        attempt_id,
        leg_id,
        asterisk,
        hang_up_at,
        is_muted,
        is_holding,
        consults,
        listeners,
    ) = row
    return AgentRow(
        id=agent_id,
        name=name,
        endpoint=endpoint,
        kind=AgentKind(kind),
        may_outbound=bool(may_outbound),
        wanted=Wanted(state=WantedState(wanted), since=to_moment(wanted_since), reason=wanted_reason),
        seen=Seen(
            state=AgentState(state),
            since=to_moment(since),
            idle_since=to_moment(idle_since),
            reason=reason,
            campaign=campaign,
            why=why,
            attempt_id=None if attempt_id is None else AttemptId(attempt_id),
        ),
        preferred=preferred,
        leg_id=None if leg_id is None else LegId(leg_id),
        asterisk=asterisk,
        hang_up_at=to_moment_or_none(hang_up_at),
        is_muted=bool(is_muted),
        is_holding=bool(is_holding),
        consults=consults,
        listeners=tuple(json.loads(listeners)) if listeners != "[]" else (),
    )
