"""Telephone sound becomes the same levels from every coding, and what is none is named with what to do."""

from __future__ import annotations

import struct
import wave
from pathlib import Path

import pytest

from dialerd.adapters.files.telephonesound import levels_of
from dialerd.domain.errors import BadInputError

LEVELS = (0, 40, 3000, 32124, 400)  # of each frame in turn


def wav(path: Path, samples: list[int], *, rate: int = 8000, channels: int = 1) -> Path:
    with wave.open(str(path), "wb") as out:
        out.setnchannels(channels)
        out.setsampwidth(2)
        out.setframerate(rate)
        out.writeframes(struct.pack(f"<{len(samples)}h", *samples))
    return path


def frames() -> list[int]:
    return [level if n % 2 else -level for level in LEVELS for n in range(160)]


def headed(kind: int, data: bytes) -> bytes:
    form = struct.pack("<HHIIHHH", kind, 1, 8000, 8000, 1, 8, 0)
    body = b"WAVE" + b"fmt " + struct.pack("<I", len(form)) + form
    body += b"LIST" + struct.pack("<I", 3) + b"abc\0" + b"data" + struct.pack("<I", len(data)) + data
    return b"RIFF" + struct.pack("<I", len(body)) + body


def test_sixteen_bits_are_taken_as_they_are_and_cut_after_the_seconds_asked_for(tmp_path: Path) -> None:
    file = wav(tmp_path / "a.wav", [*frames(), 9, 9, 9])
    assert levels_of(file, seconds=9.0) == list(LEVELS)
    assert levels_of(file, seconds=0.06) == list(LEVELS[:3])
    (tmp_path / "a.sln").write_bytes(struct.pack("<800h", *frames()))
    assert levels_of(tmp_path / "a.sln", seconds=9.0) == list(LEVELS)


@pytest.mark.parametrize(
    ("kind", "ending", "loud", "quiet", "levels"),
    [(7, ".ulaw", (0x80, 0x00), 0xFF, (32124, 0)), (6, ".alaw", (0xAA, 0x2A), 0xD5, (32256, 8))],
)
def test_g711_is_read_with_and_without_a_header(
    tmp_path: Path, kind: int, ending: str, loud: tuple[int, int], quiet: int, levels: tuple[int, int]
) -> None:
    data = bytes(loud) * 80 + bytes([quiet]) * 160
    (tmp_path / f"a{ending}").write_bytes(data)
    (tmp_path / "a.wav").write_bytes(headed(kind, data))
    assert levels_of(tmp_path / f"a{ending}", seconds=1.0) == list(levels)
    assert levels_of(tmp_path / "a.wav", seconds=1.0) == list(levels)


def test_a_file_that_was_cut_off_has_what_is_there(tmp_path: Path) -> None:
    whole = wav(tmp_path / "a.wav", frames()).read_bytes()
    (tmp_path / "a.wav").write_bytes(whole[: 44 + 700])
    assert levels_of(tmp_path / "a.wav", seconds=1.0) == list(LEVELS[:2])


def test_what_is_no_telephone_sound_is_named_with_what_to_do(tmp_path: Path) -> None:
    for file in (
        wav(tmp_path / "fast.wav", [0] * 400, rate=16000),
        wav(tmp_path / "stereo.wav", [0] * 400, channels=2),
    ):
        with pytest.raises(BadInputError, match=rf"{file.name} is not telephone sound.*\(give WAV of 8000 Hz"):
            levels_of(file, seconds=1.0)
    for data, told in ((b"", "no WAV"), (b"RIFF\0\0\0\0WAVE", "no sound in it"), (b"RIFF....WAVEfmt ", "no sound")):
        (tmp_path / "bad.wav").write_bytes(data)
        with pytest.raises(BadInputError, match=told):
            levels_of(tmp_path / "bad.wav", seconds=1.0)
    with pytest.raises(BadInputError, match="cannot be read"):
        levels_of(tmp_path / "none.wav", seconds=1.0)
