"""The database in a file of its own: one writer, readers beside it. The statements are those of adapters/sql."""

from dialerd.adapters.sqlite.backup import backup, brought_up, check, files_of, restore
from dialerd.adapters.sqlite.lock import only_daemon, running_daemon
from dialerd.adapters.sqlite.store import SqliteStore

__all__ = [
    "SqliteStore",
    "backup",
    "brought_up",
    "check",
    "files_of",
    "only_daemon",
    "restore",
    "running_daemon",
]
