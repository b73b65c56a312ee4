"""What /metrics is put together from: the engine, the store, the meters, the files.

Not here: each of them; who may read it (web/watching.py).
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterator
from importlib.metadata import version
from pathlib import Path

from dialerd.adapters import metrics
from dialerd.domain.errors import StoreError
from dialerd.engine import Engine
from dialerd.log import logger
from dialerd.meters import Meters
from dialerd.ports import Store
from dialerd.usecases import figures

_log = logger(__name__)

Exposition = Callable[[], Awaitable[tuple[str, bytes]]]


def exposition(engine: Engine, meters: Meters, store: Store, database: Path) -> Exposition:
    """Makes the text and its media type: one read of the store, on its threads, and a walk over what is in memory."""

    async def made() -> tuple[str, bytes]:
        samples = [*_own(engine, database), *engine.reading()]
        try:
            samples += await store.read(figures.read)
        except StoreError as error:  # what is in memory is told all the same, and that the database is not well
            _log.error(f"metrics lack the runs' counters: {error}", action="metrics_failed")
        return metrics.MEDIA, metrics.text(meters, samples)

    return made


def _own(engine: Engine, database: Path) -> Iterator[metrics.Sample]:
    yield "dialerd_build", (version("dialerd"),), 1
    for each in engine.vitals.latest():
        yield "dialerd_well", (each.part,), float(not each.trouble)
    for name, suffix in (("database", ""), ("wal", "-wal")):
        try:
            yield "dialerd_database_bytes", (name,), Path(f"{database}{suffix}").stat().st_size
        except OSError:
            continue
