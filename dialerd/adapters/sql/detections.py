"""What detection said of calls, counted.

Not here: what follows from it (domain/amdrates.py).
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from dialerd.adapters.sql.connection import Connection
from dialerd.adapters.sql.rows import to_json, to_text
from dialerd.domain.words import RunId
from dialerd.ports.detections import DetectedRow

_FIRST, _LAST = "", "9999"

_HEARD = """
SELECT run_id, trunk, substr(amd, 1, instr(amd || ' ', ' ') - 1), verdict, connected_at IS NOT NULL, final, count(*)
FROM attempt INDEXED BY attempt_by_run
WHERE run_id IN (SELECT CAST(value AS INTEGER) FROM json_each(:runs)) AND claimed_at >= :since AND claimed_at < :until
  AND amd IS NOT NULL AND verdict IS NOT NULL AND disposition IS NOT NULL
GROUP BY 1, 2, 3, 4, 5, 6
"""


class SqlDetections:
    """Implements ports.Detections on one connection, within its transaction."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def heard(self, runs: Collection[RunId], *, since: datetime | None, until: datetime | None) -> list[DetectedRow]:
        wanted = {
            "runs": to_json(tuple(runs)),
            "since": _FIRST if since is None else to_text(since),
            "until": _LAST if until is None else to_text(until),
        }
        return [
            DetectedRow(
                run_id=RunId(run_id),
                trunk=trunk,
                status=status,
                verdict=verdict,
                was_connected=bool(was_connected),
                final=final,
                calls=calls,
            )
            for run_id, trunk, status, verdict, was_connected, final, calls in self._connection.execute(_HEARD, wanted)
        ]
