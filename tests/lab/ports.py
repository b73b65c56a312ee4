"""The port plan: which ports a lab has, so that two labs of any names and bases never meet.

Not here: who listens at them (lab.py, conf/). A lab's choice is kept in its folder; later verbs read it there.
"""

from __future__ import annotations

import json
import socket
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from tests.lab.rootfs import LabError

FIRST, SPAN = 15060, 20  # the first lab's base; ports of one lab
_LABS = 11  # at once
_RTP_FIRST, _RTP_SPAN = 20000, 4000  # of a lab's RTP ports the carrier gets half
_USED = 14  # of the span
_FILE = "ports.json"


@dataclass(frozen=True, slots=True)
class Ports:
    """All ports of one lab: `base` to base + 19 for signalling and pages, `rtp` to rtp + 3999 for speech."""

    base: int
    rtp: int

    def __getitem__(self, what: str) -> int:
        """A port by its name. base + 3 is kept for an ARI of the carrier, which nobody needs yet."""
        names = {"sip_pbx": 0, "sip_carrier": 1, "http": 2, "web": 4, "agi": 5, "dead": 6, "ami": 7}
        more = {"sip_pbx2": 8, "http_pbx2": 9, "ami_pbx2": 10, "sip_pbx3": 11, "http_pbx3": 12, "ami_pbx3": 13}
        return self.base + (names | more)[what]

    def rtp_of(self, kind: str) -> tuple[int, int]:
        """First and last RTP port of one of the Asterisks."""
        first, count = {"pbx": (0, 1200), "pbx2": (1200, 400), "pbx3": (1600, 400), "carrier": (2000, 2000)}[kind]
        return self.rtp + first, self.rtp + first + count - 1


def remembered(folder: Path) -> Ports | None:
    """The ports that the lab in this folder has, if it has been up."""
    try:
        kept = json.loads((folder / _FILE).read_text())
    except FileNotFoundError:
        return None
    slot = (kept["base"] - FIRST) // SPAN % _LABS
    return Ports(kept["base"], kept.get("rtp", _RTP_FIRST + slot * _RTP_SPAN))


def choose(folder: Path, wanted: int | None) -> Ports:
    """Give the lab in this folder ports that no other lab has and nobody listens at. The caller holds the lock."""
    others = [ports for each in folder.parent.glob(f"*/{_FILE}") if (ports := remembered(each.parent))]
    if wanted is not None and not 1024 <= wanted <= _RTP_FIRST - SPAN:
        raise LabError(f"--ports {wanted}: a lab's first port is from 1024 to {_RTP_FIRST - SPAN}")
    places: Iterable[int] = [wanted] if wanted is not None else range(FIRST, FIRST + _LABS * SPAN, SPAN)
    rtp_free = set(range(_RTP_FIRST, _RTP_FIRST + _LABS * _RTP_SPAN, _RTP_SPAN)) - {other.rtp for other in others}
    for base in places:
        apart = all(abs(base - other.base) >= SPAN for other in others)
        if apart and rtp_free and all(_is_free(base + n) for n in range(_USED)):
            chosen = Ports(base, min(rtp_free))
            folder.mkdir(parents=True, exist_ok=True)
            (folder / _FILE).write_text(json.dumps({"base": chosen.base, "rtp": chosen.rtp}))
            return chosen
    names = ", ".join(sorted(each.parent.name for each in folder.parent.glob(f"*/{_FILE}"))) or "none"
    raise LabError(f"no free ports for a lab here (labs now: {names}): take one down, or give another --ports BASE")


def _is_free(port: int) -> bool:
    for kind in (socket.SOCK_STREAM, socket.SOCK_DGRAM):
        with socket.socket(socket.AF_INET, kind) as probe:
            if kind == socket.SOCK_STREAM:  # a port in TIME_WAIT is free for Asterisk, which sets this too
                probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                return False
    return True
