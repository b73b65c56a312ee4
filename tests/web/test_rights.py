"""Every route with every role: nobody does another's work, and no route is without a right."""

from __future__ import annotations

import dataclasses
import re
from typing import Any

import pytest

from dialerd.domain.user import Right
from dialerd.web import ApiServer
from dialerd.web.binding import OPEN, Route, Streamed
from dialerd.web.resources import ROUTES
from tests.web.site import PEOPLE, Browser, Site

Calm = tuple[Site, dict[str, Browser]]

MAY: dict[Right, set[str]] = {
    Right.SEE: {"root", "sue", "sam"},
    Right.STEER: {"root", "sue", "sam"},
    Right.DEFINE: {"root", "sue", "sam"},
    Right.ADMINISTER: {"root"},
    Right.OWN: {"ann", "ben"},
    Right.SELF: {"root", "sue", "sam", "ann", "ben"},
}
"""Written out here, so that the rule in the code can be wrong."""


def _path(route: Route | Streamed, **names: str) -> str:
    """Of something that is there, of queue support: sam, who is held to queue sales, has nothing to do with it."""
    of_noun = {"agents": "ben", "lists": "people", "queues": "support"}
    name = of_noun.get(route.path.split("/")[2], "support-calls")
    known = {"name": name, "contact_id": "1", "callback_id": "1", **names}
    return re.sub(r"\{([a-z_]+)(?::[^/]*)?\}", lambda found: known.get(found[1], "1"), route.path)


def _is_refused(said: Any) -> bool:
    return said.status in (401, 403)


_SIGNING = ("session_sign_out", "session_sign_in")  # these would end the sessions of this test


@pytest.mark.parametrize("route", [each for each in ROUTES if each.name not in _SIGNING], ids=lambda each: each.name)
@pytest.mark.parametrize("who", PEOPLE)
def test_nobody_does_anothers_work(calm: Calm, route: Route | Streamed, who: str) -> None:
    """A body that fits no model: nothing is changed."""
    browser = calm[1][who]
    nonsense = None if route.method == "GET" else b'"nonsense"'
    is_free = route.right == OPEN
    may = is_free or who in MAY[Right(route.right)]
    is_everybodys = route.on.__name__ == "of_house"
    if who == "sam" and may and not is_free and route.right not in (Right.OWN, Right.SELF):
        by_body = route.on.__name__ in ("_by_body", "queues_of_attempt", "of_everybody")  # there is no attempt
        may = (is_everybodys and route.right is Right.SEE) or by_body
    # Whoever may, asks it of something that is not there.
    said = browser.ask(route.method, _path(route, name="none", callback_id="99") if may else _path(route), nonsense)
    if may:
        assert not _is_refused(said), said
        assert said.status < 500, said
        return
    assert said.status == (401 if who == "nobody" else 403), said
    assert said.headers["content-type"].startswith("application/problem+json")


def test_a_supervisor_of_a_queue_has_its_campaigns_and_no_others(site: Site) -> None:
    sam = site.browser("sam")
    assert [each["campaign"] for each in sam.get("/api/campaigns").document["items"]] == ["sales-calls"]
    assert sam.get("/api/campaigns/sales-calls").status == 200
    assert sam.get("/api/campaigns/spring").status == 403, "it is of no queue"
    table = sam.get("/api/campaigns/sales-calls").document
    moved = sam.ask("PUT", "/api/campaigns/sales-calls", {**table, "queue": "support"})
    assert moved.status == 403
    assert sam.ask("PUT", "/api/campaigns/new", {**table, "name": "new"}).status == 200
    assert sam.ask("PUT", "/api/campaigns/other", {**table, "name": "other", "queue": "support"}).status == 403
    assert sam.post("/api/lists", {"list": "leads"}).status == 403, "lists are everybody's"


def test_a_supervisor_of_a_queue_has_the_contacts_of_its_campaigns_and_no_others(site: Site) -> None:
    sue, sam = site.browser("sue"), site.browser("sam")
    mine = sue.post("/api/lists/customers/contacts", {"numbers": ["+12122660001"]}).document["contact_id"]
    assert [each["list"] for each in sue.get("/api/lists").document["items"]] == ["customers", "people"]
    assert [each["list"] for each in sam.get("/api/lists").document["items"]] == ["customers"]
    assert sam.get("/api/lists/customers/contacts").document["items"] != []
    assert sam.get(f"/api/contacts/{mine}").status == 200
    (theirs,) = sue.get("/api/contacts?number=%2B12122669999").document
    assert sam.get("/api/contacts?number=%2B12122669999").document == []
    assert sam.get("/api/lists/people/contacts").code == "forbidden"
    assert sam.get(f"/api/contacts/{theirs['contact_id']}").code == "forbidden"
    assert sam.get(f"/api/contacts/{theirs['contact_id']}/replies").code == "forbidden"
    explained = f"/api/campaigns/sales-calls/contacts/{theirs['contact_id']}"
    assert (sue.get(explained).status, sam.get(explained).code) == (200, "forbidden"), "another's, asked by one's own"


def test_a_supervisor_of_a_queue_cannot_reach_a_list_by_naming_it_in_a_campaign(site: Site) -> None:
    sam = site.browser("sam")
    table = sam.get("/api/campaigns/sales-calls").document
    said = sam.ask("PUT", "/api/campaigns/sales-calls", {**table, "lists": ["customers", "people"]})
    assert (said.status, said.document["message"]) == (403, "list people is of none of your queues")
    assert sam.ask("PUT", "/api/campaigns/sales-calls", {**table, "priority": 2}).status == 200


def test_a_route_without_a_right_keeps_the_api_from_starting(calm: Calm) -> None:
    first = ROUTES[0]
    with pytest.raises(ValueError, match="names no right"):
        ApiServer(calm[0].house, routes=[dataclasses.replace(first, right=None)])  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="is there twice"):
        ApiServer(calm[0].house, routes=[first, first])
