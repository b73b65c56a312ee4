"""The folder of sounds made of texts does not grow for ever: what is old goes, and the oldest where it is too full.

Not here: making them (speech.py). A file's time is that of its last use; one that was used within IN_USE_S stays, for a
call may be about to play it.
"""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

IN_USE_S = 3600.0
"""Longer than from a text's being asked for to the end of the longest prompt that it is a part of."""

_OURS = re.compile(r"[0-9a-f]{40}\.wav(16)?\Z")
_DRAFT = ".making-"


@dataclass(frozen=True, slots=True)
class Kept:
    """One sound. `used_at` in seconds since 1970."""

    path: Path
    size: int
    used_at: float


def superfluous(kept: Sequence[Kept], *, now: float, keep_s: float, keep_bytes: int) -> list[Kept]:
    """Those to be deleted, the longest unused first. 0: no such limit."""
    found, left = [], sum(each.size for each in kept)
    for each in sorted(kept, key=lambda sound: (sound.used_at, sound.path)):
        age_s = now - each.used_at
        is_too_many = bool(keep_bytes) and left > keep_bytes
        if age_s > IN_USE_S and (is_too_many or (keep_s and age_s > keep_s)):
            found.append(each)
            left -= each.size
    return found


def prune(folder: Path, *, now: float, keep_s: float, keep_bytes: int) -> int:
    """Delete what is superfluous, and what a dialerd that was killed left half made; how many. Files that are not
    ours stay. Raises OSError where the folder cannot be read."""
    doomed = superfluous(list(_sounds(folder)), now=now, keep_s=keep_s, keep_bytes=keep_bytes)
    for each in doomed:
        each.path.unlink(missing_ok=True)
    for draft in folder.glob(f"{_DRAFT}*"):
        if now - draft.stat().st_mtime > IN_USE_S:
            shutil.rmtree(draft, ignore_errors=True)
    return len(doomed)


def _sounds(folder: Path) -> Iterator[Kept]:
    for path in folder.iterdir():
        if _OURS.match(path.name):
            try:
                facts = path.stat()
            except FileNotFoundError:  # the admin empties it, too
                continue
            yield Kept(path, facts.st_size, facts.st_mtime)
