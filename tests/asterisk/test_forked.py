"""What is forked behaves as what a shell starts: words, folder, outputs, exit code, signals.

Not here: any Asterisk. These run with the unit tests.
"""

from __future__ import annotations

import signal
from pathlib import Path

from tests.asterisk.dialer import Dialer
from tests.cli.conftest import SETTINGS


def test_a_forked_command_says_and_returns_what_a_started_one_does(tmp_path: Path) -> None:
    dialer = Dialer(tmp_path, SETTINGS)
    for words, code in ((("list", "create", "a"), 0), (("list", "show", "b"), 1), (("nonsense",), 2)):
        forked = dialer.run(*words)
        assert forked.returncode == code, forked.stderr
    assert (tmp_path / "dialerd.db").exists(), "in the home folder"
    for words in (("list", "show", "a"), ("list", "show", "b")):
        forked, started = dialer.run(*words), dialer.run_anew(*words)
        assert (forked.returncode, forked.stdout, forked.stderr) == (
            started.returncode,
            started.stdout,
            started.stderr,
        )


def test_a_forked_daemon_obeys_signals_and_tells_how_it_ended(tmp_path: Path) -> None:
    dialer = Dialer(tmp_path, SETTINGS)
    for number, ends_with in ((signal.SIGTERM, 0), (signal.SIGKILL, -signal.SIGKILL)):
        dialer.start()
        assert dialer.process is not None
        dialer.process.send_signal(number)
        assert dialer.process.wait(30) == ends_with
        dialer.process.kill()  # nothing: it has ended
        dialer.process = None
