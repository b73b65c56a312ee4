"""People who answer are led through a flow on the real Asterisk: each way ends as it says, with an agent where it does.

Not here: the steps (domain/flow, domain/call), faults (tests/simulation/test_flows.py).
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest

from tests.asterisk.dialer import Dialer, nothing_left, until
from tests.lab import Lab
from tests.lab.agents import AGENTS
from tests.lab.plan import person_hz
from tests.lab.record import by_number
from tests.lab.tones import MUSIC, seconds_of
from tests.numbers import number

pytestmark = pytest.mark.asterisk

ANN = "agent1001"
ONE, NINE, TWO, CODE, SILENT, EARLY = (number(n, end) for n, end in enumerate(("12", "13", "26", "27", "40", "33")))
MESSAGE_S = 3.0

SURVEY = """
name = "survey"
start = "menu"

[node.menu]
do = "menu"
say = ["/sounds/message", "/sounds/message", { number = "42" }, "/sounds/message"]
keys = { 1 = "accept", 2 = "tape", 4 = "code", 9 = "optout" }
answer = "choice"
tries = 1
timeout_s = 2
on_timeout = "voice"

[node.accept]
do = "set"
attributes = { choice = "{{ choice }}" }
disposition = "accepted"
next = "bye"

[node.code]
do = "collect"
say = "/sounds/message"
answer = "code"
min = 3
next = "keep"
on_fail = "bye"

[node.keep]
do = "set"
attributes = { code = "{{ code }}" }
disposition = "coded"
next = "bye"

[node.tape]
do = "record_call"
next = "agent"

[node.agent]
do = "transfer"
queue = "sales"
on_no_agent = "bye"

[node.voice]
do = "record"
say = "/sounds/message"
max_s = 3
silence_s = 0
answer = "said"
next = "heard"
on_fail = "bye"

[node.heard]
do = "set"
attributes = { said = "{{ said }}" }
next = "bye"

[node.optout]
do = "dnc"
next = "bye"

[node.bye]
do = "hangup"
"""
SET = 'name = "outcomes"\n[[disposition]]\ncode = "accepted"\npositive = true\n[[disposition]]\ncode = "coded"\n'


def apply(dialer: Dialer, noun: str, name: str, text: str) -> None:
    (dialer.home / name).write_text(text)
    dialer.cli(noun, "apply", str(dialer.home / name))


def call(dialer: Dialer, numbers: Iterable[str], flow: str, **keys: object) -> dict[str, dict[str, str]]:
    """Run a campaign with that flow to its end; its attempts by number."""
    dialer.campaign("c", numbers, amd=False, flow=flow, max_calls=10, calls_per_second=10, on_human=None, **keys)
    dialer.cli("campaign", "run", "c")
    until(lambda: dialer.status("c")["state"] == "completed", limit_s=120, what="the campaign")
    return {row["number"]: row for row in dialer.export("c")}


def attributes(dialer: Dialer, called: str) -> dict[str, str]:
    (found,) = json.loads(dialer.cli("contact", "find", called, "--json"))
    given: dict[str, str] = found["attributes"]
    return given


@pytest.mark.takes(21)
def test_keys_silence_and_leaving_early_each_end_as_the_flow_says(lab: Lab, dialer: Dialer) -> None:
    mark = lab.mark()
    dialer.start()
    dialer.staff("sales", [ANN], wrap_up_s=1)
    until(lambda: set(dialer.agents().values()) == {"ready"}, limit_s=60, what="the agent ready")
    apply(dialer, "disposition", "outcomes.toml", SET)
    apply(dialer, "flow", "survey.toml", SURVEY)
    assert "has no sound" not in dialer.cli("flow", "check", str(dialer.home / "survey.toml"), "--asterisk")
    rows = call(dialer, [ONE, NINE, TWO, CODE, SILENT, EARLY], "survey", dispositions="outcomes")
    assert {each: row["disposition"] for each, row in rows.items()} == {
        ONE: "accepted",
        NINE: "answered_human",
        TWO: "answered_human",
        CODE: "coded",
        SILENT: "answered_human",
        EARLY: "customer_hangup",
    }
    assert attributes(dialer, ONE) == {"choice": "1"}
    assert attributes(dialer, CODE) == {"code": "711"}, "4 is the menu's, 711# is the answer, over the prompt"
    assert attributes(dialer, SILENT) == {"said": "voice-2"}
    assert "opt-out" in dialer.cli("dnc", "check", NINE)
    assert float(rows[CODE]["talk_s"]) < 2 * MESSAGE_S, "nobody had to hear the prompts to their ends"
    assert rows[TWO]["agent"] == ANN

    def recorded() -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = json.loads(dialer.cli("recording", "list", "--json"))
        return found

    until(lambda: all(row["duration_s"] is not None for row in recorded()), limit_s=30, what="the recordings' ends")
    kept = {row["number"]: row for row in recorded()}
    assert set(kept) == {TWO, SILENT}, "one whose flow says so, and what one was asked to say"
    assert (kept[TWO]["asked_by"], kept[TWO]["trouble"], kept[TWO]["duration_s"] >= 3) == ("flow", "", True)
    assert dialer.stop() == 0
    nothing_left(lab)
    calls = by_number(lab.record(since=mark))
    assert {len(calls[each]) for each in rows} == {1}, "nobody was called twice"
    (person,), legs = calls[TWO], calls[ANN]
    assert seconds_of(lab.heard(person), AGENTS[ANN].hz) > 3, "the person heard the agent"
    assert max(seconds_of(lab.heard(leg), person_hz(TWO)) for leg in legs) > 3, "the agent heard the person"


SPOKEN = """
name = "spoken"
start = "hello"
[node.hello]
do = "play"
say = { text = "Your number is {{ number }}" }
next = "bye"
[node.bye]
do = "hangup"
disposition = "answered_human"
"""
SPEAK = """#!/bin/sh
chroot {root} espeak-ng -v "$1" --stdin --stdout | chroot {root} sox -t wav - -r 8000 -c 1 -b 16 -t wav - > "$2"
"""


def test_a_text_is_spoken_by_the_admins_command_and_heard(lab: Lab, dialer: Dialer) -> None:
    root = lab.root
    same = root / root.relative_to("/")  # the path of the root within itself, so that both sides name a file alike
    same.parent.mkdir(parents=True, exist_ok=True)
    if not same.is_symlink():
        same.symlink_to("/")
    speaker = dialer.home / "speak"
    speaker.write_text(SPEAK.format(root=root))
    speaker.chmod(0o755)
    folder = root / "sounds" / f"speech-{dialer.home.name}"
    tts = {"command": [str(speaker), "{voice}", "{file}"], "folder": str(folder), "voice": "en-us"}
    lines = [f"{key} = {json.dumps(value)}" for key, value in tts.items()]
    dialer.config.write_text("\n".join([dialer.config.read_text(), "[tts]", *lines, ""]))
    dialer.start()
    apply(dialer, "flow", "spoken.toml", SPOKEN)
    rows = call(dialer, [SILENT], "spoken")
    assert rows[SILENT]["disposition"] == "answered_human", dialer.log()
    (made,) = folder.iterdir()
    assert float(rows[SILENT]["talk_s"]) > _length_s(made) - 0.5 > 2, "it was played to its end"
    made.unlink()
    folder.rmdir()


def _length_s(made: Path) -> float:
    return made.stat().st_size / 16000


TALKER, WAITER, ENDED, BUSY = number(7, "26"), number(8, "26"), number(9, "12"), number(10, "13")
SHOP, SLOW, LEAVES, FULL = number(11, "50"), number(12, "06"), number(13, "55"), number(14, "02")
AWAY = f"""
name = "away"
start = "menu"

