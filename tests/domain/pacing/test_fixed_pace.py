"""Progressive, preview and power: so many calls per ready agent, no more, no fewer."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dialerd.domain.errors import BadInputError
from dialerd.domain.pacing import AbandonMeter, PacingView, PowerPacer, PreviewPacer, ProgressivePacer

SPENT = AbandonMeter(cap=0.03, abandoned=4, live_answers=100)
JUST_UNDER = AbandonMeter(cap=0.03, abandoned=3, live_answers=100)
FRESH = AbandonMeter(cap=0.03, abandoned=0, live_answers=0)

ages = st.lists(st.floats(0, 60), max_size=12)


@pytest.mark.parametrize(
    ("view", "calls"),
    [
        (PacingView(now=0.0), 0),
        (PacingView(now=0.0, ready=[0.0] * 10), 10),
        (PacingView(now=0.0, ready=[0.0] * 10, ringing=[3.0] * 4), 6),
        (PacingView(now=0.0, ready=[0.0] * 3, ringing=[1.0], detecting=[1.0], waiting=[0.5]), 0),
        (PacingView(now=0.0, ready=[0.0], ringing=[1.0] * 4), 0),
        (PacingView(now=0.0, talking=[200.0] * 5, wrapping=[60.0]), 0),
        (PacingView(now=0.0, ready=[0.0], connected=[9.0]), 1),
    ],
)
def test_progressive_and_preview_have_one_call_per_ready_agent(view: PacingView, calls: int) -> None:
    assert ProgressivePacer().decide(view) == calls
    assert PreviewPacer().decide(view) == calls


@pytest.mark.parametrize(
    ("ratio", "view", "calls"),
    [
        (2, PacingView(now=0.0, ready=[0.0] * 3), 6),
        (10, PacingView(now=0.0, ready=[0.0] * 3, ringing=[1.0] * 7, detecting=[1.0]), 22),
        (2, PacingView(now=0.0, ready=[0.0], ringing=[1.0] * 5), 0),
        (3, PacingView(now=0.0, ready=[0.0] * 2, meters=[JUST_UNDER, FRESH]), 6),
        (3, PacingView(now=0.0, ready=[0.0] * 2, meters=[FRESH, SPENT]), 2),
        (3, PacingView(now=0.0, ready=[0.0] * 2, ringing=[1.0] * 2, meters=[SPENT]), 0),
    ],
)
def test_power_has_ratio_calls_per_ready_agent_and_one_while_a_meter_is_over_its_cap(
    ratio: int, view: PacingView, calls: int
) -> None:
    assert PowerPacer(ratio=ratio).decide(view) == calls


@pytest.mark.parametrize("ratio", [0, 11, -1])
def test_a_ratio_outside_1_to_10_is_refused(ratio: int) -> None:
    with pytest.raises(BadInputError, match="1 to 10"):
        PowerPacer(ratio=ratio)


def test_another_ratio_holds_at_once() -> None:
    pacer = PowerPacer(ratio=2)
    pacer.change_pace(ratio=4)
    assert pacer.decide(PacingView(now=0.0, ready=[0.0])) == 4
    with pytest.raises(BadInputError):
        pacer.change_pace(ratio=11)


@given(ready=ages, ringing=ages, detecting=ages, waiting=ages, ratio=st.integers(1, 10))
def test_calls_never_exceed_ratio_times_ready_agents(
    ready: list[float], ringing: list[float], detecting: list[float], waiting: list[float], ratio: int
) -> None:
    view = PacingView(now=0.0, ready=ready, ringing=ringing, detecting=detecting, waiting=waiting)
    started = PowerPacer(ratio=ratio).decide(view)
    assert started >= 0
    assert started == 0 or started + view.calls_for_agents == ratio * len(ready)
    assert PowerPacer(ratio=1).decide(view) == ProgressivePacer().decide(view)
