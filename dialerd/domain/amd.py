"""What Asterisk's answering machine detection said, and what dialerd makes of it.

Not here: AMD's parameters (asterisk-conf/extensions_dialerd.conf) and what happens next (call/step.py).
"""

from __future__ import annotations

from dialerd.domain.words import Verdict

_VERDICTS = {"HUMAN": Verdict.HUMAN, "MACHINE": Verdict.MACHINE}


def judge(status: str) -> Verdict:
    """AMDSTATUS to a verdict. `NOTSURE`, and nothing at all (the detector could not run), are a person until
    shown otherwise: a machine that hears a message costs a call, a person hung up on costs a complaint.
    """
    return _VERDICTS.get(status.strip().upper(), Verdict.UNSURE)
