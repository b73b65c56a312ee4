"""What calls in flows need of the store and the world, carried out one by one; what came of it goes back to the call.

Not here: which of them follows from what (domain/call/walk.py), how speech is made and servers are asked (adapters).
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from dialerd.domain.call import commands as do
from dialerd.domain.call import events as ev
from dialerd.domain.errors import RefusedError, StoreError
from dialerd.domain.flow import moves as flow
from dialerd.domain.words import AttemptId
from dialerd.engine.performer import Tell
from dialerd.log import logger
from dialerd.ports import Clock, Store
from dialerd.ports.flows import Speech, Web
from dialerd.tasks import spawn
from dialerd.usecases import flowing

_log = logger(__name__)

_Outcome = flow.Did | flow.Undone | flow.Fetched


class FlowDesk:
    """`speech`, `web`: None where the settings have none; what needs them is undone then."""

    def __init__(
        self, store: Store, clock: Clock, *, speech: Speech | None, web: Web | None, on_change: Callable[[], None]
    ) -> None:
        self._store = store
        self._clock = clock
        self._speech = speech
        self._web = web
        self._on_change = on_change

    def act(self, attempt_id: AttemptId, command: do.Act, tell: Tell) -> None:
        """Begin to do it; Acted follows, once."""
        spawn(f"act {attempt_id}", self._act(attempt_id, command, tell))

    async def _act(self, attempt_id: AttemptId, command: do.Act, tell: Tell) -> None:
        try:
            outcome = await self._do(attempt_id, command.action)
        except (RefusedError, StoreError) as error:
            outcome = flow.Undone(str(error))
        if isinstance(outcome, flow.Undone):
            name = type(command.action).__name__
            _log.warning(f"{name} of a flow: {outcome.reason}", action="flow_undone", attempt_id=attempt_id)
        tell(ev.Acted(command.serial, outcome))

    async def _do(self, attempt_id: AttemptId, action: flow.Action | flow.Fetch) -> _Outcome:
        now = self._clock.now()
        match action:
            case flow.Fetch(name):
                return await self._store.read(partial(flowing.fetch, attempt_id=attempt_id, flow=name, now=now))
            case flow.OptOut():
                done = await self._store.write(partial(flowing.opt_out, attempt_id=attempt_id, wanted=action, now=now))
                self._on_change()
                return done
            case flow.CallBack():
                done = await self._store.write(
                    partial(flowing.call_back, attempt_id=attempt_id, wanted=action, now=now)
                )
                self._on_change()
                return done
            case flow.Speak(texts, language):
                if self._speech is None:
                    return flow.Undone("the settings have no [tts]")
                return await self._speech.speak(texts, language)
            case flow.Ask():
                if self._web is None:
                    return flow.Undone("the settings have no [web]")
                return await self._web.ask(action)
