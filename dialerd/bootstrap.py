"""Where everything is put together: the only file that sees both the engine and the adapters.

Not here: any decision. The command line reaches the adapters through these functions.
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, AbstractContextManager
from datetime import datetime
from pathlib import Path

from dialerd import daemon, log
from dialerd.adapters import ari, controlsocket, files, sqlite
from dialerd.adapters.clock import SystemClock, SystemDice
from dialerd.adapters.systemd import Systemd
from dialerd.doctor import checks
from dialerd.domain.errors import DialerdError
from dialerd.engine import Engine
from dialerd.ports import Exchange, Unit
from dialerd.settings import Settings, find_settings, read_settings


def settings(given: str | None) -> tuple[Path, Settings]:
    """The settings file and what is in it. Raises SettingsError."""
    path = find_settings(given, os.environ)
    return path, read_settings(path)


def now() -> datetime:
    return SystemClock().now()


def unit(given: Settings, *, write: bool) -> AbstractContextManager[Unit]:
    """One transaction on the database, which is made and migrated where it is missing."""
    return sqlite.SqliteStore.unit(given.database.path, write=write)


def poke(given: Settings) -> bool:
    """Tell a running daemon to look at the database now; False: none is running."""
    return controlsocket.poke(given.database.path)


def contact_file(path: Path, *, region: str, mapping: Mapping[str, str] | None) -> files.ContactFile:
    return files.ContactFile(path, region=region, mapping=mapping)


def write_rows(path: Path, columns: Sequence[str], rows: Iterable[Sequence[str]]) -> int:
    return files.write_rows(path, columns, rows)


def backup(given: Settings, target: Path) -> None:
    sqlite.backup(given.database.path, target)


def restore(given: Settings, source: Path) -> None:
    sqlite.restore(source, given.database.path)


def run_daemon(given: Settings) -> int:
    """Run until told to stop; the exit code. Raises DialerdError where it cannot start."""
    log.configure(level=given.log.level, form=given.log.form)
    with sqlite.only_daemon(given.database.path):
        return asyncio.run(_serve(given))


async def _serve(given: Settings) -> int:
    clock = SystemClock()
    exchanges: dict[str, Exchange] = {server.name: ari.AriExchange(server, clock) for server in given.asterisk}
    store = sqlite.SqliteStore.open(given.database.path)
    engine = Engine(
        store=store,
        clock=clock,
        dice=SystemDice(),
        exchanges=exchanges,
        trunks=given.trunks,
        min_ring_s=given.engine.min_ring_s,
    )

    def listening(on_poke: Callable[[], None]) -> AbstractAsyncContextManager[None]:
        return controlsocket.listening(given.database.path, on_poke)

    return await daemon.serve(
        engine=engine,
        store=store,
        clock=clock,
        supervisor=Systemd(os.environ),
        listening=listening,
        drain_s=given.engine.drain_s,
    )


def examine(path: Path, given: Settings) -> checks.Facts:
    """The facts for doctor: every server is asked, and none that fails hides another."""
    trouble, campaigns = _examine_database(given)
    return checks.Facts(
        settings=str(path),
        database=str(given.database.path),
        database_trouble=trouble,
        trunks=given.trunks,
        asterisks=asyncio.run(_examine_servers(given)),
        campaigns=campaigns,
    )


def _examine_database(given: Settings) -> tuple[str, list[checks.CampaignFacts]]:
    try:
        sqlite.check(given.database.path)
        with unit(given, write=True) as work:
            specs = [row.spec for row in work.campaigns.all()]
    except DialerdError as error:
        return str(error), []
    return "", [
        checks.CampaignFacts(name=spec.name, trunk=spec.trunk, caller_id=spec.caller_id, amd=spec.amd) for spec in specs
    ]


async def _examine_servers(given: Settings) -> list[checks.AsteriskFacts]:
    facts = []
    for server in given.asterisk:
        found = await ari.probe(server)
        if isinstance(found, str):
            facts.append(checks.AsteriskFacts(name=server.name, trouble=found, lacks={}))
            continue
        lacks = {
            (trunk.name, amd): found.lack(server.name, endpoint=trunk.resource, amd=amd)
            for trunk in given.trunks.values()
            for amd in (False, True)
        }
        too_old = ari.too_old(found.version)
        facts.append(checks.AsteriskFacts(name=server.name, version=found.version, is_too_old=too_old, lacks=lacks))
    return facts
