"""What is to be forgotten: rows that are old, at a quiet pace; the audit log after an erasure; sounds in Asterisk.

Not here: for how long things are kept (domain/retention.py), what an erasure is (usecases/persons.py). One chunk of a
kind is a transaction, and between two the dialing has a whole second for itself.
"""

from __future__ import annotations

from collections.abc import Mapping

from dialerd.domain.errors import StoreError
from dialerd.domain.retention import Kind, Retention
from dialerd.log import logger
from dialerd.ports import Clock, Done, Exchange, Gone, Store, UnwantedRecording
from dialerd.usecases import persons, retention

_log = logger(__name__)

LOOK_S = 10.0
"""Between two looks for erasures and unwanted recordings: two index look-ups."""

PACE_S = 1.0
_EVERY_S = 3600.0
_RECORDINGS_AT_ONCE = 1000


class Forgetter:
    """One per daemon; the only one who deletes recordings."""

    def __init__(self, store: Store, clock: Clock, exchanges: Mapping[str, Exchange], rules: Retention) -> None:
        self._store = store
        self._clock = clock
        self._exchanges = exchanges
        self._rules = rules
        self._looked_at_s: float | None = None
        self._complaints: set[str] = set()

    async def run(self) -> None:
        while True:
            try:
                await self.look()
            except StoreError as error:
                _log.error(f"what is old cannot be forgotten: {error}", action="retention_failed")
            await self._clock.sleep(LOOK_S)

    def change(self, rules: Retention) -> None:
        """Other ages from now on; they are held to at the next look."""
        self._rules, self._looked_at_s = rules, None

    async def look(self) -> None:
        """Sweep what was erased, and once an hour whatever has become old; then delete sounds. Raises StoreError."""
        while not await self._store.write(persons.sweep, patient=True):
            await self._clock.sleep(PACE_S)
        now_s = self._clock.steady()
        if self._looked_at_s is None or now_s - self._looked_at_s >= _EVERY_S:
            for kind in Kind:
                await self._forget(kind)
            self._looked_at_s = now_s
        await self._delete_recordings()

    async def _forget(self, kind: Kind) -> None:
        now = self._clock.now()
        total = 0
        while rows := await self._store.write(
            lambda unit: retention.forget_some(unit, self._rules, kind, now), patient=True
        ):
            total += rows
            await self._clock.sleep(PACE_S)
        if total:
            await self._store.write(lambda unit: retention.note_forgotten(unit, kind, total, now), patient=True)
            _log.info(f"{total} rows of {kind} were old and are forgotten", action="forgotten", kind=str(kind))

    async def _delete_recordings(self) -> None:
        """Those of a server that is away, or no more in the settings, are tried again at the next look."""
        unwanted = await self._store.read(lambda unit: unit.persons.unwanted_recordings(limit=_RECORDINGS_AT_ONCE))
        for each in unwanted:
            await self._delete(each)

    async def _delete(self, recording: UnwantedRecording) -> None:
        exchange = self._exchanges.get(recording.asterisk)
        if exchange is None or not exchange.is_alive:
            self._complain(recording.asterisk, "it is not connected")
            return
        reply = await exchange.delete_recording(recording.name)
        if isinstance(reply, Done | Gone):
            self._complaints.discard(recording.asterisk)
            await self._store.write(lambda unit: unit.persons.forget_recording(recording.name), patient=True)
        else:
            self._complain(recording.asterisk, reply.reason)

    def _complain(self, asterisk: str, reason: str) -> None:
        if asterisk not in self._complaints:
            self._complaints.add(asterisk)
            _log.warning(
                f"recordings on Asterisk {asterisk} are to be deleted: {reason}; tried again", action="recordings_kept"
            )
