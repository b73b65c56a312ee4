"""Two settings files are told apart key by key, and what can change while the daemon runs from what cannot."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace

import pytest

from dialerd.adapters import effective
from dialerd.domain.errors import SettingsError
from dialerd.operating import Live
from dialerd.reloading import changes, digests, in_force
from dialerd.settings import Settings, read_settings
from tests.cli.conftest import SETTINGS

MORE = '\n[[trunk]]\nname = "second"\nasterisk = ["pbx1"]\nendpoint = "PJSIP/{number}@b"\n' + (
    'max_channels = 1\ncalls_per_second = 1.0\ncaller_ids = ["+12125550100"]\n'
)


def settings(tmp_path: Path, text: str) -> Settings:
    (tmp_path / "dialerd.toml").write_text(text)
    return read_settings(tmp_path / "dialerd.toml")


@pytest.mark.parametrize(
    ("old", "new", "live", "restart"),
    [
        ("", "", (), ()),
        ("", '[log]\nlevel = "debug"\n', ("log.level",), ()),
        ("", "[engine]\ndrain_s = 5.0\nmin_ring_s = 20.0\n", ("engine.drain_s",), ("engine.min_ring_s",)),
        ("", "[retention]\ncalls = 30\n", ("retention.calls",), ()),
        ("max_channels = 10", "max_channels = 12", ("trunk.carrier.max_channels",), ()),
        ("calls_per_second = 5.0", "calls_per_second = 7.0", ("trunk.carrier.calls_per_second",), ()),
        ('caller_ids = ["+12125550100"]', 'caller_ids = ["+12125550101"]', (), ("trunk.carrier.caller_ids",)),
        ('password = "secret"', 'password = "another"', (), ("asterisk.pbx1.password",)),
        ('path = "dialerd.db"', 'path = "other.db"', (), ("database.path",)),
    ],
)
def test_a_changed_key_is_named_and_judged(
    tmp_path: Path, old: str, new: str, live: tuple[str, ...], restart: tuple[str, ...]
) -> None:
    changed = SETTINGS.replace(old, new) if old else SETTINGS + new
    before = digests(settings(tmp_path, SETTINGS), salt="s")
    after = digests(settings(tmp_path, changed), salt="s")
    found = changes(before, after)
    assert (found.live, found.restart) == (live, restart)
    left = changes(in_force(before, after), after)
    assert (left.live, left.restart) == ((), restart), "what a reload has changed is no difference any more"


def test_a_trunk_that_is_new_or_gone_needs_a_restart_with_all_its_keys(tmp_path: Path) -> None:
    one = digests(settings(tmp_path, SETTINGS), salt="s")
    two = digests(settings(tmp_path, SETTINGS + MORE), salt="s")
    for found in (changes(one, two), changes(two, one)):
        assert found.live == ()
        assert "trunk.second.max_channels" in found.restart


TLS = '[http]\ntls_certificate = "cert.pem"\ntls_key = "key.pem"\n'
TLS_KEYS = ("http.tls_certificate", "http.tls_key")


@pytest.mark.parametrize(
    ("old", "new", "live", "restart"),
    [
        ("", TLS, (), TLS_KEYS),
        ('[http]\nlisten = "127.0.0.1:8081"\n', TLS, (), ("http.listen", *TLS_KEYS)),
        (TLS, "", (), TLS_KEYS),
        (TLS, TLS.replace("key.pem", "new.pem"), TLS_KEYS[1:], ()),
        (TLS, TLS, (), ()),
    ],
)
def test_tls_that_is_added_or_taken_out_needs_a_restart_and_another_certificate_does_not(
    tmp_path: Path, old: str, new: str, live: tuple[str, ...], restart: tuple[str, ...]
) -> None:
    before = digests(settings(tmp_path, SETTINGS + old), salt="s")
    after = digests(settings(tmp_path, SETTINGS + new), salt="s")
    found = changes(before, after)
    assert (found.live, found.restart) == (live, restart)
    left = changes(in_force(before, after), after)
    assert (left.live, left.restart) == ((), restart), "it is named until it is done"


def test_what_is_kept_of_the_settings_has_no_password_in_it_and_is_for_its_user_only(tmp_path: Path) -> None:
    made = digests(settings(tmp_path, SETTINGS), salt="s")
    running = tmp_path / "dialerd.db"
    told = effective.InForce(salt="s", digests=made, reloads=2)
    effective.write(running, told)
    assert effective.read(running) == told
    text = effective.file_of(running).read_text()
    assert "asterisk.pbx1.password" in text
    assert "secret" not in text
    assert effective.file_of(running).stat().st_mode & 0o777 == 0o600
    effective.file_of(running).write_text("{")
    assert effective.read(running) is None
    effective.remove(running)
    assert effective.read(running) is None


def test_a_password_is_a_credential_of_the_service(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    given = SETTINGS.replace('password = "secret"', 'password_file = "$CREDENTIALS_DIRECTORY/dialerd_ari"')
    folder = tmp_path / "credentials"
    folder.mkdir()
    (folder / "dialerd_ari").write_text("from systemd\n")
    monkeypatch.setenv("CREDENTIALS_DIRECTORY", str(folder))
    assert settings(tmp_path, given).asterisk[0].secret() == "from systemd"
    monkeypatch.delenv("CREDENTIALS_DIRECTORY")
    beside = settings(tmp_path, given).asterisk[0]
    assert str(beside.password_file) == "/run/credentials/dialerd.service/dialerd_ari", "a command beside the daemon"
    with pytest.raises(SettingsError, match="while the unit dialerd runs"):
        beside.secret()


class SpoiltContext:
    """A TLS context whose files are gone when they are to be loaded."""

    def load_cert_chain(self, certificate: Path, key: Path) -> None:
        raise FileNotFoundError(2, "No such file or directory", str(certificate))


class Listener:
    """Whoever is told of a reload."""

    def __init__(self) -> None:
        self.told: list[str] = []

    def says(self, text: str) -> None:
        self.told.append(text)


def parts_that_tell(tell: Callable[[object], None], tls: object) -> SimpleNamespace:
    """Of a daemon's parts, those that a reload reaches."""
    return SimpleNamespace(
        tls=tls,
        engine=SimpleNamespace(change_limits=tell),
        trunks={},
        forgetter=SimpleNamespace(change=tell),
        supervisor=Listener(),
    )


