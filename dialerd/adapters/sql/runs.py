"""Runs, their counters and the taking in of their targets.

Not here: the dialing of targets (dialing.py). The counters are kept by triggers (migrations), so that no
statement can change a target and forget to count it.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from functools import lru_cache
from heapq import merge
from itertools import islice
from typing import Any

from dialerd.adapters.sql.campaigns import to_spec
from dialerd.adapters.sql.connection import Connection
from dialerd.adapters.sql.filters import to_sql
from dialerd.adapters.sql.pasts import judged, send_on
from dialerd.adapters.sql.rows import to_json, to_moment, to_moment_or_none, to_text
from dialerd.domain.campaign import CampaignSpec
from dialerd.domain.disposition import MEANINGS
from dialerd.domain.ordering import NEVER_CALLED, PastAnswers, attribute_of, rank
from dialerd.domain.past import Closed, GoesOn
from dialerd.domain.words import CampaignId, Channel, ContactId, Disposition, Order, RunId, RunState
from dialerd.ports import HeldTargets, RunRow, Scrubbed

_COLUMNS = (
    "SELECT id, number, campaign_id, spec, state, is_prepared, created_at, finished_at,"
    " pending, waiting, in_progress, done, attempts, ending, reason, held, scrub_after IS NOT NULL,"
    " ends_at, precedence FROM run"
)

# The next contacts of one list after the last one taken in, with the do-not-call lists' word on each and the filter's.
# The index is named: by another, each chunk would walk and sort the whole list. A contact that the filter leaves out is
# looked at all the same: were it searched on to the next match, a filter that matches nobody would walk the whole list.
_NEXT_CONTACTS = """
SELECT contact.id, contact.number, contact.zones, contact.zone, contact.priority,
       EXISTS (SELECT 1 FROM dnc_entry AS d JOIN dnc_list ON dnc_list.id = d.list_id
               WHERE d.number = contact.number AND (d.list_id = 1 OR dnc_list.name = :dnc)
               AND (d.expires_at IS NULL OR d.expires_at > :now))
         AND NOT EXISTS (SELECT 1 FROM contact_number WHERE contact_number.contact_id = contact.id), {keeps},
       iif(:order IS NULL, NULL, json_extract(contact.attributes, :order))
FROM contact INDEXED BY contact_by_list
WHERE contact.list_id = :list_id AND contact.id > :after ORDER BY contact.id LIMIT :size
"""

# Whether any list of the run goes on after the last contact taken in: contacts' ids only rise.
_HAS_MORE = """
SELECT EXISTS (SELECT 1 FROM run, json_each(run.spec, '$.lists') AS named
  JOIN contact_list ON contact_list.name = named.value
  WHERE run.id = :run_id AND (SELECT max(id) FROM contact WHERE list_id = contact_list.id) > run.taken_in)
"""

# A scrub walks the run's targets by number, as the do-not-call entries are ordered too: neighbours in both.
_SCRUB_STEP = """
SELECT count(*), max(number) FROM
  (SELECT number FROM target WHERE run_id = :run_id AND number > :after ORDER BY number LIMIT :size) AS step
"""
_SCRUB = """
UPDATE target SET state = 'done', disposition = 'do_not_call', done_at = :now, not_before = NULL, held_by = NULL
WHERE run_id = :run_id AND number > :after AND number <= :last AND state IN ('pending', 'waiting')
  -- a contact with other numbers goes on with those, the next one or the first again: the claim sees to it
  AND NOT EXISTS (SELECT 1 FROM contact_number WHERE contact_number.contact_id = target.contact_id)
  AND EXISTS (SELECT 1 FROM dnc_entry AS d JOIN dnc_list ON dnc_list.id = d.list_id
              WHERE d.number = target.number AND (d.list_id = 1 OR dnc_list.name = :dnc)
              AND (d.expires_at IS NULL OR d.expires_at > :now))
"""

# Told apart from what was cancelled otherwise, and with its wait: another filter may take it in again.
_SCRUB_FILTER = """
UPDATE target SET state = 'done', disposition = 'cancelled', done_at = :now, held_by = 'filter'
WHERE run_id = :run_id AND number > :after AND number <= :last AND state IN ('pending', 'waiting')
  AND NOT EXISTS (SELECT 1 FROM contact WHERE contact.id = target.contact_id AND {keeps})
