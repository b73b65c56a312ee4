"""What the README shows of flows and strategies, typed as a new user types it, in the order in which it is needed."""

from __future__ import annotations

import re
import tomllib

from tests.cli.conftest import Terminal
from tests.test_docs import BLOCKS, README


def block(name: str) -> str:
    """The file of the README whose name is that."""
    return next(each for each in BLOCKS if tomllib.loads(each).get("name") == name)


def test_the_flow_and_the_strategy_of_the_readme_are_applied_and_a_campaign_goes_by_them(terminal: Terminal) -> None:
    sets = [each for each in BLOCKS if "[[disposition]]" in each]
    queues = [each for each in BLOCKS if each.startswith('name = "sales"') and "agents" in each]
    for command in re.findall(r"^dialerd (agent add .*)$", README, re.M):
        terminal.ok(*command.split())
    terminal.ok("queue", "apply", terminal.write("queue.toml", queues[0]))
    terminal.ok("disposition", "apply", terminal.write("sales.toml", sets[0]))
    terminal.ok("list", "import", "me", terminal.write("customers.csv", CUSTOMERS))
    for name in ("renewal", "ask", "pay-by-phone"):
        file = terminal.write(f"{name}.toml", block(name))
        assert "nothing is wrong" in terminal.ok("flow", "check", file).out
        assert terminal.ok("flow", "draw", file).out.startswith("digraph")
    for name in ("renewal", "ask"):
        terminal.ok("flow", "apply", str(terminal.home / f"{name}.toml"))
    remind = terminal.write("remind.toml", block("remind"))
    terminal.ok("strategy", "check", remind)
    assert terminal.ok("strategy", "draw", remind).out.startswith("digraph")
    terminal.ok("strategy", "apply", remind)
    keys = block("reminder").replace('[on_human]\nplay = "hello-world"', "#").replace("[[retry]]", "[[no_retry]]")
    keys = keys[: keys.index("[[no_retry]]")]
    with_flow = f'flow = "renewal"\ndispositions = "sales"\n{keys}'
    assert "warning" not in terminal.ok("campaign", "apply", terminal.write("reminder.toml", with_flow)).err
    with_strategy = f'flow = "ask"\nstrategy = "remind"\ndispositions = "sales"\n{keys}'
    terminal.ok("campaign", "apply", terminal.write("reminder.toml", with_strategy))
    without = terminal.type("campaign", "apply", terminal.write("a.toml", f'flow = "renewal"\n{keys}'))
    assert without.code == 1
    assert "accepted" in without.err


CUSTOMERS = "number,First name,Plan ends on\n2122660001,Ann,2026-12-24\n"
