"""What everything that dials or writes is given: the store, time and chance, the runs, the trunks and the agents.

Not here: what any of it is (engine.py makes them) and what is done with it.
"""

from __future__ import annotations

from dataclasses import dataclass

from dialerd.domain.regulation import Rulebook
from dialerd.domain.seat import Seat
from dialerd.engine.agentdesk import AgentDesk
from dialerd.engine.openings import Openings
from dialerd.engine.runkeeper import RunKeeper
from dialerd.engine.sounddesk import SoundDesk
from dialerd.engine.trunkdesk import TrunkDesk
from dialerd.ports import Clock, Dice, Store


@dataclass(frozen=True, slots=True, kw_only=True)
class Means:
    """One value for the dial loop and its parts."""

    store: Store
    clock: Clock
    dice: Dice
    openings: Openings
    runs: RunKeeper
    trunks: TrunkDesk
    agents: AgentDesk
    sounds: SoundDesk
    rulebook: Rulebook
    seat: Seat | None = None  # among daemons that dial the same campaigns; None: it shares with nobody
