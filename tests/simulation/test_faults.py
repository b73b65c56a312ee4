"""Whatever is lost, doubled, late or cut off: nobody is called twice, and everybody is settled once."""

from __future__ import annotations

from functools import partial

from hypothesis import given, settings
from hypothesis import strategies as st

from dialerd.domain.words import Disposition, RunState
from dialerd.simulate.clock import VirtualClock
from dialerd.simulate.exchange import SimulatedExchange
from dialerd.simulate.faults import Faults
from dialerd.simulate.record import peak_calls, peak_rate
from tests.simulation.world import MAX_CALLS, RATE, campaign, check_invariants, run

ENDINGS = ["00", "02", "40", "01", "05", "20", "11", "03", "33", "19"] * 3

_share = st.floats(0, 0.3)
_faults = st.builds(
    Faults,
    lose_reply=_share,
    lose_command=_share,
    lose_event=_share,
    double_event=_share,
    delay_event=_share,
    delay_s=st.floats(0, 3),
)
_outages = st.lists(
    st.tuples(st.sampled_from(["cut", "restart", "refuse"]), st.floats(0.5, 60), st.floats(0.1, 20)), max_size=6
)


@settings(max_examples=60, deadline=None)
@given(seed=st.integers(0, 10_000), faults=_faults, outages=_outages, max_attempts=st.sampled_from([1, 3]))
def test_the_invariants_hold_under_any_mix_of_faults(
    seed: int, faults: Faults, outages: list[tuple[str, float, float]], max_attempts: int
) -> None:
    def trouble(exchange: SimulatedExchange, clock: VirtualClock) -> None:
        acts = {"cut": exchange.cut, "restart": exchange.restart, "refuse": exchange.refuse_originates}
        for kind, at_s, duration_s in outages:
            clock.call_later(at_s, partial(acts[kind], duration_s))

    spec = campaign(max_attempts=max_attempts, retry_after_min=1)
    outcome = run(ENDINGS, spec=spec, seed=seed, faults=faults, trouble=trouble)
    assert outcome.run.state is RunState.COMPLETED
    check_invariants(outcome, max_attempts=max_attempts)
    assert peak_rate(outcome.record) <= RATE


MACHINES = ["60", "61", "62", "63", "65", "66", "17", "21", "40"] * 3


@settings(max_examples=40, deadline=None)
@given(seed=st.integers(0, 10_000), faults=_faults, outages=_outages, wait=st.sampled_from(["silence", "beep"]))
def test_what_is_called_a_voicemail_was_heard_to_its_end_under_any_mix_of_faults(
    seed: int, faults: Faults, outages: list[tuple[str, float, float]], wait: str
) -> None:
    def trouble(exchange: SimulatedExchange, clock: VirtualClock) -> None:
        acts = {"cut": exchange.cut, "restart": exchange.restart, "refuse": exchange.refuse_originates}
        for kind, at_s, duration_s in outages:
            clock.call_later(at_s, partial(acts[kind], duration_s))

    given_spec = campaign(voicemail={"play": "vm", "wait": wait}, screened={"play": "us"}, retry_after_min=1)
    outcome = run(MACHINES, spec=given_spec, seed=seed, faults=faults, trouble=trouble)
    assert outcome.run.state is RunState.COMPLETED
    check_invariants(outcome, max_attempts=1)
    heard = {call.number: call.heard for call in outcome.record}
    left = [row.attempt.number for row in outcome.attempts if row.attempt.disposition is Disposition.VOICEMAIL_LEFT]
    assert [number for number in left if "vm" not in heard[number]] == []


def test_without_faults_in_between_the_limit_of_calls_holds_through_an_outage() -> None:
    def trouble(exchange: SimulatedExchange, clock: VirtualClock) -> None:
        clock.call_later(4, lambda: exchange.cut(1))

    outcome = run(ENDINGS * 3, trouble=trouble)
    assert peak_calls(outcome.record) <= MAX_CALLS
