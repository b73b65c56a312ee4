"""Which numbers a trunk dials: costly ones and satellites only where it says so, others by country and beginning."""

from __future__ import annotations

from dataclasses import replace

import pytest

from dialerd.domain.tolls import SAFE, TollGuard
from dialerd.domain.trunk import Trunk, refused_endpoint
from tests.simulation.world import trunk

OPEN = TollGuard(allow_premium=True, allow_satellite=True)


@pytest.mark.parametrize("number", ["+12125550100", "+442079460000", "+4930901820", "+33142685300", "+8613800138000"])
def test_usual_numbers_are_dialed_by_a_trunk_that_says_nothing(number: str) -> None:
    assert SAFE.refusal(number) is None


COSTLY = {
    "+19005550100": "premium-rate",  # area code 900
    "+12129765000": "pay-per-call",  # 976 in any area
    "+449098790000": "premium-rate",
    "+448712345678": "premium-rate",
    "+447012345678": "personal",
    "+449012345678": "premium-rate",
    "+15005550100": "personal",
    "+499001234567": "premium-rate",
    "+491805123456": "shared-cost",
    "+33899123456": "premium-rate",
    "+979123456789": "premium-rate",
    "+80812345678": "shared-cost",
    "+878101234567890": "personal",
}
FAR = ["+870773111632", "+881612345678", "+88216123456", "+883510012345678"]


@pytest.mark.parametrize("number", COSTLY)
def test_a_costly_number_is_dialed_only_by_a_trunk_that_allows_it(number: str) -> None:
    said = SAFE.refusal(number)
    assert said is not None
    assert COSTLY[number] in said
    assert "allow_premium" in said
    assert TollGuard(allow_premium=True).refusal(number) is None
    assert TollGuard(allow_satellite=True).refusal(number) == said


@pytest.mark.parametrize("number", FAR)
def test_a_satellite_or_international_network_is_dialed_only_by_a_trunk_that_allows_it(number: str) -> None:
    said = SAFE.refusal(number)
    assert said is not None
    assert "allow_satellite" in said
    assert TollGuard(allow_satellite=True).refusal(number) is None
    assert TollGuard(allow_premium=True).refusal(number) == said


@pytest.mark.parametrize(
    ("guard", "number", "is_dialed"),
    [
        (TollGuard(countries=("US",)), "+12125550100", True),
        (TollGuard(countries=("US",)), "+14165550100", False),  # Toronto has the same country code
        (TollGuard(countries=("US",)), "+18765550100", False),  # so has Jamaica
        (TollGuard(countries=("US", "CA")), "+14165550100", True),
        (TollGuard(prefixes=("+1212",)), "+12125550100", True),
        (TollGuard(prefixes=("+1212",)), "+13105550100", False),
        (TollGuard(prefixes=("+44",), countries=("US",)), "+442079460000", True),
        (TollGuard(prefixes=("+44",), countries=("US",)), "+12125550100", True),
        (TollGuard(prefixes=("+44",), countries=("US",)), "+4930901820", False),
        (TollGuard(prefixes=("+1900",)), "+19005550100", False),  # a beginning is no word for costly ones
        (TollGuard(countries=("US",)), "+123", False),  # of no country
        (TollGuard(prefixes=("+123",)), "+1234", True),
        (SAFE, "+1234", True),
        (SAFE, "not a number", True),  # which cannot be dialed: Trunk.dial_string
    ],
)
def test_countries_and_beginnings_say_what_else_is_dialed(guard: TollGuard, number: str, is_dialed: bool) -> None:
    assert (guard.refusal(number) is None) == is_dialed
    if is_dialed:
        assert replace(guard, allow_premium=True, allow_satellite=True).refusal(number) is None


PLAIN, OPENED = trunk(), replace(trunk(), name="open", endpoint="PJSIP/{number}@open", tolls=OPEN)
STRIPPED = replace(trunk(), name="stripped", endpoint="PJSIP/{number}@stripped", strip="+1")
ABROAD = replace(trunk(), name="abroad", endpoint="Local/{number}@abroad/n", strip="+", prefix="00")


@pytest.mark.parametrize(
    ("endpoint", "is_dialed"),
    [
        ("PJSIP/agent1001", True),
        ("PJSIP/1001@carrier", True),
        ("PJSIP/+12125550100@carrier", True),
        ("PJSIP/+19005550100@carrier", False),
        ("PJSIP/19005550100@carrier", False),
        ("PJSIP/+19005550100@open", True),
        ("PJSIP/+881612345678@open", True),
        ("PJSIP/+19005550100@unknown", False),  # whatever that leads over
        ("PJSIP/0019005550100@unknown", False),
        ("PJSIP/19005550100@unknown", True),  # an extension there may look so
        ("Local/0019005550100@abroad/n", False),
        ("PJSIP/0119005551212@stripped", True),  # area code 900 of no country
        ("PJSIP/01119005551212@stripped", False),
        ("PJSIP/011881612345678@stripped", False),
        ("PJSIP/00881612345678@stripped", False),
        ("PJSIP/000881612345678@stripped", False),
        ("PJSIP/+881612345678@stripped", False),
        ("PJSIP/+881612345678@abroad", False),
        ("PJSIP/1-900-555-1212@carrier", False),
        ("Local/0012125550100@abroad/n", True),
    ],
)
def test_a_phone_whose_dial_string_is_a_number_is_no_way_round(endpoint: str, is_dialed: bool) -> None:
    assert (refused_endpoint(endpoint, [PLAIN, OPENED, ABROAD, STRIPPED]) is None) == is_dialed


@pytest.mark.parametrize("way", [PLAIN, ABROAD], ids=lambda way: way.name)
@pytest.mark.parametrize("number", ["+12125550100", "+442079460000", "+881612345678", "+19005550100"])
def test_a_trunk_knows_again_the_number_that_it_dials(way: Trunk, number: str) -> None:
    dialed = way.dial_string(number)
    assert way.e164_of(dialed.partition("/")[2].partition("@")[0]) == number
