"""Machines in whole campaigns on virtual time: what is left on them, in modes without and with agents, and redialing.

Not here: the rules of such a call (tests/domain/call/test_machine.py), faults (test_faults.py).
"""

from __future__ import annotations

from collections import Counter

import pytest

from tests.simulation.callcenter import queue, staff
from tests.simulation.office import Office, in_office
from tests.simulation.test_agents import TEAM, at, dispositions, start
from tests.simulation.world import campaign, run

VOICEMAIL = {"play": "vm"}
SCREENED = {"play": "us"}


@pytest.mark.parametrize("seed", [1, 2, 3])
@pytest.mark.parametrize("wait", ["silence", "beep"])
def test_each_kind_of_machine_comes_to_its_disposition(wait: str, seed: int) -> None:
    spec = campaign(voicemail=VOICEMAIL | {"wait": wait})
    outcome = run(["60", "61", "62", "63", "21", "17", "40"], spec=spec, seed=seed)
    told = {row.attempt.number[-2:]: str(row.attempt.disposition) for row in outcome.attempts}
    # 62 hangs up in the middle of the message; a message begun sooner is over before
    assert told == {
        **dict.fromkeys(("60", "61", "63"), "voicemail_left"),
        "62": "voicemail_left" if wait == "beep" and told["62"] == "voicemail_left" else "answering_machine",
        **dict.fromkeys(("21", "17"), "answering_machine"),
        "40": "answered_human",
    }
    assert {call.number[-2:] for call in outcome.record if "vm" in call.heard} >= {"60", "61", "63"}


def test_a_message_left_is_not_left_again_and_a_machine_that_hung_up_is_called_again() -> None:
    spec = campaign(voicemail=VOICEMAIL, max_attempts=3, retry_after_min=1)
    outcome = run(["60", "62"], spec=spec)
    assert Counter(row.attempt.number[-2:] for row in outcome.attempts) == {"60": 1, "62": 3}


def test_who_is_let_through_hears_what_people_hear() -> None:
    outcome = run(["65", "66", "60"], spec=campaign(voicemail=VOICEMAIL, screened=SCREENED))
    told = {row.attempt.number[-2:]: str(row.attempt.disposition) for row in outcome.attempts}
    assert told == {"65": "answered_human", "66": "screened", "60": "voicemail_left"}
    assert {call.number[-2:]: call.heard for call in outcome.record} == {
        "65": ("us", "hello"),
        "66": ("us",),
        "60": ("us", "vm"),
    }


def test_with_agents_machines_get_the_message_and_people_an_agent() -> None:
    async def story(office: Office) -> None:
        await staff(office, queue(TEAM[:3]))
        await start(office, ["60", "65", "00", "66", "60", "00"], amd=True, voicemail=VOICEMAIL, screened=SCREENED)
        await office.until(at(900))
        assert await dispositions(office) == {"answered_human": 3, "voicemail_left": 2, "screened": 1}

    in_office(story, start=at(0))
