"""Assignment: which run, or which callers, each agent is there for, and why. Decided anew whenever something changes.

A run takes agents of its queue whose list of preferred campaigns (if they have one) names it, the highest priority
first; equals share by draw. Callers come before every run once their queue has blended agents on the inbound side.
Nobody is moved during a call, nor for small differences: the same facts again change nothing.
Not here: who goes where when several want the same people (sharing.py), thresholds (blending.py), how many calls are
started (pacing).
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime

from dialerd.domain.blending import Side
from dialerd.domain.posts import (
    CALLERS,
    IDLE,
    AgentFacts,
    Assignment,
    BusyWith,
    InboundFacts,
    Post,
    Reason,
    RunFacts,
    Steadiness,
    Why,
    may_work_for,
)
from dialerd.domain.sharing import Candidate, Claim, Place, share
from dialerd.domain.words import AgentKind, RunState

ABOVE_EVERY_RUN = 6
"""The priority of callers for whom blended agents are asked."""

_NEVER = datetime.max.replace(tzinfo=UTC)


def assign(
    agents: Sequence[AgentFacts],
    runs: Sequence[RunFacts],
    inbound: Sequence[InboundFacts] = (),
    *,
    steadiness: Steadiness,
    now: datetime,
    draw: float,
) -> Mapping[str, Assignment]:
    """An assignment for each of `agents`, by name. `draw`, uniform in [0, 1), chooses among equals.

    To be called when an agent, a run, a queue's side or a list changes, and from time to time, for times that pass.
    """
    if len(runs) == 1 and not inbound and all(_is_content(agent, runs[0]) for agent in agents):
        wanted = sum(agent.busy is not None for agent in agents) + runs[0].due + runs[0].calls_on_way
        if runs[0].state is RunState.ACTIVE and wanted >= len(agents):  # the usual case, at every call that ends
            return {agent.name: agent.present for agent in agents if agent.present is not None}
    facts = _Facts(agents, runs, inbound, steadiness, now)
    shared = [agent for agent in facts.agents if not _is_switched(agent)]
    where = dict(share([facts.candidate(agent) for agent in shared], facts.claims(shared), draw=draw))
    spare = _let_the_spare_stay(where, shared, facts)
    _let_the_free_go_first(where, shared, facts)
    kept = _kept_for_calls_on_way(where, shared, facts)
    outcome = {agent.name: _switched(agent, now) for agent in facts.agents if _is_switched(agent)}
    for agent in shared:
        is_held = agent.busy is not None or agent.name in kept
        decided = _assignment(agent, where[agent.name], facts, is_held=is_held)
        is_spare = agent.name in spare
        outcome[agent.name] = decided if decided.is_spare is is_spare else replace(decided, is_spare=is_spare)
    return outcome


def _is_content(agent: AgentFacts, run: RunFacts) -> bool:
    """Whether the agent stays at that run, the only one there is, while it has something to do for everybody."""
    at, busy = agent.present, agent.busy
    return (
        at is not None
        and at.then is None
        and not at.is_spare
        and at.reason.why is not Why.SWITCHED
        and at.post == Post(run=run.run, campaign=run.campaign)
        and (busy is None or (busy.kind is BusyWith.CAMPAIGN and busy.run == run.run))
        and may_work_for(agent, run)
    )


class _Facts:
    """What is known, found by name, with agents in the order in which they are moved: the free first; of those who have
    no place the longest idle, of those who have one the ones whose turn there is furthest away."""

    def __init__(
        self,
        agents: Sequence[AgentFacts],
        runs: Sequence[RunFacts],
        inbound: Sequence[InboundFacts],
        steadiness: Steadiness,
        now: datetime,
    ) -> None:
        self.agents = sorted(agents, key=_order)
        self.runs: dict[Place, RunFacts] = {run.run: run for run in runs}
        self.inbound: dict[Place, InboundFacts] = {facts.queue: facts for facts in inbound}
        self.steadiness = steadiness
        self.now = now
        self.open_to = self._open_to()

    def _open_to(self) -> Mapping[str, frozenset[Place]]:
        """By agent: runs, and queues whose callers it can be asked to take. Agents who are alike are looked at once."""
        alike: dict[tuple[object, ...], frozenset[Place]] = {}
        open_to: dict[str, frozenset[Place]] = {}
        for agent in self.agents:
            kind = (agent.queues, agent.kind, agent.may_outbound, agent.preferred)
            if kind not in alike:
                places: set[Place] = {run.run for run in self.runs.values() if may_work_for(agent, run)}
                if agent.kind is AgentKind.BLENDED:
                    places.update(queue for queue in self.inbound if queue in agent.queues)
                alike[kind] = frozenset(places)
            open_to[agent.name] = alike[kind]
        return open_to

    def candidate(self, agent: AgentFacts) -> Candidate:
        present, open_to, at = agent.present, self.open_to[agent.name], _place(agent)
        if present is None or at is None:
            return Candidate(name=agent.name, open_to=open_to, at=at)
        return Candidate(
            name=agent.name,
            open_to=open_to,
            at=at,
            is_settled=self.steadiness.is_settled(present, self.now),
            has_had_turn=self.steadiness.has_had_turn(present, self.now),
        )

    def claims(self, shared: Iterable[AgentFacts]) -> list[Claim]:
        """Runs ask for those who are at their calls and one for each that is to come; queues for one for each caller
        who waits, and for those they have for as long as their side is inbound."""
        heading = Counter(_place(agent) for agent in shared)
        busy = Counter(agent.present.post.queue for agent in shared if agent.present and _is_with_caller(agent))
        working = Counter(agent.busy.run for agent in shared if agent.busy)
        claims = [
            Claim(run.run, run.priority, working[run.run] + run.due + run.calls_on_way)
            for run in self.runs.values()
            if run.state is RunState.ACTIVE
        ]
        for queue, facts in self.inbound.items():
            if facts.blend.side is Side.INBOUND:
                seats = max(heading[queue], busy[facts.queue] + facts.waiting)
            elif self.has_inbound_agents(facts.queue):
                seats = 0
            else:  # nobody but blended agents would ever take them: one at a time does, below the threshold
                seats = min(1, facts.waiting)
            claims.append(Claim(queue, ABOVE_EVERY_RUN, seats))
        return claims

    def has_inbound_agents(self, queue: str) -> bool:
        return any(agent.kind is AgentKind.INBOUND and queue in agent.queues for agent in self.agents)

    def is_active(self, place: Place) -> bool:
        return place in self.runs and self.runs[place].state is RunState.ACTIVE

    def post(self, agent: AgentFacts, place: Place | None) -> Post:
        if place is None:
            return CALLERS if agent.takes_callers else IDLE
        if place in self.inbound:
            return Post(takes_inbound=True, queue=self.inbound[place].queue)
        return Post(run=self.runs[place].run, campaign=self.runs[place].campaign)


def _order(agent: AgentFacts) -> tuple[bool, float, str]:
    idle_since = (agent.idle_since or _NEVER).timestamp()
    return agent.busy is not None, idle_since if _place(agent) is None else -idle_since, agent.name


def _place(agent: AgentFacts) -> Place | None:
    """The place that the agent has a seat at, or is about to."""
    return None if agent.present is not None and agent.present.is_spare else _heading(agent)


def _heading(agent: AgentFacts) -> Place | None:
    """Where the agent is, or is about to be, as far as that is still of interest."""
    if agent.present is None:
        return agent.busy.run if agent.busy else None
    if agent.present.reason.why is Why.SWITCHED:
        return None
    return agent.present.heading.run or agent.present.heading.queue


def _is_with_caller(agent: AgentFacts) -> bool:
    return agent.busy is not None and agent.busy.kind is BusyWith.INBOUND


def _is_switched(agent: AgentFacts) -> bool:
    """Whether the agent does something that its post is not for. After a restart its call tells its post."""
    if agent.busy is None:
        return False
    if agent.busy.kind is BusyWith.CALLBACK:
        return True
    if agent.present is None:
        return _is_with_caller(agent)
    if agent.present.reason.why is Why.SWITCHED:
        return True
    return not agent.present.post.takes_inbound if _is_with_caller(agent) else agent.busy.run != agent.present.post.run


def _switched(agent: AgentFacts, now: datetime) -> Assignment:
    busy, present = agent.busy, agent.present
    assert busy is not None
    if _is_with_caller(agent):
        post, what = CALLERS, "somebody who has called"
    else:
        what = f"a {'callback' if busy.kind is BusyWith.CALLBACK else 'call'} of {busy.campaign}"
        post = Post(run=busy.run, campaign=busy.campaign)
    if present is not None and present.reason.why is Why.SWITCHED and present.post == post:
        return present
    came_from = f", away from {present.post}," if present and present.post not in (IDLE, CALLERS, post) else ""
    reason = Reason(Why.SWITCHED, f"{what}{came_from} and is assigned anew after it")
    return Assignment(agent=agent.name, post=post, since=now, reason=reason)


def _let_the_spare_stay(where: dict[str, Place | None], shared: Sequence[AgentFacts], facts: _Facts) -> set[str]:
    """Whom no run needs now stays with the one that it has, or joins the highest of its own: so each takes its turn
    there, and is there when more is to be dialed."""
    counts, spare = Counter(where.values()), set()
    for agent in shared:
        if where[agent.name] is not None or agent.takes_callers:
            continue
        own = [facts.runs[place] for place in facts.open_to[agent.name] if facts.is_active(place)]
        if not own:
            continue
        stays = [run.run for run in own if run.run == _heading(agent)]
        best = min(own, key=lambda run: (-run.priority, counts[run.run], run.run)).run
        where[agent.name] = stays[0] if stays else best
        counts[where[agent.name]] += 1
        spare.add(agent.name)
    return spare


def _let_the_free_go_first(where: dict[str, Place | None], shared: Sequence[AgentFacts], facts: _Facts) -> None:
    """Of two at one post, one free and one at a call, the free one goes: they swap where they are heading."""
    free: defaultdict[Place, list[AgentFacts]] = defaultdict(list)
    for agent in shared:
        at = where[agent.name]
        if agent.busy or agent.present is None or at is None or agent.present.post.run != at:
            continue
        if facts.steadiness.is_settled(agent.present, facts.now):
            free[at].append(agent)
    for agent in shared:
        source = agent.busy.run if agent.busy else None
        heading = where[agent.name]
        if source is None or heading is None or heading == source or source not in facts.open_to[agent.name]:
            continue
        other = next((each for each in free[source] if heading in facts.open_to[each.name]), None)
        if other is not None:
            free[source].remove(other)
            where[agent.name], where[other.name] = source, heading


def _kept_for_calls_on_way(where: Mapping[str, Place | None], shared: Iterable[AgentFacts], facts: _Facts) -> set[str]:
    """The free agents that stay for calls on their way which those who go on at the run are too few for: the ones whose
    turn is next, and nobody for longer than such a call takes."""
    stay = Counter(where[agent.name] for agent in shared if agent.busy is None)
    leave: defaultdict[Place, list[AgentFacts]] = defaultdict(list)
    for agent in shared:
        source: Place | None = agent.present.post.run if agent.present else None
        if agent.busy or source is None or source not in facts.open_to[agent.name]:
            continue
        if where[agent.name] != source and facts.steadiness.may_be_kept(agent.present, facts.now):
            leave[source].append(agent)
    kept: set[str] = set()
    for run, leaving in leave.items():
        needed = max(0, facts.runs[run].calls_on_way - stay[run])
        leaving.sort(key=lambda agent: (agent.idle_since or _NEVER, agent.name))
        kept.update(agent.name for agent in leaving[:needed])
    return kept


def _assignment(agent: AgentFacts, place: Place | None, facts: _Facts, *, is_held: bool) -> Assignment:
    """What becomes of an agent whose place is decided. `is_held`: a call of its present post has it or will need it."""
    present, now = agent.present, facts.now
    if present is not None and present.reason.why is Why.SWITCHED:
        present = None
    if present is None and agent.busy and agent.busy.run is not None:
        post = Post(run=agent.busy.run, campaign=agent.busy.campaign)
        reason = Reason(Why.CHOSEN, f"a call of {agent.busy.campaign} was up when dialerd began")
        present = Assignment(agent=agent.name, post=post, since=now, reason=reason)
    post = facts.post(agent, place)
    if present is None:
        return Assignment(agent=agent.name, post=post, since=now, reason=_reason(agent, place, facts))
    if post == present.post:
        if present.then is not None:  # it is wanted where it is again
            return replace(present, then=None, leaving_since=None, reason=_reason(agent, place, facts))
        return present if place is not None else replace(present, reason=_reason(agent, place, facts))
    if is_held and post == present.then:
        return present
    reason, cause = _reason(agent, place, facts), _cause(agent, present.post, place, facts)
    if is_held:
        calls = "its call" if agent.busy else "the calls that are on their way"
        text = f"leaves {present.post} after {calls}: {cause}; then {reason.text}"
        return replace(present, then=post, leaving_since=now, reason=Reason(Why.LEAVING, text))
    if reason.why is Why.CHOSEN and present.post not in (IDLE, CALLERS):
        reason = Reason(Why.MOVED, f"{reason.text}; before: {present.post}, {cause}")
    return Assignment(agent=agent.name, post=post, since=now, reason=reason)


def _reason(agent: AgentFacts, place: Place | None, facts: _Facts) -> Reason:
    """Why an agent is at the place that it was given."""
    if place is None and agent.kind is AgentKind.INBOUND:
        return Reason(Why.INBOUND, "callers: an agent of kind inbound")
    if place is None and agent.takes_callers:
        return Reason(Why.INBOUND, f"callers, for there is no campaign for it: {_lack(agent, facts)}")
    if place is None:
        return Reason(Why.IDLE, f"idle: {_lack(agent, facts)}")
    if place in facts.inbound:
        blend = facts.inbound[place].blend
        text = blend.reason if blend.side is Side.INBOUND else "somebody waits whom no other agent would take"
        return Reason(Why.INBOUND, f"callers of queue {place}: {text}")
    return Reason(Why.CHOSEN, _choice(agent, facts.runs[place], facts))


def _choice(agent: AgentFacts, run: RunFacts, facts: _Facts) -> str:
    mine = [
        each for each in facts.runs.values() if each.run in facts.open_to[agent.name] and each.state is RunState.ACTIVE
    ]
    equals = sum(each.priority == run.priority for each in mine)
    which = f", one of {equals} of that priority" if equals > 1 else ""
    listed = ", one of its preferred campaigns" if agent.preferred else ""
    waits = "" if run.due + run.calls_on_way else ", nobody to dial now"
    return f"{run.campaign}: priority {run.priority}{which}{listed}{waits}"


def _cause(agent: AgentFacts, post: Post, place: Place | None, facts: _Facts) -> str:
    """Why an agent is not left at `post`, to be read after its name."""
    if post.queue is not None:
        blend = facts.inbound[post.queue].blend if post.queue in facts.inbound else None
        return blend.reason if blend else "which has no blending any more"
    if post.run is None:
        return "for want of a campaign"
    run = facts.runs.get(post.run)
    if run is None or run.state is not RunState.ACTIVE:
        return f"which is {run.state if run else 'over'}"
    if run.run not in facts.open_to[agent.name]:
        return "which is not for this agent any more"
    if place in facts.inbound:
        return "which comes after callers"
    other = facts.runs.get(place) if place is not None else None
    if other is None or not run.due + run.calls_on_way:
        return "which has nobody to dial now" if not run.due + run.calls_on_way else "which has agents enough"
    if other.priority > run.priority:
        return f"which has priority {run.priority}"
    return "which has more agents, or had this one for its turn"


def _lack(agent: AgentFacts, facts: _Facts) -> str:
    """Why no run takes the agent."""
    if not agent.may_outbound:
        return "it has no permission for outbound voice campaigns"
    mine = sorted((facts.runs[place] for place in facts.open_to[agent.name] if place in facts.runs), key=_by_name)
    states = [f"{run.campaign} {_standing(run)}" for run in mine]
    if agent.preferred:
        there = {run.campaign for run in mine}
        states += [f"{campaign} is not running" for campaign in sorted(agent.preferred - there)]
        return f"of its preferred campaigns, {', '.join(states)}"
    return ", ".join(states) or "no campaign runs on a queue that it serves"


def _standing(run: RunFacts) -> str:
    if run.state is not RunState.ACTIVE:
        return f"is {run.state}"
    return "has agents enough" if run.due + run.calls_on_way else "has nobody to dial now"


def _by_name(run: RunFacts) -> tuple[str, int]:
    return run.campaign, run.run
