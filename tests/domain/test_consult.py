"""An attended transfer as a table: whatever comes in whatever order, each of the three is let go or kept once."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dialerd.domain.consult import TABLE, Act, Came, Stage, may_complete, step

S, C, A = Stage, Came, Act

STORIES: list[tuple[list[Came], list[Act]]] = [
    ([C.UP, C.JOINED, C.COMPLETE], [A.JOIN, A.TELL, A.HAND_OVER]),
    ([C.UP, C.JOINED, C.TAKE_BACK], [A.JOIN, A.TELL, A.UNDO]),
    ([C.TARGET_GONE], [A.TELL]),
    ([C.UP, C.NOT_JOINED], [A.JOIN, A.DROP, A.TELL]),
    ([C.UP, C.JOINED, C.TARGET_GONE], [A.JOIN, A.TELL]),
    ([C.UP, C.JOINED, C.CALL_OVER], [A.JOIN, A.TELL, A.DROP]),
    ([C.TAKE_BACK], [A.UNDO, A.TELL]),
    ([C.CALL_OVER], [A.DROP, A.TELL]),
    ([C.UP, C.CALL_OVER, C.JOINED], [A.JOIN, A.DROP, A.TELL]),
    ([C.COMPLETE, C.UP, C.COMPLETE], [A.JOIN]),
    ([C.UP, C.JOINED, C.COMPLETE, C.TARGET_GONE, C.CALL_OVER], [A.JOIN, A.TELL, A.HAND_OVER]),
]


def _acts(came: list[Came]) -> tuple[Stage, list[Act]]:
    stage, done = Stage.REACHING, list[Act]()
    for each in came:
        stage, acts = step(stage, each)
        done += acts
    return stage, done


@pytest.mark.parametrize(("came", "acts"), STORIES)
def test_what_comes_leads_to_what_is_done(came: list[Came], acts: list[Act]) -> None:
    assert _acts(came)[1] == acts


@given(st.lists(st.sampled_from(list(Came)), max_size=12))
def test_whoever_asked_is_told_once_and_nobody_is_both_kept_and_let_go(came: list[Came]) -> None:
    stage, acts = _acts(came)
    assert max((acts.count(each) for each in A), default=0) <= 1, "each is done once"
    assert len({A.DROP, A.UNDO, A.HAND_OVER} & set(acts)) <= 1
    if stage is S.OVER:
        is_gone = C.TARGET_GONE in came
        assert A.TELL in acts, "whoever asked has heard"
        assert is_gone or {A.DROP, A.UNDO, A.HAND_OVER} & set(acts), (
            "whom it asked is let go, has the call, or went by itself"
        )


@pytest.mark.parametrize("stage", list(Stage))
def test_a_call_is_given_away_only_to_whom_the_agent_talks_to(stage: Stage) -> None:
    assert (may_complete(stage) is None) is (Came.COMPLETE in TABLE[stage])
