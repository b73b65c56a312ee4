"""Calls every ending of the number plan at once and says where the lab does not behave as the plan has it.

Not here: the plan (plan.py). Two witnesses for each call: what the pbx was told over ARI, and the carrier's record.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import Any

from tests.lab.events import Ari
from tests.lab.lab import PASSWORD, Lab
from tests.lab.plan import PLAN, Callee
from tests.lab.record import CarrierCall, by_number, peak_calls
from tests.lab.rootfs import say

_APP = "labsmoke"  # not dialerd's own: a daemon on this lab must not lose its event stream to a smoke test
_RING_S = 11  # longer than the latest answer, shorter than for ever
_TALK_S = 10.5  # we hang up so long after the answer


@dataclass(slots=True)
class _Heard:
    """What the pbx was told of one call."""

    answered: float | None = None
    verdict: str = ""
    end: tuple[int | None, int | None] | None = None
    sip_call_id: str = ""


def run(lab: Lab) -> int:
    """0 when every call went by the plan."""
    started, mark = time.monotonic(), lab.mark()
    numbers = {f"+1212555{index:02d}{ending}": callee for index, (ending, callee) in enumerate(PLAN.items())}
    heard = {f"smoke{time.time_ns():020d}{ending}": _Heard() for ending in PLAN}
    with Ari(lab.ari_url, PASSWORD, _APP) as ari:
        refused = _dead_trunk(ari)
        for number, channel in zip(numbers, heard, strict=True):
            body = {"app": _APP, "appArgs": "answered", "timeout": _RING_S, "callerId": "+12125550100"}
            # a channel variable wins over the global of extensions_dialerd.conf
            own = {"DIALERD_APP": _APP, "TIMEOUT(absolute)": str(_RING_S + 12)}
            ari.ask("POST", f"channels/{channel}", endpoint=f"PJSIP/{number}@carrier", variables=own, **body)
        _follow(ari, heard)
    time.sleep(0.3)  # the record's last lines
    calls = lab.record(since=mark)
    wrong = 0 if refused else 1
    print(f"{'ok  ' if refused else 'FAIL'} dead trunk: refused at once")
    for (number, callee), told in zip(numbers.items(), heard.values(), strict=True):
        complaints = _judge(callee, told, by_number(calls).get(number, []))
        wrong += bool(complaints)
        print(
            f"FAIL {callee.ending} {callee.text}: {complaints}" if complaints else f"ok   {callee.ending} {callee.text}"
        )
    say(f"{len(numbers)} calls, {wrong} wrong, peak {peak_calls(calls)}, {time.monotonic() - started:.1f} s")
    return 1 if wrong else 0


def _dead_trunk(ari: Ari) -> bool:
    return ari.ask("POST", "channels", endpoint="PJSIP/+12125550100@deadtrunk", app=_APP)[0] == 500


def _follow(ari: Ari, heard: dict[str, _Heard]) -> None:
    """Answered calls go to AMD and come back; each is hung up when its time is over, or ends by itself."""
    for event in ari.events():
        channel: dict[str, Any] = event.get("channel", {})
        told = heard.get(channel.get("id", ""))
        if told is not None:
            told.sip_call_id = channel.get("protocol_id") or told.sip_call_id
            if event["type"] == "StasisStart" and event["args"] == ["answered"]:
                told.answered = time.monotonic()
                # the exchange keeps our time: nobody here has to wait for it
                until = {"variable": "TIMEOUT(absolute)", "value": str(_TALK_S)}
                ari.ask("POST", f"channels/{channel['id']}/variable", **until)
                ari.ask("POST", f"channels/{channel['id']}/continue?context=dialerd&extension=amd&priority=1")
            elif event["type"] == "StasisStart":
                told.verdict = event["args"][1]
            elif event["type"] == "ChannelDestroyed":
                told.end = event["cause"], event.get("tech_cause")
        if all(each.end for each in heard.values()):
            return


def _judge(callee: Callee, told: _Heard, calls: list[CarrierCall]) -> str:
    """What is not as the plan has it; empty: nothing."""
    if len(calls) != 1 or told.end is None:
        return f"{len(calls)} INVITEs on the record, end {told.end}"
    (call,) = calls
    wrong = []
    if call.sip_call_id != told.sip_call_id:
        wrong.append(f"Call-ID {call.sip_call_id}, the pbx has {told.sip_call_id}")
    if {call.answered_at is None, told.answered is None} != {callee.answers_s is None}:
        wrong.append(f"answered at {call.answered_at}")
    if call.ended_at is None:
        return "it did not end on the record"
    if callee.answers_s is None:
        by, end = ("callee", (callee.cause, callee.sip)) if callee.cause else ("caller", (19, 480))
        if told.end != end or callee.cause not in (None, call.cause):
            wrong.append(f"pbx heard {told.end}, the carrier sent {call.cause}")
    else:
        answered = call.answered_at or call.ended_at
        by = "caller" if callee.leaves_s is None else "callee"
        lasted = (call.ended_at - answered).total_seconds()
        if told.verdict not in (callee.verdicts or ("",)):
            wrong.append(f"AMD said {told.verdict or 'nothing'}")
        if (answered - call.invited_at).total_seconds() < callee.answers_s:
            wrong.append("answered too early")
        if abs(lasted - (callee.leaves_s or _TALK_S)) > 0.5:
            wrong.append(f"lasted {lasted:.1f} s")
    if call.hung_up_by != by:
        wrong.append(f"hung up by {call.hung_up_by}")
    return "; ".join(wrong)
