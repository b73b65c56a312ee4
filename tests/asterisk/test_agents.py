"""People who answer reach agents on the real Asterisk: the main line of each mode, and whoever hangs up or dies.

Not here: many agents at once and how long it takes them (scripts/bench agents), the legs by themselves (test_legs.py).
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Sequence
from contextlib import suppress
from datetime import datetime

import pytest

from tests.asterisk.dialer import Dialer, nothing_left, until
from tests.asterisk.witness import Witness
from tests.lab import Lab, peak_calls
from tests.lab.agents import AGENTS
from tests.lab.plan import person_hz
from tests.lab.record import CarrierCall, by_number
from tests.lab.rootfs import LabError
from tests.lab.tones import MUSIC, seconds_of
from tests.numbers import number

pytestmark = pytest.mark.asterisk

BUSY, RINGS = "02", "03"
STAYS = "50"  # a person who never hangs up; 5n hangs up n seconds after the answer
FIRST, SECOND = "agent1001", "agent1002"
NOWHERE, IMPATIENT, LATE = "agent1024", "agent1025", "agent1026"


SLACK_S = 2.0  # between what the carrier has seen and what a daemon on a loaded machine has heard of it


def begin(dialer: Dialer, agents: Sequence[str], *, legs: str = "kept") -> None:
    """A daemon, and those agents ready."""
    dialer.start()
    dialer.staff("sales", agents, wrap_up_s=1, legs=legs)
    until(lambda: set(dialer.agents().values()) == {"ready"}, limit_s=60, what="every agent ready")


def call(dialer: Dialer, numbers: Sequence[str], mode: str, **keys: object) -> dict[str, dict[str, str]]:
    """Run a campaign to its end; its attempts by number."""
    dialer.campaign("c", numbers, mode=mode, queue="sales", **keys)
    dialer.cli("campaign", "run", "c")
    until(lambda: dialer.status("c")["state"] == "completed", limit_s=120, what="the campaign")
    return {row["number"]: row for row in dialer.export("c")}


def finish(lab: Lab, dialer: Dialer, mark: int) -> dict[str, list[CarrierCall]]:
    """Stop the daemon; the carrier's calls by number, when nothing is left."""
    assert dialer.stop() == 0
    nothing_left(lab)
    until(lambda: all(each.ended_at for each in lab.record(since=mark)), limit_s=30, what="the record's last lines")
    return by_number(lab.record(since=mark))


def heard_each_other(lab: Lab, person: CarrierCall, agent: str, legs: Sequence[CarrierCall], *, for_s: float) -> None:
    assert seconds_of(lab.heard(person), AGENTS[agent].hz) >= for_s, f"the person did not hear {agent}"
    assert seconds_of(lab.heard(person), *MUSIC) == 0, "the person heard the agent's music"
    heard = max(seconds_of(lab.heard(leg), person_hz(person.number)) for leg in legs)
    assert heard >= for_s, f"{agent} did not hear the person"


@pytest.mark.takes(17)
def test_progressive_dials_one_call_per_free_agent_and_both_hear_each_other(lab: Lab, dialer: Dialer) -> None:
    mark = lab.mark()
    begin(dialer, [FIRST, SECOND])
    people = [number(n, "57") for n in range(4)]
    numbers = [number(10, BUSY), *people, number(11, BUSY)]
    with Witness(lab) as witness:
        rows = call(dialer, numbers, "progressive")
    calls = finish(lab, dialer, mark)
    assert {each: rows[each]["disposition"] for each in numbers if each not in people} == {
        number(10, BUSY): "busy",
        number(11, BUSY): "busy",
    }
    assert peak_calls(calls[each][0] for each in numbers) == 2, "as many calls as agents"
    for each in people:
        row, person = rows[each], calls[each][0]
        assert (row["disposition"], person.hung_up_by) == ("answered_human", "callee")
        heard_each_other(lab, person, row["agent"], calls[row["agent"]], for_s=1.5)
        talk = witness.conversations[row["attempt_id"]]
        assert talk.two_way_at is not None and talk.verdict_at is not None
        # some milliseconds (scripts/bench agents); here it is two seconds' rule, which a loaded machine keeps too
        assert (talk.two_way_at - talk.verdict_at).total_seconds() < 2.0
    assert {len(calls[agent]) for agent in (FIRST, SECOND)} == {1}, "the legs are kept"


