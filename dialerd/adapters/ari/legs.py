"""The part of ports.Exchange that is about agents: their legs, the music they wait with, the bridges they talk in.

Not here: the calls of campaigns (exchange.py). Bridges are never removed by Asterisk itself, and they outlive us.
"""

from __future__ import annotations

import asyncio
import math
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace

from dialerd.adapters.ari import translate
from dialerd.adapters.ari.asking import ask, found, listed, originate
from dialerd.adapters.ari.session import Session
from dialerd.domain.call import events as ev
from dialerd.domain.leg import LegSeen, bridge_of
from dialerd.domain.words import AttemptId, BridgeId, LegId, Person
from dialerd.ports import Clock, DialReply, Done, Failed, Gone, Reply

_GUARD_S = 24 * 3600  # longer than any shift: then Asterisk itself ends a leg that everybody has forgotten

# Without dtmf_events two RTP channels are bridged natively, and no digit of either is ever told.
_BRIDGE_TYPE = "mixing,dtmf_events"

_TRIES, _AGAIN_S = 20, 0.02

_ENDPOINT = re.compile(r"(?!Local/)[A-Za-z0-9]+/[A-Za-z0-9_.-]+\Z")  # Local is the dialplan: there is no such endpoint


@dataclass(slots=True)
class _Turns:
    """Whose turn it is at a bridge, and how many wait for theirs, that one included."""

    lock: asyncio.Lock = field(default_factory=asyncio.Lock)
    wanted: int = 0


