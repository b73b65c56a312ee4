"""Flows are kept as their files say, counted by version, and refused where they lead to nobody."""

from __future__ import annotations

from typing import Any

import pytest

from dialerd.domain.errors import BadInputError, NotFoundError
from dialerd.domain.queue import read_queue
from dialerd.usecases import flows, queues
from tests.domain.flow.samples import RENEWAL, read
from tests.usecases.conftest import ACTOR, NOW, House

BY: dict[str, Any] = {"actor": ACTOR, "now": NOW}


def apply_queue(house: House, **changes: Any) -> None:
    queues.apply_queue(house.unit, read_queue({"name": "sales", **changes}, source="test"), **BY)


def apply(house: House, text: str = RENEWAL, **options: Any) -> flows.FlowApplied:
    return flows.apply_flow(house.unit, read(text), **BY, **options)


def test_a_file_is_applied_once_and_each_change_is_a_version(house: House) -> None:
    apply_queue(house)
    assert apply(house, dry_run=True).is_new
    assert flows.list_flows(house.unit) == []
    assert apply(house).is_new
    assert apply(house).changes == {}
    changed = apply(house, RENEWAL.replace("in_min = 30", "in_min = 45"))
    assert (changed.version, list(changed.changes)) == (2, ["node.later"])
    row = flows.get_flow(house.unit, "renewal")
    assert (row.version, row.applied_at) == (2, NOW)
    assert row.spec == read(RENEWAL.replace("in_min = 30", "in_min = 45"))
    assert [row for row in house.audit() if row[1] == "flow_applied"] == [(ACTOR, "flow_applied", "renewal")] * 2


def test_a_transfer_needs_a_queue_that_dialerd_serves_itself(house: House) -> None:
    with pytest.raises(NotFoundError, match="no queue sales"):
        apply(house)
    apply_queue(house, kind="app_queue")
    with pytest.raises(BadInputError, match="cannot transfer") as refused:
        apply(house)
    assert 'context = "dialerd-queue", extension = "sales"' in refused.value.hint
    assert flows.list_flows(house.unit) == []


def test_a_flow_is_deleted_and_then_unknown(house: House) -> None:
    apply_queue(house)
    apply(house)
    flows.delete_flow(house.unit, "renewal", **BY)
    with pytest.raises(NotFoundError, match="no flow renewal"):
        flows.delete_flow(house.unit, "renewal", **BY)
