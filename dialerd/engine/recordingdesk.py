"""Which calls are being recorded, who asked for it, and what is written down of it.

Not here: whether a call may be recorded (domain/call/talk.py), the sound (Asterisk keeps it).

What the flow or an agent has ended, the campaign does not begin again in that call; they may.

A recording's row is written as it is asked for. After a restart those that still go on are known from their rows:
what records a call lives with the call, not with the daemon.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from dialerd.domain.call.events import RecordingEnded
from dialerd.domain.recording import attempt_of, call_label, is_of_call, recording_name
from dialerd.domain.words import AttemptId
from dialerd.log import logger
from dialerd.ports import Clock, Exchange, Failed, Gone, RecordingRow, RecordingWish, Store, Unit
from dialerd.tasks import spawn

_log = logger(__name__)

Recordable = Callable[[AttemptId], Exchange | None]
"""The exchange of a call that may be recorded now; None: it may not, or is over."""


@dataclass(frozen=True, slots=True)
class _Going:
    """A recording that goes on, and the name of the exchange that makes it."""

    name: str
    exchange: str


class RecordingDesk:
    """The only owner of recordings. `recordable` is asked before an agent's wish is fulfilled."""

    def __init__(self, store: Store, clock: Clock, exchanges: Mapping[str, Exchange], recordable: Recordable) -> None:
        self._store = store
        self._clock = clock
        self._exchanges = exchanges
        self._recordable = recordable
        self._going: dict[AttemptId, _Going] = {}
        self._recorded: set[AttemptId] = set()  # calls that are up and have a row
        self._declined: set[AttemptId] = set()  # calls that are up and are not to be recorded as the campaign says

    async def inherit(self) -> None:
        """Take over what an earlier daemon began. Raises StoreError."""
        now = self._clock.now()

        def job(unit: Unit) -> tuple[list[RecordingRow], list[str]]:
            unit.recordings.end_orphans(now)
            return unit.recordings.going_on(), unit.recordings.ended_in_open_calls()

        rows, ended = await self._store.write(job)
        self._going = {row.attempt_id: _Going(row.name, row.asterisk) for row in rows}
        owners = {attempt_of(name) for name in ended if is_of_call(name)}
        self._declined = {each for each in owners if each is not None and each not in self._going}
        self._recorded = set(self._going) | self._declined

    def start(self, attempt_id: AttemptId, exchange: Exchange, asked_by: str) -> None:
        """Record both sides of a call from now on; one that is recorded already goes on so."""
        self._declined.discard(attempt_id)
        if attempt_id not in self._going:
            name = recording_name(attempt_id, call_label(self._clock.now()))
            self._going[attempt_id] = _Going(name, exchange.name)
            self.note(attempt_id, exchange, name, asked_by)
            spawn(f"record {attempt_id}", self._start(attempt_id, exchange, name))

    def start_for_campaign(self, attempt_id: AttemptId, exchange: Exchange) -> None:
        """The same, unless somebody has ended it in this call."""
        if attempt_id not in self._declined:
            self.start(attempt_id, exchange, "campaign")

    def note(self, attempt_id: AttemptId, exchange: Exchange, name: str, asked_by: str) -> None:
        """Write down that a recording begins."""
        now = self._clock.now()
        row = RecordingRow(name=name, attempt_id=attempt_id, asterisk=exchange.name, asked_by=asked_by, started_at=now)
        self._recorded.add(attempt_id)
        self._store.post(lambda unit: unit.recordings.add(row))

    async def _start(self, attempt_id: AttemptId, exchange: Exchange, name: str) -> None:
        reply = await exchange.record_call(attempt_id, name)
        match reply:
            case Gone():
                self._fail(attempt_id, name, "the call was over")
            case Failed(reason, is_unclear) if not is_unclear:  # an unclear one may go on: its end tells
                self._fail(attempt_id, name, reason)

    def _fail(self, attempt_id: AttemptId, name: str, trouble: str) -> None:
        self._forget(attempt_id, name)
        _log.error(f"a call is not recorded: {trouble}", action="recording_failed", attempt_id=attempt_id)
        self._write_end(name, None, trouble)

    def stop(self, attempt_id: AttemptId) -> None:
        """End the recording of both sides of a call that is up; its file is kept."""
        self._declined.add(attempt_id)
        going = self._going.pop(attempt_id, None)
        exchange = None if going is None else self._exchanges.get(going.exchange)
        if going is not None and exchange is not None:
            spawn(f"end recording {attempt_id}", exchange.stop_recording_call(attempt_id, going.name))

    def ended(self, attempt_id: AttemptId, event: RecordingEnded) -> None:
        """Asterisk has told the end of one, of a call or of what a person has said."""
        self._forget(attempt_id, event.name)
        self._write_end(event.name, event.duration_s, "Asterisk could not go on with it" if event.failed else "")

    def over(self, attempt_id: AttemptId) -> None:
        """The call has ended, and with it what records it."""
        self._going.pop(attempt_id, None)
        self._declined.discard(attempt_id)
        if attempt_id in self._recorded:
            self._recorded.discard(attempt_id)
            now = self._clock.now()
            self._store.post(lambda unit: unit.recordings.end_of(attempt_id, now))

    async def refresh(self) -> None:
        """Do what agents have asked for meanwhile. Raises StoreError."""
        wishes = await self._store.read(lambda unit: unit.recordings.wishes())
        for wish in wishes:
            self._fulfil(wish)
        if wishes:
            await self._store.write(lambda unit: unit.recordings.forget(wishes))

    def _fulfil(self, wish: RecordingWish) -> None:
        exchange = self._recordable(wish.attempt_id)
        if not wish.wanted:
            if exchange is not None or wish.attempt_id in self._going:
                self.stop(wish.attempt_id)
        elif exchange is not None:
            self.start(wish.attempt_id, exchange, wish.asked_by)
        else:
            _log.warning(
                "a call is not recorded as asked: it is over, or the person could not be told",
                action="recording_refused",
                attempt_id=wish.attempt_id,
            )

    def _write_end(self, name: str, duration_s: float | None, trouble: str) -> None:
        now = self._clock.now()
        self._store.post(lambda unit: unit.recordings.end(name, now=now, duration_s=duration_s, trouble=trouble))

    def _forget(self, attempt_id: AttemptId, name: str) -> None:
        going = self._going.get(attempt_id)
        if going is not None and going.name == name:
            del self._going[attempt_id]
