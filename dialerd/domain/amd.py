"""What Asterisk's answering machine detection said, and what dialerd makes of it.

Not here: AMD's parameters (asterisk-conf/extensions_dialerd.conf) and what happens next (call/step.py).
"""

from __future__ import annotations

import re

from dialerd.domain.words import Verdict

_VERDICTS = {"HUMAN": Verdict.HUMAN, "MACHINE": Verdict.MACHINE}


def judge(status: str) -> Verdict:
    """AMDSTATUS to a verdict. `NOTSURE`, and nothing at all (the detector could not run), are a person until
    shown otherwise: a machine that hears a message costs a call, a person hung up on costs a complaint.
    """
    return _VERDICTS.get(status.strip().upper(), Verdict.UNSURE)


_SILENCE = re.compile(r"HUMAN-(\d{1,5})-\d+\Z")


def silence_s(cause: str) -> float:
    """How long the person had been silent when AMD gave its verdict, in seconds; 0 where AMDCAUSE does not tell.

    `HUMAN-700-700`: 700 ms of silence after a word (app_amd.c), so the greeting ended 0.7 s before.

    >>> silence_s("HUMAN-700-700")
    0.7
    """
    found = _SILENCE.match(cause)
    return int(found.group(1)) / 1000 if found else 0.0
