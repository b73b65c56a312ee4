"""Checking and drawing flows and strategies: one shape, whichever way and of whichever it is asked."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.conftest import Terminal
from tests.domain.flow.samples import RENEWAL
from tests.domain.strategy.test_check import GOOD
from tests.web.site import Site


@pytest.mark.parametrize(
    ("noun", "path", "name", "good", "bad"),
    [
        ("flow", "flows", "renewal", RENEWAL, RENEWAL.replace('next = "menu"', 'next = "meun"')),
        ("strategy", "strategies", "remind", GOOD, GOOD.replace('do = "sms"', 'do = "email"')),
    ],
)
def test_the_command_line_and_http_answer_alike_for_flows_and_strategies(
    site: Site, tmp_path: Path, capsys: pytest.CaptureFixture[str], noun: str, path: str, name: str, good: str, bad: str
) -> None:
    sue, terminal = site.browser("sue"), Terminal(tmp_path, capsys)
    for text, lines in ((good, 0), (bad, 1), ("x = ", 1)):
        said = terminal.type(noun, "check", terminal.write("draft.toml", text), "--json")
        document = said.document
        assert document == sue.post(f"/api/{path}/check", {"toml": text}).document
        assert sorted(document) == ["complaints", "name"]
        assert (said.code, len(document["complaints"]) >= lines) == (min(lines, 1), True)
        assert all(sorted(each) == ["complaint", "line"] for each in document["complaints"])
        assert document["name"] == (None if text == "x = " else name)
    drawn = terminal.ok(noun, "draw", terminal.write("draft.toml", good), "--json").document
    assert drawn == sue.post(f"/api/{path}/draw", {"toml": good}).document
    assert sorted(drawn) == ["dot", "mermaid"]
    refused = sue.post(f"/api/{path}/draw", {"toml": bad})
    assert (refused.status, "body.toml:" in refused.document["message"]) == (422, True)
    assert sue.get(f"/api/{path}/none/draw").status == 404
