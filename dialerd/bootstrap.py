"""Where everything is put together: the only file that sees both the engine and the adapters.

Not here: any decision. The command line reaches the adapters through these functions.
"""

from __future__ import annotations

import asyncio
import math
import os
import ssl
import sys
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, AbstractContextManager
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from dialerd import seathouse, storehouse, tracehouse
from dialerd.adapters import controlsocket, files, sqlite
from dialerd.adapters.clock import SystemClock, SystemDice
from dialerd.adapters.files.heardfolder import HeardFolder
from dialerd.adapters.loopwatch import LoopWatch
from dialerd.adapters.speech import CommandSpeech
from dialerd.adapters.systemd import Systemd
from dialerd.doctor import checks, conf, conffiles
from dialerd.domain.amdreplay import read_parameters
from dialerd.domain.columnmap import ColumnMap
from dialerd.domain.errors import DialerdError
from dialerd.domain.lack import Lack
from dialerd.domain.regulation import Pack, Rulebook, daily_limit
from dialerd.domain.replywords import ReplyWords
from dialerd.domain.seat import SEND_WITHIN_S
from dialerd.domain.trunk import Trunk
from dialerd.meters import Meters
from dialerd.ports import Clock, Dump, Exchange, HeardCalls, Passwords, Store, Supervisor, Unit
from dialerd.seathouse import Place
from dialerd.settings import DetectionSettings, Settings, SpeechSettings, find_settings, read_settings
from dialerd.usecases.flows import wanted_sounds

# What only a daemon and doctor need is loaded there: it takes longer than all that most commands do.
if TYPE_CHECKING:
    from dialerd.adapters.tracing import CallTraces
    from dialerd.agi import AgiServer
    from dialerd.engine import AmdWatch, DropKeeper, Engine, Forgetter
    from dialerd.web import ApiServer


def settings(given: str | None) -> tuple[Path, Settings]:
    """The settings file and what is in it. Raises SettingsError."""
    path = find_settings(given, os.environ)
    return path, read_settings(path)


def now() -> datetime:
    return SystemClock().now()


def unit(given: Settings, *, write: bool) -> AbstractContextManager[Unit]:
    """One transaction on the database, which is made and migrated where it is missing."""
    return storehouse.unit(given.database, write=write)


def poke(given: Settings) -> bool:
    """Tell a running daemon to look at the database now; False: none is running."""
    return controlsocket.poke(given.database.running)


def rulebook(given: Settings) -> Rulebook:
    """The regulation packs of dialerd and of the settings' folder. Raises BadInputError naming a wrong file."""
    book = files.read_rulebook(given.regulations.folder)
    most = given.limits.attempts_per_number_per_day
    return replace(book, always=(daily_limit(most),)) if most else book


def reply_words() -> ReplyWords:
    """STOP, START and HELP by language."""
    return files.shipped_reply_words()


def sound_lengths(folder: Path, names: Iterable[str], languages: Iterable[str]) -> dict[str, float]:
    """Seconds of those of Asterisk's sounds that are in a folder."""
    return files.sound_lengths(folder, names, languages)


def pack_file(path: Path) -> Pack:
    return files.read_pack_file(path)


def file_reader(path: Path, *, region: str, columns: ColumnMap | None, delimiter: str | None) -> files.FileReader:
    """A contact file to be imported; `delimiter` goes before the map's."""
    return files.FileReader(path, region=region, **_how(columns, delimiter))


def dump(path: Path) -> Dump:
    """A dump of another dialer's database. Raises BadInputError where it cannot be read as one."""
    return files.SqlDump(path)


def number_reader(path: Path, *, region: str) -> files.FileReader:
    """A file of which only the numbers are wanted."""
    return files.FileReader(path, only_numbers=True, region=region)


def _how(columns: ColumnMap | None, delimiter: str | None = None) -> dict[str, Any]:
    if columns is None:
        return {"mapping": None, "delimiter": delimiter}
    return {"mapping": columns.columns, "delimiter": delimiter or columns.delimiter}


def row_report(given: Settings, path: Path, *, source: Path) -> files.RowReport:
    """The report on the rows of `source`, which it must not write over, as little as the database."""
    return files.RowReport(files.check_other(path, source, *sqlite.files_of(given.database.path)))


def check_folder(found: tuple[Path, Settings], path: Path) -> str:
    """The full name of a folder to be watched; never one with the settings file, the database or packs in it."""
    own = [found[0].parent, found[1].database.path.parent]
    packs = found[1].regulations.folder
    return files.check_folder(path, own=own if packs is None else [*own, packs])


