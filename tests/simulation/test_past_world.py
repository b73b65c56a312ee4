"""What a forecast takes from a campaign's own past: the keys that people pressed at each node, and where they left."""

from __future__ import annotations

from dataclasses import replace

import pytest

from dialerd.domain.habits import USUAL, Habits, check_habits
from dialerd.domain.rates import Rates
from dialerd.simulate.callees import Behaviour
from dialerd.simulate.forecast import play
from dialerd.usecases.forecasting import past_world, subject_of
from tests.numbers import number
from tests.simulation.office import HOUR, Office, in_office
from tests.simulation.test_flows import start
from tests.simulation.test_forecast_flows import scene
from tests.simulation.world import START

PEOPLE = 200


class Public:
    """Implements callees.Callees: half of them press 1, a quarter leave in the first prompt, the rest does nothing."""

    def __init__(self) -> None:
        self._kinds = {number(n, "00"): n % 4 for n in range(PEOPLE)}

    def behaviour(self, called: str) -> Behaviour:
        kind = self._kinds[called]
        stays = Behaviour(ring_s=1.0, leaves_s=120.0, talk_s=15.0)
        if kind == 3:
            return stays
        return replace(stays, leaves_s=2.0) if kind == 2 else replace(stays, presses=((2.0, "1"),))


def test_a_forecast_of_the_past_has_people_press_and_leave_as_they_did() -> None:
    worlds: list[tuple[Rates, Habits]] = []

    async def story(office: Office) -> None:
        await start(office, PEOPLE, max_calls=50, calls_per_second=20)
        await office.until(START + HOUR)
        usual = Rates(), USUAL
        rates, habits = await office.store.read(lambda unit: past_world(unit, "c", zone="UTC", otherwise=usual))
        subject = await office.store.read(lambda unit: subject_of(unit, "c", now=START))
        assert subject.flow is not None
        check_habits(habits, subject.flow)
        assert rates.answered == (1.0,) * 24
        menu = habits.at("menu")
        assert menu.press["1"] == pytest.approx(0.5)
        assert set(menu.press.values()) == {0.5, 0.0}
        assert menu.hangup == pytest.approx(0.25)
        assert habits.at("agent") == USUAL.at("agent"), "nobody came there"
        worlds.append((rates, habits))

    in_office(story, start=START, callees=Public())
    ((rates, habits),) = worlds
    again = play(replace(scene({}, people=200), rates=rates, habits=habits), 1)
    assert again.findings["nodes", "menu", "1"] == pytest.approx(0.5, abs=0.12)
    assert again.findings["nodes", "menu", "hangup"] == pytest.approx(0.25, abs=0.12)
