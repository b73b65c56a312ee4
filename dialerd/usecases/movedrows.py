"""What is taken over from another dialer, as the steps of one transaction each: leads, numbers, a promised call.

Not here: the order in which they come, and what becomes of the whole (movingin.py).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from dialerd.domain.errors import RefusedError
from dialerd.domain.vicidial import CallbackRow, Lead
from dialerd.domain.vicidial.fields import as_name
from dialerd.domain.words import Disposition
from dialerd.ports import Chunk, EarlierCall, ImportRow, Unit
from dialerd.usecases import callbacks, dnc, dncimporting, importing
from dialerd.usecases.barring import Waits

_REMEMBERED = timedelta(days=400)  # no rule asks for calls from longer ago
_MOST_CALLS = 10  # of one lead that are counted by the rules: none asks for as many
_SYSTEM = set(Disposition)


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What is taken over and how. `prefix` stands before every name; `zone`: of the clock of the server it comes from.

    `by_pass`: a lead's attempts are those since its list was reset there, in place of all that were ever made.
    """

    source: str
    prefix: str
    region: str
    zone: str
    by_pass: bool
    dry_run: bool
    actor: str


def write_leads(
    unit: Unit,
    row: ImportRow,
    chunk: Chunk,
    wish: importing.Wish,
    leads: Sequence[Lead],
    campaign: str,
    prefix: str,
    now: datetime,
) -> ImportRow:
    """One chunk of leads: contacts, their past, and the calls that rules of regulation packs count."""
    numbers = [each.e164 for contact in chunk.contacts for each in contact.numbers]
    listed = unit.dnc.listed(numbers, now)
    on_dnc = sum(any(each.e164 in listed for each in contact.numbers) for contact in chunk.contacts)
    row = importing.take_chunk(unit, row, chunk, wish, on_dnc=on_dnc, now=now)
    with_past = [(lead.contact.numbers[0].e164, lead.past) for lead in leads if lead.past is not None]
    known = unit.lists.get(wish.list_name)
    assert known is not None, "made with its first contact"
    unit.pasts.put(known.id, with_past)
    unit.pasts.add_calls(campaign, _calls(_not_counted(unit, leads, prefix), now))
    return row


def _not_counted(unit: Unit, leads: Iterable[Lead], prefix: str) -> list[tuple[Lead, range]]:
    """The calls of each, from 0 on, that were made since an earlier dump: which those were cannot be told by their
    times, as `_calls` makes them up. A count that is lower than it was began anew there."""
    named = [(_calls_of(lead, prefix), lead) for lead in leads]
    known = dict(unit.pasts.counts([name for name, _ in named]))
    new: list[tuple[Lead, range]] = []
    changed: dict[str, int] = {}
    for name, lead in named:
        before, attempts = known.get(name), 0 if lead.past is None else lead.past.attempts
        went_on = before is not None and before <= lead.calls
        new.append((lead, range(before or 0, lead.calls) if went_on else range(attempts)))
        if lead.lead_id and before != lead.calls and (before is not None or lead.past is not None):
            known[name] = changed[name] = lead.calls
    unit.pasts.set_counts(changed)
    return new


def _calls_of(lead: Lead, prefix: str) -> str:
    """Under what name its calls are counted. Ids begin anew on another server, and where all leads were deleted: a
    remainder of the number, which tells nobody's, keeps those apart."""
    return f"vicidial {prefix}lead {lead.lead_id}.{int(lead.contact.numbers[0].e164[1:]) % 997} calls"


def _calls(leads: Iterable[tuple[Lead, range]], now: datetime) -> Iterable[EarlierCall]:
    """Those calls to each lead, of which only the last has a time: all are taken to be as late as that one, since a
    rule that is obeyed too strictly breaks no law."""
    for lead, made in leads:
        past = lead.past
        if past is None or past.last_at is None or past.last_at < now - _REMEMBERED:
            continue
        code = Disposition(past.code) if past.code in _SYSTEM else Disposition.ANSWERED_HUMAN
        for n in made[:_MOST_CALLS]:
            at = past.last_at - timedelta(milliseconds=n)
            yield EarlierCall(number=lead.contact.numbers[0].e164, at=at, disposition=code)


def write_numbers(
    unit: Unit, before: dncimporting.Taken, chunk: Chunk, wish: dncimporting.Wish, now: datetime
) -> tuple[dncimporting.Taken, Sequence[Waits]]:
    """One chunk of numbers on a do-not-call list, which is made with its first; and who else waits in vain."""
    if not unit.dnc.has(wish.list_name):
        dnc.create_dnc(unit, wish.list_name, actor=wish.actor, now=now)
    return dncimporting.take_numbers(unit, before, chunk, wish, now=now)


def on_list(unit: Unit, name: str, numbers: Sequence[str], now: datetime) -> int:
    """How many of the numbers the list has already."""
    if name == dnc.GLOBAL:
        return len(unit.dnc.listed(numbers, now))
    return sum(any(entry.list_name == name for entry in unit.dnc.check(each, now)) for each in numbers)


ADDED, ALREADY, WAITS = "added", "already there", "waits"


@dataclass(slots=True, kw_only=True)
class PromisedCall:
    """One promised call on its way in. What `look` and `write` return is one of the three words, or why not."""

    row: CallbackRow
    list_name: str
    number: str
    wish: Wish
    is_agent_missing: bool = False

    @property
    def campaign(self) -> str:
        return as_name(self.wish.prefix, self.row.campaign)

    @property
    def _key(self) -> str:
        return f"vicidial {self.wish.prefix}callback {self.row.callback_id}"

    def look(self, unit: Unit, now: datetime) -> str:
        """What `write` would do, as far as it can be told beforehand."""
        campaign = unit.campaigns.get(self.campaign)
        if campaign is None:
            return WAITS
        if unit.pasts.is_brought(self._key):
            return ALREADY
        self.is_agent_missing = self.row.agent is not None and unit.agents.get(self.row.agent) is None
        late_h = (now - self.row.at) / timedelta(hours=1)
        if late_h > campaign.spec.callback_rules.expire_h:
            return f"was promised for {self.row.at.isoformat(timespec='minutes')}: it has expired"
        return ADDED

    def write(self, unit: Unit, now: datetime) -> str:
        said = self.look(unit, now)
        if said != ADDED:
            return said
        contact = next((each for each in unit.contacts.find(self.number) if each.list_name == self.list_name), None)
        if contact is None:
            return "its contact is not in the list any more"
        row, agent = self.row, self.row.agent
        notes = row.notes
        if self.is_agent_missing:
            agent, notes = None, f"(of agent {row.agent}) {row.notes}".strip()[: callbacks.MAX_NOTES]
        asked = callbacks.Wish(at=max(row.at, now), agent=agent, notes=notes)
        try:
            callbacks.add_callback(
                unit, self.campaign, contact.id, asked, region=self.wish.region, actor=self.wish.actor, now=now
            )
        except RefusedError as error:
            return error.message
        unit.pasts.set_brought(self._key)
        return ADDED
