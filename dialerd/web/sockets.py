"""What every WebSocket of ours has: its opening, and while it is open whether whoever opened it is still signed in.

Not here: what goes over it (live.py, phoneline.py).
"""

from __future__ import annotations

from datetime import datetime
from enum import Enum, auto

from aiohttp import web

from dialerd.domain.errors import NotSignedInError, StoreError
from dialerd.domain.user import Person, keeps
from dialerd.log import logger
from dialerd.ports import Unit
from dialerd.usecases import signin
from dialerd.usecases.signin import Credential, SignedIn
from dialerd.web.binding import Visit
from dialerd.web.problems import Problem

_log = logger(__name__)

SIGNED_OUT = 4401
"""The code that a socket is closed with once the session is over."""


async def open_for(visit: Visit, socket: web.WebSocketResponse) -> None:
    """Shake hands. Raises Problem where the request is none of RFC 6455."""
    visit.equip(socket)
    try:
        await socket.prepare(visit.request)
    except ValueError:  # aiohttp decodes the key before it looks whether it is one
        raise Problem(400, "bad_request", "this is no request for a WebSocket", "see RFC 6455, section 4.1") from None


def is_same(unit: Unit, credential: Credential | None, person: Person, now: datetime) -> SignedIn | None:
    """Whose the session or token is, where it goes on and they may all that they might; None: it is over. Who may more
    than before sees that with the next page."""
    try:
        found = signin.identify(unit, credential, now)
    except NotSignedInError:
        return None
    return found if keeps(person, found.person) else None


class Standing(Enum):
    GOOD = auto()
    OVER = auto()  # the session, but its user may all that they might, and has not signed out
    GONE = auto()  # signed out, disabled, or of fewer rights


async def standing_of(visit: Visit) -> Standing:
    """How it stands with the session that a socket was opened with, or with what it has become; an open socket is using
    it. A store that cannot be read for a moment signs nobody out, since a call may be up: the next look tells more."""
    house, person, now = visit.house, visit.person, visit.house.clock.now()
    credential = house.successors.latest(visit.credential)
    if credential is None:
        return Standing.GONE
    try:
        found, standing = await house.store.read(lambda unit: _standing(unit, credential, person, now))
    except StoreError as error:
        _log.warning(f"the session of an open socket cannot be looked at: {error}", action="socket_unsure")
        return Standing.GOOD
    if found is not None and found.is_stale:
        house.store.post(lambda unit: signin.touch(unit, credential, now))
    return standing


def _standing(unit: Unit, credential: Credential, person: Person, now: datetime) -> tuple[SignedIn | None, Standing]:
    try:
        found = signin.identify(unit, credential, now)
        return (found, Standing.GOOD) if keeps(person, found.person) else (None, Standing.GONE)
    except NotSignedInError:
        pass
    user = unit.users.get(person.user)
    if credential.is_token or user is None or user.is_disabled:
        return None, Standing.GONE
    return None, Standing.OVER if keeps(person, signin.person_of(user)) else Standing.GONE
