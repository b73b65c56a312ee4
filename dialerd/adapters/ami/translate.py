"""AMI's texts to typed events: pure, total, in one place.

Not here: reading the socket (wire.py) and what an event leads to (engine/queuedesk.py). What cannot be read is None.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime

from dialerd.domain.appqueue import (
    Member,
    MemberGone,
    MemberSeen,
    PersonJoined,
    PersonLeft,
    PersonTaken,
    QueueEvent,
    QueuesSeen,
    TalkOver,
)

Headers = Mapping[str, str]

_OF_MEMBER = frozenset(
    {"QueueMemberStatus", "QueueMemberAdded", "QueueMemberPause", "QueueMemberPaused", "QueueMemberUnpaused"}
)


def blocks(text: str) -> Iterator[Headers]:
    """The messages in a text of several, as pyst2 hands over the answer to QueueStatus."""
    for block in text.split("\r\n\r\n"):
        pairs = (line.split(":", 1) for line in block.split("\r\n") if ":" in line)
        headers = {key.strip(): value.strip() for key, value in pairs}
        if headers:
            yield headers


def to_seen(listed: Iterable[Headers]) -> QueuesSeen:
    """All queues of the answer to QueueStatus."""
    queues: set[str] = set()
    members: list[Member] = []
    waiting: dict[str, list[tuple[int, str]]] = {}
    for headers in listed:
        queue = headers.get("Queue", "")
        match headers.get("Event"):
            case "QueueParams":
                queues.add(queue)
            case "QueueMember":
                member = _member(headers, name="Name", interface="Location")
                members += [] if member is None else [member]
            case "QueueEntry":
                entry = _number(headers, "Position"), headers.get("Uniqueid", "")
                waiting.setdefault(queue, []).append(entry)
    in_order = {queue: tuple(channel_id for _, channel_id in sorted(entries)) for queue, entries in waiting.items()}
    return QueuesSeen(queues=frozenset(queues), members=tuple(members), waiting=in_order)


def to_event(headers: Headers) -> QueueEvent | None:
    """What an event says of which queue."""
    queue, channel_id = headers.get("Queue"), headers.get("Uniqueid", "")
    if not queue:
        return None
    interface = headers.get("Interface", "")
    match headers.get("Event"):
        case kind if kind in _OF_MEMBER:
            member = _member(headers, name="MemberName", interface="Interface")
            return None if member is None else MemberSeen(member)
        case "QueueMemberRemoved":
            return MemberGone(queue, interface)
        case "QueueCallerJoin":
            return PersonJoined(queue, channel_id)
        case "QueueCallerLeave" | "QueueCallerAbandon":
            return PersonLeft(queue, channel_id)
        case "AgentConnect":
            return PersonTaken(queue, channel_id, interface, headers.get("MemberName", "") or interface)
        case "AgentComplete":
            return TalkOver(queue, channel_id, interface)
        case _:
            return None


def _member(headers: Headers, *, name: str, interface: str) -> Member | None:
    phone, ended = headers.get(interface), _number(headers, "LastCall")
    if not phone:
        return None
    return Member(
        queue=headers.get("Queue", ""),
        interface=phone,
        name=headers.get(name, "") or phone,
        status=_number(headers, "Status"),
        paused=headers.get("Paused") == "1",
        in_call=headers.get("InCall") == "1",
        ended_at=datetime.fromtimestamp(ended, UTC) if 0 < ended < 2**40 else None,
        wrap_up_s=float(_number(headers, "Wrapuptime")),
    )


def _number(headers: Headers, key: str) -> int:
    """A count; 0 where it is none."""
    value = headers.get(key, "")
    return int(value) if value.isascii() and value.isdigit() and len(value) < 16 else 0
