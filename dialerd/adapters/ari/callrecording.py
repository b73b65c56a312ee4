"""Recording both sides of a call over ARI: a channel of its own listens to the call and is recorded.

A bridge could be recorded too, but it is there only while two talk, and another one comes with the next agent; what
listens to the channel hears it from the first word to the last, in a bridge, with a message, in the admin's dialplan.
It ends with the call, and what it has recorded is kept then. Not here: what a person says by themselves (exchange.py).
"""

from __future__ import annotations

from urllib.parse import quote

from dialerd.adapters.ari.asking import ask, over
from dialerd.adapters.ari.session import Session
from dialerd.domain.recording import FORMAT, snoop_of
from dialerd.domain.words import AttemptId
from dialerd.ports import Clock, Done, Failed, Gone, Reply

_TRIES, _AGAIN_S = 20, 0.02


async def record_call(session: Session, clock: Clock, attempt_id: AttemptId, name: str) -> Reply:
    """See ports.Exchange.record_call."""
    snoop = snoop_of(attempt_id)
    wanted = {"spy": "both", "app": session.app, "appArgs": "record"}
    listens = await ask(session, "POST", f"/channels/{attempt_id}/snoop/{snoop}", params=wanted)
    if not isinstance(listens, Done):
        return listens
    body = {"name": name, "format": FORMAT, "ifExists": "fail"}
    recorded: Reply = Failed(f"Asterisk {session.name} does not let the call be listened to")
    for _ in range(_TRIES):
        recorded = await ask(session, "POST", f"/channels/{snoop}/record", body=body)
        if isinstance(recorded, Gone):
            return recorded  # what listens ends with the call
        if isinstance(recorded, Done) or recorded.is_unclear:
            return recorded
        await clock.sleep(_AGAIN_S)  # it is on its way into our application
    await ask(session, "DELETE", f"/channels/{snoop}")
    return recorded


async def stop_recording_call(session: Session, attempt_id: AttemptId, name: str) -> Reply:
    """See ports.Exchange.stop_recording_call."""
    stopped = over(await ask(session, "POST", f"/recordings/live/{quote(name, safe='')}/stop"))
    gone = over(await ask(session, "DELETE", f"/channels/{snoop_of(attempt_id)}"))
    return gone if isinstance(stopped, Done) else stopped


async def delete_recording(session: Session, name: str) -> Reply:
    """See ports.Exchange.delete_recording."""
    return await ask(session, "DELETE", f"/recordings/stored/{quote(name, safe='')}")
