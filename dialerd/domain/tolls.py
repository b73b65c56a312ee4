"""Guard against toll fraud: which numbers a trunk may dial at all, and what is refused unless the admin has opted in.

Not here: how many calls a trunk may make a day (engine/trunkdesk.py counts them), whom a campaign may call (gates.py).

Whoever gets at a dialer, by a stolen password or a poisoned list, earns by having it call numbers that cost much and
pay their owner: premium-rate, shared-cost and personal numbers, satellites and the codes of "international networks"
(ITU-T E.164, list of assigned country codes). A campaign calls none of them.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from dialerd.domain.phone import dear, tariff_of

_SATELLITE = {
    "+870": "Inmarsat, a satellite network",
    "+881": "a satellite network",
    "+882": "an international network",
    "+883": "an international network",
}
_PREMIUM = {
    "+808": "an international shared-cost number",
    "+878": "a universal personal number",
    "+979": "an international premium-rate number",
}
_PAY_PER_CALL = re.compile(r"\+1[2-9][0-9]{2}976[0-9]{4}\Z")  # North America, besides area code 900


@dataclass(frozen=True, slots=True, kw_only=True)
class TollGuard:
    """`prefixes` (E.164) and `countries` (ISO 3166): numbers of either may be dialed; with neither given, all may."""

    prefixes: tuple[str, ...] = ()
    countries: tuple[str, ...] = ()
    allow_premium: bool = False
    allow_satellite: bool = False

    def refusal(self, e164: str) -> str | None:
        """Why that number is not dialed; None: it may be."""
        network = next((what for code, what in _SATELLITE.items() if e164.startswith(code)), None)
        if network is not None and not self.allow_satellite:
            return f"it is in {network} (allow_satellite)"
        if not self.allow_premium and (what := _dear(e164)) is not None:
            return f"it is {what} (allow_premium)"
        if (not self.prefixes and not self.countries) or any(e164.startswith(each) for each in self.prefixes):
            return None
        country = tariff_of(e164).country
        if country in self.countries:
            return None
        place = f"in {country}, and " if country else ""
        allowed = ", ".join((*self.countries, *self.prefixes))
        return f"it is {place}not among what may be dialed: {allowed} (allowed_countries, allowed_prefixes)"


SAFE = TollGuard()
"""What holds where nobody has said anything."""


def _dear(e164: str) -> str | None:
    for code, what in _PREMIUM.items():
        if e164.startswith(code):
            return what
    return "a pay-per-call number" if _PAY_PER_CALL.match(e164) else dear(e164)
