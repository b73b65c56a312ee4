"""What Asterisk's answering machine detection said, what dialerd makes of it, and which calls are held out from it.

Not here: AMD's parameters (amdreplay.py), what happens next (call/step.py), how often it is wrong (amdrates.py).
"""

from __future__ import annotations

import re

from dialerd.domain.words import AttemptId, Verdict

_VERDICTS = {"HUMAN": Verdict.HUMAN, "MACHINE": Verdict.MACHINE}


def judge(status: str) -> Verdict:
    """AMDSTATUS to a verdict. `NOTSURE`, and nothing at all (the detector could not run), are a person until
    shown otherwise: a machine that hears a message costs a call, a person hung up on costs a complaint.
    """
    return _VERDICTS.get(status.strip().upper(), Verdict.UNSURE)


_SILENCE = re.compile(r"(?:HUMAN|INITIALSILENCE)-(\d{1,5})-\d+\Z")


def silence_s(cause: str) -> float:
    """How long the person had been silent when AMD gave its verdict, in seconds; 0 where AMDCAUSE does not tell.

    `HUMAN-700-700`: 700 ms of silence after a word (app_amd.c), so the greeting ended 0.7 s before. With
    `INITIALSILENCE` no word was said: they have waited since the answer. The others are said while somebody talks.

    >>> silence_s("HUMAN-700-700")
    0.7
    """
    found = _SILENCE.match(cause)
    return int(found.group(1)) / 1000 if found else 0.0


def said_by(text: str | None) -> Verdict | None:
    """The verdict in an attempt's "STATUS CAUSE"; None: nothing listened.

    >>> said_by("MACHINE MAXWORDS-5-4")
    <Verdict.MACHINE: 'machine'>
    """
    return None if not text else judge(text.partition(" ")[0])


def is_overruled(text: str | None, verdict: str | None) -> bool:
    """Whether a call went on as a person's although AMD said that it was a machine: it was held out."""
    return verdict not in (None, Verdict.MACHINE) and said_by(text) is Verdict.MACHINE


_DIGITS = 8
_IDS: int = 16**_DIGITS


def is_held_out(attempt_id: AttemptId, share: float) -> bool:
    """Whether AMD's verdict is not obeyed for this call.

    By the attempt's id, which is drawn by chance: a daemon that takes the call over thinks as the one before did.
    """
    return int(attempt_id[-_DIGITS:], 16) < share * _IDS
