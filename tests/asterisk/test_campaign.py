"""A whole campaign on the real Asterisk, judged by the carrier's own record."""

from __future__ import annotations

import json

import pytest

from tests.asterisk.dialer import Dialer, nothing_left, until
from tests.lab import Lab, peak_calls, peak_rate
from tests.numbers import BY_AMD, EXPECTED, number

pytestmark = pytest.mark.asterisk

COUNT, MAX_CALLS, RATE = 400, 40, 20


@pytest.mark.takes(44)
def test_400_numbers_of_all_kinds_come_to_what_the_carrier_saw(lab: Lab, dialer: Dialer) -> None:
    endings = list(EXPECTED)
    numbers = [number(n, endings[n % len(endings)]) for n in range(COUNT)]
    dialer.campaign("all-kinds", numbers, max_calls=MAX_CALLS, calls_per_second=RATE)
    mark = lab.mark()
    dialer.start()
    dialer.cli("campaign", "run", "all-kinds")
    until(lambda: dialer.status("all-kinds")["state"] == "completed", limit_s=180, what="400 numbers", every_s=1)
    assert dialer.stop() == 0
    status, attempts = dialer.status("all-kinds"), dialer.export("all-kinds")
    calls = lab.record(since=mark)

    assert sorted(call.number for call in calls) == sorted(numbers), "each number is invited exactly once"
    assert {attempt["number"] for attempt in attempts} == set(numbers)
    assert (status["targets"], status["done"], status["attempts"]) == (COUNT, COUNT, COUNT)
    assert sum(status["dispositions"].values()) == COUNT

    answered = {call.number for call in calls if call.answered_at is not None}
    wrong: list[tuple[str, str, object]] = []
    amd_errors: list[tuple[str, str, object]] = []
    for attempt in attempts:
        expected, got = EXPECTED[attempt["number"][-2:]], attempt["disposition"]
        if bool(attempt["answered_at"]) != (attempt["number"] in answered):
            wrong.append((attempt["number"], got, "answered only in one of the two records"))
        if got not in expected:
            (amd_errors if {got, *expected} <= BY_AMD else wrong).append((attempt["number"], got, expected))
    print(
        f"\n400 numbers: {len(wrong)} wrong, {len(amd_errors)} AMD errors; carrier saw {len(calls)} INVITEs, "
        f"peak {peak_calls(calls)} calls of {MAX_CALLS}, {peak_rate(calls)} in a second of {RATE}; "
        f"{status['dispositions']}"
    )
    assert not wrong
    assert len(amd_errors) <= COUNT // 50, f"AMD mistook {amd_errors}"
    assert peak_calls(calls) <= MAX_CALLS
    assert peak_rate(calls, window_s=2) <= 2.5 * RATE, "of two seconds: a loaded pbx may send some of them late"
    nothing_left(lab)


def test_an_answered_person_goes_on_in_the_admins_own_dialplan_or_opts_out_by_a_key(lab: Lab, dialer: Dialer) -> None:
    long = 'play = "/sounds/machine"'  # over 20 s: the key is pressed 7 s after the answer
    dialer.campaign("ivr", [number(1, "40")], on_human='context = "lab-ivr"', amd=False)
    dialer.campaign("key", [number(2, "13")], on_human=long, opt_out_key="9")
    soon = 'play = "/sounds/screen"'  # 5.6 s: the key is pressed when it is over
    dialer.campaign("late", [number(3, "13")], on_human=soon, opt_out_key="9", amd=False)
    dialer.start()
    for name in ("ivr", "key", "late"):
        dialer.cli("campaign", "run", name)
    until(lambda: dialer.status("ivr")["state"] == "completed", limit_s=120, what="the dialplan to end the call")
    (attempt,) = dialer.export("ivr")
    assert attempt["disposition"] == "answered_human"
    assert attempt["amd"] == ""
    assert float(attempt["talk_s"]) > 5, "the dialplan's sound was played to its end"
    for name, called in (("key", number(2, "13")), ("late", number(3, "13"))):
        until(lambda n=name: dialer.status(n)["state"] == "completed", limit_s=60, what="the key to end the call")  # type: ignore[misc]
        (attempt,) = dialer.export(name)
        assert (attempt["disposition"], attempt["reason"]) == ("answered_human", "the person has opted out by a key")
        (kept,) = json.loads(dialer.cli("optout", "show", called, "--json"))
        assert (kept["how"], kept["attempt_id"], kept["list_name"]) == ("key_press", attempt["attempt_id"], "global")


def test_a_number_on_the_dnc_list_added_during_a_run_is_not_dialed(lab: Lab, dialer: Dialer) -> None:
    numbers = [number(n, "02") for n in range(12)]
    dialer.campaign("dnc", numbers, max_calls=1, calls_per_second=2)
    mark = lab.mark()
    dialer.start()
    dialer.cli("campaign", "run", "dnc")
    until(lambda: dialer.status("dnc")["attempts"] > 0, limit_s=60, what="the first call")
    dialer.cli("dnc", "add", numbers[-1])
    until(lambda: dialer.status("dnc")["state"] == "completed", limit_s=120, what="the campaign")
    assert numbers[-1] not in {call.number for call in lab.record(since=mark)}
    assert dialer.status("dnc")["dispositions"] == {"busy": 11, "do_not_call": 1}


def test_a_paused_run_places_no_calls_until_it_is_resumed(lab: Lab, dialer: Dialer) -> None:
    numbers = [number(n, "02") for n in range(30)]
    dialer.campaign("paused", numbers, max_calls=5, calls_per_second=5)
    mark = lab.mark()
    dialer.start()
    dialer.cli("campaign", "run", "paused")
    until(lambda: dialer.status("paused")["attempts"] >= 5, limit_s=60, what="some calls")
    dialer.cli("campaign", "pause", "paused")
    placed = dialer.status("paused")["attempts"]
    until(lambda: dialer.status("paused")["in_progress"] == 0, limit_s=60, what="the calls up to end")
    assert dialer.status("paused")["attempts"] == placed
    assert len(lab.record(since=mark)) == placed < 30
    dialer.cli("campaign", "resume", "paused")
    until(lambda: dialer.status("paused")["state"] == "completed", limit_s=120, what="the rest")
    assert dialer.status("paused")["dispositions"] == {"busy": 30}


def test_a_stopping_daemon_places_no_calls_and_lets_those_up_finish(lab: Lab, dialer: Dialer) -> None:
    dialer.campaign("drain", [number(n, "40") for n in range(40)], max_calls=4, calls_per_second=4)
    dialer.start()
    dialer.cli("campaign", "run", "drain")
    until(lambda: dialer.status("drain")["in_progress"] == 4, limit_s=60, what="four calls up")
    assert dialer.stop() == 0
    status = dialer.status("drain")
    assert status["in_progress"] == 0
    assert set(status["dispositions"]) <= BY_AMD, "no call was cut"
    assert status["pending"] == 40 - status["attempts"]
    nothing_left(lab)
