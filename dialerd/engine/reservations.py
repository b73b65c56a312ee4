"""Agents who are kept free for calls that are being dialed, or for a record that they are shown.

Not here: who answers gets which of them (agentdesk.py), which records there are (previewdesk.py).
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence

from dialerd.domain.agents import AgentEvent as E
from dialerd.domain.words import AgentState, AttemptId, RunId
from dialerd.engine.agentbook import AgentBook
from dialerd.engine.agentline import AgentLine


class Reservations:
    """A part of the agent desk: nobody else keeps an agent free, or lets it go."""

    def __init__(self, book: AgentBook) -> None:
        self._book = book

    def reserve(self, run_id: RunId, attempts: Sequence[AttemptId], *, per_agent: int) -> None:
        """Keep agents free for calls that are dialed now, `per_agent` for each.

        First those that are kept free and are owed some, then free ones, the longest idle first. Were agents lost since
        the calls were claimed, those that are left have them all: whoever answers finds the first that is free.
        """
        mine = [line for line in self._book.lines.values() if line.works_for == run_id]
        mine.sort(key=lambda line: (line.seen.idle_since, line.name))
        left = list(attempts)
        for line in [*(line for line in mine if line.is_spare and line.owed), *(line for line in mine if line.is_free)]:
            if not left:
                return
            if line.is_free:
                line.owed, line.batch = per_agent, set()
                self._book.move(line, E.RESERVE)
            line.batch |= set(left[: line.owed])
            left, line.owed = left[line.owed :], max(0, line.owed - len(left))

    def preview(self, run_id: RunId, count: int, *, but: Collection[str]) -> list[str]:
        """Keep up to `count` of a run's free agents, the longest idle first, for records that they are to be shown."""
        free = sorted(
            (
                each
                for each in self._book.lines.values()
                if each.works_for == run_id and each.is_free and each.name not in but
            ),
            key=lambda line: (line.seen.idle_since, line.name),
        )
        for line in free[:count]:
            self._book.move(line, E.SHOW)
        return [line.name for line in free[:count]]

    def state_of(self, agent: str) -> AgentState:
        line = self._book.lines.get(agent)
        return AgentState.LOGGED_OUT if line is None else line.seen.state

    def lost(self, agent: str) -> str:
        """Why a call that is claimed for an agent cannot be dialed; empty: the agent is kept free for it."""
        return "" if self.state_of(agent) is AgentState.RESERVED else "its agent has lost the phone"

    def dial(self, agent: str) -> None:
        """The record that the agent is shown is dialed for it."""
        self._book.move(self._book.lines[agent], E.DIAL)

    def let_go(self, agent: str) -> None:
        """The record is not shown any more."""
        line = self._book.lines.get(agent)
        if line is not None and line.seen.state is AgentState.PREVIEW:
            self._book.move(line, E.RELEASE)

    def dialed_for(self, agent: str, attempts: Iterable[AttemptId]) -> None:
        """The calls that an agent who has had a record shown is kept free for; without any it is free again."""
        line = self._book.lines.get(agent)
        if line is not None:  # else deleted while its call was claimed
            line.batch, line.owed = set(attempts), 0
            self._release_if_spare(line)

    def over(self, attempt_id: AttemptId) -> None:
        """A call has ended."""
        for line in self._book.lines.values():
            if attempt_id in line.batch:
                line.batch.discard(attempt_id)
                self._release_if_spare(line)

    def _release_if_spare(self, line: AgentLine) -> None:
        if not line.batch:
            line.callback_of = None
        if not line.batch and line.person is None and line.seen.state is AgentState.RESERVED:
            self._book.move(line, E.RELEASE)
