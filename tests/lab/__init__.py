"""The lab: a private pair of real Asterisks on loopback, `pbx` (driven by dialerd) and `carrier` (the called)."""

from tests.lab.lab import Lab
from tests.lab.record import CarrierCall, peak_calls, peak_rate

__all__ = ["CarrierCall", "Lab", "peak_calls", "peak_rate"]
