"""What cannot work says so, with what to do, and leaves nothing half-done: against a real Asterisk."""

from __future__ import annotations

import re

import pytest

from tests.asterisk.dialer import Dialer, until
from tests.lab import Lab
from tests.lab.lab import PASSWORD
from tests.numbers import number

pytestmark = pytest.mark.asterisk


def rewrite(dialer: Dialer, old: str, new: str) -> None:
    text = dialer.config.read_text()
    assert old in text
    dialer.config.write_text(text.replace(old, new))


def refused(dialer: Dialer, *words: str) -> str:
    done = dialer.run(*words)
    assert done.returncode == 1, done.stderr
    assert done.stderr.count("\n") == 1, "one line says why"
    return done.stderr


def held_for(dialer: Dialer, reason: str) -> None:
    """The daemon says why it does not dial, and dials nobody."""
    dialer.start()
    dialer.cli("campaign", "run", "held")
    until(lambda: re.search(reason, dialer.log()) is not None, limit_s=60, what=reason)
    until(lambda: dialer.status("held")["pending"] == 2, limit_s=60, what="both contacts to be taken in")
    status = dialer.status("held")
    assert (status["state"], status["attempts"], status["pending"]) == ("active", 0, 2)
    assert PASSWORD not in dialer.log()
    assert dialer.stop() == 0


def test_a_wrong_ari_password_is_named_and_nobody_is_dialed(lab: Lab, dialer: Dialer) -> None:
    dialer.campaign("held", [number(n, "02") for n in range(2)])
    rewrite(dialer, PASSWORD, "wrong")
    held_for(dialer, "refuses user dialerd .HTTP 401. .username and password")
    assert "refuses user dialerd" in dialer.run("doctor").stdout.replace("\n", " ").replace("  ", " ")
    assert dialer.run("doctor").returncode == 1


def test_an_unreachable_asterisk_is_named_and_nobody_is_dialed(lab: Lab, dialer: Dialer) -> None:
    dialer.campaign("held", [number(n, "02") for n in range(2)])
    rewrite(dialer, lab.ari_url, f"http://127.0.0.1:{lab.port('dead')}")
    held_for(dialer, "cannot be reached at http://127")
    assert dialer.run("doctor").returncode == 1


def test_a_missing_amd_module_holds_campaigns_that_need_it_and_no_others(lab: Lab, dialer: Dialer) -> None:
    dialer.campaign("held", [number(n, "02") for n in range(2)])
    lab.pbx.cli("module unload app_amd.so")
    try:
        held_for(dialer, "has no answering machine detection .*module load app_amd.so")
        dialer.campaign("plain", [number(n, "02") for n in range(10, 12)], amd=False)
        dialer.start()
        dialer.cli("campaign", "run", "plain")
        until(lambda: dialer.status("plain")["state"] == "completed", limit_s=60, what="the campaign without AMD")
        assert dialer.stop() == 0
    finally:
        lab.pbx.cli("module load app_amd.so")


def test_an_endpoint_that_asterisk_does_not_know_is_named_and_nobody_is_dialed(lab: Lab, dialer: Dialer) -> None:
    dialer.campaign("held", [number(n, "02") for n in range(2)])
    rewrite(dialer, "@carrier", "@nowhere")
    held_for(dialer, "knows no endpoint PJSIP/nowhere")


def test_a_trunk_known_to_be_down_holds_its_campaign_and_spends_no_attempt(lab: Lab, dialer: Dialer) -> None:
    dialer.campaign("held", [number(n, "02") for n in range(2)], trunk="dead")
    held_for(dialer, "PJSIP/deadtrunk is offline")


def test_a_campaign_on_an_unknown_trunk_or_with_a_foreign_caller_id_is_refused(lab: Lab, dialer: Dialer) -> None:
    dialer.campaign("good", [number(1, "02")])
    for old, new, reason in (
        ('trunk = "carrier"', 'trunk = "nowhere"', "there is no trunk nowhere"),
        ("+12125550100", "+12125550199", "is not allowed on trunk carrier"),
    ):
        file = dialer.home / "bad.toml"
        file.write_text((dialer.home / "good.toml").read_text().replace(old, new).replace('"good"', '"bad"', 1))
        assert reason in refused(dialer, "campaign", "apply", str(file))
    assert "bad" not in dialer.cli("campaign", "list")


def test_nothing_of_a_hostile_file_reaches_the_carrier_but_plain_numbers(lab: Lab, dialer: Dialer) -> None:
    hostile = [
        "phone,name",
        f"{number(1, '02')},../../etc/passwd",
        "2125551234&Local/1@lab-ivr,split",
        "x@127.0.0.1,host",
        '"2125551234;phone-context=evil",context',
        f'"{"9" * 10_000}",ten kilobytes',
        "${SHELL(id)},function",
        f'{number(2, "02")},"=cmd()|""A"""',
        '"+12126660302',
    ]
    (dialer.home / "from-outside.csv").write_text("\n".join(hostile) + "\n")
    dialer.campaign("hostile", [])
    done = dialer.run("list", "import", "hostile", str(dialer.home / "from-outside.csv"))
    assert done.returncode == 0
    mark = lab.mark()
    dialer.start()
    dialer.cli("campaign", "run", "hostile")
    until(lambda: dialer.status("hostile")["state"] == "completed", limit_s=60, what="the good rows")
    assert dialer.stop() == 0
    invited = {call.number for call in lab.record(since=mark)}
    assert {number(1, "02"), number(2, "02")} <= invited
    assert all(re.fullmatch(r"\+[0-9]{11}", each) for each in invited)
