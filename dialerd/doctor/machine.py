"""What of the machine to check before going to production: the service and its limits, room, clock, secrets, database.

Not here: gathering the facts (machinehouse.py), Asterisk and campaigns (checks.py). What was not looked at gives no
finding; each finding that is wrong, or cannot be seen, says what to do.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from dialerd.doctor.checks import Finding

LEAST_FILES = 4096
LEAST_FREE = 500_000_000
LONG_LOG = 500_000_000
_MB = 1_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class SecretFile:
    """A file with a secret in it: `mode` is its permission bits, None: it is not there or cannot be seen."""

    path: str
    what: str
    mode: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class MachineFacts:
    """`unit`: the keys of dialerd.service as installed; None: it is not; `has_systemd`: whether that is to be expected.
    `open_files`: the running daemon's limit. `free`, `database`, `wal`: bytes. `is_synchronized`: the clock, by NTP.
    `listen`: where the pages are; `asked_as`: names that are not this machine's own, under which they answer there
    though only this machine reaches them and no proxy is named."""

    has_systemd: bool = False
    unit: Mapping[str, str] | None = None
    is_enabled: bool | None = None
    open_files: int | None = None
    folder: str = ""
    free: int | None = None
    database: int | None = None
    wal: int | None = None
    is_synchronized: bool | None = None
    secrets: Sequence[SecretFile] = field(default_factory=tuple)
    listen: str = ""
    asked_as: Sequence[str] = ()


def diagnose_machine(facts: MachineFacts) -> list[Finding]:
    return [
        *_service(facts),
        *_files(facts),
        *_room(facts),
        *_log_of_database(facts),
        *_synchronized(facts),
        *_secrets(facts),
        *_unnamed_proxy(facts),
    ]


def _service(facts: MachineFacts) -> Iterator[Finding]:
    if not facts.has_systemd:
        return
    check = "service"
    if facts.unit is None:
        seen = "dialerd.service is not installed: nothing starts dialerd with the machine, or again when it has ended"
        yield Finding(check=check, is_well=None, seen=seen, remedy="systemd/install")
        return
    lacks = [
        f"{key}={value}" for key, value in (("Type", "notify"), ("Restart", "always")) if facts.unit.get(key) != value
    ]
    if "WatchdogSec" not in facts.unit:
        lacks.append("WatchdogSec=30")
    if lacks:
        yield Finding(
            check=check,
            is_well=False,
            seen=f"its unit lacks {', '.join(lacks)}: whatever hangs stays so",
            remedy="systemd/install writes the unit of this version",
        )
    elif facts.is_enabled is False:
        yield Finding(
            check=check,
            is_well=None,
            seen="it is installed, and not started with the machine",
            remedy="systemctl enable dialerd",
        )
    else:
        yield Finding(check=check, is_well=True, seen="it is installed, watched and started again")


def _files(facts: MachineFacts) -> Iterator[Finding]:
    if facts.open_files is None:
        return
    seen = f"the daemon may open {facts.open_files} files"
    if facts.open_files < LEAST_FILES:
        remedy = "systemctl edit dialerd: LimitNOFILE=65536 below [Service], then restart it"
        yield Finding(check="open files", is_well=False, seen=f"{seen}: connections will be refused", remedy=remedy)
    else:
        yield Finding(check="open files", is_well=True, seen=seen)


def _room(facts: MachineFacts) -> Iterator[Finding]:
    if facts.free is None:
        return
    seen = f"{facts.free // _MB} MB free in {facts.folder}"
    if facts.free < LEAST_FREE:
        remedy = "free some: on a full disk nothing can be written down, and so nobody is called"
        yield Finding(check="disk", is_well=False, seen=seen, remedy=remedy)
    elif facts.database is not None and facts.free < facts.database:
        seen += f", less than the database has ({facts.database // _MB} MB)"
        remedy = "make room, or keep less ([retention]): a backup there, and some upgrades, need as much again"
        yield Finding(check="disk", is_well=None, seen=seen, remedy=remedy)
    else:
        yield Finding(check="disk", is_well=True, seen=seen)


def _log_of_database(facts: MachineFacts) -> Iterator[Finding]:
    """The write-ahead log shrinks once nobody reads an old state any more."""
    if facts.wal is None:
        return
    seen = f"the database's write-ahead log has {facts.wal // _MB} MB"
    if facts.wal > LONG_LOG:
        remedy = "end the program that holds an old view of it: a forgotten sqlite3, a backup that hangs (fuser -v)"
        yield Finding(check="database log", is_well=False, seen=seen, remedy=remedy)
    else:
        yield Finding(check="database log", is_well=True, seen=seen)


def _synchronized(facts: MachineFacts) -> Iterator[Finding]:
    if facts.is_synchronized is None:
        return
    if facts.is_synchronized:
        yield Finding(check="clock by NTP", is_well=True, seen="the clock is synchronized")
    else:
        seen = "the clock is not synchronized: contact hours and callbacks go by it"
        yield Finding(
            check="clock by NTP", is_well=None, seen=seen, remedy="apt-get install systemd-timesyncd or chrony"
        )


def _secrets(facts: MachineFacts) -> Iterator[Finding]:
    for each in facts.secrets:
        if each.mode is None:
            continue
        check = f"secret {each.what}"
        if each.mode & 0o007:
            seen = f"{each.path} can be read by everybody on this machine"
            remedy = f"chmod o-rwx {each.path}; best give it as a credential (/etc/dialerd/credentials)"
            yield Finding(check=check, is_well=False, seen=seen, remedy=remedy)
        else:
            yield Finding(check=check, is_well=True, seen=f"{each.path} is not everybody's to read")


def _unnamed_proxy(facts: MachineFacts) -> Iterator[Finding]:
    """Whom a proxy of this machine brings is taken for this machine, where it does not say whom."""
    if facts.asked_as:
        yield Finding(
            check="proxy",
            is_well=None,
            seen=(
                f"the pages at {facts.listen} are asked as {', '.join(facts.asked_as)}, so a proxy seems to be before"
                " them, and none is named: if it passes on neither that name nor an X-Forwarded-For, whoever comes"
                " through it may read /metrics and /readyz like this machine"
            ),
            remedy='[http] trusted_proxies = ["127.0.0.1"], and X-Forwarded-For and X-Forwarded-Proto set by the proxy',
        )
