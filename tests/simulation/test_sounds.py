"""A run whose people would hear silence is not begun: it is held, with the reason, until the sounds are there.

Not here: asking a real Asterisk (tests/adapters/ari), what a sound that fails in a call does (test_flows.py).
"""

from __future__ import annotations

from collections.abc import Collection, Mapping

import pytest

from dialerd.domain.soundcheck import lacking
from dialerd.domain.words import RunState
from dialerd.simulate.premises import Premises
from tests.simulation.office import Office, in_office
from tests.simulation.test_agents import at
from tests.simulation.test_flows import Pressers, presses, start
from tests.simulation.world import START

BOTH = """
name = "survey"
start = "hello"

[language]
sounds = { es = "es_MX" }

[node.hello]
do = "play"
say = ["hello", "/own/path", { number = "42" }]
next = "bye"

[node.bye]
do = "hangup"
"""


@pytest.mark.parametrize(
    ("index", "said"),
    [
        ({"hello": ["en"]}, "Asterisk simulated has no sound hello in es_MX: put it into the"),
        ({}, "Asterisk simulated has no sound hello in en, hello in es_MX: put it into the"),
    ],
)
def test_a_run_is_held_until_its_sounds_are_there(index: dict[str, list[str]], said: str) -> None:
    async def story(office: Office) -> None:
        known = dict(index)
        office.exchange.furnish(Premises(index=known))
        await start(office, 1, text=BOTH)
        await office.until(at(60))
        assert len(office.record) == 0
        (run,) = await office.runs()
        assert run.held.startswith(said)
        known["hello"] = ["en", "es"]  # as a folder es serves es_MX
        await office.until(at(90))
        (run,) = await office.runs()
        assert (run.state, run.held, len(office.record)) == (RunState.COMPLETED, "", 1)

    in_office(story, start=START, callees=Pressers(presses("")))


def test_an_asterisk_that_does_not_tell_is_dialed_on() -> None:
    async def story(office: Office) -> None:
        office.exchange.furnish(Premises(index=None))
        await start(office, 1, text=BOTH)
        await office.until(at(60))
        assert len(office.record) == 1

    in_office(story, start=START, callees=Pressers(presses("")))


def test_a_look_at_the_sounds_that_is_lost_with_the_connection_holds_nothing_for_long(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async def story(office: Office) -> None:
        office.exchange.furnish(Premises(index={"hello": ["en", "es"]}))
        sounds, looks = office.exchange.sounds, [10.0]

        async def lost_at_first() -> Mapping[str, Collection[str]] | None:
            if looks:
                office.exchange.cut(looks.pop())
            return await sounds()

        monkeypatch.setattr(office.exchange, "sounds", lost_at_first)
        await start(office, 1, text=BOTH)
        await office.until(at(60))
        assert (looks, len(office.record)) == ([], 1)

    in_office(story, start=START, callees=Pressers(presses("")))


@pytest.mark.parametrize(
    ("known", "wanted", "said"),
    [
        ({"a": ["en"]}, {"": ["a"]}, []),
        ({"a": []}, {"": ["a"]}, ["a"]),
        ({"a": ["en"]}, {"en": ["a"], "es": ["a"]}, ["a in es"]),
        ({"a": ["es"]}, {"es_MX": ["a"]}, []),
        ({"a": ["es_MX"]}, {"es": ["a"]}, ["a in es"]),
        ({"shop/a": ["en"]}, {"en": ["shop/a"]}, []),
        ({"a": ["shop"]}, {"es": ["shop/a"]}, []),
        ({"a": ["en", ""]}, {"es": ["a"]}, []),
        ({}, {"en": ["/var/sounds/a"]}, []),
    ],
)
def test_what_is_lacking_is_told_by_language(
    known: dict[str, list[str]], wanted: dict[str, list[str]], said: list[str]
) -> None:
    assert lacking(known, wanted) == said
