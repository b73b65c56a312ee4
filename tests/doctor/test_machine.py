"""The machine's checks: what is wrong is found, nothing is said of what nobody saw, and each finding has a remedy."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from dialerd import machinehouse
from dialerd.doctor.machine import MachineFacts, SecretFile, diagnose_machine
from dialerd.settings import read_settings
from tests.cli.conftest import SETTINGS
from tests.test_service import UNIT, keys

GOOD = MachineFacts(
    has_systemd=True,
    unit=keys(UNIT.read_text()),
    is_enabled=True,
    open_files=65_536,
    folder="/var/lib/dialerd",
    free=10**10,
    database=10**9,
    wal=10**6,
    is_synchronized=True,
    secrets=(SecretFile(path="/etc/dialerd/ari", what="pbx1 password_file", mode=0o640),),
)


def changed(**keys: object) -> MachineFacts:
    return replace(GOOD, **keys)  # type: ignore[arg-type]


def test_a_machine_that_is_well_has_nothing_to_do() -> None:
    findings = diagnose_machine(GOOD)
    assert {each.check for each in findings} == {
        "service",
        "open files",
        "disk",
        "database log",
        "clock by NTP",
        "secret pbx1 password_file",
    }
    assert all(each.is_well for each in findings), findings


WRONG: list[tuple[MachineFacts, str, bool | None, str]] = [
    (changed(unit=None), "service", None, "is not installed"),
    (changed(unit={"Type": "simple"}), "service", False, "Type=notify, Restart=always, WatchdogSec=30"),
    (changed(is_enabled=False), "service", None, "not started with the machine"),
    (changed(open_files=1024), "open files", False, "1024 files"),
    (changed(free=499_000_000), "disk", False, "499 MB free in /var/lib/dialerd"),
    (changed(free=900_000_000), "disk", None, "less than the database has (1000 MB)"),
    (changed(wal=10**9), "database log", False, "1000 MB"),
    (
        changed(listen="127.0.0.1:8080", asked_as=("dialer.example.com",)),
        "proxy",
        None,
        "through it may read /metrics",
    ),
    (changed(is_synchronized=False), "clock by NTP", None, "not synchronized"),
    (
        changed(secrets=(SecretFile(path="/etc/dialerd/dialerd.toml", what="settings", mode=0o644),)),
        "secret settings",
        False,
        "can be read by everybody",
    ),
]


@pytest.mark.parametrize(
    ("facts", "check", "is_well", "seen"),
    WRONG,
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_what_is_wrong_is_told_with_what_to_do(
    facts: MachineFacts, check: str, is_well: bool | None, seen: str
) -> None:
    (found,) = (each for each in diagnose_machine(facts) if each.check == check)
    assert found.is_well is is_well
    assert seen in found.seen
    assert found.remedy
    assert all(each.is_well for each in diagnose_machine(facts) if each.check != check)


def test_nothing_is_said_of_what_nobody_saw() -> None:
    assert diagnose_machine(MachineFacts(secrets=(SecretFile(path="x", what="y", mode=None),))) == []


def test_the_facts_are_found_where_they_are(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    units = tmp_path / "units"
    (units / "dialerd.service.d").mkdir(parents=True)
    (units / "dialerd.service").write_text(UNIT.read_text())
    (units / "dialerd.service.d" / "override.conf").write_text("[Service]\nLimitNOFILE=100000\n")
    monkeypatch.setattr(machinehouse, "UNITS", (units,))
    config, secret = tmp_path / "dialerd.toml", tmp_path / "ami"
    secret.write_text("secret")
    secret.chmod(0o600)
    config.write_text(
        SETTINGS.replace("[[trunk]]", '[asterisk.ami]\nusername = "a"\npassword_file = "ami"\n[[trunk]]', 1)
    )
    config.chmod(0o604)
    tmp_path.chmod(0o700)
    (tmp_path / "dialerd.db").write_bytes(b"x" * 1000)
    facts = machinehouse.examine(config, read_settings(config))
    assert facts.unit is not None
    assert (facts.unit["LimitNOFILE"], facts.unit["Type"]) == ("100000", "notify")
    assert (facts.database, facts.wal, facts.open_files) == (1000, None, None)
    assert facts.free is not None and facts.free > 0
    # Its folder is the test's own: nobody else comes to it.
    assert facts.secrets == (
        SecretFile(path=str(config), what="settings", mode=0o600),
        SecretFile(path=str(secret), what="pbx1 password_file", mode=0o600),
    )
