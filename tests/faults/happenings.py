"""What happens in a fault run, one kind each: something breaks, or somebody asks for something.

Not here: what is drawn (drawn.py), what must hold of it (referee.py).
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta
from typing import Any

from dialerd.domain.errors import DialerdError
from dialerd.usecases import dnc, runs
from tests.faults.drawn import Happening
from tests.faults.house import House
from tests.faults.life import Life
from tests.numbers import number
from tests.simulation.callcenter import ask, log_in, poke, queue
from tests.simulation.test_agents import TEAM
from tests.simulation.test_callbacks import Desk
from tests.simulation.test_steering import steer

_FAR_S, _NEAR_S = 600.0, 20.0


async def happen(house: House, each: Happening) -> None:
    """Let it happen now; what is refused is refused, also for want of a disk."""
    if each.kind in _BREAKS:
        _BREAKS[each.kind](house, each)
        return
    with suppress(DialerdError):
        await _asked(house, each)


def _vanish(house: House, each: Happening) -> None:
    legs = list(house.exchange.legs_up)
    if legs:
        house.exchange.vanish(legs[int(each.by * len(legs))])


def _doom(house: House, each: Happening) -> None:
    house.away_s = each.lasts_s
    if house.life is not None:
        house.life.doom(1 + int(each.by * 60), does_the_last=int(each.by * 1000) % 2 == 0)


def _doom_by_steps(house: House, each: Happening) -> None:
    house.away_s = each.lasts_s
    if house.life is not None:
        count_steps(house.life, 1 + int(each.by * 400))


def count_steps(life: Life, steps: int) -> None:
    """Kill it as the loop is given the so-manieth thing to do from now."""
    loop: Any = asyncio.get_running_loop()
    left = steps

    def counting(callback: Callable[..., object], *args: Any, context: Any = None) -> Any:
        nonlocal left
        left -= 1
        if left <= 0:
            del loop.call_soon
            life.kill()
        return type(loop).call_soon(loop, callback, *args, context=context)

    loop.call_soon = counting


def _stop(house: House, each: Happening) -> None:
    if house.life is not None:
        house.life.stop(each.lasts_s)


def _until(what: str) -> Callable[[House, Happening], None]:
    def begins(house: House, each: Happening) -> None:
        owner: Any = {"storm": house.people, "away": house.phones}.get(what, house.store)
        setattr(owner, what, max(getattr(owner, what), house.true.steady() + each.lasts_s))

    return begins


_BREAKS: dict[str, Callable[[House, Happening], None]] = {
    "cut": lambda house, each: house.exchange.cut(each.lasts_s),
    "restart": lambda house, each: house.exchange.restart(each.lasts_s),
    "refuse": lambda house, each: house.exchange.refuse_originates(each.lasts_s),
    "storm": _until("storm"),
    "vanish": _vanish,
    "unreachable": _until("away"),
    "kill": lambda house, each: house.kill(each.lasts_s),
    "doom": _doom,
    "doom by steps": _doom_by_steps,
    "terminate": lambda house, each: house.terminate(2 * each.lasts_s),
    "stop": _stop,
    "full": _until("full"),
    "locked": _until("locked"),
    "unreadable": _until("unreadable"),
    "jump": lambda house, each: house.clock.jump((2 * each.by - 1) * (_FAR_S if int(each.by * 1000) % 2 else _NEAR_S)),
}


async def _asked(house: House, each: Happening) -> None:
    drawn, now = house.drawn, house.clock.now()
    agent = TEAM[int(each.by * drawn.agents)] if drawn.agents else ""
    person = int(each.by * len(drawn.people))
    match each.kind:
        case "caller":
            house.exchange.call_in("sales", patience_s=20, talk_s=2 + 10 * each.by)
        case "callback":
            at = now + timedelta(seconds=180 * each.by)
            await Desk(house).add(person + 1, at, agent=agent if person % 2 and agent else None)
        case "dnc":
            given = [number(person, drawn.people[person].ending)]
            await house.store.write(
                lambda unit: dnc.add_to_dnc(unit, given, region="US", source="", expires_at=None, actor="test", now=now)
            )
        case "hold run":
            await house.store.write(lambda unit: runs.pause_run(unit, "c", actor="test", now=now))
        case "resume run":
            await house.store.write(lambda unit: runs.resume_run(unit, "c", actor="test", now=now))
        case _ if not agent:
            return
        case "pause" | "ready":
            await ask(house, agent, each.kind)
        case "leave":
            await ask(house, agent, "logout")
        case "hang up":
            await ask(house, agent, "hang_up")
        case "hold" | "resume" | "listen":
            await steer(house, each.kind, agent)
        case "pass on":
            to = {"queue": "sales"} if person % 2 else {"agent": TEAM[0]}
            await steer(house, "to", agent, **to)
        case "legs":
            other = "on_demand" if drawn.queue["legs"] == "kept" else "kept"
            spec = queue(TEAM[: drawn.agents], **{**drawn.queue, "legs": other})
            await house.store.write(lambda unit: unit.queues.put(spec, now))
    poke(house)


async def bring_back(house: House) -> None:
    """A supervisor has whoever was given up come back, and the run go on."""
    now = house.clock.now()
    for name in TEAM[: house.drawn.agents]:
        with suppress(DialerdError):
            await log_in(house, name)
        with suppress(DialerdError):
            await ask(house, name, "ready")
    with suppress(DialerdError):
        await house.store.write(lambda unit: runs.resume_run(unit, "c", actor="test", now=now))
    poke(house)
