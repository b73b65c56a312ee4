"""Whose tone a recording has in it: the ear of the tests that say that two sides hear each other.

Not here: that the carrier makes such recordings (smokeagents.py, on a real one).
"""

from __future__ import annotations

import itertools
import math

import pytest

from tests.lab.agents import AGENTS, endpoints
from tests.lab.plan import person_hz
from tests.lab.tones import MUSIC, RATE, samples, seconds_of, share, share_heard, sorted_out
from tests.numbers import number


def ulaw(signal: list[float]) -> bytes:
    """Linear samples to u-law by looking for the nearest code there is."""
    known = {value: code for code, value in enumerate(samples(bytes(range(256))))}
    nearest: dict[int, int] = {}
    for each in {round(each) for each in signal}:
        nearest[each] = known[min(known, key=lambda value: abs(value - each))]
    return bytes(nearest[round(each)] for each in signal)


def sine(hz: float, seconds: float, amplitude: float = 8000) -> list[float]:
    return [amplitude * math.sin(2 * math.pi * hz * n / RATE) for n in range(int(RATE * seconds))]


def mixed(*signals: list[float]) -> list[float]:
    return [sum(each) for each in zip(*signals, strict=True)]


# values of ITU-T G.711, table 2a, scaled to 16 bits
@pytest.mark.parametrize(("code", "value"), [(0x00, -32124), (0x80, 32124), (0xFF, 0), (0x7F, 0), (0xEF, 132)])
def test_u_law_is_read_as_the_standard_has_it(code: int, value: int) -> None:
    assert samples(bytes([code])) == [value]


def test_a_tone_is_all_of_itself_and_nothing_of_another() -> None:
    tone = samples(ulaw(sine(680, 0.1)))
    assert share(tone, 680) > 0.98
    assert share(tone, 720) < 0.02
    assert share(samples(b"\xff" * 800), 680) == 0


def test_the_seconds_of_each_tone_in_a_talk_are_told_apart() -> None:
    talk = ulaw(sine(440, 0.5) + [0.0] * 800 + sine(1600, 1.2))
    assert seconds_of(talk, 440) == 0.5
    assert seconds_of(talk, 1600) == 1.2
    assert seconds_of(talk, 480) == 0


def test_a_tone_under_another_sound_does_not_count() -> None:
    both = ulaw(mixed(sine(440, 1), sine(1600, 1)))
    assert seconds_of(both, 440) == seconds_of(both, 1600) == 0


def test_music_is_known_by_its_two_notes_together() -> None:
    music = ulaw(mixed(sine(MUSIC[0], 1, 80), sine(MUSIC[1], 1, 80)))
    assert seconds_of(music, *MUSIC) == 1
    assert seconds_of(music, MUSIC[0]) == 0


def test_every_agent_and_forty_people_have_tones_that_nobody_else_has() -> None:
    agents = [agent.hz for agent in AGENTS.values()]
    people = [person_hz(number(index, "50")) for index in range(40)]
    tones = sorted([*MUSIC, *agents, *people])
    assert len(tones) == 2 + 26 + 40
    assert min(later - earlier for earlier, later in itertools.pairwise(tones)) >= 40
    assert tones[-1] < 3400, "a telephone carries no more"


def test_only_a_phone_that_has_registered_has_an_address() -> None:
    sections = endpoints(15061)
    assert "[agent1001](agent-aor)\ncontact = sip:agent1001@127.0.0.1:15061" in sections
    assert sections.count("contact = ") == sum(agent.has_contact for agent in AGENTS.values()) == 25


def test_tones_one_after_the_other_are_told_apart_in_one_pass_and_music_is_none_of_them() -> None:
    agents, persons = [agent.hz for agent in AGENTS.values()], [person_hz(number(n, "50")) for n in range(40)]
    parts = [*sine(persons[3], 0.7), *sine(agents[0], 0.4), *sine(persons[4], 1.1), *sine(persons[3], 0.3)]
    music = [a + b for a, b in zip(*(sine(hz, 0.5, 3000) for hz in MUSIC), strict=True)]
    heard = sorted_out(ulaw([*parts, *music, *([0.0] * RATE)]), [*agents, *persons])
    assert heard == {persons[3]: 1.0, agents[0]: 0.4, persons[4]: 1.1}


def test_a_clip_is_known_by_its_very_bytes_wherever_it_begins_and_silence_is_none_of_it() -> None:
    clip = ulaw([*sine(300, 0.4), *sine(700, 0.4)]) + b"\x7f" * RATE
    silence, other = b"\xff" * RATE, ulaw(sine(310, 0.8))
    assert share_heard(silence[:777] + clip + silence, clip) == 1.0
    assert share_heard(silence + clip[: len(clip) // 4], clip) > 0.5
    assert share_heard(silence + clip[: int(0.4 * RATE)] + silence, clip) == 0.5
    assert share_heard(silence + other, clip) == 0.0
