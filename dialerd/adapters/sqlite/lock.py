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
            raise StoreError(
                f"a daemon (process {_holder(handle)}) already uses {database}", hint="stop that one first"
            ) from None
        os.ftruncate(handle, 0)
        os.pwrite(handle, f"{os.getpid()}\n".encode(), 0)
        yield
    finally:
        os.close(handle)


def running_daemon(database: Path) -> str | None:
    """The process of the daemon that uses the database; None: there is none but, perhaps, this process."""
    path = database.with_name(database.name + ".lock")
    try:
        handle = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    except OSError:  # no daemon has ever been there, or it is another user's, as the database then is
        return None
    try:
        fcntl.flock(handle, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        holder = _holder(handle)
        return None if holder == str(os.getpid()) else holder
    finally:
        os.close(handle)  # lets go of what was got
    return None


def _holder(handle: int) -> str:
    return os.pread(handle, 20, 0).decode("ascii", "replace").strip() or "unknown"
