"""Callbacks, and the targets that wait for them.

Not here: when one is due (domain/callback.py), what is done with it (usecases/callingback.py). A waiting target has a
turn of -2 or less, which puts it before every other in the walk of the dialing (dialing.py), by the times promised.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from dialerd.adapters.sql.connection import Connection
from dialerd.adapters.sql.rows import to_json, to_moment, to_moment_or_none, to_text, to_text_or_none, to_zones
from dialerd.domain.callback import Callback
from dialerd.domain.words import (
    AttemptId,
    CallbackId,
    CallbackState,
    CampaignId,
    ContactId,
    Disposition,
    ListId,
    RunId,
    TargetId,
)
from dialerd.ports import ListedCallback, OwnCallback

_PROMOTED_AT_ONCE = 500  # more wait for the next claim, as with other targets
_LAST_TURN = 10**12  # in seconds: no moment is so late that its turn would come after -2

_COLUMNS = (
    "id, campaign_id, contact_id, number, zones, zone, due_at, planned_at, expires_at, created_by, created_at, agent,"
    " fallback_s, notes, state, is_urgent, tries, run_id, target_id, resume_at, attempt_id, dialed_at, disposition,"
    " reason, ended_at"
)
_NAMES = _COLUMNS.replace(" ", "").split(",")
_CALLBACK = f"SELECT {_COLUMNS} FROM callback"  # noqa: S608  # a constant of this file
_ADD = f"INSERT INTO callback ({', '.join(_NAMES[1:])}) VALUES ({', '.join(':' + name for name in _NAMES[1:])})"  # noqa: S608
_PUT = f"UPDATE callback SET {', '.join(f'{name} = :{name}' for name in _NAMES[1:])} WHERE id = :id"  # noqa: S608

_LISTED = f"""
SELECT {", ".join("callback." + name for name in _NAMES)}, campaign.name, run.number
FROM callback JOIN campaign ON campaign.id = callback.campaign_id LEFT JOIN run ON run.id = callback.run_id
"""  # noqa: S608  # the columns are constants of this file

_WANTED = """
WHERE (:campaign IS NULL OR callback.campaign_id = :campaign) AND (:agent IS NULL OR callback.agent = :agent)
  AND callback.state IN (SELECT value FROM json_each(:states))
  AND (:within IS NULL OR campaign.name IN (SELECT value FROM json_each(:within)))
  AND (:last_at IS NULL OR callback.planned_at > :last_at OR (callback.planned_at = :last_at AND callback.id > :last))
ORDER BY callback.planned_at, callback.id LIMIT :limit
"""

_PROMOTE = """
UPDATE target SET state = 'pending', not_before = NULL, held_by = NULL WHERE id IN (
  SELECT id FROM target INDEXED BY target_callback
  WHERE run_id = :run_id AND state = 'waiting' AND turn <= -2 AND not_before <= :now ORDER BY not_before LIMIT :limit)
"""

# What waits for these agents, also before the end of its wait: of each the first few, along callback_of_agent, however
# many wait behind them.
_OWN = """
SELECT callback.agent, callback.run_id, callback.contact_id
FROM json_each(:agents) AS free CROSS JOIN callback ON callback.id IN (
  SELECT own.id FROM callback AS own JOIN target ON target.id = own.target_id
  WHERE own.agent = free.value AND own.state = 'scheduled' AND own.planned_at <= :until
    AND own.run_id IN (SELECT CAST(value AS INTEGER) FROM json_each(:runs))
    AND (target.state = 'pending' OR (target.state = 'waiting' AND target.held_by = 'callback'))
  ORDER BY own.planned_at, own.id LIMIT :each)
ORDER BY callback.planned_at, callback.id
"""

_OF_LIST = """
 WHERE state = 'scheduled'
 AND EXISTS (SELECT 1 FROM contact WHERE contact.id = callback.contact_id AND contact.list_id = ?) LIMIT ?
"""

# Scheduled ones at these numbers that a list's entries bar from being dialed when they are due.
_BARRED = f"""
SELECT {", ".join("callback." + name for name in _NAMES)}
FROM json_each(:numbers) AS barred CROSS JOIN callback ON callback.number = barred.value
JOIN campaign ON campaign.id = callback.campaign_id LEFT JOIN run ON run.id = callback.run_id
WHERE callback.state = 'scheduled' AND (:expires_at IS NULL OR callback.planned_at < :expires_at)
  AND (:list = (SELECT name FROM dnc_list WHERE id = 1)
       OR :list = json_extract(coalesce(run.spec, campaign.spec), '$.dnc'))
