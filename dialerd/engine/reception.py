"""What routes bring is written down here, each event in one transaction; what cannot be dealt with holds up nobody.

Not here: what an event leads to (usecases/replies.py), what the desk does then (messaging.py).

A route acknowledges what is written and brings the rest again, an inbox in its order. So a reply that is refused each
time would keep those behind it from ever being read, opt-outs among them: it is kept with the reason instead.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from functools import partial

from dialerd.domain.errors import DialerdError, StoreError
from dialerd.domain.words import AttemptId, Channel
from dialerd.log import logger
from dialerd.ports import Clock, MessageEvent, OptOutCame, ReplyCame, Store
from dialerd.usecases import replies
from dialerd.usecases.answering import Answering
from dialerd.usecases.replies import Took

_log = logger(__name__)


class Reception:
    """`answering`: what each route answers with, by its name."""

    def __init__(self, store: Store, clock: Clock, answering: Mapping[str, Answering], region: str) -> None:
        self._store = store
        self._clock = clock
        self._answering = answering
        self._region = region

    async def take(self, route: str, channel: Channel, event: MessageEvent, *, on_wire: Collection[AttemptId]) -> Took:
        """Returns when it is committed. Raises StoreError: nothing is, and it is to be brought again."""
        taken = partial(
            replies.take_event,
            route=route,
            channel=channel,
            event=event,
            on_wire=on_wire,
            by=self._answering[route],
            region=self._region,
            now=self._clock.now(),
        )
        try:
            return await self._store.write(taken)
        except DialerdError as error:
            if isinstance(error, StoreError) and error.may_pass:
                raise
        try:  # once more, by itself: it may have been written together with what was refused
            return await self._store.write(taken)
        except DialerdError as error:
            if isinstance(error, StoreError) and error.may_pass:
                raise
            return await self._set_aside(route, channel, event, error)

    async def _set_aside(self, route: str, channel: Channel, event: MessageEvent, error: DialerdError) -> Took:
        """It would fail each time. Where not even this can be written it is the store's trouble, and raised."""
        took, kept = Took(), ""
        if isinstance(event, ReplyCame | OptOutCame):
            aside = partial(
                replies.set_aside,
                route=route,
                channel=channel,
                event=event,
                why=error.message,
                by=self._answering[route],
                region=self._region,
                now=self._clock.now(),
            )
            took, kept = await self._store.write(aside), ", and is kept with its sender's opt-out alone, if it is one"
        _log.error(
            f"route {route}: a {type(event).__name__} could not be dealt with{kept}: {error}",
            action="message_event_set_aside",
            route=route,
            attempt_id=event.about.attempt_id,
            message_ids=list(event.about.message_ids[:3]),
            reply_id=getattr(event, "id", None),
        )
        return took
