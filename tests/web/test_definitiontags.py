"""An ETag says whether what is edited is another: not that time has passed, nor that somebody has signed in."""

from __future__ import annotations

from datetime import timedelta

import pytest

from dialerd.domain.agents import Seen
from dialerd.domain.words import AgentState
from tests.web.site import NOW, Site


def test_what_changes_by_itself_is_no_edit(site: Site) -> None:
    root, sue = site.browser("root"), site.browser("sue")
    paths = ("/api/agents/ann", "/api/callbacks/1", "/api/users/ann")
    before = {path: root.get(path) for path in paths}
    seen = Seen(state=AgentState.READY, since=NOW, idle_since=NOW)
    site.do(lambda unit: unit.agents.set_seen("ann", seen, leg_id=None, asterisk=None, now=NOW))
    site.browser("ann")
    site.clock.pass_by(timedelta(hours=3))
    root, sue = site.browser("root"), site.browser("sue")
    for path in paths:
        after = root.get(path, If_None_Match=before[path].headers["etag"])
        assert (after.status, after.headers["etag"]) == (200, before[path].headers["etag"]), "it is shown all the same"
        assert after.body != before[path].body, path
    tag = before["/api/agents/ann"].headers["etag"]
    edit = {"may_outbound": False}
    assert sue.ask("PATCH", "/api/agents/ann", edit, If_Match=tag).status == 200
    assert sue.ask("PATCH", "/api/agents/ann", edit, If_Match=tag).status == 412
    tag = before["/api/users/ann"].headers["etag"]
    assert root.ask("PATCH", "/api/users/ann", {"is_disabled": True}, If_Match=tag).status == 200
    assert root.ask("DELETE", "/api/users/ann", If_Match=tag).status == 412


def test_a_schedule_is_shown_as_it_is_set_and_its_tag_is_of_that(site: Site) -> None:
    sue, path = site.browser("sue"), "/api/campaigns/sales-calls/schedule"
    tags = set()
    for start, zone in (("2026-05-01T09:00", "UTC"), ("2026-05-01T11:00", "Europe/Berlin")):
        given = {"schedules": [{"start": start, "timezone": zone, "every": "1 days"}]}
        assert sue.ask("PUT", path, given).status == 200
        shown = sue.get(path)
        (schedule,) = shown.document["schedules"]
        assert (schedule["start"], schedule["timezone"]) == (start, zone)
        assert shown.document["occurrences"][0]["start_at"] == "2026-05-01T09:00:00Z"
        tags.add(shown.headers["etag"])
        assert sue.ask("PUT", path, {"schedules": shown.document["schedules"]}).document["changes"] == {}
    assert len(tags) == 2, "the same moment by another zone is another schedule"
    site.clock.pass_by(timedelta(days=70))
    assert site.browser("sue").get(path).headers["etag"] in tags


def test_a_runs_own_pace_is_told(site: Site) -> None:
    sue = site.browser("sue")
    status = "/api/campaigns/sales-calls/status"
    assert sue.get(status).document["pace"] is None
    assert sue.post("/api/lists/customers/contacts", {"numbers": ["+12122660001"]}).status == 201
    assert sue.post("/api/campaigns/sales-calls/run").status == 200
    definition = sue.get("/api/campaigns/sales-calls").document.get("max_calls")
    assert sue.post("/api/campaigns/sales-calls/pace", {"max_calls": 3, "calls_per_second": 0.5}).status == 200
    shown = sue.get(status).document
    assert shown["pace"] == {"max_calls": 3, "calls_per_second": 0.5, "ratio": 2}
    assert sue.get("/api/campaigns/sales-calls").document.get("max_calls") == definition


@pytest.mark.parametrize(("path", "text", "found"), [("users", "An", ["ann"]), ("lists", "peo", ["people"])])
def test_lists_are_searched_by_name(site: Site, path: str, text: str, found: list[str]) -> None:
    items = site.browser("root").get(f"/api/{path}?text={text}").document["items"]
    assert [each.get("user", each.get("list")) for each in items] == found


def test_another_phone_at_a_login_is_in_the_audit_log_with_the_one_before(site: Site) -> None:
    ann, root = site.browser("ann"), site.browser("root")
    assert ann.post("/api/me/agent/login", {"endpoint": "PJSIP/other"}).status == 200
    (row,) = root.get("/api/audit?action=agent_login").document["items"]
    assert row["detail"]["changes"]["endpoint"] == {"before": "PJSIP/ann", "after": "PJSIP/other"}
