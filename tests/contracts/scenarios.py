"""What is done with a call to each kind of number, and the events and replies that must come of it: one table.

Not here: playing them (caller.py) and on what (test_simulated.py, test_real.py). The lists were taken from the real
Asterisk 22; where the simulated exchange differs from them, it is the one that is wrong.
"""

from __future__ import annotations

from tests.contracts.shape import DELIVER, Scenario
from tests.contracts.voicescenarios import VOICE_SCENARIOS


def _refused(ending: str, codes: str) -> Scenario:
    return Scenario(ending=ending, events=[f"HangupRequested {codes}", f"Destroyed {codes}"])


def _judged(ending: str, status: str, *, rings: bool = False, is_steady: bool = True) -> Scenario:
    heard = ["PickedUp", "Answered", f"AmdHeard {status}", "Destroyed 16/-"]
    return Scenario(ending=ending, events=["Rang", *heard] if rings else heard, is_steady=is_steady)


SCENARIOS: dict[str, Scenario] = {
    # who answers
    "a person": _judged("00", "HUMAN", rings=True),
    "a person at once": _judged("40", "HUMAN"),
    "a person with a tone of its own": _judged("50", "HUMAN"),
    "a person after a while": _judged("06", "HUMAN", rings=True),
    "a person at any time": _judged("20", "HUMAN", rings=True, is_steady=False),
    "a person who presses 1": _judged("12", "HUMAN"),
    "a person who presses 9": _judged("13", "HUMAN"),
    "a machine": _judged("01", "MACHINE", rings=True),
    "a machine without a beep": _judged("21", "MACHINE"),
    "a silent line": _judged("09", "MACHINE"),
    "a fax": _judged("14", "MACHINE"),
    "noise": _judged("17", "MACHINE"),
    "somebody who talks on": _judged("18", "MACHINE"),
    "no sound at all": _judged("19", "NOTSURE"),
    # who does not
    "busy": _refused("02", "17/486"),
    "congestion": _refused("04", "34/503"),
    "no such number": _refused("05", "1/404"),
    "an ending that is not in the plan": _refused("99", "1/404"),
    "rejected": _refused("15", "21/403"),
    "unavailable": _refused("16", "19/480"),
    "declined": _refused("22", "21/603"),
    "blocked by analytics": _refused("23", "127/608"),
    "unwanted": _refused("24", "127/607"),
    "the trunk behind is down": _refused("25", "27/502"),
    "early media, then unavailable": Scenario(
        ending="07", events=["Rang", "HangupRequested 19/480", "Destroyed 19/480"]
    ),
    "early media, then no such number": Scenario(
        ending="08", events=["Rang", "HangupRequested 1/404", "Destroyed 1/404"]
    ),
    # an originate's own timeout is told by the end alone
    "no answer": Scenario(ending="03", events=["Rang", "Destroyed 19/480"], max_ring_s=3.0),
    # the callee hangs up
    "gone while AMD listens": Scenario(
        ending="11", events=["PickedUp", "Answered", "HangupRequested 16/-", "Destroyed 16/-"]
    ),
    "gone while AMD listens, without a reason": Scenario(
        ending="31", events=["PickedUp", "Answered", "HangupRequested -/-", "Destroyed 0/-"]
    ),
    "gone with nothing done": Scenario(
        ending="10", does={}, events=["PickedUp", "Answered", "HangupRequested -/-", "Destroyed 0/-"]
    ),
    "gone during the message": Scenario(
        ending="33",
        does={"Answered": ["detect"], "AmdHeard": ["play"]},
        events=[
            "PickedUp",
            "Answered",
            "AmdHeard HUMAN",
            "HangupRequested -/-",
            "PlaybackEnded failed",
            "Destroyed 0/-",
        ],
    ),
    "gone in the dialplan": Scenario(
        ending="31",
        does={"Answered": ["hand over"]},
        events=["PickedUp", "Answered", "HangupRequested -/-", "Destroyed 0/-"],
    ),
    # the message and the dialplan
    "a message to its end": Scenario(
        ending="40",
        does=DELIVER,
        events=["PickedUp", "Answered", "AmdHeard HUMAN", "PlaybackEnded", "Destroyed 16/-"],
    ),
    "a sound that is not there": Scenario(
        ending="40",
        does={"Answered": ["play nothing"], "PlaybackEnded": ["hang up"]},
        events=["PickedUp", "Answered", "PlaybackEnded failed", "Destroyed 16/-"],
    ),
    "two messages, one after the other": Scenario(
        ending="40",
        does={"Answered": ["play", "play another", "4 s", "look", "4 s", "hang up"]},
        replies=["Done", "Done", "answered", "Done"],  # the look asks for the first
        events=["PickedUp", "Answered", "PlaybackEnded", "PlaybackEnded", "Destroyed 16/-"],
    ),
    "handed to the dialplan during the message": Scenario(
        # it leaves once the message is over
        ending="40",
        does={"Answered": ["play", "0.5 s", "hand over", "look"]},
        replies=["Done", "Done", "answered playing"],
        events=["PickedUp", "Answered", "PlaybackEnded", "Destroyed 16/-"],
    ),
    "handed to the dialplan": Scenario(
        # its end is still told
        ending="40",
        does={"Answered": ["hand over"]},
        events=["PickedUp", "Answered", "Destroyed 16/-"],
    ),
    "handed to a place that is not there": Scenario(
        ending="40",
        does={"Answered": ["hand over nowhere"]},
        events=["PickedUp", "Answered", "Destroyed 0/-"],
    ),
    # we hang up
    "cancelled while it rings": Scenario(
        ending="03", does={"Rang": ["1 s", "hang up"]}, events=["Rang", "Destroyed 16/-"]
    ),
    "ended while AMD listens": Scenario(
        ending="40",
        does={"Answered": ["detect", "0.5 s", "hang up"]},
        events=["PickedUp", "Answered", "Destroyed 16/-"],
    ),
    "ended during the message": Scenario(
        ending="40",
        does={"Answered": ["play", "1 s", "hang up"]},
        events=["PickedUp", "Answered", "PlaybackEnded failed", "Destroyed 16/-"],
    ),
    # what the commands reply
    "asked for while it rings": Scenario(
        ending="03",
        does={"Rang": ["look", "detect", "play", "hand over", "originate", "hang up"]},
        replies=["ringing", "Failed", "Failed", "Failed", "OriginateTaken", "Done"],
        events=["Rang", "Destroyed 16/-"],
    ),
    "asked for after its end": Scenario(
        ending="02",
        does={"Destroyed": ["look", "detect", "play", "hand over", "hang up"]},
        replies=["Gone", "Gone", "Gone", "Gone", "Gone"],
        events=["HangupRequested 17/486", "Destroyed 17/486"],
    ),
    "looked at all the way": Scenario(
        ending="40",
        does={
            "Answered": ["look", "detect", "0.5 s", "look", "detect", "play", "hand over"],
            "AmdHeard": ["look", "play", "0.5 s", "look"],
            "PlaybackEnded": ["look", "hand over", "0.5 s", "look", "detect", "play", "hang up"],
        },
        replies=[
            *("answered", "Done", "detecting", "Failed", "Failed", "Failed"),
            *("judged HUMAN", "Done", "judged HUMAN playing"),
            *("judged HUMAN", "Done", "elsewhere", "Failed", "Failed", "Done"),
        ],
        events=["PickedUp", "Answered", "AmdHeard HUMAN", "PlaybackEnded", "Destroyed 16/-"],
    ),
    **VOICE_SCENARIOS,
}
