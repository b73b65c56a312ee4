"""The lab: a private pair of real Asterisks on loopback, `pbx` (driven by dialerd) and `carrier` (the called)."""

from tests.lab.agents import AGENTS, AgentPhone
from tests.lab.audio import BEEP_HZ, LEFT_HZ, MESSAGE, NAME_HZ
from tests.lab.lab import Lab
from tests.lab.plan import PLAN, Callee, person_hz
from tests.lab.record import CarrierCall, by_number, peak_calls, peak_rate

__all__ = [
    "AGENTS",
    "BEEP_HZ",
    "LEFT_HZ",
    "MESSAGE",
    "NAME_HZ",
    "PLAN",
    "AgentPhone",
    "Callee",
    "CarrierCall",
    "Lab",
    "by_number",
    "peak_calls",
    "peak_rate",
    "person_hz",
]
