"""The timetable: waits for the next moment of every campaign's schedule and has it carried out.

Not here: what a moment means (usecases/schedules.py). APScheduler lends its triggers and their combination; its own
scheduler loop reads the system's clock and so could not live on the virtual one. Nothing is kept here: the triggers are
made anew from the store at every look, and which occurrence was started stands in the store.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from apscheduler.triggers.base import BaseTrigger
from apscheduler.triggers.combining import OrTrigger

from dialerd.domain.errors import StoreError
from dialerd.domain.schedule import SCRUB_AHEAD, Occurrence, Schedule, next_occurrence
from dialerd.domain.words import CampaignId
from dialerd.log import logger
from dialerd.ports import CampaignRow, Clock, Store
from dialerd.tasks import spawn
from dialerd.usecases import schedules
from dialerd.usecases.dnc import scrub_lists
from dialerd.usecases.schedules import Postponed, Skipped, Started

_log = logger(__name__)

_TICK = timedelta(microseconds=1)


class ScheduleTrigger(BaseTrigger):  # type: ignore[misc]  # APScheduler 3 has no types
    """An APScheduler trigger that fires `ahead` of each occurrence of one schedule, by dialerd's written rule."""

    __slots__ = ("ahead", "schedule", "zone")

    def __init__(self, schedule: Schedule, zone: str, ahead: timedelta) -> None:
        self.schedule, self.zone, self.ahead = schedule, zone, ahead

    def get_next_fire_time(self, previous_fire_time: datetime | None, now: datetime) -> datetime | None:
        """The first moment at or after `now`, and later than `previous_fire_time`."""
        after = now - _TICK if previous_fire_time is None else max(now - _TICK, previous_fire_time)
        found = next_occurrence([(self.schedule, self.zone)], after=after + self.ahead)
        return None if found is None else found.start_at - self.ahead


class Timetable:
    """Looks at every scheduled campaign when told to, and says when to look again."""

    def __init__(self, store: Store, clock: Clock, on_start: Callable[[], None]) -> None:
        self._store = store
        self._clock = clock
        self._on_start = on_start
        self._looked: dict[CampaignId, tuple[datetime | None, datetime]] = {}
        self._scrubbing: set[CampaignId] = set()

    async def refresh(self) -> datetime | None:
        """Start what is due, scrub for what is near; returns the next moment of any schedule."""
        began_at = self._clock.now()
        rows = [row for row in await self._store.read(lambda unit: unit.campaigns.all()) if row.spec.schedules]
        for row in rows:
            await self._start(row)
            await self._begin_scrub(row)
        return self._next(rows, began_at)  # one that has come since then is due at once

    def _next(self, rows: list[CampaignRow], after: datetime) -> datetime | None:
        triggers = [
            ScheduleTrigger(schedule, zone, ahead)
            for row in rows
            for schedule, zone in row.spec.schedules
            for ahead in (timedelta(0), SCRUB_AHEAD)
        ]
        if not triggers:
            return None
        found: datetime | None = OrTrigger(triggers).get_next_fire_time(None, after.astimezone(UTC) + _TICK)
        return found

    async def _start(self, row: CampaignRow) -> None:
        now, name = self._clock.now(), row.spec.name
        since = self._looked.get(row.id)
        if since is not None and since[0] == row.scheduled_at and schedules.due(row, now, since=since[1]) is None:
            return  # the usual case: nothing has come since the last look, and the writer is not asked
        found = await self._store.write(lambda unit: schedules.start_due(unit, row, now))
        if not isinstance(found, Postponed):
            self._looked[row.id] = (row.scheduled_at, now)  # else, and where the store failed, from there on again
        match found:
            case Started(run):
                _log.info(f"run {run.number} of campaign {name} is started by its schedule", action="schedule_started")
                self._on_start()
            case Skipped(reason):
                _log.warning(f"campaign {name} is not started by its schedule: {reason}", action="schedule_skipped")
            case Postponed(reason):
                _log.debug(f"campaign {name} is started a little later: {reason}", action="schedule_postponed")

    async def _begin_scrub(self, row: CampaignRow) -> None:
        if row.id in self._scrubbing:
            return
        now = self._clock.now()
        occurrence = await self._store.read(lambda unit: schedules.to_scrub(unit, row, now))
        if occurrence is not None:
            # Beside everything else: long lists take seconds, and other campaigns start and end meanwhile.
            self._scrubbing.add(row.id)
            spawn(f"scrub {row.spec.name}", self._scrub(row, occurrence))

    async def _scrub(self, row: CampaignRow, occurrence: Occurrence) -> None:
        now, name = self._clock.now(), row.spec.name
        try:
            scrub = await self._store.read(lambda unit: scrub_lists(unit, row.spec, now))
            await self._store.write(lambda unit: schedules.note_scrub(unit, row, occurrence, scrub, now))
        except StoreError as error:  # tried again at the next look
            _log.error(f"the lists of campaign {name} cannot be scrubbed: {error}", action="scrub_failed")
            return
        finally:
            self._scrubbing.discard(row.id)
        _log.info(
            f"campaign {name} will start at {occurrence.start_at.isoformat(timespec='minutes')}: {scrub.kept} of "
            f"{scrub.contacts} contacts are kept, {scrub.on_dnc} of them are on a do-not-call list",
            action="schedule_scrubbed",
        )
