"""What is done with an agent's phone, and with a person beside it, and the events and replies that must come of it.

Not here: playing them (duo.py), calls without agents (scenarios.py). Taken from the real Asterisk 22, as those are.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from tests.contracts.shape import Steps

UP = ["PickedUp", "Answered"]


@dataclass(frozen=True, slots=True, kw_only=True)
class LegScenario:
    """An agent's phone is rung and, where `ending` is given, a person called. `does`: as in shape.Steps, its key
    the leg's or the call's event, or "both": leg and person have answered.

    `events` of the leg, `call_events` of the person's call; `replies` of every command in order.
    """

    phone: str = "agent1001"
    ending: str = ""
    taken: str = "OriginateTaken"
    does: Steps = field(default_factory=dict)
    events: list[str]
    call_events: list[str] = field(default_factory=list)
    replies: list[str] = field(default_factory=list)
    ring_s: float = 14.0


LEG_SCENARIOS: dict[str, LegScenario] = {
    # a phone by itself
    "picks up, waits with music, is hung up on": LegScenario(
        does={"LegAnswered": ["leg", "hold", "leg", "1 s", "hold", "hang up leg"]},
        events=["LegAnswered", "LegGone 16/-"],
        replies=["waiting", "Done", "waiting", "Done", "Done"],
    ),
    "picks up after a while": LegScenario(
        phone="agent1021",
        does={"LegAnswered": ["hang up leg"]},
        events=["LegRang", "LegAnswered", "LegGone 16/-"],
        replies=["Done"],
    ),
    "busy": LegScenario(phone="agent1022", events=["LegGone 17/486"]),
    "not picked up": LegScenario(phone="agent1023", ring_s=3.0, events=["LegRang", "LegGone 19/480"]),
    "not registered": LegScenario(phone="agent1024", taken="OriginateRefused", events=[]),
    "not there at all": LegScenario(phone="nobody", taken="OriginateRefused", events=[]),
    "cancelled while it rings": LegScenario(
        phone="agent1023",
        does={"LegRang": ["1 s", "hang up leg"]},
        events=["LegRang", "LegGone 16/-"],
        replies=["Done"],
    ),
    "asked for while it rings": LegScenario(
        phone="agent1023",
        ending="40",
        does={"LegRang": ["1 s", "leg", "hold", "connect", "bridge", "dial leg", "hang up leg", "hang up"]},
        events=["LegRang", "LegGone 16/-"],
        call_events=[*UP, "Destroyed 16/-"],
        replies=["ringing", "Failed", "Failed", "no bridge", "OriginateTaken", "Done", "Done"],
    ),
    "asked for after its end": LegScenario(
        ending="40",
        does={"both": ["hang up leg"], "LegGone": ["leg", "hold", "connect", "bridge", "hang up leg", "hang up"]},
        events=["LegAnswered", "LegGone 16/-"],
        call_events=[*UP, "Destroyed 16/-"],
        replies=["Done", "gone", "Gone", "Gone", "no bridge", "Gone", "Done"],
    ),
    # two who talk
    "talk, and are parted": LegScenario(
        ending="50",
        does={
            "both": [
                *("hold", "connect", "0.5 s", "leg", "look", "bridge", "1 s"),
                *("end bridge", "0.5 s", "leg", "look", "bridge", "end bridge", "hold", "hang up", "hang up leg"),
            ]
        },
        events=["LegAnswered", "LegGone 16/-"],
        call_events=[*UP, "Destroyed 16/-"],
        replies=[
            *("Done", "Done", "bridged with its person", "answered", "bridge"),
            *("Done", "waiting", "answered", "no bridge", "Gone", "Done", "Done", "Done"),
        ],
    ),
    "connected again, and after a parting": LegScenario(
        ending="50",
        does={
            "both": [
                *("connect", "connect", "0.5 s", "connect", "0.5 s", "leg", "bridge"),
                *("end bridge", "connect", "0.5 s", "leg", "hang up", "0.5 s", "end bridge", "hang up leg"),
            ]
        },
        events=["LegAnswered", "LegGone 16/-"],
        call_events=[*UP, "Destroyed 16/-"],
        replies=[
            *("Done", "Done", "Done", "bridged with its person", "bridge"),
            *("Done", "Done", "bridged with its person", "Done", "Done", "Done"),
        ],
    ),
    "the agent hangs up": LegScenario(
        phone="agent1025",
        ending="50",
        does={"both": ["hold", "connect"], "LegGone": ["leg", "look", "bridge", "end bridge", "bridge", "hang up"]},
        events=["LegAnswered", "LegGone 16/-"],
        call_events=[*UP, "Destroyed 16/-"],
        replies=["Done", "Done", "gone", "answered", "bridge", "Done", "no bridge", "Done"],
    ),
    "the person hangs up": LegScenario(
        # without a reason, as in scenarios.py; in a bridge Asterisk gives one, and being parted is a reason already
        ending="53",
        does={
            "both": ["hold", "connect"],
            "Destroyed": ["0.3 s", "leg", "bridge", "end bridge", "hold", "leg", "hang up leg"],
        },
        events=["LegAnswered", "LegGone 16/-"],
        call_events=[*UP, "HangupRequested -/-", "Destroyed 16/-"],
        replies=["Done", "Done", "bridged alone", "bridge", "Done", "Done", "waiting", "Done"],
    ),
    "the person hangs up, alone in the bridge": LegScenario(
        ending="54",
        does={"both": ["connect", "0.5 s", "hang up leg"], "Destroyed": ["0.3 s", "end bridge"]},
        events=["LegAnswered", "LegGone 16/-"],
        call_events=[*UP, "HangupRequested -/-", "Destroyed 16/-"],
        replies=["Done", "Done", "Done"],
    ),
    "the person hangs up after a parting": LegScenario(
        ending="54",
        does={"both": ["connect", "0.5 s", "end bridge"], "Destroyed": ["hang up leg"]},
        events=["LegAnswered", "LegGone 16/-"],
        call_events=[*UP, "HangupRequested 16/-", "Destroyed 16/-"],
        replies=["Done", "Done", "Done"],
    ),
    "we hang up on both as they talk": LegScenario(
        ending="50",
        does={"both": ["connect", "1 s", "hang up", "hang up leg", "0.3 s", "bridge", "end bridge", "bridge"]},
        events=["LegAnswered", "LegGone 16/-"],
        call_events=[*UP, "Destroyed 16/-"],
        replies=["Done", "Done", "Done", "bridge", "Done", "no bridge"],
    ),
    # two who talk, and what people ask of them
    "are steered": LegScenario(
        ending="50",
        does={
            "both": [
                *("connect", "mute", "mute", "unmute", "unmute", "comfort", "comfort", "0.3 s", "leg", "bridge"),
                *("no comfort", "no comfort", "keys", "leg", "hang up"),
            ],
            "Destroyed": ["0.3 s", "comfort", "keys", "end bridge", "hang up leg"],
            "LegGone": ["0.3 s", "mute"],
        },
        events=["LegAnswered", "LegGone 16/-"],
        call_events=[*UP, "Destroyed 16/-"],
        replies=[
            *("Done", "Done", "Done", "Done", "Done", "Done", "Done", "bridged with its person", "bridge"),
            *("Done", "Done", "Done", "bridged with its person", "Done"),
            *("Gone", "Gone", "Done", "Done", "Gone"),
        ],
    ),
    "is brought to who talks, and to nobody": LegScenario(
        ending="50",
        does={
            "both": [
                *("join", "leg", "hold", "connect", "0.5 s", "join", "0.3 s", "leg", "bridge", "end bridge", "0.5 s"),
                *("join", "leg", "hang up", "hang up leg"),
            ]
        },
        events=["LegAnswered", "LegGone 16/-"],
        call_events=[*UP, "Destroyed 16/-"],
        replies=[
            *("Gone", "waiting", "Done", "Done", "Done", "bridged with its person", "bridge", "Done"),
            *("Gone", "waiting", "Done", "Done"),
        ],
    ),
    "listens to an agent that is not there": LegScenario(
        does={"LegAnswered": ["listen to nobody", "leg", "listen no more", "leg", "hang up leg"]},
        events=["LegAnswered", "LegGone 16/-"],
        replies=["Gone", "waiting", "Done", "waiting", "Done"],
    ),
    # two who cannot
    "the person is gone before": LegScenario(
        ending="51",
        does={"both": ["hold"], "Destroyed": ["0.3 s", "connect", "bridge", "leg", "hold", "hang up leg"]},
        events=["LegAnswered", "LegGone 16/-"],
        call_events=[*UP, "HangupRequested -/-", "Destroyed 0/-"],
        replies=["Done", "Gone", "no bridge", "waiting", "Done", "Done"],
    ),
    "the person rings": LegScenario(
        ending="03",
        does={"LegAnswered": ["1 s", "connect", "bridge", "leg", "hang up leg", "hang up"]},
        events=["LegAnswered", "LegGone 16/-"],
        call_events=["Rang", "Destroyed 16/-"],
        replies=["Failed", "no bridge", "waiting", "Done", "Done"],
    ),
    "the person is in AMD": LegScenario(
        ending="40",
        does={
            "both": ["detect", "0.5 s", "connect", "bridge", "leg"],
            "AmdHeard": ["connect", "0.3 s", "leg", "hang up"],
            "Destroyed": ["end bridge", "hang up leg"],
        },
        events=["LegAnswered", "LegGone 16/-"],
        call_events=[*UP, "AmdHeard HUMAN", "Destroyed 16/-"],
        replies=[
            *("Done", "Failed", "no bridge", "waiting", "Done", "bridged with its person", "Done"),
            *("Done", "Done"),
        ],
    ),
}
