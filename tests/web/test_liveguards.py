"""One that goes wrong is told to nobody else: live events and the own page of an agent go on."""

from __future__ import annotations

from typing import Any

import pytest

from dialerd.domain.agents import Seen
from dialerd.domain.call import Facts, Outcome
from dialerd.domain.words import AgentState, AttemptId, ContactId, Disposition
from dialerd.ports import PreviewRow, Unit
from dialerd.usecases import agents, asked
from dialerd.web import live
from tests.web.listener import Listener
from tests.web.site import BY, NOW, Site, talk


def _ended(site: Site) -> tuple[int, str]:
    """A contact whom ann has talked to, and wraps up; the attempt."""
    sue = site.browser("sue")
    made = sue.post("/api/lists/customers/contacts", {"numbers": ["+12122660001"], "attributes": {"name": "Bob"}})
    assert sue.post("/api/campaigns/sales-calls/run").status == 200
    attempt_id = AttemptId(talk(site))

    def end(unit: Unit) -> None:
        facts = Facts(placed_at=NOW, answered_at=NOW, agent="ann", connected_at=NOW)
        asked.settle(unit, attempt_id, Outcome(disposition=Disposition.ANSWERED_HUMAN, facts=facts, ended_at=NOW))
        seen = Seen(state=AgentState.WRAP_UP, since=NOW, idle_since=NOW, campaign="sales-calls", attempt_id=attempt_id)
        unit.agents.set_seen("ann", seen, leg_id=None, asterisk=None, now=NOW)

    site.do(end)
    return made.document["contact_id"], attempt_id


def _log_in_ben(site: Site) -> None:
    site.do(lambda unit: agents.login(unit, "ben", allowed=("PJSIP/*",), **BY))


def _told_of(heard: Listener, agent: str) -> Any:
    while not (found := [each for each in heard.hear()["agents"] if each["agent"] == agent]):
        pass
    return found[0]


def test_who_is_erased_while_an_agent_wraps_up_locks_nobody_in_and_silences_nobody(site: Site) -> None:
    contact_id, _ = _ended(site)
    ann = site.browser("ann")
    with Listener(site.browser("sue")) as floor:
        floor.hear()
        assert ann.get("/api/me/agent").document["call"]["attributes"] == {"name": "Bob"}
        assert site.browser("root").post("/api/persons/erase", {"who": f"contact:{contact_id}"}).status == 200
        shown = ann.get("/api/me/agent")
        assert (shown.status, shown.document["call"]) == (200, None)
        with Listener(ann) as own:
            assert own.hear()["agent"]["state"] == "wrap_up"
            _log_in_ben(site)
            assert _told_of(floor, "ben")["wanted"]["state"] == "ready"
        assert ann.post("/api/me/agent/logout", {}).status == 200


def test_one_agent_that_cannot_be_told_silences_no_other(site: Site) -> None:
    _, attempt_id = _ended(site)

    def show_what_is_not_there(unit: Unit) -> None:
        attempt = unit.dialing.attempt(AttemptId(attempt_id))
        assert attempt is not None
        row = PreviewRow(
            agent="ann",
            run_id=attempt.run_id,
            target_id=attempt.target_id,
            contact_id=ContactId(10**6),
            shown_at=NOW,
            dial_at=NOW,
        )
        unit.previews.put(row)

    site.do(show_what_is_not_there)
    with Listener(site.browser("ann")) as own, Listener(site.browser("sue")) as floor:
        assert own.hear()["type"] == "alive"
        floor.hear()
        _log_in_ben(site)
        assert _told_of(floor, "ben")["wanted"]["state"] == "ready"


def test_live_events_go_on_after_a_look_that_has_met_a_defect(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    with Listener(site.browser("sue")) as floor:
        floor.hear()
        real, met = vars(live)["look"], list[bool]()

        def broken(*args: Any, **given: Any) -> Any:
            if len(met) < 3:
                met.append(True)
                raise AssertionError("a defect")
            return real(*args, **given)

        monkeypatch.setattr(live, "look", broken)
        _log_in_ben(site)
        assert _told_of(floor, "ben")["wanted"]["state"] == "ready"
        assert len(met) == 3
