"""A bridge by its attempt and back, and which bridges nobody will ever talk in again."""

from __future__ import annotations

import pytest

from dialerd.domain.leg import LegPlace, LegSeen, attempt_of, bridge_of, orphans
from dialerd.domain.words import BRIDGE_ID, AttemptId, BridgeId, LegId

CALLS = [AttemptId(f"d{n:032x}") for n in range(3)]
LEGS = [LegId(f"a{n:032x}") for n in range(2)]
BRIDGES = [bridge_of(each) for each in CALLS]


def test_a_bridge_is_known_by_its_attempt_and_the_attempt_by_its_bridge() -> None:
    assert [attempt_of(each) for each in BRIDGES] == CALLS
    assert all(BRIDGE_ID.match(each) for each in BRIDGES)
    assert len(set(BRIDGES)) == len(CALLS)


@pytest.mark.parametrize(
    ("bridges", "legs", "expected"),
    [
        ([], {}, []),
        (BRIDGES, {}, BRIDGES),
        (BRIDGES, {LEGS[0]: LegSeen(LegPlace.WAITING), LEGS[1]: LegSeen(LegPlace.RINGING)}, BRIDGES),
        (BRIDGES, {LEGS[0]: LegSeen(LegPlace.BRIDGED, BRIDGES[1], CALLS[1])}, [BRIDGES[0], BRIDGES[2]]),
        # the agent waits in it for the desk to notice that the person is gone: not ours to remove
        (BRIDGES[:1], {LEGS[0]: LegSeen(LegPlace.BRIDGED, BRIDGES[0])}, []),
    ],
)
def test_a_bridge_without_an_agent_is_an_orphan(
    bridges: list[BridgeId], legs: dict[LegId, LegSeen], expected: list[BridgeId]
) -> None:
    assert orphans(bridges, legs) == expected
