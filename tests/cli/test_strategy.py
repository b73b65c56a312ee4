"""`dialerd strategy` as a person types it."""

from __future__ import annotations

import tomllib

from dialerd.domain.strategy import read_strategy
from tests.cli.conftest import CAMPAIGN, Terminal
from tests.domain.strategy.test_check import GOOD


def test_a_strategy_is_checked_kept_shown_drawn_used_and_deleted(terminal: Terminal) -> None:
    terminal.ready()
    file = terminal.write("remind.toml", GOOD)
    assert "nothing is wrong" in terminal.ok("strategy", "check", file).out
    assert "would be kept" in terminal.ok("strategy", "apply", file, "--dry-run").out
    assert terminal.ok("strategy", "list", "--json").document == []
    assert "is kept, with 2 steps" in terminal.ok("strategy", "apply", file).out
    assert "is so already" in terminal.ok("strategy", "apply", file).out
    kept = tomllib.loads(terminal.ok("strategy", "show", "remind").out)
    assert read_strategy(kept, source="shown") == read_strategy(tomllib.loads(GOOD), source="given")
    assert "digraph" in terminal.ok("strategy", "draw", "remind").out
    assert terminal.ok("strategy", "draw", file, "--mermaid").out.startswith("flowchart")
    uses = terminal.write("uses.toml", CAMPAIGN + 'strategy = "remind"\n')
    terminal.ok("campaign", "apply", uses)
    assert terminal.ok("strategy", "list", "--json").document[0]["campaigns"] == ["spring"]
    said = terminal.type("strategy", "delete", "remind", "--yes")
    assert (said.code, "used by campaign spring" in said.err) == (1, True)
    terminal.ok("campaign", "delete", "spring", "--yes")
    assert "deleted" in terminal.ok("strategy", "delete", "remind", "--yes").out


def test_what_is_wrong_is_told_with_file_and_line_and_nothing_is_kept(terminal: Terminal) -> None:
    terminal.ready()
    file = terminal.write("remind.toml", GOOD.replace('do = "sms"', 'do = "email"'))
    said = terminal.type("strategy", "check", file, "--json")
    assert said.code == 1
    assert [each["line"] for each in said.document["complaints"]] == [14, 17]
    said = terminal.type("strategy", "apply", file)
    assert (said.code, said.err.count("\n")) == (1, 1)
    assert f"{file}:14: step call: there is no step of channel email" in said.err
    assert terminal.ok("strategy", "list", "--json").document == []


def test_a_campaign_cannot_go_by_a_strategy_that_it_lacks_something_for(terminal: Terminal) -> None:
    terminal.ready()
    terminal.ok("strategy", "apply", terminal.write("remind.toml", GOOD))
    without = CAMPAIGN.replace('trunk = "carrier"\ncaller_id = "+12125550100"\n', "") + 'strategy = "remind"\n'
    said = terminal.type("campaign", "apply", terminal.write("without.toml", without))
    assert (said.code, "has no trunk and no caller_id" in said.err) == (1, True)
    said = terminal.type("campaign", "apply", terminal.write("other.toml", CAMPAIGN + 'strategy = "nowhere"\n'))
    assert (said.code, "there is no strategy nowhere" in said.err) == (1, True)
    rule = GOOD.replace('on = "no_answer"\ndo = "sms"', 'on = ["no_answer", "sold"]\ndo = "sms"')
    terminal.ok("strategy", "apply", terminal.write("remind.toml", rule))
    said = terminal.type("campaign", "apply", terminal.write("uses.toml", CAMPAIGN + 'strategy = "remind"\n'))
    assert (said.code, "a rule for sold" in said.err) == (1, True)
