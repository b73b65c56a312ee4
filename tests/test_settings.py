"""The settings file: every mistake names file, key and remedy."""

from __future__ import annotations

from pathlib import Path

import pytest

from dialerd import settings as house
from dialerd.domain.errors import SettingsError
from dialerd.domain.tolls import TollGuard
from dialerd.settings import find_settings, read_settings

GOOD = """\
[[asterisk]]
name = "pbx1"
url = "http://127.0.0.1:8088"
username = "dialerd"
password = "top-secret"

[[trunk]]
name = "carrier"
asterisk = ["pbx1"]
endpoint = "PJSIP/{number}@carrier"
max_channels = 100
calls_per_second = 10
caller_ids = ["+12125550100"]
"""

AMI = '\n[asterisk.ami]\nurl = "{}"\nusername = "dialerd"\npassword = "hush"'


def test_a_good_file_is_read_with_its_defaults_and_paths_beside_it(tmp_path: Path) -> None:
    path = tmp_path / "dialerd.toml"
    path.write_text('[database]\npath = "my.db"\n[regulations]\nfolder = "packs"\n' + GOOD)
    settings = read_settings(path)
    assert settings.database.path == tmp_path / "my.db"
    assert settings.regulations.folder == tmp_path / "packs"
    assert settings.trunks["carrier"].calls_per_second == 10
    assert settings.engine.min_ring_s == 15
    assert settings.trunks["carrier"].tolls == TollGuard()
    guard = 'allowed_countries = ["US"]\nallowed_prefixes = ["+44"]\nallow_premium = true\nmax_calls_per_day = 9\n'
    path.write_text(GOOD + guard)
    guarded = read_settings(path).trunks["carrier"]
    assert guarded.tolls == TollGuard(countries=("US",), prefixes=("+44",), allow_premium=True)
    assert guarded.max_calls_per_day == 9
    assert "top-secret" not in repr(settings)


def test_speech_and_servers_to_ask_are_named(tmp_path: Path) -> None:
    path = tmp_path / "dialerd.toml"
    path.write_text(
        '[web]\nhosts = ["crm.example.com", "10.0.0.1:9000"]\n'
        '[tts]\ncommand = ["speak", "{voice}", "{file}"]\nfolder = "speech"\nvoices = { es = "es-419" }\n' + GOOD
    )
    settings = read_settings(path)
    assert settings.tts.folder == tmp_path / "speech"
    assert settings.web.hosts == ("crm.example.com", "10.0.0.1:9000")
    for wrong in (
        '[web]\nhosts = ["https://crm.example.com"]',
        '[web]\nhosts = ["*"]',
        '[tts]\ncommand = ["speak"]',
        '[tts]\ncommand = ["speak", "{file}"]\nvoice = "-x"',
        "[tts]\nlimit_s = 0",
    ):
        path.write_text(f"{wrong}\n{GOOD}")
        with pytest.raises(SettingsError, match=wrong[1:4]):
            read_settings(path)


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('name = "pbx1"\nurl', 'nam = "pbx1"\nurl', "asterisk.0.nam: unknown key"),
        ("http://127.0.0.1:8088", "127.0.0.1", "asterisk.0.url"),
        ("max_channels = 100", 'max_channels = 100\nallowed_countries = ["USA"]', "'USA' is no country"),
        ("max_channels = 100", 'max_channels = 100\nallowed_prefixes = ["1212"]', "'1212' begins no number"),
        ("max_channels = 100", "max_channels = 100\nmax_calls_per_day = 0", "trunk.0.max_calls_per_day"),
        ("http://127.0.0.1:8088", "http://u:p@127.0.0.1:8088", "must not hold the password"),
        ("http://127.0.0.1:8088", "http://127.0.0.1:8088/ari", "without /ari"),
        ('password = "top-secret"', 'password = "top-secret"\nca_file = "ca.pem"', "127.0.0.1:8088 is without TLS"),
        ('password = "top-secret"', 'password = "top-secret"' + AMI.format("udp://h:1"), 'is written "tcp://127.0.0.1'),
        ('password = "top-secret"', 'password = "top-secret"' + AMI.format("tls://h"), '"tls://pbx.example.com:5039"'),
        (
            'password = "top-secret"',
            'password = "top-secret"' + AMI.format("tls://h:x"),
            '"tls://pbx.example.com:5039"',
        ),
        ('password = "top-secret"', "", "exactly one of password and password_file"),
        ("max_channels = 100", 'max_channels = "100"', "trunk.0.max_channels"),
        ("max_channels = 100", "max_channels = 0", "trunk.0.max_channels"),
        ("calls_per_second = 10", "calls_per_second = -1", "trunk.0.calls_per_second"),
        ("PJSIP/{number}@carrier", "PJSIP/{number}", "trunk.0.endpoint"),
        ("PJSIP/{number}@carrier", "PJSIP/{number}@a&PJSIP/1@b", "trunk.0.endpoint"),
        ("+12125550100", "2125550100", "trunk.0.caller_ids"),
        ('asterisk = ["pbx1"]', 'asterisk = ["pbx9"]', "no [[asterisk]] has that name"),
        ('name = "carrier"', 'name = "Car rier"', "trunk.0.name"),
        ("[[trunk]]", "[trunk", "is not TOML"),
    ],
)
def test_each_mistake_is_named_with_the_file(tmp_path: Path, old: str, new: str, said: str) -> None:
    path = tmp_path / "dialerd.toml"
    assert old in GOOD
    path.write_text(GOOD.replace(old, new))
    with pytest.raises(SettingsError) as error:
        read_settings(path)
    assert said in str(error.value)
    assert str(path) in str(error.value)
    assert error.value.exit_code == 2
    assert "top-secret" not in str(error.value)


