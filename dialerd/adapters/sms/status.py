"""What an SMSC's refusal means: the command_status of SMPP 3.4 (5.1.3) as a reason, and what may be done about it.

Not here: receipts, which tell of messages that were taken (shortmessage.py).
"""

from __future__ import annotations

OK = 0x00
TEMPORARY = 0x64
"""What we answer where a text cannot be stored now: it is brought again."""
FULL = 0x14

THROTTLED = frozenset({0x14, 0x58})
"""Too many at once: the same message is taken a little later."""

UNBOUND = 0x04
"""The other side takes us for not bound: only a new link helps."""

LASTING = frozenset({0x01, 0x0B, 0x33, 0x34, 0x40, 0x43, 0x50, 0x51, 0x65})
"""This message, to this recipient, will never be taken."""

_NAMES = {
    0x01: "the message is too long",
    0x02: "the PDU's length is wrong",
    0x03: "the command is not known",
    0x04: "the link is not bound",
    0x05: "already bound: is another dialerd running with this system_id?",
    0x08: "a system error",
    0x0A: "the sender is not allowed: see sender in the settings",
    0x0B: "no such recipient",
    0x0D: "the bind failed",
    0x0E: "the password is wrong",
    0x0F: "the system_id is not known",
    0x14: "its queue is full",
    0x45: "the message could not be taken",
    0x48: "the sender's type of number is not allowed",
    0x49: "the sender's numbering plan is not allowed",
    0x50: "the recipient's type of number is not allowed",
    0x51: "the recipient's numbering plan is not allowed",
    0x53: "the system_type is not known",
    0x58: "too many messages a second: lower messages_per_second",
    0x61: "the delivery time is wrong",
    0x62: "the validity is wrong",
    0x64: "not now",
    0x65: "never",
    0x66: "rejected",
    0xFE: "it was not delivered",
    0xFF: "an unknown error",
}


def named(status: int) -> str:
    """A refusal in words, with its code."""
    return f"{_NAMES.get(status, 'refused')} ({status:#04x})"
