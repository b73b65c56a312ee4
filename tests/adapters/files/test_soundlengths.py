"""How long sounds are, by the files that a folder has of them."""

from __future__ import annotations

import wave
from pathlib import Path

from dialerd.adapters.files import sound_lengths


def test_a_sound_is_measured_by_its_file_whatever_its_format_and_one_that_is_not_there_is_left_out(
    tmp_path: Path,
) -> None:
    (tmp_path / "en" / "renewal").mkdir(parents=True)
    (tmp_path / "en" / "renewal" / "press-1.ulaw").write_bytes(b"\xff" * 20_000)
    (tmp_path / "hello.gsm").write_bytes(b"\x00" * 3300)
    (tmp_path / "broken.wav").write_bytes(b"RIFF")
    with wave.open(str(tmp_path / "bye.wav"), "wb") as sound:
        sound.setnchannels(1)
        sound.setsampwidth(2)
        sound.setframerate(8000)
        sound.writeframes(b"\x00\x00" * 12_000)
    names = ("renewal/press-1", "hello", "bye", "broken", "nowhere")
    assert sound_lengths(tmp_path, names, ("en", "es")) == {"renewal/press-1": 2.5, "hello": 2.0, "bye": 1.5}
    assert sound_lengths(tmp_path / "empty", names, ()) == {}
