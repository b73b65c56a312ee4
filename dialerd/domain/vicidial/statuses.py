"""ViciDial's statuses: which disposition each stands for, and after which a lead is dialed again.

Not here: leads (leads.py). What the system gives has a disposition of dialerd's system; what agents give becomes a
custom one, in a set for each campaign.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from dialerd.domain.disposition import MEANINGS
from dialerd.domain.dispositionset import DispositionSet, read_disposition_set
from dialerd.domain.vicidial.fields import Values, as_name, is_set, number, text
from dialerd.domain.words import Disposition as D

UNCALLED = frozenset({"NEW", "QUEUE", ""})
"""Of leads that were not called, or wait in the hopper."""

SYSTEM: Mapping[str, D] = {
    **dict.fromkeys(("NA", "N", "CPDNA"), D.NO_ANSWER),
    **dict.fromkeys(("B", "AB", "CPDB"), D.BUSY),
    **dict.fromkeys(("A", "AA"), D.ANSWERING_MACHINE),
    **dict.fromkeys(("AM", "AL", "SVYVM"), D.VOICEMAIL_LEFT),
    "AFAX": D.FAX,
    **dict.fromkeys(("DC", "ADC", "ADCT", "CPDINV", "CPDSI", "CPDSV"), D.INVALID_NUMBER),
    **dict.fromkeys(("DROP", "XDROP", "PDROP"), D.ABANDONED),
    **dict.fromkeys(("DNC", "DNCL", "DNCC"), D.DO_NOT_CALL),
    **dict.fromkeys(("CPDATB", "CPDSUA", "CPDSNC", "CPDSR", "LRERR"), D.NETWORK_FAILURE),
    "CPDREJ": D.REJECTED,
    **dict.fromkeys(("CPDUK", "CPDSUK", "CPDERR"), D.FAILED),
    "PU": D.CUSTOMER_HANGUP,
    **dict.fromkeys(("PM", "XFER", "SVYEXT", "SVYREC", "SVYHU", "IVRXFR"), D.ANSWERED_HUMAN),
    **dict.fromkeys(("INCALL", "DISPO", "ERI"), D.INTERRUPTED),
    **dict.fromkeys(("TIMEOT", "NANQUE", "AFTHRS"), D.NO_AGENT),
}
"""The statuses that ViciDial gives by itself, and the agents' that say no more than those."""

_AGENTS = frozenset({"SALE", "NI", "DEC", "NP", "CALLBK", "CBHOLD", "NQ"})  # known without their table in the dump
_CALLBACKS = frozenset({"CALLBK", "CBHOLD"})
_A_DAY_MIN = 1440.0
_LONGEST_MIN = 43_200.0


def code_of(status: str) -> str:
    """The disposition's code: the system's own, or that of a custom one."""
    known = SYSTEM.get(status.upper())
    if known is not None:
        return str(known)
    code = re.sub(r"[^a-z0-9_]+", "_", status.lower()).strip("_") or "none"
    return f"s_{code}" if not code[0].isalpha() or code in set(D) else code


@dataclass(frozen=True, slots=True)
class Recycle:
    """Dialed again `after_min` minutes later, at most `most` times."""

    after_min: float
    most: int


