"""What a supervisor of some queues reaches of what has no queue itself: a list and its contacts are of the queues of
the campaigns that name it; an agent's call is of the queue that it came by.

Not here: the rule itself (domain/user.py), campaigns and agents, which have queues (campaigns.py, agents.py).
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping

from dialerd.domain.errors import ForbiddenError
from dialerd.domain.user import Person
from dialerd.ports import Unit
from dialerd.usecases.agents import get_agent, queues_of
from dialerd.usecases.contacts import get_contact
from dialerd.web.binding import Path


def queues_of_list(unit: Unit, path: Path) -> Collection[str]:
    """Of the list that a path names; of one that is not there, or that no campaign names: none."""
    return _of_list(unit, path["name"])


def queues_of_contact(unit: Unit, path: Path) -> Collection[str]:
    """Of the contact that a path names: those of its list. Raises NotFoundError."""
    return _of_list(unit, get_contact(unit, int(path["contact_id"])).list_name)


def own_agent(person: Person) -> str:
    """Whose calls somebody takes who has the right to be an agent."""
    assert person.agent is not None, "asked only of who has the right to be an agent"
    return person.agent


def campaigns_of(unit: Unit, person: Person) -> Collection[str] | None:
    """The campaigns that somebody sees; None: every one."""
    if person.queues is None:
        return None
    return {row.spec.name for row in unit.campaigns.all() if row.spec.queue in person.queues}


def lists_of(unit: Unit, person: Person) -> Collection[str] | None:
    """The lists that somebody sees; None: every one."""
    if person.queues is None:
        return None
    return {name for row in unit.campaigns.all() if row.spec.queue in person.queues for name in row.spec.lists}


def check_lists(unit: Unit, person: Person, names: Iterable[str]) -> None:
    """Raises ForbiddenError where somebody would reach the contacts of a list that is of none of their queues."""
    mine = lists_of(unit, person)
    for name in names:
        if mine is not None and name not in mine:
            raise ForbiddenError(f"list {name[:64]} is of none of your queues", hint="ask an admin to give it to one")


def check_contact(unit: Unit, person: Person, contact_id: int) -> None:
    """Raises ForbiddenError for a contact of such a list, NotFoundError where there is none."""
    if person.queues is not None:
        check_lists(unit, person, [get_contact(unit, contact_id).list_name])


def check_agent(unit: Unit, person: Person, agent: str | None) -> None:
    """Raises ForbiddenError where somebody would have an agent call who is of none of their queues."""
    if agent is not None and not person.serves([each.name for each in queues_of(unit, agent)]):
        raise ForbiddenError(f"agent {agent[:64]} is of none of your queues", hint="name one of them, or nobody")


def is_others_call(person: Person, campaign: str, queues: Mapping[str, str | None]) -> bool:
    """Whether an agent's call is of a campaign that somebody who sees the agent does not see; `queues`: by campaign."""
    if person.queues is None or not campaign:
        return False
    queue = queues.get(campaign)
    return queue is None or queue not in person.queues


def queues_by_campaign(unit: Unit, person: Person) -> Mapping[str, str | None]:
    """Asked for only where somebody is held to queues."""
    return {} if person.queues is None else {row.spec.name: row.spec.queue for row in unit.campaigns.all()}


def check_call(unit: Unit, person: Person, agent: str) -> None:
    """Raises ForbiddenError where the agent's call is of a queue that is not the person's: an agent may be in
    several."""
    if person.agent == agent or person.queues is None:
        return
    queue = _queue_of_call(unit, agent)
    if queue is not None and not person.serves((queue,)):
        raise ForbiddenError(f"the call of agent {agent} is of queue {queue}", hint="ask a supervisor of it")


def _of_list(unit: Unit, name: str) -> Collection[str]:
    return {row.spec.queue for row in unit.campaigns.all() if row.spec.queue and name in row.spec.lists}


def _queue_of_call(unit: Unit, name: str) -> str | None:
    attempt_id = get_agent(unit, name).seen.attempt_id
    attempt = None if attempt_id is None else unit.dialing.attempt(attempt_id)
    run = None if attempt is None else unit.runs.get(attempt.run_id)
    if run is not None:
        return run.spec.queue
    return next((each.queue for each in unit.floor.callers() if each.agent == name), None)