class AriLegs:
    """`session` is the connection of the exchange that this is a part of.

    What is asked of one bridge is asked one after the other: an agent who is lost as it is connected, and the next one
    for the same person, would else undo each other's.
    """

    def __init__(self, session: Session, clock: Clock) -> None:
        self._session = session
        self._clock = clock
        self._turns: dict[BridgeId, _Turns] = {}
        self._held: set[AttemptId] = set()

    async def dial_leg(self, leg_id: LegId, dial_string: str, *, caller_id: str, ring_s: float) -> DialReply:
        body = {
            "endpoint": dial_string,
            "app": self._session.app,
            "appArgs": "leg",
            "callerId": caller_id,
            "timeout": math.ceil(ring_s),
            "variables": {"TIMEOUT(absolute)": str(_GUARD_S)},
        }
        reply = await originate(self._session, leg_id, body)
        if isinstance(reply, ev.OriginateRefused) and (why := await self._lack(dial_string)):
            return replace(reply, reason=why)
        return reply

    async def _lack(self, dial_string: str) -> str | None:
        """Why that phone cannot be rung, where Asterisk knows: its own word is `Allocation failed` for everything."""
        endpoint = re.sub(r"/[^@/]*@", "/", dial_string)  # of PJSIP/1001@office it is the office that is reached
        if not _ENDPOINT.match(endpoint):
            return None
        phone, name = await found(self._session, f"/endpoints/{endpoint}"), self._session.name
        if isinstance(phone, Gone):
            return f"Asterisk {name} knows no endpoint {endpoint}: check the agent's endpoint and pjsip.conf"
        if not isinstance(phone, Failed) and phone.get("state") == "offline":
            return f"Asterisk {name} cannot reach {endpoint}: the phone is not registered, or does not answer"
        return None

    async def hold(self, leg_id: LegId, music: str) -> Reply:
        return await ask(self._session, "POST", f"/channels/{leg_id}/moh", params={"mohClass": music})

    async def hold_call(self, attempt_id: AttemptId, music: str) -> Reply:
        async with self._turn(bridge_of(attempt_id)):  # not behind the back of a conversation that begins
            self._held.add(attempt_id)
            return await ask(self._session, "POST", f"/channels/{attempt_id}/moh", params={"mohClass": music})

    async def _hush(self, attempt_id: AttemptId) -> None:
        """End the music of a call: nothing that is played would be heard above it."""
        if attempt_id in self._held:
            async with self._turn(bridge_of(attempt_id)):
                await self._end_music(attempt_id)

    async def _end_music(self, attempt_id: AttemptId) -> None:
        if attempt_id in self._held:
            self._held.discard(attempt_id)
            await ask(self._session, "DELETE", f"/channels/{attempt_id}/moh")

    async def connect(self, leg_id: LegId, person: Person) -> Reply:
        bridge_id = bridge_of(person)
        async with self._turn(bridge_id):
            # The music first: in the bridge the customer would hear it.
            silent = await ask(self._session, "DELETE", f"/channels/{leg_id}/moh")
            if not isinstance(silent, Done):
                return silent
            channel_id = await self._ready_to_talk(person)
            joined = await self._join(bridge_id, leg_id, channel_id) if channel_id else Gone()
            if isinstance(joined, Done):
                return joined
            undone = await self._remove(bridge_id)
            if isinstance(joined, Failed):
                return replace(joined, is_unclear=isinstance(undone, Failed))
            return joined

    async def join(self, leg_id: LegId, person: Person) -> Reply:
        bridge_id = bridge_of(person)
        async with self._turn(bridge_id):
            silent = await ask(self._session, "DELETE", f"/channels/{leg_id}/moh")
            if not isinstance(silent, Done):
                return silent
            return await ask(self._session, "POST", f"/bridges/{bridge_id}/addChannel", params={"channel": leg_id})

    @asynccontextmanager
    async def _turn(self, bridge_id: BridgeId) -> AsyncIterator[None]:
        turns = self._turns.setdefault(bridge_id, _Turns())
        turns.wanted += 1
        try:
            async with turns.lock:
                yield
        finally:
            turns.wanted -= 1
            if not turns.wanted:
                del self._turns[bridge_id]

    async def _ready_to_talk(self, person: Person) -> str | None:
        """The channel of somebody whom nothing is played to any more; None: they are gone."""
        await self._end_music(AttemptId(person))
        return person

    async def _join(self, bridge_id: BridgeId, leg_id: LegId, channel_id: str) -> Reply:
        made = await self._make(bridge_id, leg_id, channel_id)
        if not isinstance(made, Done):
            return made
        # Both or none: Asterisk looks for both before it moves the first. Who is in it already stays.
        both = {"channel": f"{leg_id},{channel_id}"}
        return await ask(self._session, "POST", f"/bridges/{bridge_id}/addChannel", params=both, gone=400)

    async def _make(self, bridge_id: BridgeId, *but: str) -> Done | Failed:
        """A bridge with nobody else in it."""
        path, kind = f"/bridges/{bridge_id}", {"type": _BRIDGE_TYPE, "name": self._session.app}
        for _ in range(_TRIES):
            made = await ask(self._session, "POST", path, params=kind, gone=409)
            if not isinstance(made, Gone):
                return made
            # It is there, from a connect whose reply was lost, and who knows with whom in it.
            bridge = await found(self._session, path)
            if isinstance(bridge, Failed):
                return bridge
            if not isinstance(bridge, Gone):
                others = ",".join(str(each) for each in bridge.get("channels", []) if each not in but)
                if others:
                    await ask(self._session, "POST", f"{path}/removeChannel", params={"channel": others})
                return Done()
            await self._clock.sleep(_AGAIN_S)  # removed just now: its id is free once everybody is out of it
        return Failed(f"Asterisk {self._session.name} does not let go of bridge {bridge_id}")

    async def end_bridge(self, person: Person) -> Reply:
        async with self._turn(bridge_of(person)):
            return await self._remove(bridge_of(person))

    async def _remove(self, bridge_id: BridgeId) -> Reply:
        return await ask(self._session, "DELETE", f"/bridges/{bridge_id}")

    async def hang_up_leg(self, leg_id: LegId) -> Reply:
        return await ask(self._session, "DELETE", f"/channels/{leg_id}")

    async def legs(self) -> dict[LegId, LegSeen]:
        channels = await listed(self._session, "channels")
        bridges = await listed(self._session, "bridges")
        return translate.to_legs(channels, bridges, exchange=self._session.name, app=self._session.app)

    async def bridges(self) -> list[BridgeId]:
        bridges = await listed(self._session, "bridges")
        ours = [translate.to_bridge_id(each, app=self._session.app) for each in bridges]
        # One that is being filled right now looks like one that everybody has left.
        return [bridge_id for bridge_id in ours if bridge_id is not None and bridge_id not in self._turns]