@dataclass(slots=True)
class Statuses:
    """What a dump says of statuses, gathered row by row. Campaigns by their id there, in upper case."""

    of_system: dict[str, Values] = field(default_factory=dict)
    of_campaign: dict[str, dict[str, Values]] = field(default_factory=dict)
    dialed: dict[str, frozenset[str]] = field(default_factory=dict)
    recycled: dict[str, dict[str, Recycle]] = field(default_factory=dict)

    def take(self, table: str, values: Values) -> None:
        """One row of one of the tables that this is made of."""
        campaign, status = text(values, "campaign_id").upper(), text(values, "status").upper()
        if table == "vicidial_statuses":
            self.of_system[status] = values
        elif table == "vicidial_campaign_statuses":
            self.of_campaign.setdefault(campaign, {})[status] = values
        elif table == "vicidial_campaigns":
            self.dialed[campaign] = frozenset(text(values, "dial_statuses").upper().split()) - {"-"}
        elif table == "vicidial_lead_recycle" and is_set(values, "active"):
            after_min = min(number(values, "attempt_delay", 1800) / 60, _LONGEST_MIN)
            rule = Recycle(after_min, max(0, min(number(values, "attempt_maximum", 2), 100)))
            self.recycled.setdefault(campaign, {})[status] = rule

    def is_known(self, status: str, campaign: str) -> bool:
        """Whether the dump or ViciDial itself says what the status is."""
        status = status.upper()
        known = status in UNCALLED or status in SYSTEM or status in _AGENTS
        return known or status in self.of_system or status in self.of_campaign.get(campaign.upper(), {})

    def is_opt_out(self, status: str, campaign: str) -> bool:
        """Whether whoever has that status must be called by nobody; DNCC is for its campaign alone, DNCL was one of a
        list's entries, which comes over by itself."""
        return status.upper() == "DNC" or is_set(self._told(status.upper(), campaign.upper()), "dnc")

    def is_over(self, status: str, campaign: str) -> bool:
        """Whether a lead of that status is not dialed any more: by its campaign's list of statuses to dial; where the
        dump does not have it, by what the status says. Who was never called is not done with."""
        status, campaign = status.upper(), campaign.upper()
        if status in UNCALLED:
            return False
        if campaign in self.dialed:
            return status not in self.dialed[campaign] and status not in self.recycled.get(campaign, {})
        known = SYSTEM.get(status)
        return known is None or not (MEANINGS[known].retried or known is D.ABANDONED)

    def set_of(self, campaign: str, *, prefix: str) -> DispositionSet | None:
        """What the agents of a campaign may give, as a set of dispositions; None: nothing beyond the system's own."""
        campaign = campaign.upper()
        found: dict[str, dict[str, Any]] = {}
        for status, values in {**self.of_system, **self.of_campaign.get(campaign, {})}.items():
            if status in SYSTEM or status in UNCALLED or not is_set(values, "selectable"):
                continue
            found.setdefault(code_of(status), self._custom(status, campaign, values))
        if not found:
            return None
        table = {"name": as_name(prefix, campaign), "description": f"ViciDial's statuses in {campaign}"}
        return read_disposition_set({**table, "disposition": list(found.values())}, source=campaign)

    def _custom(self, status: str, campaign: str, values: Values) -> dict[str, Any]:
        is_positive = is_set(values, "sale")
        is_callback = is_set(values, "scheduled_callback") or status in _CALLBACKS
        custom: dict[str, Any] = {"code": code_of(status), "text": text(values, "status_name")}
        if is_positive:
            custom["positive"] = True
        if is_callback:
            custom["callback"] = True
        elif not is_positive and not self.is_over(status, campaign):
            rule = self.recycled.get(campaign, {}).get(status)
            custom["retry_after_min"] = rule.after_min if rule else _A_DAY_MIN
        return custom

    def retries(self, campaign: str) -> Sequence[Mapping[str, Any]]:
        """The `[[retry]]` rules by which dialerd tries again after what ViciDial does, and after nothing else."""
        campaign = campaign.upper()
        if campaign not in self.dialed:
            return ()
        rules: dict[D, tuple[float, int]] = {}
        for status, disposition in SYSTEM.items():
            if disposition is D.DO_NOT_CALL:
                continue
            rule = self.recycled.get(campaign, {}).get(status)
            if rule is not None:
                told = (rule.after_min, rule.most)
            elif status in self.dialed[campaign]:
                told = (_A_DAY_MIN, 100)
            else:
                told = (0.0, 0)
            known = rules.get(disposition, (0.0, 0))
            # Two statuses that dialerd does not tell apart: the more patient rule holds.
            rules[disposition] = (max(known[0], told[0]), max(known[1], told[1]))
        wanted = {each: rule for each, rule in rules.items() if rule[1] or MEANINGS[each].retried}
        return [{"disposition": str(each), "after_min": after, "max": most} for each, (after, most) in wanted.items()]

    def _told(self, status: str, campaign: str) -> Values:
        return self.of_campaign.get(campaign, {}).get(status) or self.of_system.get(status) or {}
