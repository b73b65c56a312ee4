"""What every WebSocket of ours has: its opening, and while it is open whether whoever opened it is still signed in.

Not here: what goes over it (live.py, phoneline.py).
"""

from __future__ import annotations

from datetime import datetime

from aiohttp import web

from dialerd.domain.errors import NotSignedInError, StoreError
from dialerd.domain.user import Person
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
    """Whose the session or token is, where it goes on and they may what they might; None: it is over."""
    try:
        found = signin.identify(unit, credential, now)
    except NotSignedInError:
        return None
    return found if found.person == person else None


async def is_still_theirs(visit: Visit) -> bool:
    """Whether the session goes on; an open socket is using it."""
    house, credential, person = visit.house, visit.credential, visit.person
    now = house.clock.now()
    found = await house.store.read(lambda unit: is_same(unit, credential, person, now))
    if found is not None and found.is_stale and credential is not None:
        house.store.post(lambda unit: signin.touch(unit, credential, now))
    return found is not None


async def goes_on(visit: Visit) -> bool:
    """The same, but a store that cannot be read for a moment signs nobody out: a call may be up. The next look tells
    more."""
    try:
        return await is_still_theirs(visit)
    except StoreError as error:
        _log.warning(f"the session of an open socket cannot be looked at: {error}", action="socket_unsure")
        return True
