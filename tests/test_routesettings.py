"""The sections of the settings on ways out for messages: every mistake names its key, no secret is shown."""

from __future__ import annotations

from pathlib import Path

import pytest

from dialerd.domain.errors import SettingsError
from dialerd.routesettings import GatewaySettings, SmppSettings
from dialerd.settings import read_settings
from tests.test_settings import GOOD as SERVERS

GOOD = """
[[sms]]
name = "smsc"
kind = "smpp"
host = "smsc.example.com"
system_id = "dialerd"
password_file = "smsc-password"
sender = "+12125550100"

[[sms]]
name = "kannel"
kind = "gateway"
url = "http://127.0.0.1:13013/cgi-bin/sendsms"
username = "dialerd"
password = "top-secret"
listen = "127.0.0.1:13080"
report_secret = "hush-hush"
sender = "Example Co"

[[mail]]
name = "news"
host = "mail.example.org"
username = "dialerd"
password = "top-secret"
sender = "Example News <news@example.org>"
unsubscribe_url = "https://example.org/unsubscribe/{token}"
unsubscribe_listen = "127.0.0.1:13081"

[mail.imap]
host = "mail.example.org"
username = "news"
password_file = "imap-password"
"""


def test_good_sections_are_read_with_their_paths_beside_the_file(tmp_path: Path) -> None:
    path = tmp_path / "dialerd.toml"
    path.write_text(SERVERS + GOOD)
    (tmp_path / "smsc-password").write_text("one\n")
    (tmp_path / "imap-password").write_text("two\n")
    settings = read_settings(path)
    smpp, gateway = settings.sms
    assert isinstance(smpp, SmppSettings) and isinstance(gateway, GatewaySettings)
    assert (smpp.secret(), smpp.security, smpp.port) == ("one", "tls", 2775)
    assert (gateway.reports_to, gateway.shared_secret()) == ("http://127.0.0.1:13080", "hush-hush")
    (mail,) = settings.mail
    assert mail.imap is not None and mail.imap.secret() == "two"
    assert mail.reply_address == "news@example.org"
    assert "top-secret" not in repr(settings) and "hush" not in repr(settings)


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('kind = "smpp"', 'kind = "ucp"', "sms.0"),
        ('sender = "+12125550100"', 'sender = "much too long a name"', "a name of up to 11 letters"),
        ('sender = "+12125550100"', 'sender = "+12125550100"\nhelp = { english = "x" }', "'english' is no language"),
        ('sender = "+12125550100"', 'sender = "+12125550100"\nstopped = { en = " " }', "en: the text is empty"),
        ('sender = "+12125550100"', 'sender = "12125550100"', "sms.0.smpp.sender"),
        ('system_id = "dialerd"', 'system_id = "dialerd"\nsecurity = "none"', "not on this machine"),
        ('system_id = "dialerd"', 'system_id = "dialerd"\nmessages_per_second = 0', "messages_per_second"),
        ('system_id = "dialerd"', 'system_id = "dialerd"\npassword = "x"', "at most one of password"),
        ("http://127.0.0.1:13013", "http://192.0.2.1:13013", "https://"),
        ("http://127.0.0.1:13013", "http://a:b@127.0.0.1:13013", "must not hold the password"),
        ('listen = "127.0.0.1:13080"', 'listen = "0.0.0.0:13080"', "this machine only"),
        ('report_secret = "hush-hush"', "", "exactly one of report_secret"),
        ('sender = "Example News <news@example.org>"', 'sender = "news"', "mail.0.sender"),
        ("https://example.org/unsubscribe/{token}", "http://example.org/{token}", "unsubscribe_url"),
        ("https://example.org/unsubscribe/{token}", "https://example.org/", "unsubscribe_url"),
        ('unsubscribe_listen = "127.0.0.1:13081"', "", "both or neither"),
        (
            'host = "mail.example.org"\nusername = "news"',
            'host = "h.example"\nsecurity = "none"\nusername = "n"',
            "h.exam",
        ),
        ('name = "kannel"', 'name = "smsc"', "have the same name"),
        ('name = "news"', 'name = "smsc"', "have the same name"),
        ('name = "smsc"', 'name = "SMSC"', "sms.0.smpp.name"),
    ],
)
def test_each_mistake_is_named(tmp_path: Path, old: str, new: str, said: str) -> None:
    assert old in GOOD
    path = tmp_path / "dialerd.toml"
    path.write_text(SERVERS + GOOD.replace(old, new))
    with pytest.raises(SettingsError) as error:
        read_settings(path)
    assert said in str(error.value)
    assert "top-secret" not in str(error.value) and "hush-hush" not in str(error.value)


def test_a_password_file_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    path = tmp_path / "dialerd.toml"
    path.write_text(SERVERS + GOOD)
    with pytest.raises(SettingsError, match="smsc-password cannot be read"):
        read_settings(path).sms[0].secret()
