"""This process's place among the daemons on its database: the only one, the one whose turn it is, or one that helps.

Not here: the store itself (storehouse.py), what a helper dials (domain/seat.py). psycopg is loaded where a PostgreSQL
is named.
"""

from __future__ import annotations

import asyncio
import os
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from dialerd import storehouse
from dialerd.adapters import sqlite
from dialerd.adapters.passwords import draw_secret
from dialerd.databasesettings import DatabaseSettings
from dialerd.domain.errors import StoreError
from dialerd.domain.seat import Seat
from dialerd.log import logger
from dialerd.ports import Supervisor

if TYPE_CHECKING:
    from dialerd.adapters.postgres import Lease

_log = logger(__name__)

_LOOK_S = 1.0
_AFTER_OUTAGE_S = 10.0
"""Where PostgreSQL was restarted, the daemon whose turn it was has the first word: its calls are up."""

_NAME_LIMIT_S = 30
"""How long a name may stay somebody's: PostgreSQL lets go of that of a machine that is gone after some ten seconds."""

_JOIN_TRIES, _JOIN_AGAIN_S = 40, 0.1

_PAUSE = threading.Event()  # never set: no event loop runs while a daemon stands by
_OVER = 75  # what a daemon exits with whose turn is over: for now (EX_TEMPFAIL)


@dataclass(slots=True)
class Place:
    """`lease`: of the connection that it writes on, None: on a file. `seat` None: it shares campaigns with nobody.

    `stops`: it was asked to stop while it became the one that leads."""

    lease: Lease | None = None
    seat: Seat | None = None
    stops: bool = False
    _turn: Lease | None = field(default=None, repr=False)
    _is_given_up: bool = False

    @property
    def helps(self) -> bool:
        return self.seat is not None and not self.seat.leads

    def apps(self, app: str) -> dict[str, str | None]:
        """The Stasis applications of its calls: a helper's own; a leader's, and that of its time as a helper."""
        own = None if self.seat is None else f"{app}-{self.seat.name}"
        return {"app": own} if self.helps else {"also": own}

    async def promoted(self) -> None:
        """Until it is a helper's turn to lead."""
        while not await asyncio.to_thread(self._tried):
            pass

    def _tried(self) -> bool:
        assert self._turn is not None, "a helper has a turn to wait for"
        _PAUSE.wait(_LOOK_S)
        try:
            is_ours = not self._is_given_up and self._turn.tried()
        except StoreError as error:
            _log.error(f"the database cannot be asked who leads: {error}", action="standing_by_blind")
            _PAUSE.wait(_AFTER_OUTAGE_S)
            return False
        if self._is_given_up:
            self._turn.close()
        return is_ours

    def give_up(self) -> None:
        """It ends, and is not to lead meanwhile: another one may."""
        self._is_given_up = True
        if self._turn is not None and self._turn.is_held:  # else the thread that asks closes what it gets
            self._turn.close()

    def lead(self) -> None:
        """It is its turn, and what helped has ended: from now on this daemon does everything.

        Raises StoreError where its name is another's by now, which ends this process: that one gets the turn."""
        assert self.seat is not None, "who has no seat cannot be promoted"
        assert self._turn is not None, "it has its turn"
        _join(self._turn, self.seat.name)
        self.lease, self.seat = self._turn, replace(self.seat, session=draw_secret(), leads=True)
        _log.info("the daemon that led is gone: this one leads", action="taking_over")


@contextmanager
def placed(given: DatabaseSettings, supervisor: Supervisor) -> Iterator[Place]:
    """On a file: raises StoreError where another daemon has it. On PostgreSQL: waits until no other dials, which
    `supervisor` is told as being ready; or, where campaigns are shared, leads or helps at once."""
    with sqlite.only_daemon(given.path):  # also beside PostgreSQL: one daemon per state folder
        if given.url is None:
            yield Place()
            return
        address = storehouse.address_of(given)
        from dialerd.adapters.postgres import Lease
        from dialerd.adapters.postgres.lease import name_key

        turn, name = Lease(address), None
        turn.on_lost = leave
        try:
            if given.share_as is None:
                _stand_by(turn, given, supervisor)
                yield Place(lease=turn)
                return
            name = Lease(address, name_key(given.share_as))
            name.on_lost = leave
            _take_name(name, given, supervisor)
            leads = turn.tried()
            if leads:  # one connection has both, as it may be lost and made anew
                name.close()
                _join(turn, given.share_as)
            host = f"{socket.gethostname()}, process {os.getpid()}"
            seat = Seat(given.share_as, draw_secret(), leads=leads, host=host)
            yield Place(lease=turn if leads else name, seat=seat, _turn=turn)
        finally:
            turn.close()
            if name is not None:
                name.close()


def _join(turn: Lease, name: str) -> None:
    """Have the name on the connection of the turn, once PostgreSQL has seen that the one which had it is closed."""
    from dialerd.adapters.postgres.lease import name_key

    for _ in range(_JOIN_TRIES):
        if turn.joined(name_key(name)):
            return
        _PAUSE.wait(_JOIN_AGAIN_S)
    raise _taken(name)


def _taken(name: str) -> StoreError:
    return StoreError(
        f"another daemon shares campaigns as {name}", hint="give each daemon a name of its own in [database] share_as"
    )


def _take_name(name: Lease, given: DatabaseSettings, supervisor: Supervisor) -> None:
    for _ in range(_NAME_LIMIT_S):
        if name.tried():
            return
        supervisor.alive()
        _PAUSE.wait(_LOOK_S)
    assert given.share_as is not None, "who takes a name has one"
    raise _taken(given.share_as)


def _stand_by(turn: Lease, given: DatabaseSettings, supervisor: Supervisor) -> None:
    if turn.tried():
        return
    from dialerd.adapters.postgres.lease import holder

    by = holder(storehouse.address_of(given))
    _log.info(f"another daemon dials{f' ({by})' if by else ''}: this one stands by", action="standing_by")
    supervisor.ready("standing by: another daemon dials")
    is_told = False
    while True:
        supervisor.alive()
        _PAUSE.wait(_LOOK_S)
        try:
            if turn.tried():
                break
            is_told = False
        except StoreError as error:  # the server is restarted, say; whose turn it is shows when it is back
            if not is_told:
                _log.error(f"the database cannot be asked whose turn it is: {error}", action="standing_by_blind")
            is_told = True
            _wait(supervisor, _AFTER_OUTAGE_S)
    _log.info("the other daemon is gone: this one takes over", action="taking_over")


def _wait(supervisor: Supervisor, seconds: float) -> None:
    for _ in range(int(seconds / _LOOK_S)):
        supervisor.alive()
        _PAUSE.wait(_LOOK_S)


def leave() -> None:
    """Another daemon dials by now and has taken over the calls: touch nothing any more, not even to end in order."""
    _log.error(
        "this daemon's turn was lost with its connection to the database, and another dials by now: this one ends",
        action="turn_lost",
    )
    os._exit(_OVER)


def lose_seat() -> None:
    """The daemon that leads settles what this one has open: as above."""
    _log.error(
        "this daemon's lease was over and its seat was taken away, as it was frozen or cut off from the database;"
        " the daemon that leads settles its calls: this one ends",
        action="seat_lost",
    )
    os._exit(_OVER)
