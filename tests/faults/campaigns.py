"""How a drawn campaign comes to be: agents and their queue, a flow, a strategy, the list, and the run.

Not here: what is drawn (drawn.py).
"""

from __future__ import annotations

import tomllib
from typing import TYPE_CHECKING, Any

from dialerd.domain.campaign import CampaignSpec, read_campaign
from dialerd.domain.dispositionset import read_disposition_set
from dialerd.domain.flow import read_flow
from dialerd.domain.strategy import read_strategy
from dialerd.domain.words import AgentKind, Channel, ContactId
from dialerd.ports import Unit
from dialerd.simulate.clock import SeededDice
from dialerd.simulate.routes import SimulatedRoute
from dialerd.usecases import dispositions, flows, runs, strategies
from tests.faults.drawn import Drawn
from tests.simulation.callcenter import agent_campaign, poke, queue, staff
from tests.simulation.office import TRUNKS
from tests.simulation.test_agents import TEAM
from tests.simulation.world import campaign

if TYPE_CHECKING:
    from tests.faults.house import House

_FLOW = """
name = "survey"
start = "menu"
attributes = ["link"]

[node.menu]
do = "menu"
say = ["hello", "choose"]
keys = { 1 = "accept", 2 = "agent", 3 = "voice", 4 = "link", 5 = "later", 9 = "optout" }
answer = "choice"
tries = 2
timeout_s = 4
on_timeout = "bye"

[node.accept]
do = "set"
attributes = { renewal = "yes, by {{ choice }}" }
disposition = "accepted"
next = "thanks"

[node.thanks]
do = "play"
say = "thanks"
next = "bye"

[node.agent]
do = "transfer"
queue = "sales"
wait_s = 20
on_no_agent = "thanks"

[node.voice]
do = "record"
say = "speak"
silence_s = 2
answer = "said"
next = "thanks"
on_fail = "bye"

[node.link]
do = "sms"
text = "Here you are: {{ link }}"
answer = "why"
next = "thanks"
on_fail = "bye"

[node.later]
do = "callback"
in_min = 3
next = "thanks"
on_fail = "bye"

[node.optout]
do = "dnc"
next = "thanks"

[node.bye]
do = "hangup"
"""
_OUTCOMES = {"name": "outcomes", "disposition": [{"code": "accepted", "positive": True}]}
_STRATEGY: dict[str, Any] = {
    "name": "remind",
    "template": {"sorry": {"channel": "sms", "text": "Sorry to have missed you. CALL?"}},
    "step": [
        {"name": "tell", "rule": [{"on": ["no_answer", "busy"], "do": "agent", "after_min": 1}]},
        {
            "name": "talk",
            "channel": "agent",
            "rule": [{"on": ["no_answer", "busy"], "do": "go", "step": "text"}],
        },
        {"name": "text", "channel": "sms", "template": "sorry", "wait_min": 2},
    ],
}


async def begin(house: House) -> None:
    """Everything is there, the daemon too, and the campaign runs."""
    drawn = house.drawn
    names = TEAM[: drawn.agents]
    await house.add([person.ending for person in drawn.people])
    if names:
        await staff(house, queue(names, **drawn.queue))
    house.routes = {"smsc": SimulatedRoute("smsc", Channel.SMS, house.true, SeededDice(drawn.seed + 5))}
    await house.store.write(lambda unit: _furnish(unit, house))
    await house.start()
    await house.apply(house.spec)
    now = house.clock.now()
    await house.store.write(lambda unit: runs.run_campaign(unit, "c", trunks=TRUNKS, actor="test", now=now))
    poke(house)


def _furnish(unit: Unit, house: House) -> None:
    now, drawn = house.clock.now(), house.drawn
    for n in range(len(drawn.people)):
        unit.contacts.set_attributes(ContactId(n + 1), {"link": "https://example.com/7"})
    if drawn.agents and drawn.blended:
        last = TEAM[drawn.agents - 1]
        unit.agents.put(last, endpoint=f"PJSIP/{last}", kind=AgentKind.BLENDED, may_outbound=True, now=now)
    if drawn.mode == "flow":
        dispositions.apply_set(unit, read_disposition_set(_OUTCOMES, source="test"), actor="test", now=now)
        flows.apply_flow(unit, read_flow(tomllib.loads(_FLOW), source="test"), actor="test", now=now)
    if drawn.mode == "strategy":
        strategies.apply_strategy(unit, read_strategy(_STRATEGY, source="test"), actor="test", now=now)


def spec_of(drawn: Drawn) -> CampaignSpec:
    keys = dict(drawn.keys)
    match drawn.mode:
        case "agentless":
            return campaign(**keys)
        case "flow":
            table = campaign().as_table() | {"flow": "survey", "dispositions": "outcomes"} | keys
            del table["on_human"]
            return read_campaign(table, source="test")
        case "strategy":
            keys.pop("max_attempts")
            return campaign(**{"mode": "progressive", "queue": "sales", "strategy": "remind"} | keys)
        case mode:
            return agent_campaign(mode, **keys)
