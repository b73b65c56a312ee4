"""People who hear music and are heard by nobody: on hold, or passed on and waiting for the next agent.

Not here: who wants it (steerdesk.py, domain/call). What is wanted of one person is asked for until it is done: somebody
who was to be heard again and still hears music would think that they are alone.
"""

from __future__ import annotations

from dataclasses import dataclass

from dialerd.domain.words import Person
from dialerd.ports import Clock, Exchange, Failed
from dialerd.tasks import spawn

_AGAIN_S, _SETTLES_S = 1.0, 3.0


@dataclass(slots=True)
class _Wish:
    """`music` None: no more. `is_done`: the exchange has said so since it was last changed."""

    exchange: Exchange
    music: str | None
    is_done: bool = False
    is_asking: bool = False


class ComfortDesk:
    """One wish per person, the latest."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._wishes: dict[Person, _Wish] = {}

    def want(self, person: Person, exchange: Exchange, music: str | None) -> None:
        """From now on; None: no more of it."""
        wish = self._wishes.setdefault(person, _Wish(exchange, music))
        wish.music, wish.is_done = music, False
        if not wish.is_asking:
            wish.is_asking = True
            spawn(f"comfort {person}", self._until_done(person, wish))

    def inherit(self, person: Person, exchange: Exchange, music: str) -> None:
        """An earlier daemon's wish, which was done: who hears that music is heard again when it is no more wanted."""
        self._wishes.setdefault(person, _Wish(exchange, music, is_done=True))

    def no_more(self, person: Person) -> None:
        """Who hears music by a wish of ours is heard again."""
        wish = self._wishes.get(person)
        if wish is not None and wish.music is not None:
            self.want(person, wish.exchange, None)

    def over(self, person: Person) -> None:
        """They are gone."""
        self._wishes.pop(person, None)

    def is_changing(self, person: Person) -> bool:
        """Whether what is wanted of them is not done yet."""
        wish = self._wishes.get(person)
        return wish is not None and not wish.is_done

    async def settled(self, person: Person) -> bool:
        """Wait until what is wanted of them is done, at most 3 s; whether it is."""
        until = self._clock.steady() + _SETTLES_S
        while self.is_changing(person) and self._clock.steady() < until:
            await self._clock.sleep(0.02)
        return not self.is_changing(person)

    async def _until_done(self, person: Person, wish: _Wish) -> None:
        while self._wishes.get(person) is wish and not wish.is_done:
            asked = wish.music
            reply = await wish.exchange.comfort(person, asked)
            if wish.music != asked:
                continue  # by now something else is wanted
            if isinstance(reply, Failed):
                await self._clock.sleep(_AGAIN_S)
            else:
                wish.is_done = True
        wish.is_asking = False
