"""What no fault may break (DESIGN.md, Invariants), seen at every commit, at every call that is placed, now and then,
and at the end; by the tables and the exchange's own record, and by what the daemon takes its agents and slots for.

Not here: making anything happen.
"""

from __future__ import annotations

import sqlite3
from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import TYPE_CHECKING

from dialerd.domain.call import CallPlan
from dialerd.domain.call.states import Talking
from dialerd.domain.hours import opening
from dialerd.domain.words import AgentState
from dialerd.simulate.clock import VirtualClock
from dialerd.simulate.exchange import SimulatedExchange
from dialerd.simulate.record import peak_calls
from tests.faults.drawn import Drawn
from tests.simulation.test_agents import TEAM

if TYPE_CHECKING:
    from tests.faults.house import House

_AT_REST = (AgentState.READY, AgentState.PAUSED, AgentState.LOGGED_OUT, AgentState.WRAP_UP)
_LEAST_RING_S = 14.99

# Triggers of this connection alone. A transaction that is undone takes what it has told along.
_AT_EVERY_COMMIT = """
CREATE TEMP TABLE broken (what TEXT);
CREATE TEMP TABLE undialed (run_id INTEGER, disposition TEXT);
CREATE TEMP TRIGGER t1 AFTER INSERT ON main.attempt
WHEN EXISTS (SELECT 1 FROM main.dnc_entry WHERE number = NEW.number AND list_id = 1) BEGIN
  INSERT INTO broken VALUES ('attempt ' || NEW.id || ' was claimed at a number that is on the do-not-call list');
END;
CREATE TEMP TRIGGER t2 AFTER INSERT ON main.attempt
WHEN NEW.beside IS NULL AND (SELECT state FROM main.run WHERE id = NEW.run_id) <> 'active' BEGIN
  INSERT INTO broken VALUES ('attempt ' || NEW.id || ' was claimed though its run does not go on');
END;
CREATE TEMP TRIGGER t3 AFTER UPDATE OF disposition ON main.attempt WHEN OLD.disposition IS NOT NULL BEGIN
  INSERT INTO broken VALUES ('attempt ' || NEW.id || ' was settled twice: ' || OLD.disposition || ', '
    || coalesce(NEW.disposition, 'open again'));
END;
CREATE TEMP TRIGGER t4 AFTER DELETE ON main.attempt BEGIN
  INSERT INTO broken VALUES ('attempt ' || OLD.id || ' was deleted');
END;
CREATE TEMP TRIGGER t5 AFTER UPDATE OF state ON main.target
WHEN NEW.state = 'done' AND OLD.state <> 'in_progress' AND NEW.held_by IS NOT 'given' BEGIN
  INSERT INTO undialed VALUES (NEW.run_id, NEW.disposition);
END;
CREATE TEMP TRIGGER t6 AFTER INSERT ON main.target WHEN NEW.state = 'done' BEGIN
  INSERT INTO undialed VALUES (NEW.run_id, NEW.disposition);
END;
"""

_OF_TARGETS = """
SELECT 'run ' || run.id || ' counts ' || c.state || ': ' || c.counted || ', not ' || c.n FROM run JOIN (
  SELECT run.id AS run_id, s.state, (SELECT count(*) FROM target WHERE run_id = run.id AND target.state = s.state) AS n,
    CASE s.state WHEN 'pending' THEN pending WHEN 'waiting' THEN waiting WHEN 'in_progress' THEN in_progress
    ELSE done END AS counted
  FROM run, (SELECT 'pending' AS state UNION SELECT 'waiting' UNION SELECT 'in_progress' UNION SELECT 'done') AS s
  UNION ALL SELECT id, 'attempts', (SELECT count(*) FROM attempt WHERE run_id = run.id), attempts FROM run
) AS c ON c.run_id = run.id WHERE c.n <> c.counted
"""
_OF_DISPOSITIONS = """
SELECT 'disposition ' || disposition || ' is counted ' || sum(counted) || ' times, and was ' || sum(was) FROM (
  SELECT disposition, n AS counted, 0 AS was FROM run_disposition
  UNION ALL SELECT coalesce(final, disposition), 0, 1 FROM attempt WHERE disposition IS NOT NULL
  UNION ALL SELECT disposition, 0, 1 FROM undialed
) GROUP BY disposition HAVING sum(counted) <> sum(was)
"""
_OF_TALLY = """
SELECT 'the tally has ' || disposition || ' ' || sum(counted) || ' times, and it was ' || sum(was) FROM (
  SELECT disposition, attempts AS counted, 0 AS was FROM tally
  UNION ALL SELECT coalesce(final, disposition), 0, 1 FROM attempt WHERE disposition IS NOT NULL
) GROUP BY disposition HAVING sum(counted) <> sum(was)
"""
_IN_PROGRESS = """
SELECT 'target ' || id || ' is in progress without an open attempt' FROM target WHERE state = 'in_progress'
AND NOT EXISTS (SELECT 1 FROM attempt WHERE target_id = target.id AND disposition IS NULL AND beside IS NULL)
UNION ALL SELECT 'target ' || id || ' is ' || state || ' with an open attempt' FROM target WHERE state <> 'in_progress'
AND EXISTS (SELECT 1 FROM attempt WHERE target_id = target.id AND disposition IS NULL AND beside IS NULL)
"""