"""  # noqa: S608  # the columns are constants of this file


class SqlCallbacks:
    """Implements ports.Callbacks on one connection, within its transaction."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def add(self, callback: Callback) -> Callback:
        cursor = self._connection.execute(_ADD, _to_row(callback))
        assert cursor.lastrowid is not None
        return replace(callback, id=CallbackId(cursor.lastrowid))

    def put(self, callback: Callback) -> None:
        self._connection.execute(_PUT, _to_row(callback))

    def get(self, callback_id: CallbackId) -> Callback | None:
        return self._one(" WHERE id = ?", callback_id)

    def scheduled(self, campaign_id: CampaignId, contact_id: ContactId) -> Callback | None:
        return self._one(" WHERE campaign_id = ? AND contact_id = ? AND state = 'scheduled'", campaign_id, contact_id)

    def open(self, target_id: TargetId) -> list[Callback]:
        rows = self._connection.execute(
            _CALLBACK + " WHERE target_id = ? AND state IN ('scheduled', 'in_progress') ORDER BY state", (target_id,)
        )
        return [_to_callback(row) for row in rows.fetchall()]

    def _one(self, where: str, *values: object) -> Callback | None:
        row = self._connection.execute(_CALLBACK + where, values).fetchone()
        return None if row is None else _to_callback(row)

    def unclaimed(self, campaign_id: CampaignId, *, after: int, up_to: int) -> list[Callback]:
        rows = self._connection.execute(
            _CALLBACK + " WHERE campaign_id = ? AND contact_id > ? AND contact_id <= ? AND state = 'scheduled'"
            " AND run_id IS NULL",
            (campaign_id, after, up_to),
        )
        return [_to_callback(row) for row in rows.fetchall()]

    def taken_in(self, run_id: RunId) -> int:
        (last,) = self._connection.execute("SELECT taken_in FROM run WHERE id = ?", (run_id,)).fetchone()
        return int(last)

    def listed(
        self,
        *,
        campaign_id: CampaignId | None,
        agent: str | None,
        states: Collection[CallbackState],
        within: Collection[str] | None = None,
        only: CallbackId | None = None,
        after: tuple[datetime, int] | None = None,
        limit: int,
    ) -> list[ListedCallback]:
        last_at, last = after or (None, None)
        asked = {
            "campaign": campaign_id,
            "agent": agent,
            "states": to_json(tuple(states)),
            "within": None if within is None else to_json(sorted(within)),
            "last_at": to_text_or_none(last_at),
            "last": last,
            "limit": limit,
            "only": only,
        }
        rows = self._connection.execute(_LISTED + (_WANTED if only is None else " WHERE callback.id = :only"), asked)
        return [
            ListedCallback(callback=_to_callback(tuple(row)), campaign=campaign, run_number=run_number)
            for *row, campaign, run_number in rows.fetchall()
        ]

    def planned(self, campaign_id: CampaignId, *, since: datetime, but: CallbackId | None) -> Iterator[datetime]:
        rows = self._connection.execute(
            "SELECT planned_at FROM callback WHERE campaign_id = ? AND planned_at >= ? AND state <> 'cancelled'"
            " AND id IS NOT ? ORDER BY planned_at",
            (campaign_id, to_text(since), but),
        )
        return (to_moment(text) for (text,) in rows)

    def dialed(self, campaign_id: CampaignId, *, since: datetime) -> int:
        (count,) = self._connection.execute(
            "SELECT count(*) FROM callback WHERE campaign_id = ? AND dialed_at >= ?", (campaign_id, to_text(since))
        ).fetchone()
        return int(count)

    def is_taken(self, run_id: RunId, number: str, *, but: TargetId) -> bool:
        row = self._connection.execute(
            "SELECT 1 FROM target WHERE run_id = ? AND number = ? AND id <> ?", (run_id, number, but)
        ).fetchone()
        return row is not None

    def contact_of(self, target_id: TargetId) -> ContactId:
        (contact_id,) = self._connection.execute("SELECT contact_id FROM target WHERE id = ?", (target_id,)).fetchone()
        return ContactId(contact_id)

    def settled_as(self, target_id: TargetId) -> str | None:
        (code,) = self._connection.execute("SELECT disposition FROM target WHERE id = ?", (target_id,)).fetchone()
        return None if code is None else str(code)

    def promote(self, run_id: RunId, now: datetime) -> None:
        self._connection.execute(_PROMOTE, {"run_id": run_id, "now": to_text(now), "limit": _PROMOTED_AT_ONCE})

    def own(self, agents: Collection[str], *, runs: Collection[RunId], until: datetime, each: int) -> list[OwnCallback]:
        asked = {"agents": to_json(tuple(agents)), "runs": to_json(tuple(runs)), "until": to_text(until), "each": each}
        rows = self._connection.execute(_OWN, asked)
        return [
            OwnCallback(agent=agent, run_id=RunId(run), contact_id=ContactId(contact)) for agent, run, contact in rows
        ]

    def next_own_at(self, agents: Collection[str], *, after: datetime) -> datetime | None:
        (text,) = self._connection.execute(
            "SELECT min((SELECT planned_at FROM callback WHERE agent = given.value AND state = 'scheduled'"
            " AND planned_at > ? ORDER BY planned_at LIMIT 1)) FROM json_each(?) AS given",  # along callback_of_agent
            (to_text(after), to_json(tuple(agents))),
        ).fetchone()
        return to_moment_or_none(text)

    def barred(self, numbers: Collection[str], *, list_name: str, expires_at: datetime | None) -> list[Callback]:
        asked = {"numbers": to_json(tuple(numbers)), "list": list_name, "expires_at": to_text_or_none(expires_at)}
        return [_to_callback(row) for row in self._connection.execute(_BARRED, asked).fetchall()]

    def of_list(self, list_id: ListId, *, limit: int) -> list[Callback]:
        rows = self._connection.execute(_CALLBACK + _OF_LIST, (list_id, limit))
        return [_to_callback(row) for row in rows.fetchall()]

    def of_agent(self, agent: str) -> list[Callback]:
        rows = self._connection.execute(_CALLBACK + " WHERE agent = ? AND state = 'scheduled'", (agent,))
        return [_to_callback(row) for row in rows.fetchall()]

    def hold_target(self, callback: Callback, until: datetime) -> None:
        self._connection.execute(
            "UPDATE target SET state = 'waiting', not_before = :until, held_by = 'callback', turn = :turn,"
            " done_at = NULL, number = :number, zones = :zones WHERE id = :id",
            {
                "id": callback.target_id,
                "turn": int(callback.planned_at.timestamp()) - _LAST_TURN,
                "until": to_text(until),
                "number": callback.number,
                "zones": to_json(callback.zones),
            },
        )

    def resume_target(self, callback: Callback, now: datetime) -> None:
        if callback.resume_at is None:
            self._connection.execute(
                # Settled as it was: its last attempt has counted for it.
                "UPDATE target SET turn = attempts_spent, state = 'done', done_at = ?, not_before = NULL,"
                " held_by = 'given' WHERE id = ? AND state IN ('pending', 'waiting')",
                (to_text(now), callback.target_id),
            )
            return
        self._connection.execute(
            "UPDATE target SET turn = attempts_spent, state = 'waiting', not_before = ?, held_by = 'retry'"
            " WHERE id = ? AND state IN ('pending', 'waiting')",
            (to_text(max(callback.resume_at, now)), callback.target_id),
        )


