"""The replay of detection against the real AMD(): the same verdict and the same cause for what it hears over a trunk,
and for what a campaign's calls have heard.

Not here: cases worked out by hand (tests/domain/test_amdreplay.py).
"""

from __future__ import annotations

import json
import random
import re
import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from dialerd.adapters.files.telephonesound import levels_of
from dialerd.domain.amdreplay import DEFAULTS, SHIPPED, Parameters, replay
from tests.asterisk.dialer import Dialer, until
from tests.lab import Lab
from tests.numbers import number

pytestmark = [pytest.mark.asterisk, pytest.mark.takes(60)]

SETS = (DEFAULTS, SHIPPED, replace(SHIPPED, greeting=1500, total_analysis_time=2500, max_word_length=600))
_AT_ONCE = 10  # few enough that a busy machine still gives every call its frames in time
_TRIES = 4
_SECONDS = 7.0
_CODES = (0xFF, 0xF0, 0xE0, 0xD8, 0xD0, 0xC8, 0xC0, 0xB8, 0xB0)  # u-law of either sign from nothing to loud


def made(seed: int) -> bytes:
    """Words and pauses that begin and end anywhere within frames, some about as loud as the thresholds."""
    dice, sound = random.Random(seed), b""
    while len(sound) < _SECONDS * 8000:
        word = dice.choice(_CODES[3:])
        sound += bytes([_CODES[0]]) * dice.randint(100, 9000 if not sound else 4000)
        sound += bytes([word, word & 0x7F]) * dice.randint(200, 4500)
    return sound


@pytest.fixture(scope="module")
def clips(lab: Lab) -> Iterator[dict[str, Path]]:
    """Number to file: the lab's own clips, and made ones."""
    folder = lab.root / "sounds" / f"amd-{lab.name}"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    own = [each for each in sorted(lab.root.glob("sounds/*.ulaw")) if each.stat().st_size > 4000][:24]
    found = {}
    for index, sound in enumerate([*(each.read_bytes() for each in own), *(made(seed) for seed in range(16))]):
        file = folder / f"{index:03}.ulaw"
        quiet = bytes([0xFF]) * int(_SECONDS * 8000)  # beyond the clip the line is silent
        file.write_bytes((sound + quiet)[: int(_SECONDS * 8000)])
        found[f"{index:03}"] = file
    yield found
    lab.cli("pbx", "module unload res_clioriginate.so")
    shutil.rmtree(folder, ignore_errors=True)


def prepare(lab: Lab) -> None:
    """The carrier plays clip NNN to whoever calls 7700NNN; the pbx has AMD() listen with the set of the first digit."""
    for step in ("1,Answer(,i)", f"2,Playback(/sounds/amd-{lab.name}/${{EXTEN:-3}})", "3,Hangup()"):
        lab.cli("carrier", f"dialplan add extension _7700XXX,{step} into from-pbx replace")
    lab.cli("pbx", "module load res_clioriginate.so")
    for index, parameters in enumerate(SETS):
        heard = "2,Set(GLOBAL(SAID${EXTEN})=${AMDSTATUS}/${AMDCAUSE})"  # a space would end the command's argument
        for step in (f"1,AMD({parameters})", heard, "3,Hangup()"):
            lab.cli("pbx", f"dialplan add extension _{index}XXX,{step} into amd-test replace")


def said(lab: Lab) -> dict[str, str]:
    found = re.findall(r"SAID(\d{4})=(\w+)/(\S+)", lab.cli("pbx", "dialplan show globals"))
    return {each: f"{status} {cause}" for each, status, cause in found}


def ask(lab: Lab, wanted: list[str]) -> dict[str, str]:
    """Let AMD() hear each, a few at once: set and clip to status and cause."""
    for at in range(0, len(wanted), _AT_ONCE):
        part = wanted[at : at + _AT_ONCE]
        for each in part:
            lab.cli("pbx", f"dialplan set global SAID{each} none")
            lab.cli("pbx", f"channel originate PJSIP/7700{each[1:]}@carrier extension {each}@amd-test")
        until(lambda part=part: set(part) <= set(said(lab)), limit_s=120, what="the verdicts")  # type: ignore[misc]
    found = said(lab)
    return {each: found[each] for each in wanted}


def told(text: str) -> str:
    """Without the ms after which AMD() gave up: its own clock or its frames say so, whichever is the first."""
    return re.sub(r"TOOLONG-\d+", "TOOLONG", text)


def replayed(file: Path, parameters: Parameters) -> list[str]:
    """What is said of the whole of it, then without its first frame and its second: a line may lose those."""
    levels = levels_of(file, seconds=_SECONDS)
    found = [replay(levels[lost:], parameters) for lost in range(3)]
    return [told(f"{each.status} {each.cause}") for each in found]


def test_a_replay_says_what_the_real_amd_says(lab: Lab, clips: dict[str, Path]) -> None:
    prepare(lab)
    whole = {
        f"{index}{clip}": replayed(file, parameters)
        for index, parameters in enumerate(SETS)
        for clip, file in clips.items()
    }
    expected = {each: first for each, (first, *others) in whole.items() if {first} >= set(others)}
    assert len(expected) > len(whole) - 4, "where a single frame decides, nothing can be expected: of a few at most"
    kinds = {each.split("-")[0] for each in expected.values()}
    assert {"HUMAN HUMAN", "MACHINE INITIALSILENCE", "MACHINE LONGGREETING", "MACHINE MAXWORDS"} < kinds
    assert {"MACHINE MAXWORDLENGTH", "NOTSURE TOOLONG"} < kinds
    wrong, differed = dict(expected), {}
    for _ in range(_TRIES):  # a frame that comes too late on a busy machine is the machine's fault, and is heard again
        heard = ask(lab, list(wrong))
        differed = {each: (told(text), expected[each]) for each, text in heard.items() if told(text) != expected[each]}
        print(f"{len(wrong)} heard, {len(differed)} differ: {list(differed.items())[:5]}")
        wrong = {each: expected[each] for each in differed}
        if not wrong:
            break
    assert differed == {}, "set and clip: the real AMD(), the replay"


def test_what_a_campaigns_calls_heard_is_kept_and_gives_the_verdicts_that_they_had(lab: Lab, dialer: Dialer) -> None:
    """Wrong ones are the busy machine's: not as many in each of some runs."""
    folder, kinds = lab.pbx.folder / "spool/recording/amd", ("00", "01", "09", "20", "21", "17")
    for module in ("app_mixmonitor.so", "func_rand.so"):
        lab.cli("pbx", f"module load {module}")
    lab.cli("pbx", "dialplan set global DIALERD_AMD_RECORD 100")
    dialer.start()
    try:
        for n in range(_TRIES):
            shutil.rmtree(folder, ignore_errors=True)
            dialer.campaign(f"c{n}", [number(10 * n + m, kind) for m, kind in enumerate(kinds)], max_calls=3)
            dialer.cli("campaign", "run", f"c{n}")
            until(lambda n=n: dialer.status(f"c{n}")["state"] == "completed", limit_s=120, what="the calls")  # type: ignore[misc]
            (found,) = json.loads(dialer.cli("amd", "check", str(folder), "--json"))
            print(found)
            assert (found["asterisk"], found["checked"]) == ("pbx1", len(kinds))
            if found["agrees"] == len(kinds):
                break
        assert found["agrees"] == len(kinds)
    finally:
        lab.cli("pbx", 'dialplan set global DIALERD_AMD_RECORD ""')
