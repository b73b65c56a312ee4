"""Before the first call of a run: whether its Asterisk has the sounds that its people are to hear.

Not here: what a run wants (usecases/flows.py), which of it is missing (domain/soundcheck.py).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from dialerd.domain.campaign import CampaignSpec
from dialerd.domain.errors import StoreError
from dialerd.domain.soundcheck import lacking
from dialerd.domain.words import RunId
from dialerd.ports import Clock, Exchange, Store
from dialerd.tasks import spawn
from dialerd.usecases.flows import wanted_sounds

AGAIN_S = 15.0
"""A run that is held for want of a sound is looked at again so much later."""

_MOST_NAMED = 5


@dataclass(frozen=True, slots=True)
class _Looked:
    at: float
    lack: str


class SoundDesk:
    """`on_known` is called when something has become known."""

    def __init__(self, store: Store, clock: Clock, *, is_on: bool, on_known: Callable[[], None]) -> None:
        self._store = store
        self._clock = clock
        self._is_on = is_on
        self._on_known = on_known
        self._looked: dict[tuple[RunId, str], _Looked] = {}
        self._looking: set[tuple[RunId, str]] = set()

    def lack(self, run_id: RunId, spec: CampaignSpec, exchange: Exchange) -> str | None:
        """Why a run cannot begin at an exchange; empty: nothing is missing. None: it is being looked at."""
        if not self._is_on or not (spec.flow or spec.sounds):
            return ""
        key = (run_id, exchange.name)
        looked = self._looked.get(key)
        is_old = looked is None or (looked.lack and self._clock.steady() >= looked.at + AGAIN_S)
        if is_old and key not in self._looking:
            self._looking.add(key)
            spawn(f"sounds of run {run_id}", self._look(key, spec, exchange))
        return None if looked is None else looked.lack

    async def _look(self, key: tuple[RunId, str], spec: CampaignSpec, exchange: Exchange) -> None:
        lack = ""
        try:
            wanted = await self._store.read(partial(wanted_sounds, spec=spec))
            known = await exchange.sounds()
            if known is not None and (missing := lacking(known, wanted)):
                more = f" and {len(missing) - _MOST_NAMED} more" if len(missing) > _MOST_NAMED else ""
                lack = (
                    f"Asterisk {exchange.name} has no sound {', '.join(missing[:_MOST_NAMED])}{more}: put it into the"
                    " language's folder of its sounds (files beside these folders are seen on dialerd's own machine"
                    " only), and run module reload sounds"
                )
        except StoreError:
            lack = "its sounds could not be looked for: the store cannot be read"
        finally:
            self._looking.discard(key)  # whatever comes: a run that nobody looks at would wait for ever
        self._looked[key] = _Looked(self._clock.steady(), lack)
        self._on_known()
