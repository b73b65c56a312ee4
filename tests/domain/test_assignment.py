"""Who works for whom: each rule of priorities, preferred campaigns, blending and permission, and what always holds."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dialerd.domain.assignment import assign
from dialerd.domain.blending import QUIET, Blend, Side
from dialerd.domain.posts import (
    CALLERS,
    IDLE,
    AgentFacts,
    Assignment,
    Busy,
    BusyWith,
    InboundFacts,
    RunFacts,
    Steadiness,
    Why,
    may_work_for,
    open_runs,
)
from dialerd.domain.words import AgentKind, RunId, RunState

NOON = datetime(2026, 12, 1, 12, tzinfo=UTC)
STEADY = Steadiness()
LONG = Blend(Side.INBOUND, "inbound: 3 waiting >= 3 for 5 s")


def a_run(number: int, **facts: Any) -> RunFacts:
    return replace(RunFacts(run=RunId(number), campaign=f"cmp{number}", queue="sales", priority=3, due=100), **facts)


def an_agent(name: str = "ann", *preferred: str, **facts: Any) -> AgentFacts:
    agent = AgentFacts(name=name, queues=frozenset({"sales"}), preferred=frozenset(preferred), idle_since=NOON)
    return replace(agent, **facts)


def callers(waiting: int, blend: Blend = LONG) -> InboundFacts:
    return InboundFacts(queue="sales", waiting=waiting, blend=blend)


def on_call(run: RunFacts) -> Busy:
    return Busy(BusyWith.CAMPAIGN, run.run, run.campaign)


@dataclass
class Floor:
    """Agents, runs and time, looked at again and again: what was decided is what the next decision starts from."""

    agents: dict[str, AgentFacts]
    runs: dict[int, RunFacts]
    inbound: tuple[InboundFacts, ...] = ()
    now: datetime = NOON

    @classmethod
    def of(cls, agents: Sequence[AgentFacts], runs: Sequence[RunFacts], *inbound: InboundFacts) -> Floor:
        return cls({agent.name: agent for agent in agents}, {run.run: run for run in runs}, inbound)

    def look(self, draw: float = 0.5) -> Mapping[str, Assignment]:
        runs = tuple(self.runs.values())
        decided = assign(tuple(self.agents.values()), runs, self.inbound, steadiness=STEADY, now=self.now, draw=draw)
        self.agents = {name: replace(agent, present=decided[name]) for name, agent in self.agents.items()}
        return decided

    def agent(self, name: str, **facts: Any) -> None:
        self.agents[name] = replace(self.agents[name], **facts)

    def run(self, number: int, **facts: Any) -> None:
        self.runs[number] = replace(self.runs[number], **facts)

    def busy(self, name: str, busy: Busy) -> Assignment:
        self.agent(name, busy=busy, idle_since=None)
        return self.look()[name]

    def free(self, name: str, draw: float = 0.5) -> Assignment:
        self.agent(name, busy=None, idle_since=self.now)
        return self.look(draw)[name]

    def later(self, seconds: float = 60) -> Floor:
        self.now += timedelta(seconds=seconds)
        return self


# Preferred campaigns (E4), each scenario of its description. Four campaigns run, the agent has chosen CMP1 and CMP2.


def four_campaigns() -> Floor:
    return Floor.of([an_agent("ann", "cmp1", "cmp2")], [a_run(number) for number in (1, 2, 3, 4)])


def draw_for(campaign: str) -> float:
    """A draw by which the agent gets that one of its two."""
    draws = [number / 50 for number in range(50)]
    return next(draw for draw in draws if four_campaigns().look(draw)["ann"].post.campaign == campaign)


def test_the_agent_gets_attached_to_either_of_its_preferred_campaigns() -> None:
    drawn = Counter(four_campaigns().look(number / 400)["ann"].post.campaign for number in range(400))
    assert drawn.keys() == {"cmp1", "cmp2"}
    assert 150 < drawn["cmp1"] < 250


def test_balancing_is_strictly_within_the_preferred_campaigns() -> None:
    floor = four_campaigns()
    floor.agents |= {name: an_agent(name, "cmp3") for name in ("bob", "cy", "dee")}
    floor.run(4, priority=5)  # nobody's wish, however urgent and empty
    at = {name: each.post.campaign for name, each in floor.look().items()}
    assert at.pop("ann") in ("cmp1", "cmp2")
    assert at == {"bob": "cmp3", "cy": "cmp3", "dee": "cmp3"}


@pytest.mark.parametrize(
    ("change", "cause"),
    [
        ({"due": 0}, "nobody to dial now"),
        ({"state": RunState.PAUSED}, "paused"),
        ({"state": RunState.STOPPED}, "stopped"),
        ({"state": RunState.COMPLETED}, "completed"),
    ],
)
def test_when_cmp1_is_dialed_out_paused_or_stopped_the_agent_is_moved_to_cmp2(
    change: Mapping[str, Any], cause: str
) -> None:
    floor = four_campaigns()
    assert floor.look(draw_for("cmp1"))["ann"].post.campaign == "cmp1"
    floor.run(1, **change)
    moved = floor.later(1).look()["ann"]
    assert (moved.post.campaign, moved.reason.why) == ("cmp2", Why.MOVED)
    assert cause in moved.reason.text


def test_when_a_run_is_gone_the_agent_is_moved_to_another_preferred_one() -> None:
    floor = four_campaigns()
    floor.look(draw_for("cmp1"))
    del floor.runs[1]
    assert floor.look()["ann"].post.campaign == "cmp2"


def test_when_only_non_preferred_campaigns_are_active_the_agent_remains_idle() -> None:
    floor = four_campaigns()
    floor.run(1, state=RunState.PAUSED)
    del floor.runs[2]
    idle = floor.look()["ann"]
    assert (idle.post, idle.reason.why) == (IDLE, Why.IDLE)
    assert idle.reason.text == "idle: of its preferred campaigns, cmp1 is paused, cmp2 is not running"


def test_an_idle_agent_goes_to_work_when_a_preferred_campaign_starts() -> None:
    floor = Floor.of([an_agent("ann", "cmp1")], [a_run(2)])
    assert floor.look()["ann"].post == IDLE
    floor.runs[1] = a_run(1)
    assert floor.look()["ann"].post.campaign == "cmp1"


def test_a_callback_from_a_non_preferred_campaign_switches_the_agent_for_that_call_only() -> None:
    for after in ("cmp1", "cmp2"):  # it need not be the same campaign
        floor = four_campaigns()
        assert floor.look(draw_for("cmp1"))["ann"].post.campaign == "cmp1"
        switched = floor.later().busy("ann", Busy(BusyWith.CALLBACK, RunId(3), "cmp3"))
        assert (switched.post.campaign, switched.reason.why) == ("cmp3", Why.SWITCHED)
        assert switched.reason.text == "a callback of cmp3, away from cmp1, and is assigned anew after it"
        anew = floor.later().free("ann", draw_for(after))
        assert (anew.post.campaign, anew.reason.why) == (after, Why.CHOSEN)


def test_an_inbound_call_switches_the_agent_for_that_call_only() -> None:
    for after in ("cmp1", "cmp2"):
        floor = four_campaigns()
        floor.agent("ann", kind=AgentKind.BLENDED)
        assert floor.look(draw_for("cmp1"))["ann"].post.campaign == "cmp1"
        switched = floor.later().busy("ann", Busy(BusyWith.INBOUND))
        assert (switched.post, switched.reason.why) == (CALLERS, Why.SWITCHED)
        assert floor.later().free("ann", draw_for(after)).post.campaign == after


def test_a_linked_campaign_is_not_added_to_the_list_by_itself() -> None:
    floor = four_campaigns()
    floor.look(draw_for("cmp1"))
    floor.runs[5] = a_run(5, priority=5)  # the run of a campaign linked to cmp1, begun as cmp1 ends
    floor.run(1, state=RunState.COMPLETED)
    floor.run(2, state=RunState.PAUSED)
    assert floor.later().look()["ann"].post == IDLE
    floor.agent("ann", preferred=frozenset({"cmp1", "cmp2", "cmp5"}))
    assert floor.look()["ann"].post.campaign == "cmp5"


def test_a_supervisor_who_clears_the_list_frees_the_agent_for_every_campaign_at_once() -> None:
    floor = four_campaigns()
    floor.run(4, priority=5)
    floor.look()
    floor.agent("ann", preferred=frozenset())
    assert floor.later().look()["ann"].post.campaign == "cmp4"


def test_a_supervisor_who_changes_the_list_moves_a_free_agent_at_once_and_a_busy_one_after_its_call() -> None:
    floor = four_campaigns()
    ann = floor.look(draw_for("cmp1"))["ann"]
    floor.agent("ann", preferred=frozenset({"cmp3"}))
    assert floor.look()["ann"].post.campaign == "cmp3"

    floor.agent("ann", preferred=frozenset({"cmp1"}), present=ann)
    floor.busy("ann", on_call(floor.runs[1]))
    floor.agent("ann", preferred=frozenset({"cmp3"}))
    leaving = floor.look()["ann"]
    assert (leaving.post.campaign, str(leaving.then), leaving.reason.why) == ("cmp1", "cmp3", Why.LEAVING)
    assert floor.later().free("ann").post.campaign == "cmp3"


def test_an_agent_without_a_list_may_be_given_every_campaign_of_its_queues() -> None:
    floor = Floor.of([an_agent()], [a_run(1, queue="support"), a_run(2)])
    assert floor.look()["ann"].post.campaign == "cmp2"


def test_the_campaigns_open_to_an_agent_are_those_it_could_choose() -> None:
    runs = [a_run(1), a_run(2, priority=5), a_run(3, queue="support"), a_run(4, state=RunState.COMPLETED)]
    assert [run.campaign for run in open_runs(an_agent("ann", "cmp1"), runs)] == ["cmp2", "cmp1"]
    assert open_runs(an_agent(may_outbound=False), runs) == []


# Priorities (A12)


def test_a_campaign_of_higher_priority_has_its_agents_first() -> None:
    agents = [an_agent(name) for name in ("ann", "bob", "cy")]
    floor = Floor.of(agents, [a_run(1, priority=4), a_run(2, priority=5, due=2), a_run(3, priority=1)])
    assert Counter(each.post.campaign for each in floor.look().values()) == {"cmp2": 2, "cmp1": 1}


def test_among_equals_the_choice_is_random() -> None:
    runs = [a_run(number, priority=5) for number in (1, 2, 3, 4)] + [a_run(5, priority=4)]
    drawn = Counter(Floor.of([an_agent()], runs).look(number / 400)["ann"].post.campaign for number in range(400))
    assert drawn.keys() == {"cmp1", "cmp2", "cmp3", "cmp4"}
    assert all(70 < count < 130 for count in drawn.values())


def test_the_reason_tells_priority_equals_and_list() -> None:
    floor = Floor.of([an_agent("ann", "cmp1", "cmp2", "cmp3")], [a_run(1), a_run(2), a_run(3, priority=1)])
    assert floor.look(draw_for("cmp1"))["ann"].reason.text == (
        "cmp1: priority 3, one of 2 of that priority, one of its preferred campaigns"
    )


def test_a_campaign_of_higher_priority_that_starts_draws_free_agents_once_they_are_settled() -> None:
    floor = Floor.of([an_agent()], [a_run(1)])
    floor.look()
    floor.runs[2] = a_run(2, priority=5)
    assert floor.later(STEADY.stay_s - 1).look()["ann"].post.campaign == "cmp1"
    moved = floor.later(1).look()["ann"]
    assert (moved.post.campaign, moved.reason.why) == ("cmp2", Why.MOVED)
    assert moved.reason.text == "cmp2: priority 5; before: cmp1, which has priority 3"


def test_a_clock_that_is_set_back_holds_nobody_where_they_are_until_it_catches_up() -> None:
    floor = Floor.of([an_agent()], [a_run(1)])
    floor.look()
    floor.runs[2] = a_run(2, priority=5)
    assert floor.later(-3600.0).look()["ann"].post.campaign == "cmp2"


def test_the_end_of_a_call_is_needed_before_an_agent_is_moved() -> None:
    floor = Floor.of([an_agent()], [a_run(1)])
    floor.look()
    floor.busy("ann", on_call(floor.runs[1]))
    floor.runs[2] = a_run(2, priority=5)
    leaving = floor.later().look()["ann"]
    assert (leaving.post.campaign, str(leaving.then), leaving.reason.why) == ("cmp1", "cmp2", Why.LEAVING)
    assert leaving.reason.text == "leaves cmp1 after its call: which has priority 3; then cmp2: priority 5"
    moved = floor.later().free("ann")
    assert (moved.post.campaign, moved.then, moved.since) == ("cmp2", None, floor.now)


def test_an_agent_that_is_to_leave_stays_when_its_own_campaign_wants_it_again() -> None:
    floor = Floor.of([an_agent()], [a_run(1)])
    began = floor.look()["ann"].since
    floor.busy("ann", on_call(floor.runs[1]))
    floor.run(1, state=RunState.PAUSED)
    assert floor.later().look()["ann"].then == IDLE
    floor.run(1, state=RunState.ACTIVE)
    back = floor.look()["ann"]
    assert (back.post.campaign, back.then, back.since) == ("cmp1", None, began)


def test_of_two_at_one_campaign_the_free_one_goes() -> None:
    floor = Floor.of([an_agent("ann"), an_agent("bob")], [a_run(1)])
    floor.look()
    floor.busy("ann", on_call(floor.runs[1]))
    floor.busy("bob", on_call(floor.runs[1]))
    floor.runs[2] = a_run(2, priority=5, due=1)
    leaving = [name for name, each in floor.later().look().items() if each.then]
    assert len(leaving) == 1
    (other,) = {"ann", "bob"} - set(leaving)
    assert floor.free(other).post.campaign == "cmp2"
    assert floor.look()[leaving[0]].heading.campaign == "cmp1"


def test_calls_on_their_way_keep_the_agents_that_they_need_and_no_longer_than_such_a_call_takes() -> None:
    agents = [an_agent(name, idle_since=NOON + timedelta(seconds=age)) for age, name in enumerate(("ann", "bob", "cy"))]
    floor = Floor.of(agents, [a_run(1)])
    floor.look()
    floor.runs[2] = a_run(2, priority=5)
    floor.run(1, calls_on_way=2)
    at = floor.later().look()
    assert {name: (each.post.campaign, str(each.then)) for name, each in at.items()} == {
        "ann": ("cmp1", "cmp2"),  # idle for longest: the next call is hers
        "bob": ("cmp1", "cmp2"),
        "cy": ("cmp2", "None"),
    }
    assert "after the calls that are on their way" in at["ann"].reason.text
    floor.run(1, calls_on_way=1)
    assert [name for name, each in floor.look().items() if each.then] == ["ann"]
    assert floor.later(STEADY.leave_s).look()["ann"].post.campaign == "cmp2"


def test_equal_campaigns_share_agents_and_one_that_starts_gets_its_half() -> None:
    floor = Floor.of([an_agent(f"a{number}") for number in range(10)], [a_run(1)])
    floor.look()
    floor.runs[2] = a_run(2)
    assert Counter(each.post.campaign for each in floor.later().look().values()) == {"cmp1": 5, "cmp2": 5}


def test_one_agent_serves_equal_campaigns_in_turns() -> None:
    floor = Floor.of([an_agent()], [a_run(1), a_run(2)])
    assert floor.look(draw_for("cmp1"))["ann"].post.campaign == "cmp1"
    assert floor.later(STEADY.turn_s - 1).look(draw=0.9)["ann"].post.campaign == "cmp1"
    assert floor.later(1).look()["ann"].post.campaign == "cmp2"
    assert floor.later(STEADY.turn_s - 1).look()["ann"].post.campaign == "cmp2"


def test_no_more_agents_are_taken_from_elsewhere_than_a_campaign_can_keep_at_work() -> None:
    floor = Floor.of([an_agent(f"a{number}") for number in range(5)], [a_run(1)])
    floor.look()
    floor.runs[2] = a_run(2, priority=5, due=2)
    assert Counter(each.post.campaign for each in floor.later().look().values()) == {"cmp1": 3, "cmp2": 2}


def test_whom_no_campaign_needs_now_joins_the_highest_and_takes_turns_there() -> None:
    agents = [an_agent(name) for name in ("ann", "bob", "cy")]
    floor = Floor.of(agents, [a_run(1, priority=5, due=1), a_run(2, due=1)])
    assert Counter(each.post.campaign for each in floor.look().values()) == {"cmp1": 2, "cmp2": 1}
    floor.run(1, due=0)
    floor.run(2, due=9)
    assert {each.post.campaign for each in floor.later().look().values()} == {"cmp2"}
    floor.run(2, due=0)
    assert {each.post.campaign for each in floor.later().look().values()} == {"cmp2"}, "nobody moves for nothing"


def test_a_blended_agent_does_not_lose_its_seat_to_one_who_only_joins() -> None:
    floor = Floor.of([an_agent("ann", kind=AgentKind.BLENDED)], [a_run(1, due=1)])
    assert floor.look()["ann"].post.campaign == "cmp1"
    floor.agents["bob"] = an_agent("bob")
    for _ in range(3):
        assert {each.post.campaign for each in floor.look().values()} == {"cmp1"}


def test_of_those_without_a_campaign_the_longest_idle_goes_first() -> None:
    agents = [an_agent(name, idle_since=NOON - timedelta(seconds=age)) for age, name in enumerate(("ann", "bob", "cy"))]
    floor = Floor.of(agents, [a_run(1, state=RunState.PAUSED)])
    floor.look()
    floor.agents |= {name: replace(agent, kind=AgentKind.BLENDED) for name, agent in floor.agents.items()}
    floor.run(1, state=RunState.ACTIVE, due=1)
    assert [name for name, each in floor.look().items() if each.post.campaign] == ["cy"]


def test_after_a_restart_a_call_that_is_up_tells_where_its_agent_is() -> None:
    run = a_run(1)
    at = Floor.of([an_agent(busy=on_call(run), idle_since=None)], [run, a_run(2)]).look()["ann"]
    assert (at.post.campaign, at.then) == ("cmp1", None)


# Blending (E5)


def blended_floor(waiting: int, blend: Blend = LONG, kinds: Sequence[AgentKind] = ()) -> Floor:
    agents = [an_agent(f"blended{number}", kind=AgentKind.BLENDED) for number in range(4)]
    agents += [an_agent(f"other{number}", kind=kind) for number, kind in enumerate(kinds)]
    return Floor.of(agents, [a_run(1, priority=5)], callers(waiting, blend))


def taking_callers(at: Mapping[str, Assignment]) -> int:
    return sum(each.heading.takes_inbound for each in at.values())


def test_an_agent_of_kind_inbound_takes_callers_only_and_one_of_kind_outbound_never() -> None:
    at = blended_floor(3, kinds=[AgentKind.INBOUND, AgentKind.OUTBOUND]).look()
    assert (at["other0"].post, at["other0"].reason.why) == (CALLERS, Why.INBOUND)
    assert at["other1"].post.campaign == "cmp1"


def test_below_the_threshold_blended_agents_stay_with_campaigns() -> None:
    floor = blended_floor(2, QUIET, [AgentKind.INBOUND])
    assert taking_callers(floor.look()) == 1


def test_past_the_threshold_one_blended_agent_for_each_who_waits_moves_to_inbound() -> None:
    floor = blended_floor(0, QUIET, [AgentKind.INBOUND])
    floor.look()
    floor.inbound = (callers(3),)
    at = floor.later().look()
    moved = [each for each in at.values() if each.post.queue == "sales"]
    assert len(moved) == 3
    assert {each.reason.text for each in moved} == {"callers of queue sales: inbound: 3 waiting >= 3 for 5 s"}


def test_blended_agents_stay_inbound_until_the_queue_has_fallen_for_long_enough_then_go_back() -> None:
    floor = blended_floor(3, kinds=[AgentKind.INBOUND])
    assert taking_callers(floor.look()) == 4
    floor.inbound = (callers(0),)  # fallen, but not for long enough: the side is inbound yet
    assert taking_callers(floor.later().look()) == 4
    floor.inbound = (callers(0, Blend(Side.OUTBOUND, "outbound: 0 waiting < 1 for 30 s")),)
    at = floor.later().look()
    assert taking_callers(at) == 1
    assert "outbound: 0 waiting < 1 for 30 s" in "".join(each.reason.text for each in at.values())


def test_a_caller_at_the_end_keeps_the_agent_until_its_call_is_over() -> None:
    floor = blended_floor(3, kinds=[AgentKind.INBOUND])
    name = next(name for name, each in floor.look().items() if each.post.queue == "sales")
    assert floor.busy(name, Busy(BusyWith.INBOUND)).reason.why is Why.INBOUND
    floor.inbound = (callers(0, QUIET),)
    assert (floor.later().look()[name].post.queue, str(floor.look()[name].then)) == ("sales", "cmp1")
    assert floor.free(name).post.campaign == "cmp1"


def test_a_queue_without_inbound_agents_has_its_callers_taken_one_at_a_time_below_the_threshold() -> None:
    floor = blended_floor(1, QUIET)
    assert taking_callers(floor.look()) == 1
    floor.inbound = (callers(0, QUIET),)
    assert taking_callers(floor.later().look()) == 0


def test_a_blended_agent_without_a_campaign_takes_callers() -> None:
    at = Floor.of([an_agent(kind=AgentKind.BLENDED)], [], callers(0, QUIET)).look()["ann"]
    assert (at.post, at.reason.why) == (CALLERS, Why.INBOUND)
    assert at.reason.text == "callers, for there is no campaign for it: no campaign runs on a queue that it serves"


# Permission (E6)


def test_without_permission_an_agent_gets_no_campaign_calls() -> None:
    idle = Floor.of([an_agent("ann", "cmp1", may_outbound=False)], [a_run(1)]).look()["ann"]
    assert idle.post == IDLE
    assert idle.reason.text == "idle: it has no permission for outbound voice campaigns"


def test_a_permission_that_is_taken_away_ends_at_the_end_of_the_call() -> None:
    floor = Floor.of([an_agent()], [a_run(1, calls_on_way=5)])
    floor.look()
    floor.busy("ann", on_call(floor.runs[1]))
    floor.agent("ann", may_outbound=False)
    assert floor.look()["ann"].then == IDLE
    assert floor.free("ann").post == IDLE


# What always holds

QUEUES = ("sales", "support")
NAMES = tuple(f"a{number}" for number in range(7))
RUNS = st.builds(
    a_run,
    st.integers(1, 5),
    queue=st.sampled_from(QUEUES),
    priority=st.integers(1, 3),
    due=st.integers(0, 6),
    calls_on_way=st.integers(0, 2),
    state=st.sampled_from([RunState.ACTIVE] * 4 + [RunState.PAUSED, RunState.COMPLETED]),
)
CALLS = st.builds(
    lambda kind, number: Busy(kind) if kind is BusyWith.INBOUND else Busy(kind, RunId(number), f"cmp{number}"),
    st.sampled_from(BusyWith),
    st.integers(1, 5),
)
AGENTS = st.fixed_dictionaries(
    {
        "queues": st.frozensets(st.sampled_from(QUEUES), min_size=1),
        "kind": st.sampled_from(AgentKind),
        "may_outbound": st.sampled_from([True, True, True, False]),
        "preferred": st.frozensets(st.sampled_from([f"cmp{number}" for number in range(1, 6)]), max_size=2),
        "busy": st.none() | CALLS,
    }
)
INBOUND = st.builds(
    lambda queue, waiting, blend: InboundFacts(queue=queue, waiting=waiting, blend=blend),
    st.sampled_from(QUEUES),
    st.integers(0, 4),
    st.sampled_from([QUIET, LONG]),
)
SCENES = st.tuples(
    st.dictionaries(st.sampled_from(NAMES), AGENTS),
    st.lists(RUNS, unique_by=lambda run: run.run),
    st.lists(INBOUND, unique_by=lambda facts: facts.queue),
    st.sampled_from([0.0, 3.0, 20.0, 700.0]),
    st.floats(0, 0.999),
)


@given(st.lists(SCENES, min_size=1, max_size=4), st.floats(0, 0.999))
def test_whatever_happens_the_promises_hold(scenes: list[tuple[Any, ...]], other_draw: float) -> None:
    present: Mapping[str, Assignment] = {}
    now = NOON
    for facts, runs, inbound, seconds, draw in scenes:
        now += timedelta(seconds=seconds)
        agents = [
            an_agent(name, idle_since=None if each["busy"] else now, present=present.get(name), **each)
            for name, each in facts.items()
        ]
        before = present
        present = assign(agents, runs, inbound, steadiness=STEADY, now=now, draw=draw)
        again = [replace(agent, present=present[agent.name]) for agent in agents]
        assert assign(again, runs, inbound, steadiness=STEADY, now=now, draw=other_draw) == present
        check_each(agents, runs, present)
        check_nobody_is_idle_for_nothing(agents, runs, present)
        check_calls_are_finished(agents, before, present)


def check_each(agents: Sequence[AgentFacts], runs: Sequence[RunFacts], at: Mapping[str, Assignment]) -> None:
    assert at.keys() == {agent.name for agent in agents}
    by_id = {run.run: run for run in runs}
    for agent in agents:
        here = at[agent.name]
        assert here.reason.text
        for post in (here.then,) if agent.busy else (here.post, here.then):
            if post is not None and post.run is not None:
                assert may_work_for(agent, by_id[post.run])
            if post is not None and post.takes_inbound:
                assert agent.takes_callers
        if here.then is not None and agent.busy is None:
            assert here.post.run is not None
            assert by_id[here.post.run].calls_on_way


def check_nobody_is_idle_for_nothing(
    agents: Sequence[AgentFacts], runs: Sequence[RunFacts], at: Mapping[str, Assignment]
) -> None:
    heading = Counter(each.heading.run for each in at.values() if each.reason.why is not Why.SWITCHED)
    for run in runs:
        if run.state is RunState.ACTIVE and heading[run.run] < run.due + run.calls_on_way:
            for agent in agents:
                if may_work_for(agent, run):
                    assert at[agent.name].reason.why is Why.SWITCHED or at[agent.name].heading not in (IDLE, CALLERS)


def check_calls_are_finished(
    agents: Sequence[AgentFacts], before: Mapping[str, Assignment], at: Mapping[str, Assignment]
) -> None:
    for agent in agents:
        if agent.busy is not None:
            assert at[agent.name].post.run == agent.busy.run
            assert at[agent.name].post.takes_inbound == (agent.busy.kind is BusyWith.INBOUND)
        elif agent.name in before and before[agent.name].reason.why is Why.SWITCHED:
            assert at[agent.name].since >= before[agent.name].since


@given(
    st.integers(1, 5),
    st.integers(0, 8),
    st.integers(0, 4),
    st.lists(st.tuples(st.integers(0, 4), st.booleans()), max_size=10),
)
def test_a_run_that_is_alone_gets_and_keeps_the_agents_that_it_would_beside_one_that_is_not_theirs(
    number: int, due: int, on_way: int, story: Sequence[tuple[int, bool]]
) -> None:
    agents, run = [an_agent(str(n)) for n in range(number)], a_run(1, due=due, calls_on_way=on_way)
    alone, beside = Floor.of(agents, [run]), Floor.of(agents, [run, a_run(2, queue="elsewhere")])
    assert alone.look() == beside.look()
    for which, is_busy in story:
        for floor in (alone, beside):
            floor.later(7).agent(str(which % number), busy=on_call(run) if is_busy else None)
        assert alone.look() == beside.look()
