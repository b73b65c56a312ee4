"""The part of ports.Exchange that is about callers: people whom the admin's dialplan has handed over for a queue.

Not here: agents' legs and the bridges that both talk in (legs.py).
"""

from __future__ import annotations

from dialerd.adapters.ari import translate
from dialerd.adapters.ari.asking import ask, listed
from dialerd.adapters.ari.legs import AriLegs
from dialerd.adapters.ari.session import Session
from dialerd.domain.caller import CallerSeen
from dialerd.domain.words import CALLER_ID, CallerId, LegId, Person
from dialerd.ports import Clock, Gone, Reply


class AriCallers(AriLegs):
    """`session` is the connection of the exchange that this is a part of; it knows which channel is which caller's."""

    def __init__(self, session: Session, clock: Clock) -> None:
        super().__init__(session, clock)
        self._channels = session.caller_channels

    async def hold_caller(self, caller_id: CallerId, music: str) -> Reply:
        return await self._of_caller("POST", caller_id, "/moh", {"mohClass": music})

    async def let_go(self, caller_id: CallerId) -> Reply:
        return await self._of_caller("POST", caller_id, "/continue")

    async def hang_up_caller(self, caller_id: CallerId) -> Reply:
        return await self._of_caller("DELETE", caller_id, "")

    async def callers(self) -> dict[CallerId, CallerSeen]:
        channels = await listed(self._session, "channels")
        found = translate.to_callers(channels, exchange=self._session.name, app=self._session.app)
        self._channels.update({caller_id: channel_id for caller_id, (channel_id, _) in found.items()})
        return {caller_id: seen for caller_id, (_, seen) in found.items()}

    async def answer_caller(self, caller_id: CallerId) -> Reply:
        return await self._of_caller("POST", caller_id, "/answer")

    async def links(self) -> dict[CallerId, LegId]:
        channels = await listed(self._session, "channels")
        found = translate.to_links(channels, exchange=self._session.name, app=self._session.app)
        self._channels.update({caller_id: channel_id for caller_id, (channel_id, _) in found.items()})
        return {caller_id: leg_id for caller_id, (_, leg_id) in found.items()}

    async def _ready_to_talk(self, person: Person) -> str | None:
        if not CALLER_ID.match(person):
            return await super()._ready_to_talk(person)
        await self._of_caller("DELETE", CallerId(person), "/moh")  # the agent would hear it
        return self._channels.get(CallerId(person))

    async def _of_person(self, method: str, person: Person, action: str, params: dict[str, str] | None = None) -> Reply:
        """Something of the channel of somebody, whoever they are."""
        if CALLER_ID.match(person):
            return await self._of_caller(method, CallerId(person), action, params)
        return await ask(self._session, method, f"/channels/{person}{action}", params=params)

    async def _of_caller(
        self, method: str, caller_id: CallerId, action: str, params: dict[str, str] | None = None
    ) -> Reply:
        channel_id = self._channels.get(caller_id)
        if channel_id is None:
            return Gone()
        return await ask(self._session, method, f"/channels/{channel_id}{action}", params=params)
