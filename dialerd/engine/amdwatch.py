"""Live verdicts of detection against the replay, call by call as they are recorded: a server that has no time for all
its calls is told of.

Not here: the comparison (domain/amdcheck.py), the recordings (ports.HeardCalls). It takes few at a time, beside the
dialing, and what it did not come to is left out.
"""

from __future__ import annotations

from collections import defaultdict, deque

from dialerd.domain.amdcheck import LEAST, Agreement, compare
from dialerd.domain.amdreplay import Parameters
from dialerd.domain.errors import StoreError
from dialerd.log import logger
from dialerd.meters import Meters
from dialerd.ports import Clock, HeardCalls, Store
from dialerd.usecases.detection import live_verdicts

_log = logger(__name__)

EVERY_S = 30.0
AT_ONCE = 20  # some ms each
_LATEST = 100
ALARM = 0.05
"""The share of a server's latest calls whose verdicts are wrong that is worth a word."""


class AmdWatch:
    """One per daemon."""

    def __init__(self, store: Store, clock: Clock, heard: HeardCalls | None, given: Parameters, meters: Meters) -> None:
        """`heard` None: nothing is recorded, and there is nothing to do. `given`: what AMD() is called with."""
        self._store = store
        self._clock = clock
        self._heard = heard
        self._given = given
        self._meters = meters
        self._latest: defaultdict[str, deque[bool]] = defaultdict(lambda: deque(maxlen=_LATEST))
        self._told: set[str] = set()

    async def run(self) -> None:
        while self._heard is not None:
            try:
                await self.look()
            except StoreError as error:
                _log.error(f"detection cannot be checked: {error}", action="amd_check_failed")
            await self._clock.sleep(EVERY_S)

    async def look(self) -> None:
        """Compare what is new. Raises StoreError."""
        assert self._heard is not None, "run looks only where something is recorded"
        heard = dict(await self._heard.fresh(self._clock.now(), most=AT_ONCE, seconds=self._given.heard_s))
        if not heard:
            return
        live = await self._store.read(lambda unit: live_verdicts(unit, heard))
        for attempt_id, (asterisk, said) in live.items():
            agreement = compare(heard[attempt_id], said, self._given)
            self._meters.detections[asterisk, agreement.value] += 1
            self._latest[asterisk].append(agreement is Agreement.AGREES)
        for asterisk in sorted({asterisk for asterisk, _ in live.values()}):
            self._judge(asterisk)

    def _judge(self, asterisk: str) -> None:
        """Once when it begins, and once when it is over."""
        latest = self._latest[asterisk]
        is_wrong = len(latest) >= LEAST and latest.count(False) > ALARM * len(latest)
        if is_wrong and asterisk not in self._told:
            self._told.add(asterisk)
            _log.warning(
                f"detection on Asterisk {asterisk} is wrong on {latest.count(False)} of its latest {len(latest)} calls:"
                " it is not given its time; let the server have fewer calls at once (max_channels in [[asterisk]])",
                action="amd_wrong",
                asterisk=asterisk,
            )
        elif not is_wrong and asterisk in self._told:
            self._told.discard(asterisk)
            _log.info(f"detection on Asterisk {asterisk} is right again", action="amd_right", asterisk=asterisk)
