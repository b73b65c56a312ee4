"""Machines on the real Asterisk: the message begins after the beep, and a call assistant is told who calls.

Not here: the rules and every other course (tests/domain/call/test_machine.py). All campaigns run at once; what the
called side said and heard is on its recording, in one clock.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.asterisk.dialer import Dialer, until
from tests.lab import BEEP_HZ, LEFT_HZ, NAME_HZ, Lab, by_number
from tests.lab.tones import span_of
from tests.numbers import number

pytestmark = [pytest.mark.asterisk, pytest.mark.takes(26)]

_MESSAGE = 'play = "/sounds/message"\n'
_SILENCE = _MESSAGE + '[voicemail]\nplay = "/sounds/left"\n'
_BEEP = _SILENCE + 'wait = "beep"\n'
_SCREENED = _SILENCE + '[screened]\nplay = "/sounds/name"\n'

CAMPAIGNS: dict[str, tuple[str, dict[str, str]]] = {
    "silence": (
        _SILENCE,
        {
            "60": "voicemail_left",
            "61": "voicemail_left",
            "62": "answering_machine",  # it hangs up in the middle of the message
            "63": "voicemail_left",
            "17": "answering_machine",  # never silent
            "40": "answered_human",
        },
    ),
    "beep": (_BEEP, {"60": "voicemail_left", "61": "voicemail_left"}),
    "screened": (
        _SCREENED,
        {"65": "answered_human", "66": "screened", "60": "voicemail_left", "40": "answered_human"},
    ),
}
Ended = dict[tuple[str, str], tuple[str, bytes]]
"""By campaign and ending: the disposition, and what the called side said and heard."""


@pytest.fixture(scope="module")
def ended(lab: Lab, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ended]:
    home = Path(tmp_path_factory.mktemp("machines"))
    dialer = Dialer(home, lab.dialerd_config(home / "dialerd.db"))
    mark, numbers = lab.mark(), dict[tuple[str, str], str]()
    for at, (name, (text, endings)) in enumerate(CAMPAIGNS.items()):
        numbers |= {(name, ending): number(100 * at + n, ending) for n, ending in enumerate(endings)}
        own = [each for (campaign, _), each in numbers.items() if campaign == name]
        dialer.campaign(name, own, on_human=text, max_calls=10, calls_per_second=10)
    dialer.start()
    try:
        for name in CAMPAIGNS:
            dialer.cli("campaign", "run", name)
        until(
            lambda: all(dialer.status(each)["state"] == "completed" for each in CAMPAIGNS), limit_s=180, what="the end"
        )
        calls = by_number(lab.record(since=mark))
        told = {row["number"]: row["disposition"] for name in CAMPAIGNS for row in dialer.export(name)}
        yield {key: (told[each], lab.heard(calls[each][0])) for key, each in numbers.items()}
    finally:
        dialer.kill()
        dialer.show_log_if_asked()


@pytest.mark.parametrize(
    ("campaign", "ending", "expected"),
    [(name, ending, said) for name, (_, endings) in CAMPAIGNS.items() for ending, said in endings.items()],
)
def test_each_callee_comes_to_its_disposition(campaign: str, ending: str, expected: str, ended: Ended) -> None:
    assert ended[campaign, ending][0] == expected


@pytest.mark.parametrize(
    ("campaign", "ending", "after_s"),
    [("silence", "60", 2.0), ("silence", "61", 2.0), ("beep", "60", 0.7), ("beep", "61", 0.7)],
)
def test_the_message_begins_after_the_beep_and_is_heard_to_its_end(
    campaign: str, ending: str, after_s: float, ended: Ended
) -> None:
    heard = ended[campaign, ending][1]
    beep, message = span_of(heard, BEEP_HZ), span_of(heard, LEFT_HZ)
    assert beep is not None
    assert message is not None
    assert after_s - 0.5 <= message[0] - beep[1] <= after_s + 1.5  # a loaded machine notices late, never early
    assert message[1] - message[0] == pytest.approx(3.0, abs=0.3)


def test_a_machine_that_hung_up_has_heard_a_part_of_it(ended: Ended) -> None:
    message = span_of(ended["silence", "62"][1], LEFT_HZ)
    assert message is not None
    assert message[1] - message[0] < 2.5


@pytest.mark.parametrize("ending", ["65", "66", "60"])
def test_who_asks_is_told_who_calls(ending: str, ended: Ended) -> None:
    name = span_of(ended["screened", ending][1], NAME_HZ)
    assert name is not None
    assert name[1] - name[0] == pytest.approx(2.0, abs=0.3)


@pytest.mark.parametrize("ending", ["65", "66"])
def test_no_message_is_left_on_an_assistant(ending: str, ended: Ended) -> None:
    assert span_of(ended["screened", ending][1], LEFT_HZ) is None
