"""After every (re)connect: our open attempts and legs against the channels and bridges that the exchange really has.

Not here: what a call makes of being seen or missed (domain/call/step.py).
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial

from dialerd.domain.call import Facts, Outcome, Talk
from dialerd.domain.call.events import ChannelGone
from dialerd.domain.campaign import CampaignSpec
from dialerd.domain.queue import QueueSpec
from dialerd.domain.seat import Seat, own_of
from dialerd.domain.words import AttemptId, Disposition, Verdict
from dialerd.engine.agentdesk import AgentDesk
from dialerd.engine.calldesk import CallDesk
from dialerd.engine.performer import surely
from dialerd.engine.surewriter import SureWriter
from dialerd.ports import AttemptRow, Exchange, Store, Unit
from dialerd.usecases import asked
from dialerd.usecases.callplan import plan_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Reconciled:
    """What a look at one exchange came to, in calls."""

    known: int  # calls of ours that were told what the exchange has
    adopted: int  # open attempts of an earlier daemon, taken over
    strays: int  # channels that no open attempt stands for, and legs of no agent: hung up
    bridges: int  # conversations without an agent: removed

    @property
    def text(self) -> str:
        return (
            f"{self.known} calls known, {self.adopted} adopted, {self.strays} strays hung up, "
            f"{self.bridges} bridges removed"
        )


async def reconcile(
    exchange: Exchange,
    store: Store,
    desk: CallDesk,
    agents: AgentDesk,
    inherited: dict[AttemptId, AttemptRow],
    min_ring_s: float,
    seat: Seat | None = None,
) -> Reconciled:
    """Tell, adopt or hang up; nothing is dialed on this exchange before this has returned.

    `inherited`: the attempts that were open when this daemon started; those of this exchange are taken out as they
    are adopted. Only they can be unknown to the desk: an attempt of our own is either there or not dialed yet.
    `seat`: other daemons have calls there too, which are left alone; a helper has no legs.
    Raises ExchangeError when the exchange cannot be asked; to be called again then.
    """
    known = desk.up_at(exchange.name)
    seen = await exchange.channels()
    for attempt_id in known:
        desk.deliver(attempt_id, seen.get(attempt_id, ChannelGone()))
    adopted = set[AttemptId]()
    for attempt in [each for each in inherited.values() if each.asterisk == exchange.name]:
        spec, queue, talks = await store.read(partial(_spec_of, attempt=attempt))
        if inherited.pop(attempt.id, None) is None:
            continue  # the exchange was given up while we read: it is being settled
        adopted.add(attempt.id)
        theirs = queue if queue is not None and queue.kind == "app_queue" else None
        plan = plan_of(attempt, spec, dial_string="", min_ring_s=min_ring_s, app_queue=theirs)  # never dialed again
        desk.adopt(attempt, plan, replace(facts_of(attempt), talks=talks), exchange)
        if attempt.id not in seen:  # known before its agent is asked for, who has not left anybody then
            desk.deliver(attempt.id, ChannelGone())
    ours = {*known, *adopted, *desk.up_at(exchange.name)}  # also those that were found to be over meanwhile
    strays = [attempt_id for attempt_id in seen if attempt_id not in ours]
    if seat is not None and strays:  # what is there has been claimed before, so that whose it is can be read now
        strays = await store.read(partial(_own_strays, strays, seat))
    for attempt_id in strays:
        await surely(partial(exchange.hang_up, attempt_id))
    legs, bridges = (0, 0) if seat is not None and not seat.leads else await agents.reconcile(exchange)
    return Reconciled(known=len(known), adopted=len(adopted), strays=len(strays) + legs, bridges=bridges)


def _own_strays(strays: list[AttemptId], seat: Seat, unit: Unit) -> list[AttemptId]:
    """Those that this daemon is to hang up: a leader all that no other leads, a helper its own."""
    if seat.leads:
        theirs = unit.daemons.led_elsewhere(strays, seat.own)
        return [each for each in strays if each not in theirs]
    rows = (unit.dialing.attempt(each) for each in strays)
    return [row.id for row in rows if row is not None and row.owner == seat.name]


def _spec_of(unit: Unit, attempt: AttemptRow) -> tuple[CampaignSpec, QueueSpec | None, tuple[Talk, ...]]:
    """Its campaign as a call of its kind knows it, the queue of that, and the talks that are over."""
    run = unit.runs.get(attempt.run_id)
    assert run is not None, "the run of an open attempt cannot be deleted"
    spec = run.spec.of_calls(attempt.channel)
    queue = None if spec.queue is None else unit.queues.get(spec.queue)
    return spec, queue, tuple(unit.dialing.talks(attempt.id))


async def inherit(
    store: Store, *, exchanges: Collection[str], trunks: Collection[str], now: datetime, seat: Seat | None = None
) -> dict[AttemptId, AttemptRow]:
    """The attempts that an earlier daemon left open, to be adopted as their exchanges come up.

    Those whose exchange or trunk is no longer in the settings are settled here, as nobody is left to ask; a channel
    of theirs that still lives is hung up as a stray. So are those of other daemons where this one shares with nobody.
    """
    found = await store.read(lambda unit: unit.dialing.open_attempts())
    open_attempts = [each for each in found if each.channel.is_call]  # messages: engine/messaging.py
    foreign = [each for each in open_attempts if each.owner not in own_of(seat)]
    open_attempts = [each for each in open_attempts if each not in foreign]
    for attempt in foreign if seat is None else ():
        reason = "the daemon that dialed it may dial no more: the one that leads now shares no campaigns"
        await store.write(partial(settle_interrupted, attempt, now, reason))
    lost = [each for each in open_attempts if each.asterisk not in exchanges or each.trunk not in trunks]
    for attempt in lost:
        await store.write(
            partial(settle_interrupted, attempt, now, "its Asterisk or trunk was taken out of the settings")
        )
    return {each.id: each for each in open_attempts if each not in lost}


def settle_lost(
    sure: SureWriter, inherited: dict[AttemptId, AttemptRow], exchange: str, reason: str, now: datetime
) -> None:
    """Settle what an earlier daemon left open on an exchange that is given up."""
    for attempt in [each for each in inherited.values() if each.asterisk == exchange]:
        del inherited[attempt.id]  # nobody else takes it over meanwhile
        job = partial(settle_interrupted, attempt, now, reason)
        sure.take("how an earlier daemon's call ended", job, lambda _: None, attempt_id=attempt.id)


def settle_interrupted(attempt: AttemptRow, now: datetime, reason: str, unit: Unit) -> None:
    """Settle what nobody can say more of."""
    facts = facts_of(attempt)
    outcome = Outcome(disposition=Disposition.INTERRUPTED, facts=facts, ended_at=now, reason=reason)
    asked.settle(unit, attempt_id=attempt.id, outcome=outcome)


def facts_of(attempt: AttemptRow) -> Facts:
    """What an earlier daemon wrote down of a call."""
    return Facts(
        placed_at=attempt.claimed_at,
        answered_at=attempt.answered_at,
        verdict=Verdict(attempt.verdict) if attempt.verdict else None,
        amd=attempt.amd,
        cause=attempt.cause,
        sip_code=attempt.sip_code,
        agent=attempt.agent,
        connected_at=attempt.connected_at,
        greeted_at=attempt.greeted_at,
        rang_at=attempt.rang_at,
    )
