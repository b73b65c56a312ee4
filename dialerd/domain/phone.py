"""Phone numbers: from what a file says to E.164, and from E.164 to what a trunk is sent.

Not here: which numbers may be called (gates.py) and what a contact is (contact.py).
phonenumbers (libphonenumber's data) lives in this file only.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache, lru_cache

import phonenumbers
from phonenumbers import timezone as number_timezone

from dialerd.domain.us_states import STATES

DIALABLE = re.compile(r"\+?[0-9]{3,15}\Z")
"""All that may ever stand for {number} in a dial string: an ARI endpoint takes `x@host` and `;` literally."""

_E164 = re.compile(r"\+[1-9][0-9]{6,14}\Z")

_UNKNOWN_ZONE = "Etc/Unknown"

_WHY = {
    phonenumbers.NumberParseException.INVALID_COUNTRY_CODE: "no country has its code",
    phonenumbers.NumberParseException.NOT_A_NUMBER: "it has hardly any digits",
    phonenumbers.NumberParseException.TOO_SHORT_AFTER_IDD: "nothing follows the code for calls abroad",
    phonenumbers.NumberParseException.TOO_SHORT_NSN: "it is too short",
    phonenumbers.NumberParseException.TOO_LONG: "it is too long",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class PhoneNumber:
    """A valid number. `e164` with its plus; `zones` every time zone it may lie in (may be empty)."""

    e164: str
    zones: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class BadNumber:
    """Why a text is no number that can be called."""

    text: str
    reason: str


def parse_number(text: str, *, region: str) -> PhoneNumber | BadNumber:
    """Read a number as people write it; `region` (ISO 3166, "US") is assumed where no country code is given."""
    cleaned = text.strip()
    if not cleaned:
        return BadNumber(text=text, reason="is empty")
    if len(cleaned) > 64:
        return BadNumber(text=cleaned[:20] + "...", reason=f"is {len(cleaned)} characters long")
    try:
        number = phonenumbers.parse(cleaned, region)
    except phonenumbers.NumberParseException as error:
        return BadNumber(text=cleaned, reason=f"is not a phone number: {_WHY[error.error_type]}")
    if number.extension:
        return BadNumber(text=cleaned, reason="has an extension, which a dialer cannot reach")
    # The type is looked for once: is_valid_number and time_zones_for_number would each do it again, at twice the time.
    kind = phonenumbers.number_type(number)
    if kind == phonenumbers.PhoneNumberType.UNKNOWN:
        return BadNumber(
            text=cleaned, reason="is not a valid number" + ("" if cleaned[0] == "+" else f" in region {region}")
        )
    e164 = phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
    if phonenumbers.is_number_type_geographical(kind, number.country_code or 0):
        zones = number_timezone.time_zones_for_geographical_number(number)
    else:
        zones = number_timezone.time_zones_for_number(number)
    return PhoneNumber(e164=e164, zones=tuple(z for z in zones if z != _UNKNOWN_ZONE))


@dataclass(frozen=True, slots=True)
class Place:
    """Where a number is at home by its digits. `country` "" and no `states`: not known."""

    country: str
    states: tuple[str, ...] = ()


@lru_cache(maxsize=65_536)
def place_of(e164: str) -> Place:
    """The country (ISO 3166) and, within the United States, the state (two letters) of a number."""
    # Its tables weigh some 30 MB, and only those who name a regulation pack need them.
    from phonenumbers import geocoder

    number = phonenumbers.parse(e164)
    country = phonenumbers.region_code_for_number(number) or ""
    if country != "US":
        return Place(country)
    name = geocoder.description_for_valid_number(number, "en")
    state = name.rpartition(", ")[2]
    code = state if state in STATES.values() else STATES.get(state)
    return Place(country, (code,) if code else ())


_DEAR = {
    phonenumbers.PhoneNumberType.PREMIUM_RATE: "a premium-rate number",
    phonenumbers.PhoneNumberType.SHARED_COST: "a shared-cost number",
    phonenumbers.PhoneNumberType.PERSONAL_NUMBER: "a personal number",
}


@dataclass(frozen=True, slots=True)
class Tariff:
    """What a call to a number costs, roughly. `country` "": not known; `dear`: what kind of costly number, or None."""

    country: str
    dear: str | None


@cache
def _costly_under(code: int) -> tuple[re.Pattern[str], re.Pattern[str] | None]:
    """Of a country calling code: what a national number must match to be costly in any of its regions, and what
    libphonenumber may take off the front of one before it looks."""
    regions = phonenumbers.COUNTRY_CODE_TO_REGION_CODE[code]
    found = [phonenumbers.PhoneMetadata.metadata_for_region_or_calling_code(code, each) for each in regions]
    known = [each for each in found if each is not None]
    kinds = [kind for each in known for kind in (each.premium_rate, each.shared_cost, each.personal_number)]
    costly = {kind.national_number_pattern for kind in kinds if kind is not None and kind.national_number_pattern}
    prefix = known[0].national_prefix_for_parsing if known else None  # parse() goes by the main region, the first
    return re.compile("|".join(sorted(costly)) or r"(?!)"), re.compile(prefix) if prefix else None


def dear(e164: str) -> str | None:
    """What kind of costly number it is; None: it is none. As `tariff_of` has it, in a few microseconds for nearly all:
    libphonenumber looks through every country of a calling code, and North America has 25 of them."""
    if _E164.match(e164):
        for digits in (2, 3, 4):
            code = int(e164[1:digits])
            if code in phonenumbers.COUNTRY_CODE_TO_REGION_CODE:
                costly, prefix = _costly_under(code)
                national = e164[digits:]
                if not costly.fullmatch(national) and (prefix is None or not prefix.match(national)):
                    return None
                break
    return tariff_of(e164).dear


@lru_cache(maxsize=65_536)
def tariff_of(e164: str) -> Tariff:
    """By libphonenumber's types; of what is no number at all nothing is known."""
    try:
        number = phonenumbers.parse(e164)
    except phonenumbers.NumberParseException:
        return Tariff("", None)
    return Tariff(phonenumbers.region_code_for_number(number) or "", _DEAR.get(phonenumbers.number_type(number)))


def known_region(region: str) -> bool:
    """Whether `region` is an ISO 3166 code that libphonenumber knows."""
    return region in phonenumbers.SUPPORTED_REGIONS


def rewrite(e164: str, *, strip: str, prefix: str) -> str:
    """The number as one trunk wants it: `strip` taken off the front where it stands there, `prefix` put before."""
    return prefix + e164.removeprefix(strip)
