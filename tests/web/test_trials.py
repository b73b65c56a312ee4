"""Flows and strategies before anybody is called, over HTTP."""

from __future__ import annotations

from typing import Any

import pytest

from tests.web.site import Browser, Site

FLOW = """
name = "ask"
start = "menu"

[node.menu]
do = "menu"
say = "hello-world"
keys = { "1" = "bye" }
on_timeout = "bye"

[node.bye]
do = "hangup"
disposition = "do_not_call"
"""


def test_a_flow_is_walked_through_as_far_as_was_typed(calm: tuple[Site, dict[str, Browser]]) -> None:
    sue = calm[1]["sue"]
    begun = sue.post("/api/flows/try", {"toml": FLOW})
    assert (begun.status, begun.document["awaits"]) == (200, "keys")
    assert begun.document["lines"][:2] == ["[menu]", "  hears (en): hello-world"]
    done = sue.post("/api/flows/try", {"toml": FLOW, "typed": ["1"]}).document
    assert (done["awaits"], done["lines"][-1]) == (None, "disposition: do_not_call")


@pytest.mark.parametrize(
    ("body", "status", "said"),
    [
        ({}, 422, "give either flow or toml"),
        ({"flow": "none"}, 404, "there is no flow none"),
        ({"toml": FLOW.replace('"bye" }', '"nowhere" }')}, 422, "body.toml:8: node menu"),
        ({"toml": FLOW, "zone": "Mars"}, 422, "'Mars' is no time zone"),
    ],
)
def test_what_cannot_be_walked_through_says_why(
    calm: tuple[Site, dict[str, Browser]], body: Any, status: int, said: str
) -> None:
    answer = calm[1]["sue"].post("/api/flows/try", body)
    assert (answer.status, said in answer.document["message"]) == (status, True), answer


def test_a_file_is_checked_drawn_and_has_a_schema(site: Site) -> None:
    sue = site.browser("sue")
    assert sue.post("/api/flows/check", {"toml": FLOW}).document == {"name": "ask", "complaints": []}
    wrong = sue.post("/api/flows/check", {"toml": FLOW.replace('"menu"\n\n', '"nowhere"\n\n')}).document
    assert [each["line"] for each in wrong["complaints"]] != []
    assert sue.ask("PUT", "/api/flows/ask", FLOW.encode(), Content_Type="application/toml").status == 200
    drawn = sue.get("/api/flows/ask/draw").document
    assert "menu" in drawn["mermaid"]
    assert sue.post("/api/flows/draw", {"toml": FLOW}).document == drawn
    assert sue.get("/api/flow-schema").document["$schema"].startswith("https://json-schema.org/")
    steps = 'name = "s"\n[[step]]\nname = "call"\nchannel = "voice"\n'
    assert sue.post("/api/strategies/check", {"toml": steps}).document["complaints"] == []
