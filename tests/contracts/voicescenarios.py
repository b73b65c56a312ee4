"""What is played to somebody who has answered, recorded and heard of them, and what must come of it.

Not here: playing them (caller.py), every other scenario of a call (scenarios.py). Taken from the real Asterisk 22.
"""

from __future__ import annotations

from tests.contracts.shape import Scenario, Steps

_UP = ["PickedUp", "Answered"]
_END = "Destroyed 16/-"


def _does(*steps: str, **more: list[str]) -> Steps:
    return {"Answered": steps, **more}


VOICE_SCENARIOS: dict[str, Scenario] = {
    # several sounds in one playback
    "two sounds as one": Scenario(
        ending="40",
        does=_does("play two as one", PlaybackEnded=["hang up"]),
        events=[*_UP, "PlaybackEnded", _END],
    ),
    "the first of two sounds is not there": Scenario(
        ending="40",
        does=_does("play, the first not there", PlaybackEnded=["hang up"]),
        events=[*_UP, "PlaybackEnded", _END],
    ),
    "the last of two sounds is not there": Scenario(
        ending="40",
        does=_does("play, the last not there", PlaybackEnded=["hang up"]),
        events=[*_UP, "PlaybackEnded failed", _END],
    ),
    "digits, a number and letters are said": Scenario(
        ending="40", does=_does("say", PlaybackEnded=["hang up"]), events=[*_UP, "PlaybackEnded", _END]
    ),
    "music until something is said": Scenario(
        ending="40",
        does=_does("hold", "1 s", "play", PlaybackEnded=["hold", "0.5 s", "hang up", "0.5 s", "hold"]),
        replies=["Done", "Done", "Done", "Done", "Gone"],
        events=[*_UP, "PlaybackEnded", _END],
    ),
    # stopped
    "what plays is stopped": Scenario(
        ending="40",
        does=_does("play two as one", "1 s", "stop playing", "0.5 s", "stop playing", "hang up"),
        events=[*_UP, "PlaybackEnded", _END],
    ),
    "what was to play next is stopped": Scenario(
        ending="40",
        does=_does("play", "play another", "1 s", "stop playing the other", "3 s", "hang up"),
        events=[*_UP, "PlaybackEnded", "PlaybackEnded", _END],
    ),
    "a tone goes on until it is stopped": Scenario(
        ending="40",
        does=_does("play a tone", "4 s", "look", "stop playing", PlaybackEnded=["hang up"]),
        replies=["Done", "answered playing", "Done", "Done"],
        events=[*_UP, "PlaybackEnded", _END],
    ),
    # keys
    "a key is told": Scenario(ending="12", does={"Pressed": ["hang up"]}, events=[*_UP, "Pressed 1", _END]),
    "a key is told while a message plays, and stops it": Scenario(
        ending="12",
        does=_does("4 s", "play two as one", Pressed=["stop playing"], PlaybackEnded=["hang up"]),
        events=[*_UP, "Pressed 1", "PlaybackEnded", _END],
    ),
    # what somebody does with what they hear (simulated.py: LISTENERS)
    "a key over a prompt": Scenario(
        ending="26",
        does=_does("0.5 s", "play two as one", Pressed=["stop playing"], PlaybackEnded=["hang up"]),
        events=[*_UP, "Pressed 2", "PlaybackEnded", _END],
    ),
    "gone in the middle of a prompt": Scenario(
        ending="34",
        does=_does("1 s", "play two as one"),
        events=[*_UP, "HangupRequested -/-", "PlaybackEnded failed", "Destroyed 0/-"],
    ),
    "gone who waits with music": Scenario(
        ending="35", does=_does("1 s", "hold"), events=[*_UP, "HangupRequested -/-", "Destroyed 0/-"]
    ),
    "recorded what somebody says who is asked to": Scenario(
        ending="61",
        does=_does("1 s", "record after a beep until silence", RecordingEnded=["hang up"]),
        events=["Rang", *_UP, "RecordingEnded", _END],
    ),
    # talk
    "a person is heard to talk": Scenario(
        ending="40", does=_does("watch", TalkEnded=["hang up"]), events=[*_UP, "TalkBegan", "TalkEnded", _END]
    ),
    "a machine is heard to talk until its beep is over": Scenario(
        ending="01",
        does=_does("watch", TalkEnded=["hang up"]),
        events=["Rang", *_UP, "TalkBegan", "TalkEnded", _END],
    ),
    "talk is heard beneath a message": Scenario(
        ending="40",
        does=_does("watch", "play", PlaybackEnded=["hang up"]),
        events=[*_UP, "TalkBegan", "TalkEnded", "PlaybackEnded", _END],
    ),
    "who talks is not watched any more": Scenario(
        ending="18",
        does=_does("watch", "1 s", "watch no more", "2 s", "hang up"),
        events=[*_UP, "TalkBegan", _END],
    ),
    "watched again with another silence": Scenario(
        ending="18", does=_does("watch", "1 s", "watch", "2 s", "hang up"), events=[*_UP, "TalkBegan", _END]
    ),
    # recordings
    "recorded until they are silent": Scenario(
        ending="40",
        does=_does("record until silence", RecordingEnded=["hang up"]),
        events=[*_UP, "RecordingEnded", _END],
    ),
    "recorded for its longest time, after a beep": Scenario(
        ending="40", does=_does("record briefly", RecordingEnded=["hang up"]), events=[*_UP, "RecordingEnded", _END]
    ),
    "recorded until a key": Scenario(
        ending="12",
        does=_does("record until a key", RecordingEnded=["hang up"]),
        events=[*_UP, "Pressed 1", "RecordingEnded", _END],
    ),
    "recorded until it is stopped": Scenario(
        ending="40",
        does=_does("record until a key", "1.5 s", "stop recording", "0.5 s", "stop recording", "hang up"),
        events=[*_UP, "RecordingEnded", _END],
    ),
    "a message waits for the recording": Scenario(
        ending="40",
        does=_does("record until silence", "play", PlaybackEnded=["hang up"]),
        events=[*_UP, "RecordingEnded", "PlaybackEnded", _END],
    ),
    "no recording twice under one name": Scenario(
        ending="40",
        does=_does("record until silence", RecordingEnded=["record until silence", "hang up"]),
        replies=["Done", "Failed", "Done"],
        events=[*_UP, "RecordingEnded", _END],
    ),
    "gone while recorded": Scenario(
        ending="33",
        does=_does("record until a key"),
        events=[*_UP, "HangupRequested -/-", "RecordingEnded", "Destroyed 0/-"],
    ),
    "ended while recorded": Scenario(
        ending="40",
        does=_does("record until a key", "1 s", "hang up"),
        events=[*_UP, "RecordingEnded", _END],
    ),
    # both sides of a call
    "both sides are recorded until that is stopped, and again": Scenario(
        ending="40",
        does=_does(
            *("record the call", "play", "1.5 s", "stop recording the call", "1 s"),
            *("stop recording the call", "record the call again", "1.5 s", "hang up"),
        ),
        events=[*_UP, "RecordingEnded", "PlaybackEnded", "RecordingEnded", _END],
    ),
    "both sides are recorded in AMD and in the dialplan": Scenario(
        ending="40",
        does={
            "Answered": ["record the call", "detect"],
            "AmdHeard": ["hand over", "2 s", "stop recording the call", "1 s", "hang up"],
        },
        events=[*_UP, "AmdHeard HUMAN", "RecordingEnded", _END],
    ),
    "gone while both sides are recorded": Scenario(
        ending="33",
        does=_does("record the call"),
        events=[*_UP, "HangupRequested -/-", "RecordingEnded", "Destroyed 0/-"],
    ),
    # when it cannot be
    "spoken to while it rings": Scenario(
        ending="03",
        does={"Rang": ["record until a key", "stop recording", "stop playing", "watch", "hang up"]},
        replies=["Failed", "Done", "Done", "Failed", "Done"],
        events=["Rang", _END],
    ),
    "spoken to after its end": Scenario(
        ending="02",
        does={
            "Destroyed": [
                *("record until a key", "stop recording", "stop playing", "watch"),
                *("record the call", "stop recording the call"),
            ]
        },
        replies=["Gone", "Done", "Done", "Gone", "Gone", "Done"],
        events=["HangupRequested 17/486", "Destroyed 17/486"],
    ),
}
