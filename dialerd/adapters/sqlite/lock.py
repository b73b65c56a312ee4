"""One daemon per database: a lock that the kernel drops when its holder dies, however it dies.

Not here: the database itself, which other processes may read and write beside the daemon.
"""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from dialerd.domain.errors import StoreError


@contextmanager
def only_daemon(database: Path) -> Iterator[None]:
    """Hold the lock while the context lasts. Raises StoreError naming the process that has it."""
    path = database.with_name(database.name + ".lock")
    try:
        handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    except OSError as error:
        raise StoreError(
            f"{path} cannot be opened: {error.strerror}", hint="check the folder of [database] path and its rights"
        ) from error
    try:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            holder = os.read(handle, 20).decode("ascii", "replace").strip() or "unknown"
            raise StoreError(
                f"a daemon (process {holder}) already uses {database}", hint="stop that one first"
            ) from None
        os.ftruncate(handle, 0)
        os.pwrite(handle, f"{os.getpid()}\n".encode(), 0)
        yield
    finally:
        os.close(handle)
