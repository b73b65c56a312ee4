"""The part of ports.Exchange that is about agents: their legs, the music they wait with, the bridges they talk in.

Not here: the calls of campaigns (exchange.py). Bridges are never removed by Asterisk itself, and they outlive us.
"""

from __future__ import annotations

import math
import re
from dataclasses import replace

from dialerd.adapters.ari import translate
from dialerd.adapters.ari.asking import ask, listed, originate
from dialerd.adapters.ari.http import AriStatus, AriUnreachable, as_object
from dialerd.adapters.ari.session import Session
from dialerd.domain.call import events as ev
from dialerd.domain.leg import LegSeen, bridge_of
from dialerd.domain.words import AttemptId, BridgeId, LegId
from dialerd.ports import DialReply, Done, Failed, Gone, Reply

_GUARD_S = 24 * 3600  # longer than any shift: then Asterisk itself ends a leg that everybody has forgotten

# Without dtmf_events two RTP channels are bridged natively, and no digit of either is ever told.
_BRIDGE_TYPE = "mixing,dtmf_events"

_ENDPOINT = re.compile(r"(?!Local/)[A-Za-z0-9]+/[A-Za-z0-9_.-]+\Z")  # Local is the dialplan: there is no such endpoint


class AriLegs:
    """`session` is the connection of the exchange that this is a part of."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._connecting: set[BridgeId] = set()

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
        http, name = self._session.http, self._session.name
        if http is None or not _ENDPOINT.match(endpoint):
            return None
        try:
            found = as_object(await http.call("GET", f"/endpoints/{endpoint}"))
        except AriStatus as error:
            if error.status == 404:
                return f"Asterisk {name} knows no endpoint {endpoint}: check the agent's endpoint and pjsip.conf"
            return None
        except AriUnreachable:
            return None
        if found.get("state") == "offline":
            return f"Asterisk {name} cannot reach {endpoint}: the phone is not registered, or does not answer"
        return None

    async def hold(self, leg_id: LegId, music: str) -> Reply:
        return await ask(self._session, "POST", f"/channels/{leg_id}/moh", params={"mohClass": music})

    async def connect(self, leg_id: LegId, attempt_id: AttemptId) -> Reply:
        bridge_id = bridge_of(attempt_id)
        self._connecting.add(bridge_id)
        try:
            # The music first: in the bridge the customer would hear it.
            silent = await ask(self._session, "DELETE", f"/channels/{leg_id}/moh")
            if not isinstance(silent, Done):
                return silent
            joined = await self._join(bridge_id, leg_id, attempt_id)
            if isinstance(joined, Done):
                return joined
            undone = await self.end_bridge(attempt_id)
            if isinstance(joined, Failed):
                return replace(joined, is_unclear=isinstance(undone, Failed))
            return joined
        finally:
            self._connecting.discard(bridge_id)

    async def _join(self, bridge_id: BridgeId, leg_id: LegId, attempt_id: AttemptId) -> Reply:
        made = await self._make(bridge_id)
        if isinstance(made, Gone):
            # It is there, from a connect whose reply was lost, and who knows with whom in it: an empty one instead.
            await self.end_bridge(attempt_id)
            made = await self._make(bridge_id)
        if isinstance(made, Failed):
            return made
        # Both or none: Asterisk looks for both before it moves the first.
        both = {"channel": f"{leg_id},{attempt_id}"}
        return await ask(self._session, "POST", f"/bridges/{bridge_id}/addChannel", params=both, gone=400)

    async def _make(self, bridge_id: BridgeId) -> Reply:
        kind = {"type": _BRIDGE_TYPE, "name": self._session.app}
        return await ask(self._session, "POST", f"/bridges/{bridge_id}", params=kind, gone=409)

    async def end_bridge(self, attempt_id: AttemptId) -> Reply:
        return await ask(self._session, "DELETE", f"/bridges/{bridge_of(attempt_id)}")

    async def hang_up_leg(self, leg_id: LegId) -> Reply:
        return await ask(self._session, "DELETE", f"/channels/{leg_id}")

    async def legs(self) -> dict[LegId, LegSeen]:
        channels = await listed(self._session, "channels")
        return translate.to_legs(channels, await listed(self._session, "bridges"), app=self._session.app)

    async def bridges(self) -> list[BridgeId]:
        found = [translate.to_bridge_id(each, app=self._session.app) for each in await listed(self._session, "bridges")]
        # One that is being filled right now looks like one that everybody has left.
        return [bridge_id for bridge_id in found if bridge_id is not None and bridge_id not in self._connecting]
