"""The messages of a run by their steps: those whose route is full are passed by, without looking at each of them.

Not here: which steps can go on (usecases/messaging.py). Calls are not in this index and pay nothing for it.
"""

from __future__ import annotations

from sqlite_utils import Database

from dialerd.adapters.sqlite.migrations.script import run_script


def m047_message_steps(db: Database) -> None:
    run_script(db, _STEPS)


_STEPS = """
CREATE INDEX target_message ON target(run_id, channel, step, turn, rank, id)
WHERE state = 'pending' AND channel IN ('sms', 'email');
"""
