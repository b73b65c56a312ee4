"""One request to an Asterisk and what its answer means: done, gone, failed; taken, refused, unclear; a list.

Not here: which request (exchange.py, legs.py) and the connection's life (session.py). Requests go straight over the
session's HTTP. aioari's dispatch by name costs 4 to 9 % more CPU per originate and 14 to 50 % per hang-up
(scripts/bench ari): little, but these are all that dialing does.
"""

from __future__ import annotations

from typing import Any

from dialerd import log
from dialerd.adapters.ari.http import AriHttp, AriStatus, AriUnreachable, as_object, as_objects
from dialerd.adapters.ari.session import Session
from dialerd.domain.call import events as ev
from dialerd.domain.errors import ExchangeError
from dialerd.domain.words import AttemptId, LegId
from dialerd.log import logger
from dialerd.ports import DialReply, Done, Failed, Gone, Reply

_log = logger(__name__)


async def ask(
    session: Session,
    method: str,
    path: str,
    *,
    params: dict[str, str] | None = None,
    body: object = None,
    gone: int = 404,
) -> Reply:
    """Have something done. `gone`: the status by which Asterisk says here that what it takes is not there to be had."""
    http = session.http
    if http is None:
        return Failed(f"Asterisk {session.name} is not connected", is_unclear=True)
    if log.is_detailed:
        _tell(session, method, path)
    try:
        await http.call(method, path, params=params, body=body)
    except AriStatus as error:
        return Gone() if error.status == gone else Failed(f"Asterisk {session.name}: {error.text}")
    except AriUnreachable as error:
        return Failed(f"Asterisk {session.name}: {error}", is_unclear=True)
    return Done()


def _tell(session: Session, method: str, path: str) -> None:
    """What an Asterisk is asked, without what is sent along: numbers stand there."""
    told = {"action": "ari_asked", "asterisk": session.name, "attempt_id": log.attempt_in(path)}
    _log.debug(f"Asterisk {session.name} is asked: {method} {path}", **told)


def over(reply: Reply) -> Reply:
    """The answer to having something ended: what is not there is over."""
    return Done() if isinstance(reply, Gone) else reply


async def originate(session: Session, channel_id: AttemptId | LegId, body: dict[str, Any]) -> DialReply:
    """POST /channels/{id}. The explicit id makes the reply's loss harmless: we can ask for the channel."""
    http = session.http
    if http is None or not session.is_alive:
        return ev.OriginateRefused(f"Asterisk {session.name} is not connected", trunk_down=True)
    if log.is_detailed:
        _tell(session, "POST", f"/channels/{channel_id}")
    try:
        await http.call("POST", f"/channels/{channel_id}", body=body)
    except AriStatus as error:
        return await _refusal(session, channel_id, error, http)
    except AriUnreachable as error:
        if error.unsent:
            return ev.OriginateRefused(f"Asterisk {session.name} cannot be reached: {error}", trunk_down=True)
        return await _unclear(channel_id, f"Asterisk {session.name}: {error}", http)
    return ev.OriginateTaken()


async def _refusal(session: Session, channel_id: str, error: AriStatus, http: AriHttp) -> DialReply:
    reason = f"Asterisk {session.name}: {error.text or f'HTTP {error.status}'}"
    match error.status:
        case 409:
            # Not proof of anything (Asterisk 22.5 to HEAD): it can be the refusal of an unreachable trunk on a
            # connection whose errno is stale. Ask; http.py has closed that connection.
            return await _unclear(channel_id, reason, http)
        case 500 | 503:
            return ev.OriginateRefused(reason, trunk_down=True)
        case _:
            return ev.OriginateRefused(reason, trunk_down=False)


async def _unclear(channel_id: str, reason: str, http: AriHttp) -> DialReply:
    try:
        await http.call("GET", f"/channels/{channel_id}")
    except (AriStatus, AriUnreachable):
        return ev.OriginateUnclear(reason)
    return ev.OriginateTaken()


async def found(session: Session, path: str) -> dict[str, Any] | Gone | Failed:
    """The one thing at `path`, as Asterisk describes it; Gone: there is no such thing."""
    http = session.http
    if http is None or not session.is_alive:
        return Failed(f"Asterisk {session.name} is not connected", is_unclear=True)
    try:
        return as_object(await http.call("GET", path))
    except AriStatus as error:
        return Gone() if error.status == 404 else Failed(f"Asterisk {session.name}: {error.text}")
    except AriUnreachable as error:
        return Failed(f"Asterisk {session.name}: {error}", is_unclear=True)


async def listed(session: Session, what: str) -> list[dict[str, Any]]:
    """Every one of `what`: "channels" or "bridges" that live.

    Raises ExchangeError when Asterisk does not tell.
    """
    http = session.http
    if http is None or not session.is_alive:
        raise ExchangeError(f"Asterisk {session.name} is not connected")
    try:
        return as_objects(await http.call("GET", f"/{what}"))
    except (AriStatus, AriUnreachable) as error:
        raise ExchangeError(f"Asterisk {session.name} does not tell its {what}: {error}") from error
