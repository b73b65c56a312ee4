"""Doctor's findings: every check is made, what is wrong says what to do, what nobody saw is not called well."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from dialerd.doctor.checks import AsteriskFacts, CampaignFacts, Facts, diagnose
from dialerd.domain.lack import Lack
from dialerd.domain.trunk import Trunk

NOW = datetime(2026, 3, 2, 15, 0, tzinfo=UTC)
TRUNK = Trunk(
    name="carrier",
    servers=("pbx1", "pbx2"),
    endpoint="PJSIP/{number}@carrier",
    max_channels=10,
    calls_per_second=5.0,
    caller_ids=("+12125550100",),
)
NO_LACKS: Mapping[tuple[str, bool], Lack | None] = {("carrier", False): None, ("carrier", True): None}
SERVER = AsteriskFacts(name="pbx1", version="22.8.0", lacks=NO_LACKS)
PLAYS = {"": {"hello-world"}}
CAMPAIGN = CampaignFacts(name="spring", trunk="carrier", caller_id="+12125550100", amd=True, plays=PLAYS)
WELL = Facts(
    settings="/etc/dialerd.toml",
    database="/var/d.db",
    database_trouble=None,
    trunks={"carrier": TRUNK},
    asterisks=[SERVER],
    campaigns=[CAMPAIGN],
)


def wrong(facts: Facts) -> dict[str, tuple[str, str]]:
    return {each.check: (each.seen, each.remedy) for each in diagnose(facts) if each.is_well is False}


def test_a_healthy_house_has_a_good_finding_for_each_thing() -> None:
    assert {each.check: each.is_well for each in diagnose(WELL)} == {
        "settings": True,
        "database": True,
        "asterisk pbx1": True,
        "trunk carrier": True,
        "campaign spring": True,
    }


WRONG: list[tuple[Facts, str, str, str]] = [
    (replace(WELL, database_trouble=Lack("it is damaged", "restore it")), "database", "damaged", "restore it"),
    (replace(WELL, database_trouble=Lack("it is odd")), "database", "odd", "may read and write /var/d.db"),
    (
        replace(WELL, asterisks=[AsteriskFacts(name="pbx1", trouble=Lack("no answer", "start it"), lacks={})]),
        "asterisk pbx1",
        "no answer",
        "start it",
    ),
    (
        replace(WELL, asterisks=[AsteriskFacts(name="pbx1", trouble=Lack("no answer"), lacks={})]),
        "asterisk pbx1",
        "no answer",
        "[[asterisk]]",
    ),
    (
        replace(WELL, asterisks=[AsteriskFacts(name="pbx1", trouble=Lack("no answer"), lacks={})]),
        "trunk carrier",
        "no Asterisk of trunk carrier can be used: pbx1, pbx2",
        "asterisk pbx1, asterisk pbx2",
    ),
    (
        replace(WELL, asterisks=[replace(SERVER, version="20.1.0", is_too_old=True)]),
        "asterisk pbx1",
        "20.1.0",
        "install",
    ),
    (replace(WELL, asterisks=[replace(SERVER, ahead_s=-90.0)]), "asterisk pbx1 clock", "90 s behind", "NTP"),
    (
        replace(
            WELL,
            asterisks=[replace(SERVER, lacks={**NO_LACKS, ("carrier", False): Lack("offline", "see contacts")})],
        ),
        "trunk carrier",
        "offline",
        "see contacts",
    ),
    (
        replace(
            WELL,
            asterisks=[replace(SERVER, lacks={**NO_LACKS, ("carrier", True): Lack("no AMD", "load app_amd.so")})],
        ),
        "campaign spring",
        "no AMD",
        "load app_amd.so",
    ),
    (replace(WELL, campaigns=[replace(CAMPAIGN, trunk="old")]), "campaign spring", "trunk old", "apply"),
    (
        replace(WELL, campaigns=[replace(CAMPAIGN, caller_id="+12125550199")]),
        "campaign spring",
        "caller ID",
        "apply",
    ),
    (
        replace(WELL, asterisks=[replace(SERVER, sounds={"beep": ["en"]})]),
        "campaign spring",
        "Asterisk pbx1 does not know its sound hello-world",
        "module reload sounds",
    ),
    (
        replace(WELL, asterisks=[replace(SERVER, has_music=False)], music={"default": ["sales"]}),
        "music on hold",
        "pbx1 plays none",
        "res_musiconhold.so",
    ),
    (replace(WELL, now=NOW, newest_at=NOW + timedelta(hours=2)), "clock", "2:00:00 later", "NTP"),
]


@pytest.mark.parametrize(
    ("facts", "check", "seen", "remedy"),
    WRONG,
)
def test_what_is_wrong_is_found_with_what_to_do(facts: Facts, check: str, seen: str, remedy: str) -> None:
    found = wrong(facts)[check]
    assert seen in found[0]
    assert remedy in found[1]


def test_one_failing_check_does_not_hide_another() -> None:
    facts = replace(
        WELL,
        database_trouble=Lack("damaged"),
        asterisks=[AsteriskFacts(name="pbx1", trouble=Lack("no answer"), lacks={}), replace(SERVER, name="pbx2")],
        campaigns=[replace(CAMPAIGN, trunk="old"), CAMPAIGN],
    )
    assert [(each.check, each.is_well) for each in diagnose(facts)] == [
        ("settings", True),
        ("database", False),
        ("asterisk pbx1", False),
        ("asterisk pbx2", True),
        ("trunk carrier", True),
        ("campaign spring", False),
        ("campaign spring", True),
    ]


def test_a_campaign_whose_servers_are_all_down_is_not_called_well() -> None:
    down = replace(WELL, asterisks=[AsteriskFacts(name="pbx1", trouble=Lack("no answer"), lacks={})])
    assert {"asterisk pbx1", "trunk carrier", "campaign spring"} == wrong(down).keys()


def test_a_sound_is_judged_only_where_the_index_was_seen_and_can_have_it() -> None:
    empty = [replace(SERVER, sounds={})]
    for plays in (frozenset[str](), {"/var/lib/sounds/mine"}):
        assert not wrong(replace(WELL, asterisks=empty, campaigns=[replace(CAMPAIGN, plays={"": plays})]))
    assert not wrong(WELL)
    beside = {"es": {"custom/shut", "open"}}
    mine = [replace(SERVER, sounds={"shut": ["custom"], "open": [""]})]
    assert not wrong(replace(WELL, asterisks=mine, campaigns=[replace(CAMPAIGN, plays=beside)]))


def test_clocks_that_agree_are_well_and_a_clock_nobody_read_has_no_finding() -> None:
    agreed = replace(WELL, now=NOW, newest_at=NOW - timedelta(days=3), asterisks=[replace(SERVER, ahead_s=1.0)])
    assert not wrong(agreed)
    assert "clock" in {each.check for each in diagnose(agreed)}
    assert "clock" not in {each.check for each in diagnose(WELL)}


def test_classes_of_music_are_named_with_how_to_look_for_them_and_not_called_well() -> None:
    facts = replace(WELL, asterisks=[replace(SERVER, has_music=True)], music={"jazz": ["sales", "support"]})
    (found,) = (each for each in diagnose(facts) if each.check == "music on hold")
    assert found.is_well is None
    assert "jazz (queue sales, support)" in found.seen
    assert "moh show classes" in found.remedy
    assert not wrong(facts)


def test_a_link_between_servers_is_looked_at_from_each_of_the_others() -> None:
    linked = replace(
        WELL, asterisks=[replace(SERVER, links={"pbx2": None, "pbx3": Lack("it knows no endpoint link-pbx3", "-")})]
    )
    assert "link pbx1 to pbx2" in {each.check for each in diagnose(linked) if each.is_well}
    assert wrong(linked) == {
        "link pbx1 to pbx3": (
            "it knows no endpoint link-pbx3",
            "pjsip.conf of pbx1 as in asterisk-conf/pjsip_link_example.conf; does pbx3 answer?",
        )
    }


def test_what_two_servers_lack_alike_has_its_remedy_once() -> None:
    deaf = replace(SERVER, lacks={**NO_LACKS, ("carrier", False): Lack("pbx1: no endpoint", "see pjsip.conf")})
    other = replace(deaf, name="pbx2", lacks={**NO_LACKS, ("carrier", False): Lack("pbx2: offline", "see pjsip.conf")})
    assert wrong(replace(WELL, asterisks=[deaf, other], campaigns=())) == {
        "trunk carrier": ("pbx1: no endpoint; pbx2: offline", "see pjsip.conf")
    }