def test_power_dials_its_ratio_for_a_reserved_agent_who_is_free_again_when_all_of_it_has_failed(
    lab: Lab, dialer: Dialer
) -> None:
    mark = lab.mark()
    begin(dialer, [FIRST])
    failing, person = [number(n, BUSY) for n in range(4)], number(20, "54")
    rows = call(dialer, [*failing, person, number(21, BUSY)], "power", ratio=2)
    calls = finish(lab, dialer, mark)
    assert peak_calls(calls[each][0] for each in rows) <= 2
    assert max(Counter(row["started_at"] for row in rows.values()).values()) == 2, "two at once, as the trunk has room"
    assert [rows[each]["disposition"] for each in failing] == ["busy"] * 4
    assert rows[person]["disposition"] == "answered_human"
    assert rows[person]["amd"] == "", "AMD is off by definition"
    heard_each_other(lab, calls[person][0], FIRST, calls[FIRST], for_s=1.0)


def test_a_second_person_for_an_agent_who_talks_hears_the_message_and_is_counted_as_abandoned(
    lab: Lab, dialer: Dialer
) -> None:
    mark = lab.mark()
    begin(dialer, [FIRST])
    people = [number(n, "57") for n in range(2)]  # whoever answers second is the one, and the first leaves of itself
    rows = call(dialer, people, "power", ratio=2, abandon_message="/sounds/message")
    calls = finish(lab, dialer, mark)
    (abandoned,) = (row for row in rows.values() if row["disposition"] == "abandoned")
    assert abandoned["agent"] == ""
    (person,) = calls[abandoned["number"]]
    assert person.hung_up_by in ("caller", "callee")
    assert seconds_of(lab.heard(person), AGENTS[FIRST].hz) == 0
    (other,) = (row for row in rows.values() if row is not abandoned)
    assert other["agent"] == FIRST


@pytest.mark.takes(14)
def test_on_demand_the_phone_rings_when_somebody_has_answered_and_is_hung_up_after_the_call(
    lab: Lab, dialer: Dialer
) -> None:
    mark = lab.mark()
    begin(dialer, [FIRST], legs="on_demand")
    assert lab.record(since=mark) == [], "nobody is rung at login"
    people = [number(n, "56") for n in range(2)]
    rows = call(dialer, people, "progressive")
    calls = finish(lab, dialer, mark)
    assert [rows[each]["disposition"] for each in people] == ["answered_human"] * 2
    legs = calls[FIRST]
    assert len(legs) == 2, "rung once for each"
    for each in people:
        heard_each_other(lab, calls[each][0], FIRST, legs, for_s=1.0)


def test_who_picks_up_too_late_has_nobody_to_talk_to_and_nothing_is_left(lab: Lab, dialer: Dialer) -> None:
    mark = lab.mark()
    begin(dialer, [LATE], legs="on_demand")
    rows = call(dialer, [number(0, "59")], "power", ratio=1, abandon_message="/sounds/message")
    assert [row["disposition"] for row in rows.values()] == ["abandoned"]
    until(lambda: dialer.agents()[LATE] in ("ready", "wrap_up"), limit_s=30, what="the agent to be free again")
    calls = finish(lab, dialer, mark)
    assert seconds_of(lab.heard(calls[number(0, "59")][0]), AGENTS[LATE].hz) == 0


def test_an_agent_who_hangs_up_ends_the_call_and_is_rung_again(lab: Lab, dialer: Dialer) -> None:
    mark = lab.mark()
    begin(dialer, [IMPATIENT])
    rows = call(dialer, [number(n, STAYS) for n in range(2)], "progressive")
    calls = finish(lab, dialer, mark)
    assert [row["disposition"] for row in rows.values()] == ["agent_hangup"] * 2
    assert {calls[each][0].hung_up_by for each in rows} == {"caller"}, "dialerd ends the person's call"
    assert len(calls[IMPATIENT]) >= 2
    assert calls[IMPATIENT][0].hung_up_by == "callee"


