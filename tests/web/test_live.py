"""Live events: a snapshot, then what changes, numbered; to each what is theirs; nobody waits for a slow one."""

from __future__ import annotations

from datetime import timedelta
from functools import partial
from typing import Any

from dialerd.domain.words import AgentKind
from dialerd.usecases import agents
from tests.web.listener import Listener
from tests.web.site import BY, Site


def _names(message: Any, noun: str, key: str) -> list[str]:
    return sorted(each[key] for each in message[noun])


def test_a_supervisor_hears_a_snapshot_and_then_what_changes(site: Site) -> None:
    sue = site.browser("sue")
    with Listener(sue) as heard:
        first = heard.hear()
        assert (heard.status, first["type"]) == (101, "snapshot")
        assert _names(first, "campaigns", "campaign") == ["sales-calls", "spring", "support-calls"]
        assert _names(first, "agents", "agent") == ["ann", "ben"]
        assert sue.post("/api/agents/ann/login", {}).status == 200
        change = heard.hear()
        assert (change["type"], change["seq"]) == ("change", first["seq"] + 1)
        assert _names(change, "campaigns", "campaign") == []
        assert [(each["agent"], each["wanted"]["state"]) for each in change["agents"]] == [("ann", "ready")]
        assert sue.post("/api/lists/customers/contacts", {"numbers": ["+12122660001"]}).status == 201
        assert sue.post("/api/campaigns/spring/run").status == 200
        run = heard.hear()
        assert [(each["campaign"], each["state"]) for each in run["campaigns"]] == [("spring", "active")]
        assert sue.ask("DELETE", "/api/campaigns/support-calls").status == 204
        gone = heard.hear()
        while not gone["gone"]["campaigns"]:  # campaigns that do not run are looked at now and then
            gone = heard.hear()
        assert gone["gone"] == {"campaigns": ["support-calls"], "agents": []}


def test_who_is_held_to_a_queue_hears_only_of_it(site: Site) -> None:
    with Listener(site.browser("sam")) as heard:
        first = heard.hear()
        assert _names(first, "campaigns", "campaign") == ["sales-calls"]
        assert _names(first, "agents", "agent") == ["ann"]
        site.do(lambda unit: agents.login(unit, "ben", allowed=("PJSIP/*",), **BY))
        site.do(lambda unit: agents.login(unit, "ann", allowed=("PJSIP/*",), **BY))
        while not (change := heard.hear())["agents"]:
            pass
        assert _names(change, "agents", "agent") == ["ann"]


def test_an_agent_hears_of_itself_only(site: Site) -> None:
    with Listener(site.browser("ann")) as heard:
        first = heard.hear()
        assert (first["type"], first["agent"]["agent"], first["preview"]) == ("snapshot", "ann", None)
        assert "agents" not in first
        site.do(lambda unit: agents.login(unit, "ben", allowed=("PJSIP/*",), **BY))
        site.do(lambda unit: agents.login(unit, "ann", allowed=("PJSIP/*",), **BY))
        change = heard.hear()
        assert (change["type"], change["agent"]["agent"]) == ("change", "ann")
        assert change["agent"]["wanted"]["state"] == "ready"


def test_a_supervisor_who_takes_calls_hears_the_floor_and_of_itself_in_one_message(site: Site) -> None:
    root = site.browser("root")
    cat: dict[str, Any] = {"endpoint": "PJSIP/cat", "kind": AgentKind.OUTBOUND, "may_outbound": True}
    site.do(lambda unit: agents.add_agent(unit, "cat", allowed=("PJSIP/*",), **cat, **BY))
    assert root.ask("PATCH", "/api/users/sue", {"agent": "cat"}).status == 200
    sue = site.browser("sue")
    with Listener(sue) as heard:
        first = heard.hear()
        assert (first["type"], first["agent"]["agent"], first["preview"]) == ("snapshot", "cat", None)
        assert _names(first, "agents", "agent") == ["ann", "ben", "cat"]
        site.do(lambda unit: agents.login(unit, "cat", allowed=("PJSIP/*",), **BY))
        change = heard.hear()
        assert (change["type"], change["agent"]["wanted"]["state"]) == ("change", "ready")
        assert _names(change, "agents", "agent") == ["cat"]
        site.do(lambda unit: agents.login(unit, "ben", allowed=("PJSIP/*",), **BY))
        of_floor = heard.hear()
        assert (_names(of_floor, "agents", "agent"), "agent" in of_floor) == (["ben"], False)
    with Listener(sue, f"/api/live?since={of_floor['seq']}") as again:
        whole = again.hear()
        assert (whole["type"], whole["agent"]["agent"]) == ("snapshot", "cat")


