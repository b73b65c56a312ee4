"""Asterisk's own queue takes the people who answer: its members are paced for, and every end is told right.

Not here: what AMI's texts mean (tests/adapters/ami), the rules of a call in a queue (tests/domain/call).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import pytest

from tests.asterisk.cable import Cable
from tests.asterisk.dialer import Dialer, until
from tests.asterisk.test_agents import BUSY, FIRST, IMPATIENT, SECOND, STAYS, call, finish, heard_each_other
from tests.lab import Lab, peak_calls
from tests.lab.agents import AGENTS
from tests.lab.tones import seconds_of
from tests.numbers import number

pytestmark = pytest.mark.asterisk

NEVER = "agent1023"


@pytest.fixture(autouse=True)
def empty_desk(lab: Lab) -> Iterator[None]:
    """The queue has no members when a test begins, nor after it."""
    yield
    for name in AGENTS:
        lab.cli("pbx", f"queue remove member PJSIP/{name} from desk")


@pytest.fixture
def cable(lab: Lab) -> Iterator[Cable]:
    """To the pbx's AMI."""
    made = Cable(lab.port("ami"))
    yield made
    made.close()


def join(lab: Lab, *members: str) -> None:
    """They become members of the queue, each under its name."""
    for name in members:
        said = lab.cli("pbx", f"queue add member PJSIP/{name} to desk penalty 0 as {name}")
        assert "Added" in said, said


def begin(lab: Lab, dialer: Dialer, members: Sequence[str]) -> None:
    join(lab, *members)
    dialer.start()
    (dialer.home / "queue.toml").write_text('name = "sales"\nkind = "app_queue"\nextension = "desk"\nwrap_up_s = 2\n')
    dialer.cli("queue", "apply", str(dialer.home / "queue.toml"))


@pytest.mark.takes(18)
def test_progressive_dials_one_call_per_free_member_whose_name_is_told(lab: Lab, dialer: Dialer) -> None:
    mark = lab.mark()
    begin(lab, dialer, [FIRST, SECOND])
    people = [number(n, "57") for n in range(4)]
    numbers = [number(10, BUSY), *people, number(11, BUSY)]
    rows = call(dialer, numbers, "progressive")
    calls = finish(lab, dialer, mark)
    assert [rows[each]["disposition"] for each in (number(10, BUSY), number(11, BUSY))] == ["busy"] * 2
    assert peak_calls(calls[each][0] for each in numbers) == 2, "as many calls as members"
    for each in people:
        row, person = rows[each], calls[each][0]
        assert (row["disposition"], person.hung_up_by) == ("answered_human", "callee")
        assert row["agent"] in (FIRST, SECOND)
        assert float(row["talk_s"]) > 3.0
        heard_each_other(lab, person, row["agent"], calls[row["agent"]], for_s=1.5)


def test_who_finds_no_member_hears_the_message_after_the_patience_and_is_abandoned(lab: Lab, dialer: Dialer) -> None:
    mark = lab.mark()
    begin(lab, dialer, [FIRST])
    rows = call(dialer, [number(n, "57") for n in range(2)], "power", ratio=2, abandon_message="/sounds/message")
    calls = finish(lab, dialer, mark)
    (abandoned,) = (row for row in rows.values() if row["disposition"] == "abandoned")
    (served,) = (row for row in rows.values() if row is not abandoned)
    assert (served["disposition"], served["agent"], abandoned["agent"]) == ("answered_human", FIRST, "")
    (person,) = calls[abandoned["number"]]
    assert seconds_of(lab.heard(person), AGENTS[FIRST].hz) == 0
    assert person.hung_up_by == "caller", "dialerd, when the message was over"


def test_a_phone_that_is_not_picked_up_in_time_gives_the_person_back(lab: Lab, dialer: Dialer) -> None:
    mark = lab.mark()
    begin(lab, dialer, [NEVER])
    rows = call(dialer, [number(0, "59")], "progressive")
    assert [row["disposition"] for row in rows.values()] == ["abandoned"]
    calls = finish(lab, dialer, mark)
    (person,) = calls[number(0, "59")]
    assert person.answered_at is not None and person.ended_at is not None
    # AMD has its verdict after some 2 s; then two more, and not the queue's own three or four
    assert (person.ended_at - person.answered_at).total_seconds() < 5.0


