"""What the lab's callees say: spoken by espeak-ng and mixed by sox, both inside the root, so that AMD really hears it.

Not here: who says what (conf/carrier/extensions.conf). Made once, in a few seconds, and kept in the root.
"""

from __future__ import annotations

import subprocess
import time
from pathlib import Path

from tests.lab.rootfs import LabError, locked, say

FOLDER = "/sounds"
"""Where the clips are as Asterisk sees them: `sound:/sounds/message` plays one."""

MESSAGE = f"{FOLDER}/message"  # 3 s exactly: what tests and the demo play to people

_MADE_BY = 6  # raise it when a clip below changes

_GREETINGS = (
    ("en-us", 175, "hello?"),
    ("en-gb", 160, "yes, hello?"),
    ("en-us+f2", 190, "good morning"),
    ("en-us+m3", 150, "hello, who is this?"),
    ("en-gb+f4", 175, "Anna speaking"),
    ("en-us+f5", 200, "yeah?"),
)

_ASSISTANT = (
    (
        "screen",
        "hi. if you record your name and reason for calling, I will see if this person is available.",
        "0.4 0.2",
    ),
    ("screenthanks", "thanks. please stay on the line.", "0.2 0.2"),
    ("screenno", "sorry. this person is not available now, and does not take any calls. goodbye.", "0.2 0.2"),
)

BEEP_HZ, LEFT_HZ, NAME_HZ = 1000, 1480, 760
"""The machines' beep, and the tones that stand for what is left on one (3 s) and for who calls (2 s)."""

_RAW = "-r 8000 -c 1 -t ul"


def ensure(root: Path) -> None:
    """Make the clips that are missing."""
    mark = root / "sounds/made-by"
    with locked("audio"):
        if mark.exists() and int(mark.read_text()) >= _MADE_BY:  # an older checkout must not undo a newer one's
            return
        started = time.monotonic()
        _shell(root, "; ".join(_script()))
        mark.write_text(str(_MADE_BY))
        say(f"greetings made in {time.monotonic() - started:.1f} s")


def _script() -> list[str]:
    new = "/tmp/sounds.new"  # moved clip by clip when all are made: another lab may be playing the old ones
    steps = ["set -e", f"rm -rf {new}", f"mkdir -p {FOLDER}/moh {new}/moh", f"cd {new}"]
    for number, (voice, speed, text) in enumerate(_GREETINGS):
        steps.append(_speech(f"/tmp/h{number}.wav", voice, speed, text))
        # 0.4 s before the greeting, then a line as quiet as a person who listens
        steps.append(f"sox /tmp/h{number}.wav {_RAW} hello{number}.ulaw norm -12 pad 0.4 6")
    steps.append("cp hello0.ulaw hello.ulaw")
    # the same and a second of quiet: enough for AMD to make up its mind before the callee's tone begins
    steps.append(f"sox /tmp/h0.wav {_RAW} greeting.ulaw norm -12 pad 0.4 1.2")
    steps.append(
        _speech(
            "/tmp/m.wav",
            "en-us+f2",
            165,
            "hi, you have reached John Miller. I cannot take your call now. please leave a message after the tone.",
        )
    )
    steps.append("sox -n -r 8000 -c 1 -b 16 /tmp/beep.wav synth 0.5 sine 1000 norm -10 pad 0.8 0")
    steps.append("sox /tmp/m.wav /tmp/m2.wav norm -12")
    steps.append(f"sox /tmp/m2.wav /tmp/beep.wav {_RAW} machine.ulaw pad 0.5 20")
    # a pause before the beep as long as any that was measured; and a machine that gives none
    steps.append("sox -n -r 8000 -c 1 -b 16 /tmp/late.wav synth 0.5 sine 1000 norm -10 pad 1.5 0")
    steps.append(f"sox /tmp/m2.wav /tmp/late.wav {_RAW} machinelate.ulaw pad 0.5 20")
    steps.append(f"sox /tmp/m2.wav {_RAW} machinenobeep.ulaw pad 0.5 20")
    # what is said to machines: tones, so that a recording tells when
    steps.append(f"sox -n {_RAW} left.ulaw synth 3 sine {LEFT_HZ} norm -10")
    steps.append(f"sox -n {_RAW} name.ulaw synth 2 sine {NAME_HZ} norm -10")
    for name, text, pad in _ASSISTANT:
        steps.append(_speech(f"/tmp/{name}.wav", "en-us+f3", 165, text))
        steps.append(f"sox /tmp/{name}.wav {_RAW} {name}.ulaw norm -12 pad {pad}")
    steps.append(
        _speech(
            "/tmp/f.wav",
            "en-gb",
            165,
            "we are sorry, the mailbox is full, and cannot accept any messages at this time. goodbye.",
        )
    )
    steps.append(f"sox /tmp/f.wav {_RAW} full.ulaw norm -12 pad 0.2 1")
    steps.append(
        _speech("/tmp/t.wav", "en-us+m3", 150, "hello? yes, I am listening. go on. tell me more about it. I see.")
    )
    steps.append(f"sox /tmp/t.wav {_RAW} talk.ulaw norm -12")
    steps.append(_speech("/tmp/n.wav", "en-us", 160, "this is a test message from your dialer. thank you."))
    steps.append(f"sox /tmp/n.wav {_RAW} message.ulaw norm -12 pad 0 3 trim 0 3")
    steps.append(f"sox -n {_RAW} silence.ulaw trim 0 20")
    steps.append(f"sox -n {_RAW} fax.ulaw synth 3 sine 2100 norm -10 pad 0.5 20")
    steps.append(f"sox -R -n {_RAW} noise.ulaw synth 20 pinknoise norm -14")
    for tone in ("985.2", "1428.5", "1776.7"):
        steps.append(f"sox -n -r 8000 -c 1 -b 16 /tmp/t{tone}.wav synth 0.33 sine {tone} norm -10")
    steps.append(f"sox /tmp/t985.2.wav /tmp/t1428.5.wav /tmp/t1776.7.wav {_RAW} sit.ulaw pad 0 1")
    # so quiet that to WaitForNoise() it is none: an agent's phone tells a person from it (conf/carrier/extensions.conf)
    steps.append(f"sox -n {_RAW} moh/waiting.ulaw synth 10 sine 262 synth 10 sine mix 330 tremolo 0.4 40 norm -46")
    steps.append(f"mv moh/*.ulaw {FOLDER}/moh/ && mv *.ulaw {FOLDER}/")
    return steps


def _speech(path: str, voice: str, speed: int, text: str) -> str:
    trim = "silence 1 0.02 0.5% reverse silence 1 0.02 0.5% reverse"
    return (
        f"espeak-ng -v {voice} -s {speed} -w /tmp/say.wav '{text}' && "
        f"sox /tmp/say.wav -r 8000 -c 1 -b 16 {path} highpass 250 lowpass 3400 norm -6 {trim}"
    )


def _shell(root: Path, script: str) -> None:
    done = subprocess.run(["chroot", str(root), "sh", "-c", script], capture_output=True, text=True, check=False)
    if done.returncode:
        raise LabError(f"the greetings could not be made: {done.stderr.strip()[-600:]}")
