"""The carrier's record, the referee of every test: each INVITE that reached it, when, to whom, and how it ended.

Not here: writing it (Asterisk's channel event log, conf/carrier/cel.conf, cel_custom.conf, in microseconds).
"""

from __future__ import annotations

import csv
import json
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path


@dataclass(frozen=True, slots=True, kw_only=True)
class CarrierCall:
    """One INVITE as the carrier saw it.

    `ended_at` is CEL's HANGUP, the moment the carrier's channel stopped serving the call: its own refusal or BYE, or
    the arrival of the pbx's BYE or CANCEL. None: still up, or the carrier was killed. `cause` is the Q.850 cause of
    the end; `hung_up_by` is caller or callee, empty while the call is up. `sip_call_id` matches ARI's `protocol_id`.
    """

    uid: str
    number: str
    caller_id: str
    invited_at: datetime
    answered_at: datetime | None = None
    ended_at: datetime | None = None
    cause: int | None = None
    hung_up_by: str = ""
    sip_call_id: str = ""


def read(path: Path, *, since: int = 0) -> list[CarrierCall]:
    """The calls invited after byte `since` of the record; a line still being written is left for the next look."""
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
        if kind == "CHAN_START":
            calls[uid] = CarrierCall(uid=uid, number=number, caller_id=caller_id, invited_at=_moment(moment))
        elif uid in calls:
            calls[uid] = _later(calls[uid], kind, _moment(moment), extra)
    return sorted(calls.values(), key=lambda call: call.invited_at)


def _later(call: CarrierCall, kind: str, at: datetime, extra: str) -> CarrierCall:
    match kind:
        case "ANSWER" if call.answered_at is None:
            return replace(call, answered_at=at)
        case "SIP":
            return replace(call, sip_call_id=json.loads(extra)["extra"])
        case "HANGUP":
            end = json.loads(extra)
            # the pbx's BYE or CANCEL names the channel; the dialplan names itself, a timeout nobody
            by = "caller" if end["hangupsource"].startswith("PJSIP/") else "callee"
            return replace(call, ended_at=at, cause=end["hangupcause"], hung_up_by=by)
        case "CHAN_END" if call.ended_at is None:
            return replace(call, ended_at=at)
        case _:
            return call


def _moment(text: str) -> datetime:
    return datetime.fromtimestamp(float(text), UTC)


def by_number(calls: Iterable[CarrierCall]) -> dict[str, list[CarrierCall]]:
    """The calls of each number, in order: twice in a list means called twice."""
    found: dict[str, list[CarrierCall]] = {}
    for call in sorted(calls, key=lambda call: call.invited_at):
        found.setdefault(call.number, []).append(call)
    return found


def peak_calls(calls: Iterable[CarrierCall]) -> int:
    """The most calls up at one moment, each from its INVITE to `ended_at`; one that never ended stays up.

    HANGUP is the earliest end the carrier knows of, so a channel taken down late under load is not held against the
    caller; of an end and an INVITE in the same microsecond the end comes first.
    """
    calls = list(calls)
    steps = [(call.invited_at, 1) for call in calls] + [(call.ended_at, -1) for call in calls if call.ended_at]
    up = most = 0
    for _, change in sorted(steps):
        up += change
        most = max(most, up)
    return most


def peak_rate(calls: Iterable[CarrierCall], window_s: float = 1.0) -> int:
    """The most INVITEs within any window of that length; two exactly `window_s` apart are not in one."""
    moments = sorted(call.invited_at.timestamp() for call in calls)
    most = first = 0
    for last, moment in enumerate(moments):
        while moments[first] <= moment - window_s:
            first += 1
        most = max(most, last - first + 1)
    return most
