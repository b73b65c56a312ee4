"""The loudness of telephone sound in files, frame by frame, as AMD() sees it: WAV (16 bit, u-law, A-law) and Asterisk's
raw formats, 8 kHz.

Not here: what follows from it (domain/amdreplay.py).
"""

from __future__ import annotations

import struct
from array import array
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from dialerd.domain.amdreplay import SAMPLES
from dialerd.domain.errors import BadInputError

RATE = 8000
ENDINGS = (".wav", ".ulaw", ".alaw", ".sln")
_PCM, _ALAW, _ULAW, _EXTENSIBLE = 1, 6, 7, 0xFFFE
_MOST_BYTES = 64 * 1024 * 1024


def levels_of(path: Path, *, seconds: float) -> list[int]:
    """The mean level of each frame of 20 ms of the file's first seconds. Raises BadInputError naming the file."""
    try:
        data = path.read_bytes() if path.stat().st_size <= _MOST_BYTES else b""
    except OSError as error:
        raise BadInputError(f"{path} cannot be read: {error.strerror}", hint="check its name and rights") from error
    return levels_in(data, ending=path.suffix, name=str(path), seconds=seconds)


def levels_in(data: bytes, *, ending: str, name: str, seconds: float) -> list[int]:
    """The same of a file's bytes. `ending`: .wav, or the format of what has no header."""
    kinds = {".ulaw": _ULAW, ".alaw": _ALAW, ".sln": _PCM}
    kind = kinds.get(ending.lower())
    if kind is None:
        kind, data = _opened(data, name)
    width = 2 if kind == _PCM else 1
    data = data[: int(seconds * RATE) * width]
    frames = range(0, len(data) - SAMPLES * width + 1, SAMPLES * width)
    if kind == _PCM:
        return [_mean(data[at : at + 2 * SAMPLES]) for at in frames]
    loudness = _LOUDNESS[kind]
    return [sum(map(loudness.__getitem__, data[at : at + SAMPLES])) // SAMPLES for at in frames]


def _mean(frame: bytes) -> int:
    samples = array("h", frame)
    if struct.pack("=h", 1) != struct.pack("<h", 1):
        samples.byteswap()
    return sum(map(abs, samples)) // SAMPLES


def _opened(data: bytes, name: str) -> tuple[int, bytes]:
    """The coding and the samples of a WAV file."""
    hint = "give WAV of 8000 Hz, one channel, 16 bits, u-law or A-law (sox FILE -r 8000 -c 1 -b 16 OUT.wav)"
    if data[:4] != b"RIFF" or data[8:12] != b"WAVE":
        raise BadInputError(f"{name} is no WAV file", hint=hint)
    coding: tuple[int, int, int, int] | None = None
    for chunk, body in _chunks(data):
        if chunk == b"fmt " and len(body) >= 16:
            kind, channels, rate, _, _, bits = struct.unpack("<HHIIHH", body[:16])
            if kind == _EXTENSIBLE and len(body) >= 26:
                (kind,) = struct.unpack("<H", body[24:26])
            coding = (kind, channels, rate, bits)
        elif chunk == b"data" and coding is not None:
            if coding not in {(_PCM, 1, RATE, 16), (_ALAW, 1, RATE, 8), (_ULAW, 1, RATE, 8)}:
                kind, channels, rate, bits = coding
                told = f"{rate} Hz, {channels} channels, {bits} bits, coding {kind}"
                raise BadInputError(f"{name} is not telephone sound: {told}", hint=hint)
            return coding[0], body
    raise BadInputError(f"{name} has no sound in it", hint=hint)


def _chunks(data: bytes) -> Iterator[tuple[bytes, bytes]]:
    """A file that was cut off, or is still being written, has less than its header says."""
    at = 12
    while at + 8 <= len(data):
        (size,) = struct.unpack("<I", data[at + 4 : at + 8])
        yield data[at : at + 4], data[at + 8 : at + 8 + size] if size else data[at + 8 :]
        at += 8 + size + (size & 1)


def _ulaw(code: int) -> int:
    """ITU-T G.711, table 2a, without the sign."""
    code = ~code & 0xFF
    return (((code & 15) << 3) + 0x84 << ((code >> 4) & 7)) - 0x84


def _alaw(code: int) -> int:
    """ITU-T G.711, table 1a, without the sign."""
    code ^= 0x55
    low, step = (code & 15) << 4, (code >> 4) & 7
    return low + 8 if step == 0 else (low + 0x108) << (step - 1)


def _table(loudness: Callable[[int], int]) -> Sequence[int]:
    return tuple(map(loudness, range(256)))


_LOUDNESS = {_ULAW: _table(_ulaw), _ALAW: _table(_alaw)}
