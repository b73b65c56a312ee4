"""The facts about the machine for doctor: read where they can be, left out where not.

Not here: judging them (doctor/machine.py).
"""

from __future__ import annotations

import re
import resource
import shutil
import stat
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from dialerd.adapters import sqlite
from dialerd.doctor.machine import MachineFacts, SecretFile
from dialerd.settings import Settings

UNITS = (Path("/etc/systemd/system"), Path("/usr/lib/systemd/system"), Path("/lib/systemd/system"))
_ASKED_S = 10.0


def examine(path: Path, given: Settings) -> MachineFacts:
    folder = given.database.path.parent
    unit = _unit()
    return MachineFacts(
        has_systemd=Path("/run/systemd/system").is_dir(),
        unit=unit,
        is_enabled=None if unit is None else _said("systemctl", "is-enabled", "dialerd") == "enabled",
        open_files=_open_files(sqlite.running_daemon(given.database.path)),
        folder=str(folder),
        free=_free(folder),
        database=_size(given.database.path),
        wal=_size(Path(f"{given.database.path}-wal")),
        is_synchronized=_is_synchronized(),
        secrets=tuple(_secrets(path, given)),
        listen=given.http.listen,
        asked_as=given.http.asked_through,
    )


def _is_synchronized() -> bool | None:
    return {"yes": True, "no": False}.get(_said("timedatectl", "show", "-p", "NTPSynchronized", "--value"))


def _unit() -> dict[str, str] | None:
    """With its drop-ins, the last word holds."""
    found = next((text for folder in UNITS if (text := _text(folder / "dialerd.service")) is not None), None)
    if found is None:
        return None
    drop_ins = sorted(each for folder in UNITS for each in folder.glob("dialerd.service.d/*.conf"))
    lines = "\n".join([found, *(_text(each) or "" for each in drop_ins)]).splitlines()
    return dict(line.split("=", 1) for line in lines if re.match(r"[A-Za-z]+=", line))


def _open_files(process: str | None) -> int | None:
    if process is None or not process.isdigit():
        return None
    try:
        return resource.prlimit(int(process), resource.RLIMIT_NOFILE)[0]
    except OSError:
        return None


def _free(folder: Path) -> int | None:
    try:
        return shutil.disk_usage(folder).free
    except OSError:
        return None


def _size(path: Path) -> int | None:
    try:
        return path.stat().st_size
    except OSError:
        return None


def _text(path: Path) -> str | None:
    try:
        return path.read_text("utf-8")
    except OSError:
        return None


def _said(*command: str) -> str:
    """A line of a program that may not be there."""
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=_ASKED_S, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return done.stdout.strip()


def _secrets(path: Path, given: Settings) -> Iterator[SecretFile]:
    """The settings, where a password stands in them, and every file that has one."""
    table = given.model_dump()
    if any(_passwords(table)):
        yield SecretFile(path=str(path), what="settings", mode=_mode(path))
    for what, file in _files(table):
        yield SecretFile(path=str(file), what=what, mode=_mode(file))


def _passwords(value: Any) -> Iterator[str]:
    """Those that stand in the settings themselves."""
    parts = value.values() if isinstance(value, dict) else value if isinstance(value, tuple) else ()
    for part in parts:
        yield from _passwords(part)
    if isinstance(value, dict):
        yield from (each for key in ("password", "secret") if isinstance(each := value.get(key), str) and each)


def _files(value: Any, name: str = "") -> Iterator[tuple[str, Path]]:
    """The files of passwords and keys, each with the section that has it."""
    if isinstance(value, dict):
        own = str(value.get("name", name))
        for key, part in value.items():
            if isinstance(part, Path) and (key.endswith("password_file") or key in ("tls_key", "secret_file")):
                yield f"{own or 'http'} {key}", part
            else:
                yield from _files(part, own)
    elif isinstance(value, tuple):
        for part in value:
            yield from _files(part, name)


def _mode(path: Path) -> int | None:
    """Its permission bits; none for others where they cannot enter one of its folders."""
    try:
        mode = stat.S_IMODE(path.stat().st_mode)
        is_shut = any(not folder.stat().st_mode & stat.S_IXOTH for folder in path.resolve().parents)
    except OSError:
        return None
    return mode & ~stat.S_IRWXO if is_shut else mode