def test_a_member_who_hangs_up_is_told_from_a_person_who_does(lab: Lab, dialer: Dialer) -> None:
    mark = lab.mark()
    begin(lab, dialer, [IMPATIENT])
    rows = call(dialer, [number(0, STAYS)], "progressive")
    finish(lab, dialer, mark)
    assert [(row["disposition"], row["agent"]) for row in rows.values()] == [("agent_hangup", IMPATIENT)]


def test_nobody_is_dialed_while_no_member_is_at_work_and_status_says_so(lab: Lab, dialer: Dialer) -> None:
    begin(lab, dialer, [FIRST])
    lab.cli("pbx", f"queue pause member PJSIP/{FIRST} queue desk")
    dialer.campaign("c", [number(0, "54")], mode="progressive", queue="sales")
    dialer.cli("campaign", "run", "c")
    held = "no member of queue desk is at work for it on Asterisk pbx1"
    until(lambda: held in dialer.cli("campaign", "status", "c", "--why"), limit_s=30, what="the reason")
    assert dialer.status("c")["attempts"] == 0
    lab.cli("pbx", f"queue unpause member PJSIP/{FIRST} queue desk")
    until(lambda: dialer.status("c")["state"] == "completed", limit_s=120, what="the campaign")
    assert [row["disposition"] for row in dialer.export("c")] == ["answered_human"]


def test_without_ami_nobody_is_dialed_and_status_says_why(lab: Lab, dialer: Dialer) -> None:
    head, ami, tail = dialer.config.read_text().partition("[asterisk.ami]")
    dialer.config.write_text(head + ami + tail.replace("password = ", 'password = "wrong" # ', 1))
    begin(lab, dialer, [FIRST])
    dialer.campaign("c", [number(0, "54")], mode="progressive", queue="sales")
    dialer.cli("campaign", "run", "c")
    why = "user dialerd is refused"
    until(lambda: why in dialer.cli("campaign", "status", "c", "--why"), limit_s=30, what="the reason")
    assert dialer.status("c")["attempts"] == 0


def test_a_talk_goes_on_while_ami_is_lost_and_its_end_is_told_right(lab: Lab, dialer: Dialer, cable: Cable) -> None:
    mark = lab.mark()
    dialer.config.write_text(dialer.config.read_text().replace(f":{lab.port('ami')}", f":{cable.port}"))
    begin(lab, dialer, [FIRST])
    people = [number(0, "56"), number(1, "54")]
    dialer.campaign("c", people, mode="progressive", queue="sales")
    dialer.cli("campaign", "run", "c")
    until(lambda: "in call" in lab.cli("pbx", "queue show desk"), limit_s=30, what="a talk")
    assert cable.cut() == 1
    until(lambda: dialer.status("c")["state"] == "completed", limit_s=120, what="the campaign")
    rows = {row["number"]: row for row in dialer.export("c")}
    calls = finish(lab, dialer, mark)
    for each in people:
        assert (rows[each]["disposition"], rows[each]["agent"]) == ("answered_human", FIRST)
        assert calls[each][0].hung_up_by == "callee"


@pytest.mark.takes(15)
def test_two_who_talk_go_on_talking_when_the_daemon_is_killed(lab: Lab, dialer: Dialer) -> None:
    mark = lab.mark()
    begin(lab, dialer, [FIRST])
    dialer.campaign("c", [number(0, "59"), number(1, "54")], mode="progressive", queue="sales")
    dialer.cli("campaign", "run", "c")
    until(lambda: "in call" in lab.cli("pbx", "queue show desk"), limit_s=30, what="a talk")
    dialer.kill()
    dialer.start()
    until(lambda: dialer.status("c")["state"] == "completed", limit_s=120, what="the campaign")
    rows = {row["number"]: row for row in dialer.export("c")}
    calls = finish(lab, dialer, mark)
    for each, row in rows.items():
        assert (row["disposition"], calls[each][0].hung_up_by) == ("answered_human", "callee")
    assert seconds_of(lab.heard(calls[number(0, "59")][0]), AGENTS[FIRST].hz) > 3.5
