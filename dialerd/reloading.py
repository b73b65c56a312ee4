"""What of the settings can change while the daemon runs, and what two settings files differ in, key by key.

Not here: reading the file (settings.py), telling the daemon (operating.py), doing it (bootstrap.py).
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from dialerd.settings import Settings

Digests = Mapping[str, str]
"""By key, like `trunk.carrier.max_channels`: what its value comes to. Passwords can be compared so, and not read."""

_LIVE = re.compile(
    r"log\.(level|form)"
    r"|engine\.drain_s"
    r"|retention\.\w+"
    r"|trunk\.[a-z0-9_-]+\.(max_channels|calls_per_second|max_calls_per_day|allowed_prefixes|allowed_countries)"
    r"|trunk\.[a-z0-9_-]+\.allow_(premium|satellite)"
    r"|http\.tls_(certificate|key)"
)
LIVE = (
    "[log] level, form",
    "[engine] drain_s",
    "[retention]",
    "[[trunk]] max_channels, calls_per_second, and the keys of its toll guard",
    "[http] tls_certificate, tls_key, and what is in those files, where the daemon has TLS",
)
"""The same for people."""

_ALL_OR_NOTHING = re.compile(r"http\.tls_(certificate|key)")
"""Keys that say by being there that the daemon has something: one that is not set is no key."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Changes:
    """The keys whose values differ: those that a reload changes, and those that only a restart does."""

    live: tuple[str, ...] = ()
    restart: tuple[str, ...] = ()


def digests(settings: Settings, *, salt: str) -> dict[str, str]:
    """The settings with every value made a digest. `salt`: drawn anew for each daemon."""
    key = salt.encode()[: hashlib.blake2b.MAX_KEY_SIZE]
    return {
        name: hashlib.blake2b(repr(value).encode(), key=key, digest_size=12).hexdigest()
        for name, value in _flat("", settings.model_dump()).items()
        if value is not None or not _ALL_OR_NOTHING.fullmatch(name)
    }


def changes(before: Digests, after: Digests) -> Changes:
    differ = sorted(key for key in before.keys() | after.keys() if before.get(key) != after.get(key))
    # What was not there before, or is gone, has nothing that could go on with other values: a trunk, TLS.
    whole = {key.rsplit(".", 1)[0] for key in before.keys() ^ after.keys()}
    live = tuple(key for key in differ if _LIVE.fullmatch(key) and key.rsplit(".", 1)[0] not in whole)
    return Changes(live=live, restart=tuple(key for key in differ if key not in live))


def in_force(before: Digests, after: Digests) -> dict[str, str]:
    """What a daemon goes by once it has reloaded."""
    live = changes(before, after).live
    return {key: after[key] if key in live else value for key, value in before.items()}


def _flat(prefix: str, value: Any) -> dict[str, Any]:
    """Nested tables as one, `a.b.c`; sections of which there are several go by their names."""
    if isinstance(value, dict):
        parts = value.items()
    elif isinstance(value, tuple) and value and all(isinstance(each, dict) and "name" in each for each in value):
        parts = {each["name"]: each for each in value}.items()
    else:
        return {prefix: value}
    return {key: leaf for name, part in parts for key, leaf in _flat(f"{prefix}.{name}".lstrip("."), part).items()}
