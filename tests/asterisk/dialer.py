"""dialerd as its users have it: a settings file, the command line, a daemon process that can be killed.

Not here: the Asterisks (tests/lab).
"""

from __future__ import annotations

import csv
import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from tests.asterisk import forked
from tests.lab import Lab

_READY = "daemon_ready"
_COMMAND_S = 120.0  # no command that a test gives takes longer
ALL_DAY = '[hours]\ntimezone = "UTC"\nmon-sun = "00:00-24:00"\n'


class Dialer:
    """One home folder with dialerd.toml; `cli` runs a command, `start` a daemon."""

    def __init__(self, home: Path, config: str) -> None:
        self.home = home
        self.config = home / "dialerd.toml"
        self.config.write_text(config)
        self.process: forked.Forked | None = None
        self._log = home / "daemon.log"

    # The command line

    def run(self, *words: str) -> subprocess.CompletedProcess[str]:
        given = ["--config", str(self.config), *words]
        with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
            process = forked.begin(given, cwd=self.home, stdout=out, stderr=err)
            try:
                code = process.wait(_COMMAND_S)
            finally:
                process.kill()
            for each in (out, err):
                each.seek(0)
            return subprocess.CompletedProcess(given, code, out.read().decode(), err.read().decode())

    def run_anew(self, *words: str) -> subprocess.CompletedProcess[str]:
        """The same as a shell would start it, which takes a second of a core."""
        command = [sys.executable, "-m", "dialerd", "--config", str(self.config), *words]
        return subprocess.run(command, capture_output=True, text=True, check=False, cwd=self.home, timeout=_COMMAND_S)

    def cli(self, *words: str) -> str:
        done = self.run(*words)
        assert done.returncode == 0, f"dialerd {' '.join(words)}: {done.stderr}"
        return done.stdout

    def status(self, campaign: str) -> dict[str, Any]:
        found: dict[str, Any] = json.loads(self.cli("campaign", "status", campaign, "--json"))
        return found

    def export(self, campaign: str) -> list[dict[str, str]]:
        out = self.home / "out.csv"
        self.cli("campaign", "export", campaign, "--out", str(out))
        with out.open(newline="") as handle:
            return list(csv.DictReader(handle))

    def campaign(self, name: str, numbers: Iterable[str], **keys: object) -> None:
        """A list of those numbers and a campaign on it, not yet run: agentless, unless `mode` and `queue` are given."""
        if rows := list(numbers):
            (self.home / f"{name}.csv").write_text("\n".join(["phone", *rows]) + "\n")
            self.cli("list", "import", name, str(self.home / f"{name}.csv"))
        else:
            self.cli("list", "create", name)
        play = keys.pop("on_human", 'play = "/sounds/message"')
        given = {
            "name": name,
            "lists": [name],
            "trunk": "carrier",
            "caller_id": "+12125550100",
            "max_ring_s": 12,
            **keys,
        }
        lines = [f"{key} = {json.dumps(value)}" for key, value in given.items()]
        human = [] if "queue" in keys or "flow" in keys else ["[on_human]", str(play)]
        text = "\n".join([*lines, *human, ALL_DAY])
        (self.home / f"{name}.toml").write_text(text)
        self.cli("campaign", "apply", str(self.home / f"{name}.toml"))

    def staff(self, queue: str, agents: Iterable[str], *, log_in: bool = True, **keys: object) -> None:
        """A queue with those agents, named as their phones in the lab, and where so all of them asked to log in."""
        names = list(agents)
        given = {"name": queue, "agents": names, **keys}
        lines = [f"{key} = {json.dumps(value)}" for key, value in given.items()]
        for name in names:
            self.cli("agent", "add", name, "--endpoint", f"PJSIP/{name}")
        (self.home / f"{queue}.toml").write_text("\n".join(lines) + "\n")
        self.cli("queue", "apply", str(self.home / f"{queue}.toml"))
        for name in names if log_in else ():
            self.cli("agent", "login", name, "--no-wait")

    def agents(self) -> dict[str, str]:
        """The state of each."""
        return {row["agent"]: row["state"] for row in json.loads(self.cli("agent", "list", "--json"))}

    # The daemon

    def start(self, *, waits: bool = True) -> None:
        """Returns when it says that it is ready, as systemctl start does, or at once."""
        assert self.process is None, "one daemon at a time"
        before = self.log().count(_READY)
        with self._log.open("ab") as log:
            given = ["--config", str(self.config), "daemon", "run"]
            self.process = forked.begin(given, cwd=self.home, stdout=log, stderr=log)
        if waits:
            until(lambda: self.log().count(_READY) > before, limit_s=30, what="a ready daemon", every_s=0.05)

    def kill(self) -> None:
        """kill -9, as a power cut or the OOM killer would."""
        if self.process is not None:
            self.process.kill()
            self.process.wait()
            self.process = None

    def stop(self, *, limit_s: float = 90) -> int:
        """SIGTERM, and its exit code."""
        assert self.process is not None
        self.process.send_signal(signal.SIGTERM)
        code = self.process.wait(limit_s)
        self.process = None
        return code

    def log(self) -> str:
        return self._log.read_text("utf-8", "replace") if self._log.exists() else ""

    def show_log_if_asked(self) -> None:
        if os.environ.get("DIALERD_TEST_LOG"):
            print(self.log())


def nothing_left(lab: Lab) -> None:
    """Wait until no channel and no bridge is left on the pbx."""
    until(lambda: (lab.channels_up(), lab.bridges_up()) == (0, 0), limit_s=30, what="no channel and no bridge left")


def until(is_so: Callable[[], bool], *, limit_s: float, what: str, every_s: float = 0.2) -> None:
    """Wait for something that a real process or exchange does in its own time."""
    assert came(is_so, limit_s=limit_s, every_s=every_s), f"not within {limit_s:g} s: {what}"


def came(is_so: Callable[[], bool], *, limit_s: float, every_s: float = 0.2) -> bool:
    """The same where it may also not come: whether it has."""
    deadline = time.monotonic() + limit_s
    while not is_so():
        if time.monotonic() >= deadline:
            return False
        time.sleep(every_s)
    return True
