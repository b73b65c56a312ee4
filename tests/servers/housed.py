"""Processes of the lab's root, each started for one test and gone with it, and the folder they share.

Not here: which servers (kannel.py, mailserver.py), the root (tests/lab/rootfs.py).
"""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from tests.lab import rootfs

_PATIENCE_S = 30.0


class House:
    """A folder in the root, under another name outside it; what is started in it ends with `close`, or with us."""

    def __init__(self) -> None:
        self.root = rootfs.ensure()
        _sweep(self.root / "srv")
        self.folder = Path(tempfile.mkdtemp(dir=self.root / "srv", prefix=f"test{os.getpid()}-"))
        self.folder.chmod(0o755)
        self._running: list[subprocess.Popen[bytes]] = []

    def inside(self, name: str = "") -> str:
        """How a file of the folder is called inside the root."""
        return f"/{self.folder.relative_to(self.root)}/{name}".rstrip("/")

    def start(self, *command: str, log: str) -> subprocess.Popen[bytes]:
        """Start it in the foreground; what it says goes to that file. Should we be killed, the kernel ends it."""
        words = ["setpriv", "--pdeathsig", "KILL", "chroot", str(self.root), *command]
        with (self.folder / log).open("ab") as output:
            made = subprocess.Popen(words, stdin=subprocess.DEVNULL, stdout=output, stderr=output)
        self._running.append(made)
        return made

    def stop(self, process: subprocess.Popen[bytes], *, hard: bool = False) -> None:
        process.send_signal(signal.SIGKILL if hard else signal.SIGTERM)
        try:
            process.wait(_PATIENCE_S)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        self._running.remove(process)

    def run(self, *command: str) -> str:
        """Run it to its end. Raises AssertionError with what it said."""
        words = ["chroot", str(self.root), *command]
        done = subprocess.run(words, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False)
        assert done.returncode == 0, f"{' '.join(command)}: {done.stdout}{done.stderr}"
        return done.stdout

    def until(self, is_so: Callable[[], bool], what: str) -> None:
        """Wait for a fact. Raises AssertionError with the ends of all logs."""
        deadline = time.monotonic() + _PATIENCE_S
        while not is_so():
            assert time.monotonic() < deadline, f"{what} did not come about:\n{self.logs()}"
            time.sleep(0.02)

    def listens(self, port: int) -> bool:
        try:
            socket.create_connection(("127.0.0.1", port)).close()
        except OSError:
            return False
        return True

    def logs(self) -> str:
        found = sorted(self.folder.glob("*.log"))
        return "\n".join(f"{path.name}: {path.read_text('utf-8', 'replace')[-3000:]}" for path in found)

    def close(self) -> None:
        for process in reversed(self._running[:]):
            self.stop(process, hard=True)
        shutil.rmtree(self.folder, ignore_errors=True)


def _sweep(houses: Path) -> None:
    """What killed tests have left: Postfix, as it changes its user, loses the signal that would end it with them."""
    for folder in houses.glob("test*-*"):
        owner = folder.name.removeprefix("test").partition("-")[0]
        if not owner.isdigit() or Path(f"/proc/{owner}").exists():
            continue
        for process in Path("/proc").glob("[0-9]*"):
            with suppress(OSError):
                if f"/srv/{folder.name}/".encode() in (process / "cmdline").read_bytes():
                    os.kill(int(process.name), signal.SIGKILL)
        shutil.rmtree(folder, ignore_errors=True)
