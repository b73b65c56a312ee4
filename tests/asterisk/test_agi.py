"""Each hook from the real dialplan: with the daemon up, stopped so that it does not answer, and gone.

Not here: what a hook does in every case (tests/agi, tests/usecases).
"""

from __future__ import annotations

import base64
import json
import time
import urllib.error
import urllib.request
from functools import partial
from itertools import count
from signal import SIGCONT, SIGSTOP

import pytest

from dialerd.agi.hooks import HOOKS
from tests.asterisk.dialer import Dialer, came, until
from tests.lab import Lab
from tests.lab.lab import PASSWORD
from tests.numbers import number

pytestmark = pytest.mark.asterisk

PERSON, OTHER = number(0, "54"), number(1, "50")
AGENT = "agent1001"
_ids = count(1)


class Phone:
    """Calls into the pbx's dialplan through ARI, as a phone or a trunk would."""

    def __init__(self, lab: Lab) -> None:
        self._lab = lab
        self._began: dict[str, float] = {}

    def hook(
        self, hook: str, *arguments: str, of: str = f"PJSIP/{AGENT}", caller: str = "", **also: str
    ) -> dict[str, str]:
        """The variables that a hook has set, and how long it took (`s`)."""
        channel_id = self.begin(hook, *arguments, of=of, caller=caller, **also)
        took_s = self.came_back(channel_id)
        return {**self.found(channel_id), "s": f"{took_s:.2f}"}

    def begin(self, hook: str, *arguments: str, of: str = f"PJSIP/{AGENT}", caller: str = "", **also: str) -> str:
        """Have the dialplan run a hook, and wait for nothing; the channel that runs it."""
        given = {f"A{n}": each for n, each in enumerate(arguments, 1)}
        channel_id = f"hook-{next(_ids):06}-{time.monotonic_ns()}"
        body = {
            "endpoint": of,
            "context": "lab-hook",
            "extension": "run",
            "priority": 1,
            "callerId": caller or "anonymous",
            "variables": {"HOOK": hook, **given, **also},
        }
        self._ari("POST", f"/channels/{channel_id}", body)
        self._began[channel_id] = time.monotonic()
        return channel_id

    def came_back(self, channel_id: str) -> float:
        """Wait until the dialplan goes on; after how many seconds it did."""
        until(lambda: self._variable(channel_id, "HOOK_OVER") == "yes", limit_s=30, what="the hook", every_s=0.05)
        return time.monotonic() - self._began[channel_id]

    def found(self, channel_id: str) -> dict[str, str]:
        """The variables that a hook has set; its channel is hung up."""
        names = ("STATUS", "REASON", "DNC", "CAMPAIGN", "CONTACT", "ATTEMPT", "AGENT", "AGENT_STATE", "CALLBACK")
        found = {name: self._variable(channel_id, f"DIALERD_{name}") for name in names}
        limit = self._variable(channel_id, "TIMEOUT(absolute)")
        self._ari("DELETE", f"/channels/{channel_id}")
        return {**found, "limit_s": limit}

    def dial(self, code: str, *, of: str = AGENT) -> None:
        """An agent's phone dials a feature code, and is hung up by the dialplan."""
        channel_id = f"code-{next(_ids):06}-{time.monotonic_ns()}"
        body = {"endpoint": f"PJSIP/{of}", "context": "dialerd-agent", "extension": code, "priority": 1}
        self._ari("POST", f"/channels/{channel_id}", body)
        until(
            lambda: self._ari("GET", f"/channels/{channel_id}") is None, limit_s=30, what="the code's end", every_s=0.1
        )

    def _variable(self, channel_id: str, name: str) -> str:
        found = self._ari("GET", f"/channels/{channel_id}/variable?variable={name}")
        return "" if found is None else str(found["value"])

    def _ari(self, method: str, path: str, body: object = None) -> dict[str, object] | None:
        word = base64.b64encode(f"dialerd:{PASSWORD}".encode()).decode()
        headers = {"Authorization": f"Basic {word}", "Content-Type": "application/json"}
        data = json.dumps(body).encode() if body is not None else None
        request = urllib.request.Request(f"{self._lab.ari_url}/ari{path}", data, headers, method=method)
        try:
            with urllib.request.urlopen(request, timeout=5) as answer:
                text = answer.read()
        except urllib.error.HTTPError as error:
            if error.code == 404:
                return None
            raise
        return dict(json.loads(text)) if text else {}


@pytest.fixture
def phone(lab: Lab) -> Phone:
    return Phone(lab)


SET = """
name = "outcomes"
[[disposition]]
code = "sale"
text = "bought"
"""


def called(dialer: Dialer) -> None:
    """A campaign that has called a person, with dispositions of its own, and an agent who can log in."""
    dialer.start()
    (dialer.home / "set.toml").write_text(SET)
    dialer.cli("disposition", "apply", str(dialer.home / "set.toml"))
    dialer.staff("sales", [AGENT], log_in=False, legs="on_demand")
    dialer.campaign("c", [PERSON], dispositions="outcomes")
    dialer.cli("campaign", "run", "c")
    until(lambda: dialer.status("c")["state"] == "completed", limit_s=60, what="the campaign")


