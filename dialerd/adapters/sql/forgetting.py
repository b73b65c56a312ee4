"""What has become old is forgotten, a few rows at a time, along indexes.

Not here: for how long it is kept (domain/retention.py), when (engine/forgetter.py). Of calls it is forgotten whom they
reached: the rows stay, since counters and proofs stand on them.
"""

from __future__ import annotations

from datetime import datetime

from dialerd.adapters.sql.connection import Connection
from dialerd.adapters.sql.rows import to_json, to_text
from dialerd.domain.retention import Kind

_RUN_DUE = """
SELECT id FROM run WHERE finished_at IS NOT NULL AND finished_at < ? AND forgotten_at IS NULL ORDER BY id LIMIT 1
"""
# A target that is forgotten has '#' and its id as number, which stands before every number and address.
_TARGETS = "SELECT id FROM target WHERE run_id = ? AND number > '$' ORDER BY number LIMIT ?"
_DUE = {
    Kind.RECORDINGS: "SELECT count(*) FROM recording WHERE started_at < ? AND NOT is_unwanted AND ended_at IS NOT NULL",
    Kind.CALLS: "SELECT coalesce(sum(done), 0) FROM run WHERE finished_at IS NOT NULL AND finished_at < ?"
    " AND forgotten_at IS NULL",
    Kind.MESSAGES: "SELECT (SELECT count(*) FROM reply WHERE sender <> 'erased' AND at < ?1)"
    " + (SELECT count(*) FROM answer WHERE recipient <> 'erased' AND at < ?1)",
    Kind.AUDIT: "SELECT count(*) FROM audit WHERE at < ?",
}


def due(connection: Connection, kind: Kind, before: datetime) -> int:
    (count,) = connection.execute(_DUE[kind], (to_text(before),)).fetchone()
    return int(count)


def forget(connection: Connection, kind: Kind, before: datetime, size: int) -> int:
    """Up to `size` rows; how many."""
    limit = to_text(before)
    match kind:
        case Kind.RECORDINGS:
            return connection.execute(
                "UPDATE recording SET is_unwanted = TRUE WHERE name IN (SELECT name FROM recording"
                " WHERE started_at < ? AND NOT is_unwanted AND ended_at IS NOT NULL LIMIT ?)",
                (limit, size),
            ).rowcount
        case Kind.CALLS:
            return _forget_calls(connection, limit, size)
        case Kind.MESSAGES:
            replies = connection.execute(
                "UPDATE reply SET sender = 'erased', subject = '', text = '', contact_id = NULL WHERE id IN"
                " (SELECT id FROM reply WHERE sender <> 'erased' AND at < ? ORDER BY at LIMIT ?)",
                (limit, size),
            ).rowcount
            answers = connection.execute(
                "UPDATE answer SET recipient = 'erased', text = '' WHERE id IN"
                " (SELECT id FROM answer WHERE recipient <> 'erased' AND at < ? ORDER BY at LIMIT ?)",
                (limit, size),
            ).rowcount
            return replies + answers
        case Kind.AUDIT:
            return connection.execute(
                "DELETE FROM audit WHERE id < (SELECT min(id) FROM audit) + ? AND at < ?", (size, limit)
            ).rowcount


def _forget_calls(connection: Connection, limit: str, size: int) -> int:
    callbacks = connection.execute(
        "DELETE FROM callback WHERE id IN (SELECT id FROM callback WHERE ended_at < ? ORDER BY ended_at LIMIT ?)",
        (limit, size),
    ).rowcount
    callbacks += connection.execute(
        "DELETE FROM past_call WHERE id IN (SELECT id FROM past_call WHERE claimed_at < ? ORDER BY claimed_at LIMIT ?)",
        (limit, size),
    ).rowcount
    run = connection.execute(_RUN_DUE, (limit,)).fetchone()
    if run is None:
        return callbacks
    targets = to_json(tuple(row[0] for row in connection.execute(_TARGETS, (run[0], size))))
    for open_or_not in ("disposition IS NOT NULL", "disposition IS NULL"):  # an index of their own each
        connection.execute(
            "UPDATE attempt SET number = 'erased', reason = ''"  # noqa: S608
            f" WHERE target_id IN (SELECT CAST(value AS INTEGER) FROM json_each(?)) AND {open_or_not}",
            (targets,),
        )
    forgotten = connection.execute(
        "UPDATE target SET number = '#' || id, zones = '[]'"
        " WHERE id IN (SELECT CAST(value AS INTEGER) FROM json_each(?))",
        (targets,),
    ).rowcount
    if forgotten < size:
        connection.execute("UPDATE run SET forgotten_at = ? WHERE id = ?", (limit, run[0]))
    return forgotten + callbacks + (forgotten < size)  # a run that is through is something done, too
