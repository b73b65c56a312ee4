"""Texts become sounds by a command that the settings name; the same text is made once. Implements ports.flows.Speech.

Not here: which texts (domain/flow), what is deleted again (speechfolder.py). There is no shell: the text goes to the
command's standard input, and only words of the settings stand on its command line.
"""

from __future__ import annotations

import asyncio
import hashlib
import os
import tempfile
import wave
from asyncio.subprocess import DEVNULL, PIPE
from collections.abc import Mapping, Sequence
from pathlib import Path

from dialerd.adapters.speechfolder import prune
from dialerd.domain.flow.moves import Did, Undone
from dialerd.log import logger
from dialerd.ports import Clock

_log = logger(__name__)

_AT_ONCE = 4
_PRUNE_S = 600.0  # between looks at the whole folder
_RATES = {8000: ".wav", 16000: ".wav16"}  # what Asterisk's format_wav reads, by the file's ending


class CommandSpeech:
    """`command`: {voice} and {file} in its words stand for the voice and the WAV file to be written.

    Sounds that nobody has used for `keep_s`, and the longest unused above `keep_bytes`, are deleted; 0: they are not.
    `voices`: by the language of sounds that a contact hears; else by the part of it before `_`; else `voice`.
    """

    def __init__(
        self,
        command: Sequence[str],
        folder: Path,
        clock: Clock,
        *,
        voice: str,
        voices: Mapping[str, str],
        limit_s: float,
        keep_s: float = 0.0,
        keep_bytes: int = 0,
    ) -> None:
        self._clock = clock
        self._keep_s = keep_s
        self._keep_bytes = keep_bytes
        self._pruned_at = float("-inf")
        self._command = tuple(command)
        self._folder = folder
        self._voice = voice
        self._voices = dict(voices)
        self._limit_s = limit_s
        self._turns = asyncio.Semaphore(_AT_ONCE)
        self._locks: dict[str, asyncio.Lock] = {}

    async def speak(self, texts: tuple[str, ...], language: str) -> Did | Undone:
        """A sound for each text, as the path that Asterisk plays it by; never raises."""
        voice = self._voices.get(language) or self._voices.get(language.partition("_")[0]) or self._voice
        made = [await self._sound(text, voice) for text in texts]
        undone = next((each for each in made if isinstance(each, Undone)), None)
        return undone or Did(sounds=tuple(str(each) for each in made))

    async def _sound(self, text: str, voice: str) -> Path | Undone:
        name = hashlib.sha256("\0".join((*self._command, voice, text)).encode("utf-8", "replace")).hexdigest()[:40]
        sound = self._folder / name
        if self._is_made(sound):
            return sound
        lock = self._locks.setdefault(name, asyncio.Lock())
        try:
            async with lock, self._turns:  # who asked for the same meanwhile finds it made
                return sound if self._is_made(sound) else await self._make(text, voice, sound)
        except (OSError, ValueError, wave.Error, EOFError) as error:
            return Undone(f"[tts] command: {type(error).__name__}: {error}"[:200])
        finally:
            self._locks.pop(name, None)

    async def _make(self, text: str, voice: str, sound: Path) -> Path | Undone:
        self._folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=self._folder, prefix=".making-") as place:
            draft = Path(place) / "speech.wav"
            words = [word.replace("{voice}", voice).replace("{file}", str(draft)) for word in self._command]
            process = await asyncio.create_subprocess_exec(*words, stdin=PIPE, stdout=DEVNULL, stderr=DEVNULL)
            try:
                async with asyncio.timeout(self._limit_s):
                    await process.communicate(text.encode("utf-8", "replace"))
            except TimeoutError:
                return Undone(f"[tts] command took longer than {self._limit_s:g} s")
            finally:
                if process.returncode is None:
                    process.kill()
                    await process.wait()
            if process.returncode:
                return Undone(f"[tts] command ended with {process.returncode}")
            ending = _ending(draft)
            if ending is None:
                return Undone("[tts] command must write a WAV file of 8000 or 16000 Hz, one channel, 16 bits")
            draft.chmod(0o644)  # Asterisk runs as a user of its own
            os.replace(draft, sound.with_name(sound.name + ending))
            self._use(sound.with_name(sound.name + ending))
        await self._prune()
        return sound

    def _is_made(self, sound: Path) -> bool:
        return any(self._use(sound.with_name(sound.name + ending)) for ending in _RATES.values())

    def _use(self, file: Path) -> bool:
        """Whether it is there; if so it is in use from now on."""
        now = self._clock.now().timestamp()
        try:
            os.utime(file, (now, now))
        except FileNotFoundError:
            return False
        except PermissionError:  # put there by somebody else
            return file.exists()
        return True

    async def _prune(self) -> None:
        """Now and then, when the folder has grown."""
        steady = self._clock.steady()
        if not (self._keep_s or self._keep_bytes) or steady < self._pruned_at + _PRUNE_S:
            return
        self._pruned_at = steady
        now = self._clock.now().timestamp()
        try:
            count = await asyncio.to_thread(
                prune, self._folder, now=now, keep_s=self._keep_s, keep_bytes=self._keep_bytes
            )
        except OSError as error:
            _log.warning(f"[tts] folder cannot be cleared: {error}", action="speech_prune_failed")
            return
        if count:
            _log.info(f"{count} sounds of [tts] that nobody used were deleted", action="speech_pruned")


def _ending(draft: Path) -> str | None:
    with wave.open(str(draft), "rb") as made:
        if made.getnchannels() != 1 or made.getsampwidth() != 2 or not made.getnframes():
            return None
        return _RATES.get(made.getframerate())
