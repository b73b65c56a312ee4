"""What calls in flows need of the store and the world, carried out one by one; what came of it goes back to the call.

Not here: which of them follows from what (domain/call/walk.py), how speech is made and servers are asked (adapters).
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from functools import partial

from dialerd.domain.call import commands as do
from dialerd.domain.call import events as ev
from dialerd.domain.errors import RefusedError, StoreError
from dialerd.domain.flow import moves as flow
from dialerd.domain.regulation import Rulebook
from dialerd.domain.words import AttemptId
from dialerd.engine.messaging import MessagingDesk
from dialerd.engine.openings import Openings
from dialerd.engine.performer import Tell
from dialerd.log import logger
from dialerd.ports import Clock, Refused, SendReply, Sent, Store
from dialerd.ports.flows import Speech, Web
from dialerd.tasks import spawn
from dialerd.usecases import besides, flowing

_log = logger(__name__)

SENDING_S = 5.0
"""A person waits that long for a message's route; what is under way then arrives later, and they are led on."""

_Outcome = flow.Did | flow.Undone | flow.Fetched
_Plain = flow.Fetch | flow.OptOut | flow.CallBack | flow.Speak | flow.Ask


class FlowDesk:
    """`speech`, `web`: None where the settings have none; what needs them is undone then."""

    def __init__(
        self,
        store: Store,
        clock: Clock,
        openings: Openings,
        *,
        speech: Speech | None,
        web: Web | None,
        messages: MessagingDesk,
        rulebook: Rulebook,
        on_change: Callable[[], None],
    ) -> None:
        self._store = store
        self._clock = clock
        self._openings = openings
        self._messages = messages
        self._rulebook = rulebook
        self._speech = speech
        self._web = web
        self._on_change = on_change

    def act(self, attempt_id: AttemptId, command: do.Act, tell: Tell) -> None:
        """Begin to do it; Acted follows, once."""
        spawn(f"act {attempt_id}", self._act(attempt_id, command, tell))

    async def _act(self, attempt_id: AttemptId, command: do.Act, tell: Tell) -> None:
        action = command.action
        try:
            if isinstance(action, flow.Write):
                outcome = await self._write(attempt_id, action)
            else:
                outcome = await self._do(attempt_id, action)
        except (RefusedError, StoreError) as error:
            outcome = flow.Undone(str(error))
        if isinstance(outcome, flow.Undone):
            name = type(action).__name__
            _log.warning(f"{name} of a flow: {outcome.reason}", action="flow_undone", attempt_id=attempt_id)
        tell(ev.Acted(command.serial, outcome))

    async def _do(self, attempt_id: AttemptId, action: _Plain) -> _Outcome:
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

    async def _write(self, attempt_id: AttemptId, wanted: flow.Write) -> _Outcome:
        """Send a message beside the call: its attempt is committed, then its route is given it."""
        route = self._messages.way_out(wanted.template.channel, wanted.route)
        if route is None:
            return flow.Undone(f"no route for {wanted.route or wanted.template.channel} is up", "way_out")
        outgoing = await self._openings.open(
            partial(
                besides.write_beside,
                call_id=attempt_id,
                wanted=wanted,
                route=route,
                rulebook=self._rulebook,
                now=self._clock.now(),
            )
        )
        if isinstance(outgoing, flow.Undone):
            return outgoing
        outcome: asyncio.Future[_Outcome] = asyncio.get_running_loop().create_future()

        def came(what: _Outcome) -> None:
            if not outcome.done():
                outcome.set_result(what)

        self._messages.send_beside(outgoing, lambda reply: came(_of(reply)))
        timer = self._clock.call_later(SENDING_S, partial(came, flow.Did()))
        try:
            return await outcome
        finally:
            timer.cancel()


def _of(reply: SendReply) -> _Outcome:
    """What a route's answer is to a flow."""
    match reply:
        case Sent():
            return flow.Did()
        case Refused(reason=reason):
            return flow.Undone(reason, "refused")
        case _:
            return flow.Undone(reply.reason, "interrupted")
