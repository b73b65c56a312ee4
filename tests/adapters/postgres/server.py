"""A PostgreSQL server for tests: Debian's, in a folder of its own, on a socket that no other has.

Not here: any test. It is started by the first test that asks, once per process of pytest, and ends with that process.
"""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
import tempfile
from functools import cache
from pathlib import Path
from typing import Any

_WAIT_S = 60


class NoServer(Exception):
    """There is no PostgreSQL here; says why."""


def binaries() -> Path:
    """Where postgres and initdb are. Raises NoServer."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/postgres"), key=lambda path: int(path.parts[4]))
    if found:
        return found[-1].parent
    on_path = shutil.which("postgres")
    if on_path is None:
        raise NoServer("no postgres in /usr/lib/postgresql or on the path: apt-get install postgresql")
    return Path(on_path).resolve().parent


class Server:
    """`url`: of a database of this name; databases are made by `create`."""

    def __init__(self) -> None:
        try:
            import psycopg  # noqa: F401
        except ImportError:
            raise NoServer("psycopg is missing: pip install 'dialerd[postgres]'") from None
        self._bin = binaries()
        self.folder = Path(tempfile.mkdtemp(prefix="dialerd-pg-"))
        self._user = _user()
        os.chown(self.folder, self._user.pw_uid, self._user.pw_gid)
        self._process: subprocess.Popen[bytes] | None = None
        self._run("initdb", "-D", self._data, "-U", "dialerd", "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync")
        self.start()

    @property
    def _data(self) -> str:
        return str(self.folder / "data")

    def url(self, name: str = "postgres") -> str:
        return f"postgresql://dialerd@/{name}?host={self.folder}"

    def start(self) -> None:
        settings = ["fsync=off", "full_page_writes=off", "shared_buffers=16MB", "max_connections=60"]
        options = [word for each in settings for word in ("-c", each)]
        server = [str(self._bin / "postgres"), "-D", self._data, "-k", str(self.folder)]
        with (self.folder / "log").open("ab") as log:
            self._process = subprocess.Popen(
                # Ended with the process of the tests, however that ends.
                ["setpriv", "--pdeathsig", "QUIT", *server, "-c", "listen_addresses=", *options],
                stdout=log,
                stderr=log,
                **self._as_user(),
            )
        self._run("pg_isready", "-q", "-h", str(self.folder), "-d", "postgres", until_done=True)

    def kill(self) -> None:
        """As a crash: nothing is finished."""
        assert self._process is not None
        self._process.send_signal(3)
        self._process.wait(_WAIT_S)

    def remove(self) -> None:
        self.kill()
        shutil.rmtree(self.folder, ignore_errors=True)

    def create(self, name: str, *, template: str = "template0") -> str:
        """The url of a new database."""
        self.psql(f'CREATE DATABASE "{name}" TEMPLATE "{template}"')
        return self.url(name)

    def drop(self, name: str) -> None:
        self.psql(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')

    def psql(self, sql: str) -> None:
        import psycopg

        with psycopg.connect(self.url(), autocommit=True) as connection:
            connection.execute(sql.encode())

    def _as_user(self) -> dict[str, Any]:
        if os.geteuid() != 0:
            return {}
        return {"user": self._user.pw_uid, "group": self._user.pw_gid, "extra_groups": []}

    def _run(self, program: str, *words: str, until_done: bool = False) -> None:
        for _ in range(_WAIT_S * 10 if until_done else 1):
            done = subprocess.run(
                [self._bin / program, *words],
                capture_output=True,
                cwd="/",
                **self._as_user(),
            )
            if done.returncode == 0:
                return
            subprocess.run(["sleep", "0.05"], check=True)
        told = done.stderr.decode(errors="replace")[-500:]
        raise NoServer(f"{program} failed: {told}")


def _user() -> pwd.struct_passwd:
    """Who runs it: postgres refuses to be root."""
    if os.geteuid() != 0:
        return pwd.getpwuid(os.geteuid())
    for name in ("postgres", "nobody"):
        try:
            return pwd.getpwnam(name)
        except KeyError:
            continue
    raise NoServer("there is no user that postgres could run as")


def end() -> None:
    """End the one of this process, where it has one. Workers of pytest-xdist end without what atexit would do."""
    if the_server.cache_info().currsize and isinstance(found := the_server(), Server):
        found.remove()


@cache
def the_server() -> Server | str:
    """The one of this process, or why there is none."""
    try:
        return Server()
    except NoServer as error:
        return str(error)
