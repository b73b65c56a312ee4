"""asterisk-conf/ on the real Asterisk: it is taken without a complaint, and doctor says what of it is missing.

Not here: what the dialplan of it does (test_agi.py, test_appqueue.py).
"""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from tests.asterisk.dialer import Dialer
from tests.lab import Lab

pytestmark = pytest.mark.asterisk

CONF = Path(__file__).parents[2] / "asterisk-conf"


def add(lab: Lab, file: str, to: str, reload: str) -> str:
    """Include a file of asterisk-conf in one of the lab's; what the log says of it."""
    log, etc = lab.pbx.folder / "log/messages", lab.pbx.folder / "etc"
    shutil.copy(CONF / file, etc)
    before = log.stat().st_size if log.exists() else 0
    with (etc / to).open("a") as handle:
        handle.write(f"\n#include {file}\n")
    lab.cli("pbx", reload)
    return log.read_text("utf-8", "replace")[before:] if log.exists() else ""


def test_the_models_of_phones_and_queues_are_taken_as_they_stand(lab: Lab) -> None:
    assert "pjsip_agents_example.conf" in (lab.pbx.folder / "etc/pjsip.conf").read_text(), "browsers' phones use it"
    phone = lab.cli("pbx", "pjsip show endpoint 1001")
    for line in ("device_state_busy_at", "rtp_timeout", "from-agents"):
        assert line in phone
    assert "DTLS" in lab.cli("pbx", "pjsip show endpoint 2001").upper()
    said = add(lab, "queues_dialerd.conf", "queues.conf", "queue reload all")
    assert "WARNING" not in said, said
    assert "'leastrecent' strategy" in lab.cli("pbx", "queue show sales")


def findings(dialer: Dialer) -> dict[str, tuple[bool, str]]:
    done = dialer.run("doctor", "--asterisk-conf", "--json")
    rows = json.loads(done.stdout)
    assert done.returncode == (1 if any(row["is_well"] is False for row in rows) else 0)
    return {row["check"].removeprefix("asterisk pbx1: "): (row["is_well"], row["seen"]) for row in rows}


def test_doctor_says_what_of_it_a_running_asterisk_lacks(lab: Lab, dialer: Dialer) -> None:
    (dialer.home / "desk.toml").write_text('name = "sales"\nkind = "app_queue"\nextension = "desk"\n')
    (dialer.home / "none.toml").write_text('name = "none"\nkind = "app_queue"\n')
    dialer.cli("queue", "apply", str(dialer.home / "desk.toml"))
    dialer.cli("agent", "add", "ann", "--endpoint", "PJSIP/agent1001")
    seen = findings(dialer)
    assert seen["http.conf and ari.conf"][0]
    assert seen["extensions.conf"] == (True, "dialerd's dialplan is there")
    assert seen["extensions.conf: hooks"] == (True, f"they ask 127.0.0.1:{lab.port('agi')}")
    assert seen["modules.conf: calls over ARI"] == (True, "every module runs")
    assert seen["modules.conf: answering machine detection"] == (True, "every module runs")
    assert seen["modules.conf: hooks and feature codes"] == (True, "every module runs")
    assert seen["modules.conf: phones in browsers"] == (True, "every module runs")
    assert seen["pjsip.conf: agents"] == (True, "the phones of all 1 agents are there")
    assert seen["manager.conf"] == (True, "AMI answers, lets us in, and lets us bring people back")
    assert seen["queues.conf"] == (True, "desk is there")

    dialer.cli("queue", "apply", str(dialer.home / "none.toml"))
    dialer.cli("agent", "add", "bob", "--endpoint", "PJSIP/nobody")
    lab.cli("pbx", "module unload app_amd.so")
    try:
        seen = findings(dialer)
    finally:
        lab.cli("pbx", "module load app_amd.so")
    assert seen["queues.conf"] == (False, "there is no queue none")
    assert seen["pjsip.conf: agents"] == (False, "there is no endpoint PJSIP/nobody of agent bob")
    assert seen["modules.conf: answering machine detection"] == (False, "app_amd is not running")
