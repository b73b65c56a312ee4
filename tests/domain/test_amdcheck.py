"""A live verdict against the replay's: what is the same, what differs, and what an overloaded server looks like."""

from __future__ import annotations

import pytest

from dialerd.domain.amdcheck import Agreement, ServerCheck, by_server, compare
from dialerd.domain.amdreplay import SHIPPED
from tests.domain.test_amdreplay import LOUD, QUIET, sound

AGREES, DIFFERS, STARVED = Agreement.AGREES, Agreement.DIFFERS, Agreement.STARVED
PERSON = sound((QUIET, 400), (LOUD, 400), (QUIET, 700))  # to the frame of the verdict
UNDECIDED = sound(*((LOUD, 60), (QUIET, 240)) * 20)


@pytest.mark.parametrize(
    ("levels", "said", "agreement"),
    [
        (PERSON, "HUMAN HUMAN-700-700", AGREES),
        (PERSON[:-2], "HUMAN HUMAN-700-700", AGREES),  # it ends a moment before the verdict
        (PERSON[:-9], "HUMAN HUMAN-700-700", DIFFERS),
        (PERSON, "HUMAN", AGREES),
        (PERSON, "HUMAN HUMAN-800-800", DIFFERS),
        (PERSON, "MACHINE MAXWORDS-5-4", DIFFERS),
        (PERSON, "NOTSURE TOOLONG-1500", STARVED),
        ([], "NOTSURE NOAUDIODATA-0", STARVED),
        ([], "HUMAN HUMAN-700-700", DIFFERS),
        (sound((QUIET, 2000)), "MACHINE INITIALSILENCE-2000-2000", AGREES),
        (sound((QUIET, 5000)), "NOTSURE TOOLONG-5000", DIFFERS),
        (UNDECIDED, "NOTSURE TOOLONG-4980", AGREES),
        (UNDECIDED, "NOTSURE", AGREES),
        (UNDECIDED, "HUMAN", DIFFERS),
    ],
)
def test_a_verdict_is_compared_with_what_the_sound_gives(levels: list[int], said: str, agreement: Agreement) -> None:
    assert compare(levels, said, SHIPPED) is agreement


def test_calls_are_counted_by_server() -> None:
    found = by_server([("pbx2", AGREES), ("pbx1", STARVED), ("pbx2", DIFFERS), ("pbx2", AGREES)])
    assert found == [
        ServerCheck(asterisk="pbx1", checked=1, agrees=0, differs=0, starved=1),
        ServerCheck(asterisk="pbx2", checked=3, agrees=2, differs=1, starved=0),
    ]
    assert [round(each.wrong_share, 2) for each in found] == [1.0, 0.33]
