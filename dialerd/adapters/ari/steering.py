"""The part of ports.Exchange that people steer calls by: mute, hold, keys, listen.

Not here: agents' legs and the bridges that they talk in (legs.py). Measured on Asterisk 22: music that is started on a
channel in a bridge is heard in place of the bridge, so that nobody has to leave one to be on hold; whoever snoops on
the agent's leg hears both, whispers *out* to the agent alone, and with *both* is in the agent's own sound as well, for
the person to hear.
"""

from __future__ import annotations

from dialerd.adapters.ari.asking import ask, listed, over
from dialerd.adapters.ari.callers import AriCallers
from dialerd.domain.leg import leg_of_spy, listening_in, spy_id
from dialerd.domain.steering import Spy
from dialerd.domain.words import LegId, Person
from dialerd.ports import Done, Failed, Reply

_WHISPERS = {Spy.LISTEN: "none", Spy.WHISPER: "out", Spy.BARGE: "both"}
_TRIES, _AGAIN_S = 20, 0.02
_IN = {"direction": "in"}
_BETWEEN_MS = "150"


class AriSteering(AriCallers):
    """A part of the one exchange."""

    async def mute(self, leg_id: LegId, wanted: bool) -> Reply:
        return await ask(self._session, "POST" if wanted else "DELETE", f"/channels/{leg_id}/mute", params=_IN)

    async def comfort(self, person: Person, music: str | None) -> Reply:
        method = "DELETE" if music is None else "POST"
        # Unheard first, and heard again last: what is said to the music is nobody's business.
        if music is not None:
            muted = await self._of_person(method, person, "/mute", _IN)
            return await self._of_person(method, person, "/moh", {"mohClass": music}) if muted == Done() else muted
        silent = await self._of_person(method, person, "/moh")
        return await self._of_person(method, person, "/mute", _IN) if silent == Done() else silent

    async def send_keys(self, person: Person, keys: str) -> Reply:
        return await self._of_person("POST", person, "/dtmf", {"dtmf": keys, "between": _BETWEEN_MS})

    async def spy(self, leg_id: LegId, agent: LegId, how: Spy) -> Reply:
        bridge_id, ear = listening_in(leg_id), spy_id(leg_id, how)
        async with self._turn(bridge_id):
            heard = await self._listen(leg_id, agent, how)
            if isinstance(heard, Done):
                for other in Spy:
                    if other is not how:
                        await ask(self._session, "DELETE", f"/channels/{spy_id(leg_id, other)}")
                return heard
            await ask(self._session, "DELETE", f"/channels/{ear}")
            if not isinstance(heard, Failed) or not heard.is_unclear:
                await self._forget_ears(leg_id)
            return heard

    async def _listen(self, leg_id: LegId, agent: LegId, how: Spy) -> Reply:
        """An ear at the agent's leg, and the listener in one bridge with it."""
        bridge_id, ear = listening_in(leg_id), spy_id(leg_id, how)
        wanted = {"spy": "both", "whisper": _WHISPERS[how], "app": self._session.app, "appArgs": "spy"}
        there: Reply = Failed(f"Asterisk {self._session.name} does not let the call be listened to")
        for _ in range(_TRIES):  # its id is taken for a moment when the same one has just been ended
            there = await ask(self._session, "POST", f"/channels/{agent}/snoop/{ear}", params=wanted)
            if not isinstance(there, Failed) or there.is_unclear:
                break
            await self._clock.sleep(_AGAIN_S)
        if not isinstance(there, Done):
            return there
        made = await ask(self._session, "POST", f"/bridges/{bridge_id}", params=self._kind, gone=409)
        if isinstance(made, Failed):
            return made
        joined: Reply = made
        for _ in range(_TRIES):  # the ear is on its way into our application
            both = {"channel": f"{ear},{leg_id}"}
            joined = await ask(self._session, "POST", f"/bridges/{bridge_id}/addChannel", params=both, gone=400)
            if not isinstance(joined, Failed) or joined.is_unclear:
                return joined
            await self._clock.sleep(_AGAIN_S)
        return joined

    @property
    def _kind(self) -> dict[str, str]:
        return {"type": "mixing", "name": self._session.app}

    async def end_spy(self, leg_id: LegId) -> Reply:
        async with self._turn(listening_in(leg_id)):
            return await self._forget_ears(leg_id)

    async def _forget_ears(self, leg_id: LegId) -> Reply:
        ends = [await ask(self._session, "DELETE", f"/channels/{spy_id(leg_id, how)}") for how in Spy]
        ends.append(await self._remove(listening_in(leg_id)))
        return next((each for each in map(over, ends) if not isinstance(each, Done)), Done())

    async def spies(self) -> set[LegId]:
        channels, bridges = await listed(self._session, "channels"), await self.bridges()
        ears = {leg_of_spy(str(channel.get("id"))) for channel in channels}
        legs = {leg_id for leg_id in await self.legs() if listening_in(leg_id) in bridges}
        return {each for each in (*ears, *legs) if each is not None}
