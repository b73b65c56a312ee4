"""How long Asterisk's sounds are, by their files in a folder: what a forecast plays lasts as long.

Not here: which sounds are wanted (usecases/forecasting.py).
"""

from __future__ import annotations

import wave
from collections.abc import Iterable
from pathlib import Path

_BYTES_PER_S = {".ulaw": 8000, ".alaw": 8000, ".g722": 8000, ".gsm": 1650, ".sln": 16_000, ".sln16": 32_000}
"""Of the formats without a header, as Asterisk writes them."""


def sound_lengths(folder: Path, names: Iterable[str], languages: Iterable[str]) -> dict[str, float]:
    """Seconds of those sounds that are in the folder, or in one of its languages' folders; the others are left out."""
    homes = [folder, *(folder / language for language in languages)]
    known = ((name, (_length_s(home, name) for home in homes)) for name in names)
    lengths = ((name, next((each for each in found if each is not None), None)) for name, found in known)
    return {name: length_s for name, length_s in lengths if length_s is not None}


def _length_s(home: Path, name: str) -> float | None:
    for ending, per_s in _BYTES_PER_S.items():
        file = home / f"{name}{ending}"
        if file.is_file():
            return file.stat().st_size / per_s
    try:
        with wave.open(str(home / f"{name}.wav"), "rb") as sound:
            return sound.getnframes() / sound.getframerate()
    except (OSError, EOFError, wave.Error):
        return None
