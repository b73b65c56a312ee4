"""What seeds have found, written down by hand: the story that it takes, and nothing else.

Not here: seeds (test_seeds.py). What a full disk did to notes is in tests/adapters/sqlite/test_writer.py.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest

from dialerd.simulate.faults import Faults
from tests.faults.drawn import Drawn, Happening, Person
from tests.faults.play import play_drawn

_KEYS: Mapping[str, Any] = {"max_ring_s": 20, "max_attempts": 1, "amd": False}


def story(
    mode: str, endings: str, *happenings: tuple[float, str, float, float], agents: int = 1, **keys: object
) -> Drawn:
    return Drawn(
        seed=1,
        mode=mode,
        people=tuple(Person(ending=ending, keys="") for ending in endings.split()),
        keys={**_KEYS, **keys},
        queue={"legs": "kept", "wrap_up_s": 0},
        agents=0 if mode == "agentless" else agents,
        blended=False,
        faults=Faults(),
        commit_s=0.0,
        refresh_s=2.0,
        happenings=tuple(Happening(at_s=at, kind=kind, lasts_s=lasts, by=by) for at, kind, lasts, by in happenings),
        calm_s=max(at + lasts for at, _, lasts, _ in happenings) + 5.0,
    )


def test_a_daemon_that_cannot_show_a_record_for_want_of_room_on_the_disk_does_not_try_without_a_pause() -> None:
    verdict = play_drawn(story("preview", "31 31 31", (2.0, "full", 10.0, 0.0), preview={"timer_s": 2}))
    assert verdict.broken == ()
    assert verdict.calls == 3


def test_a_phone_rings_its_least_time_by_no_clock_that_can_be_set() -> None:
    verdict = play_drawn(story("agentless", "03", (2.0, "jump", 0.0, 0.95), (4.0, "terminate", 0.0, 0.0)))
    assert verdict.broken == ()
    assert verdict.calls == 1


def test_a_clock_that_is_set_while_no_daemon_is_there_shortens_no_ringing() -> None:
    happenings = (5.0, "kill", 3.0, 0.0), (6.0, "jump", 0.0, 0.95)
    verdict = play_drawn(story("agentless", "03", *happenings))
    assert verdict.broken == ()
    assert verdict.calls == 1


def test_a_person_whose_agent_was_never_written_down_is_given_no_other_one_while_the_first_is_known_again() -> None:
    """agent1001 is kept for two whose phones ring, agent1002 talks, and the daemon dies before the disk has room."""
    happenings = (6.0, "full", 6.0, 0.0), (11.0, "kill", 2.0, 0.0)
    verdict = play_drawn(story("power", "03 03 06", *happenings, agents=2))
    assert verdict.broken == ()
    assert verdict.calls == 3


@pytest.mark.parametrize(("mode", "at_s"), [("agentless", 2.2), ("preview", 4.7), ("progressive", 2.5)])
def test_what_was_claimed_for_an_exchange_that_has_begun_anew_meanwhile_waits_until_it_is_looked_at(
    mode: str, at_s: float
) -> None:
    """The daemon is stopped while it writes a claim down; as it goes on it hears of both at one moment."""
    happenings = (at_s, "stop", 10.0, 0.99), (at_s + 2.0, "restart", 3.0, 0.658)
    keys: dict[str, Any] = {"preview": {"timer_s": 2}} if mode == "preview" else {}
    drawn = story(mode, "05 05", *happenings, **keys)
    verdict = play_drawn(replace(drawn, commit_s=0.5))
    assert verdict.broken == ()
    assert verdict.calls == 2


def test_a_strategy_that_is_paused_as_somebody_falls_due_does_not_look_again_without_end() -> None:
    """The pause is written while it is looked who has waited long enough, and is heard of before that is answered."""
    hours = {"timezone": "UTC", "mon-sun": ["00:00-15:01", "15:04-24:00"]}
    keys: dict[str, Any] = {"max_ring_s": 16, "amd": True, "order": "random", "max_calls": 2, "calls_per_second": 1}
    drawn = story("strategy", "11 11 00 03", (78.9, "hold run", 0.0, 0.0), agents=2, hours=hours, **keys)
    verdict = play_drawn(replace(drawn, seed=62110, commit_s=0.5, refresh_s=5.0))
    assert verdict.broken == ()