def test_a_phone_that_cannot_be_reached_leaves_its_agent_out_with_the_reason(lab: Lab, dialer: Dialer) -> None:
    dialer.start()
    dialer.staff("sales", [NOWHERE], log_in=False)
    failed = dialer.run("agent", "login", NOWHERE)
    assert failed.returncode == 1
    assert "cannot reach PJSIP/agent1024: the phone is not registered" in failed.stderr
    assert dialer.agents() == {NOWHERE: "logged_out"}


@pytest.mark.takes(15)
def test_two_who_talk_go_on_talking_when_the_daemon_is_killed_and_the_next_one_leads_them(
    lab: Lab, dialer: Dialer
) -> None:
    mark = lab.mark()
    begin(dialer, [FIRST])
    dialer.campaign("c", [number(0, "59"), number(1, "54")], mode="power", queue="sales", ratio=1)
    dialer.cli("campaign", "run", "c")
    until(lambda: dialer.agents()[FIRST] == "on_call", limit_s=30, what="a conversation")
    dialer.kill()
    dialer.start()
    until(lambda: dialer.status("c")["state"] == "completed", limit_s=120, what="the campaign")
    rows = {row["number"]: row for row in dialer.export("c")}
    calls = finish(lab, dialer, mark)
    for each in rows:
        (person,) = calls[each]
        assert (rows[each]["disposition"], person.hung_up_by) == ("answered_human", "callee")
        ended_at = datetime.fromisoformat(rows[each]["ended_at"])
        assert person.ended_at is not None
        assert abs((ended_at - person.ended_at).total_seconds()) < SLACK_S
    assert len(calls[FIRST]) == 1, "the leg was taken over, not rung again"
    assert seconds_of(lab.heard(calls[number(0, "59")][0]), AGENTS[FIRST].hz) > 4.0


@pytest.mark.takes(15)
def test_hang_ups_at_any_instant_leave_no_channel_no_bridge_and_no_agent_behind(lab: Lab, dialer: Dialer) -> None:
    dice, agents, mark = random.Random(4), [f"agent{1000 + n}" for n in range(1, 9)], lab.mark()
    begin(dialer, agents)
    # who hangs up while AMD listens, as it has its verdict, as the agent comes, and later
    endings = ("51", "52", "53", STAYS, "54")
    people = [number(n, endings[n % len(endings)]) for n in range(40)]
    dialer.campaign("c", people, mode="progressive", queue="sales", abandon_message="/sounds/message")
    dialer.cli("campaign", "run", "c")

    def trouble() -> bool:
        """One side of a call that is up, agent's or person's, hangs up; whether the campaign is over."""
        up = [each for each in lab.record(since=mark) if each.ended_at is None]
        agents_up = [each for each in up if each.number in agents]
        for each in dice.sample(agents_up, min(1, len(agents_up))) + [each for each in up if each.number[-2:] == STAYS]:
            with suppress(LabError):  # over since we looked
                lab.hang_up(each)
        return bool(dialer.status("c")["state"] == "completed")

    until(trouble, limit_s=150, what="the campaign", every_s=0.5)
    rows = dialer.export("c")
    assert {row["number"] for row in rows} == set(people)
    at_rest = {"ready", "wrap_up", "paused"}
    until(lambda: set(dialer.agents().values()) <= at_rest, limit_s=30, what="no agent reserved or on a call")
    calls = finish(lab, dialer, mark)
    assert any(len(calls[agent]) > 1 for agent in agents), "agents have hung up, and were rung again"
    for row in rows:
        (person,) = calls[row["number"]]
        by_person = person.hung_up_by == "callee"
        expected = {"answered_human", "customer_hangup"} if by_person else {"agent_hangup"}
        if row["agent"] and any(_both_left(person, leg) for leg in calls[row["agent"]]):
            expected.add("agent_hangup")  # the person too, before dialerd had heard of the agent or could act on it
        assert row["disposition"] in {*expected, "abandoned"}, (row, person)


def _both_left(person: CarrierCall, leg: CarrierCall) -> bool:
    """Whether the agent hung up just before the person did."""
    if leg.ended_at is None or person.ended_at is None or leg.hung_up_by != "callee":
        return False
    return -0.1 < (person.ended_at - leg.ended_at).total_seconds() < SLACK_S
