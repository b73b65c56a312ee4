"""What becomes of users when something of theirs ends: an agent, a queue, a session, the user itself."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from dialerd.domain.agents import Seen
from dialerd.domain.signin import IDLE
from dialerd.domain.words import AgentState
from tests.web.listener import Listener
from tests.web.site import NOW, PASSWORD, Browser, Site


def _last(root: Browser, action: str, subject: str) -> Any:
    return root.get(f"/api/audit?action={action}&subject={subject}&limit=1").document["items"][0]["detail"]


def test_a_queue_that_is_deleted_is_nobodys_and_a_later_one_of_its_name_is_not_theirs(site: Site) -> None:
    root = site.browser("root")
    assert root.ask("PUT", "/api/queues/old", {"name": "old", "agents": []}).status == 200
    assert root.ask("PATCH", "/api/users/sam", {"queues": ["old"]}).status == 200
    assert root.ask("DELETE", "/api/queues/old").status == 204
    assert root.get("/api/users/sam").document["queues"] == [], "held to nothing, never to all"
    assert _last(root, "user_changed", "sam") == {"before": {"queues": ["old"]}, "after": {"queues": []}}
    assert root.ask("PUT", "/api/queues/old", {"name": "old", "agents": []}).status == 200
    assert root.get("/api/users/sam").document["queues"] == []
    assert root.ask("PATCH", "/api/users/sam", {"password": "brand new password"}).status == 200
    assert root.ask("PATCH", "/api/users/sam", {"queues": ["none"]}).status == 404
    assert root.ask("PATCH", "/api/users/sam", {"is_disabled": True}).status == 200


def test_an_agent_that_is_deleted_is_no_users_and_that_user_can_be_disabled(site: Site) -> None:
    root, ben = site.browser("root"), site.browser("ben")
    assert root.ask("PUT", "/api/queues/support", {"name": "support", "agents": []}).status == 200
    assert root.ask("DELETE", "/api/agents/ben").status == 204
    assert root.get("/api/users/ben").document["agent"] is None
    assert _last(root, "user_changed", "ben") == {"before": {"agent": "ben"}, "after": {"agent": None}}
    assert ben.get("/api/session").status == 401
    again = {"agent": "ben", "endpoint": "PJSIP/ben"}
    assert root.post("/api/agents", again).status == 201
    assert site.browser("ben").get("/api/me/agent").status == 403
    assert root.ask("PATCH", "/api/users/ben", {"is_disabled": True}).status == 200


def test_the_views_of_a_user_go_with_the_user(site: Site) -> None:
    root, sue = site.browser("root"), site.browser("sue")
    assert sue.ask("PUT", "/api/views/secret", {"spec": {}}).status == 200
    assert sue.ask("PUT", "/api/views/team", {"spec": {}, "shared": True}).status == 200
    assert sue.post("/api/views/secret/default", {"on": True}).status == 200
    assert root.ask("DELETE", "/api/users/sue").status == 204
    assert _last(root, "user_deleted", "sue")["views"] == 2
    assert root.get("/api/views").document["items"] == []
    assert root.post("/api/users", {"name": "sue", "role": "supervisor", "password": PASSWORD}).status == 201
    assert site.browser("sue").get("/api/views").document["items"] == []


def test_an_agent_is_logged_out_with_the_last_session_of_its_user(site: Site) -> None:
    idle, one, other = site.browser("ann"), site.browser("ann"), site.browser("ann")
    root = site.browser("root")
    assert one.post("/api/me/agent/login", {}).status == 200
    seen = Seen(state=AgentState.READY, since=NOW, idle_since=NOW)
    site.do(lambda unit: unit.agents.set_seen("ann", seen, leg_id=None, asterisk=None, now=NOW))

    def wanted() -> Any:
        return root.get("/api/agents/ann").document["wanted"]["state"]

    for _ in range(3):
        site.clock.pass_by(IDLE / 2)
        assert {each.get("/api/session").status for each in (one, other, root)} == {200}
        root.get("/api/agents")
    assert idle.cookie
    pokes = site.pokes
    assert one.ask("DELETE", "/api/session").status == 204
    assert wanted() == "ready", "it works in another window"
    assert other.ask("DELETE", "/api/session").status == 204
    assert wanted() == "logged_out"
    assert site.pokes > pokes
    assert _last(root, "agent_logout", "ann") == {}


def test_a_wrong_old_password_is_written_down(site: Site) -> None:
    ann, root = site.browser("ann"), site.browser("root")
    wrong = ann.post("/api/session/password", {"old": "wrong horse battery", "new": "another horse battery"})
    assert wrong.status == 422
    (row,) = root.get("/api/audit?action=password_change_failed").document["items"]
    assert (row["actor"], row["subject"]) == ("user:ann", "ann")


def test_live_events_go_on_with_the_session_that_another_password_begins(site: Site) -> None:
    ann = site.browser("ann")
    with Listener(ann) as heard:
        heard.hear()
        assert ann.post("/api/session/password", {"old": PASSWORD, "new": "another horse battery"}).status == 204
        for _ in range(3):
            site.clock.pass_by(timedelta(seconds=21))
            assert heard.hear() is not None, heard.closed
        assert ann.ask("DELETE", "/api/session").status == 204
        site.clock.pass_by(timedelta(seconds=21))
        while heard.hear() is not None:
            pass
        assert heard.closed == 4401