"""

# A call that is up goes on, and is the last one where the filter leaves its contact out.
_SCRUB_CALLED = """
UPDATE target SET held_by = CASE WHEN NOT EXISTS
  (SELECT 1 FROM contact WHERE contact.id = target.contact_id AND {keeps}) THEN 'filter' END
WHERE run_id = :run_id AND number > :after AND number <= :last AND state = 'in_progress'
"""

# What waits for hours or rules is judged again: a scrub is asked for when the campaign has changed, perhaps in these.
_SCRUB_WAITING = """
UPDATE target SET not_before = :now WHERE run_id = :run_id AND number > :after AND number <= :last
  AND state = 'waiting' AND held_by IN ('hours', 'regulation')
"""

# Targets that an earlier filter had let go and the present one keeps, as they were.
_TAKE_BACK = """
UPDATE target SET state = iif(not_before > :now, 'waiting', 'pending'), held_by = iif(not_before > :now, 'retry', NULL),
  not_before = iif(not_before > :now, not_before, NULL), disposition = NULL, done_at = NULL
WHERE run_id = :run_id AND contact_id IN (SELECT CAST(value AS INTEGER) FROM json_each(:contacts))
  AND state = 'done' AND held_by = 'filter'
"""
_TAKEN_BACK = "UPDATE run_disposition SET n = n - :n WHERE run_id = :run_id AND disposition = 'cancelled'"

# The next targets that are not in progress, not even looked at when done. Along the walks of the dialing.
_CANCEL = """
UPDATE target SET state = 'done', disposition = 'cancelled', done_at = :now WHERE id IN (
  SELECT id FROM target INDEXED BY target_next WHERE run_id = :run_id AND state = 'pending'
  UNION ALL SELECT id FROM target INDEXED BY target_waiting WHERE run_id = :run_id AND state = 'waiting'
  LIMIT :size)
