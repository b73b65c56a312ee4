"""Whom a campaign calls, when and how often: its rules on the real Asterisk, judged by the carrier's record."""

from __future__ import annotations

import json
import time
from datetime import UTC, datetime, timedelta

import pytest

from tests.asterisk.dialer import ALL_DAY, Dialer, until
from tests.lab import Lab
from tests.numbers import number

pytestmark = pytest.mark.asterisk

BUSY, PERSON, WRONG, RINGS = "02", "00", "05", "03"


def apply(dialer: Dialer, name: str, *, top: str, tables: str = "") -> None:
    text = f'name = "{name}"\ntrunk = "carrier"\ncaller_id = "+12125550100"\n{top}\n'
    (dialer.home / f"{name}.toml").write_text(f'{text}[on_human]\nplay = "/sounds/message"\n{ALL_DAY}{tables}')
    dialer.cli("campaign", "apply", str(dialer.home / f"{name}.toml"))


def contacts(dialer: Dialer, name: str, rows: list[str]) -> None:
    (dialer.home / f"{name}.csv").write_text("\n".join(rows) + "\n")
    dialer.cli("list", "import", name, str(dialer.home / f"{name}.csv"))


def done(dialer: Dialer, name: str, *, limit_s: float = 120) -> None:
    until(lambda: dialer.status(name)["state"] == "completed", limit_s=limit_s, what=name)


def test_filter_lists_and_several_numbers_decide_whom_the_carrier_sees(lab: Lab, dialer: Dialer) -> None:
    ours = [number(n, BUSY) for n in range(3)]
    contacts(
        dialer,
        "people",
        [
            "phone,phone2,state,balance",
            f"{ours[0]},{number(10, PERSON)},CA,500",  # busy, then a person at the second number
            f"{ours[1]},,NY,500",  # left out by the filter
            f"{ours[2]},,CA,500",  # on the campaign's own list
            f"{number(3, WRONG)},{number(11, BUSY)},CA,900",  # wrong, then busy at the second
            f"{number(4, PERSON)},,CA,20",  # left out by the filter
        ],
    )
    dialer.cli("dnc", "create", "ours")
    dialer.cli("dnc", "add", "--list", "ours", ours[2])
    whom = "lists = ['people']\nfilter = \"state = 'CA' and balance > 100\"\ndnc = 'ours'\norder = '-balance'\n"
    how = "max_attempts = 2\nmax_attempts_per_number = 1\nmax_calls = 1\ncalls_per_second = 5\n"
    apply(dialer, "rules", top=whom + how)
    mark = lab.mark()
    dialer.start()
    dialer.cli("campaign", "run", "rules")
    done(dialer, "rules")
    called = [call.number for call in lab.record(since=mark)]
    assert called == [number(3, WRONG), ours[0], number(11, BUSY), number(10, PERSON)]
    assert dialer.status("rules")["dispositions"] == {
        "busy": 2,
        "answered_human": 1,
        "do_not_call": 1,
        "invalid_number": 1,
    }
    assert dialer.stop() == 0


def test_a_schedule_starts_its_campaign_by_itself_and_a_finish_criterion_ends_it(lab: Lab, dialer: Dialer) -> None:
    contacts(dialer, "many", ["phone", *(number(n, BUSY) for n in range(40))])
    start = (datetime.now(UTC) + timedelta(seconds=8)).replace(microsecond=0)
    apply(
        dialer,
        "timed",
        top="lists = ['many']\nmax_calls = 2\ncalls_per_second = 5",
        tables=f"[schedule]\nstart = '{start:%Y-%m-%dT%H:%M:%S}'\ntimezone = 'UTC'\n[finish]\ndisposition.busy = 10\n",
    )
    refused = dialer.run("campaign", "run", "timed")
    assert (refused.returncode, "starts by itself at" in refused.stderr) == (1, True)
    mark = lab.mark()
    dialer.start()
    wait_s = (start - datetime.now(UTC)).total_seconds()
    time.sleep(max(0.0, wait_s - 1))
    assert lab.record(since=mark) == []
    done(dialer, "timed", limit_s=120)
    calls = lab.record(since=mark)
    assert 10 <= len(calls) <= 12, "no new calls once the tenth was busy"
    assert timedelta(0) <= min(call.invited_at for call in calls) - start < timedelta(seconds=5)
    assert dialer.status("timed")["reason"] == "10 x busy of 10 are reached"
    assert dialer.stop() == 0


@pytest.mark.takes(19)
def test_the_minimum_ring_of_a_pack_binds_a_daemon_that_is_stopped(lab: Lab, dialer: Dialer) -> None:
    (dialer.home / "packs").mkdir()
    (dialer.home / "packs" / "patient.toml").write_text(
        'title = "Patience"\nversion = "1"\nchecked_on = 2026-01-01\napplies = {}\n'
        '[[rule]]\nid = "RING"\nkind = "min_ring"\ntext = "t"\nsource = "s"\nstatus = "V"\nseconds = 18\n'
    )
    settings = dialer.config.read_text() + f'\n[regulations]\nfolder = "{dialer.home}/packs"\n[engine]\ndrain_s = 1\n'
    dialer.config.write_text(settings)
    contacts(dialer, "patient", ["phone", number(1, RINGS)])
    apply(dialer, "patient", top="lists = ['patient']\nmax_ring_s = 60\nregulations = ['patient']")
    mark = lab.mark()
    dialer.start()
    dialer.cli("campaign", "run", "patient")
    until(lambda: len(lab.record(since=mark)) == 1, limit_s=60, what="the phone to ring")
    assert dialer.stop() == 0
    (call,) = lab.record(since=mark)
    assert call.ended_at is not None
    assert timedelta(seconds=17.9) <= call.ended_at - call.invited_at < timedelta(seconds=30)
    (attempt,) = dialer.export("patient")
    assert attempt["disposition"] == "cancelled"


def test_an_infinite_campaign_calls_a_contact_within_five_seconds_of_its_import(lab: Lab, dialer: Dialer) -> None:
    contacts(dialer, "growing", ["phone", number(1, BUSY)])
    apply(dialer, "growing", top="lists = ['growing']\nfinite = false")
    mark = lab.mark()
    dialer.start()
    dialer.cli("campaign", "run", "growing")
    until(lambda: len(lab.record(since=mark)) == 1, limit_s=60, what="the first call")
    contacts(dialer, "growing", ["phone", number(2, BUSY)])
    added_at = datetime.now(UTC)
    until(lambda: len(lab.record(since=mark)) == 2, limit_s=60, what="the second call")
    assert lab.record(since=mark)[1].invited_at - added_at < timedelta(seconds=5)
    held = json.loads(dialer.cli("campaign", "status", "growing", "--why", "--json"))
    assert held["state"] == "active"
    assert dialer.stop() == 0
