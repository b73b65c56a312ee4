"""A dialerd that only writes: its settings and a campaign of texts, as an admin has them.

Not here: the daemon process itself (tests/asterisk/dialer.py), any server.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from tests.asterisk.dialer import ALL_DAY, Dialer
from tests.freeport import free_port

_SETTINGS = """
[database]
path = "dialerd.db"

[[asterisk]]
name = "none"
url = "http://127.0.0.1:9"
username = "dialerd"
password = "secret"

[[trunk]]
name = "none"
asterisk = ["none"]
endpoint = "PJSIP/{{number}}@none"
max_channels = 1
calls_per_second = 1.0
caller_ids = ["+12125550100"]

[agi]
listen = "127.0.0.1:{agi}"

"""


def writer(home: Path, routes: str) -> Dialer:
    """A dialerd with those sections of routes, and no Asterisk that is there."""
    return Dialer(home, _SETTINGS.format(agi=free_port()) + routes)


def texts(dialer: Dialer, name: str, rows: Sequence[str], strategy: str) -> None:
    """A list of those rows (the first names the columns) and a campaign on it that goes by a strategy."""
    (dialer.home / f"{name}.csv").write_text("\n".join(rows) + "\n")
    dialer.cli("list", "import", name, str(dialer.home / f"{name}.csv"))
    (dialer.home / f"{name}-by.toml").write_text(f'name = "{name}"\n{strategy}')
    dialer.cli("strategy", "apply", str(dialer.home / f"{name}-by.toml"))
    campaign = f'name = "{name}"\nlists = ["{name}"]\nstrategy = "{name}"\n{ALL_DAY}'
    (dialer.home / f"{name}.toml").write_text(campaign)
    dialer.cli("campaign", "apply", str(dialer.home / f"{name}.toml"))
