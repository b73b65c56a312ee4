"""Queues are kept as their files say; one that is needed stays; a campaign hands its people to the queue it names."""

from __future__ import annotations

from typing import Any

import pytest

from dialerd.domain.errors import BadInputError, IllegalActionError, NotFoundError, RefusedError
from dialerd.domain.queue import QueueSpec, read_queue
from dialerd.domain.words import AgentKind, RunState
from dialerd.usecases import agents, campaigns, queues, runs
from dialerd.usecases.definitions import Applied
from tests.usecases.conftest import ACTOR, NOW, TRUNKS, House, spec

BY: dict[str, Any] = {"actor": ACTOR, "now": NOW}


def sales(**changes: Any) -> QueueSpec:
    table = {"name": "sales", "agents": ["ann"], **changes}
    return read_queue({key: value for key, value in table.items() if value is not None}, source="sales.toml")


def apply(house: House, given: QueueSpec | None = None, **options: Any) -> Applied:
    return queues.apply_queue(house.unit, given or sales(), **BY, **options)


def served(house: House, **changes: Any) -> None:
    given = spec(**{"mode": "power", "queue": "sales", "on_human": None, "abandon_message": "sorry", **changes})
    campaigns.apply_campaign(house.unit, given, trunks=TRUNKS, **BY)


@pytest.fixture
def staffed(house: House) -> House:
    for name in ("ann", "bob"):
        agents.add_agent(
            house.unit,
            name,
            endpoint=f"PJSIP/{name}",
            kind=AgentKind.OUTBOUND,
            may_outbound=name == "ann",
            allowed=["PJSIP/*"],
            **BY,
        )
    return house


def test_a_file_is_applied_once_and_tells_what_it_changes(staffed: House) -> None:
    assert apply(staffed).is_new
    assert apply(staffed).changes == {}
    changed = apply(staffed, sales(wrap_up_s=5.0, music="jazz"), dry_run=True)
    assert changed.changes == {"wrap_up_s": (30.0, 5.0), "music": ("default", "jazz")}
    assert queues.get_queue(staffed.unit, "sales") == sales()
    apply(staffed, sales(wrap_up_s=5.0))
    assert queues.get_queue(staffed.unit, "sales").wrap_up_s == 5.0
    assert [row for row in staffed.audit() if row[1] == "queue_applied"] == [(ACTOR, "queue_applied", "sales")] * 2


def test_an_agent_that_is_not_there_is_refused_and_nothing_is_kept(staffed: House) -> None:
    with pytest.raises(NotFoundError, match="agent cid, dan") as refused:
        apply(staffed, sales(agents=["ann", "cid", "dan"]))
    assert "dialerd agent add cid" in refused.value.hint
    assert staffed.unit.queues.all() == []


def test_a_queue_that_nobody_can_serve_is_warned_of(staffed: House) -> None:
    assert apply(staffed, sales(agents=[])).warnings == ["it has no agents: nobody takes its calls"]
    assert apply(staffed, sales(agents=["bob"])).warnings == ["agent bob may not take campaigns' calls"]
    assert apply(staffed, sales()).warnings == []


def test_a_queue_that_a_campaign_names_is_not_deleted(staffed: House) -> None:
    apply(staffed)
    served(staffed)
    with pytest.raises(IllegalActionError, match="used by campaign spring"):
        queues.delete_queue(staffed.unit, "sales", **BY)
    served(staffed, queue=None)
    queues.delete_queue(staffed.unit, "sales", **BY)
    with pytest.raises(NotFoundError):
        queues.delete_queue(staffed.unit, "sales", **BY)


def test_a_campaign_names_a_queue_that_is_there(staffed: House) -> None:
    with pytest.raises(NotFoundError, match="no queue sales"):
        served(staffed)


def test_a_queue_of_asterisks_own_serves_every_mode_but_preview(staffed: House) -> None:
    warned = apply(staffed, sales(kind="app_queue", agents=None)).warnings
    assert warned == ["wrap_up_s is not given: queue sales is taken to have no wrapuptime"]
    assert apply(staffed, sales(kind="app_queue", agents=None, wrap_up_s=15)).warnings == []
    served(staffed)
    with pytest.raises(BadInputError, match="whose members cannot be shown a record"):
        served(staffed, mode="preview")


def test_a_campaign_without_a_message_for_the_abandoned_is_warned_of(staffed: House) -> None:
    apply(staffed)
    for message, count in ((None, 1), ("sorry", 0)):
        given = spec(mode="progressive", queue="sales", on_human=None, abandon_message=message)
        applied = campaigns.apply_campaign(staffed.unit, given, trunks=TRUNKS, dry_run=True, **BY)
        assert len([each for each in applied.warnings if "abandon_message" in each]) == count


def begun(house: House) -> None:
    """A run with agents, taken in as the daemon does it."""
    apply(house)
    house.with_contacts("2122660001")
    served(house)
    house.start()


def test_the_kind_of_a_queue_stays_while_a_run_hands_it_people(staffed: House) -> None:
    begun(staffed)
    with pytest.raises(IllegalActionError, match="serves campaign spring, which is active"):
        apply(staffed, sales(kind="app_queue", agents=None))
    assert apply(staffed, sales(agents=["ann", "bob"])).changes
    staffed.unit.runs.set_state(staffed.latest().id, RunState.STOPPED, NOW)
    assert apply(staffed, sales(kind="app_queue", agents=None)).changes


def test_the_ratio_of_a_run_is_changed_within_its_bounds_and_only_in_power(staffed: House) -> None:
    begun(staffed)
    assert runs.change_pace(staffed.unit, "spring", ratio=4, **BY).ratio == 4
    assert staffed.latest().spec.ratio == 4
    with pytest.raises(RefusedError, match="ratio"):
        runs.change_pace(staffed.unit, "spring", ratio=11, **BY)
    assert staffed.latest().spec.ratio == 4


def test_the_ratio_of_an_agentless_run_is_refused(house: House) -> None:
    house.with_contacts("2122660001")
    house.start()
    with pytest.raises(RefusedError, match="ratio: not for mode agentless"):
        runs.change_pace(house.unit, "spring", ratio=4, **BY)
