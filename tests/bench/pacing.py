"""Predictive pacing against other rules: talk and abandoned people over a shift, by world and team.

Not here: the worlds (pacing_world.py), a shift (pacing_shift.py), the other rules (pacing_rivals.py, pacing_bound.py).

One line per world, team and rule, then one per world and team that says whether the goals are met, then one for all.
`talk` is the share of the agents' time, `of_bound` its share of the all-knowing bound's, `abandoned` that of live
answers.
"""

from __future__ import annotations

import os

os.environ.setdefault("OMP_NUM_THREADS", "1")
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # before numpy: the shifts share the cores already

import argparse
import json
import multiprocessing
import sys
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from statistics import fmean

from dialerd.domain.pacing import Pacer, PowerPacer, ProgressivePacer
from dialerd.domain.pacing.predictive import PredictivePacer
from tests.bench.pacing_bound import AllKnowingPacer
from tests.bench.pacing_rivals import IssabelPacer, VicidialPacer
from tests.bench.pacing_shift import TICK_S, Outcome, Shift
from tests.bench.pacing_world import OTHERS, SHIFT_S, WORLDS

CAP = 0.03
PREDICTIVE, BOUND = "predictive", "bound"
RULES: dict[str, Callable[[], Pacer]] = {
    PREDICTIVE: PredictivePacer,
    "predictive, no late cancel": lambda: PredictivePacer(late_cancel=False),
    "progressive": ProgressivePacer,
    "power 2": lambda: PowerPacer(ratio=2),
    "power 3": lambda: PowerPacer(ratio=3),
    "vicidial adaptive": VicidialPacer,
    "issabel": IssabelPacer,
    BOUND: AllKnowingPacer,
}
EXTRA = {"predictive, no late cancel"}
"""Played only when asked for."""

BIG_TEAM, BIG_TICK_S = 100, 1.0
"""So many agents are looked at half as often, by every rule: hardly anything changes but the time that it takes."""

GOALS = {20: 0.91, 100: 0.95, 500: 0.95}
"""Talk as a share of the bound's, by team."""


@dataclass(frozen=True, slots=True)
class Job:
    world: str
    agents: int
    rule: str
    seed: int
    length_s: float


def play(job: Job) -> tuple[Job, Outcome]:
    world = (WORLDS | OTHERS)[job.world]
    tick_s = TICK_S if job.agents < BIG_TEAM else BIG_TICK_S
    return job, Shift(
        world,
        job.agents,
        job.seed,
        RULES[job.rule](),
        length_s=job.length_s,
        tick_s=tick_s,
    ).play()


def figures(outcomes: Sequence[Outcome]) -> dict[str, float | int]:
    return {
        "seeds": len(outcomes),
        "talk": round(fmean(each.talk for each in outcomes), 4),
        "abandoned": round(fmean(each.share for each in outcomes), 5),
        "abandoned_worst_seed": round(max(each.share for each in outcomes), 5),
        "abandoned_worst_moment": round(max(each.worst for each in outcomes), 5),
        "cancelled_of_dialed": round(
            sum(each.cancelled for each in outcomes) / sum(each.dialed for each in outcomes),
            4,
        ),
        "decide_us": round(fmean(each.decide_us for each in outcomes)),
    }


def verdict(agents: int, found: dict[str, dict[str, float | int]]) -> dict[str, object]:
    """Of one world and team. Rivals that are over the cap in their mean are no rivals."""
    own = found[PREDICTIVE]
    rivals = {
        rule: each["talk"]
        for rule, each in found.items()
        if rule not in (PREDICTIVE, BOUND) and not rule.startswith(PREDICTIVE) and each["abandoned"] <= CAP
    }
    goal = GOALS.get(agents, 0.0)
    of_bound = own["talk"] / found[BOUND]["talk"]
    return {
        "of_bound": round(of_bound, 4),
        "best_rival": max(rivals, key=lambda rule: rivals[rule], default=None),
        "best_rival_talk": max(rivals.values(), default=None),
        "highest_talk": own["talk"] > max(rivals.values(), default=0.0),
        "under_cap_in_every_seed": own["abandoned_worst_seed"] <= CAP,
        "goal_of_bound": goal,
        "goal_met": of_bound >= goal,
    }


def main(arguments: Sequence[str] | None = None) -> int:
    read = argparse.ArgumentParser(
        prog="scripts/bench pacing",
        description=__doc__.split("\n")[0] if __doc__ else "",
    )
    read.add_argument("--seeds", type=int, default=12)
    read.add_argument("--teams", default="5,20,100,500", help="agents, like 5,20")
    read.add_argument("--worlds", default="the eight", help="names, or 'the eight', 'others', 'all'")
    read.add_argument(
        "--rules",
        default="",
        help=f"names, separated by ';'; always with {PREDICTIVE} and {BOUND}",
    )
    read.add_argument("--hours", type=float, default=SHIFT_S / 3600.0)
    read.add_argument("--processes", type=int, default=os.cpu_count())
    read.add_argument("--quick", action="store_true", help="2 seeds, teams of 5 and 20, four hours")
    asked = read.parse_args(arguments)
    if asked.quick:
        asked.seeds, asked.teams, asked.hours = 2, "5,20", 4.0
    named = {
        "the eight": list(WORLDS),
        "others": list(OTHERS),
        "all": [*WORLDS, *OTHERS],
    }
    worlds = named.get(asked.worlds) or asked.worlds.split(",")
    teams = [int(team) for team in asked.teams.split(",")]
    rules = [
        rule
        for rule in RULES
        if (rule in (PREDICTIVE, BOUND, *asked.rules.split(";")) if asked.rules else rule not in EXTRA)
    ]
    jobs = [
        Job(world, agents, rule, seed, asked.hours * 3600.0)
        for agents in sorted(teams, reverse=True)  # the long ones first
        for world in worlds
        for rule in rules
        for seed in range(asked.seeds)
    ]
    missing: dict[tuple[str, int], int] = defaultdict(lambda: len(rules) * asked.seeds)
    outcomes: dict[tuple[str, int], dict[str, list[Outcome]]] = defaultdict(lambda: defaultdict(list))
    verdicts: list[dict[str, object]] = []
    with multiprocessing.get_context("spawn").Pool(asked.processes) as pool:
        for job, outcome in pool.imap(play, jobs, chunksize=1):
            cell = (job.world, job.agents)
            outcomes[cell][job.rule].append(outcome)
            missing[cell] -= 1
            if missing[cell]:
                continue
            found = {rule: figures(each) for rule, each in outcomes.pop(cell).items()}
            place = {"bench": "pacing", "world": job.world, "agents": job.agents}
            for rule, each in found.items():
                of_bound = round(each["talk"] / found[BOUND]["talk"], 4)
                print(
                    json.dumps(place | {"rule": rule, "of_bound": of_bound} | each),
                    flush=True,
                )
            verdicts.append(verdict(job.agents, found))
            print(json.dumps(place | {"verdict": True} | verdicts[-1]), flush=True)
    wanted = ("highest_talk", "under_cap_in_every_seed", "goal_met")
    met = {want: sum(bool(each[want]) for each in verdicts) for want in wanted}
    print(json.dumps({"bench": "pacing", "summary": True, "cells": len(verdicts)} | met))
    return 0 if all(count == len(verdicts) for count in met.values()) else 1


if __name__ == "__main__":
    sys.exit(main())