def test_whom_an_agent_asks_is_told_at_once_and_that_they_have_gone(site: Site) -> None:
    def asks(whom: str) -> None:
        line: dict[str, Any] = {"is_muted": True, "is_holding": bool(whom), "consults": whom, "listeners": []}
        site.do(lambda unit: unit.floor.set_line("ann", **line))

    with Listener(site.browser("ann")) as own, Listener(site.browser("sue")) as floor:
        first = own.hear()["agent"]
        assert (first["is_muted"], first["is_holding"], first["consults"]) == (False, False, None)
        floor.hear()
        for whom, is_held in (("ben", True), ("", False)):
            asks(whom)
            (seen,) = floor.hear()["agents"]
            for each in (own.hear()["agent"], seen):
                assert (each["is_muted"], each["is_holding"], each["consults"]) == (True, is_held, whom or None)


def test_many_who_come_at_once_are_all_told_and_hear_what_comes_after(site: Site) -> None:
    people = [site.browser(name) for name in ("ann", "sue", "sam", "ben") * 5]
    listeners = [Listener(each) for each in people]
    try:
        assert {each.hear()["type"] for each in listeners} == {"snapshot"}
        site.do(lambda unit: agents.login(unit, "ann", allowed=("PJSIP/*",), **BY))
        for place, each in enumerate(listeners):
            if place % 4 != 3:  # ben hears of nobody else
                change = each.hear()
                shown = change["agent"] if "agent" in change else change["agents"][0]
                assert (shown["agent"], shown["wanted"]["state"]) == ("ann", "ready")
    finally:
        for each in listeners:
            each.close()


def test_a_page_that_has_missed_more_than_is_kept_begins_anew(site: Site) -> None:
    sue = site.browser("sue")
    with Listener(sue) as stays:
        seq = stays.hear()["seq"]
        for turn in range(60):
            act = agents.logout if turn % 2 else partial(agents.login, allowed=("PJSIP/*",))
            site.do(partial(act, name="ann", **BY))
            stays.hear()
        with Listener(sue, f"/api/live?since={seq}") as back:
            assert back.hear()["type"] == "snapshot"
        with Listener(sue, f"/api/live?since={seq + 50}") as back:
            assert [back.hear()["seq"] for _ in range(10)] == list(range(seq + 51, seq + 61))


def test_a_page_that_comes_back_goes_on_where_it_was(site: Site) -> None:
    sue = site.browser("sue")
    with Listener(sue) as stays, Listener(sue) as goes:
        seq = stays.hear()["seq"]
        assert goes.hear()["seq"] == seq
        goes.close()
        site.do(lambda unit: agents.login(unit, "ann", allowed=("PJSIP/*",), **BY))
        assert stays.hear()["seq"] == seq + 1
        with Listener(sue, f"/api/live?since={seq}") as back:
            missed = back.hear()
            assert (missed["type"], missed["seq"]) == ("change", seq + 1)
            assert _names(missed, "agents", "agent") == ["ann"]
        with Listener(sue, f"/api/live?since={seq + 1}") as same:
            assert same.hear() == {"type": "alive", "seq": seq + 1}, "it has missed nothing, and knows that it is heard"
        with Listener(sue, "/api/live?since=5") as late:
            assert late.hear()["type"] == "snapshot", "what it has missed is not kept any more"


def test_nobody_listens_who_is_not_signed_in_or_comes_from_elsewhere(site: Site) -> None:
    sue = site.browser("sue")
    with Listener(site.browser()) as nobody:
        assert nobody.status == 401
    with Listener(sue, Origin="https://evil.example") as foreign:
        assert foreign.status == 403
    with Listener(sue, Origin=f"http://127.0.0.1:{site.port}") as ours:
        assert ours.status == 101


def test_a_session_that_is_over_hears_no_more_however_much_there_is_to_tell(site: Site) -> None:
    sue = site.browser("sue")
    with Listener(sue) as heard:
        heard.hear()
        assert sue.ask("DELETE", "/api/session").status == 204
        site.clock.pass_by(timedelta(seconds=21))
        for _ in range(20):
            site.do(lambda unit: agents.login(unit, "ann", allowed=("PJSIP/*",), **BY))
            if heard.hear() is None:
                break
            site.do(lambda unit: agents.logout(unit, "ann", **BY))
            if heard.hear() is None:
                break
        assert heard.closed == 4401


def test_whoever_talks_to_us_is_let_go(site: Site) -> None:
    with Listener(site.browser("sue")) as heard:
        heard.hear()
        heard._socket.sendall(b"\x81\x82\x00\x00\x00\x00hi")
        assert heard.hear() is None
