"""A text becomes a sound by the admin's command: once, without a shell, within its time, or a reason why not."""

from __future__ import annotations

import asyncio
import os
import sys
import wave
from pathlib import Path
from typing import Any

import pytest

from dialerd.adapters.clock import SystemClock
from dialerd.adapters.speech import CommandSpeech
from dialerd.adapters.speechfolder import IN_USE_S, Kept, prune, superfluous
from dialerd.domain.flow.moves import Did, Undone

SPEAKER = """
import sys, wave
voice, path = sys.argv[1:3]
text = sys.stdin.buffer.read().decode()
with open({log!r}, "a") as log:
    log.write(f"{{voice}}: {{text}}\\n")
with wave.open(path, "wb") as made:
    made.setnchannels(1); made.setsampwidth(2); made.setframerate({rate}); made.writeframes(b"\\0\\0" * len(text) * 100)
"""


def speech(
    tmp_path: Path,
    *,
    rate: int = 8000,
    code: str | None = None,
    limit_s: float = 10.0,
    **keep: Any,
) -> CommandSpeech:
    script = tmp_path / "speaker.py"
    script.write_text(code or SPEAKER.format(log=str(tmp_path / "log"), rate=rate))
    return CommandSpeech(
        [sys.executable, str(script), "{voice}", "{file}"],
        tmp_path / "speech",
        SystemClock(),
        voice="en",
        voices={"es": "es-419"},
        limit_s=limit_s,
        **keep,
    )


def said(tmp_path: Path) -> list[str]:
    return (tmp_path / "log").read_text().splitlines()


def test_the_same_text_is_made_once_also_at_the_same_moment(tmp_path: Path) -> None:
    async def main() -> None:
        by = speech(tmp_path)
        found = await asyncio.gather(*(by.speak(("Dear Ann", "bye"), "en") for _ in range(3)))
        first = found[0]
        assert isinstance(first, Did)
        assert found == [first] * 3
        assert await by.speak(("bye",), "en") == Did(sounds=first.sounds[1:])

    asyncio.run(main())
    assert sorted(said(tmp_path)) == ["en: Dear Ann", "en: bye"]


def test_the_sound_is_a_file_that_asterisk_can_read_named_without_its_ending(tmp_path: Path) -> None:
    for rate, ending in ((8000, ".wav"), (16000, ".wav16")):
        home = tmp_path / str(rate)
        home.mkdir()
        found = asyncio.run(speech(home, rate=rate).speak(("hello",), "en"))
        assert isinstance(found, Did)
        (sound,) = found.sounds
        made = Path(sound + ending)
        assert made.stat().st_mode & 0o777 == 0o644
        with wave.open(str(made)) as heard:
            assert heard.getframerate() == rate


def test_each_language_has_its_voice(tmp_path: Path) -> None:
    by = speech(tmp_path)
    for language in ("es", "es_MX", "de"):
        asyncio.run(by.speak(("hola",), language))
    assert said(tmp_path) == ["es-419: hola", "en: hola"]


def test_a_text_is_nothing_but_text(tmp_path: Path) -> None:
    nasty = "--help; $(touch x) `id` {file} {voice} \\ ' \" \n -v"
    assert isinstance(asyncio.run(speech(tmp_path).speak((nasty,), "en")), Did)
    assert "\n".join(said(tmp_path)) == f"en: {nasty}"


@pytest.mark.parametrize(
    ("code", "reason"),
    [
        ("raise SystemExit(3)", "ended with 3"),
        ("pass", "FileNotFoundError"),
        ("import sys; open(sys.argv[2], 'w').write('not a sound')", "Error"),
        ("import threading; threading.Event().wait()", "longer than 0.5 s"),
    ],
)
def test_a_command_that_fails_is_told_and_leaves_nothing(tmp_path: Path, code: str, reason: str) -> None:
    found = asyncio.run(speech(tmp_path, code=code, limit_s=0.5).speak(("hello",), "en"))
    assert isinstance(found, Undone)
    assert reason in found.reason
    assert list((tmp_path / "speech").iterdir()) == []


