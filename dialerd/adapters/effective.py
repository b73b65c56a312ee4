"""The file in which a running daemon says by which settings it goes: digests, so that `config check` can compare.

Not here: what is compared (reloading.py). It is there while a daemon runs, for its user only.
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True, kw_only=True)
class InForce:
    """`reloads`: how often the settings were read again since the start; `trouble`: why not, the last time."""

    salt: str
    digests: Mapping[str, str]
    reloads: int = 0
    trouble: str = ""


def file_of(running: Path) -> Path:
    return running.with_name(running.name + ".running")


def write(running: Path, told: InForce) -> None:
    """Raises OSError."""
    path = file_of(running)
    fresh = path.with_name(path.name + ".new")
    fresh.unlink(missing_ok=True)
    with open(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as file:
        json.dump(asdict(told), file)
    fresh.replace(path)


def read(running: Path) -> InForce | None:
    """None: there is none, or it cannot be read."""
    try:
        table = json.loads(file_of(running).read_text("utf-8"))
        return InForce(**{**table, "digests": dict(table["digests"])})
    except (OSError, ValueError, KeyError, TypeError):
        return None


def remove(running: Path) -> None:
    file_of(running).unlink(missing_ok=True)
