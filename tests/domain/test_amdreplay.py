"""The replay of AMD() against cases worked out by hand from app_amd.c, and the choice of parameters by it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dialerd.domain.amdchart import as_svg, as_text
from dialerd.domain.amdreplay import DEFAULTS, SHIPPED, Parameters, Replayed, as_amd_conf, read_parameters, replay
from dialerd.domain.amdtuning import Heard, grid, try_on, tune
from dialerd.domain.errors import BadInputError

LOUD, QUIET = 2000, 10
CONF = Path(__file__).parents[2] / "asterisk-conf/extensions_dialerd.conf"


def sound(*spans: tuple[int, int]) -> list[int]:
    """Frames of (level, ms) after each other."""
    return [level for level, ms in spans for _ in range(ms // 20)]


# Asterisk's defaults: 2500 ms at the start, 1500 ms of greeting, 800 ms after it, words of 100 ms, pauses of 50 ms.
SAID: dict[str, tuple[Sequence[int], Replayed]] = {
    "one word": (
        sound((QUIET, 400), (LOUD, 600), (QUIET, 2000)),
        Replayed("HUMAN", "HUMAN-800-800", 1800),
    ),
    "nothing": (sound((QUIET, 9000)), Replayed("MACHINE", "INITIALSILENCE-2500-2500", 2500)),
    "a click is no word": (
        sound((QUIET, 400), (LOUD, 80), (QUIET, 9000)),
        Replayed("MACHINE", "INITIALSILENCE-2500-2500", 2980),
    ),
    "a long sentence": (sound((LOUD, 4000)), Replayed("MACHINE", "LONGGREETING-1500-1500", 1500)),
    "three words, where the first needs a pause before it": (
        sound((QUIET, 60), *((LOUD, 200), (QUIET, 60)) * 4),
        Replayed("MACHINE", "MAXWORDS-3-2", 60 + 2 * 260 + 100),
    ),
    "a pause of 40 ms parts no words": (
        sound(*((LOUD, 100), (QUIET, 40)) * 9, (QUIET, 2000)),
        Replayed("HUMAN", "HUMAN-800-800", 9 * 140 - 40 + 800),
    ),
    "words below the threshold": (sound((255, 9000)), Replayed("MACHINE", "INITIALSILENCE-2500-2500", 2500)),
    "words at the threshold": (sound((256, 9000)), Replayed("MACHINE", "LONGGREETING-1500-1500", 1500)),
    "undecided": (
        sound(*((LOUD, 80), (QUIET, 240)) * 30),
        Replayed("NOTSURE", "TOOLONG-5000", 5000),
    ),
    "too short": (sound((QUIET, 400), (LOUD, 600)), Replayed("NOTSURE", "ENDED", 1000)),
}


@pytest.mark.parametrize("name", SAID)
def test_a_replay_says_what_the_source_of_asterisk_says(name: str) -> None:
    levels, said = SAID[name]
    assert replay(levels, DEFAULTS) == said


def test_one_long_word_is_told_as_such_where_its_limit_comes_first() -> None:
    given_ = replace(DEFAULTS, max_word_length=600)
    assert replay(sound((LOUD, 2000)), given_) == Replayed("MACHINE", "MAXWORDLENGTH-600", 600)


_LEVELS = st.lists(st.sampled_from([0, 200, 300, 500, 3000]), max_size=300)


@given(_LEVELS, st.sampled_from([DEFAULTS, SHIPPED, replace(DEFAULTS, max_word_length=400)]))
def test_a_verdict_does_not_depend_on_what_comes_after_it(levels: list[int], parameters: Parameters) -> None:
    said = replay(levels, parameters)
    if said.cause != "ENDED":
        frames = said.after_ms // 20
        assert replay([*levels[:frames], *[9999] * 50], parameters) == said
        assert replay(levels[: frames - 1], parameters).cause == "ENDED"


def test_parameters_are_read_as_amd_takes_them_and_written_for_both_places() -> None:
    assert read_parameters(str(SHIPPED)) == SHIPPED
    assert read_parameters("") == DEFAULTS
    assert read_parameters(",,900") == replace(DEFAULTS, after_greeting_silence=900)
    for wrong in ("1,2,3,4,5,6,7,8,9,beep", "2000,x", "-5", "2000,1e9"):
        with pytest.raises(BadInputError):
            read_parameters(wrong)
    assert list(as_amd_conf(SHIPPED))[:3] == ["[general]", "initial_silence = 2000", "greeting = 2200"]
    names = {each.split(" = ")[0] for each in as_amd_conf(SHIPPED)}
    assert {"maximum_number_of_words", "silence_threshold", "maximum_word_length"} < names


def test_the_shipped_parameters_are_those_of_the_dialplan() -> None:
    (found,) = re.findall(r"^DIALERD_AMD=(.*)$", CONF.read_text(), re.MULTILINE)
    assert read_parameters(found) == SHIPPED


# Three people, the last one talkative; three machines, the last one brief.
HEARD = (
    Heard("p1", False, sound((QUIET, 300), (LOUD, 500), (QUIET, 6000))),
    Heard("p2", False, sound((QUIET, 900), (LOUD, 800), (QUIET, 6000))),
    Heard("p3", False, sound((LOUD, 1800), (QUIET, 6000))),
    Heard("m1", True, sound((QUIET, 500), (LOUD, 6000))),
    Heard("m2", True, sound((QUIET, 500), *((LOUD, 400), (QUIET, 150)) * 12)),
    Heard("m3", True, sound((QUIET, 500), (LOUD, 1700), (QUIET, 6000))),
)


def test_trials_count_people_lost_machines_missed_and_the_time_to_a_verdict() -> None:
    trial = try_on(HEARD, DEFAULTS)
    assert (trial.people, trial.machines, trial.people_lost, trial.machines_missed) == (3, 3, 1, 0)
    assert (trial.to_person_s, trial.to_machine_s) == (1.6, 2.0)
    trial = try_on(HEARD, SHIPPED)
    assert (trial.people_lost, trial.machines_missed, trial.unsure) == (0, 1, 0)


def test_what_is_suggested_follows_from_the_price_of_a_person() -> None:
    tries = [DEFAULTS, SHIPPED, replace(SHIPPED, greeting=5000, max_words=99)]
    dear = tune(HEARD, now=DEFAULTS, weight=3.0, tries=tries)
    cheap = tune(HEARD, now=DEFAULTS, weight=0.5, tries=tries)
    assert (dear.suggested.parameters, cheap.suggested.parameters) == (SHIPPED, DEFAULTS)
    assert [each.parameters for each in dear.best] == [SHIPPED, DEFAULTS], "the third is beaten by the second"
    lost = [each.people_lost for each in dear.best]
    assert lost == sorted(lost)


def test_what_is_in_use_stays_where_nothing_is_better() -> None:
    odd = replace(SHIPPED, total_analysis_time=4980)
    assert tune(HEARD[:2], now=odd, weight=3.0, tries=[SHIPPED, DEFAULTS]).suggested.parameters == odd


def test_the_grid_keeps_the_longest_times_in_use_and_has_the_shipped_parameters() -> None:
    tried = list(grid(replace(SHIPPED, total_analysis_time=4000)))
    assert {each.total_analysis_time for each in tried} == {4000}
    assert len(set(tried)) == len(tried) > 1000
    assert SHIPPED in set(grid(SHIPPED))


def test_the_drawings_show_what_is_in_use_and_what_is_suggested() -> None:
    found = tune(HEARD, now=DEFAULTS, weight=3.0, tries=[DEFAULTS, SHIPPED])
    text = "\n".join(as_text(found))
    drawing, legend = text.rsplit("\n", 1)
    assert drawing.count("N") == 1 and drawing.count("S") == 1
    assert legend.strip() == "o unbeaten   N in use now   S suggested"
    svg = as_svg(found)
    assert svg.startswith("<svg ") and svg.count("<circle") == 4
    assert f"{SHIPPED}: people lost 0.0%, machines missed 33.3%" in svg
    blank = tune(HEARD[:2], now=SHIPPED, weight=3.0, tries=[SHIPPED])
    assert "N" not in "".join(as_text(blank)).replace("N in use", "") or "S" in "".join(as_text(blank))
