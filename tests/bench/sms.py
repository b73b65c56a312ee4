"""scripts/bench sms: messages to another's SMSC over a link that is cut in the middle: lost, taken twice, counted.

Prints one JSON object. The SMSC is smpp34's, which shares no code with dialerd. Not here: the rules for when an answer
is lost, one by one (tests/adapters/sms/test_smpp.py).
"""

from __future__ import annotations

import argparse
import asyncio
import json
import time
from collections import Counter
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field

import smpp34

from dialerd.adapters.clock import SystemClock, SystemDice
from dialerd.adapters.sms.smpp import SmppRoute
from dialerd.ports import Delivered, Message, MessageEvent, RouteEvent, RouteUp, SendReply, Sent
from dialerd.routesettings import SmppSettings
from dialerd.tasks import end, spawn
from tests.adapters.sms.smsc import MemoryPieces
from tests.asterisk.cable import Cable
from tests.freeport import free_port


@dataclass
class Smsc:
    """smpp34's server: it takes every message, reports it delivered, and the cable to it is cut after so many."""

    cuts: Sequence[int]
    server: smpp34.Server
    cable: Cable
    taken: Counter[str] = field(default_factory=Counter)
    cut: int = 0

    async def run(self) -> None:
        esme: smpp34.Esme | None = None
        left = sorted(self.cuts)
        while True:
            event = await self.server.next()
            if isinstance(event, smpp34.Esme):
                esme = event
            elif isinstance(event, smpp34.SubmitSmEvent):
                self.taken[event.short_message.decode()] += 1
                total = self.taken.total()
                event.accept(f"id{total}")
                if left and total >= left[0]:
                    left.pop(0)
                    self.cut += self.cable.cut()
                elif esme is not None:
                    spawn("report", self._report(esme, f"id{total}"))

    async def _report(self, esme: smpp34.Esme, message_id: str) -> None:
        text = f"id:{message_id} sub:001 dlvrd:001 stat:DELIVRD err:000 text:"
        with suppress(smpp34.SmppError):  # the link is cut: this server brings nothing again
            await esme.deliver_sm("12125550100", text.encode(), source_addr="12125550199", esm_class=4)


class Sink:
    def __init__(self) -> None:
        self.delivered: set[str] = set()
        self.up = asyncio.Event()

    async def on_message_event(self, route: str, event: MessageEvent) -> None:
        if isinstance(event, Delivered):
            self.delivered.update(event.about.message_ids)

    def on_route_event(self, route: str, event: RouteEvent) -> None:
        if event == RouteUp():
            self.up.set()


async def measure(count: int, cuts: Sequence[int], *, rate: float, window: int) -> dict[str, float]:
    """What became of so many messages when the link was cut after so many of them were taken."""
    port = free_port()
    server = smpp34.Server("127.0.0.1", port, system_id="smsc")
    await server.start()
    smsc = Smsc(cuts, server, Cable(port))
    settings = SmppSettings(
        name="smsc",
        kind="smpp",
        host="127.0.0.1",
        port=smsc.cable.port,
        security="none",
        system_id="dialerd",
        password="secret",
        sender="+12125550100",
        messages_per_second=rate,
        window=window,
    )
    sink, dice = Sink(), SystemDice()
    route = SmppRoute(settings, SystemClock(), MemoryPieces())
    serving, running = spawn("smsc", smsc.run()), spawn("route", route.run(sink))
    await sink.up.wait()
    began = time.perf_counter()

    def message(number: int) -> Message:
        return Message(attempt_id=dice.attempt_id(), recipient="+12125550199", text=f"number {number}")

    sending: list[asyncio.Task[SendReply]] = [spawn("send", route.send(message(n))) for n in range(count)]
    replies = [await each for each in sending]
    lasted_s = time.perf_counter() - began
    await asyncio.sleep(0.3)  # the last reports
    await end(running, serving)
    await server.stop()
    smsc.cable.close()
    sent = [reply for reply in replies if isinstance(reply, Sent)]
    return {
        "messages": count,
        "cuts": smsc.cut,
        "sent": len(sent),
        "lost": count - len(smsc.taken),
        "taken_twice": smsc.taken.total() - len(smsc.taken),
        "told_as_repeated": sum(reply.repeated for reply in sent),
        "reports": len(sink.delivered),
        "seconds": round(lasted_s, 2),
        "per_second": round(count / lasted_s),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--messages", type=int, default=1000)
    parser.add_argument("--rate", type=float, default=500.0)
    parser.add_argument("--window", type=int, default=20)
    given = parser.parse_args()
    cuts = (given.messages // 3, 2 * given.messages // 3)
    print(json.dumps(asyncio.run(measure(given.messages, cuts, rate=given.rate, window=given.window))))


if __name__ == "__main__":
    main()
