"""A trunk: a way out through an Asterisk, its dial string, caller IDs and limits.

Not here: how many channels are in use right now (engine/trunkdesk.py).
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from dialerd.domain.errors import BadInputError
from dialerd.domain.phone import DIALABLE, rewrite

NAME = re.compile(r"[a-z0-9][a-z0-9_-]{0,31}\Z")
ENDPOINT = re.compile(r"(PJSIP/\{number\}@[A-Za-z0-9_-]+|Local/\{number\}@[A-Za-z0-9_-]+(/n)?)\Z")
"""The number stands alone before a fixed `@trunk`: without it ARI would dial any SIP address in the number."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Trunk:
    """Limits hold on every Asterisk of `servers` together. `strip` and `prefix` rewrite the E.164 number."""

    name: str
    servers: tuple[str, ...]
    endpoint: str
    max_channels: int
    calls_per_second: float
    caller_ids: tuple[str, ...]
    strip: str = ""
    prefix: str = ""

    def dial_string(self, e164: str) -> str:
        """What ARI is given as endpoint. Raises BadInputError for anything but a plain number."""
        number = rewrite(e164, strip=self.strip, prefix=self.prefix)
        if not DIALABLE.match(number):
            raise BadInputError(
                f"trunk {self.name}: {len(number)} characters that are no plain number were about to be dialed",
                hint="numbers are + and 3 to 15 digits; check strip and prefix of the trunk",
            )
        return self.endpoint.replace("{number}", number)

    @property
    def resource(self) -> tuple[str, str]:
        """Technology and name of the endpoint itself, as `GET /endpoints` knows it: ("PJSIP", "carrier")."""
        tech, _, rest = self.endpoint.partition("/")
        return tech, rest.partition("@")[2].removesuffix("/n")
