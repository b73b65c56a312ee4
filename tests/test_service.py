"""dialerd as a service: what its unit may do, what installing leaves, and the daemon's talk with systemd."""

from __future__ import annotations

import os
import re
import shutil
import signal
import socket
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from dialerd.settings import read_settings
from tests.cli.conftest import SETTINGS, Terminal
from tests.freeport import free_port

REPO = Path(__file__).parents[1]
UNIT = REPO / "systemd" / "dialerd.service"
MOST_EXPOSED = 1.5


def keys(unit: str) -> dict[str, str]:
    return dict(line.split("=", 1) for line in unit.splitlines() if re.match(r"[A-Za-z]+=", line))


def test_the_unit_can_do_little_to_the_machine() -> None:
    said = keys(UNIT.read_text())
    assert said["Type"] == "notify"
    assert int(said["WatchdogSec"]) > 10 + 2, "what hangs has its time to answer first"
    assert {said[key] for key in ("StateDirectory", "RuntimeDirectory", "ConfigurationDirectory")} == {"dialerd"}
    assert said["LoadCredential"] == "dialerd:/etc/dialerd/credentials"
    analyzer = shutil.which("systemd-analyze")
    if analyzer is None:  # as in a container; what it would judge stands above and in the unit
        assert said["CapabilityBoundingSet"] == ""
        return
    judged = subprocess.run(
        [analyzer, "security", "--offline=true", "--no-pager", str(UNIT)], capture_output=True, text=True, check=True
    )
    exposure = re.search(r"Overall exposure level for dialerd.service: ([0-9.]+)", judged.stdout)
    assert exposure is not None, judged.stdout
    assert float(exposure[1]) <= MOST_EXPOSED


def install(root: Path, *words: str) -> str:
    given = [str(REPO / "systemd" / "install"), "--root", str(root), "--program", "/usr/bin/dialerd", *words]
    return subprocess.run(given, capture_output=True, text=True, check=True).stdout


def tree(root: Path) -> dict[str, tuple[int, int, bytes]]:
    """What is there, without the tables of users that systemd-sysusers keeps."""
    return {
        str(path.relative_to(root)): (
            path.stat().st_mode,
            path.stat().st_mtime_ns,
            path.read_bytes() if path.is_file() else b"",
        )
        for path in sorted(root.rglob("*"))
        if path.parent != root / "etc" or path.is_dir()
    }


def test_installing_twice_changes_nothing_the_second_time_and_uninstalling_leaves_nothing(tmp_path: Path) -> None:
    (tmp_path / "etc").mkdir()
    empty = {path for path, (_, _, text) in tree(tmp_path).items() if text}
    assert "Next:" in install(tmp_path)
    first = tree(tmp_path)
    assert "ExecStart=/usr/bin/dialerd --config" in (tmp_path / "etc/systemd/system/dialerd.service").read_text()
    assert (tmp_path / "etc/dialerd/dialerd.toml").stat().st_mode & 0o777 == 0o640
    assert (tmp_path / "etc/dialerd/credentials").stat().st_mode & 0o777 == 0o700
    assert "exec /usr/bin/dialerd" in (tmp_path / "usr/local/bin/dialerd").read_text()
    assert "nothing had to be changed" in install(tmp_path)
    assert tree(tmp_path) == first
    install(tmp_path, "--uninstall")
    assert {path for path, (_, _, text) in tree(tmp_path).items() if text} == empty
    assert not (tmp_path / "etc/dialerd").exists()
    assert "nothing had to be changed" in install(tmp_path, "--uninstall")


def test_uninstalling_keeps_what_became_somebodys_and_purging_does_not(tmp_path: Path) -> None:
    (tmp_path / "etc").mkdir()
    install(tmp_path)
    config, database = tmp_path / "etc/dialerd/dialerd.toml", tmp_path / "var/lib/dialerd/dialerd.db"
    config.write_text(config.read_text() + "# ours\n")
    database.write_text("rows")
    (tmp_path / "etc/dialerd/credentials/ari").write_text("secret")
    edited = tmp_path / "etc/systemd/system/dialerd.service.d/override.conf"
    edited.parent.mkdir()
    edited.write_text("[Service]\nReadWritePaths=/srv\n")
    install(tmp_path)
    assert config.read_text().endswith("# ours\n"), "settings are never overwritten"
    said = install(tmp_path, "--uninstall")
    assert "kept: " in said
    assert config.exists() and database.exists() and edited.exists()
    assert not (tmp_path / "etc/systemd/system/dialerd.service").exists()
    install(tmp_path, "--uninstall", "--purge")
    assert not config.exists() and not database.exists() and not edited.parent.exists()
    assert not (tmp_path / "etc/dialerd").exists()


