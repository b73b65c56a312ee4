"""What Asterisk says when its dialplan runs AGI(agi://...): read strictly, since callers put words into it.

Not here: the socket (server.py), what the hooks do (hooks.py).

Asterisk writes `agi_KEY: VALUE` lines and an empty one, and escapes nothing: a caller ID or an argument with a line
break in it becomes lines of its own. So whatever Asterisk would not write itself refuses the whole request: a key that
is not its own, a key said twice, an argument out of turn.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from dialerd.domain.words import ATTEMPT_ID, AttemptId

MAX_LINE = 2048
"""Bytes; Asterisk itself cuts an AGI command at that length."""

MAX_LINES = 64
MAX_ARGUMENTS = 8

_KEYS = frozenset(
    {
        *("network", "network_script", "request", "channel", "language", "type", "uniqueid", "version"),
        *("callerid", "calleridname", "callingpres", "callingani2", "callington", "callingtns", "dnid", "rdnis"),
        *("context", "extension", "priority", "enhanced", "accountcode", "threadid"),
    }
)
_ARGUMENT = re.compile(r"arg_([1-9][0-9]?)\Z")
_SCRIPT = re.compile(r"[a-z][a-z-]{0,39}\Z")
_CHANNEL = re.compile(r"([A-Za-z0-9]{1,16}/[A-Za-z0-9_.@+-]{1,80})-[0-9a-f]{8}\Z")


class BadRequest(Exception):
    """It is not what Asterisk writes, or more than is read; the message says what."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """A hook by its name, its arguments, and the channel that runs it. `caller`: its caller ID, empty where unknown."""

    hook: str
    arguments: tuple[str, ...] = ()
    channel: str = ""
    unique_id: str = ""
    caller: str = ""

    def argument(self, place: int) -> str:
        """From 1 on, as in the dialplan; empty: there is none."""
        return self.arguments[place - 1].strip() if place <= len(self.arguments) else ""

    @property
    def attempt_id(self) -> AttemptId | None:
        """The attempt that the channel is; None: dialerd has not dialed it."""
        return AttemptId(self.unique_id) if ATTEMPT_ID.match(self.unique_id) else None

    @property
    def phone(self) -> str | None:
        """The endpoint that the channel belongs to, like PJSIP/1001; None: it is of none."""
        found = _CHANNEL.match(self.channel)
        return found[1] if found else None


def read_request(lines: Sequence[bytes]) -> Request:
    """The request of those lines, without the empty one at their end. Raises BadRequest."""
    if len(lines) > MAX_LINES:
        raise BadRequest(f"more than {MAX_LINES} lines")
    values: dict[str, str] = {}
    arguments: list[str] = []
    for line in lines:
        key, value = _pair(line)
        if found := _ARGUMENT.match(key):
            arguments.append(value)
            if int(found[1]) != len(arguments) or len(arguments) > MAX_ARGUMENTS:
                raise BadRequest(f"arguments are numbered in turn, up to {MAX_ARGUMENTS}")
        elif key in values or arguments:  # they come last
            raise BadRequest(f"agi_{key} is said twice, or after the arguments")
        else:
            values[key] = value
    hook = values.get("network_script", "").strip("/")
    if values.get("network") != "yes" or not _SCRIPT.match(hook):
        raise BadRequest("it names no hook")
    return Request(
        hook=hook,
        arguments=tuple(arguments),
        channel=_known(values, "channel"),
        unique_id=_known(values, "uniqueid"),
        caller=_known(values, "callerid"),
    )


def _known(values: dict[str, str], key: str) -> str:
    """Asterisk writes `unknown` for what there is not."""
    value = values.get(key, "")
    return "" if value == "unknown" else value


def _pair(line: bytes) -> tuple[str, str]:
    if len(line) > MAX_LINE:
        raise BadRequest(f"a line of more than {MAX_LINE} bytes")
    try:
        text = line.decode("utf-8").removesuffix("\n").removesuffix("\r")
    except UnicodeDecodeError:
        # Asterisk passes on what a telephone sends; none of the hooks has a use for it.
        text = line.decode("latin-1").removesuffix("\n").removesuffix("\r")
        text = "".join(each if each.isascii() else "?" for each in text)
    name, colon, value = text.partition(": ")
    if not colon:
        name, colon, value = text.removesuffix(":"), ":", ""
    key = name.removeprefix("agi_")
    if not name.startswith("agi_") or not (key in _KEYS or _ARGUMENT.match(key)):
        raise BadRequest("a line that Asterisk does not write")
    if any(each < " " or each == "\x7f" for each in value):
        raise BadRequest(f"agi_{key} has control characters")
    return key, value