def _to_row(callback: Callback) -> dict[str, object]:
    return {
        "id": callback.id,
        "campaign_id": callback.campaign_id,
        "contact_id": callback.contact_id,
        "number": callback.number,
        "zones": to_json(callback.zones),
        "zone": callback.zone,
        "due_at": to_text(callback.due_at),
        "planned_at": to_text(callback.planned_at),
        "expires_at": to_text(callback.expires_at),
        "created_by": callback.created_by,
        "created_at": to_text(callback.created_at),
        "agent": callback.agent,
        "fallback_s": None if callback.fallback_after is None else callback.fallback_after.total_seconds(),
        "notes": callback.notes,
        "state": callback.state,
        "is_urgent": callback.is_urgent,
        "tries": callback.tries,
        "run_id": callback.run_id,
        "target_id": callback.target_id,
        "resume_at": to_text_or_none(callback.resume_at),
        "attempt_id": callback.attempt_id,
        "dialed_at": to_text_or_none(callback.dialed_at),
        "disposition": callback.disposition,
        "reason": callback.reason,
        "ended_at": to_text_or_none(callback.ended_at),
    }


def _to_callback(values: tuple[Any, ...]) -> Callback:
    row = dict(zip(_NAMES, values, strict=True))
    return Callback(
        id=CallbackId(row["id"]),
        campaign_id=CampaignId(row["campaign_id"]),
        contact_id=ContactId(row["contact_id"]),
        number=row["number"],
        zones=to_zones(row["zones"]),
        zone=row["zone"],
        due_at=to_moment(row["due_at"]),
        planned_at=to_moment(row["planned_at"]),
        expires_at=to_moment(row["expires_at"]),
        created_by=row["created_by"],
        created_at=to_moment(row["created_at"]),
        agent=row["agent"],
        fallback_after=None if row["fallback_s"] is None else timedelta(seconds=row["fallback_s"]),
        notes=row["notes"],
        state=CallbackState(row["state"]),
        is_urgent=bool(row["is_urgent"]),
        tries=row["tries"],
        run_id=None if row["run_id"] is None else RunId(row["run_id"]),
        target_id=None if row["target_id"] is None else TargetId(row["target_id"]),
        resume_at=to_moment_or_none(row["resume_at"]),
        attempt_id=None if row["attempt_id"] is None else AttemptId(row["attempt_id"]),
        dialed_at=to_moment_or_none(row["dialed_at"]),
        disposition=None if row["disposition"] is None else Disposition(row["disposition"]),
        reason=row["reason"],
        ended_at=to_moment_or_none(row["ended_at"]),
    )