def test_the_sample_settings_can_be_used() -> None:
    settings = read_settings(REPO / "systemd" / "dialerd.toml")
    assert settings.database.running == Path("/run/dialerd/dialerd.db")


def heard(ear: socket.socket, *, until: str) -> list[str]:
    """What systemd is told, up to a message that begins so; watchdog messages once."""
    said: list[str] = []
    while not said or not said[-1].startswith(until):
        word = ear.recv(1000).decode()
        if word not in said:
            said.append(word)
    return said


@pytest.mark.takes(6)
def test_a_daemon_tells_systemd_how_it_is_and_takes_what_can_change_while_it_runs(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    config = tmp_path / "dialerd.toml"
    (tmp_path / "run").mkdir()
    text = SETTINGS.replace('path = "dialerd.db"', 'path = "dialerd.db"\nrun = "run"') + (
        f'[http]\nlisten = "127.0.0.1:{free_port()}"\n[agi]\nlisten = "127.0.0.1:{free_port()}"\n'
    )
    config.write_text(text)
    command = [sys.executable, "-m", "dialerd", "--config", str(config)]

    terminal = Terminal(tmp_path, capsys)

    with closing(socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)) as ear:
        ear.settimeout(60)
        ear.bind(str(tmp_path / "notify"))
        told = {**os.environ, "NOTIFY_SOCKET": str(tmp_path / "notify"), "WATCHDOG_USEC": "30000000"}
        with (tmp_path / "log").open("wb") as log:
            daemon = subprocess.Popen([*command, "daemon", "run"], env=told, stderr=log)
        try:
            assert heard(ear, until="WATCHDOG=1")[0] == "READY=1\nSTATUS=dialing"
            assert (tmp_path / "run/dialerd.db.sock").exists()
            config.write_text(text.replace("max_channels = 10", "max_channels = 12") + "[engine]\nmin_ring_s = 9.0\n")
            assert terminal.ok("config", "check", "--json").document["daemon"] == {
                "reload": ["trunk.carrier.max_channels"],
                "restart": ["engine.min_ring_s"],
            }
            assert terminal.ok("daemon", "reload", "--json").document == {
                "reloaded": ["trunk.carrier.max_channels"],
                "needs_restart": ["engine.min_ring_s"],
            }
            assert heard(ear, until="STATUS=")[-1] == (
                "STATUS=dialing, settings reloaded; a restart is needed for engine.min_ring_s"
            )
            config.write_text("[nonsense]\n")
            assert terminal.type("daemon", "reload").code == 2, "and nobody was told"
            daemon.send_signal(signal.SIGHUP)
            assert "not reloaded" in heard(ear, until="STATUS=settings")[-1]
            daemon.send_signal(signal.SIGTERM)
            stopping = heard(ear, until="STOPPING=1")[-1]
            assert stopping == f"STOPPING=1\nEXTEND_TIMEOUT_USEC={(60 + 15 + 60) * 1_000_000}"
            assert daemon.wait(60) == 0
        finally:
            daemon.kill()
            daemon.wait()
    assert list((tmp_path / "run").iterdir()) == [], "nothing of a daemon that has ended"
    assert "secret" not in (tmp_path / "log").read_text()


_STARTING = """
import os, signal, sys
from pathlib import Path
from dialerd import bootstrap, daemon
from dialerd.settings import read_settings
def begun(settings):
    os.kill(os.getpid(), signal.SIGHUP)
    sys.exit(7)
bootstrap.only_daemon = begun
path = Path(sys.argv[1])
daemon.run(path, read_settings(path))
"""


def test_a_reload_that_is_asked_for_while_the_daemon_starts_does_not_end_it(tmp_path: Path) -> None:
    config = tmp_path / "dialerd.toml"
    config.write_text(SETTINGS)
    done = subprocess.run([sys.executable, "-c", _STARTING, str(config)], capture_output=True, check=False)
    assert done.returncode == 7, done.stderr
