"""The folder where this machine's Asterisk keeps what detection has heard: the files that are new since the last look.

Not here: what follows from them (engine/amdwatch.py), their coding (telephonesound.py).
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from dialerd.adapters.files.telephonesound import ENDINGS, levels_of
from dialerd.domain.errors import BadInputError
from dialerd.domain.words import AttemptId
from dialerd.log import logger

_log = logger(__name__)

_ATTEMPT = re.compile(r"d[0-9a-f]{32}\Z")
_QUIET_S = 10.0  # it is whole then, and its call's verdict is written


class HeardFolder:
    """Implements ports.HeardCalls. What lies there at the first look is left to `dialerd amd check`."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._seen: set[AttemptId] | None = None
        self._has_complained = False

    async def fresh(self, now: datetime, *, most: int, seconds: float) -> list[tuple[AttemptId, Sequence[int]]]:
        return await asyncio.to_thread(self._fresh, now, most, seconds)

    def _fresh(self, now: datetime, most: int, seconds: float) -> list[tuple[AttemptId, Sequence[int]]]:
        try:
            files = {
                AttemptId(each.stem): each
                for each in self._folder.iterdir()
                if each.suffix.lower() in ENDINGS and _ATTEMPT.match(each.stem)
            }
        except FileNotFoundError:
            return []  # Asterisk makes it with the first recording
        except OSError as error:
            if not self._has_complained:
                text = (
                    f"[amd] recordings: {self._folder} cannot be read: {error.strerror}; give dialerd's user the right"
                )
                _log.warning(text, action="heard_folder_unreadable")
            self._has_complained = True
            return []
        if self._seen is None:
            self._seen = set(files)
        self._seen &= files.keys()
        found: list[tuple[AttemptId, Sequence[int]]] = []
        for attempt_id in sorted(files.keys() - self._seen):
            if len(found) == most:
                break
            try:
                if now.timestamp() - files[attempt_id].stat().st_mtime < _QUIET_S:
                    continue
                levels = levels_of(files[attempt_id], seconds=seconds)
            except (OSError, BadInputError) as error:
                _log.warning(f"what detection heard cannot be read: {error}", action="heard_unreadable")
                self._seen.add(attempt_id)
                continue
            self._seen.add(attempt_id)
            found.append((attempt_id, levels))
        return found