def store(given: Settings) -> Store:
    """The database for many transactions, between which a daemon gets its turn; to be closed."""
    return storehouse.opened(given.database, gives_way=True)


def write_rows(given: Settings, path: Path, columns: Sequence[str], rows: Iterable[Sequence[str]]) -> int:
    return files.write_rows(files.check_other(path, *sqlite.files_of(given.database.path)), columns, rows)


def print_rows(columns: Sequence[str], rows: Iterable[Sequence[str]]) -> int:
    """The same on standard output, row by row."""
    return files.print_rows(sys.stdout.buffer, columns, rows)


def passwords() -> Passwords:
    from dialerd.adapters.passwords import Argon2Passwords

    return Argon2Passwords()


def draw_secret() -> str:
    from dialerd.adapters import passwords as drawn

    return drawn.draw_secret()


def backup(given: Settings, target: Path) -> None:
    storehouse.backup(given.database, target)


def database_place(given: Settings) -> str:
    """For people: it has no password in it."""
    return storehouse.place(given.database)


def restore(given: Settings, source: Path) -> Path | None:
    """Where the old database is kept; None: there was none."""
    return storehouse.restore(given.database, source)


@dataclass(frozen=True, slots=True, kw_only=True)
class Parts:
    """What a daemon is made of."""

    engine: Engine
    trunks: dict[str, Trunk]
    traces: CallTraces | None
    drops: DropKeeper
    forgetter: Forgetter
    amd_watch: AmdWatch
    tls: ssl.SSLContext | None
    loop_watch: LoopWatch
    hooks: AgiServer
    api: ApiServer
    store: Store
    clock: Clock
    supervisor: Supervisor
    listening: Callable[[Callable[[], None]], AbstractAsyncContextManager[None]]


def only_daemon(given: Settings) -> AbstractContextManager[Place]:
    """The lock that keeps a second daemon off the database, has it wait for its turn, or help. Raises StoreError."""
    return seathouse.placed(given.database, Systemd(os.environ))


def build(given: Settings, place: Place) -> Parts:
    """The parts of a daemon on the real clock, file and Asterisks; nothing is connected yet."""
    from dialerd.adapters import ari
    from dialerd.adapters.web import AllowedWeb
    from dialerd.agi import AgiServer, hooks
    from dialerd.engine import AmdWatch, DropKeeper, Engine, Forgetter
    from dialerd.metricshouse import exposition
    from dialerd.routehouse import queue_watches, routes_of
    from dialerd.web import ApiServer
    from dialerd.webhouse import API_READERS, house, tls_of

    tls = tls_of(given.http)
    clock = SystemClock()
    trunks, meters, traces = given.trunks, Meters(), tracehouse.traces(given.tracing)
    store = storehouse.opened(given.database, turn=place.lease, meters=meters, steady=clock.steady)
    proof = storehouse.turn_of(place.lease, store, clock, seathouse.leave)
    exchanges: dict[str, Exchange] = {
        each.name: ari.AriExchange(each, clock, proof, **place.apps(each.app)) for each in given.asterisk
    }
    engine = Engine(
        store=store,
        clock=clock,
        dice=SystemDice(),
        exchanges=exchanges,
        trunks=trunks,
        min_ring_s=given.engine.min_ring_s,
        lost_after_s=given.engine.lost_after_s,
        limits={each.name: each.max_channels for each in given.asterisk if each.max_channels is not None},
        links={each.name: each.link for each in given.asterisk if each.link is not None},
        queue_watches={} if place.helps else queue_watches(given, clock),
        rulebook=rulebook(given),
        routes={} if place.helps else routes_of(given, clock, store),
        reply_words=files.shipped_reply_words(),
        answers={each.name: each.answers for each in given.sms},
        region=given.phone.default_region,
        transfer_prefixes=given.transfer.prefixes,
        check_sounds=given.engine.check_sounds,
        speech=_speech(given.tts, clock),
        web=AllowedWeb(given.web.hosts) if given.web.hosts else None,
        meters=meters,
        tracing=traces,
        seat=place.seat,
        sends_within_s=math.inf if place.lease is None else SEND_WITHIN_S,
        on_unseated=seathouse.lose_seat,
    )
    beside = store.beside(API_READERS)
    told = exposition(engine, meters, beside, given.database.path)
    return Parts(
        engine=engine,
        trunks=trunks,
        traces=traces,
        hooks=AgiServer(
            given.agi.listen,
            store,
            clock,
            hooks.Setting(region=given.phone.default_region, phones=given.agents.endpoints),
            engine.poke,
        ),
        api=ApiServer(
            house(given, trunks, beside, clock, engine.poke, rulebook(given), tls, engine.vitals.latest, told)
        ),
        forgetter=Forgetter(store, clock, exchanges, given.retention.as_rules()),
        amd_watch=AmdWatch(store, clock, _heard(given.amd), read_parameters(given.amd.parameters), meters),
        tls=tls,
        loop_watch=LoopWatch(meters, clock.steady),
        drops=DropKeeper(store, clock, files.DropFolder, engine.poke),
        store=store,
        clock=clock,
        supervisor=Systemd(os.environ),
        listening=partial(controlsocket.listening, given.database.running),
    )


