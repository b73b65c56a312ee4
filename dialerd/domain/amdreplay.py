"""Asterisk's answering machine detection, replayed: what AMD() says of a recording, frame for frame.

Not here: reading recordings (adapters/files/telephonesound.py), which parameters are better (amdtuning.py).

After app_amd.c and the silence detector of dsp.c of Asterisk 22: they see nothing of the sound but the mean of each
frame's samples without their signs, against one threshold. tests/asterisk/test_amd.py holds this against the real one.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import astuple, dataclass, fields

from dialerd.domain.errors import BadInputError

FRAME_MS = 20
"""What AMD() is given at once over every usual trunk: 160 samples."""

SAMPLES = 160

_SPARE_S = 1.0

ENDED = "ENDED"
"""The cause of a replay whose recording is over before there is a verdict."""


@dataclass(frozen=True, slots=True)
class Parameters:
    """AMD()'s arguments in their order; ms but for `max_words` and `threshold`, a mean level of 0 to 32767."""

    initial_silence: int
    greeting: int
    after_greeting_silence: int
    total_analysis_time: int
    min_word_length: int
    between_words_silence: int
    max_words: int
    threshold: int
    max_word_length: int = 5000

    def __str__(self) -> str:
        """As AMD() takes them."""
        return ",".join(map(str, astuple(self)))

    @property
    def heard_s(self) -> float:
        """How much of a call's sound there has to be for its verdict: what AMD() listens to, and some to spare."""
        return self.total_analysis_time / 1000 + _SPARE_S


_NAMES = tuple(field.name for field in fields(Parameters))

DEFAULTS = Parameters(2500, 1500, 800, 5000, 100, 50, 2, 256, 5000)
"""Asterisk's own, where neither the arguments nor amd.conf say otherwise."""

SHIPPED = Parameters(2000, 2200, 700, 5000, 80, 120, 4, 400, 5000)
"""Those of asterisk-conf/extensions_dialerd.conf."""

_IN_AMD_CONF: Mapping[str, str] = {"max_words": "maximum_number_of_words", "threshold": "silence_threshold"} | {
    "max_word_length": "maximum_word_length"
}


def read_parameters(text: str) -> Parameters:
    """`2000,2200,700` as DIALERD_AMD and AMD() have it; what is left out is Asterisk's own. Raises BadInputError.

    >>> str(read_parameters("2000,,700"))
    '2000,1500,700,5000,100,50,2,256,5000'
    """
    parts = [each.strip() for each in text.split(",")] if text.strip() else []
    if len(parts) > len(_NAMES):
        raise BadInputError(
            f"{text[:80]!r} has {len(parts)} values, {len(_NAMES)} at most: with a file to play AMD()'s clock is wrong",
            hint="leave the tenth one out",
        )
    if wrong := [each for each in parts if each and not (each.isascii() and each.isdigit() and len(each) <= 6)]:
        raise BadInputError(f"{wrong[0][:40]!r} is no whole number", hint="give AMD()'s arguments: 2000,2200,700,5000")
    given = {name: int(each) for name, each in zip(_NAMES, parts, strict=False) if each}
    return Parameters(**{name: given.get(name, getattr(DEFAULTS, name)) for name in _NAMES})


def as_amd_conf(parameters: Parameters) -> Iterator[str]:
    """The lines of amd.conf that make them everybody's."""
    yield "[general]"
    for name in _NAMES:
        yield f"{_IN_AMD_CONF.get(name, name)} = {getattr(parameters, name)}"


@dataclass(frozen=True, slots=True)
class Replayed:
    """AMDSTATUS, AMDCAUSE, and how many ms after the first frame AMD() said so."""

    status: str
    cause: str
    after_ms: int


def replay(levels: Sequence[int], given: Parameters) -> Replayed:
    """What AMD() says of frames of 20 ms with these mean levels, one after the other."""
    total = voice = word = words = silence = 0
    is_initial, in_greeting, in_word = True, False, True
    for level in levels:
        total += FRAME_MS
        if total >= given.total_analysis_time:
            return Replayed("NOTSURE", f"TOOLONG-{total}", total)
        if level < given.threshold:
            silence += FRAME_MS
            if silence >= given.between_words_silence:
                in_word, word = False, 0
            if is_initial and silence >= given.initial_silence:
                return Replayed("MACHINE", f"INITIALSILENCE-{silence}-{given.initial_silence}", total)
            if in_greeting and silence >= given.after_greeting_silence:
                return Replayed("HUMAN", f"HUMAN-{silence}-{given.after_greeting_silence}", total)
            continue
        silence = 0
        word += FRAME_MS
        voice += FRAME_MS
        if word >= given.min_word_length and not in_word:
            words, in_word = words + 1, True
        if word >= given.max_word_length:
            return Replayed("MACHINE", f"MAXWORDLENGTH-{word}", total)
        if words > given.max_words:
            return Replayed("MACHINE", f"MAXWORDS-{words}-{given.max_words}", total)
        if in_greeting and voice >= given.greeting:
            return Replayed("MACHINE", f"LONGGREETING-{voice}-{given.greeting}", total)
        if word >= given.min_word_length:
            is_initial, in_greeting = False, True
    return Replayed("NOTSURE", ENDED, total)
