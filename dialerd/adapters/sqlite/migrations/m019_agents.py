"""Queues, agents with what they want to be and where they are seen, and who talked in an attempt.

A preference goes with its campaign. What happened to an agent is kept under its name, as attempts keep it: it outlives
the agent, so that reports of past months stay right.
Not here: callbacks for an agent (a later migration).
"""

from __future__ import annotations

from sqlite_utils import Database

from dialerd.adapters.sqlite.migrations.script import run_script


def m019_agents(db: Database) -> None:
    run_script(db, _AGENTS)


_AGENTS = """
CREATE TABLE queue (name TEXT PRIMARY KEY, spec TEXT NOT NULL, updated_at TEXT NOT NULL) STRICT;
CREATE TABLE agent (
  id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, endpoint TEXT NOT NULL,
  kind TEXT NOT NULL CHECK (kind IN ('outbound', 'inbound', 'blended')), may_outbound INTEGER NOT NULL,
  wanted TEXT NOT NULL CHECK (wanted IN ('logged_out', 'ready', 'paused')),
  wanted_since TEXT NOT NULL, wanted_reason TEXT NOT NULL DEFAULT '',
  state TEXT NOT NULL CHECK (state IN
    ('logged_out', 'ready', 'reserved', 'preview', 'on_call', 'wrap_up', 'paused', 'inbound')),
  since TEXT NOT NULL, idle_since TEXT NOT NULL, reason TEXT NOT NULL DEFAULT '', campaign TEXT NOT NULL DEFAULT '',
  why TEXT NOT NULL DEFAULT '', attempt_id TEXT, leg_id TEXT, asterisk TEXT
) STRICT;
CREATE TABLE agent_preferred (
  agent_id INTEGER NOT NULL REFERENCES agent(id) ON DELETE CASCADE,
  campaign_id INTEGER NOT NULL REFERENCES campaign(id) ON DELETE CASCADE, PRIMARY KEY (agent_id, campaign_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX agent_preferred_by_campaign ON agent_preferred(campaign_id);
CREATE TABLE agent_event (
  id INTEGER PRIMARY KEY, agent TEXT NOT NULL, at TEXT NOT NULL, state TEXT NOT NULL,
  reason TEXT NOT NULL, campaign TEXT NOT NULL, attempt_id TEXT
) STRICT;
CREATE INDEX agent_event_by_agent ON agent_event(agent, at);
ALTER TABLE attempt ADD COLUMN agent TEXT;
ALTER TABLE attempt ADD COLUMN connected_at TEXT;
"""
