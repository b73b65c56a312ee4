"""ports.Exchange over ARI: one Asterisk as the engine sees it.

Not here: the connection's life (session.py), agents' legs (legs.py), callers (callers.py), what people ask of
two who talk (steering.py), what an answer means (asking.py), how sounds are called (media.py), recording both sides
(callrecording.py).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from urllib.parse import quote

from dialerd.adapters.ari import callrecording, media, translate
from dialerd.adapters.ari.asking import ask, found, listed, originate, over
from dialerd.adapters.ari.http import AriHttp, AriUnreachable
from dialerd.adapters.ari.session import Session
from dialerd.adapters.ari.soundlist import list_sounds
from dialerd.adapters.ari.steering import AriSteering
from dialerd.domain.call import CallPlan
from dialerd.domain.call import events as ev
from dialerd.domain.call.commands import Record
from dialerd.domain.sounds import Sound
from dialerd.domain.words import AttemptId
from dialerd.ports import Clock, DialReply, ExchangeSink, Failed, Gone, Reply, Turn
from dialerd.serversettings import AsteriskSettings

_GUARD_S = 60  # beyond a call's longest talk, Asterisk itself ends a channel that everybody has forgotten


class AriExchange(AriSteering):
    """Implements ports.Exchange. Connects in `run`; nothing is opened before."""

    def __init__(
        self,
        settings: AsteriskSettings,
        clock: Clock,
        turn: Turn | None = None,
        *,
        app: str | None = None,
        also: str | None = None,
    ) -> None:
        """`app`: in place of the settings' one, whose events another daemon gets; `also`: another one that is ours."""
        self.name = settings.name
        self._app = app or settings.app
        self._returns_to = app
        session = Session(
            name=settings.name,
            app=self._app,
            also=also,
            user=settings.username,
            clock=clock,
            turn=turn,
            open_http=AriHttp.opener(settings),  # now, so that an unreadable file stops the start
        )
        super().__init__(session, clock)

    @property
    def is_alive(self) -> bool:
        return self._session.is_alive

    @property
    def session(self) -> Session:
        return self._session

    def trouble(self, *, endpoint: tuple[str, str], amd: bool) -> str | None:
        if not self._session.is_alive:
            return f"Asterisk {self.name} is not connected: {self._session.reason}"
        lack = self._session.readiness.lack(self.name, endpoint=endpoint, amd=amd)
        return None if lack is None else str(lack)

    async def run(self, sink: ExchangeSink) -> None:
        await self._session.run(sink)

    async def originate(self, plan: CallPlan) -> DialReply:
        variables = {"TIMEOUT(absolute)": str(int(plan.max_ring_s + plan.max_talk_s) + _GUARD_S)}
        if plan.in_app_queue:  # Queue()'s own limit, in whole seconds, for when we are not there to keep ours
            variables["DIALERD_PATIENCE"] = str(math.ceil(plan.patience_s) + 1)
        if self._returns_to is not None:  # from AMD: a channel's variable goes before the dialplan's global one
            variables["DIALERD_APP"] = self._returns_to
        body = {
            "endpoint": plan.dial_string,
            "app": self._app,
            "appArgs": "answered",
            "callerId": plan.caller_id,
            "timeout": math.ceil(plan.max_ring_s),
            "variables": variables,
        }
        return await originate(self._session, plan.attempt_id, body)

    async def detect(self, attempt_id: AttemptId) -> Reply:
        return await self._continue(attempt_id, "dialerd", "amd")

    async def hand_over(self, attempt_id: AttemptId, context: str, extension: str) -> Reply:
        await self._hush(attempt_id)
        return await self._continue(attempt_id, context, extension)

    async def _continue(self, attempt_id: AttemptId, context: str, extension: str) -> Reply:
        params = {"context": context, "extension": extension, "priority": "1"}
        return await ask(self._session, "POST", f"/channels/{attempt_id}/continue", params=params)

    async def play(self, attempt_id: AttemptId, playback_id: str, sounds: Sequence[Sound], language: str = "") -> Reply:
        await self._hush(attempt_id)
        path = f"/channels/{attempt_id}/play/{playback_id}"
        return await ask(self._session, "POST", path, body=media.to_play(sounds, language))

    async def stop_playing(self, attempt_id: AttemptId, playback_id: str) -> Reply:
        return over(await ask(self._session, "DELETE", f"/playbacks/{playback_id}"))

    async def start_recording(self, attempt_id: AttemptId, wanted: Record) -> Reply:
        await self._hush(attempt_id)
        return await ask(self._session, "POST", f"/channels/{attempt_id}/record", body=media.to_record(wanted))

    async def stop_recording(self, attempt_id: AttemptId, name: str) -> Reply:
        return over(await ask(self._session, "POST", f"/recordings/live/{quote(name, safe='')}/stop"))

    async def record_call(self, attempt_id: AttemptId, name: str) -> Reply:
        return await callrecording.record_call(self._session, self._clock, attempt_id, name)

    async def stop_recording_call(self, attempt_id: AttemptId, name: str) -> Reply:
        return await callrecording.stop_recording_call(self._session, attempt_id, name)

    async def delete_recording(self, name: str) -> Reply:
        return await callrecording.delete_recording(self._session, name)

    async def watch(self, attempt_id: AttemptId, silence_s: float | None) -> Reply:
        path = f"/channels/{attempt_id}/variable"
        return await ask(self._session, "POST", path, params=media.to_watch(silence_s))

    async def hang_up(self, attempt_id: AttemptId) -> Reply:
        self._held.discard(attempt_id)
        return await ask(self._session, "DELETE", f"/channels/{attempt_id}")

    async def look(self, attempt_id: AttemptId, playback_id: str | None) -> ev.ChannelSeen | Gone | Failed:
        channel = await found(self._session, f"/channels/{attempt_id}")
        if isinstance(channel, Gone | Failed):
            return channel
        playing = None
        if playback_id is not None:
            playback = await found(self._session, f"/playbacks/{playback_id}")
            if isinstance(playback, Failed):
                return playback
            playing = not isinstance(playback, Gone) and translate.is_playing(playback)
        return translate.to_place(channel, apps=self._session.apps, playing=playing)

    async def sounds(self) -> dict[str, list[str]] | None:
        http = self._session.http
        if http is None or not self._session.is_alive:
            return None
        try:
            return await list_sounds(http)
        except AriUnreachable:
            return None

    async def channels(self) -> dict[AttemptId, ev.ChannelSeen]:
        channels = await listed(self._session, "channels")
        ours = [(translate.to_attempt_id(channel.get("id")), channel) for channel in channels]
        seen = {
            attempt_id: translate.to_place(channel, apps=self._session.apps)
            for attempt_id, channel in ours
            if attempt_id is not None
        }
        self._held &= seen.keys()  # who has left while music played
        return seen
