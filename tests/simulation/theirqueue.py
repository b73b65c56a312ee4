"""A queue of Asterisk's own on virtual time: people who are handed over to it, its members, and a watch that tells.

Not here: dialerd's own agents (simulate/legs.py), how the real one tells (adapters/ami).
"""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from functools import partial

from dialerd.domain.appqueue import (
    Member,
    MemberSeen,
    PersonJoined,
    PersonLeft,
    PersonTaken,
    QueueEvent,
    QueuesLost,
    QueuesSeen,
    TalkOver,
)
from dialerd.domain.call import events as ev
from dialerd.domain.words import AttemptId
from dialerd.ports import Done, Gone, QueueSink, Reply
from dialerd.simulate.callees import NumberPlan
from dialerd.simulate.channel import Channel
from dialerd.simulate.clock import SeededDice, VirtualClock
from dialerd.simulate.exchange import SimulatedExchange
from tests.simulation.office import Office

QUEUE = "desk"


class TheirQueue(SimulatedExchange):
    """The exchange `simulated`, in whose dialplan everybody goes into the queue, and its ports.QueueWatch.

    A member picks up `picks_up_s` after it is rung; people talk for `talk_s` and hang up.
    """

    def __init__(self, clock: VirtualClock, *, seed: int = 1, picks_up_s: float = 0.05, talk_s: float = 60.0) -> None:
        super().__init__("simulated", clock, SeededDice(seed), NumberPlan(SeededDice(seed + 1)))
        self.members: dict[str, Member] = {}
        self.waiting: list[str] = []
        self.taken: list[tuple[AttemptId, str]] = []
        self.pulled: list[AttemptId] = []
        self.wrap_up_s = 0.0
        self.queues = frozenset({QUEUE})
        self._picks_up_s, self._talk_s = picks_up_s, talk_s
        self._sink: QueueSink | None = None
        self._people: dict[str, Channel] = {}
        self._rung: set[str] = set()

    @property
    def teller(self) -> _Watch:
        return _Watch(self)

    def staff(self, *names: str, **state: object) -> None:
        """They are members now, or in another state."""
        for name in names:
            known = self.members.get(name) or Member(queue=QUEUE, interface=f"PJSIP/{name}", name=name, status=1)
            self.members[name] = replace(known, **state)  # type: ignore[arg-type]  # keys are Member's own
            self._say(MemberSeen(self.members[name]))

    def lose(self) -> None:
        """AMI is away: nothing is told."""
        sink, self._sink = self._sink, None
        if sink is not None:
            sink.on_queue_event(self.name, QueuesLost("the connection was closed"))

    def find(self, sink: QueueSink) -> None:
        self._sink = sink
        waiting = {QUEUE: tuple(self.waiting)}
        self._say(QueuesSeen(queues=self.queues, members=tuple(self.members.values()), waiting=waiting))

    def stranger(self, channel_id: str) -> None:
        """Somebody else waits in the queue, and is never taken."""
        self.waiting.append(channel_id)
        self._say(PersonJoined(QUEUE, channel_id))

    def _say(self, event: QueueEvent) -> None:
        if self._sink is not None:
            self._sink.on_queue_event(self.name, event)

    def _enter_dialplan(self, channel: Channel, context: str) -> None:
        channel.place, channel.amd_status = ev.Place.ELSEWHERE, ""
        attempt_id = channel.plan.attempt_id
        self._people[attempt_id] = channel
        self.waiting.append(attempt_id)
        self._say(PersonJoined(QUEUE, attempt_id))
        self._serve()

    def _serve(self) -> None:
        for attempt_id in [each for each in self.waiting if each in self._people and each not in self._rung]:
            free = [each for each in self.members.values() if self._is_free(each)]
            if not free:
                return
            self.staff(free[0].name, status=6)
            self._rung.add(attempt_id)
            self._clock.call_later(self._picks_up_s, partial(self._take, AttemptId(attempt_id), free[0].name))

    def _is_free(self, member: Member) -> bool:
        ends = None if member.ended_at is None else member.ended_at + timedelta(seconds=self.wrap_up_s)
        return member.status == 1 and not member.paused and (ends is None or ends <= self._clock.now())

    def _take(self, attempt_id: AttemptId, name: str) -> None:
        channel = self._people[attempt_id]
        if attempt_id not in self.waiting or channel.is_ending:
            self._forget(attempt_id)
            self.staff(name, status=1)
            return
        self.waiting.remove(attempt_id)
        self.taken.append((attempt_id, name))
        self._say(PersonLeft(QUEUE, attempt_id))
        self._say(PersonTaken(QUEUE, attempt_id, f"PJSIP/{name}", name))
        self.staff(name, status=3, in_call=True)
        self._leave_after(channel, None)
        self._clock.call_later(self._talk_s, partial(self._talked, attempt_id, name))

    def _talked(self, attempt_id: AttemptId, name: str) -> None:
        self.leave(attempt_id)
        self._say(TalkOver(QUEUE, attempt_id, f"PJSIP/{name}"))
        self.staff(name, status=1, in_call=False, ended_at=self._clock.now())
        self._clock.call_later(self.wrap_up_s, self._serve)

    def _forget(self, attempt_id: str) -> None:
        if attempt_id in self.waiting:
            self.waiting.remove(attempt_id)
            self._say(PersonLeft(QUEUE, attempt_id))

    def pull(self, attempt_id: AttemptId) -> Reply:
        self.pulled.append(attempt_id)
        channel = self._people.get(attempt_id)
        if channel is None or channel.is_ending:
            return Gone()
        self._forget(attempt_id)
        channel.place = ev.Place.JUDGED  # in our hands
        self._tell(channel, ev.LeftQueue("TIMEOUT"))
        return Done()


class _Watch:
    """Implements ports.QueueWatch."""

    def __init__(self, queue: TheirQueue) -> None:
        self.name = queue.name
        self._queue = queue

    async def run(self, sink: QueueSink) -> None:
        self._queue.find(sink)

    async def pull_out(self, attempt_id: AttemptId) -> Reply:
        return self._queue.pull(attempt_id)


def install(office: Office, **keys: float) -> TheirQueue:
    """Give an office that exchange in the place of its own."""
    queue = TheirQueue(office.clock, **keys)  # type: ignore[arg-type]  # its seed is left alone
    office.exchange = office.exchanges["simulated"] = queue
    office.watches = {queue.name: queue.teller}
    return queue