def test_a_sound_that_asterisk_cannot_play_is_refused(tmp_path: Path) -> None:
    found = asyncio.run(speech(tmp_path, rate=22050).speak(("hello",), "en"))
    assert isinstance(found, Undone)
    assert "8000 or 16000 Hz" in found.reason


def test_a_command_that_is_not_there_is_told(tmp_path: Path) -> None:
    by = CommandSpeech(["/nowhere/speak", "{file}"], tmp_path, SystemClock(), voice="en", voices={}, limit_s=1.0)
    found = asyncio.run(by.speak(("hello",), "en"))
    assert isinstance(found, Undone)
    assert "FileNotFoundError" in found.reason


DAY, MB = 86_400.0, 1_000_000
NOW = 1_800_000_000.0


def kept(name: str, *, mb: int = 1, age_s: float) -> Kept:
    return Kept(Path(name), mb * MB, NOW - age_s)


@pytest.mark.parametrize(
    ("sounds", "keep_s", "keep_mb", "gone"),
    [
        ([kept("a", age_s=31 * DAY), kept("b", age_s=29 * DAY)], 30 * DAY, 0, ["a"]),
        ([kept("a", age_s=31 * DAY)], 0.0, 0, []),
        ([kept("a", age_s=3 * DAY), kept("b", age_s=2 * DAY), kept("c", age_s=DAY)], 0.0, 2, ["a"]),
        ([kept("a", mb=5, age_s=DAY), kept("b", mb=5, age_s=2 * DAY)], 0.0, 4, ["b", "a"]),
        ([kept("a", mb=5, age_s=IN_USE_S - 1), kept("b", age_s=2 * DAY)], DAY, 1, ["b"]),
        ([kept("a", mb=5, age_s=-60)], 1.0, 1, []),
    ],
)
def test_the_longest_unused_go_first_and_none_that_a_call_may_be_about_to_play(
    sounds: list[Kept], keep_s: float, keep_mb: int, gone: list[str]
) -> None:
    found = superfluous(sounds, now=NOW, keep_s=keep_s, keep_bytes=keep_mb * MB)
    assert [each.path.name for each in found] == gone


def test_only_sounds_of_ours_and_drafts_that_nobody_finishes_are_deleted(tmp_path: Path) -> None:
    old, other, draft, fresh = tmp_path / f"{'a' * 40}.wav", tmp_path / "own.wav", tmp_path / ".making-x", "b" * 40
    for file in (old, other, tmp_path / f"{fresh}.wav16"):
        file.write_bytes(b"x")
    draft.mkdir()
    for path in (old, other, draft):
        os.utime(path, (NOW - 2 * DAY, NOW - 2 * DAY))
    os.utime(tmp_path / f"{fresh}.wav16", (NOW, NOW))
    assert prune(tmp_path, now=NOW, keep_s=DAY, keep_bytes=0) == 1
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted([f"{fresh}.wav16", "own.wav"])


def test_a_sound_that_is_spoken_again_stays_and_one_that_is_not_goes_when_another_is_made(tmp_path: Path) -> None:
    asyncio.run(speech(tmp_path).speak(("again", "once"), "en"))
    for file in (tmp_path / "speech").iterdir():
        os.utime(file, (NOW - 1000 * DAY, NOW - 1000 * DAY))
    by = speech(tmp_path, keep_s=2 * DAY)
    asyncio.run(by.speak(("again",), "en"))
    asyncio.run(by.speak(("new",), "en"))
    assert len(list((tmp_path / "speech").iterdir())) == 2
    asyncio.run(by.speak(("again",), "en"))
    assert said(tmp_path) == ["en: again", "en: once", "en: new"], "it was not made anew"
