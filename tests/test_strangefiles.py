"""Settings and campaign files that are spoilt anywhere: read as what they say, or refused with what to do."""

from __future__ import annotations

import random
import tempfile
from collections.abc import Callable
from pathlib import Path

import pytest

from dialerd.domain.campaign import read_campaign
from dialerd.domain.errors import BadInputError, DialerdError, SettingsError
from dialerd.domain.tomltext import read_toml
from dialerd.settings import read_settings

SETTINGS = """\
[database]
path = "d.db"
[[asterisk]]
name = "pbx1"
url = "http://127.0.0.1:8088"
username = "dialerd"
password = "hush-hush-secret"
[asterisk.ami]
username = "d"
password = "hush-hush-secret"
[[trunk]]
name = "carrier"
asterisk = ["pbx1"]
endpoint = "PJSIP/{number}@carrier"
max_channels = 100
calls_per_second = 10.5
caller_ids = ["+12125550100"]
allowed_countries = ["US"]
allowed_prefixes = ["+1212"]
max_calls_per_day = 5000
[http]
listen = "127.0.0.1:8080"
trusted_proxies = ["10.0.0.0/8"]
hosts = ["a.example.com"]
[phone]
default_region = "US"
[transfer]
prefixes = ["+1"]
[web]
hosts = ["crm.example.com:443"]
[retention]
calls = 30
[log]
level = "info"
"""
CAMPAIGN = """\
name = "reminder"
lists = ["customers"]
trunk = "carrier"
caller_id = "+12125550100"
on_human = { play = "hello" }
max_calls = 5
calls_per_second = 2
max_attempts = 3
retry_after_min = 30
max_ring_s = 25
order = "newest"
filter = "age > 30 and city = 'Bonn'"
hours = { timezone = "UTC", mon-fri = "09:00-17:00" }
retry = [{ disposition = "busy", after_min = 5, max = 2 }]
voicemail = { play = "vm" }
opt_out_key = "9"
"""
VALUES = (
    *('""', "0", "-1", "1e400", "nan", "inf", "true", "[]", "{}", "9" * 400, "9223372036854775808", '"\\u0000"'),
    *('"x' + "x" * 9000 + '"', "1979-05-27", "[[[[]]]]", "{ a = { b = 1 } }", '"../../etc/passwd"', '"\\U0001D54F"'),
    *("9" * 5000, "[" * 3000 + "]" * 3000, "{ a = " * 3000 + "1" + " }" * 3000),
    *('"+19005550100"', '"contact"', '["", ""]', '"00:00-24:00"', '"24:00-00:00"', '"{number}"', "0x7fffffffffffffff"),
)


def spoilt(text: str, dice: random.Random) -> str:
    lines = text.splitlines()
    for _ in range(dice.randrange(1, 5)):
        at = dice.randrange(len(lines))
        key, _, value = lines[at].partition("=")
        match dice.randrange(6):
            case 0 | 1 if value:
                lines[at] = f"{key}= {dice.choice(VALUES)}"
            case 2:
                del lines[at]
            case 3:
                lines.insert(at, dice.choice(lines))
            case 4 if value:
                lines[at] = dice.choice(["nonsense", "a.b", '""', "name"]) + f" ={value}"
            case _:
                cut = dice.randrange(len(lines[at]) + 1)
                lines[at] = (
                    lines[at][:cut] + chr(dice.choice([34, 39, 91, 93, 123, 125, 61, 0, 10, 233])) + lines[at][cut:]
                )
        if not lines:
            break
    return "\n".join(lines) + "\n"


def settings_case(dice: random.Random) -> str:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "dialerd.toml")
        path.write_text(spoilt(SETTINGS, dice), "utf-8", newline="")
        try:
            settings = read_settings(path)
        except SettingsError as error:
            _check_words(error)
            return "refused"
        assert "hush-hush" not in repr(settings)
        assert all(settings.trunks.values())
        return "read"


def campaign_case(dice: random.Random) -> str:
    try:
        read_campaign(read_toml(spoilt(CAMPAIGN, dice), source="c.toml"), source="c.toml")
    except BadInputError as error:
        _check_words(error)
        return "refused"
    return "read"


def _check_words(error: DialerdError) -> None:
    assert error.hint, "what to do"
    assert "hush-hush" not in str(error), "no error shows a password"
    assert "Traceback" not in str(error)


@pytest.mark.parametrize("case", [settings_case, campaign_case])
@pytest.mark.parametrize("first", [0, 100, 200])
def test_a_spoilt_file_is_read_as_what_it_says_or_refused(case: Callable[[random.Random], str], first: int) -> None:
    for seed in range(first, first + 100):
        case(random.Random(seed))
