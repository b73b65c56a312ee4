"""Legs and bridges that an earlier daemon has left on the exchange: none is there any more once it is reconciled."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from typing import Any

import pytest

from dialerd.domain.call import CallPlan
from dialerd.domain.call.events import CallEvent
from dialerd.domain.caller import CallerEvent
from dialerd.domain.leg import LegEvent
from dialerd.domain.words import AttemptId, CallerId, LegId
from dialerd.ports import Done, ExchangeEvent, Failed, Reply
from dialerd.tasks import end, spawn
from tests.simulation.office import Office, in_office

START = datetime(2026, 12, 1, 15, 0, tzinfo=UTC)
LEG, OTHER = LegId("a" + "1" * 32), LegId("a" + "2" * 32)
CALL = AttemptId("d" + "3" * 32)


class Deaf:
    """An ExchangeSink that does nothing with what it is told."""

    def on_call_event(self, exchange: str, attempt_id: AttemptId, event: CallEvent) -> None: ...
    def on_caller_event(self, exchange: str, caller_id: CallerId, event: CallerEvent) -> None: ...
    def on_leg_event(self, exchange: str, leg_id: LegId, event: LegEvent) -> None: ...
    def on_exchange_event(self, exchange: str, event: ExchangeEvent) -> None: ...


async def ring(office: Office, leg_id: LegId, phone: str = "PJSIP/agent1001") -> None:
    await office.exchange.dial_leg(leg_id, phone, caller_id="", ring_s=20)
    await office.clock.sleep(0.1)


class Deafened:
    """An order to an exchange that is lost the first time."""

    def __init__(self, order: Callable[..., Awaitable[Reply]]) -> None:
        self._order = order
        self.times = 0

    async def __call__(self, *given: Any) -> Reply:
        self.times += 1
        return Failed("the request was lost", is_unclear=True) if self.times == 1 else await self._order(*given)


@pytest.mark.parametrize("lost", ["", "hang_up_leg", "end_bridge", "hang_up"])
def test_a_leg_and_a_conversation_of_an_earlier_daemon_are_ended_when_the_next_one_begins(
    lost: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def story(office: Office) -> None:
        before = spawn("the earlier daemon", office.exchange.run(Deaf()))
        await office.clock.sleep(1)
        await office.exchange.originate(
            CallPlan(
                attempt_id=CALL,
                dial_string="PJSIP/+12126600040@carrier",
                caller_id="",
                amd=False,
                max_ring_s=9,
                min_ring_s=1,
            )
        )
        await ring(office, OTHER, "PJSIP/agent1023")  # rings for ever
        await ring(office, LEG)
        await office.clock.sleep(1)
        assert await office.exchange.connect(LEG, CALL) == Done()
        await end(before)
        order = Deafened(getattr(office.exchange, lost)) if lost else None
        if order is not None:
            monkeypatch.setattr(office.exchange, lost, order)
        await office.start()
        await office.clock.sleep(1)
        assert office.exchange.legs_up == {}
        assert office.exchange.bridges_up == []
        assert [row.ending for row in office.exchange.legs_record] == ["dialer", "dialer"]
        assert [row.ending for row in office.record] == ["dialer"]
        assert order is None or order.times > 1

    in_office(story, start=START)


def test_a_leg_that_is_picked_up_and_belongs_to_no_agent_is_hung_up() -> None:
    async def story(office: Office) -> None:
        await office.start()
        await office.clock.sleep(1)
        await ring(office, LEG)
        await office.clock.sleep(1)
        assert [row.ending for row in office.exchange.legs_record] == ["dialer"]

    in_office(story, start=START)