def _heard(given: DetectionSettings) -> HeardCalls | None:
    return None if given.recordings is None else HeardFolder(given.recordings)


def _speech(given: SpeechSettings, clock: Clock) -> CommandSpeech | None:
    if not given.command:
        return None
    return CommandSpeech(
        given.command,
        given.folder,
        clock,
        voice=given.voice,
        voices=given.voices,
        limit_s=given.limit_s,
        keep_s=given.keep_days * 86_400.0,
        keep_bytes=given.keep_mb * 1_000_000,
    )


def examine(path: Path, given: Settings) -> checks.Facts:
    """The facts for doctor: every server is asked, and none that fails hides another."""
    from dialerd import confhouse

    trouble, campaigns, music, newest_at = _examine_database(given)
    return checks.Facts(
        settings=str(path),
        database=storehouse.place(given.database),
        database_trouble=trouble,
        trunks=given.trunks,
        asterisks=asyncio.run(confhouse.examine_servers(given)),
        campaigns=campaigns,
        music=music,
        now=now(),
        newest_at=newest_at,
    )


def _examine_database(
    given: Settings,
) -> tuple[Lack | None, list[checks.CampaignFacts], dict[str, list[str]], datetime | None]:
    try:
        storehouse.check(given.database)
        with unit(given, write=True) as work:
            rows = [(row, work.runs.latest(row.id), wanted_sounds(work, row.spec)) for row in work.campaigns.all()]
            queues = work.queues.all()
    except DialerdError as error:
        return Lack(error.message, error.hint), [], {}, None
    campaigns = [
        checks.CampaignFacts(
            name=row.spec.name,
            trunk=row.spec.trunk,
            caller_id=row.spec.caller_id,
            amd=row.spec.amd,
            plays=plays,
        )
        for row, _, plays in rows
        if not row.spec.lacks  # a draft says itself what it lacks
    ]
    written = [moment for row, run, _ in rows for moment in (row.updated_at, run and run.created_at) if moment]
    music: dict[str, list[str]] = {}
    for queue in queues:
        if queue.kind == "stasis":  # in Asterisk's own queues people hear what those are set to
            music.setdefault(queue.music, []).append(queue.name)
    return None, campaigns, music, max(written, default=None)


def sounds(given: Settings) -> dict[str, Mapping[str, Collection[str]] | str]:
    """The sounds that each Asterisk of the settings has, by language, or in a sentence why it could not be asked."""
    return asyncio.run(_sounds(given))


async def _sounds(given: Settings) -> dict[str, Mapping[str, Collection[str]] | str]:
    from dialerd.adapters import ari

    found: dict[str, Mapping[str, Collection[str]] | str] = {}
    for server in given.asterisk:
        probed = await ari.probe(server)
        if isinstance(probed, Lack):
            found[server.name] = str(probed)
        else:
            found[server.name] = (
                "it does not tell: res_ari_sounds is not loaded" if probed.sounds is None else probed.sounds
            )
    return found


def examine_conf(given: Settings) -> tuple[list[conf.ConfFacts], conf.Wanted]:
    """The facts for `doctor --asterisk-conf`: what each server tells of its configuration, and what we need of it."""
    from dialerd import confhouse

    try:
        with unit(given, write=False) as work:
            phones = {row.name: row.endpoint for row in work.agents.all()}
            queues = {queue.goes_on_at[1] for queue in work.queues.all() if queue.kind == "app_queue"}
    except DialerdError:  # doctor itself tells of the database
        phones, queues = {}, set()
    return asyncio.run(confhouse.examine(given, conf.Wanted(agi=given.agi.listen, phones=phones, queues=queues)))


def conf_folder(given: Settings, folder: Path) -> conffiles.ConfFolder:
    """Asterisk's files there, and what we need of them. Raises BadInputError where they cannot be read."""
    from dialerd import confhouse

    return confhouse.conf_folder(given, folder)
