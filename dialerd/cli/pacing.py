"""What a predictive pacer says of itself, drawn for `campaign status --why`.

Not here: the saying (domain/pacing/account.py).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from rich.table import Table

from dialerd.cli.context import facts_table, simple_table

_SHOWN = 5


def pacing_pictures(account: Mapping[str, Any]) -> tuple[Table, Table]:
    """The estimates with the limit that binds, and the last decisions, newest first."""
    seen, meter = account["estimates"], account["meter"]
    facts = {
        "pace at": account["at"],
        "answered": f"{seen['answer_rate']:.1%} of calls, give or take {seen['answer_rate_sd']:.1%}",
        "people": f"{seen['human_rate']:.1%} of answers",
        "mean times": f"ring {seen['ring_s']:.0f} s, talk {seen['talk_s']:.0f} s, wrap-up {seen['wrap_up_s']:.0f} s",
        "learnt from": f"{seen['calls_ended']} calls",
        "tightest meter": f"{meter['name']}: {meter['abandoned']} of {meter['live_answers']}, cap {meter['cap']:.1%}",
        "risk allowed": f"{account['risk_allowed']:.1%} a call",
        "no more calls as": account["limit"],
    }
    decisions = [
        (each["at"], each["calls"], each["in_flight"], each["ready"], each["busy"], each["limit"])
        for each in reversed(account["decisions"][-_SHOWN:])
    ]
    return facts_table(facts), simple_table(
        ("decided at", "calls", "in flight", "ready", "busy", "no more as"), decisions
    )
