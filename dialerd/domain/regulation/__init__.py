"""Regulation packs: rules as data, judged for each call, with the rule's id as the reason.

Not here: the packs themselves (data/regulations), reading them from disk (adapters/files/packs.py). Not legal advice.
"""

from dialerd.domain.regulation.judge import (
    REMEMBERED,
    Allowed,
    PastCall,
    Refused,
    judge,
    min_ring_s,
    needs_calls_since,
)
from dialerd.domain.regulation.meter import Meter, abandon_rules, bucket_of, meter_of, reckoned, windows_of
from dialerd.domain.regulation.pack import EMPTY, Pack, Rule, Rulebook, daily_limit, read_pack

__all__ = [
    "EMPTY",
    "REMEMBERED",
    "Allowed",
    "Meter",
    "Pack",
    "PastCall",
    "Refused",
    "Rule",
    "Rulebook",
    "abandon_rules",
    "bucket_of",
    "daily_limit",
    "judge",
    "meter_of",
    "min_ring_s",
    "needs_calls_since",
    "read_pack",
    "reckoned",
    "windows_of",
]
