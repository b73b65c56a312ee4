"""The glossary as code: ids and the enums that every room uses.

Not here: what the words do (each has its own file) nor how they are stored (adapters/sql).
"""

from __future__ import annotations

import re
from enum import StrEnum
from typing import NewType

CampaignId = NewType("CampaignId", int)
RunId = NewType("RunId", int)
ListId = NewType("ListId", int)
ContactId = NewType("ContactId", int)
TargetId = NewType("TargetId", int)
CallbackId = NewType("CallbackId", int)
AttemptId = NewType("AttemptId", str)
"""`d` + 32 lower-case hex digits, and at the same time the ARI channel id of the call.

The length is fixed because Asterisk's channel store compares a new id as a *prefix* of the living ones
(22.5 to HEAD): ids of one length are the only ones that cannot be taken for each other.
"""

ATTEMPT_ID = re.compile(r"d[0-9a-f]{32}\Z")

LegId = NewType("LegId", str)
"""`a` + 32 lower-case hex digits: the ARI channel id of an agent's own channel. Never used twice."""

LEG_ID = re.compile(r"a[0-9a-f]{32}\Z")

CallerId = NewType("CallerId", str)
"""`c` + 32 lower-case hex digits: somebody who has called us. Their channel's id is Asterisk's own."""

CALLER_ID = re.compile(r"c[0-9a-f]{32}\Z")

Person = AttemptId | CallerId
"""Somebody whom an agent can talk to."""

BridgeId = NewType("BridgeId", str)
"""`b` + 32 lower-case hex digits: the ARI bridge id of one conversation; the digits are those of its attempt
or caller."""

BRIDGE_ID = re.compile(r"b[0-9a-f]{32}\Z")


class Mode(StrEnum):
    """How calls are paced and who takes an answered one."""

    AGENTLESS = "agentless"  # no agents: a message or the dialplan takes the answered call
    PROGRESSIVE = "progressive"  # one call per free agent
    PREVIEW = "preview"  # the agent sees the record first, then dials
    POWER = "power"  # a fixed number of calls per free agent
    PREDICTIVE = "predictive"  # as many calls as the abandon cap allows


class Channel(StrEnum):
    """How a contact is reached."""

    VOICE = "voice"
    AUTOMATED = "automated"  # a call without an agent, in a campaign whose other calls have one
    SMS = "sms"
    EMAIL = "email"

    @property
    def is_call(self) -> bool:
        return self in (Channel.VOICE, Channel.AUTOMATED)


class Order(StrEnum):
    """The order in which fresh targets are dialed."""

    FIFO = "fifo"  # as they were imported
    LIFO = "lifo"  # newest contact first
    RANDOM = "random"  # by a rank drawn when the run starts
    PRIORITY = "priority"  # the contact's own priority, highest first
    ANSWER_RATE = "answer_rate"  # those first whose number people have answered most often, of the calls made to it


class RunState(StrEnum):
    """Where one run of a campaign stands."""

    ACTIVE = "active"  # calls are placed
    PAUSED = "paused"  # no new calls; those up go on; can be resumed
    STOPPING = "stopping"  # no new calls; ends when the last call up has ended
    COMPLETED = "completed"  # every target settled, or a finish criterion met
    STOPPED = "stopped"  # ended by hand; its results stay readable

    @property
    def is_over(self) -> bool:
        return self in (RunState.COMPLETED, RunState.STOPPED)


class CampaignState(StrEnum):
    """Where a campaign stands, its definition, its schedule and its latest run taken together."""

    DRAFT = "draft"  # kept, but something it needs to run is missing
    READY = "ready"  # can be run; never was
    SCHEDULED = "scheduled"  # starts by itself at a known time
    ACTIVE = "active"
    PAUSED = "paused"
    STOPPING = "stopping"
    COMPLETED = "completed"  # its last run settled every target or met a finish criterion
    STOPPED = "stopped"  # its last run was ended by hand


class TargetState(StrEnum):
    """Where a contact stands within a run."""

    PENDING = "pending"  # may be dialed now
    WAITING = "waiting"  # may be dialed from its not_before on
    IN_PROGRESS = "in_progress"  # has an open attempt
    DONE = "done"  # settled for this run


class CallbackState(StrEnum):
    """Where a callback stands. DUE is never stored: it is a scheduled one whose time has come."""

    SCHEDULED = "scheduled"
    DUE = "due"
    IN_PROGRESS = "in_progress"  # its call is up
    DONE = "done"  # the customer was reached, or the call ended so that another try is pointless
    CANCELLED = "cancelled"  # by a person, or because the number may not be called any more
    EXPIRED = "expired"  # its tries are used up, or it could not be dialed in time


class Verdict(StrEnum):
    """Who answered, as far as dialerd knows."""

    HUMAN = "human"  # AMD said HUMAN, or detection was off
    MACHINE = "machine"  # AMD said MACHINE
    UNSURE = "unsure"  # AMD gave up (NOTSURE) or could not run, or the call is held out: treated as a person


class AgentState(StrEnum):
    """Where an agent stands, as the engine sees it."""

    LOGGED_OUT = "logged_out"
    READY = "ready"  # free to talk
    RESERVED = "reserved"  # calls are being dialed for this agent: system busy
    PREVIEW = "preview"  # looks at a record, to dial or skip it: system busy
    ON_CALL = "on_call"  # talks to somebody a campaign has called
    WRAP_UP = "wrap_up"  # finishes what the last call asks for
    PAUSED = "paused"  # takes no calls, for a reason
    INBOUND = "inbound"  # talks to somebody who has called


class WantedState(StrEnum):
    """What an agent asks to be; the engine brings about what the agent is."""

    LOGGED_OUT = "logged_out"
    READY = "ready"
    PAUSED = "paused"


class AgentKind(StrEnum):
    """Whose calls an agent takes."""

    OUTBOUND = "outbound"  # campaigns'
    INBOUND = "inbound"  # callers'
    BLENDED = "blended"  # campaigns', and callers' while their queue is long


class Disposition(StrEnum):
    """System dispositions: how an attempt ended (CONTRACT of the names; POM says completion code)."""

    ANSWERED_HUMAN = "answered_human"
    ANSWERING_MACHINE = "answering_machine"
    FAX = "fax"
    BUSY = "busy"
    NO_ANSWER = "no_answer"
    INVALID_NUMBER = "invalid_number"
    NETWORK_FAILURE = "network_failure"
    BLOCKED = "blocked"
    REJECTED = "rejected"
    ABANDONED = "abandoned"
    CUSTOMER_HANGUP = "customer_hangup"
    AGENT_HANGUP = "agent_hangup"
    VOICEMAIL_LEFT = "voicemail_left"
    NO_AGENT = "no_agent"
    INTERRUPTED = "interrupted"
    DO_NOT_CALL = "do_not_call"
    SCREENED = "screened"
    FAILED = "failed"
    CANCELLED = "cancelled"
    # A message's: what is known of it grows while its target waits or is long done.
    SENT = "sent"
    DELIVERED = "delivered"
    UNDELIVERED = "undelivered"
    BOUNCED = "bounced"
    REPLIED = "replied"
    SETTLED_BEFORE = "settled_before"


SYSTEM_CODES: frozenset[str] = frozenset(Disposition)
"""Every other disposition is one of an admin's own."""
