"""Requests that cross: edits of what somebody else has changed, and creations that are sent twice.

Not here: what the requests do (test_nouns.py), who may send them (test_rights.py).
"""

from __future__ import annotations

import dataclasses
import re
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest

from dialerd.web import ApiServer
from dialerd.web.resources import ROUTES
from tests.web.site import Site

QUEUE = {"name": "idle", "agents": []}
EDITS: dict[str, tuple[str, str, Any]] = {
    "agents_change_agent": ("sue", "/api/agents/ann", {"may_outbound": False}),
    "agents_delete_agent": ("sue", "/api/agents/ann", None),
    "callbacks_cancel_callback": ("sue", "/api/callbacks/1", None),
    "callbacks_move_callback": ("sue", "/api/callbacks/1", {"in_min": 500}),
    "campaigns_apply_campaign": ("sue", "/api/campaigns/spring", {"description": "another"}),
    "campaigns_delete_campaign": ("sue", "/api/campaigns/spring", None),
    "campaigns_rename_campaign": ("sue", "/api/campaigns/spring", {"new_name": "summer"}),
    "contacts_change_contact": ("sue", "/api/contacts/1", {"attributes": {"city": "Rome"}}),
    "definitions_apply_flow": ("sue", "/api/flows/none", {}),
    "definitions_apply_queue": ("sue", "/api/queues/sales", {"agents": ["ann"], "ring_s": 9}),
    "definitions_apply_set": ("sue", "/api/dispositions/none", {}),
    "definitions_apply_strategy": ("sue", "/api/strategies/none", {}),
    "definitions_delete_flow": ("sue", "/api/flows/none", None),
    "definitions_delete_queue": ("sue", "/api/queues/sales", None),
    "definitions_delete_set": ("sue", "/api/dispositions/none", None),
    "definitions_delete_strategy": ("sue", "/api/strategies/none", None),
    "lists_delete_list": ("sue", "/api/lists/customers", None),
    "maps_apply_map": ("sue", "/api/maps/crm", {"columns": {"number": "Tel"}}),
    "maps_delete_map": ("sue", "/api/maps/crm", None),
    "me_set_jobs": ("ann", "/api/me/jobs", {"preferred": ["sales-calls"]}),
    "runs_set_schedule": ("sue", "/api/campaigns/spring/schedule", {"schedules": []}),
    "users_change_user": ("root", "/api/users/sam", {"queues": None}),
    "users_delete_user": ("root", "/api/users/sam", None),
}
"""By operation: who edits what, and how."""

_OF = {route.name: route for route in ROUTES}


def _ask_path(name: str, path: str) -> str:
    """The address of the verb, where it has one below that of the noun."""
    verb = re.search(r"/([a-z]+)$", _OF[name].path)
    return f"{path}/{verb[1]}" if verb and not path.endswith(verb[1]) else path


@pytest.mark.parametrize("name", EDITS)
def test_nobody_edits_or_deletes_what_another_has_changed_meanwhile(site: Site, name: str) -> None:
    who, path, body = EDITS[name]
    browser, method = site.browser(who), _OF[name].method
    before = browser.get(path)
    late = browser.ask(method, _ask_path(name, path), body, If_Match='"of-before"')
    assert (late.status, late.code) == (412, "precondition_failed")
    assert browser.get(path).body == before.body


def test_every_edit_of_what_is_shown_stands_in_the_table_above() -> None:
    assert EDITS.keys() == {route.name for route in ROUTES if route.shows is not None}


def test_an_edit_that_would_not_be_held_against_what_was_seen_keeps_the_api_from_starting(site: Site) -> None:
    edit, show = _OF["users_change_user"], _OF["users_show_user"]
    with pytest.raises(ValueError, match="has to be held against If-Match"):
        ApiServer(site.house, routes=[show, dataclasses.replace(edit, shows=None)])


@pytest.mark.parametrize("form", ["{}", "W/{}", '"another", {}', "*"])
def test_what_was_seen_is_named_as_proxies_and_clients_name_it(site: Site, form: str) -> None:
    """A proxy that packs an answer makes its ETag a weak one."""
    root = site.browser("root")
    spring = form.format(root.get("/api/campaigns/spring").headers["etag"])
    assert root.get("/api/campaigns/spring", If_None_Match=spring).status == 304
    seen = form.format(root.get("/api/users/sam").headers["etag"])
    assert root.ask("PATCH", "/api/users/sam", {"queues": None}, If_Match=seen).status == 200
    if form != "*":
        assert root.ask("PATCH", "/api/users/sam", {"queues": ["sales"]}, If_Match=seen).status == 412
    assert root.ask("DELETE", "/api/users/nobody-known", If_Match="*").status == 412, "there is nothing to edit"


def test_a_creation_that_is_sent_twice_at_once_is_done_once(site: Site) -> None:
    browser = site.browser("sue")

    def send(_turn: int) -> Any:
        return browser.post("/api/lists/customers/contacts", {"numbers": ["+12122660001"]}, Idempotency_Key="k")

    with ThreadPoolExecutor(8) as threads:
        answers = list(threads.map(send, range(8)))
    assert {each.status for each in answers} == {201}
    assert len({each.body for each in answers}) == 1
    assert sum("idempotent-replayed" in each.headers for each in answers) == 7


def test_a_key_is_good_for_a_day_and_then_a_new_one(site: Site) -> None:
    browser = site.browser("sue")

    def send(name: str) -> Any:
        return browser.post("/api/lists", {"list": name}, Idempotency_Key="k")

    assert send("aa").status == 201
    site.clock.pass_by(timedelta(hours=11))
    browser = site.browser("sue")
    assert send("aa").headers["idempotent-replayed"] == "true"
    site.clock.pass_by(timedelta(hours=14))
    browser = site.browser("sue")
    assert (send("aa").status, send("bb").status) == (409, 201), "the list is there, and the key is forgotten"
    assert send("bb").headers["idempotent-replayed"] == "true"
    assert send("cc").status == 422, "it was used for another request"


def test_a_key_means_nothing_beyond_its_user_and_what_it_was_drawn_for(site: Site) -> None:
    sue, root = site.browser("sue"), site.browser("root")
    assert sue.post("/api/lists", {"list": "aa"}, Idempotency_Key="k").status == 201
    assert root.post("/api/lists", {"list": "bb"}, Idempotency_Key="k").status == 201, "keys are one's own"
    assert sue.post("/api/dnc", {"list": "aa"}, Idempotency_Key="k").status == 422, "of another route"
    assert sue.post("/api/lists", {"list": "cc"}, Idempotency_Key="x" * 129).status == 422
    assert sue.post("/api/lists", {"list": "cc"}, Idempotency_Key="").status == 422
