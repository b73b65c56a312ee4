"""Preview on the real engine and virtual time: records are shown, dialed, skipped, locked, and come back.

Not here: what the store keeps of a record (tests/usecases/test_preview.py).
"""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from functools import partial
from itertools import pairwise

import pytest

from dialerd.domain.errors import IllegalActionError
from dialerd.domain.words import AgentState, AttemptId, ContactId
from dialerd.engine.previewdesk import PreviewDesk
from dialerd.engine.runline import RunLine
from dialerd.ports import DncEntry, PreviewRow, Unit
from dialerd.simulate.record import peak_calls
from dialerd.usecases import dialing, preview, runs
from tests.numbers import number
from tests.simulation.callcenter import agent, agent_campaign, ask, attempts, check_agents, poke, queue, staff
from tests.simulation.daemons import share, take_the_pace
from tests.simulation.office import TRUNKS, Office, in_office
from tests.simulation.world import START, campaign

TEAM = ["agent1001", "agent1002", "agent1003"]
ANN, BOB, CID = TEAM


async def start(office: Office, endings: list[str], *, team: Sequence[str] = (ANN,), **keys: object) -> None:
    await staff(office, queue(team))
    await office.add(endings)
    await office.start()
    await office.apply(agent_campaign("preview", **keys))
    now = office.clock.now()
    await office.store.write(lambda unit: runs.run_campaign(unit, "c", trunks=TRUNKS, actor="test", now=now))
    poke(office)
    await after(office, 2)


async def after(office: Office, seconds: float) -> None:
    await office.clock.sleep(seconds)


async def shown(office: Office) -> dict[str, ContactId]:
    rows: list[PreviewRow] = await office.store.read(lambda unit: unit.previews.all())
    return {row.agent: row.contact_id for row in rows}


async def press(office: Office, name: str, button: str) -> None:
    now = office.clock.now()
    use_case = {"dial": preview.ask_dial, "skip": preview.ask_skip}[button]
    await office.store.write(lambda unit: use_case(unit, name, actor="test", now=now))
    poke(office)
    await after(office, 0.5)


async def steer(office: Office, action: Callable[..., object]) -> None:
    now = office.clock.now()
    await office.store.write(lambda unit: action(unit, "c", actor="test", now=now))
    poke(office)
    await after(office, 1)


async def states(office: Office, *names: str) -> list[str]:
    return [str((await agent(office, name)).seen.state) for name in names or (ANN,)]


async def dialed(office: Office) -> list[tuple[int, str | None]]:
    return [(row.contact_id, row.attempt.agent) for row in await attempts(office)]


def test_each_free_agent_is_shown_a_record_of_its_own_and_nothing_is_dialed_before_its_time() -> None:
    async def story(office: Office) -> None:
        await start(office, ["00"] * 5, team=TEAM)
        assert sorted((await shown(office)).values()) == [1, 2, 3]
        assert await states(office, *TEAM) == ["preview"] * 3
        await office.until(START + timedelta(seconds=29))
        assert office.record == []

    in_office(story, start=START)


def test_a_record_whose_pace_other_daemons_have_taken_waits_for_it_and_is_dialed() -> None:
    async def story(office: Office) -> None:
        share(office)
        await start(office, ["00"] * 2)
        await take_the_pace(office, 3.0)
        asked_at = office.clock.now()
        await press(office, ANN, "dial")
        assert (office.record, await states(office)) == ([], ["preview"]), "neither dialed nor given up"
        await after(office, 4)
        assert [2.9 < (each.invited_at - asked_at).total_seconds() < 3.7 for each in office.record] == [True]

    in_office(story, start=START)


