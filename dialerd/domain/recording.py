"""The name of a recording, from which it is known whose it is, for as long as the file is kept.

Not here: making one (ports.Exchange), which attempts have one (adapters/sql/recordings.py).
"""

from __future__ import annotations

import re
from datetime import datetime
from enum import StrEnum
from typing import NewType

from dialerd.domain.words import AttemptId

FOLDER = "dialerd"
"""Within Asterisk's folder of recordings (/var/spool/asterisk/recording)."""

FORMAT = "wav"

SnoopId = NewType("SnoopId", str)
"""`s` + 32 lower-case hex digits: the ARI channel id that listens to a call while it is recorded; the digits are those
of its attempt. It ends with the call."""

SNOOP_ID = re.compile(r"s[0-9a-f]{32}\Z")

_LABEL = re.compile(r"[a-z0-9]([a-z0-9_-]{0,39})\Z")
_CALL_LABEL = re.compile(r"\d{8}t\d{9}\Z")
_NAME = re.compile(rf"{FOLDER}/(d[0-9a-f]{{32}})-([a-z0-9][a-z0-9_-]{{0,39}})\Z")


class EndsOn(StrEnum):
    """The key that ends a recording of what a person says."""

    HASH = "#"
    ANY = "any"
    NONE = "none"


def recording_name(attempt_id: AttemptId, label: str) -> str:
    """The name of a recording of that attempt; `label`: lower-case letters, digits, `-`, `_`. Raises ValueError.

    >>> recording_name(AttemptId("d" + "0" * 32), "1")
    'dialerd/d00000000000000000000000000000000-1'
    """
    if not _LABEL.match(label):
        raise ValueError(f"the label of a recording is 1 to 40 of a-z, 0-9, - and _: {label[:40]!r}")
    return f"{FOLDER}/{attempt_id}-{label}"


def call_label(now: datetime) -> str:
    """The label of a recording of a whole call that begins now: in one call there is one at a time."""
    return f"{now:%Y%m%dt%H%M%S}{now.microsecond // 1000:03}"


def is_of_call(name: str) -> bool:
    """Whether it is of both sides of a call, not of what a person was asked to say.

    >>> is_of_call("dialerd/d00000000000000000000000000000000-20261121t210138393")
    True
    """
    found = _NAME.match(name)
    return found is not None and _CALL_LABEL.match(found[2]) is not None


def snoop_of(attempt_id: AttemptId) -> SnoopId:
    return SnoopId("s" + attempt_id[1:])


def attempt_of(name: str) -> AttemptId | None:
    """Whose recording it is; None: not one that dialerd has asked for."""
    found = _NAME.match(name)
    return AttemptId(found[1]) if found else None
