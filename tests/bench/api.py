"""scripts/bench api: what live sockets cost the dialing, on the lab with the whole daemon.

One daemon dials one campaign without a pause; meanwhile 50 times a second somebody changes an agent. In turn nobody
listens, and 100 supervisors and 500 agents do: each round has a window of both kinds, in changing order, so that what
else the machine does falls on both. One JSON line per window and one for the whole: calls per second, and what the
daemon's process alone has used of a core (by /proc), of which the sockets' share is the difference.
Not here: the listeners (crowd.py), a process of their own, whose processor time is shown apart: in a call centre they
are other machines. Nor the lab (tests/lab).
"""

from __future__ import annotations

import argparse
import asyncio
import http.client
import json
import os
import subprocess
import sys
import tempfile
import threading
import time
from contextlib import closing
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from statistics import median
from typing import Any

from dialerd.adapters.sqlite import SqliteStore
from dialerd.domain.signin import ABSOLUTE
from dialerd.domain.user import Role
from dialerd.domain.words import AgentKind
from dialerd.ports import Unit
from dialerd.usecases import agents, users
from dialerd.usecases.signin import digest_of
from tests.asterisk.dialer import Dialer, until
from tests.bench.dial import cpu_of
from tests.lab import Lab
from tests.numbers import one_of_many

_BUSY = "02"
_SETTLED_S = 1.0
_CONNECTIONS = 16  # that changes come over: an answer takes its time where the processor is short


@dataclass
class House:
    """The daemon that is measured, and who is signed in there."""

    dialer: Dialer
    port: int
    supervisors: list[str] = field(default_factory=list)
    agents: list[str] = field(default_factory=list)

    @property
    def pid(self) -> int:
        assert self.dialer.process is not None
        return self.dialer.process.pid

    @property
    def cookies(self) -> list[str]:
        return [*self.supervisors, *self.agents]


def people(house: House, supervisors: int, agent_count: int) -> None:
    """Users with their sessions, straight into the store: 600 sign-ins would be half a minute of argon2."""
    by: dict[str, Any] = {"actor": "bench", "now": datetime.now(UTC)}

    def add(unit: Unit, name: str, role: Role, agent: str | None) -> str:
        user = users.create_user(unit, name, role=role, password_hash="none", agent=agent, queues=None, **by)
        unit.sessions.create(digest_of(name), user, now=by["now"], ends_at=by["now"] + ABSOLUTE)
        return name

    def fill(unit: Unit) -> None:
        for n in range(agent_count):
            name = f"agent{n}"
            phone: dict[str, Any] = {"endpoint": f"PJSIP/{name}", "kind": AgentKind.OUTBOUND, "may_outbound": True}
            agents.add_agent(unit, name, allowed=("PJSIP/*",), **phone, **by)
            house.agents.append(add(unit, name, Role.AGENT, name))
        house.supervisors.extend(add(unit, f"supervisor{n}", Role.SUPERVISOR, None) for n in range(supervisors + 1))

    async def write() -> None:
        store = SqliteStore.open(house.dialer.home / "bench.db")
        await store.write(fill)
        await store.close()

    asyncio.run(write())


class Asking:
    """A page of a supervisor's that asks now and then, over one connection. `cookie` is nobody else's."""

    def __init__(self, house: House, cookie: str) -> None:
        self._connection = http.client.HTTPConnection("127.0.0.1", house.port, timeout=60)
        self._headers = {"Cookie": f"dialerd_session={cookie}", "X-Dialerd-Request": "1"}

    def ask(self, method: str, path: str, document: object = None) -> Any:
        body = None if document is None else json.dumps(document)
        headers = self._headers | ({} if body is None else {"Content-Type": "application/json"})
        self._connection.request(method, path, body=body, headers=headers)
        answer = self._connection.getresponse()
        text = answer.read()
        assert answer.status < 300, (method, path, answer.status, text)
        return json.loads(text)

    def close(self) -> None:
        self._connection.close()


class Unrest:
    """Changes one agent after the other, `per_s` times a second over some connections, whoever listens."""

    def __init__(self, house: House, cookie: str, per_s: float) -> None:
        self._house, self._cookie, self._per_s = house, cookie, per_s
        self.count, self.is_over = 0, threading.Event()
        self._turn = threading.Lock()
        self._next = 0
        self._began = time.monotonic()
        self._threads = [threading.Thread(target=self._change, daemon=True) for _ in range(_CONNECTIONS)]

    def start(self) -> None:
        for each in self._threads:
            each.start()

    def end(self) -> None:
        self.is_over.set()
        for each in self._threads:
            each.join(10)

    def _change(self) -> None:
        with closing(Asking(self._house, self._cookie)) as asking:
            while not self.is_over.is_set():
                with self._turn:
                    index, self._next = self._next, self._next + 1
                turn, place = divmod(index, len(self._house.agents))
                self.is_over.wait(max(0.0, self._began + index / self._per_s - time.monotonic()))
                preferred = {"campaigns": [] if turn % 2 else ["bench"]}
                asking.ask("PUT", f"/api/agents/{self._house.agents[place]}/preferred", preferred)
                self.count += 1


