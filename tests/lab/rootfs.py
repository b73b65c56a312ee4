"""The root file system that the lab's servers run in: Debian's own packages in a folder, made once and kept.

Not here: the Asterisks themselves (instance.py), the servers for messages (tests/servers) and the sounds (audio.py).
Standard library only: the lab must run before anything is installed.
"""

from __future__ import annotations

import fcntl
import os
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

PACKAGES = ("asterisk", "asterisk-core-sounds-en-gsm", "espeak-ng", "sox", "libsox-fmt-all")
ADDED = ("kannel", "kannel-extras", "postfix", "dovecot-imapd")
"""Installed into a root that stands: one that was kept from an earlier version may lack any of them."""
SUITE = "sid"  # Debian 12 has no Asterisk


class LabError(Exception):
    """The lab cannot be made or started; the message says why and what to do."""


def say(text: str) -> None:
    print(f"lab: {text}", file=sys.stderr, flush=True)


def home() -> Path:
    """The folder of everything the lab keeps, outside any checkout."""
    given = os.environ.get("DIALERD_LAB_HOME")
    if given:
        return Path(given)
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "dialerd-lab"


@contextmanager
def locked(name: str) -> Iterator[None]:
    """Only one process at a time: two test runs must not make the same thing twice."""
    home().mkdir(parents=True, exist_ok=True)
    with (home() / f"{name}.lock").open("w") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield


def ensure() -> Path:
    """The root with all packages, made now or completed where it lacks some. Raises LabError."""
    root = home() / "root"
    with locked("root"):
        if not (root / "usr/sbin/asterisk").exists():
            _need_root_rights("making")
            _make(root)
        _prepare(root)
        if lacking := [name for name in ADDED if name not in _installed(root)]:
            _need_root_rights("completing")
            _add(root, lacking)
    return root


def _need_root_rights(doing: str) -> None:
    if os.geteuid() != 0:
        raise LabError(f"{doing} the lab's root needs root rights (chroot, device nodes): run it as root")


def _make(root: Path) -> None:
    started = time.monotonic()
    say(f"making a root with Debian's Asterisk in {root} (once, about half a minute)")
    _install_mmdebstrap()
    making = root.with_name("root.making")
    shutil.rmtree(making, ignore_errors=True)
    _run(
        "mmdebstrap",
        "--quiet",
        "--variant=apt",
        "--mode=root",
        f"--include={','.join(PACKAGES)}",
        '--aptopt=Apt::Install-Recommends "false"',
        '--aptopt=Acquire::Check-Valid-Until "false"',
        SUITE,
        str(making),
        mirror(),
    )
    making.rename(root)
    say(f"root made in {time.monotonic() - started:.0f} s")


def _add(root: Path, packages: list[str]) -> None:
    """Install into a root, whose servers may be running: nothing in it is started, stopped or removed."""
    started = time.monotonic()
    say(f"installing {' '.join(packages)} into {root} (once)")
    # Neither may a package start its server, nor does it find a /proc here to make its folders by.
    for name, code in (("usr/sbin/policy-rc.d", 101), ("usr/local/sbin/systemd-tmpfiles", 0)):
        (root / name).write_text(f"#!/bin/sh\nexit {code}\n")
        (root / name).chmod(0o755)
    resolv = Path("/etc/resolv.conf")
    if resolv.exists():
        (root / "etc/resolv.conf").write_text(resolv.read_text())
    options = ("DPkg::Path=/usr/local/sbin:/usr/sbin:/usr/bin:/sbin:/bin", "Dpkg::Options::=--force-unsafe-io")
    apt = ("chroot", str(root), "apt-get", "-qq", *(word for each in options for word in ("-o", each)))
    _run(*apt, "update")
    _run(*apt, "install", "-y", "--no-install-recommends", "--no-remove", *packages)
    say(f"installed in {time.monotonic() - started:.0f} s")


def _installed(root: Path) -> set[str]:
    """The packages that dpkg has wholly installed."""
    text = (root / "var/lib/dpkg/status").read_text("utf-8", "replace")
    return set(re.findall(r"^Package: (\S+)\nStatus: install ok installed$", text, re.M))


def mirror() -> str:
    """The Debian mirror that this machine's own apt is set up with."""
    for name in ("/etc/apt/sources.list.d/debian.sources", "/etc/apt/sources.list"):
        text = Path(name).read_text() if Path(name).exists() else ""
        found = re.search(r"^URIs:\s*(\S+)", text, re.M) or re.search(r"^deb\s+(?:\[[^]]*\]\s*)?(\S+)", text, re.M)
        if found:
            return found[1]
    raise LabError("no Debian mirror is set up in /etc/apt: the lab needs Debian's packages")


def _install_mmdebstrap() -> None:
    if shutil.which("mmdebstrap"):
        return
    say("installing mmdebstrap")
    _run("apt-get", "update", "-qq")
    _run("apt-get", "install", "-y", "-qq", "--no-install-recommends", "mmdebstrap")


def _run(*command: str) -> None:
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive", "LC_ALL": "C"}
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    if done.returncode:
        raise LabError(f"{command[0]} failed: {(done.stderr or done.stdout).strip()[-800:]}")


def _prepare(root: Path) -> None:
    """Device nodes, the host's own name, and the folder of the labs; harmless to repeat after a reboot."""
    for name, major, minor in (("null", 1, 3), ("zero", 1, 5), ("random", 1, 8), ("urandom", 1, 9), ("tty", 5, 0)):
        node = root / "dev" / name
        if not node.is_char_device():
            node.unlink(missing_ok=True)
            os.mknod(node, 0o020666, os.makedev(major, minor))
    for folder in ("dev/shm", "proc", "lab", "sounds"):
        (root / folder).mkdir(parents=True, exist_ok=True)
    host = os.uname().nodename
    hosts = root / "etc/hosts"
    text = hosts.read_text() if hosts.exists() else ""
    if host not in text.split():  # a name that does not resolve costs every SIP call a lookup
        hosts.write_text(f"{text}127.0.0.1 localhost {host}\n")
