"""What another dialer has done with contacts.

Not here: taking it into a run (runs.py).
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime

from dialerd.adapters.sql.connection import Connection
from dialerd.adapters.sql.rows import to_json, to_moment_or_none, to_text, to_text_or_none
from dialerd.domain.past import Closed, GoesOn, Past, judge
from dialerd.domain.retry import RetryPolicy
from dialerd.domain.words import ContactId, ListId, RunId
from dialerd.ports import EarlierCall

# The same source again says how it is now; another one for the same contact only ever adds.
_PUT = """
INSERT INTO contact_past (contact_id, attempts, last_at, code, is_over, source)
SELECT id, :attempts, :last_at, :code, :is_over, :source FROM contact WHERE list_id = :list_id AND number = :number
ON CONFLICT (contact_id) DO UPDATE SET
  attempts = iif(contact_past.source = excluded.source, excluded.attempts,
                 max(contact_past.attempts, excluded.attempts)),
  last_at = iif(contact_past.source = excluded.source, excluded.last_at,
                nullif(max(coalesce(contact_past.last_at, ''), coalesce(excluded.last_at, '')), '')),
  code = iif(contact_past.source = excluded.source OR excluded.is_over > contact_past.is_over, excluded.code,
             contact_past.code),
  is_over = iif(contact_past.source = excluded.source, excluded.is_over, max(contact_past.is_over, excluded.is_over))
"""
_ADD_CALL = """
INSERT INTO past_call (number, claimed_at, ended_at, disposition, campaign)
SELECT :number, :at, :at, :disposition, :campaign WHERE NOT EXISTS (
  SELECT 1 FROM past_call WHERE number = :number AND claimed_at = :at AND campaign = :campaign)
"""
# The number stands behind the name and a space: no digit comes before "!".
_COUNTS = """
SELECT whose.value, what FROM json_each(:whose) AS whose
CROSS JOIN brought_over ON what >= whose.value || ' ' AND what < whose.value || '!'
"""
_UNCOUNT = "DELETE FROM brought_over WHERE what >= :whose || ' ' AND what < :whose || '!'"
_OF_CONTACTS = """
SELECT contact_id, attempts, last_at, code, is_over, source,
  EXISTS (SELECT 1 FROM contact_number WHERE contact_number.contact_id = contact_past.contact_id)
FROM contact_past WHERE contact_id IN (SELECT CAST(value AS INTEGER) FROM json_each(?))
"""
_SEND_ON = """
UPDATE target SET attempts_spent = :attempts, turn = :attempts,
  state = iif(:at > :now, 'waiting', 'pending'), not_before = iif(:at > :now, :at, NULL),
  held_by = iif(:at > :now, 'retry', NULL)
WHERE run_id = :run_id AND contact_id = :contact_id AND state = 'pending'
"""


class SqlPasts:
    """Implements ports.Pasts on one connection, within its transaction."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def put(self, list_id: ListId, pasts: Iterable[tuple[str, Past]]) -> None:
        self._connection.executemany(
            _PUT,
            [
                {
                    "list_id": list_id,
                    "number": number,
                    "attempts": past.attempts,
                    "last_at": to_text_or_none(past.last_at),
                    "code": past.code,
                    "is_over": past.is_over,
                    "source": past.source,
                }
                for number, past in pasts
            ],
        )

    def get(self, contact_id: ContactId) -> Past | None:
        row = self._connection.execute(_OF_CONTACTS, (to_json((contact_id,)),)).fetchone()
        return None if row is None else _to_past(row)

    def add_calls(self, campaign: str, calls: Iterable[EarlierCall]) -> int:
        return self._connection.executemany(
            _ADD_CALL,
            [
                {"number": each.number, "at": to_text(each.at), "disposition": each.disposition, "campaign": campaign}
                for each in calls
            ],
        ).rowcount

    def is_brought(self, what: str) -> bool:
        return self._connection.execute("SELECT 1 FROM brought_over WHERE what = ?", (what,)).fetchone() is not None

    def set_brought(self, what: str) -> None:
        self._connection.execute("INSERT OR IGNORE INTO brought_over VALUES (?)", (what,))

    def counts(self, whose: Collection[str]) -> Mapping[str, int]:
        rows = self._connection.execute(_COUNTS, {"whose": to_json(sorted(whose))}).fetchall()
        return {name: int(what[len(name) + 1 :]) for name, what in rows}

    def set_counts(self, counts: Mapping[str, int]) -> None:
        self._connection.executemany(_UNCOUNT, [{"whose": name} for name in counts])
        added = [(f"{name} {count}",) for name, count in counts.items()]
        self._connection.executemany("INSERT INTO brought_over VALUES (?)", added)


def judged(
    connection: Connection, contacts: Sequence[int], policy: RetryPolicy, *, per_number: int
) -> dict[int, GoesOn | Closed]:
    """What a run makes of the contacts that came from another dialer; of no others."""
    rows = connection.execute(_OF_CONTACTS, (to_json(tuple(contacts)),)).fetchall()
    return {row[0]: judge(_to_past(row), policy, per_number=per_number, has_more_numbers=bool(row[6])) for row in rows}


def send_on(connection: Connection, run_id: RunId, found: Iterable[tuple[int, GoesOn]], now: datetime) -> None:
    """Have targets that were just taken in go on from where another dialer has left their contacts."""
    connection.executemany(
        _SEND_ON,
        [
            {
                "run_id": run_id,
                "contact_id": contact_id,
                "attempts": each.attempts,
                "at": to_text_or_none(each.at) or "",
                "now": to_text(now),
            }
            for contact_id, each in found
        ],
    )


def _to_past(row: Sequence[object]) -> Past:
    _, attempts, last_at, code, is_over, source, _ = row
    assert isinstance(attempts, int)
    assert last_at is None or isinstance(last_at, str)
    return Past(
        attempts=attempts,
        last_at=to_moment_or_none(last_at),
        code=str(code),
        is_over=bool(is_over),
        source=str(source),
    )
