"""Agents' phones: which dial strings the admin lets agents log in with.

Not here: the trunks' dial strings (trunk.py), whether a phone can be reached (the exchange says).
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from dialerd.domain.errors import BadInputError

_PATTERN = re.compile(r"[A-Za-z][A-Za-z0-9]{0,15}/[A-Za-z0-9_.@/*-]{1,80}\Z")
_ONE_NAME = "[A-Za-z0-9_.-]{1,40}"
"""What a `*` stands for. Neither / nor @ are in it: with them `PJSIP/*` would allow any number over any trunk."""


def is_pattern(text: str) -> bool:
    """Whether `text` can stand in the settings: a technology, then letters, digits, _ . @ / - and `*`."""
    return _PATTERN.match(text) is not None


def check_endpoint(endpoint: str, allowed: Sequence[str]) -> str:
    """`endpoint`, where one of the patterns allows it. Raises BadInputError telling what would be allowed."""
    for pattern in allowed:
        if re.fullmatch(_ONE_NAME.join(map(re.escape, pattern.split("*"))), endpoint):
            return endpoint
    raise BadInputError(
        f"{endpoint[:60]!r} is no phone that an agent may log in with",
        hint=f"the settings allow {', '.join(allowed) or 'none'}; see [agents] endpoints",
    )
