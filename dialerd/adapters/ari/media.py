"""What is played and recorded, as ARI's requests have it.

Not here: sending them (exchange.py) and what comes back (translate.py).
"""

from __future__ import annotations

import math
from collections.abc import Iterable

from dialerd.domain.call.commands import Record
from dialerd.domain.recording import FORMAT
from dialerd.domain.sounds import Characters, Digits, Kept, Number, Recorded, Sound, Tone, check_language

TALKING_THRESHOLD = 256
"""Mean magnitude of a frame (20 ms) from which on it is talk: Asterisk's own default (dsp.conf)."""


def uri(sound: Sound) -> str:
    """The media URI of a sound.

    >>> uri(Recorded("/sounds/message")), uri(Number(42))
    ('sound:/sounds/message', 'number:42')
    """
    match sound:
        case Recorded(name):
            return f"sound:{name}"
        case Digits(text):
            return f"digits:{text}"
        case Number(value):
            return f"number:{value}"
        case Characters(text):
            return f"characters:{text}"
        case Tone(name):
            return f"tone:{name}"
        case Kept(name):
            return f"recording:{name}"


def to_play(sounds: Iterable[Sound], language: str) -> dict[str, object]:
    """The body of a play. In JSON `media` must be a list: "sound:a,sound:b" as text would be one unknown file, played
    as success. Raises ValueError for a language that is none."""
    body: dict[str, object] = {"media": [uri(sound) for sound in sounds]}
    return {**body, "lang": language} if check_language(language) else body


def to_record(wanted: Record) -> dict[str, object]:
    """The body of a channel's record. Asterisk knows whole seconds, and 0 as no limit."""
    return {
        "name": wanted.name,
        "format": FORMAT,
        "maxDurationSeconds": max(1, math.ceil(wanted.max_s)),
        "maxSilenceSeconds": 0 if wanted.silence_s is None else max(1, math.ceil(wanted.silence_s)),
        "ifExists": "fail",
        "beep": wanted.beep,
        "terminateOn": wanted.ends_on.value,
    }


def to_watch(silence_s: float | None) -> dict[str, str]:
    """The variable that has Asterisk tell of talking, or no more."""
    if silence_s is None:
        return {"variable": "TALK_DETECT(remove)", "value": ""}
    return {"variable": "TALK_DETECT(set)", "value": f"{round(silence_s * 1000)},{TALKING_THRESHOLD}"}
