"""What is told to whoever watches equals what the tables say, whatever becomes of the calls; and it names nobody."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping
from datetime import UTC, datetime

from dialerd.adapters import metrics
from dialerd.domain.metrics import METRICS
from dialerd.usecases import figures, runs
from tests.simulation.callcenter import agent_campaign, attempts, queue, staff
from tests.simulation.office import TRUNKS, Office, in_office

START = datetime(2026, 12, 1, 12, tzinfo=UTC)
TEAM = ("agent1001", "agent1002", "agent1003")
Told = Mapping[str, Mapping[tuple[str, ...], float]]


async def told(office: Office) -> Told:
    assert office.engine is not None
    found: dict[str, dict[tuple[str, ...], float]] = defaultdict(dict)
    for name, labels, value in [*office.engine.reading(), *await office.store.read(figures.read)]:
        assert labels not in found[name], f"{name} {labels} is told twice"
        assert len(labels) == len(METRICS[name].labels)
        found[name][labels] = value
    return found


def test_figures_equal_the_tables_while_calls_are_up_and_when_all_have_ended() -> None:
    async def story(office: Office) -> None:
        await office.start()
        await staff(office, queue(TEAM))
        spec = agent_campaign("predictive", amd=True, max_attempts=1)
        await office.add(["00", "01", "02", "03", "05", "15"] * 15)
        await office.apply(spec)
        now = office.clock.now()
        await office.store.write(lambda unit: runs.run_campaign(unit, "c", trunks=TRUNKS, actor="test", now=now))
        assert office.engine is not None
        office.engine.poke()
        seen_up = 0.0
        for minute in range(1, 12):
            await office.until(START.replace(minute=minute))
            found = await told(office)
            rows = await attempts(office)
            (run,) = await office.runs()
            is_over = run.finished_at is not None
            if is_over:
                break
            up = sum(found["dialerd_calls"].values())
            seen_up += up
            open_now = [row for row in rows if row.attempt.disposition is None]
            assert up >= len(open_now), "a call counts until its slot is free"
            assert sum(found["dialerd_agents"].values()) == len(TEAM)
            assert found["dialerd_agents_at_work"]["c",] == len(TEAM)
            assert found["dialerd_trunk_channels"]["carrier",] == up
            assert found["dialerd_run_attempts"]["c",] == len(rows)
            ended = Counter(str(row.attempt.disposition) for row in rows if row.attempt.disposition)
            assert {key[1]: n for key, n in found["dialerd_run_dispositions"].items()} == ended
            targets = {key[1]: n for key, n in found["dialerd_run_targets"].items()}
            assert targets == {
                "pending": run.pending,
                "waiting": run.waiting,
                "in_progress": run.in_progress,
                "done": run.done,
            }
            assert 0 <= found["dialerd_pacing_answer_rate"]["c",] <= 1
            assert found["dialerd_abandoned_limit"]
        assert seen_up > 0
        assert (await told(office))["dialerd_calls"] == {}
        meters = office.engine.meters
        rows = await attempts(office)
        assert meters.ended == Counter((row.attempt.trunk, str(row.attempt.disposition)) for row in rows)
        assert meters.started["carrier"] == len(office.record)
        assert meters.originate.count == len(rows)
        assert meters.to_agent.count == sum(row.attempt.connected_at is not None for row in rows) > 0
        assert 0 < meters.dial_delay.count <= len(rows)
        text = metrics.text(meters, list(office.engine.reading())).decode()
        assert not [each.number for each in office.record if each.number.lstrip("+") in text], "nobody is named"

    in_office(story, start=START)