def test_each_hook_with_the_daemon_up(lab: Lab, dialer: Dialer, phone: Phone) -> None:
    called(dialer)
    (row,) = dialer.export("c")

    found = phone.hook("who-called", caller=PERSON)
    assert (found["STATUS"], found["CAMPAIGN"], found["ATTEMPT"]) == ("OK", "c", row["attempt_id"])
    assert found["CONTACT"] == row["contact_id"]
    assert float(found["s"]) < 4.0
    assert phone.hook("who-called", OTHER)["STATUS"] == "NOTFOUND"

    assert phone.hook("disposition", "sale", caller=PERSON)["STATUS"] == "OK"
    assert [each["disposition"] for each in dialer.export("c")] == ["sale"]
    refused = phone.hook("disposition", "theft", caller=PERSON)
    assert (refused["STATUS"], refused["REASON"]) == ("BADINPUT", "the set outcomes has no disposition theft")

    assert phone.hook("attribute", "answer", "yes please", caller=PERSON)["STATUS"] == "OK"
    shown = json.loads(dialer.cli("contact", "show", row["contact_id"], "--json"))
    assert shown["attributes"]["answer"] == "yes please"

    booked = phone.hook("callback", "90", caller=PERSON)
    assert (booked["STATUS"], booked["ATTEMPT"]) == ("OK", row["attempt_id"])
    assert json.loads(dialer.cli("callback", "show", booked["CALLBACK"], "--json"))["number"] == PERSON

    assert phone.hook("dnc-check", OTHER)["DNC"] == "no"
    assert phone.hook("dnc-add", OTHER)["STATUS"] == "OK"
    assert phone.hook("dnc-check", OTHER)["DNC"] == "yes"

    logged_in = phone.hook("agent-login")
    assert (logged_in["STATUS"], logged_in["AGENT"]) == ("OK", AGENT)
    until(lambda: dialer.agents()[AGENT] == "ready", limit_s=30, what="the agent to be ready")
    assert phone.hook("agent-pause", "lunch")["AGENT_STATE"] == "paused"
    until(lambda: dialer.agents()[AGENT] == "paused", limit_s=30, what="the pause")
    assert phone.hook("agent-unpause")["AGENT_STATE"] == "ready"
    assert phone.hook("agent-ready", AGENT, of="PJSIP/agent1002")["STATUS"] == "OK"
    assert phone.hook("agent-ready", of="PJSIP/agent1002")["STATUS"] == "NOTFOUND"
    assert phone.hook("agent-logout")["AGENT_STATE"] == "logged_out"
    until(lambda: dialer.agents()[AGENT] == "logged_out", limit_s=30, what="the logout")

    assert phone.hook("no-such-hook")["STATUS"] == "BADINPUT"
    assert phone.hook("who-called", 'x","y', caller=PERSON)["STATUS"] == "BADINPUT"


def test_with_the_daemon_gone_every_hook_comes_back_at_once_and_says_down(
    lab: Lab, dialer: Dialer, phone: Phone
) -> None:
    asked = {hook: phone.begin(hook, "x", caller=PERSON) for hook in HOOKS}
    assert max(phone.came_back(each) for each in asked.values()) < 4.0
    for hook, each in asked.items():
        found = phone.found(each)
        assert (hook, found["STATUS"], found["REASON"]) == (hook, "DOWN", "dialerd cannot be reached")
    phone.dial("*50")


@pytest.mark.takes(15)
def test_with_the_daemon_stopped_every_hook_comes_back_and_says_slow_and_the_channels_own_limit_stays(
    lab: Lab, dialer: Dialer, phone: Phone
) -> None:
    dialer.start()
    until(lambda: phone.hook("dnc-check", OTHER)["STATUS"] == "OK", limit_s=60, what="the daemon")
    assert dialer.process is not None
    dialer.process.send_signal(SIGSTOP)
    try:
        limit = {"TIMEOUT(absolute)": "100"}
        asked = {hook: phone.begin(hook, OTHER, caller=PERSON, **limit) for hook in HOOKS}
        assert all(4.0 < phone.came_back(each) < 15.0 for each in asked.values())
        for hook, each in asked.items():
            found = phone.found(each)
            assert (hook, found["STATUS"], found["REASON"]) == (hook, "SLOW", "dialerd did not answer in time")
            assert 80 < float(found["limit_s"]) <= 100
        phone.dial("*53")
    finally:
        dialer.process.send_signal(SIGCONT)
    assert phone.hook("dnc-check", OTHER)["STATUS"] == "OK"


def test_feature_codes_lead_an_agent_through_its_day(lab: Lab, dialer: Dialer, phone: Phone) -> None:
    dialer.start()
    dialer.staff("sales", [AGENT], log_in=False)

    def is_in(state: str) -> bool:
        return dialer.agents()[AGENT] == state

    for code, state, reason in (
        ("*50", "ready", ""),
        ("*532", "paused", "lunch"),
        ("*52", "ready", ""),
        ("*51", "logged_out", ""),
    ):
        for _ in range(3):  # whose hook a machine under load was too slow for hears so, and dials again
            phone.dial(code)
            if came(partial(is_in, state), limit_s=10):
                break
        assert is_in(state), f"{code} led to {dialer.agents()}"
        assert reason in dialer.cli("agent", "show", AGENT, "--json")
