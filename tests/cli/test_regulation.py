"""The regulation packs on the command line."""

from __future__ import annotations

from tests.cli.conftest import CAMPAIGN, Terminal


def test_packs_are_listed_and_shown_with_their_sources(ready: Terminal) -> None:
    names = [each["pack"] for each in ready.ok("regulation", "list", "--json").document]
    assert {"us-federal", "us-fl", "us-ok", "us-wa", "us-md", "reg-f", "uk-ofcom", "ca-crtc"} <= set(names)
    rules = ready.ok("regulation", "show", "us-fl", "--json").document["rules"]
    assert [rule["id"] for rule in rules] == ["FL-HOURS", "FL-FREQUENCY"]
    assert "us-federal" in ready.ok("regulation", "list").out
    assert "F.S. 501.616" in ready.ok("regulation", "show", "us-fl").out
    assert "no regulation pack us-xx" in ready.type("regulation", "show", "us-xx").err


def test_a_pack_of_ones_own_is_checked_before_it_is_used(ready: Terminal) -> None:
    file = ready.write("ours.toml", "title = 'x'\n")
    assert "version: Field required" in ready.type("regulation", "check", file).err


def test_a_campaign_under_packs_has_meters(ready: Terminal) -> None:
    file = ready.write("spring.toml", 'regulations = ["us-federal"]\n' + CAMPAIGN)
    ready.ok("campaign", "apply", file)
    found = ready.ok("regulation", "meters", "spring", "--json").document
    assert [each["rule"] for each in found] == ["US-TSR-ABANDON", "US-TSR-ABANDON-ROLLING"]
    assert "US-TSR-ABANDON" in ready.ok("regulation", "meters", "spring").out
