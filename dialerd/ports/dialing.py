"""Targets and attempts within one transaction: claim and settle.

Not here: what a claim or a settle decides (usecases/dialing.py), runs (runs.py), the rows themselves (rows.py).
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from typing import Protocol

from dialerd.domain.call import Facts, Talk
from dialerd.domain.numbers import ContactNumber
from dialerd.domain.words import AttemptId, Channel, ContactId, Disposition, RunId, TargetId, TargetState
from dialerd.ports.rows import AttemptRow, ExportRow, TargetRow


class Dialing(Protocol):
    """Claim and settle: the two transactions that everything exact stands on."""

    def promote(self, run_id: RunId, now: datetime) -> int:
        """Waiting targets whose not_before has come become pending; how many."""
        ...

    def candidates(
        self, run_id: RunId, *, dnc: str | None, limit: int, now: datetime, channel: Channel | None = Channel.VOICE
    ) -> list[TargetRow]:
        """The next pending targets of a channel in order; walks an index. Callbacks are calls, at whichever step.
        None: those that have only waited for an answer.

        `dnc`: the list obeyed beside the global one.
        """
        ...

    def targets(self, ids: Sequence[TargetId], *, dnc: str | None, now: datetime) -> list[TargetRow]:
        """Those targets, in dialing order."""
        ...

    def fresh(self, run_id: RunId) -> int:
        """Pending targets that were never tried; counted along an index, for people to ask."""
        ...

    def target(self, run_id: RunId, contact_id: ContactId, *, dnc: str | None, now: datetime) -> TargetRow | None: ...

    def waiting_for(
        self, run_id: RunId, addresses: Collection[str], *, before: datetime | None, most: int
    ) -> list[ContactId]:
        """Whose target in the run waits, pending or not, at one of the numbers, or for an e-mail to one of the
        addresses (up to `most` contacts of each); `before`: only those due before that. Looked up, not walked."""
        ...

    def open_attempt(self, *attempts: AttemptRow) -> None:
        """Write the attempts and take their targets in progress. Raises StoreError where one is open already."""
        ...

    def open_beside(self, attempt: AttemptRow) -> None:
        """Write an attempt that is made beside another, whose target it leaves alone."""
        ...

    def made_beside(self, target_id: TargetId, channel: Channel) -> int:
        """Spent attempts at the target over a channel that were made beside others."""
        ...

    def hold(self, target: TargetRow, gate: str, until: datetime) -> None:
        """A closed gate: the target waits until then."""
        ...

    def settle_target(self, target: TargetRow, disposition: Disposition, now: datetime) -> None:
        """Settle a target without an attempt (do not call)."""
        ...

    def note(self, attempt_id: AttemptId, facts: Facts) -> None:
        """Keep what is known of an open attempt so far (answered_at, verdict, amd, agent, connected_at, greeted_at)."""
        ...

    def talks(self, attempt_id: AttemptId) -> list[Talk]:
        """The talks of agents who have passed its person on, the first one first."""
        ...

    def attempt(self, attempt_id: AttemptId) -> AttemptRow | None: ...

    def last_to(self, number: str) -> AttemptRow | None:
        """The latest attempt of its own at the number, one that is up before those that have ended; along an index."""
        ...

    def last_attempt(self, target_id: TargetId) -> AttemptRow | None:
        """The latest attempt of its own at the target."""
        ...

    def close_attempt(self, attempt: AttemptRow) -> bool:
        """Write how an open attempt ended; False: it was settled before, and nothing is changed."""
        ...

    def same_before(self, attempt: AttemptRow) -> int:
        """Earlier spent attempts at this target with the same disposition."""
        ...

    def unspent_before(self, attempt: AttemptRow) -> int:
        """Earlier attempts at this target that a congested trunk had no room for."""
        ...

    def give_back(self, attempt: AttemptRow, reason: str) -> None:
        """A spent attempt that has ended is not spent any more, and its target has one more left."""
        ...

    def release_target(
        self,
        attempt: AttemptRow,
        *,
        state: TargetState,
        not_before: datetime | None,
        goes_first: bool = False,
        now: datetime,
    ) -> None:
        """Give the target back as waiting or done with the attempt's disposition; counts the attempt if spent.

        `goes_first`: before every other target of the run, once it is due.
        """
        ...

    def numbers(
        self, target_id: TargetId, *, wrong: Collection[Disposition], dnc: str | None, now: datetime
    ) -> list[ContactNumber]:
        """The numbers of the target's contact; an attempt that ended in one of `wrong` speaks against its number.

        `dnc`: the do-not-call list that holds beside the global one.
        """
        ...

    def has_more_numbers(self, contact_id: ContactId) -> bool:
        """Whether the contact has others than its first number."""
        ...

    def set_number(self, target_id: TargetId, number: ContactNumber) -> None:
        """Have the target dial that number of its contact next."""
        ...

    def is_left_out(self, target_id: TargetId) -> bool:
        """Whether a scrub found, while the target was in a call, that its run's filter leaves it out."""
        ...

    def attempts_spent(self, target_id: TargetId) -> int: ...
    def open_attempts(self) -> list[AttemptRow]: ...
    def next_due_at(self, run_id: RunId) -> datetime | None: ...
    def waiting_due(self, run_id: RunId, *, limit: int, now: datetime) -> int:
        """How many targets that wait for a call, an agent's where there are both kinds, are due; up to `limit`."""
        ...

    def last_claimed_at(self) -> datetime | None: ...
    def export(
        self,
        run_id: RunId,
        *,
        since: datetime | None = None,
        until: datetime | None = None,
        dispositions: Collection[str] | None = None,
    ) -> Iterable[ExportRow]:
        """The run's attempts as they were claimed, one at a time: from `since` on, before `until`, that ended so."""
        ...

    def page_end(self, run_id: RunId, *, since: datetime | None, size: int) -> datetime | None:
        """When the run's attempt was claimed that comes `size` attempts after the first one from `since` on, or at
        least later than `since`: claims of one batch share their moment. None: there are not so many."""
        ...
