"""What a person can ask of answering machine detection: how often it was wrong, by campaign and trunk.

Not here: the figures themselves (domain/amdrates.py), better parameters (domain/amdtuning.py).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from dialerd.domain.amd import judge
from dialerd.domain.amdrates import Heard, Rates, rates
from dialerd.domain.errors import BadInputError
from dialerd.domain.words import AttemptId, RunId, Verdict
from dialerd.ports import Unit
from dialerd.ports.detections import DetectedRow
from dialerd.usecases.finishing import machine_codes
from dialerd.usecases.standing import get_campaign


@dataclass(frozen=True, slots=True, kw_only=True)
class Detected:
    """Detection of one campaign over one trunk. `advice`: what is missing for more of the figures; empty: nothing."""

    campaign: str
    trunk: str
    rates: Rates
    advice: str


def amd_report(
    unit: Unit, *, campaign: str | None = None, since: datetime | None = None, until: datetime | None = None
) -> list[Detected]:
    """How detection did in the calls that were claimed from `since` on and before `until`, by campaign and trunk.

    What agents found is what their campaign's set of dispositions, as it is now, says of the code that they gave.
    Raises NotFoundError, BadInputError.
    """
    if since is not None and until is not None and until <= since:
        raise BadInputError("the span ends before it begins", hint="give a later until")
    rows = unit.campaigns.all() if campaign is None else [get_campaign(unit, campaign)]
    found = []
    for row in sorted(rows, key=lambda each: each.spec.name):
        codes = machine_codes(unit, row.spec)
        by_trunk: defaultdict[str, list[Heard]] = defaultdict(list)
        for each in unit.detections.heard([*unit.reports.runs_of((row.id,))], since=since, until=until):
            by_trunk[each.trunk].append(_heard(each, codes))
        for trunk, calls in sorted(by_trunk.items()):
            measured = rates(calls)
            advice = _advice(measured, has_codes=bool(codes), holds_out=row.spec.amd_holdout > 0)
            found.append(Detected(campaign=row.spec.name, trunk=trunk, rates=measured, advice=advice))
    return found


def found_by_agents(unit: Unit, attempts: Collection[AttemptId]) -> dict[AttemptId, Verdict]:
    """Who answered, of those attempts of which an agent said it; the others are left out."""
    found: dict[AttemptId, Verdict] = {}
    codes: dict[RunId, frozenset[str]] = {}
    for attempt_id in attempts:
        attempt = unit.dialing.attempt(attempt_id)
        if attempt is None or attempt.final is None or attempt.connected_at is None:
            continue
        if attempt.run_id not in codes:
            run = unit.runs.get(attempt.run_id)
            codes[attempt.run_id] = frozenset() if run is None else machine_codes(unit, run.spec)
        if of_run := codes[attempt.run_id]:
            found[attempt_id] = Verdict.MACHINE if attempt.final in of_run else Verdict.HUMAN
    return found


def live_verdicts(unit: Unit, attempts: Collection[AttemptId]) -> dict[AttemptId, tuple[str, str]]:
    """The server of each of these calls, and "AMDSTATUS AMDCAUSE" as it said it; calls without are left out."""
    rows = (unit.dialing.attempt(each) for each in attempts)
    return {row.id: (row.asterisk, row.amd) for row in rows if row is not None and row.amd is not None}


def _heard(row: DetectedRow, codes: frozenset[str]) -> Heard:
    said = judge(row.status)
    found = None
    if codes and row.was_connected and row.final is not None:
        found = Verdict.MACHINE if row.final in codes else Verdict.HUMAN
    return Heard(said, row.verdict != Verdict.MACHINE, found, row.calls)


def _advice(measured: Rates, *, has_codes: bool, holds_out: bool) -> str:
    lacking: Sequence[str] = [
        *(() if has_codes else ["give its set of dispositions one with machine = true, which agents give to machines"]),
        *(() if holds_out or measured.held_out else ["set amd_holdout, so that agents hear some of the machines"]),
    ]
    return "; ".join(lacking)
