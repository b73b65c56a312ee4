"""Views, the floor and reports over HTTP: each person's own, and of the queues that a supervisor is held to."""

from __future__ import annotations

from typing import Any

import pytest

from dialerd.domain.words import AgentState
from tests.web.site import Browser, Site

Calm = tuple[Site, dict[str, Browser]]
SPEC = {"states": ["active"], "priorities": [5, 4], "modes": ["power"], "sort": "-priority"}


def _views(browser: Browser) -> list[tuple[str, bool, bool]]:
    return [(each["view"], each["shared"], each["is_default"]) for each in browser.get("/api/views").document["items"]]


def test_a_view_is_kept_copied_opened_with_and_deleted_by_its_owner(site: Site) -> None:
    sue, root = site.browser("sue"), site.browser("root")
    kept = sue.ask("PUT", "/api/views/mine", {"spec": SPEC, "shared": True})
    assert (kept.status, kept.document["spec"]["states"]) == (200, ["active"])
    assert _views(root) == [("mine", True, False)]
    assert root.post("/api/views/mine/duplicate", {"new_name": "copy"}).status == 201
    assert root.post("/api/views/mine/default", {"on": True}).document["is_default"]
    assert _views(root) == [("copy", False, False), ("mine", True, True)]
    assert _views(sue) == [("mine", True, False)], "the default is whose table it is"
    assert root.ask("DELETE", "/api/views/mine").status == 409, "it is sue's"
    assert sue.ask("DELETE", "/api/views/mine").status == 204
    assert _views(root) == [("copy", False, False)]


@pytest.mark.parametrize(
    ("name", "spec"),
    [("a-name-of-21-letters-x", SPEC), ("mine", {"states": ["asleep"]}), ("mine", {"sort": "size"})],
)
def test_a_view_that_is_none_is_refused_with_the_reason(calm: Calm, name: str, spec: dict[str, Any]) -> None:
    said = calm[1]["sue"].ask("PUT", f"/api/views/{name}", {"spec": spec})
    assert (said.status, said.code) == (422, "bad_input")


def test_the_table_of_campaigns_tells_what_each_is_connected_to_and_what_can_be_done_to_it(site: Site) -> None:
    sue = site.browser("sue")
    sue.post("/api/lists/customers/contacts", {"numbers": ["+12122660001"]})
    assert sue.post("/api/campaigns/sales-calls/run").document["actions"] == ["clone", "pause", "stop"]
    rows = {each["campaign"]: each for each in sue.get("/api/campaigns").document["items"]}
    assert rows["spring"]["connection"] == {"kind": "sound", "name": "hello-world"}
    assert rows["sales-calls"]["connection"] == {"kind": "queue", "name": "sales"}
    assert rows["sales-calls"]["actions"] == ["clone", "pause", "stop"]
    assert (rows["spring"]["actions"], rows["spring"]["left"]) == (["clone", "delete", "edit", "run"], 0)
    assert [each["campaign"] for each in sue.get("/api/campaigns?state=active").document["items"]] == ["sales-calls"]
    assert sue.get("/api/campaigns?state=asleep").code == "bad_input"
    with_why = sue.get("/api/campaigns/sales-calls/status?why=true").document
    assert (with_why["actions"], with_why["why"][0]["gate"]) == (["clone", "pause", "stop"], "target")


def test_a_supervisor_of_a_queue_sees_its_part_of_the_floor(calm: Calm) -> None:
    everything = calm[1]["sue"].get("/api/floor").document
    part = calm[1]["sam"].get("/api/floor").document
    assert {each["queue"] for each in everything["queues"]} == {"sales", "support"}
    assert {each["queue"] for each in part["queues"]} == {"sales"}
    assert all("sales" in each["queues"] for each in part["agents"])
    assert len(part["agents"]) < len(everything["agents"])
    assert {each["state"] for each in everything["agents"]} == {str(AgentState.LOGGED_OUT)}


@pytest.mark.parametrize("by", ["campaign", "list", "agent", "hour", "disposition", "trunk"])
def test_a_report_is_there_as_json_and_as_a_file(calm: Calm, by: str) -> None:
    sue = calm[1]["sue"]
    assert sue.get(f"/api/reports/{by}?campaign=sales-calls").document == {"by": by, "rows": []}
    file = sue.get(f"/api/reports/{by}/export")
    assert file.headers["content-type"].startswith("text/csv")
    assert file.body.decode().lstrip("\ufeff").startswith(f"{by},attempts,answered")


def test_whoever_is_held_to_queues_has_no_figures_of_others(calm: Calm) -> None:
    sam = calm[1]["sam"]
    assert sam.get("/api/reports/agent").status == 403
    assert sam.get("/api/reports/agent/export").status == 403
    assert sam.get("/api/reports/hour?campaign=support-calls").status == 403
    assert sam.get("/api/reports/hour?campaign=sales-calls").status == 200
    assert sam.get("/api/reports/campaign").status == 200


@pytest.mark.parametrize("moment", ["0001-01-01T00:00:00Z", "9999-12-31T23:59:59-14:00"])
@pytest.mark.parametrize(
    "path",
    [
        *("reports/hour?until=", "reports/agent-times?until=", "reports/agent/export?until=", "recordings?since="),
        *("agents/ann/events?since=", "campaigns/spring/export?since="),
    ],
)
def test_a_moment_at_the_end_of_time_is_refused(calm: Calm, path: str, moment: str) -> None:
    assert calm[1]["sue"].get(f"/api/{path}{moment}").status == 422


def test_a_time_without_offset_is_this_machines(calm: Calm) -> None:
    assert calm[1]["sue"].get("/api/reports/hour?since=2026-01-01T00:00:00").status == 200


def test_a_report_by_nothing_that_is_known_names_those_that_are(calm: Calm) -> None:
    said = calm[1]["sue"].get("/api/reports/moon")
    assert said.status == 404
    assert "disposition" in said.document["hint"]


def test_a_campaign_that_never_ran_has_no_hours_to_show_and_says_so(calm: Calm) -> None:
    said = calm[1]["sue"].get("/api/campaigns/sales-calls/hours")
    assert said.status in (404, 409)
    shown = calm[1]["sue"].get("/api/campaigns/sales-calls/abandonment").document
    assert (shown["live"], shown["abandoned"]) == (0, 0)