_PROMISED = "EXISTS (SELECT 1 FROM target AS t JOIN callback USING (contact_id) WHERE t.id = a.target_id)"
_AT_THE_END = f"""
SELECT 'attempt ' || id || ' is left open' FROM attempt WHERE disposition IS NULL
UNION ALL SELECT 'target ' || id || ' is left ' || state FROM target WHERE state <> 'done'
UNION ALL SELECT 'a record is left in front of ' || agent FROM preview
UNION ALL SELECT 'callback ' || id || ' is left in progress' FROM callback WHERE state = 'in_progress'
UNION ALL SELECT 'target ' || target_id || ' was tried ' || count(*) || ' times of ' || :most FROM attempt AS a
  WHERE spent AND beside IS NULL AND NOT {_PROMISED} GROUP BY target_id HAVING count(*) > :most
UNION ALL SELECT 'target ' || a.target_id || ' was dialed again after an unknown outcome' FROM attempt AS a
  WHERE a.disposition = 'interrupted' AND a.spent AND NOT {_PROMISED} AND EXISTS (
    SELECT 1 FROM attempt AS b WHERE b.target_id = a.target_id AND b.rowid > a.rowid AND b.beside IS NULL)
UNION ALL SELECT 'attempt ' || id || ' ended before it began' FROM attempt
  WHERE :is_right AND (ended_at < claimed_at OR answered_at < claimed_at OR connected_at < answered_at)
"""  # noqa: S608  # constants of this file


