"""What a forecast of a campaign starts from: its definition, queue, contacts, and the rates of its own past calls.

Not here: the forecast itself (simulate/forecast.py).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import islice

from dialerd.domain.campaign import CampaignSpec
from dialerd.domain.contact import Contact
from dialerd.domain.dispositionset import DispositionSet
from dialerd.domain.errors import BadInputError
from dialerd.domain.flow import FlowSpec
from dialerd.domain.habits import Habits
from dialerd.domain.hours import CONTACT_ZONE
from dialerd.domain.pasthabits import measured_nodes, measured_writing
from dialerd.domain.queue import QueueSpec
from dialerd.domain.rates import PastCall, measured
from dialerd.domain.strategy import Strategy
from dialerd.domain.strategy.spec import MESSAGE_CODES
from dialerd.domain.words import Channel, Disposition, Verdict
from dialerd.domain.world import World
from dialerd.ports import RunRow, Unit
from dialerd.usecases.flows import get_flow
from dialerd.usecases.standing import get_campaign
from dialerd.usecases.strategies import check_strategy, get_strategy

_MOST_PAST = 50_000  # the latest calls tell how calls go now, and more tell it no better
_MOST_WORDS = 30  # different replies; whatever else was written is seldom
_SAMPLE = 1000  # contacts of each list that stand for all of it


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """What is to be forecast, with all that the campaign names. `queues`: its own and those that its flow transfers to;
    `people`: some of its contacts, who stand for all; `zones`: where these are."""

    spec: CampaignSpec
    queues: tuple[QueueSpec, ...]
    flow: FlowSpec | None
    strategy: Strategy | None
    dispositions: DispositionSet | None
    contacts: int
    people: tuple[Contact, ...]
    zones: tuple[str, ...]

    @property
    def zone(self) -> str:
        """Where the campaign's day is: its own zone, else that of its first contact."""
        own = self.spec.contact_hours.timezone
        return self.zones[0] if own == CONTACT_ZONE else own

    @property
    def sounds(self) -> frozenset[str]:
        """The sounds that it names itself, and its flow."""
        return frozenset(self.spec.sounds) | (self.flow.sounds if self.flow is not None else frozenset())

    @property
    def channels(self) -> Mapping[Channel, frozenset[str]]:
        """The channels that messages are sent over, each with the routes that are named for it."""
        steps = self.strategy.step if self.strategy is not None else ()
        named: dict[Channel, frozenset[str]] = dict(self.flow.channels) if self.flow is not None else {}
        for step in steps:
            if step.is_message:
                named[step.over] = named.get(step.over, frozenset()) | ({step.route} if step.route else frozenset())
        return named


def subject_of(unit: Unit, name: str, *, now: datetime) -> Subject:
    """Raises NotFoundError, BadInputError for a campaign that lacks what a run needs."""
    spec = get_campaign(unit, name).spec
    if spec.lacks:
        raise BadInputError(
            f"campaign {name} is a draft: it lacks {', '.join(spec.lacks)}", hint="complete it: dialerd campaign apply"
        )
    strategy = None if spec.strategy is None else get_strategy(unit, spec.strategy)
    if strategy is not None:
        check_strategy(unit, spec, strategy)
    flow = None if spec.flow is None else get_flow(unit, spec.flow).spec
    lists = [row for each in spec.lists if (row := unit.lists.get(each)) is not None]
    people = [each.contact for row in lists for each in unit.contacts.of_list(row.id, limit=_SAMPLE)]
    zones = [contact.numbers[0].zones[0] for contact in people if contact.numbers[0].zones]
    return Subject(
        spec=spec,
        queues=tuple(_queues(unit, spec, flow)),
        flow=flow,
        strategy=strategy,
        dispositions=None if spec.dispositions is None else unit.dispositions.get(spec.dispositions),
        contacts=sum(row.contacts for row in lists),
        people=tuple(people),
        zones=tuple(zones) or ("UTC",),
    )


def _queues(unit: Unit, spec: CampaignSpec, flow: FlowSpec | None) -> Iterator[QueueSpec]:
    for name in dict.fromkeys([*([spec.queue] if spec.queue else []), *sorted(flow.queues if flow else ())]):
        queue = unit.queues.get(name)
        # Asterisk's own queue has no agents of ours: as many as are asked for stand in for them.
        yield queue if queue is not None and queue.kind == "stasis" else QueueSpec(name=name)


def past_world(unit: Unit, name: str, *, zone: str, otherwise: World) -> World:
    """The world as the campaign's latest attempts show it. Raises BadInputError where they are too few."""
    campaign, (rates, habits) = get_campaign(unit, name), otherwise
    runs = list(reversed(unit.runs.of_campaign(campaign.id)))
    habits = _past_habits(unit, campaign.spec, runs, habits)
    strategy = None if campaign.spec.strategy is None else get_strategy(unit, campaign.spec.strategy)
    if strategy is not None and not strategy.needs_calls:
        return rates, habits
    return measured(_past(unit, runs), zone=zone, otherwise=rates), habits


def _past_habits(unit: Unit, spec: CampaignSpec, runs: Sequence[RunRow], habits: Habits) -> Habits:
    if spec.flow is not None:
        walked = islice((row for run in runs for row in unit.flows.paths(run.id)), _MOST_PAST)
        ended = ((row.path, row.disposition is Disposition.CUSTOMER_HANGUP) for row in walked)
        habits = measured_nodes(ended, get_flow(unit, spec.flow).spec, otherwise=habits)
    for channel in (Channel.SMS, Channel.EMAIL):
        codes, words = Counter[str](), Counter[str]()
        for run in runs:
            codes.update(_first_codes(unit, run, channel))
            words.update(unit.messages.words(run.id, channel))
        writing = measured_writing(codes, dict(words.most_common(_MOST_WORDS)), otherwise=habits.writing(channel))
        habits = habits.model_copy(update={str(channel): writing})
    return habits


def _first_codes(unit: Unit, run: RunRow, channel: Channel) -> Iterator[str]:
    """How each message of a run ended that was sent; a reply came after it had arrived."""
    for row in unit.dialing.export(run.id):
        code = row.attempt.disposition
        if row.attempt.channel is channel and code in MESSAGE_CODES:
            yield str(code)


def _past(unit: Unit, runs: Sequence[RunRow]) -> Iterator[PastCall]:
    left = _MOST_PAST
    for run in runs:
        for each in unit.dialing.export(run.id):
            if left <= 0:
                return
            attempt = each.attempt
            if not attempt.channel.is_call:
                continue
            left -= 1
            yield PastCall(
                claimed_at=attempt.claimed_at,
                answered_at=attempt.answered_at,
                connected_at=attempt.connected_at,
                ended_at=attempt.ended_at,
                verdict=Verdict(attempt.verdict) if attempt.verdict else None,
                disposition=attempt.disposition,
            )
