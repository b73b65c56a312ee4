"""The carrier's record, the referee of every test: each INVITE that reached it, when, to whom, and how it ended.

Not here: writing it (Asterisk's channel event log, conf/carrier/cel.conf, cel_custom.conf, in microseconds).
"""

from __future__ import annotations

import csv
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path


@dataclass(frozen=True, slots=True, kw_only=True)
class CarrierCall:
    """One INVITE as the carrier saw it. `ended_at` is when it began to end the call (CEL's HANGUP)."""

    uid: str
    number: str
    caller_id: str
    invited_at: datetime
    answered_at: datetime | None = None
    ended_at: datetime | None = None
    cause: str = ""


def read(path: Path, *, since: int = 0) -> list[CarrierCall]:
    """The calls in the record from byte `since` on; a line still being written is left for the next look."""
    calls: dict[str, CarrierCall] = {}
    if not path.exists():
        return []
    with path.open("rb") as handle:
        handle.seek(since)
        text = handle.read().decode("utf-8", "replace")
    for row in csv.reader(text[: text.rfind("\n") + 1].splitlines()):
        if len(row) < 6:
            continue
        kind, moment, uid, number, caller_id, extra = row[:6]
        at = _moment(moment)
        if kind == "CHAN_START":
            calls[uid] = CarrierCall(uid=uid, number=number, caller_id=caller_id, invited_at=at)
        elif uid in calls:
            calls[uid] = _later(calls[uid], kind, at, extra)
    return sorted(calls.values(), key=lambda call: call.invited_at)


def _later(call: CarrierCall, kind: str, at: datetime, extra: str) -> CarrierCall:
    match kind:
        case "ANSWER" if call.answered_at is None:
            return replace(call, answered_at=at)
        case "HANGUP":
            return replace(call, ended_at=at, cause=extra)
        case "CHAN_END" if call.ended_at is None:
            return replace(call, ended_at=at)
        case _:
            return call


def _moment(text: str) -> datetime:
    return datetime.fromtimestamp(float(text), UTC)


def peak_calls(calls: Iterable[CarrierCall]) -> int:
    """The most calls up at one moment, from INVITE to end."""
    steps = [(call.invited_at, 1) for call in calls] + [(call.ended_at, -1) for call in calls if call.ended_at]
    up = most = 0
    for _, change in sorted(steps):
        up += change
        most = max(most, up)
    return most


def peak_rate(calls: Iterable[CarrierCall], *, window_s: float = 1.0) -> int:
    """The most INVITEs within any window of that length."""
    moments = sorted(call.invited_at.timestamp() for call in calls)
    most = first = 0
    for last, moment in enumerate(moments):
        while moments[first] <= moment - window_s:
            first += 1
        most = max(most, last - first + 1)
    return most
