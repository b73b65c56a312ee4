"""A running daemon's settings, changed while it runs: what it does about SIGHUP, and what the command line knows of it.

Not here: which keys can change (reloading.py), the daemon's life (daemon.py).
"""

from __future__ import annotations

import os
import signal
import time
from dataclasses import replace
from pathlib import Path

from dialerd import bootstrap, log, reloading
from dialerd.adapters import effective, sqlite
from dialerd.adapters.passwords import draw_secret
from dialerd.domain.errors import DialerdError, RefusedError, SettingsError
from dialerd.log import logger
from dialerd.reloading import Changes
from dialerd.settings import Settings, read_settings

_log = logger(__name__)

_TAKEN_S = 15.0
_LOOK_S = 0.05


class Live:
    """The daemon's side. `settings`: those it goes by now."""

    def __init__(self, path: Path, settings: Settings, parts: bootstrap.Parts) -> None:
        self.settings = settings
        self._path = path
        self._parts = parts
        salt = draw_secret()
        self._told = effective.InForce(salt=salt, digests=reloading.digests(settings, salt=salt))
        self._tell()

    def reload(self) -> None:
        """Read the file again. What cannot be used changes nothing, what needs a restart is named."""
        from dialerd.webhouse import tls_of  # with all of the API: `config check` can do without

        try:
            wanted = read_settings(self._path)
            tls_of(wanted.http)  # tried here first: a certificate without its key would spoil the one in use
            self._take_certificate(wanted)  # before anything else is changed: it is applied whole, or not at all
        except DialerdError as error:
            _log.error(f"the settings were not reloaded: {error}", action="reload_failed")
            self._told = replace(self._told, reloads=self._told.reloads + 1, trouble=str(error))
            self._tell()
            self._parts.supervisor.says(f"settings not reloaded: {error.message}"[:200])
            return
        found = reloading.digests(wanted, salt=self._told.salt)
        changes = reloading.changes(self._told.digests, found)
        self._apply(wanted)
        self._told = replace(
            self._told,
            digests=reloading.in_force(self._told.digests, found),
            reloads=self._told.reloads + 1,
            trouble="",
        )
        self._tell()
        _log.info(
            f"the settings were reloaded: {told(changes)}",
            action="reloaded",
            changed=list(changes.live),
            needs_restart=list(changes.restart),
        )
        waits = f"; a restart is needed for {', '.join(changes.restart)}" if changes.restart else ""
        self._parts.supervisor.says(f"dialing, settings reloaded{waits}"[:200])

    def close(self) -> None:
        effective.remove(self.settings.database.running)

    def _take_certificate(self, wanted: Settings) -> None:
        """Raises SettingsError where the files have changed since they were tried."""
        if self._parts.tls is None or wanted.http.tls_certificate is None:
            return
        try:
            self._parts.tls.load_cert_chain(wanted.http.tls_certificate, wanted.http.tls_key)
        except OSError as error:  # ssl.SSLError, too
            raise SettingsError(
                f"[http] tls_certificate and tls_key cannot be used any more: {error}",
                hint="reload once both are there",
            ) from error

    def _apply(self, wanted: Settings) -> None:
        """The keys of `reloading.LIVE`, and no others."""
        log.configure(level=wanted.log.level, form=wanted.log.form)
        self._parts.engine.change_limits(wanted.trunks)
        for name, trunk in self._parts.trunks.items():
            self._parts.trunks[name] = trunk.limited_as(wanted.trunks.get(name, trunk))
        self._parts.forgetter.change(wanted.retention.as_rules())
        engine = self.settings.engine.model_copy(update={"drain_s": wanted.engine.drain_s})
        self.settings = self.settings.model_copy(update={"engine": engine})

    def _tell(self) -> None:
        try:
            effective.write(self.settings.database.running, self._told)
        except OSError as error:  # only `config check` lacks it
            _log.warning(f"the settings in force are not told: {error}", action="settings_untold")


def anew(path: Path, settings: Settings) -> Settings:
    """Those that a restart would take, for a daemon that begins to lead; the ones that it has where that one could not
    begin."""
    try:
        wanted = read_settings(path)
    except DialerdError as error:
        _log.error(f"the settings were not read again: {error}", action="reload_failed")
        return settings
    return wanted if wanted.database == settings.database else settings


def told(changes: Changes) -> str:
    """What a reload does, in one sentence."""
    if not changes.live and not changes.restart:
        return "nothing in the file has changed"
    now = f"{', '.join(changes.live)} changed" if changes.live else "nothing changed"
    return now + (f"; needs a restart: {', '.join(changes.restart)}" if changes.restart else "")


def changed(given: Settings) -> Changes | None:
    """What the file has other than the running daemon; None: none is running, or it is not known."""
    if sqlite.running_daemon(given.database.path) is None:
        return None
    found = effective.read(given.database.running)
    if found is None:
        return None
    return reloading.changes(found.digests, reloading.digests(given, salt=found.salt))


def reload(given: Settings) -> Changes:
    """Have the running daemon read its settings again, and wait until it has.

    Raises RefusedError where there is none, or it has not taken them: its log says why.
    """
    process, before = sqlite.running_daemon(given.database.path), effective.read(given.database.running)
    if process is None or not process.isdigit() or before is None:
        raise RefusedError("no daemon is running on that database", hint="systemctl start dialerd")
    found = reloading.changes(before.digests, reloading.digests(given, salt=before.salt))
    try:
        os.kill(int(process), signal.SIGHUP)
    except OSError as error:
        raise RefusedError(
            f"the daemon (process {process}) cannot be told: {error.strerror}", hint="do it as the user it runs as"
        ) from error
    for _ in range(int(_TAKEN_S / _LOOK_S)):
        after = effective.read(given.database.running)
        if after is not None and (after.salt, after.reloads) != (before.salt, before.reloads):
            if after.trouble:
                raise RefusedError(f"the daemon keeps its settings: {after.trouble}")
            return found
        time.sleep(_LOOK_S)  # noqa: TID251  # a person or systemd waits; nothing else runs here
    raise RefusedError("the daemon has not reloaded its settings", hint="its log says why: journalctl -u dialerd")
