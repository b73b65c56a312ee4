"""A supervisor who is held to a queue sees nothing of another, whichever way it is asked: reads, files, live events.

Not here: what roles may (test_rights.py); that changes of what is another queue's are refused (there, too).
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest

from dialerd.domain.queue import read_queue
from dialerd.domain.user import Right
from dialerd.ports import RecordingRow, ReplyRow, Unit
from dialerd.usecases import agents, campaigns, queues
from dialerd.web.binding import Route, Streamed
from dialerd.web.resources import ROUTES
from tests.usecases.conftest import TRUNKS, spec
from tests.web.listener import Listener
from tests.web.site import BY, NOW, Browser, Site, running, talk

THEIRS = re.compile(rb'support-calls|"support"|"people"|\bben\b|12122669999|1212266888|SECRET|d2222')
"""Whatever is of queue support and of nobody else: its campaign, list, agent, people, calls, and what they said."""


def furnish(site: Site) -> None:
    """Both queues have a run, an agent in a call, a note, a recording, a callback and somebody who has written."""
    sue = site.browser("sue")
    for people, number, mail in (("customers", "+12122660001", "A"), ("people", "+12122668888", "SECRET")):
        given = {"numbers": [number], "attributes": {"city": f"{mail}VILLE", "email": f"{mail.lower()}@example.com"}}
        contact_id = sue.post(f"/api/lists/{people}/contacts", given).document["contact_id"]
        assert sue.post(f"/api/contacts/{contact_id}/notes", {"text": f"{mail} note"}).status == 201
        body = f"phone\n{number[:-1]}7\n".encode()
        assert sue.post(f"/api/lists/{people}/import?file={mail}.csv", body, Content_Type="text/csv").status == 202
    for campaign, agent, digit in (("sales-calls", "ann", "1"), ("support-calls", "ben", "2")):
        assert sue.post(f"/api/campaigns/{campaign}/run").status == 200
        attempt_id = talk(site, campaign, agent, digit)
        site.do(lambda unit, id=attempt_id: _recorded(unit, id))  # type: ignore[misc]
        site.do(lambda unit, id=attempt_id: _replied(unit, id))  # type: ignore[misc]
    assert sue.post("/api/callbacks", {"campaign": "sales-calls", "contact_id": 2, "in_min": 90}).status == 201
    wish = {"who": "+12122668888", "words": "SECRET words"}
    assert sue.post("/api/optouts", wish).status == 201


def _recorded(unit: Unit, attempt_id: Any) -> None:
    name = f"{attempt_id}-1"
    unit.recordings.add(
        RecordingRow(name=name, attempt_id=attempt_id, asterisk="pbx1", asked_by="campaign", started_at=NOW)
    )


def _replied(unit: Unit, attempt_id: Any) -> None:
    attempt = unit.dialing.attempt(attempt_id)
    assert attempt is not None
    is_theirs = "2" in attempt_id
    row = ReplyRow(
        route="sms",
        reply_id=attempt_id,
        sender=attempt.number,
        recipient="us",
        subject="",
        text="SECRET reply" if is_theirs else "reply",
        at=NOW,
        contact_id=unit.callbacks.contact_of(attempt.target_id),
        attempt_id=attempt_id,
        did="",
    )
    unit.messages.add_reply(row)


OWN = {
    "lists": "customers",
    "agents": "ann",
    "queues": "sales",
    "dnc": "global",
    "servers": "pbx1",
    "trunks": "carrier",
}
QUERIES = {
    "contacts_find_contacts": "?number=%2B12122668888",
    "dnc_check_number": "?number=%2B12122660001",
    "optouts_list_opt_outs": "?address=secret%40example.com",
}
ABOUT_THEIRS = ("?campaign=support-calls", "?agent=ben", f"?attempt=d{'2' * 32}", "?campaign=sales-calls")


def _path(route: Route | Streamed, **names: str) -> str:
    noun = route.path.split("/")[2]
    known = {"name": OWN.get(noun, "sales-calls"), "by": "campaign", "contact_id": "2", "callback_id": "2", **names}
    return re.sub(r"\{([a-z_]+)(?::[^/]*)?\}", lambda found: known.get(found[1], "1"), route.path)


NOT_THERE = {
    *("definitions_show_flow", "definitions_show_set", "definitions_show_strategy", "maps_show_map"),
    *("trials_draw_kept_flow", "trials_draw_kept_strategy", "lookups_show_pack", "uploads_show_upload"),
    "runs_show_schedule",
}
READS = [each for each in ROUTES if each.method == "GET" and each.right is Right.SEE]


@pytest.fixture(scope="module")
def sam(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    with running(tmp_path_factory.mktemp("isolation")) as site:
        furnish(site)
        yield site.browser("sam")


@pytest.mark.parametrize("route", READS, ids=lambda each: each.name)
def test_nothing_of_another_queue_is_read(sam: Browser, route: Route | Streamed) -> None:
    """Asked by one's own names, by theirs in the query, and for a contact of theirs by a campaign of one's own."""
    fields = getattr(route.query, "model_fields", {})
    about = [each for each in ABOUT_THEIRS if each[1:].partition("=")[0] in fields]
    for query in (QUERIES.get(route.name, ""), *about):
        for contact_id in ("2", "3"):
            said = sam.get(_path(route, contact_id=contact_id) + query)
            assert said.status < 500, said
            assert said.status != 200 or not THEIRS.search(said.body), (THEIRS.search(said.body), said.body)


def test_what_is_ones_own_is_read_in_the_same_way(sam: Browser) -> None:
    """So that the test above does not pass by reading nothing."""
    read = {route.name: sam.get(_path(route) + QUERIES.get(route.name, "")) for route in READS}
    assert {name for name, said in read.items() if said.status != 200} == NOT_THERE
    for name in ("recordings", "callbacks", "replies"):
        (found,) = [said.document["items"] for route, said in read.items() if route.endswith(f"_list_{name}")]
        assert found, name


def test_no_live_event_tells_of_another_queue(site: Site) -> None:
    furnish(site)
    with Listener(site.browser("sam")) as heard:
        first = heard.hear()
        assert not THEIRS.search(json.dumps(first).encode())
        site.do(lambda unit: agents.pause(unit, "ben", **BY))
        site.do(lambda unit: agents.pause(unit, "ann", **BY))
        while not (change := heard.hear())["agents"]:
            assert not THEIRS.search(json.dumps(change).encode())
        assert [each["agent"] for each in change["agents"]] == ["ann"]
        assert not THEIRS.search(json.dumps(change).encode())


def test_what_goes_over_to_another_queue_or_is_deleted_is_gone_for_those_alone_who_saw_it(site: Site) -> None:
    def serve(unit: Unit, **members: list[str]) -> None:
        for name, names in members.items():
            queues.apply_queue(unit, read_queue({"name": name, "agents": names}, source="test"), **BY)

    def move(unit: Unit) -> None:
        moved = spec(name="sales-calls", mode="progressive", queue="support", on_human=None)
        campaigns.apply_campaign(unit, moved, trunks=TRUNKS, **BY)
        campaigns.delete_campaign(unit, "support-calls", **BY)

    with Listener(site.browser("sam")) as sams, Listener(site.browser("sue")) as sues:
        assert [each["agent"] for each in sams.hear()["agents"]] == ["ann"]
        sues.hear()
        site.do(lambda unit: serve(unit, sales=["ben"], support=["ann"]))
        change = sams.hear()
        assert [each["agent"] for each in change["agents"]] == ["ben"]
        assert change["gone"] == {"campaigns": [], "agents": ["ann"]}
        assert sues.hear()["gone"] == {"campaigns": [], "agents": []}, "to all others it is where it was"
        site.do(move)
        while not (change := sams.hear())["gone"]["campaigns"]:
            pass
        assert (change["campaigns"], change["gone"]["campaigns"]) == ([], ["sales-calls"])
        while not (change := sues.hear())["gone"]["campaigns"]:
            pass
        assert change["gone"]["campaigns"] == ["support-calls"]
