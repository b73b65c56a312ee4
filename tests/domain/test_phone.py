"""Numbers in, plain digits out; nothing else ever stands in a dial string."""

from __future__ import annotations

import re

import phonenumbers
import pytest
from hypothesis import given
from hypothesis import strategies as st
from phonenumbers import timezone

from dialerd.domain.errors import BadInputError
from dialerd.domain.phone import BadNumber, PhoneNumber, dear, parse_number, tariff_of
from dialerd.domain.trunk import ENDPOINT, Trunk

GOOD = {
    "+12125550100": "+12125550100",
    "(212) 555-0100": "+12125550100",
    "1-212-555-0100": "+12125550100",
    "+44 20 7183 8750": "+442071838750",
    " 212.555.0100 ": "+12125550100",
}
BAD = [
    "",
    "   ",
    "12",
    "x",
    "212 555 0100 ext. 3",
    "x@127.0.0.1",
    "&Local/1@default",
    "${SHELL(id)}",
    "9" * 10_000,
    "+1212555010",
    "\0",
    "../../etc/passwd",
]


@pytest.mark.parametrize("text", GOOD)
def test_a_number_as_people_write_it_is_read(text: str) -> None:
    found = parse_number(text, region="US")
    assert isinstance(found, PhoneNumber)
    assert found.e164 == GOOD[text]
    assert found.zones


@pytest.mark.parametrize("text", BAD)
def test_what_is_no_number_is_refused_with_a_reason(text: str) -> None:
    found = parse_number(text, region="US")
    assert isinstance(found, BadNumber)
    assert found.reason
    assert len(found.text) <= 64


WHY = {
    "call me": "is not a phone number: it has hardly any digits",
    "+999 1234567": "is not a phone number: no country has its code",
    "1" * 30: "is not a phone number: it is too long",
    "011": "is not a phone number: nothing follows the code for calls abroad",
    "12345": "is not a valid number in region US",
    "+44 123": "is not a valid number",
}


@pytest.mark.parametrize("text", WHY)
def test_a_refusal_says_why_in_words_of_its_own(text: str) -> None:
    found = parse_number(text, region="US")
    assert isinstance(found, BadNumber)
    assert found.reason == WHY[text]


@given(st.text(max_size=80))
def test_any_text_is_a_plain_number_or_refused(text: str) -> None:
    found = parse_number(text, region="US")
    if isinstance(found, PhoneNumber):
        assert re.fullmatch(r"\+[0-9]{7,15}", found.e164)


def trunk(*, strip: str = "", prefix: str = "") -> Trunk:
    return Trunk(
        name="carrier",
        servers=("pbx1",),
        endpoint="PJSIP/{number}@carrier",
        max_channels=1,
        calls_per_second=1,
        caller_ids=(),
        strip=strip,
        prefix=prefix,
    )


@pytest.mark.parametrize(
    ("strip", "prefix", "expected"),
    [
        ("", "", "PJSIP/+12125550100@carrier"),
        ("+", "", "PJSIP/12125550100@carrier"),
        ("+1", "", "PJSIP/2125550100@carrier"),
        ("+", "00", "PJSIP/0012125550100@carrier"),
        ("+44", "0", "PJSIP/0+12125550100@carrier"),
    ],
)
def test_a_trunk_rewrites_the_number_as_its_carrier_wants_it(strip: str, prefix: str, expected: str) -> None:
    if expected.startswith("PJSIP/0+"):  # another country's number on a national trunk: refused, not garbled
        with pytest.raises(BadInputError):
            trunk(strip=strip, prefix=prefix).dial_string("+12125550100")
    else:
        assert trunk(strip=strip, prefix=prefix).dial_string("+12125550100") == expected


@given(st.text(max_size=40))
def test_nothing_but_a_plain_number_gets_into_a_dial_string(text: str) -> None:
    try:
        made = trunk().dial_string(text)
    except BadInputError:
        return
    assert re.fullmatch(r"PJSIP/\+?[0-9]{3,15}@carrier", made)


def test_an_endpoint_names_its_trunk_after_the_number() -> None:
    assert trunk().resource == ("PJSIP", "carrier")
    for hostile in ("PJSIP/{number}", "{number}", "PJSIP/{number}@a&PJSIP/1@b", "Local/{number}@c,1", "SIP/{number}@x"):
        assert not ENDPOINT.match(hostile)


@given(st.sampled_from(["US", "DE", "GB", "IT", "AU", "001"]), st.from_regex(r"[+]?[0-9]{6,13}", fullmatch=True))
def test_validity_and_zones_are_those_of_libphonenumber(region: str, text: str) -> None:
    try:
        number = phonenumbers.parse(text, region)
    except phonenumbers.NumberParseException:
        assert isinstance(parse_number(text, region=region), BadNumber)
        return
    found = parse_number(text, region=region)
    assert isinstance(found, PhoneNumber) == phonenumbers.is_valid_number(number)
    if isinstance(found, PhoneNumber):
        zones = timezone.time_zones_for_number(number)
        assert found.zones == tuple(zone for zone in zones if zone != "Etc/Unknown")


@pytest.mark.parametrize("text", ["+18005550123", "+4915123456789", "+390612345678", "+883510000001", "+80012345678"])
def test_zones_of_numbers_without_a_place_are_those_of_libphonenumber(text: str) -> None:
    found = parse_number(text, region="US")
    assert isinstance(found, PhoneNumber)
    zones = timezone.time_zones_for_number(phonenumbers.parse(text, "US"))
    assert found.zones == tuple(zone for zone in zones if zone != "Etc/Unknown")


_CODES = sorted(phonenumbers.COUNTRY_CODE_TO_REGION_CODE)
_COSTLY = [
    phonenumbers.example_number_for_type(region, kind)
    for region in sorted(phonenumbers.SUPPORTED_REGIONS)
    for kind in (
        phonenumbers.PhoneNumberType.PREMIUM_RATE,
        phonenumbers.PhoneNumberType.SHARED_COST,
        phonenumbers.PhoneNumberType.PERSONAL_NUMBER,
    )
]


@given(st.sampled_from(_CODES), st.from_regex(r"[0-9]{3,13}", fullmatch=True))
def test_what_is_costly_is_found_quickly_as_libphonenumber_finds_it_slowly(code: int, national: str) -> None:
    e164 = f"+{code}{national}"
    assert dear(e164) == tariff_of(e164).dear


def test_a_costly_number_is_costly_with_a_national_prefix_too() -> None:
    costly = [phonenumbers.format_number(each, phonenumbers.PhoneNumberFormat.E164) for each in _COSTLY if each]
    assert len(costly) > 200
    for e164, each in zip(costly, filter(None, _COSTLY), strict=True):
        cut = 1 + len(str(each.country_code))
        for dialed in (e164, *(f"{e164[:cut]}{digit}{e164[cut:]}" for digit in "018")):
            assert dear(dialed) == tariff_of(dialed).dear, dialed
    assert all(dear(e164) for e164 in costly)
