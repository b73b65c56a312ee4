"""The faults of an exchange that hypothesis draws for people and agents: some of everything, none of it for long.

Not here: when connections break and daemons die (each test draws its own), the faults of bare calls (test_faults.py).
"""

from __future__ import annotations

from hypothesis import strategies as st

from dialerd.simulate.faults import Faults

_share = st.floats(0, 0.2)
FAULTS = st.builds(
    Faults,
    lose_reply=_share,
    lose_command=_share,
    lose_event=st.floats(0, 0.1),
    double_event=_share,
    delay_event=_share,
    delay_s=st.floats(0, 1),
)
