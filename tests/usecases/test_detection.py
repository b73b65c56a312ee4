"""What agents say of calls becomes the figures of detection; whom it was overruled for is no live answer to a meter."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from dialerd.domain.dispositionset import read_disposition_set
from dialerd.domain.errors import BadInputError, NotFoundError
from dialerd.domain.words import Disposition as D
from dialerd.domain.words import Verdict
from dialerd.usecases import campaigns, dispositions, reports
from dialerd.usecases.detection import amd_report
from tests.usecases.conftest import ACTOR, NOW, TRUNKS, House, spec

SOON = NOW + timedelta(seconds=30)
SET = {"name": "s", "disposition": [{"code": "sold", "positive": True}, {"code": "robot", "machine": True}]}
MACHINE, HUMAN = "MACHINE MAXWORDS-5-4", "HUMAN HUMAN-700-700"
AGENTS: dict[str, Any] = {"mode": "power", "amd": True, "on_human": None, "queue": "sales"}


@pytest.fixture
def called(house: House) -> House:
    """Six calls of three kinds: held out (one a person), let through (one a machine), stopped."""
    dispositions.apply_set(house.unit, read_disposition_set(SET, source="test"), actor=ACTOR, now=NOW)
    campaigns.apply_campaign(house.unit, spec(dispositions="s"), trunks=TRUNKS, actor=ACTOR, now=NOW)
    house.with_contacts(*(f"212266{n:04}" for n in range(1, 7)))
    house.start()
    calls = (
        (MACHINE, Verdict.UNSURE, D.ANSWERED_HUMAN, "sold"),
        (MACHINE, Verdict.UNSURE, D.AGENT_HANGUP, "robot"),
        (HUMAN, Verdict.HUMAN, D.ANSWERED_HUMAN, "sold"),
        (HUMAN, Verdict.HUMAN, D.ANSWERED_HUMAN, "robot"),
        (MACHINE, Verdict.MACHINE, D.ANSWERING_MACHINE, None),
        (MACHINE, Verdict.UNSURE, D.ABANDONED, None),
    )
    for attempt, (said, verdict, ending, code) in zip(house.dial(6), calls, strict=True):
        agent = {} if code is None else {"agent": "ann", "connected_at": NOW}
        house.end(attempt, ending, SOON, answered_at=NOW, verdict=verdict, amd=said, **agent)
        if code is not None:
            dispositions.give(house.unit, attempt.id, code, actor=ACTOR, now=SOON)
    return house


def test_a_campaigns_figures_by_trunk(called: House) -> None:
    (found,) = amd_report(called.unit)
    assert (found.campaign, found.trunk) == ("spring", "carrier")
    said = found.rates
    assert (said.machines, said.people, said.unsure, said.held_out) == (4, 2, 0, 3)
    assert said.machine_error is not None and (said.machine_error.value, said.machine_error.calls) == (0.5, 2)
    assert said.machines_passed is not None and (said.machines_passed.value, said.machines_passed.calls) == (0.5, 2)
    assert found.advice == ""
    assert amd_report(called.unit, since=SOON) == []
    with pytest.raises(NotFoundError):
        amd_report(called.unit, campaign="none")
    with pytest.raises(BadInputError):
        amd_report(called.unit, since=SOON, until=NOW)


def test_without_a_code_for_machines_nobody_has_said_anything_and_the_report_says_what_to_do(called: House) -> None:
    plain = {"name": "s", "disposition": [{"code": "sold", "positive": True}, {"code": "robot"}]}
    dispositions.apply_set(called.unit, read_disposition_set(plain, source="test"), actor=ACTOR, now=NOW)
    (found,) = amd_report(called.unit)
    assert (found.rates.machine_error, found.rates.machines_passed) == (None, None)
    assert "machine = true" in found.advice


def test_who_was_held_out_is_a_live_answer_only_where_it_was_abandoned(called: House) -> None:
    """Two let through, and the abandoned one: a machine that an agent heard does not thin out the share."""
    campaign_id = called.latest().campaign_id
    assert called.unit.regulation.live_answers(campaign_id, since=NOW) == (3, 1)
    assert called.unit.regulation.machines(campaign_id, since=NOW) == 1


def test_a_machine_that_an_agent_found_is_nobody_live_in_a_report(called: House) -> None:
    (row,) = reports.report(called.unit, "campaign")
    assert (row.attempts, row.live, row.abandoned) == (6, 3, 1)


@pytest.mark.parametrize(
    ("keys", "complaint"),
    [
        ({"amd_holdout": 0.02}, "amd_holdout: not for mode agentless"),
        (AGENTS | {"amd": False, "amd_holdout": 0.02}, "only amd = true"),
        (AGENTS | {"amd_holdout": 0.6}, "amd_holdout"),
    ],
)
def test_calls_are_held_out_only_where_an_agent_can_tell(keys: dict[str, Any], complaint: str) -> None:
    with pytest.raises(BadInputError, match=complaint):
        spec(**keys)
    assert spec(**AGENTS, amd_holdout=0.02).amd_holdout == 0.02


@pytest.mark.parametrize("other", [{"positive": True}, {"callback": True}])
def test_a_machine_is_no_success_and_asks_for_no_callback(other: dict[str, bool]) -> None:
    table = {"name": "s", "disposition": [{"code": "robot", "machine": True, **other}]}
    with pytest.raises(BadInputError, match="a machine is no success"):
        read_disposition_set(table, source="test")
