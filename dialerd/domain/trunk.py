"""A trunk: a way out through an Asterisk, its dial string, caller IDs and limits.

Not here: how many channels are in use right now (engine/trunkdesk.py).
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace

from dialerd.domain.errors import BadInputError
from dialerd.domain.phone import DIALABLE, rewrite
from dialerd.domain.tolls import SAFE, TollGuard

NAME = re.compile(r"[a-z0-9][a-z0-9_-]{0,31}\Z")
ENDPOINT = re.compile(r"(PJSIP/\{number\}@[A-Za-z0-9_-]+|Local/\{number\}@[A-Za-z0-9_-]+(/n)?)\Z")
"""The number stands alone before a fixed `@trunk`: without it ARI would dial any SIP address in the number."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Trunk:
    """Limits hold on every Asterisk of `servers` together. `strip` and `prefix` rewrite the E.164 number. `tolls`: what
    it dials at all. `max_calls_per_day`: from midnight to midnight UTC; None: no such limit."""

    name: str
    servers: tuple[str, ...]
    endpoint: str
    max_channels: int
    calls_per_second: float
    caller_ids: tuple[str, ...]
    strip: str = ""
    prefix: str = ""
    tolls: TollGuard = SAFE
    max_calls_per_day: int | None = None

    def limited_as(self, wanted: Trunk) -> Trunk:
        """The same way out with the limits and the toll guard of `wanted`: what may change while it is used."""
        return replace(
            self,
            max_channels=wanted.max_channels,
            calls_per_second=wanted.calls_per_second,
            tolls=wanted.tolls,
            max_calls_per_day=wanted.max_calls_per_day,
        )

    def dial_string(self, e164: str) -> str:
        """What ARI is given as endpoint. Raises BadInputError for anything but a plain number."""
        number = rewrite(e164, strip=self.strip, prefix=self.prefix)
        if not DIALABLE.match(number):
            raise BadInputError(
                f"trunk {self.name}: {len(number)} characters that are no plain number were about to be dialed",
                hint="numbers are + and 3 to 15 digits; check strip and prefix of the trunk",
            )
        return self.endpoint.replace("{number}", number)

    def e164_of(self, dialed: str) -> str:
        """The number that `dialed` stands for on this trunk, as far as that can be told."""
        if dialed.startswith("+"):
            return dialed
        number = self.strip + dialed.removeprefix(self.prefix)
        return number if number.startswith("+") else f"+{number.lstrip('0')}"

    @property
    def resource(self) -> tuple[str, str]:
        """Technology and name of the endpoint itself, as `GET /endpoints` knows it: ("PJSIP", "carrier")."""
        tech, _, rest = self.endpoint.partition("/")
        return tech, rest.partition("@")[2].removesuffix("/n")


_NUMBER_AT = re.compile(
    r"(?P<tech>[A-Za-z][A-Za-z0-9]*)/(?P<number>\+?[0-9][0-9.()-]{5,30})@(?P<resource>[A-Za-z0-9_.-]+)(/n)?\Z"
)


def refused_endpoint(endpoint: str, trunks: Iterable[Trunk]) -> str | None:
    """Why a dial string is not dialed: what it has of a number is refused by its trunk, or, where it leads over none of
    ours, by what holds without any word. None: it may be dialed."""
    found = _NUMBER_AT.match(endpoint)
    if found is None:
        return None
    number = re.sub(r"[.()-]", "", found["number"])
    for trunk in trunks:
        if trunk.resource == (found["tech"], found["resource"]):
            readings = [trunk.e164_of(number), *_abroad(number)]
            refusal = next((why for each in readings if (why := trunk.tolls.refusal(each)) is not None), None)
            return None if refusal is None else f"trunk {trunk.name} does not dial the number: {refusal}"
    readings = [number] if number.startswith("+") else _abroad(number)
    refusal = next((why for each in readings if (why := SAFE.refusal(each)) is not None), None)
    return None if refusal is None else f"the number is not dialed: {refusal}"


def _abroad(dialed: str) -> list[str]:
    """What digits stand for that may begin with a country's way abroad (00, 011), as far as one knows it."""
    return [f"+{dialed.removeprefix(way).lstrip('0')}" for way in ("00", "011") if dialed.startswith(way)]
