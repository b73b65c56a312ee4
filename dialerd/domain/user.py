"""Who may do what: roles, their rights, and the queues that a supervisor is held to.

Not here: how somebody proves who they are (usecases/signin.py), which right a route asks for (web/resources).
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from enum import StrEnum

USER_NAME = re.compile(r"[a-z0-9][a-z0-9._@-]{0,63}\Z")
LEAST_PASSWORD, MOST_PASSWORD = 10, 256  # characters; NIST SP 800-63B asks for 8 or more, and to take 64 at least


class Role(StrEnum):
    ADMIN = "admin"  # everything, users included
    SUPERVISOR = "supervisor"  # defines and steers campaigns and agents, of all queues or of some
    AGENT = "agent"  # its own calls, and nothing of anybody else


class Right(StrEnum):
    """What a route asks for."""

    SEE = "see"  # look at campaigns, agents, contacts and results
    STEER = "steer"  # run, pause and pace campaigns; agents, callbacks
    DEFINE = "define"  # change what campaigns, lists, queues and flows are
    OWN = "own"  # be an agent: the user's own
    ADMINISTER = "administer"  # users, tokens, the audit log
    SELF = "self"  # the user's own session and password


_RIGHTS: Mapping[Role, frozenset[Right]] = {
    Role.ADMIN: frozenset(Right) - {Right.OWN},
    Role.SUPERVISOR: frozenset({Right.SEE, Right.STEER, Right.DEFINE, Right.SELF}),
    Role.AGENT: frozenset({Right.SELF}),
}
"""OWN is nobody's by role: whoever is linked to an agent has it."""

EVERYWHERE: frozenset[str] | None = None
"""What a right is asked on where it concerns the whole house and no queue of it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """Somebody who is signed in. `queues`: those that a supervisor is held to; None: all. `agent`: whose calls the
    user takes; None: nobody's. `actor`: as the audit log names it, `user:ann` or `token:crm`."""

    user: str
    role: Role
    actor: str
    agent: str | None = None
    queues: frozenset[str] | None = None

    @property
    def rights(self) -> frozenset[Right]:
        return _RIGHTS[self.role] | (frozenset({Right.OWN}) if self.agent else frozenset())

    def serves(self, queues: Collection[str]) -> bool:
        """Whether something of these queues is this person's to see. Of no queue at all: only who has them all."""
        return self.queues is None or not self.queues.isdisjoint(queues)


def keeps(before: Person, now: Person) -> bool:
    """Whether somebody may still do all that they could: what is open for them may stay so."""
    if now.user != before.user or not before.rights <= now.rights or before.agent not in (None, now.agent):
        return False
    return now.queues is None or (before.queues is not None and before.queues <= now.queues)


@dataclass(frozen=True, slots=True)
class Allowed:
    pass


@dataclass(frozen=True, slots=True)
class Denied:
    reason: str


def may(person: Person, right: Right, on: Collection[str] | None = EVERYWHERE) -> Allowed | Denied:
    """Whether a person has a right on something of the queues `on`, or (None) on the house as a whole.

    Who is held to queues may look at what is everybody's (trunks, lists, flows) and change none of it.
    """
    if right not in person.rights:
        if right is Right.OWN:
            return Denied(f"user {person.user} is linked to no agent")
        return Denied(f"user {person.user} has role {person.role}, which has no right to {right}")
    if person.queues is None or right in (Right.OWN, Right.SELF):
        return Allowed()
    if on is None:
        return Allowed() if right is Right.SEE else Denied(f"user {person.user} is held to queues, this concerns all")
    if not person.serves(on):
        return Denied(
            f"user {person.user} is held to queues {', '.join(sorted(person.queues))}, this is of none of them"
        )
    return Allowed()


def password_trouble(password: str, *, user: str) -> str | None:
    """Why that cannot be a password, as the end of a sentence; None: it can."""
    if len(password) < LEAST_PASSWORD:
        return f"is shorter than {LEAST_PASSWORD} characters"
    if len(password) > MOST_PASSWORD:
        return f"is longer than {MOST_PASSWORD} characters"
    if len(set(password)) < 4 or password.lower() in (user, user * 2):
        return "is too easy to guess"
    return None
