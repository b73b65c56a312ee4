"""`campaign status --why` tells what a predictive pace believes and does."""

from __future__ import annotations

from datetime import UTC, datetime

from dialerd.adapters.sqlite import SqliteStore
from dialerd.domain.pacing import AbandonMeter, CallFailed, PacingView
from dialerd.domain.pacing.account import Limit, as_table
from dialerd.domain.pacing.predictive import PredictivePacer
from dialerd.domain.words import Disposition
from dialerd.usecases.standing import get_campaign
from tests.cli.conftest import Terminal

NOW = datetime(2026, 12, 1, 12, 0, tzinfo=UTC)
OVER = AbandonMeter(name="US-FCC-ABANDON", cap=0.03, abandoned=4, live_answers=100)


def put_down(terminal: Terminal) -> None:
    """As the daemon does it."""
    pacer = PredictivePacer()
    pacer.observe(CallFailed(25.0, Disposition.NO_ANSWER))
    pacer.decide(PacingView(now=7.0, ready=[0.0] * 3, meters=[OVER]))
    with SqliteStore.unit(terminal.home / "dialerd.db", write=True) as unit:
        run = unit.runs.latest(get_campaign(unit, "spring").id)
        assert run is not None
        unit.runs.set_pacing(run.id, as_table(pacer.account(), steady=7.0, now=NOW))


def test_why_tells_the_estimates_the_meter_that_binds_and_the_last_decisions(ready: Terminal) -> None:
    ready.ok("campaign", "run", "spring")
    put_down(ready)
    told = ready.ok("campaign", "status", "spring", "--why", "--json").document["pacing"]
    assert told["limit"] == Limit.OVER_CAP
    assert (told["meter"]["name"], told["meter"]["room"]) == ("US-FCC-ABANDON", -1.0)
    assert told["estimates"]["calls_ended"] == 1
    assert told["decisions"] == [
        {
            "at": "2026-12-01T12:00:00.000+00:00",
            "calls": 3,
            "in_flight": 0,
            "ready": 3,
            "busy": 0,
            "theta": 0.0,
            "limit": Limit.OVER_CAP,
        }
    ]
    assert "US-FCC-ABANDON: 4 of 100" in ready.ok("campaign", "status", "spring", "--why").out


def test_why_tells_of_no_pace_where_none_was_put_down(ready: Terminal) -> None:
    ready.ok("campaign", "run", "spring")
    assert ready.ok("campaign", "status", "spring", "--why", "--json").document["pacing"] is None
    assert "tightest meter" not in ready.ok("campaign", "status", "spring", "--why").out
