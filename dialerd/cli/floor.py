"""`dialerd floor`: who does what at this moment; and what an agent's own page shows.

Not here: the figures (usecases/floor.py, usecases/agentpage.py), steering a call (steer.py).
"""

from __future__ import annotations

import dataclasses

import click
from rich.console import Group

from dialerd import bootstrap
from dialerd.cli.agent import agent
from dialerd.cli.context import Context, facts_table, simple_table, with_json
from dialerd.usecases import agentpage
from dialerd.usecases.floor import Floor, FloorAgent
from dialerd.usecases.floor import floor as look


@click.command()
@with_json
@click.pass_obj
def floor(context: Context) -> None:
    """Show the agents, the calls that are up, and who waits for whom."""
    with context.unit() as unit:
        found = look(unit, now=bootstrap.now())
    context.show(dataclasses.asdict(found), lambda: _picture(found))


def _picture(found: Floor) -> Group:
    agents = simple_table(
        ("agent", "state", "for s", "campaign", "why", "prefers", "call"),
        (
            [a.agent, a.state, round(a.in_state_s), a.campaign, a.reason or a.why, a.preferred, _call(a)]
            for a in found.agents
        ),
    )
    queues = simple_table(
        ("queue", "agents", "waiting", "longest s"),
        ([q.queue, q.agents, q.waiting, round(q.longest_wait_s)] for q in found.queues),
    )
    calls = simple_table(
        ("call", "campaign", "contact", "phase", "since", "agent", "trunk"),
        ([c.attempt_id, c.campaign, c.contact_id, c.phase, c.since, c.agent, c.trunk] for c in found.calls),
    )
    return Group(agents, "", queues, "", calls)


def _call(agent: FloorAgent) -> str:
    said = [agent.talks_with or "", "muted" if agent.is_muted else "", "on hold" if agent.is_holding else ""]
    said += [f"asks {agent.consults}"] if agent.consults else []
    said += [f"{each['who']} {each['mode']}s" for each in agent.listeners]
    return ", ".join(each for each in said if each)


@agent.command("page")
@click.argument("name")
@with_json
@click.pass_obj
def show_page(context: Context, name: str) -> None:
    """Show what an agent's own page shows: its call with script and notes, its jobs, its callbacks, why it waits."""
    with context.unit() as unit:
        found = agentpage.page(unit, name, now=bootstrap.now())
    document = dataclasses.asdict(found)
    context.show(document, lambda: facts_table(document))
