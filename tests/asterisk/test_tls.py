"""A whole campaign over TLS alone: ARI, its events and AMI, with Asterisk's certificate judged by its authority.

Not here: what is said to whom it fails with, in every case (tests/adapters/test_asterisk_tls.py).
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.adapters.authority import Authority
from tests.asterisk.dialer import Dialer, until
from tests.asterisk.test_agents import FIRST
from tests.freeport import free_port
from tests.lab import Lab
from tests.numbers import number

pytestmark = pytest.mark.asterisk


@pytest.fixture
def ports(lab: Lab, tmp_path: Path) -> Iterator[dict[str, int]]:
    """Where the pbx speaks TLS, for one test: with keys as asterisk-conf has them, and a certificate for localhost."""
    etc = lab.pbx.folder / "etc"
    before = {name: (etc / name).read_text() for name in ("http.conf", "manager.conf")}
    certificate, key = Authority(tmp_path).files(tmp_path, "localhost")
    inside = f"/{etc.relative_to(lab.root)}"
    (etc / "tls.crt").write_bytes(certificate.read_bytes())
    (etc / "tls.key").write_bytes(key.read_bytes())
    made = {name: free_port() for name in before}
    for name, text in before.items():
        keys = {
            "tlsenable": "yes",
            "tlsbindaddr": f"127.0.0.1:{made[name]}",
            "tlscertfile": f"{inside}/tls.crt",
            "tlsprivatekey": f"{inside}/tls.key",
        }
        lines = "".join(f"{key} = {value}\n" for key, value in keys.items())
        (etc / name).write_text(text.replace("[general]\n", f"[general]\n{lines}", 1))
    _reload(lab)
    yield made
    for name, text in before.items():
        (etc / name).write_text(text)
    _reload(lab)
    lab.cli("pbx", f"queue remove member PJSIP/{FIRST} from desk")


def _reload(lab: Lab) -> None:
    for command in ("module reload http", "manager reload"):
        lab.cli("pbx", command)


def findings(dialer: Dialer) -> dict[str, tuple[bool, str]]:
    rows = json.loads(dialer.run("doctor", "--asterisk-conf", "--json").stdout)
    return {row["check"].removeprefix("asterisk pbx1: "): (row["is_well"], row["seen"]) for row in rows}


def test_a_campaign_runs_over_tls_and_without_its_authority_nobody_is_told_a_password(
    lab: Lab, dialer: Dialer, ports: dict[str, int]
) -> None:
    plain = dialer.config.read_text()
    over_tls = plain.replace(lab.ari_url, f"https://localhost:{ports['http.conf']}")
    over_tls = over_tls.replace(f"tcp://127.0.0.1:{lab.port('ami')}", f"tls://localhost:{ports['manager.conf']}")

    user, trusted = 'username = "dialerd"', 'username = "dialerd"\nca_file = "ca.pem"'
    for known, check in ((over_tls, "http.conf and ari.conf"), (over_tls.replace(user, trusted, 1), "manager.conf")):
        dialer.config.write_text(known)
        is_well, seen = findings(dialer)[check]
        assert not is_well
        assert "its certificate is not trusted: unable to get local issuer certificate" in seen

    dialer.config.write_text(over_tls.replace(user, trusted))
    assert "Added" in lab.cli("pbx", f"queue add member PJSIP/{FIRST} to desk penalty 0 as {FIRST}")
    dialer.start()
    (dialer.home / "queue.toml").write_text('name = "sales"\nkind = "app_queue"\nextension = "desk"\nwrap_up_s = 0\n')
    dialer.cli("queue", "apply", str(dialer.home / "queue.toml"))
    dialer.campaign("c", [number(0, "54")], mode="progressive", queue="sales", amd=False)
    dialer.cli("campaign", "run", "c")
    until(lambda: dialer.status("c")["state"] == "completed", limit_s=60, what="the campaign")
    assert [(row["disposition"], row["agent"]) for row in dialer.export("c")] == [("answered_human", FIRST)]
