"""The command line in a process of its own, forked from one that has loaded it: 20 ms of a core instead of 800.

Not here: what is run (dialer.py). Tests ask for a status some times a second: loading Python and dialerd for each look
took both cores of a machine, which made what is timed on the real Asterisk late.
"""

from __future__ import annotations

import atexit
import json
import os
import signal
import socket
import subprocess
import sys
from contextlib import suppress
from functools import cache
from pathlib import Path
from typing import IO

_REPO = Path(__file__).parents[2]
_REQUEST = 1 << 16  # bytes: a command line


class Forked:
    """One command line that runs, or has. Its parent is not this process, so that its end is told, not waited for."""

    def __init__(self, reports: socket.socket) -> None:
        self._reports = reports
        self.pid = int(self._told(None))
        self._code: int | None = None

    def wait(self, limit_s: float | None = None) -> int:
        """Its exit code; of one that a signal has ended, minus the signal. Raises TimeoutError."""
        if self._code is None:
            self._code = int(self._told(limit_s))
            self._reports.close()
        return self._code

    def send_signal(self, number: signal.Signals) -> None:
        """One that has ended gets none."""
        if self._code is None:
            with suppress(TimeoutError):
                self.wait(0)
        if self._code is None:
            os.kill(self.pid, number)

    def kill(self) -> None:
        self.send_signal(signal.SIGKILL)

    def _told(self, limit_s: float | None) -> str:
        self._reports.settimeout(limit_s)
        try:
            said = self._reports.recv(64).decode()
        except BlockingIOError as error:
            raise TimeoutError from error
        assert said, "the process that has dialerd loaded is gone"
        return said


def begin(words: list[str], *, cwd: Path, stdout: IO[bytes], stderr: IO[bytes]) -> Forked:
    """Start `dialerd WORDS` in that folder."""
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    with theirs:
        request = json.dumps({"words": words, "cwd": str(cwd)}).encode()
        assert len(request) < _REQUEST, "too long a command line for this"
        socket.send_fds(_loaded(), [request], [theirs.fileno(), stdout.fileno(), stderr.fileno()])
    return Forked(ours)


@cache
def _loaded() -> socket.socket:
    """To the process that has dialerd loaded; it ends when this one does."""
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    with theirs:
        command = [sys.executable, "-m", __name__, str(theirs.fileno())]
        process = subprocess.Popen(command, cwd=_REPO, stdin=subprocess.DEVNULL, pass_fds=[theirs.fileno()])

    def close() -> None:
        ours.close()
        process.wait(10)

    atexit.register(close)
    return ours


# In the other process


def _serve(requests: socket.socket) -> list[str]:
    """Fork for each request. Returns the words of one, in the process that is to run them."""
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    while True:
        request, given, _, _ = socket.recv_fds(requests, _REQUEST, 3)
        if not request:
            os._exit(0)  # the tests are over
        if os.fork() == 0:
            return _run(requests, json.loads(request), given)
        for each in given:
            os.close(each)


def _run(requests: socket.socket, request: dict[str, object], given: list[int]) -> list[str]:
    """Fork once more: this process waits for that one, and tells its number and its end."""
    requests.close()
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    (reports, *outputs) = given
    if number := os.fork():
        for each in outputs:
            os.close(each)
        with socket.socket(fileno=reports) as told:
            told.send(str(number).encode())
            told.send(str(os.waitstatus_to_exitcode(os.waitpid(number, 0)[1])).encode())
        os._exit(0)
    os.close(reports)
    for target, output in enumerate(outputs, 1):
        os.dup2(output, target)
        os.close(output)
    os.chdir(str(request["cwd"]))
    words = request["words"]
    assert isinstance(words, list)
    return words


if __name__ == "__main__":
    import gc

    from dialerd.cli import daemon as _loaded_late  # noqa: F401
    from dialerd.cli.main import main

    gc.freeze()  # or each collection of a fork would copy what they all share
    asked = _serve(socket.socket(fileno=int(sys.argv[1])))
    sys.argv = ["dialerd", *asked]
    try:
        main(asked)
    except SystemExit as ended:
        sys.stdout.flush()
        sys.stderr.flush()
        if isinstance(ended.code, int) and "daemon" not in asked:
            os._exit(ended.code)  # taking down what was loaded would take longer than what was asked
        raise
