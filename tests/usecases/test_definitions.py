"""Applying files: whatever the noun, the audit log tells who changed what, what was before and what is after."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from dialerd.domain.dispositionset import read_disposition_set
from dialerd.domain.flow import read_flow
from dialerd.domain.queue import read_queue
from dialerd.domain.strategy import read_strategy
from dialerd.domain.words import AgentKind
from dialerd.usecases import agents, campaigns, dispositions, flows, queues, runs, strategies
from dialerd.usecases.auditlog import About, list_audit
from dialerd.usecases.definitions import Applied, changes_of
from tests.usecases.conftest import ACTOR, NOW, TRUNKS, House, spec

BY: Any = {"actor": ACTOR, "now": NOW}


def _queue(house: House, text: str, **options: Any) -> Applied:
    return queues.apply_queue(
        house.unit, read_queue({"name": "mine", "description": text}, source="t"), **BY, **options
    )


def _set(house: House, text: str, **options: Any) -> Applied:
    table = {"name": "mine", "description": text, "disposition": [{"code": "sold"}]}
    return dispositions.apply_set(house.unit, read_disposition_set(table, source="t"), **BY, **options)


def _flow(house: House, text: str, **options: Any) -> Applied:
    table = {"name": "mine", "description": text, "start": "bye", "node": {"bye": {"do": "hangup"}}}
    return flows.apply_flow(house.unit, read_flow(table, source="t"), **BY, **options)


def _strategy(house: House, text: str, **options: Any) -> Applied:
    table = {"name": "mine", "description": text, "step": [{"name": "call", "channel": "voice"}]}
    return strategies.apply_strategy(house.unit, read_strategy(table, source="t"), **BY, **options)


NOUNS: list[tuple[str, Callable[..., Applied], Callable[..., None]]] = [
    ("queue", _queue, queues.delete_queue),
    ("disposition_set", _set, dispositions.delete_set),
    ("flow", _flow, flows.delete_flow),
    ("strategy", _strategy, strategies.delete_strategy),
]


def _told(house: House, action: str) -> list[dict[str, Any]]:
    return [dict(row.detail) for row in list_audit(house.unit, About(action=action), limit=9)]


@pytest.mark.parametrize(("noun", "apply", "delete"), NOUNS, ids=lambda each: each if isinstance(each, str) else "")
def test_the_audit_log_has_what_was_before_and_after(
    house: House, noun: str, apply: Callable[..., Applied], delete: Callable[..., None]
) -> None:
    made = apply(house, "one")
    assert (made.name, made.is_new, made.changes["description"]) == ("mine", True, (None, "one"))
    again = apply(house, "one")
    assert (again.is_new, again.is_changed) == (False, False)
    assert apply(house, "two", dry_run=True).changes == {"description": ("one", "two")}
    apply(house, "two")
    first = _told(house, f"{noun}_applied")[-1]
    assert first["changes"]["description"] == {"before": None, "after": "one"}
    assert _told(house, f"{noun}_applied")[:-1] == [{"changes": {"description": {"before": "one", "after": "two"}}}], (
        "neither what changed nothing nor what was only asked"
    )
    delete(house.unit, "mine", **BY)
    (gone,) = _told(house, f"{noun}_deleted")
    assert gone["before"]["description"] == "two"


def test_so_it_is_with_agents_campaigns_and_the_pace_of_a_run(house: House) -> None:
    allowed: Any = {"allowed": ["PJSIP/*"]}
    agents.add_agent(
        house.unit, "ann", endpoint="PJSIP/ann", kind=AgentKind.OUTBOUND, may_outbound=True, **allowed, **BY
    )
    agents.change_agent(house.unit, "ann", endpoint="PJSIP/2", may_outbound=False, **allowed, **BY)
    agents.delete_agent(house.unit, "ann", **BY)
    assert _told(house, "agent_added")[0]["changes"]["endpoint"] == {"before": None, "after": "PJSIP/ann"}
    assert _told(house, "agent_changed") == [
        {
            "changes": {
                "endpoint": {"before": "PJSIP/ann", "after": "PJSIP/2"},
                "may_outbound": {"before": True, "after": False},
            }
        }
    ]
    assert _told(house, "agent_deleted")[0]["before"] == {
        "endpoint": "PJSIP/2",
        "kind": "outbound",
        "may_outbound": False,
    }
    house.with_contacts("2122660001")
    house.start()
    before = house.latest().spec.max_calls
    runs.change_pace(house.unit, "spring", max_calls=before + 3, **BY)
    assert _told(house, "run_paced") == [{"changes": {"max_calls": {"before": before, "after": before + 3}}}]
    campaigns.apply_campaign(house.unit, spec(name="other"), trunks=TRUNKS, **BY)
    assert campaigns.delete_campaign(house.unit, "other", **BY)
    assert _told(house, "campaign_deleted")[0]["before"]["lists"] == ["customers"]


def test_what_is_not_given_any_more_is_a_change_too() -> None:
    assert changes_of({"a": 1, "b": 2, "c": 3}, {"c": 4, "a": 1, "d": 5}) == {
        "c": (3, 4),
        "d": (None, 5),
        "b": (2, None),
    }
    assert list(changes_of(None, {"b": 1, "a": 2})) == ["b", "a"], "as its file has them"
