"""Taking over what another dialer's database has: leads with their past, do-not-call entries, statuses, callbacks.

Not here: reading the dump (adapters/files), what its columns mean (domain/vicidial). Each chunk is one transaction, and
everything is known by what it is: the same dump again, whole or after an interruption, adds what is missing and nothing
twice. Nothing of it is ever started.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime

from dialerd.domain.contact import RejectedRow
from dialerd.domain.dispositionset import DispositionSet
from dialerd.domain.phone import PhoneNumber
from dialerd.domain.vicidial import (
    BARRING,
    SURVEYED,
    CallbackRow,
    Draft,
    Lead,
    LeadTrouble,
    Survey,
    barring_campaign,
    draft,
    read_lead,
)
from dialerd.domain.vicidial.barred import is_digits
from dialerd.domain.vicidial.fields import Values, as_name, in_zone, number, text
from dialerd.domain.vicidial.leads import read_number
from dialerd.ports import Chunk, Dump, ImportRow, Store
from dialerd.usecases import callbacks, dispositions, dnc, dncimporting, importing
from dialerd.usecases.importing import Rehearsal
from dialerd.usecases.movedrows import ADDED, ALREADY, WAITS, PromisedCall, Wish, on_list, write_leads, write_numbers

TAKEN = ("vicidial_list", *BARRING)
_LEADS = 100  # a chunk: a lead is up to a dozen rows, and the writer is held below 50 ms
_NUMBERS = 500


@dataclass(slots=True)
class Taken:
    """What has come of a dump so far. `lists` by name; `dnc` and `sets` by theirs; `waiting`: callbacks of campaigns
    that are not there yet."""

    lists: dict[str, ImportRow] = field(default_factory=dict)
    dnc: dict[str, dncimporting.Taken] = field(default_factory=dict)
    sets: list[str] = field(default_factory=list)
    unmapped: dict[str, int] = field(default_factory=dict)
    over: int = 0  # contacts that will not be dialed, as they were done with
    opted_out: int = 0  # leads whose status says so; their numbers are in `dnc`, too
    barred_by_digits: int = 0  # numbers with another country's code than a do-not-call entry was read with
    of_several: int = 0  # entries that may be several numbers: each of them is barred
    unplaced: int = 0  # contacts whose zone is not known
    callbacks: int = 0
    callbacks_already: int = 0
    waiting: dict[str, int] = field(default_factory=dict)
    agents_missing: set[str] = field(default_factory=set)
    drafts: list[Draft] = field(default_factory=list)
    rejected: int = 0  # rows that are lost
    troubles: int = 0  # values that are left out of rows that are not


Told = Callable[[Sequence[RejectedRow], int], None]
"""Told of rows that could not be used, and of the bytes of the dump that are read."""


def survey(dump: Dump, wish: Wish, *, told: Told) -> Survey:
    """All of the dump but its leads; of do-not-call numbers the digits. Raises BadInputError: it cannot be read on."""
    found = Survey(zone=wish.zone, max_notes=callbacks.MAX_NOTES)
    for row in dump.rows(SURVEYED):
        if isinstance(row, RejectedRow):
            if row.column not in BARRING:  # they are read again, and told then
                told([row], dump.position)
            continue
        trouble = found.take(row.table, row.values, row.line)
        if trouble is not None:
            told([_as_row(trouble, row.table, row.line, f"callback {number(row.values, 'callback_id')}")], 0)
    return found


async def move_in(
    store: Store, dump: Dump, found: Survey, wish: Wish, *, now: Callable[[], datetime], told: Told
) -> Taken:
    """Take over what a surveyed dump has. Raises BadInputError where it cannot be read on; what came before stays."""
    mover = _Mover(store, dump, found, wish, now, told)
    is_whole = False
    try:
        await mover.take_sets()
        await mover.take_rows()
        await mover.take_callbacks()
        is_whole = True
    finally:
        await mover.end(is_whole=is_whole)
    return mover.taken


@dataclass(slots=True)
class _Waiting:
    """The leads of one list that are not written yet."""

    leads: list[Lead] = field(default_factory=list)
    line: int = 1
    rehearsal: Rehearsal | None = None


class _Mover:
    """One dump on its way in."""

    def __init__(
        self, store: Store, dump: Dump, found: Survey, wish: Wish, now: Callable[[], datetime], told: Told
    ) -> None:
        self._store, self._dump, self._survey, self._wish, self._now, self._told = store, dump, found, wish, now, told
        self._made_at = _made_at(dump.completed, wish.zone, now())
        self._leads: dict[int, _Waiting] = {}
        self._numbers: dict[str, list[str]] = {}
        self._called_back: list[tuple[CallbackRow, str, str]] = []  # with its list's name and first number
        self._fits: dict[tuple[str, str], set[str]] = {}  # numbers by entry, where they are not as the region has it
        self._of_campaigns: set[str] = set()  # those with do-not-call entries of their own
        self._gone: set[int] = set(found.callbacks)  # leads with a callback that were not met yet
        self.taken = Taken()

    async def take_sets(self) -> None:
        """A set of dispositions for each campaign. One that is there already may have been changed, and is left."""
        campaigns = sorted(self._survey.campaigns) or ["STATUSES"]
        for campaign in campaigns:
            given = self._survey.statuses.set_of(campaign, prefix=self._wish.prefix)
            if given is not None and await self._is_new(given):
                self.taken.sets.append(given.name)

    async def _is_new(self, given: DispositionSet) -> bool:
        if await self._store.read(lambda unit: unit.dispositions.get(given.name)) is not None:
            return False
        if not self._wish.dry_run:
            await self._store.write(
                lambda unit: dispositions.apply_set(unit, given, actor=self._wish.actor, now=self._now())
            )
        return True

    async def take_rows(self) -> None:
        """Leads and do-not-call numbers as they come, in chunks."""
        line = 1
        for row in self._dump.rows(TAKEN):
            line = row.line
            if isinstance(row, RejectedRow):
                self._reject([row])
            elif row.table == "vicidial_list":
                await self._take_lead(row.values, row.line)
            else:
                await self._take_number(row.table, row.values, row.line)
        for list_id in list(self._leads):
            await self._write_leads(list_id)
        for name in list(self._numbers):
            await self._write_numbers(name, line)
        self.taken.drafts = [
            made for campaign in sorted(self._survey.campaigns) if (made := self._draft(campaign)) is not None
        ]

    def _draft(self, campaign: str) -> Draft | None:
        return draft(
            self._survey,
            campaign,
            prefix=self._wish.prefix,
            region=self._wish.region,
            has_dnc=campaign in self._of_campaigns,
            today=self._now().date(),
        )

    async def _take_lead(self, values: Values, line: int) -> None:
        campaign = self._survey.campaign_of(number(values, "list_id"))
        lead, troubles = read_lead(
            values,
            self._survey.statuses,
            campaign=campaign,
            region=self._wish.region,
            by_pass=self._wish.by_pass,
            made_at=self._made_at,
        )
        lead_id = number(values, "lead_id")
        self._reject([_as_row(each, "vicidial_list", line, f"lead {lead_id}") for each in troubles], lost=lead is None)
        if lead is None:
            return
        if not lead.is_known:
            self.taken.unmapped[lead.status] = self.taken.unmapped.get(lead.status, 0) + 1
        self.taken.unplaced += not lead.is_placed
        first = lead.contact.numbers[0].e164
        if lead.is_opt_out:
            self.taken.opted_out += 1
            # All of the person's numbers, as in an opt-out of ours: the next one of the lead is not called instead.
            self._numbers.setdefault(dnc.GLOBAL, []).extend(each.e164 for each in lead.contact.numbers)
        self._bar(lead, line)
        if lead.past is not None:
            self.taken.over += lead.past.is_over
        if (promised := self._survey.callbacks.get(lead.lead_id)) is not None:
            self._called_back.append((promised, self._list_name(lead.list_id), first))
            self._gone.discard(lead.lead_id)
        waiting = self._leads.setdefault(lead.list_id, _Waiting())
        waiting.leads.append(lead)
        waiting.line = line
        if len(waiting.leads) >= _LEADS:
            await self._write_leads(lead.list_id)

    def _bar(self, lead: Lead, line: int) -> None:
        """An entry has no country's code, and is read as a number of the region: it bars those who have its digits
        with another code as well, as it did there."""
        for e164, written in lead.written.items():
            for campaign, entry in self._survey.barred.holding(written, e164, lead.code):
                home = read_number(entry, code="", region=self._wish.region)
                read = {home.e164} if isinstance(home, PhoneNumber) else set()
                if e164 in read:
                    continue
                fits = self._fits.setdefault((campaign, entry), read)
                if e164 in fits:
                    continue
                fits.add(e164)
                self._numbers.setdefault(self._dnc_name(campaign), []).append(e164)
                self.taken.barred_by_digits += 1
                if len(fits) > 1:
                    self.taken.of_several += len(fits) == 2
                    reason = f"may be any of {', '.join(sorted(fits))}: all are barred (lead {lead.lead_id})"
                    self._told(
                        [RejectedRow(line=line, column="do not call", value=entry, reason=reason)], self._dump.position
                    )

    def _dnc_name(self, campaign: str) -> str:
        return as_name(self._wish.prefix, campaign) if campaign else dnc.GLOBAL

    def _list_name(self, list_id: int) -> str:
        return as_name(self._wish.prefix, str(list_id))

    async def _write_leads(self, list_id: int) -> None:
        waiting, name = self._leads[list_id], self._list_name(list_id)
        for barred in list(self._numbers):  # whoever wants no calls is on the list before they are in one to be called
            await self._write_numbers(barred, waiting.line)
        leads, waiting.leads = waiting.leads, []
        chunk = Chunk(
            contacts=[lead.contact for lead in leads], rejected=(), line=waiting.line, position=self._dump.position
        )
        wish = importing.Wish(
            list_name=name, region=self._wish.region, source=self._wish.source, actor=self._wish.actor
        )
        row = self.taken.lists.get(name) or importing.begun(wish, self._now())
        if self._wish.dry_run:
            rehearsal = waiting.rehearsal = waiting.rehearsal or Rehearsal(row)
            row = await self._store.read(lambda unit: rehearsal.look(unit, chunk, self._now()))
        else:
            campaign = as_name(self._wish.prefix, self._survey.campaign_of(list_id) or str(list_id))
            row = await self._store.write(
                lambda unit: write_leads(unit, row, chunk, wish, leads, campaign, self._wish.prefix, self._now()),
                patient=True,
            )
        self.taken.lists[name] = row
        self._told((), self._dump.position)

    async def _take_number(self, table: str, values: Values, line: int) -> None:
        campaign, written = barring_campaign(values), text(values, "phone_number")
        name = self._dnc_name(campaign)
        if campaign:
            self._of_campaigns.add(campaign)
        found = read_number(written, code="", region=self._wish.region)
        if not isinstance(found, PhoneNumber):
            reason = found.reason
            if written.upper().rstrip("X") != written.upper():
                reason = "stands for a whole area, which no list here can: write a filter for it"
            elif is_digits(written):
                reason += "; leads that have its digits with another code are barred"
            self._reject([RejectedRow(line=line, column=f"{table}.phone_number", value=written[:60], reason=reason)])
            return
        self._numbers.setdefault(name, []).append(found.e164)
        if len(self._numbers[name]) >= _NUMBERS:
            await self._write_numbers(name, line)

    async def _write_numbers(self, name: str, line: int) -> None:
        numbers = sorted(set(self._numbers.pop(name)))
        before = self.taken.dnc.get(name, dncimporting.Taken())
        if self._wish.dry_run:
            known = await self._store.read(lambda unit: on_list(unit, name, numbers, self._now()))
            added = len(numbers) - known
            self.taken.dnc[name] = replace(
                before, line=line, added=before.added + added, already_there=before.already_there + known
            )
            return
        chunk = Chunk(numbers=numbers, rejected=(), line=line, position=self._dump.position)
        wish = dncimporting.Wish(
            list_name=name, file=self._wish.source, source=f"vicidial {self._wish.source}", expires_at=None,
            actor=self._wish.actor,
        )  # fmt: skip
        self.taken.dnc[name], left = await self._store.write(
            lambda unit: write_numbers(unit, before, chunk, wish, self._now()), patient=True
        )
        await dncimporting.settle_left(self._store, left, self._now)
        self._told((), self._dump.position)

    async def take_callbacks(self) -> None:
        """The promised calls, each in a transaction of its own; those of campaigns that are not there yet wait."""
        for lead_id in sorted(self._gone):
            row = self._survey.callbacks[lead_id]
            self._reject([_callback_row(row, "its lead is not in the dump, or cannot be called")])
        for row, list_name, first in self._called_back:
            job = PromisedCall(row=row, list_name=list_name, number=first, wish=self._wish)
            done = await self._promise(job)
            self.taken.callbacks += done == ADDED
            self.taken.callbacks_already += done == ALREADY
            if done == WAITS:
                self.taken.waiting[job.campaign] = self.taken.waiting.get(job.campaign, 0) + 1
            elif done not in (ADDED, ALREADY):
                self._reject([_callback_row(row, done)])
            if job.is_agent_missing and row.agent:
                self.taken.agents_missing.add(row.agent)

    async def _promise(self, job: PromisedCall) -> str:
        if self._wish.dry_run:
            return await self._store.read(lambda unit: job.look(unit, self._now()))
        return await self._store.write(lambda unit: job.write(unit, self._now()), patient=True)

    async def end(self, *, is_whole: bool) -> None:
        """Say in the audit log what came, also where it was broken off."""
        if self._wish.dry_run:
            return
        for name, row in self.taken.lists.items():
            self.taken.lists[name] = await self._end_list(replace(row, finished_at=self._now() if is_whole else None))
        detail = {
            "file": self._wish.source,
            "lists": len(self.taken.lists),
            "contacts": sum(row.added for row in self.taken.lists.values()),
            "dnc": sum(each.added for each in self.taken.dnc.values()),
            "callbacks": self.taken.callbacks,
            "is_whole": is_whole,
        }
        await self._store.write(
            lambda unit: unit.audit.add(
                actor=self._wish.actor, action="moved_in", subject="vicidial", detail=detail, now=self._now()
            )
        )

    async def _end_list(self, ended: ImportRow) -> ImportRow:
        await self._store.write(
            lambda unit: importing.end_import(unit, ended, actor=self._wish.actor, now=self._now()), patient=True
        )
        return ended

    def _reject(self, rows: Sequence[RejectedRow], *, lost: bool = True) -> None:
        if lost:
            self.taken.rejected += len(rows)
        else:
            self.taken.troubles += len(rows)
        if rows:
            self._told(rows, self._dump.position)


def _callback_row(row: CallbackRow, reason: str) -> RejectedRow:
    return RejectedRow(
        line=row.line, column="vicidial_callbacks", value=f"callback {row.callback_id}, lead {row.lead_id}",
        reason=reason,
    )  # fmt: skip


def _as_row(trouble: LeadTrouble, table: str, line: int, whose: str) -> RejectedRow:
    reason = trouble.reason if trouble.is_lost else f"{trouble.reason}; it is left out of the contact"
    return RejectedRow(
        line=line, column=f"{table}.{trouble.column}", value=trouble.value[:60], reason=f"{reason} ({whose})"
    )


def _made_at(completed: str, zone: str, now: datetime) -> datetime:
    """When the dump was made: the offsets of leads' clocks are of that day."""
    try:
        return min(in_zone(datetime.fromisoformat(" ".join(completed.split())), zone), now)
    except (ValueError, OverflowError):
        return now.astimezone(UTC)
