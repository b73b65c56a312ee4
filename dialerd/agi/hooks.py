"""The hooks that a dialplan can call, each with the use case that does it and the variables that it answers with.

Not here: the use cases (dialerd/usecases), how the dialplan calls (asterisk-conf/extensions_dialerd.conf).

WHO is an attempt, a telephone number, or nothing: then it is the channel itself where dialerd has dialed it, else
whoever dialerd has called last at the channel's caller ID. AGENT is a name, or nothing: whose phone the channel is.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from dialerd.agi.request import Request
from dialerd.domain.errors import BadInputError
from dialerd.domain.optout import How
from dialerd.domain.words import ATTEMPT_ID, AttemptId
from dialerd.ports import AgentRow, Unit
from dialerd.usecases import agents, asked, callbacks, calledback, contacts, dnc, optout

Found = Mapping[str, str]

_MINUTES = re.compile(r"[0-9]{1,5}\Z")
_TYPED = re.compile(r"([0-9]{4})([0-9]{2})([0-9]{2})([0-9]{2})([0-9]{2})\Z")


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    """What hooks need of the settings: whose numbering plan numbers are read in, and which phones may log in."""

    region: str
    phones: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """A request, and what it is answered with."""

    unit: Unit
    request: Request
    setting: Setting
    now: datetime

    @property
    def actor(self) -> str:
        """Who did it, for the audit."""
        return f"dialplan {self.request.phone or 'channel ' + self.request.unique_id}".strip()[:80]

    def who(self, place: int) -> str:
        """WHO as given at that place, or what stands for it; empty: nobody is known."""
        return self.request.argument(place) or self.request.attempt_id or self.request.caller

    def attempt(self, place: int) -> AttemptId:
        """The attempt that WHO means. Raises NotFoundError, BadInputError."""
        who = self.who(place)
        if ATTEMPT_ID.match(who):
            return AttemptId(who)
        return calledback.who_called(self.unit, self._number(who), region=self.setting.region).attempt.id

    def number(self, place: int) -> str:
        """The number given at that place, else the caller ID. Raises BadInputError."""
        return self._number(self.request.argument(place) or self.request.caller)

    def _number(self, text: str) -> str:
        if not text:
            raise BadInputError("nobody is named, and the channel has no caller ID", hint="give a number")
        return text

    def agent(self, place: int) -> str:
        """AGENT as given at that place, or whose phone it is. Raises NotFoundError."""
        given = self.request.argument(place)
        return given or agents.agent_at(self.unit, self.request.phone or "").name


@dataclass(frozen=True, slots=True, kw_only=True)
class Hook:
    """`usage`: its arguments, for people. `writes`: whether it may change anything."""

    usage: str
    do: Callable[[Call], Found]
    writes: bool = True

    def run(self, unit: Unit, request: Request, setting: Setting, now: datetime) -> Found:
        return self.do(Call(unit=unit, request=request, setting=setting, now=now))


def _dnc_check(call: Call) -> Found:
    entries = dnc.check_dnc(call.unit, call.number(1), region=call.setting.region, now=call.now)
    wanted = call.request.argument(2)
    if wanted:
        dnc.known_dnc(call.unit, wanted)
    names = [each.list_name for each in entries if each.list_name == (wanted or each.list_name)]
    return {"DIALERD_DNC": "yes" if names else "no", "DIALERD_LIST": names[0] if names else ""}


def _dnc_add(call: Call) -> Found:
    list_name = call.request.argument(2) or dnc.GLOBAL
    optout.opt_out(
        call.unit,
        call.who(1) or call.number(1),
        how=How.HOOK,
        list_name=list_name,
        region=call.setting.region,
        actor=call.actor,
        now=call.now,
    )
    return {"DIALERD_LIST": list_name}


def _who_called(call: Call) -> Found:
    found = calledback.who_called(call.unit, call.number(1), region=call.setting.region)
    return {
        "DIALERD_CAMPAIGN": found.campaign,
        "DIALERD_CONTACT": str(found.contact_id),
        "DIALERD_ATTEMPT": found.attempt.id,
        "DIALERD_QUEUE": found.queue,
        "DIALERD_AGENT": found.attempt.agent or "",
        "DIALERD_DISPOSITION": found.disposition,
        "DIALERD_CALLED_AT": found.attempt.claimed_at.isoformat(timespec="seconds"),
    }


def _disposition(call: Call) -> Found:
    attempt_id = call.attempt(2)
    asked.give(call.unit, attempt_id, call.request.argument(1), actor=call.actor, now=call.now)
    return {"DIALERD_ATTEMPT": attempt_id}


def _attribute(call: Call) -> Found:
    attempt_id = call.attempt(3)
    contact = calledback.contact_of(call.unit, attempt_id)
    name, value = call.request.argument(1), call.request.argument(2)
    contacts.set_attribute(call.unit, contact.id, name, value, actor=call.actor, now=call.now)
    return {"DIALERD_CONTACT": str(contact.id)}


def _callback(call: Call) -> Found:
    attempt_id = call.attempt(2)
    wish = callbacks.Wish(at=_moment(call.request.argument(1), call.now), notes=call.request.argument(3))
    made = calledback.call_back(call.unit, attempt_id, wish, actor=call.actor, now=call.now)
    due_at = made.due_at.astimezone(UTC).isoformat(timespec="seconds")
    return {"DIALERD_CALLBACK": str(made.id), "DIALERD_DUE_AT": due_at, "DIALERD_ATTEMPT": attempt_id}


def _moment(text: str, now: datetime) -> str | datetime:
    """When: as keys are pressed (minutes from now, or YYYYMMDDHHMM by the customer's clock), or as people write it."""
    if _MINUTES.match(text):
        return now + timedelta(minutes=int(text))
    typed = _TYPED.match(text)
    return "{}-{}-{}T{}:{}".format(*typed.groups()) if typed else text


def _login(call: Call) -> Found:
    """With the phone that calls."""
    name = call.agent(1)
    row = agents.login(
        call.unit, name, endpoint=call.request.phone, allowed=call.setting.phones, actor=call.actor, now=call.now
    )
    return _of_agent(row)


def _logout(call: Call) -> Found:
    return _of_agent(agents.logout(call.unit, call.agent(1), actor=call.actor, now=call.now))


def _ready(call: Call) -> Found:
    return _of_agent(agents.ready(call.unit, call.agent(1), actor=call.actor, now=call.now))


def _pause(call: Call) -> Found:
    reason = call.request.argument(1)
    return _of_agent(agents.pause(call.unit, call.agent(2), reason=reason, actor=call.actor, now=call.now))


def _of_agent(row: AgentRow) -> Found:
    return {"DIALERD_AGENT": row.name, "DIALERD_AGENT_STATE": row.wanted.state}


HOOKS: Mapping[str, Hook] = {
    "dnc-check": Hook(usage="[NUMBER] [LIST]", do=_dnc_check, writes=False),
    "dnc-add": Hook(usage="[WHO] [LIST]", do=_dnc_add),
    "who-called": Hook(usage="[NUMBER]", do=_who_called, writes=False),
    "disposition": Hook(usage="CODE [WHO]", do=_disposition),
    "attribute": Hook(usage="NAME VALUE [WHO]", do=_attribute),
    "callback": Hook(usage="WHEN [WHO] [NOTES]", do=_callback),
    "agent-login": Hook(usage="[AGENT]", do=_login),
    "agent-logout": Hook(usage="[AGENT]", do=_logout),
    "agent-ready": Hook(usage="[AGENT]", do=_ready),
    "agent-unpause": Hook(usage="[AGENT]", do=_ready),
    "agent-pause": Hook(usage="[REASON] [AGENT]", do=_pause),
}