class Crowd:
    """Everybody's sockets, in a process of their own; entered when each has heard its first message."""

    def __init__(self, house: House) -> None:
        self._house = house
        self.heard: dict[str, Any] = {}

    def __enter__(self) -> Crowd:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.bench.crowd"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        assert self._process.stdin is not None and self._process.stdout is not None
        given = {"port": self._house.port, "cookies": self._house.cookies[:-1]}
        began = time.monotonic()
        self._process.stdin.write(json.dumps(given) + "\n")
        self._process.stdin.flush()
        assert self._process.stdout.readline() == "open\n", "the sockets do not open"
        self._opened_in_s = round(time.monotonic() - began, 1)
        return self

    def __exit__(self, *_: object) -> None:
        self.heard = {"opened_in_s": self._opened_in_s, **json.loads(self._process.communicate(timeout=60)[0])}


def window(house: House, unrest: Unrest, lasts_s: float) -> dict[str, float]:
    time.sleep(_SETTLED_S)
    began, used = time.monotonic(), cpu_of(house.pid)
    calls, changes = _calls(house), unrest.count
    time.sleep(lasts_s)
    more, took_s = _calls(house) - calls, time.monotonic() - began
    cpu_s = cpu_of(house.pid) - used
    return {
        "calls_per_s": round(more / took_s, 1),
        "changes_per_s": round((unrest.count - changes) / took_s, 1),
        "daemon_cores": round(cpu_s / took_s, 3),
        "daemon_cpu_ms_per_call": round(cpu_s * 1000 / max(more, 1), 2),
    }


def _calls(house: House) -> int:
    with closing(Asking(house, house.supervisors[-1])) as asking:
        status = asking.ask("GET", "/api/campaigns/bench/status")
    assert status["state"] == "active", f"the campaign is {status['state']}: give it more --calls"
    return int(status["done"])


def play(house: House, *, rounds: int, lasts_s: float, changes_per_s: float) -> None:
    unrest = Unrest(house, house.supervisors[-1], changes_per_s)
    alone: list[dict[str, float]] = []
    heard: list[dict[str, float]] = []
    unrest.start()
    until(lambda: _calls(house) > 0, limit_s=60, what="calls")
    for turn in range(rounds):
        for with_sockets in (False, True) if turn % 2 == 0 else (True, False):
            shown: dict[str, Any] = {"bench": "api", "round": turn + 1, "sockets": 0}
            if with_sockets:
                with Crowd(house) as crowd:
                    figures = window(house, unrest, lasts_s)
                heard.append(figures)
                shown |= crowd.heard
            else:
                figures = window(house, unrest, lasts_s)
                alone.append(figures)
            print(json.dumps(shown | figures), flush=True)
    unrest.end()

    def of(windows: list[dict[str, float]], key: str) -> float:
        return median(each[key] for each in windows)

    ratios = [listened["calls_per_s"] / quiet["calls_per_s"] for listened, quiet in zip(heard, alone, strict=True)]
    whole = {
        "bench": "api",
        "rounds": rounds,
        "sockets": len(house.cookies) - 1,
        "calls_per_s": {"alone": of(alone, "calls_per_s"), "with_sockets": of(heard, "calls_per_s")},
        "ratio_of_medians": round(of(heard, "calls_per_s") / of(alone, "calls_per_s"), 3),
        "median_of_ratios": round(median(ratios), 3),
        "daemon_cores": {"alone": of(alone, "daemon_cores"), "with_sockets": of(heard, "daemon_cores")},
        "daemon_cpu_ms_per_call": {
            "alone": of(alone, "daemon_cpu_ms_per_call"),
            "with_sockets": of(heard, "daemon_cpu_ms_per_call"),
        },
    }
    print(json.dumps(whole), flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--supervisors", type=int, default=100)
    parser.add_argument("--agents", type=int, default=500)
    parser.add_argument("--changes", type=float, default=50.0, help="of agents, a second")
    parser.add_argument("--rounds", type=int, default=6)
    parser.add_argument("--seconds", type=float, default=10.0, help="of each window")
    parser.add_argument("--calls", type=int, default=60_000)
    parser.add_argument("--at-once", type=int, default=50)
    parser.add_argument("--rate", type=float, default=1000.0, help="of calls, a second; the default is no limit here")
    given = parser.parse_args()
    lab = Lab(f"bench{os.getpid()}")
    lab.up()
    try:
        with tempfile.TemporaryDirectory(prefix="dialerd-bench-") as folder:
            home = Path(folder)
            config = lab.dialerd_config(home / "bench.db").replace(
                "max_channels = 100", f"max_channels = {given.at_once}"
            )
            dialer = Dialer(home, config.replace("calls_per_second = 50.0", f"calls_per_second = {given.rate}"))
            numbers = [one_of_many(n, _BUSY) for n in range(given.calls)]
            pace = {"max_calls": given.at_once, "calls_per_second": given.rate, "amd": False, "max_attempts": 1}
            dialer.campaign("bench", numbers, on_human='context = "lab-ivr"\nextension = "end"', **pace)
            house = House(dialer, lab.port("web"))
            people(house, given.supervisors, given.agents)
            dialer.start()
            try:
                dialer.cli("campaign", "run", "bench")
                play(house, rounds=given.rounds, lasts_s=given.seconds, changes_per_s=given.changes)
            finally:
                dialer.kill()
    finally:
        lab.down()


if __name__ == "__main__":
    main()