def test_tls_whose_certificate_is_not_there_is_refused_at_the_reload_and_not_first_at_the_next_start(
    tmp_path: Path,
) -> None:
    changed: list[object] = []
    parts = parts_that_tell(changed.append, None)
    live = Live(tmp_path / "dialerd.toml", settings(tmp_path, SETTINGS), parts)  # type: ignore[arg-type]  # of its parts, these
    settings(tmp_path, SETTINGS + TLS)
    live.reload()
    assert changed == []
    assert ["not reloaded" in each for each in parts.supervisor.told] == [True]


def test_a_reload_whose_certificate_cannot_be_loaded_changes_nothing_and_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It could be when it was tried: the files are replaced one after the other."""
    text = SETTINGS + '[http]\ntls_certificate = "cert.pem"\ntls_key = "key.pem"\n'
    monkeypatch.setattr("dialerd.webhouse.tls_of", lambda given: None)
    changed: list[object] = []
    parts = parts_that_tell(changed.append, SpoiltContext())
    live = Live(tmp_path / "dialerd.toml", settings(tmp_path, text), parts)  # type: ignore[arg-type]  # of its parts, these
    settings(tmp_path, text.replace("max_channels = 10", "max_channels = 12"))
    live.reload()
    assert changed == []
    assert ["not reloaded" in each for each in parts.supervisor.told] == [True]
    found = effective.read(live.settings.database.running)
    assert found is not None
    assert (found.reloads, "tls_certificate" in found.trouble) == (1, True)
    parts.tls = None  # as with files that are whole again
    live.reload()
    assert len(changed) == 2