class Referee:
    """`broken`: everything that was seen, in words."""

    def __init__(self, connection: sqlite3.Connection, drawn: Drawn, clock: VirtualClock) -> None:
        connection.executescript(_AT_EVERY_COMMIT)
        self._connection = connection
        self._drawn = drawn
        self._clock = clock
        self._placed: Counter[str] = Counter()
        self.broken: list[str] = []

    def add(self, what: str) -> None:
        if what not in self.broken:
            self.broken.append(what)

    # At a call that is placed

    def placed(self, plan: CallPlan, was_alive: bool, has_looked: bool) -> None:
        """The exchange is asked, now, to call somebody."""
        attempt, digits = plan.attempt_id, plan.dial_string.partition("/")[2].partition("@")[0]
        self._placed[attempt] += 1
        if self._placed[attempt] > 1:
            self.add(f"attempt {attempt} was placed twice")
        if not was_alive:
            self.add(f"attempt {attempt} was placed while nothing was heard of the exchange")
        elif not has_looked:
            self.add(f"attempt {attempt} was placed before the exchange was asked for its calls")
        row = self._connection.execute("SELECT number, disposition FROM attempt WHERE id = ?", (attempt,)).fetchone()
        if row is None or row[1] is not None:
            self.add(f"attempt {attempt} was placed and is not written down as open: {row}")
        elif row[0].lstrip("+") != digits.lstrip("+"):
            self.add(f"attempt {attempt} at {row[0]} was placed to {digits}")

    # Now and then

    def look(self, house: House) -> None:
        for statement in (_OF_TARGETS, _OF_DISPOSITIONS, _OF_TALLY, _IN_PROGRESS, "SELECT what FROM broken"):
            self._ask(statement)
        self._agents_talk_to_one(house)
        if house.life is not None and house.life.spins:
            self.add("the daemon spins")
        if house.engine is not None and house.life is not None and not house.life.is_dead and house.engine.is_broken:
            self.add("a task of the daemon that must run for ever has ended")

    def _agents_talk_to_one(self, house: House) -> None:
        """By what the exchange has joined, and by the daemon's own books: a kept phone is in one bridge at a time, and
        whoever it was taken away from is there alone."""
        if house.engine is not None and house.life is not None and not house.life.is_dead:
            up, lines = house.exchange._channels, house.engine.desk._lines
            states = [lines[each].call.state for each in up.keys() & lines.keys() if not up[each].is_ending]
            talks = Counter(state.agent for state in states if isinstance(state, Talking) and state.away is None)
            for agent, count in talks.items():
                if count > 1:
                    self.add(f"{agent} talks to {count} people at once")
        bridged: dict[str, set[str]] = {}
        for leg_id, leg in house.exchange._legs.items():
            bridge, _ = house.exchange._bridges.of(leg_id)
            if bridge is not None and not leg.is_ending:
                bridged.setdefault(leg.row.number, set()).add(bridge)
        for phone, bridges in bridged.items():
            if len(bridges) > 1 and phone.removeprefix("PJSIP/") in TEAM:  # a supervisor may listen to two at once
                self.add(f"{phone} is in {len(bridges)} calls at once")

    # At the end

    def judge(self, house: House) -> None:
        self.look(house)
        drawn = self._drawn
        most = 1_000 if drawn.mode == "strategy" else drawn.keys["max_attempts"]
        is_right = not any(each.kind == "jump" for each in drawn.happenings)
        self._ask(_AT_THE_END, {"most": most, "is_right": is_right})
        self._open_hours(house)
        for found in (*self._lost(house), *self._calls(house.exchange), *self._left(house), *self._kept(house)):
            self.add(found)

    def _ask(self, statement: str, given: dict[str, object] | None = None) -> None:
        for (what,) in self._connection.execute(statement, given or {}).fetchall():
            self.add(str(what))

    def _lost(self, house: House) -> Iterator[str]:
        (targets,) = self._connection.execute("SELECT count(*) FROM target").fetchone()
        if targets != len(self._drawn.people):
            yield f"of {len(self._drawn.people)} people {targets} were taken in"
        states = [state for (state,) in self._connection.execute("SELECT state FROM run")]
        if states != ["completed"]:
            yield f"the run is {states}"

    def _open_hours(self, house: House) -> None:
        """By the clock that the daemon had, no attempt was claimed outside the contact hours."""
        hours = house.spec.contact_hours
        for attempt, claimed_at in self._connection.execute("SELECT id, claimed_at FROM attempt WHERE beside IS NULL"):
            if not opening(hours, ("UTC",), datetime.fromisoformat(claimed_at)).is_open:
                self.add(f"attempt {attempt} was claimed at {claimed_at}, outside the hours")

    def _calls(self, exchange: SimulatedExchange) -> Iterator[str]:
        rows = self._connection.execute("SELECT id, number, spent, cause, sip_code, claimed_at FROM attempt").fetchall()
        known = {row[0] for row in rows}
        yield from (f"attempt {attempt} was placed and is gone" for attempt in self._placed if attempt not in known)
        may_have = Counter(row[1] for row in rows if row[0] in self._placed and (row[2] or row[3] or row[4]))
        calls = exchange.record
        for called, count in Counter(call.number for call in calls).items():
            if count > may_have[called]:
                yield f"{called} was called {count} times, and it is written down {may_have[called]} times"
            if peak_calls(call for call in calls if call.number == called) > 1:
                yield f"{called} was in two calls at once"
        for call in calls:
            if not call.ending:
                yield f"the call of {call.invited_at} to {call.number} has not ended"
            elif call.ending == "dialer" and call.answered_at is None and call.ended_at is not None:
                rung_s = (call.ended_at - call.invited_at).total_seconds()
                if rung_s < _LEAST_RING_S:
                    yield f"{call.number} was cancelled after {rung_s:.2f} s"

    def _left(self, house: House) -> Iterator[str]:
        """What is left at the exchange, and of the agents."""
        exchange = house.exchange
        left_over: dict[str, Iterable[object]] = {
            "calls": exchange._channels,
            "callers": exchange._callers,
            "conversations": exchange.bridges_up,
            "listeners": exchange.ears,
            "muted legs": exchange.muted,
            "people on hold": exchange.comforted,
        }
        yield from (
            f"{what} are left at the exchange: {found}" for what, each in left_over.items() if (found := [*each])
        )
        agents = self._connection.execute("SELECT name, state, leg_id FROM agent").fetchall()
        if orphans := exchange.legs_up.keys() - {leg for _, _, leg in agents}:
            yield f"legs of nobody are left: {sorted(orphans)}"
        for name, state, _ in agents:
            if state not in _AT_REST:
                yield f"{name} is left {state}"

    def _kept(self, house: House) -> Iterator[str]:
        """What the daemon still keeps in mind, with nothing going on."""
        engine = house.engine
        assert engine is not None
        for name, line in engine._trunks._lines.items():
            if line.in_use or line.unsent:
                yield f"trunk {name} is taken for in use: {line.in_use} calls, {line.unsent} not sent"
        for agent in engine.agents.book.lines.values():
            if agent.batch or agent.person is not None:
                yield f"{agent.name} is kept for {agent.batch or agent.person}"
        kept: dict[str, Iterable[object]] = {
            "calls": engine.desk._lines,
            "people who wait for an agent": engine.agents.seekers._seekers,
            "music": engine.desk._comfort._wishes,
            "calls of another daemon": engine._home.inherited,
        }
        yield from (f"the daemon keeps {what}: {[*each]}" for what, each in kept.items() if [*each])
