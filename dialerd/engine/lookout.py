"""The look at the store, when somebody pokes and now and then: what people want to be becomes what the desks do.

Not here: what each makes of it (runkeeper, timetable, agentdesk, queuedesk and the rest).
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from dialerd.domain.errors import StoreError
from dialerd.engine.agentdesk import AgentDesk
from dialerd.engine.callbackdesk import CallbackDesk
from dialerd.engine.messaging import MessagingDesk
from dialerd.engine.previewdesk import PreviewDesk
from dialerd.engine.queuedesk import QueueDesk
from dialerd.engine.recordingdesk import RecordingDesk
from dialerd.engine.runkeeper import RunKeeper
from dialerd.engine.serverdesk import ServerDesk
from dialerd.engine.steerdesk import SteerDesk
from dialerd.engine.takeback import TakeBack
from dialerd.engine.timetable import Timetable
from dialerd.engine.trunkdesk import TrunkDesk
from dialerd.log import logger
from dialerd.ports import Clock, Store

_log = logger(__name__)


class Lookout:
    """`refresh_s`: the longest that it does not look. `on_look`: told after each. `helps`: another
    daemon leads, and alone looks after what is done once: agents, schedules, messages and the like."""

    def __init__(
        self,
        store: Store,
        clock: Clock,
        *,
        servers: ServerDesk,
        trunks: TrunkDesk,
        queues: QueueDesk,
        runs: RunKeeper,
        timetable: Timetable,
        agents: AgentDesk,
        steering: SteerDesk,
        previews: PreviewDesk,
        recordings: RecordingDesk,
        callbacks: CallbackDesk,
        messages: MessagingDesk,
        take_back: TakeBack,
        refresh_s: float,
        on_look: Callable[[], None],
        helps: bool = False,
    ) -> None:
        self._store = store
        self._clock = clock
        self._servers = servers
        self._trunks = trunks
        self._queues = queues
        self._runs = runs
        self._timetable = timetable
        self._agents = agents
        self._steering = steering
        self._previews = previews
        self._recordings = recordings
        self._callbacks = callbacks
        self._messages = messages
        self._take_back = take_back
        self._refresh_s = refresh_s
        self._on_look = on_look
        self._helps = helps
        self._poked = asyncio.Event()
        self._wants_all = True
        self._asking: set[str] = set()  # agents of whom alone something has changed
        self._due = 0.0  # steady seconds: when everything is looked at without a poke
        self._refreshed = asyncio.Event()

    def poke(self, agent: str | None = None) -> None:
        """Look at once. `agent`: nothing has changed but what that one wants to be."""
        self._poked.set()
        if agent is not None:
            self._asking.add(agent)
        else:
            self._wants_all = True
            self._take_back.want()

    async def first(self) -> None:
        """Before anything is connected."""
        await self._servers.start(self._trunks)
        if not self._helps:
            await self._queues.refresh()
        await self._runs.refresh()
        if self._helps:
            return
        await self._agents.refresh()
        await self._previews.refresh()

    async def run(self) -> None:
        """For ever."""
        while True:
            self._poked.clear()  # before looking: a poke that comes while we look means to look again
            (wants_all, self._wants_all), (asking, self._asking) = (self._wants_all, False), (self._asking, set())
            try:
                if wants_all or self._helps:
                    self._take_back.want()
                    self._due = self._clock.steady() + self._refresh_s
                    self._due = await self._look(self._refresh_s) + self._clock.steady()
                else:
                    await self._agents.refresh_of(sorted(asking))
                    self._on_look()
            except StoreError as error:
                _log.error(f"the runs cannot be read: {error}", action="refresh_failed")
            self._refreshed.set()
            timer = self._clock.call_later(max(0.0, self._due - self._clock.steady()), self.poke)
            await self._poked.wait()
            timer.cancel()

    async def _look(self, wait_s: float) -> float:
        """Seconds until the next look."""
        await self._servers.refresh(self._trunks)
        await self._trunks.recall(self._store)
        if self._helps:
            await self._runs.refresh()
            self._on_look()
            return wait_s
        await self._queues.refresh()
        # The runs first: one whose time is over makes room for the occurrence that begins then.
        for at in (await self._runs.refresh(), await self._timetable.refresh()):
            if at is not None:
                wait_s = min(wait_s, max(0.0, (at - self._clock.now()).total_seconds()))
        await self._agents.refresh()  # with the runs as they are now
        await self._steering.refresh()
        await self._previews.refresh()
        await self._recordings.refresh()
        self._callbacks.changed()
        self._messages.changed()
        self._on_look()
        return wait_s

    async def turn(self) -> None:
        """Until it has looked once more."""
        self._refreshed.clear()
        await self._refreshed.wait()
