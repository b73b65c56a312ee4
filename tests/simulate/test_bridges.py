"""The books of the simulated bridges, whatever is done in whatever order."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dialerd.domain.leg import bridge_of
from dialerd.domain.words import AttemptId, BridgeId, LegId
from dialerd.simulate.bridges import Bridges, Party

CALLS = [AttemptId(f"d{n:032x}") for n in range(3)]
LEGS = [LegId(f"a{n:032x}") for n in range(3)]
PARTIES: list[Party] = [*CALLS, *LEGS]


def test_whoever_is_put_elsewhere_leaves_the_other_behind() -> None:
    bridges = Bridges()
    assert bridges.put(bridge_of(CALLS[0]), LEGS[0], CALLS[0]) == set()
    assert bridges.put(bridge_of(CALLS[1]), LEGS[0], CALLS[1]) == {CALLS[0]}
    assert bridges.of(LEGS[0]) == (bridge_of(CALLS[1]), {CALLS[1]})
    assert bridges.of(CALLS[0]) == (bridge_of(CALLS[0]), set())
    assert bridges.put(bridge_of(CALLS[1]), LEGS[1], CALLS[1]) == {LEGS[0]}
    assert bridges.put(bridge_of(CALLS[1]), LEGS[1], CALLS[1]) == set(), "the same again parts nobody"
    assert bridges.leave(CALLS[1]) == {LEGS[1]}
    assert bridges.remove(bridge_of(CALLS[1])) == {LEGS[1]}
    assert bridges.of(LEGS[1]) == (None, set())
    assert list(bridges) == [bridge_of(CALLS[0])]


@given(
    st.lists(
        st.one_of(
            st.tuples(st.just("put"), st.sampled_from(LEGS), st.sampled_from(CALLS)),
            st.tuples(st.just("leave"), st.sampled_from(PARTIES), st.none()),
            st.tuples(st.just("remove"), st.sampled_from(CALLS), st.none()),
        ),
        max_size=12,
    )
)
def test_a_party_is_in_one_bridge_at_most_and_both_sides_agree(
    steps: list[tuple[str, Party, AttemptId | None]],
) -> None:
    bridges, made = Bridges(), set[BridgeId]()
    for what, party, call in steps:
        if call is not None:
            bridges.put(bridge_of(call), party, call)
            made.add(bridge_of(call))
            assert bridges.of(party) == (bridge_of(call), {call})
        elif what == "leave":
            bridges.leave(party)
            assert bridges.of(party) == (None, set())
        else:
            bridges.remove(bridge_of(AttemptId(party)))
            made.discard(bridge_of(AttemptId(party)))
        assert set(bridges) == made, "a bridge stays until it is removed"
        for each in PARTIES:
            bridge_id, others = bridges.of(each)
            assert bridge_id is None or bridge_id in bridges
            assert all(bridges.of(other) == (bridge_id, (others | {each}) - {other}) for other in others)


@pytest.mark.parametrize("party", PARTIES)
def test_who_is_in_no_bridge_leaves_nobody(party: Party) -> None:
    assert Bridges().leave(party) == set()
