"""What reports are made of: the tallies, the agents' times from their events, the quarters of live answers.

Not here: keeping them (migrations: triggers), what a report shows (usecases/reports.py).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import datetime
from itertools import zip_longest

from dialerd.adapters.sql.connection import Connection
from dialerd.adapters.sql.rows import to_json, to_moment, to_text
from dialerd.domain.regulation import bucket_of
from dialerd.domain.words import AgentState, CampaignId, RunId
from dialerd.ports import Dimension, Tally, TimeIn

_FIRST, _LAST = "", "9999"

_KEYS: Mapping[Dimension, str] = {
    "run": "''",
    "list": "coalesce((SELECT name FROM contact_list WHERE contact_list.id = tally.list_id), '')",
    "agent": "agent",
    "hour": "hour",
    "disposition": "''",
    "trunk": "trunk",
}

# By the runs' own key, so that a report of one campaign reads nothing of the others.
_TALLIES = """
SELECT run_id, {key}, disposition, sum(attempts), sum(answered), sum(connected), sum(duration_ms), sum(talk_ms)
FROM tally WHERE {runs} AND hour >= :since AND hour < :until GROUP BY 1, 2, 3
"""
# Talks of agents who passed the person on, which the tallies do not have; there are few. Where nobody took the person
# after the last of them, that one is the attempt's own.
_TALKS = """
SELECT attempt.run_id, {key}, coalesce(attempt.final, attempt.disposition), {connected},
  sum(CAST(round((julianday(talk.ended_at) - julianday(talk.began_at)) * 86400000) AS INTEGER))
FROM talk JOIN attempt ON attempt.id = talk.attempt_id
WHERE {runs} AND attempt.disposition IS NOT NULL AND talk.began_at IS NOT attempt.connected_at
  AND substr(attempt.claimed_at, 1, 13) >= :since AND substr(attempt.claimed_at, 1, 13) < :until
GROUP BY 1, 2, 3
"""

_TALK_KEYS: Mapping[Dimension, str] = {
    "run": "''",
    "list": "coalesce((SELECT contact_list.name FROM target JOIN contact ON contact.id = target.contact_id"
    " JOIN contact_list ON contact_list.id = contact.list_id WHERE target.id = attempt.target_id), '')",
    "agent": "talk.agent",
    "hour": "substr(attempt.claimed_at, 1, 13)",
    "disposition": "''",
    "trunk": "attempt.trunk",
}

_OF_RUNS = "run_id IN (SELECT CAST(value AS INTEGER) FROM json_each(:runs))"

_RUNS = """
SELECT run.id, campaign.name FROM campaign JOIN run ON run.campaign_id = campaign.id
WHERE :campaigns = '[]' OR campaign.id IN (SELECT CAST(value AS INTEGER) FROM json_each(:campaigns))
"""

# Each agent's last state before the span, then every change within it. Along agent_event_by_agent.
_EVENTS = """
SELECT agent, at, state FROM (
  SELECT agent.name AS agent, :since AS at, (SELECT state FROM agent_event AS e
    WHERE e.agent = agent.name AND e.at < :since ORDER BY e.at DESC, e.id DESC LIMIT 1) AS state, 0 AS id FROM agent
  UNION ALL SELECT e.agent, e.at, e.state, e.id FROM agent CROSS JOIN agent_event AS e
    ON e.agent = agent.name AND e.at >= :since AND e.at < :until) AS event
WHERE state IS NOT NULL ORDER BY agent, at, id
"""

_ANSWERS = """
SELECT quarter, sum(answered), sum(abandoned) FROM (
  SELECT quarter, answered, abandoned FROM live_answer WHERE campaign_id = :campaign_id AND quarter >= :quarter
  UNION ALL SELECT quarter, answered, abandoned FROM past_answer
  WHERE campaign = (SELECT name FROM campaign WHERE id = :campaign_id) AND quarter >= :quarter) AS quarters
GROUP BY quarter ORDER BY quarter
"""


class SqlReports:
    """Implements ports.Reports on one connection, within its transaction."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def tallies(
        self, by: Dimension, runs: Collection[RunId] | None, *, since: datetime | None, until: datetime | None
    ) -> list[Tally]:
        statement = _TALLIES.format(key=_KEYS[by], runs="true" if runs is None else _OF_RUNS)
        asked = {
            "runs": to_json(tuple(runs or ())),
            "since": _FIRST if since is None else _hour(since),
            "until": _LAST if until is None else _hour(until),
        }
        found = [
            Tally(
                run_id=RunId(run_id),
                key=key,
                disposition=disposition,
                attempts=attempts,
                answered=answered,
                connected=connected,
                duration_ms=duration_ms,
                talk_ms=talk_ms,
            )
            for run_id, key, disposition, attempts, answered, connected, duration_ms, talk_ms in (
                self._connection.execute(statement, asked)
            )
        ]
        return [*found, *self._talks(by, runs, asked)]

    def _talks(self, by: Dimension, runs: Collection[RunId] | None, asked: Mapping[str, str]) -> Iterator[Tally]:
        """Each agent's own, who is put through, too; beside that they are part of the attempt's."""
        connected = "count(*)" if by == "agent" else "0"
        wanted = "true" if runs is None else f"attempt.{_OF_RUNS}"
        statement = _TALKS.format(key=_TALK_KEYS[by], connected=connected, runs=wanted)
        for run_id, key, disposition, count, talk_ms in self._connection.execute(statement, asked):
            yield Tally(
                run_id=RunId(run_id),
                key=key,
                disposition=disposition,
                attempts=0,
                answered=0,
                connected=count,
                duration_ms=0,
                talk_ms=talk_ms,
            )

    def runs_of(self, campaigns: Collection[CampaignId]) -> dict[RunId, str]:
        rows = self._connection.execute(_RUNS, {"campaigns": to_json(tuple(campaigns))})
        return {RunId(run_id): name for run_id, name in rows}

    def times(self, *, since: datetime, until: datetime) -> Sequence[TimeIn]:
        rows = self._connection.execute(_EVENTS, {"since": to_text(since), "until": to_text(until)}).fetchall()
        seconds: defaultdict[tuple[str, str], float] = defaultdict(float)
        for (agent, at, state), after in zip_longest(rows, rows[1:]):
            ends = to_moment(after[1]) if after is not None and after[0] == agent else until
            seconds[agent, state] += (ends - to_moment(at)).total_seconds()
        return [TimeIn(agent=agent, state=AgentState(state), seconds=each) for (agent, state), each in seconds.items()]

    def answers(self, campaign_id: CampaignId, *, since: datetime) -> list[tuple[datetime, int, int]]:
        rows = self._connection.execute(
            _ANSWERS, {"campaign_id": campaign_id, "quarter": to_text(bucket_of(since))[:16]}
        )
        return [(to_moment(f"{quarter}:00+00:00"), answered, abandoned) for quarter, answered, abandoned in rows]


def _hour(moment: datetime) -> str:
    return to_text(moment)[:13]