[node.menu]
do = "menu"
say = "/sounds/message"
keys = {{ 1 = "leaves", 2 = "which", 9 = "full" }}
timeout_s = 10
on_timeout = "bye"

[node.which]
do = "branch"
rules = [{{ when = "number = '{WAITER}'", next = "slow" }}]
otherwise = "shop"

[node.shop]
do = "transfer"
number = "{SHOP}"
on_no_agent = "missed"

[node.slow]
do = "transfer"
number = "{SLOW}"
on_no_agent = "missed"

[node.leaves]
do = "transfer"
number = "{LEAVES}"
on_no_agent = "missed"

[node.full]
do = "transfer"
number = "{FULL}"
on_no_agent = "missed"

[node.missed]
do = "set"
attributes = {{ missed = "yes" }}
next = "bye"

[node.bye]
do = "hangup"
"""


def test_people_are_brought_to_numbers_by_a_second_leg_which_ends_with_them_and_they_with_it(
    lab: Lab, dialer: Dialer
) -> None:
    mark = lab.mark()
    dialer.config.write_text(dialer.config.read_text() + '\n[transfer]\nprefixes = ["+1212"]\n')
    dialer.start()
    apply(dialer, "flow", "away.toml", AWAY)
    rows = call(dialer, [TALKER, WAITER, ENDED, BUSY], "away")
    assert {each: (row["disposition"], row["agent"]) for each, row in rows.items()} == {
        TALKER: ("answered_human", f"tel:{SHOP}"),
        WAITER: ("answered_human", f"tel:{SLOW}"),
        ENDED: ("agent_hangup", f"tel:{LEAVES}"),
        BUSY: ("answered_human", ""),
    }, dialer.log()
    assert attributes(dialer, BUSY) == {"missed": "yes"}
    assert dialer.stop() == 0
    until(lambda: "0 active channels" in lab.cli("pbx", "core show channels count"), limit_s=5, what="no channel left")
    calls = by_number(lab.record(since=mark))
    assert {len(calls[each]) for each in (*rows, SHOP, SLOW, LEAVES, FULL)} == {1}
    (talker,), (shop,), (waiter,) = calls[TALKER], calls[SHOP], calls[WAITER]
    assert seconds_of(lab.heard(talker), person_hz(SHOP)) > 3, "the person heard who was called"
    assert seconds_of(lab.heard(shop), person_hz(TALKER)) > 3, "and was heard"
    assert seconds_of(lab.heard(waiter), *MUSIC) > 3, "music while it rang"