"""


_CALLS = tuple(str(each) for each in Channel if each.is_call)


class SqlRuns:
    """Implements ports.Runs on one connection, within its transaction."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def create(self, campaign_id: CampaignId, spec: CampaignSpec, now: datetime) -> RunRow:
        cursor = self._connection.execute(
            "INSERT INTO run (campaign_id, number, spec, state, created_at) SELECT :campaign,"
            " 1 + coalesce(max(number), 0), :spec, 'active', :now FROM run WHERE campaign_id = :campaign",
            {"campaign": campaign_id, "spec": to_json(spec.as_table()), "now": to_text(now)},
        )
        assert cursor.lastrowid is not None
        row = self.get(RunId(cursor.lastrowid))
        assert row is not None, "just written"
        return row

    def get(self, run_id: RunId) -> RunRow | None:
        row = self._connection.execute(_COLUMNS + " WHERE id = ?", (run_id,)).fetchone()
        return None if row is None else _to_run(row)

    def latest(self, campaign_id: CampaignId) -> RunRow | None:
        row = self._connection.execute(
            _COLUMNS + " WHERE campaign_id = ? ORDER BY number DESC LIMIT 1", (campaign_id,)
        ).fetchone()
        return None if row is None else _to_run(row)

    def of_campaign(self, campaign_id: CampaignId) -> list[RunRow]:
        rows = self._connection.execute(_COLUMNS + " WHERE campaign_id = ? ORDER BY number", (campaign_id,))
        return [_to_run(row) for row in rows.fetchall()]

    def unfinished(self) -> list[RunRow]:
        return [_to_run(row) for row in self._connection.execute(_COLUMNS + " WHERE finished_at IS NULL ORDER BY id")]

    def set_state(self, run_id: RunId, state: RunState, now: datetime) -> None:
        self._connection.execute(
            # What held a run that is paused holds it still when it goes on, until the daemon says otherwise.
            "UPDATE run SET state = :state, finished_at = :finished_at,"
            " held = iif(:finished_at IS NULL, held, '') WHERE id = :id",
            {"id": run_id, "state": state, "finished_at": to_text(now) if state.is_over else None},
        )

    def stop(self, run_id: RunId, *, ending: RunState, reason: str) -> None:
        self._connection.execute(
            "UPDATE run SET state = 'stopping', ending = :ending, reason = :reason, held = '' WHERE id = :id",
            {"id": run_id, "ending": ending, "reason": reason},
        )

    def set_window(self, run_id: RunId, *, ends_at: datetime | None, precedence: bool) -> None:
        self._connection.execute(
            "UPDATE run SET ends_at = ?, precedence = ? WHERE id = ?",
            (None if ends_at is None else to_text(ends_at), precedence, run_id),
        )

    def set_held(self, run_id: RunId, reason: str) -> None:
        self._connection.execute("UPDATE run SET held = ? WHERE id = ?", (reason, run_id))

    def set_reason(self, run_id: RunId, reason: str) -> None:
        self._connection.execute("UPDATE run SET reason = ? WHERE id = ?", (reason, run_id))

    def set_pacing(self, run_id: RunId, account: Mapping[str, Any]) -> None:
        self._connection.execute("UPDATE run SET pacing = ? WHERE id = ?", (to_json(account), run_id))

    def pacing(self, run_id: RunId) -> Mapping[str, Any] | None:
        (account,) = self._connection.execute("SELECT pacing FROM run WHERE id = ?", (run_id,)).fetchone() or (None,)
        found: Mapping[str, Any] | None = None if account is None else json.loads(account)
        return found

    def set_learnt(self, run_id: RunId, learnt: Mapping[str, Any]) -> None:
        self._connection.execute(
            "INSERT INTO pacer VALUES (?, ?) ON CONFLICT (run_id) DO UPDATE SET learnt = excluded.learnt",
            (run_id, to_json(learnt)),
        )

    def learnt(self, run_id: RunId) -> Mapping[str, Any] | None:
        row = self._connection.execute("SELECT learnt FROM pacer WHERE run_id = ?", (run_id,)).fetchone()
        found: Mapping[str, Any] | None = None if row is None else json.loads(row[0])
        return found

    def held(self, run_id: RunId) -> list[HeldTargets]:
        rows = self._connection.execute(
            "SELECT coalesce(held_by, 'retry'), count(*), min(not_before) FROM target INDEXED BY target_waiting"
            " WHERE run_id = ? AND state = 'waiting' GROUP BY 1 ORDER BY 2 DESC, 1",
            (run_id,),
        )
        return [HeldTargets(gate=gate, targets=count, next_at=to_moment(at)) for gate, count, at in rows]

    def set_spec(self, run_id: RunId, spec: CampaignSpec) -> None:
        self._connection.execute(
            "UPDATE run SET spec = :spec WHERE id = :id", {"id": run_id, "spec": to_json(spec.as_table())}
        )

    def prepare(
        self,
        run_id: RunId,
        *,
        size: int,
        draw: Callable[[], float],
        now: datetime,
        step: str = "",
        channel: Channel = Channel.VOICE,
    ) -> bool:
        run = self.get(run_id)
        assert run is not None, "a run is prepared only while it exists"
        (after,) = self._connection.execute("SELECT taken_in FROM run WHERE id = ?", (run_id,)).fetchone()
        contacts = self._next_contacts(run.spec, after=after, size=size, now=now)
        is_in = self._are_in(run_id, [each[0] for each in contacts]) if run.targets else frozenset()
        by_rate = run.spec.order == Order.ANSWER_RATE
        past = self._past_answers([each[1] for each in contacts]) if by_rate else {}
        dialed = self._dialed(run_id, [each[1] for each in contacts]) if run.attempts else frozenset()
        earlier = judged(
            self._connection, [each[0] for each in contacts], run.spec.retry_policy, per_number=run.spec.per_number
        )
        settled = {each: Disposition.SETTLED_BEFORE for each, past in earlier.items() if isinstance(past, Closed)}
        settled |= {each[0]: Disposition.DO_NOT_CALL for each in contacts if each[5]}
        self._connection.executemany(
            "INSERT OR IGNORE INTO target (run_id, contact_id, number, zones, state, rank, disposition, done_at, step,"
            " channel) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            [
                (
                    run_id,
                    contact_id,
                    number,
                    zones if zone is None else to_json((zone,)),
                    "done" if contact_id in settled else "pending",
                    rank(
                        run.spec.order,
                        contact_id=ContactId(contact_id),
                        priority=priority,
                        draw=draw(),
                        value=value,
                        past=past.get(number, NEVER_CALLED),
                    ),
                    settled.get(contact_id),
                    to_text(now) if contact_id in settled else None,
                    step,
                    channel,
                )
                for contact_id, number, zones, zone, priority, _, is_kept, value in contacts
                # The number alone does not tell: a contact may be at a later one of its numbers.
                if is_kept and contact_id not in is_in and number not in dialed
            ],
        )
        going_on = [(each, past) for each, past in earlier.items() if isinstance(past, GoesOn) and each not in is_in]
        send_on(self._connection, run_id, going_on, now)
        if run.done:  # else it is the first time, and nobody can have been let go
            self._take_back(run_id, [each[0] for each in contacts if each[6]], now)
        is_last = len(contacts) < size
        self._connection.execute(
            "UPDATE run SET taken_in = :taken_in, is_prepared = is_prepared OR :is_last WHERE id = :id",
            {"id": run_id, "taken_in": contacts[-1][0] if contacts else after, "is_last": is_last},
        )
        return is_last

    def _past_answers(self, numbers: Sequence[str]) -> dict[str, PastAnswers]:
        """What became of all earlier calls to these numbers, in whichever campaign."""
        live = [str(code) for code, meaning in MEANINGS.items() if meaning.live]
        rows = self._connection.execute(
            "SELECT number, count(*), count(*) FILTER (WHERE disposition IN (SELECT value FROM json_each(:live)))"
            " FROM attempt INDEXED BY attempt_by_number"
            " WHERE number IN (SELECT value FROM json_each(:numbers)) AND disposition IS NOT NULL AND spent"
            " AND channel IN (SELECT value FROM json_each(:calls)) GROUP BY number",
            {"numbers": to_json(tuple(numbers)), "live": to_json(tuple(live)), "calls": to_json(_CALLS)},
        )
        return {number: PastAnswers(calls=calls, answered=int(answered)) for number, calls, answered in rows}

    def _are_in(self, run_id: RunId, contacts: Sequence[int]) -> frozenset[int]:
        rows = self._connection.execute(
            "SELECT contact_id FROM target WHERE run_id = ? AND contact_id IN"
            " (SELECT CAST(value AS INTEGER) FROM json_each(?))",
            (run_id, to_json(tuple(contacts))),
        )
        return frozenset(contact_id for (contact_id,) in rows)

    def _dialed(self, run_id: RunId, numbers: Sequence[str]) -> frozenset[str]:
        rows = self._connection.execute(
            # By the numbers: along the run's attempts, each chunk would walk all of them. The number of a call that is
            # up is its target's.
            "SELECT number FROM attempt INDEXED BY attempt_by_number"
            " WHERE number IN (SELECT value FROM json_each(?)) AND run_id = ? AND disposition IS NOT NULL",
            (to_json(tuple(numbers)), run_id),
        )
        return frozenset(number for (number,) in rows)

    def _take_back(self, run_id: RunId, contacts: Sequence[int], now: datetime) -> None:
        given = {"run_id": run_id, "contacts": to_json(tuple(contacts)), "now": to_text(now)}
        n = self._connection.execute(_TAKE_BACK, given).rowcount
        if n:
            self._connection.execute(_TAKEN_BACK, {"run_id": run_id, "n": n})
            self._connection.execute("DELETE FROM run_disposition WHERE run_id = ? AND n = 0", (run_id,))

    def has_more(self, run_id: RunId) -> bool:
        (found,) = self._connection.execute(_HAS_MORE, {"run_id": run_id}).fetchone()
        return bool(found)

    def _next_contacts(
        self, spec: CampaignSpec, *, after: int, size: int, now: datetime
    ) -> list[tuple[int, str, str, str | None, int, int, int, str | None]]:
        """The next contacts of several lists as one walk by id. Each list is read only as far as it is needed."""
        ids = self._connection.execute(
            "SELECT id FROM contact_list WHERE name IN (SELECT value FROM json_each(?))", (to_json(spec.lists),)
        ).fetchall()
        keeps, given = _keeps(spec, now)
        attribute = attribute_of(spec.order)
        given |= {"order": None if attribute is None else f'$."{attribute}"'}
        given |= {"dnc": spec.dnc, "after": after, "size": size, "now": to_text(now)}
        walks = [
            self._connection.execute(_NEXT_CONTACTS.format(keeps=keeps), given | {"list_id": list_id})
            for (list_id,) in ids
        ]
        return list(islice(merge(*walks), size))  # ids differ, so nothing after them is compared

    def request_scrub(self, run_id: RunId) -> None:
        self._connection.execute("UPDATE run SET scrub_after = '' WHERE id = ?", (run_id,))

    def request_refill(self, run_id: RunId) -> None:
        self._connection.execute("UPDATE run SET taken_in = 0, is_prepared = FALSE WHERE id = ?", (run_id,))

    def scrub(self, run_id: RunId, *, size: int, now: datetime) -> Scrubbed:
        run = self.get(run_id)
        assert run is not None, "a run is scrubbed only while it exists"
        (after,) = self._connection.execute(
            "SELECT coalesce(scrub_after, '') FROM run WHERE id = ?", (run_id,)
        ).fetchone()
        step = {"run_id": run_id, "after": after, "size": size}
        (looked, last) = self._connection.execute(_SCRUB_STEP, step).fetchone()
        step |= {"last": last, "dnc": run.spec.dnc, "now": to_text(now)}
        listed = self._connection.execute(_SCRUB, step).rowcount
        left_out = 0
        keeps, given = _keeps(run.spec, now)
        if run.spec.filter is not None:
            left_out = self._connection.execute(_SCRUB_FILTER.format(keeps=keeps), step | given).rowcount
        if run.in_progress:
            self._connection.execute(_SCRUB_CALLED.format(keeps=keeps), step | given)
        if run.waiting:
            self._connection.execute(_SCRUB_WAITING, step)
        is_last = looked < size
        self._connection.execute("UPDATE run SET scrub_after = ? WHERE id = ?", (None if is_last else last, run_id))
        return Scrubbed(listed=listed, left_out=left_out, is_last=is_last)

    def cancel_targets(self, run_id: RunId, now: datetime, *, size: int) -> int:
        cursor = self._connection.execute(_CANCEL, {"run_id": run_id, "now": to_text(now), "size": size})
        return cursor.rowcount

    def dispositions(self, run_id: RunId) -> dict[str, int]:
        rows = self._connection.execute(
            "SELECT disposition, n FROM run_disposition WHERE run_id = ? ORDER BY n DESC, disposition", (run_id,)
        )
        return dict(rows.fetchall())


def _keeps(spec: CampaignSpec, now: datetime) -> tuple[str, dict[str, object]]:
    """The campaign's filter as SQL over `contact`, and its parameters."""
    tree = spec.keeps
    return ("TRUE", {}) if tree is None else to_sql(tree, today=spec.today(now))


@lru_cache(maxsize=64)  # read at every claim and twice at every settle, and often as it was
def _to_run(row: tuple[Any, ...]) -> RunRow:
    return RunRow(
        id=RunId(row[0]),
        number=row[1],
        campaign_id=CampaignId(row[2]),
        spec=to_spec(row[3]),
        state=RunState(row[4]),
        is_prepared=bool(row[5]),
        created_at=to_moment(row[6]),
        finished_at=to_moment_or_none(row[7]),
        pending=row[8],
        waiting=row[9],
        in_progress=row[10],
        done=row[11],
        attempts=row[12],
        ending=RunState(row[13]),
        reason=row[14],
        held=row[15],
        is_scrub_due=bool(row[16]),
        ends_at=to_moment_or_none(row[17]),
        precedence=bool(row[18]),
    )