def test_an_agent_who_is_lent_as_a_record_falls_due_keeps_nobody_looking_without_end(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    looks = itertools.count()
    due_at = PreviewDesk.due_at

    def counting(desk: PreviewDesk, line: RunLine) -> datetime | None:
        assert next(looks) < 1000, "it looks again and again at one moment"
        return due_at(desk, line)

    monkeypatch.setattr(PreviewDesk, "due_at", counting)

    async def story(office: Office) -> None:
        await start(office, ["02"], team=(ANN, BOB), max_attempts=2, retry_after_min=2)
        (first,) = await shown(office)
        (other,) = {ANN, BOB} - {first}
        await press(office, first, "dial")
        await after(office, 119.4)
        assert office.engine is not None
        office.engine.agents.book.lines[other].is_lent = True  # to another run's flow, or to callers
        await after(office, 300)
        assert len(office.record) == 2
        assert next(looks) < 1000

    in_office(story, start=START)


def test_agents_who_dial_at_one_moment_where_daemons_share_are_all_dialed_for_in_the_pace_of_the_trunk() -> None:
    async def story(office: Office) -> None:
        share(office, calls_per_second=2)
        await start(office, ["00"] * 3, team=TEAM)
        await after(office, 40)
        moments = sorted(each.invited_at for each in office.record)
        assert len(moments) == 3, "none is refused for the others"
        assert [0.4 < (later - before).total_seconds() < 1.5 for before, later in pairwise(moments)] == [True, True]

    in_office(story, start=START)


@pytest.mark.parametrize("rate", [1, 2, 5])
def test_a_record_is_dialed_in_its_turn_though_another_campaign_takes_every_call_of_the_pace(rate: int) -> None:
    async def story(office: Office) -> None:
        share(office, calls_per_second=rate)
        await office.add(["02"] * 900, first=10, name="others")
        await start(office, ["00"])
        others = campaign(name="d", lists=["others"], calls_per_second=50, max_attempts=1)
        await office.apply(others)
        now = office.clock.now()
        await office.store.write(lambda unit: runs.run_campaign(unit, "d", trunks=TRUNKS, actor="test", now=now))
        poke(office)
        await after(office, 5)
        asked_at = office.clock.now()
        await press(office, ANN, "dial")
        await after(office, 30)
        (mine,) = [each for each in office.record if each.number == number(0, "00")]
        assert (mine.invited_at - asked_at).total_seconds() < 3.5 / rate
        assert len(office.record) > 25 * rate, "the others go on"

    in_office(story, start=START)


def test_a_record_is_dialed_by_itself_when_the_time_is_up_and_its_own_agent_gets_the_person() -> None:
    async def story(office: Office) -> None:
        await start(office, ["00"] * 3, team=TEAM)
        mine = await shown(office)
        await after(office, 30)
        assert {name: contact for contact, name in await dialed(office) if name} == mine
        await office.until(START + timedelta(minutes=10))
        assert Counter(str(row.attempt.disposition) for row in await attempts(office)) == {"answered_human": 3}
        await check_agents(office)

    in_office(story, start=START)


def test_an_agent_dials_a_record_before_its_time_and_is_shown_the_next_one_after_its_wrap_up() -> None:
    async def story(office: Office) -> None:
        await start(office, ["00", "00"])
        await press(office, ANN, "dial")
        assert (await dialed(office))[0][0] == 1
        assert await shown(office) == {}
        await after(office, 25)  # rings, talks, wraps up
        assert len(await dialed(office)) == 1
        await office.until(START + timedelta(minutes=3))
        assert (await attempts(office))[0].attempt.agent == ANN
        assert [contact for contact, _ in await dialed(office)] == [1, 2]

    in_office(story, start=START)


def test_a_call_that_fails_frees_the_agent_for_the_next_record() -> None:
    async def story(office: Office) -> None:
        await start(office, ["02", "00"])
        await press(office, ANN, "dial")
        await after(office, 20)
        assert await shown(office) == {ANN: 2}
        assert await states(office) == ["preview"]

    in_office(story, start=START)


def test_a_skipped_record_goes_to_another_agent_at_once_and_to_its_own_only_after_the_retry_time() -> None:
    async def story(office: Office) -> None:
        await start(office, ["02", "02"], team=[ANN], retry_after_min=30, preview={"timer_s": 3600})
        await press(office, ANN, "skip")
        assert await shown(office) == {ANN: 2}
        await press(office, ANN, "skip")
        assert (await shown(office), await states(office)) == ({}, ["ready"])
        await office.until(START + timedelta(minutes=29))
        assert await shown(office) == {}
        await office.until(START + timedelta(minutes=31))
        assert await shown(office) == {ANN: 1}

    in_office(story, start=START)


def test_a_record_that_one_agent_skips_is_shown_to_another() -> None:
    async def story(office: Office) -> None:
        await start(office, ["02", "02", "02"], team=[ANN, BOB], preview={"timer_s": 3600})
        first = (await shown(office))[ANN]
        await press(office, ANN, "skip")
        assert (await shown(office))[ANN] == 3
        await press(office, BOB, "skip")
        assert (await shown(office))[BOB] == first

    in_office(story, start=START)


def test_after_the_most_skips_there_is_no_skip_and_the_timer_dials_instead_of_skipping() -> None:
    async def story(office: Office) -> None:
        await start(office, ["02"] * 4, preview={"timer_s": 30, "on_timeout": "skip", "max_skips": 2})
        await press(office, ANN, "skip")
        await after(office, 31)  # the second one is skipped by its timer
        assert await shown(office) == {ANN: 3}
        with pytest.raises(IllegalActionError, match="the most in a run"):
            await press(office, ANN, "skip")
        assert await shown(office) == {ANN: 3}
        assert office.record == []
        await after(office, 31)
        assert [contact for contact, _ in await dialed(office)] == [3]

    in_office(story, start=START)


def test_a_number_that_is_listed_while_its_record_is_shown_is_not_dialed() -> None:
    async def story(office: Office) -> None:
        await start(office, ["00", "00"])
        now = office.clock.now()

        def forbid(unit: Unit) -> None:
            unit.dnc.add([DncEntry(list_name="global", number=number(0, "00"), source="test", added_at=now)])

        await office.store.write(forbid)
        await press(office, ANN, "dial")
        assert office.record == []
        assert await shown(office) == {ANN: 2}
        (run,) = await office.runs()
        assert await office.store.read(lambda unit: unit.runs.dispositions(run.id)) == {"do_not_call": 1}

    in_office(story, start=START)


def test_a_paused_run_takes_the_records_back_and_shows_them_again_when_it_goes_on() -> None:
    async def story(office: Office) -> None:
        await start(office, ["00", "00"])
        await steer(office, runs.pause_run)
        assert await shown(office) == {}
        await steer(office, runs.resume_run)
        assert await shown(office) == {ANN: 1}
        assert await states(office) == ["preview"]

    in_office(story, start=START)


def test_an_agent_that_loses_its_phone_before_a_record_gives_it_to_others() -> None:
    async def story(office: Office) -> None:
        await start(office, ["00", "00"], team=TEAM)
        before = await shown(office)
        (idle,) = set(TEAM) - before.keys()
        lost = min(before)
        row = await agent(office, lost)
        assert row.leg_id is not None
        office.exchange.vanish(row.leg_id)
        await after(office, 1)
        (other,) = before.keys() - {lost}
        assert await shown(office) == {idle: before[lost], other: before[other]}
        await office.until(START + timedelta(minutes=5))
        assert sorted(contact for contact, _ in await dialed(office)) == [1, 2]
        await check_agents(office)

    in_office(story, start=START)


def test_an_agent_cannot_leave_before_a_record_but_after_it() -> None:
    async def story(office: Office) -> None:
        await start(office, ["02", "02"])
        with pytest.raises(IllegalActionError, match="system busy"):
            await ask(office, ANN, "logout")
        assert await states(office) == [AgentState.PREVIEW]

    in_office(story, start=START)


def test_a_daemon_that_dies_leaves_no_record_locked() -> None:
    async def story(office: Office) -> None:
        await start(office, ["00", "00"], team=[ANN])
        assert await shown(office) == {ANN: 1}
        await office.crash()
        await office.start()
        await after(office, 40)
        assert [contact for contact, _ in await dialed(office)] == [1]

    in_office(story, start=START)


def test_people_of_a_team_are_each_dialed_once_and_the_run_ends() -> None:
    async def story(office: Office) -> None:
        await start(office, ["00", "01", "02"] * 6, team=TEAM, preview={"timer_s": 10})
        await office.until(START + timedelta(hours=1))
        counts = Counter(contact for contact, _ in await dialed(office))
        assert counts == dict.fromkeys(range(1, 19), 1)
        (run,) = await office.runs()
        assert run.state == "completed"
        await check_agents(office)

    in_office(story, start=START)


@pytest.mark.parametrize("mode", ["progressive", "power", "preview"])
def test_the_campaigns_own_limits_hold_whatever_its_agents_could_take(mode: str) -> None:
    async def story(office: Office) -> None:
        await staff(office, queue(TEAM))
        await office.add(["00"] * 6)
        await office.start()
        keys: dict[str, object] = {"preview": {"timer_s": 1}} if mode == "preview" else {}
        await office.apply(agent_campaign(mode, max_calls=2, calls_per_second=0.5, **keys))
        await steer(office, partial(runs.run_campaign, trunks=TRUNKS))
        await office.until(START + timedelta(minutes=20))
        assert len(office.record) == 6
        assert peak_calls(office.record) == 2
        invited = sorted(call.invited_at for call in office.record)
        assert min(later - earlier for earlier, later in pairwise(invited)) >= timedelta(seconds=1.9)

    in_office(story, start=START)


def test_a_record_that_waits_for_room_is_shown_to_nobody_else_however_long() -> None:
    async def story(office: Office) -> None:
        await start(office, ["50"] * 2, team=TEAM, max_calls=1, preview={"timer_s": 1})
        await after(office, 5)
        (waiting,) = before = await shown(office)
        await after(office, 400)
        assert (len(office.record), await shown(office)) == (1, before)
        ((_, talker),) = await dialed(office)
        await ask(office, str(talker), "hang_up")
        await after(office, 3)
        assert await states(office, waiting) == ["on_call"]

    in_office(story, start=START)


def test_a_record_whose_agent_is_lost_as_it_is_dialed_costs_its_contact_nothing_and_is_shown_again() -> None:
    async def story(office: Office) -> None:
        await start(office, [], preview={"timer_s": 5}, finite=False)
        await ask(office, ANN, "pause")
        await office.add(["00"])
        poke(office)
        await after(office, 1)
        (run,) = await office.runs()
        way_out = dialing.WayOut(trunk="carrier", asterisk="simulated")
        ids = iter([AttemptId("d" + "f" * 32)])
        claim = partial(dialing.claim, run_id=run.id, limit=1, way_out=way_out, new_id=lambda: next(ids))
        (claimed,) = (await office.store.write(lambda unit: claim(unit, now=office.clock.now()))).attempts
        assert office.engine is not None
        line = office.engine.runs.lines[run.id]
        office.engine._loop.place(line, claimed, office.exchange, (), office.engine.agents.reservations.lost(ANN))
        await after(office, 1)
        (lost,) = [row.attempt for row in await attempts(office)]
        assert (lost.disposition, lost.spent, lost.reason) == ("no_agent", False, "its agent has lost the phone")
        assert office.record == []
        await ask(office, ANN, "ready")
        await after(office, 300)
        assert [row.attempt.disposition for row in await attempts(office)] == ["no_agent", "answered_human"]
        await check_agents(office)

    in_office(story, start=START)
