"""Flows are kept as their files say, counted by version, and refused where they lead to nobody."""

from __future__ import annotations

from typing import Any

import pytest

from dialerd.domain.dispositionset import read_disposition_set
from dialerd.domain.errors import BadInputError, IllegalActionError, NotFoundError
from dialerd.domain.queue import read_queue
from dialerd.domain.words import Channel
from dialerd.usecases import campaigns, dispositions, flows, queues
from tests.domain.flow.samples import RENEWAL, read
from tests.usecases.conftest import ACTOR, NOW, TRUNKS, House, spec

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


def campaign(house: House, **changes: Any) -> campaigns.Applied:
    given = spec(**{"name": "c", "on_human": None, "flow": "renewal", **changes})
    return campaigns.apply_campaign(house.unit, given, trunks=TRUNKS, **BY)


def test_a_campaign_names_a_flow_that_is_there_and_has_its_dispositions(house: House) -> None:
    apply_queue(house)
    with pytest.raises(NotFoundError, match="no flow renewal"):
        campaign(house)
    apply(house)
    with pytest.raises(BadInputError, match="gives disposition paid, which campaign c has not"):
        campaign(house)
    outcomes = {"name": "outcomes", "disposition": [{"code": "paid"}]}
    given = read_disposition_set(outcomes, source="test")
    dispositions.apply_set(house.unit, given, **BY)
    warned = campaign(house, dispositions="outcomes").warnings
    assert "flow renewal: no contact of list customers seems to have a field balance" in warned
    with pytest.raises(BadInputError, match="disposition lost"):
        apply(house, RENEWAL.replace('disposition = "paid"', 'disposition = "lost"'))
    assert apply(house, RENEWAL.replace('disposition = "paid"', 'disposition = "do_not_call"')).version == 2


def test_what_a_campaign_or_a_flow_needs_is_not_deleted(house: House) -> None:
    apply_queue(house)
    apply(house, RENEWAL.replace('disposition = "paid"\n', ""))
    campaign(house)
    with pytest.raises(IllegalActionError, match="used by campaign c"):
        flows.delete_flow(house.unit, "renewal", **BY)
    with pytest.raises(IllegalActionError, match="flow renewal transfers to queue sales"):
        queues.delete_queue(house.unit, "sales", **BY)


def test_a_flow_is_deleted_and_then_unknown(house: House) -> None:
    apply_queue(house)
    apply(house)
    flows.delete_flow(house.unit, "renewal", **BY)
    with pytest.raises(NotFoundError, match="no flow renewal"):
        flows.delete_flow(house.unit, "renewal", **BY)


def test_a_route_that_a_flow_names_and_the_settings_have_not_is_told() -> None:
    text = 'name = "f"\nstart = "a"\n[node.a]\ndo = "sms"\nroute = "post"\ntext = "x"\nnext = "b"\non_fail = "b"\n'
    spec = read(text + '[node.b]\ndo = "hangup"\n')
    assert flows.equipment_warnings(spec, hosts=(), speaks=False, routes={Channel.SMS: ["post"]}) == []
    (said,) = flows.equipment_warnings(spec, hosts=(), speaks=False, routes={Channel.SMS: ["smsc"]})
    assert said == "it sends over post, which is no route of the settings for sms: on_fail is taken"