def test_a_file_that_is_missing_or_no_text_is_said(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="cannot be read"):
        read_settings(tmp_path / "nowhere.toml")
    (tmp_path / "binary.toml").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(SettingsError, match="not UTF-8"):
        read_settings(tmp_path / "binary.toml")


def test_a_server_is_reached_over_tls_with_an_authority_beside_the_file_and_who_may_be_overheard_is_known(
    tmp_path: Path,
) -> None:
    path = tmp_path / "dialerd.toml"
    by_tls = GOOD.replace("http://127.0.0.1:8088", "https://pbx.example.com:8089").replace(
        'password = "top-secret"',
        'password = "top-secret"\nca_file = "ca.pem"' + AMI.format("tls://pbx.example.com:5039"),
    )
    path.write_text(by_tls)
    (server,) = read_settings(path).asterisk
    assert server.ca_file == tmp_path / "ca.pem"
    assert server.ami is not None and server.ami.place == ("pbx.example.com", 5039)
    assert not server.is_overheard and not server.ami.is_overheard
    path.write_text(GOOD.replace("http://127.0.0.1:8088", "http://pbx.example.com:8088"))
    assert read_settings(path).asterisk[0].is_overheard
    path.write_text(GOOD)
    assert not read_settings(path).asterisk[0].is_overheard


def test_an_unreadable_password_file_is_named(tmp_path: Path) -> None:
    path = tmp_path / "dialerd.toml"
    path.write_text(GOOD.replace('password = "top-secret"', 'password_file = "secret"'))
    (server,) = read_settings(path).asterisk
    with pytest.raises(SettingsError, match="password_file"):
        server.secret()
    (tmp_path / "secret").write_text("hush\n")
    assert server.secret() == "hush"


def test_a_folder_that_may_not_be_entered_has_no_settings_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    class Shut(type(tmp_path)):  # type: ignore[misc]
        def exists(self) -> bool:
            raise PermissionError(13, "Permission denied", str(self))

    (tmp_path / "dialerd.toml").touch()
    monkeypatch.setattr(house, "DEFAULT_PLACES", (Shut("dialerd.toml"), tmp_path / "dialerd.toml"))
    assert find_settings(None, {}) == tmp_path / "dialerd.toml"


def test_the_named_file_comes_before_the_environment(tmp_path: Path) -> None:
    assert find_settings("a.toml", {"DIALERD_CONFIG": "b.toml"}) == Path("a.toml")
    assert find_settings(None, {"DIALERD_CONFIG": "b.toml"}) == Path("b.toml")
