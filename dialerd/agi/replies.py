"""What is said to Asterisk in return: variables of the channel, each one line that cannot become two; and its answers.

Not here: the socket (server.py), which variables a hook sets (hooks.py).
"""

from __future__ import annotations

import re
from enum import StrEnum

MAX_VALUE = 200
"""Characters of a variable's value; what is longer is cut."""

_NAME = re.compile(r"DIALERD_[A-Z_]{1,30}\Z")
_CODE = re.compile(rb"([0-9]{3})[ -]")


class Status(StrEnum):
    """DIALERD_STATUS: how a hook went. The dialplan itself says DOWN and SLOW of a daemon that has not answered."""

    OK = "OK"
    NOT_FOUND = "NOTFOUND"  # no such contact, agent, call, list
    REFUSED = "REFUSED"  # not possible now; nothing was changed
    BAD_INPUT = "BADINPUT"  # an argument cannot be used
    SLOW = "SLOW"  # no answer from the database in time; it may still be done
    FAILED = "FAILED"  # the log of the daemon tells


class Said(StrEnum):
    """What a line from Asterisk is to a command."""

    DONE = "done"
    REFUSED = "refused"
    HUNG_UP = "hung_up"  # said in between; the answer still comes


def set_variable(name: str, value: str) -> bytes:
    """One command. What could end it early, or the line, is taken out of the value; so is what a dialplan's expression
    would read as more than text."""
    assert _NAME.match(name), "names are ours"
    plain = "".join(each if each.isprintable() and each not in '"\\${}[]' else " " for each in value)
    return f'SET VARIABLE {name} "{plain[:MAX_VALUE].strip()}"\n'.encode()


def read_reply(line: bytes) -> Said:
    """Of a line as it came."""
    if line.strip() == b"HANGUP":
        return Said.HUNG_UP
    found = _CODE.match(line)
    return Said.DONE if found and found[1] == b"200" else Said.REFUSED
