"""What to check before dialing and what to do about each finding: pure functions from facts to findings.

Not here: gathering the facts (bootstrap.examine), printing them (cli/doctor.py).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from dialerd.domain.trunk import Trunk


@dataclass(frozen=True, slots=True, kw_only=True)
class AsteriskFacts:
    """One server: why it cannot be used, or what it has. `lacks` maps (trunk, with AMD) to what stands in the way."""

    name: str
    trouble: str = ""
    version: str = ""
    is_too_old: bool = False
    lacks: Mapping[tuple[str, bool], str | None]


@dataclass(frozen=True, slots=True, kw_only=True)
class CampaignFacts:
    """A campaign as far as it needs the world."""

    name: str
    trunk: str
    caller_id: str
    amd: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """Everything doctor looks at. `database_trouble` empty: it opens, is whole and can be written."""

    settings: str
    database: str
    database_trouble: str
    trunks: Mapping[str, Trunk]
    asterisks: Sequence[AsteriskFacts]
    campaigns: Sequence[CampaignFacts]


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One check: what was looked at, whether it is well, what was seen, what to do."""

    check: str
    is_well: bool
    seen: str


def diagnose(facts: Facts) -> list[Finding]:
    """Every check; one that fails does not stop the next."""
    return [
        Finding(check="settings", is_well=True, seen=f"{facts.settings} can be read"),
        _database(facts),
        *(_server(server) for server in facts.asterisks),
        *(_trunk(trunk, facts.asterisks) for trunk in facts.trunks.values()),
        *(_campaign(campaign, facts) for campaign in facts.campaigns),
    ]


def _database(facts: Facts) -> Finding:
    seen = facts.database_trouble or f"{facts.database} opens, is whole and can be written"
    return Finding(check="database", is_well=not facts.database_trouble, seen=seen)


def _server(server: AsteriskFacts) -> Finding:
    check = f"asterisk {server.name}"
    if server.trouble:
        return Finding(check=check, is_well=False, seen=server.trouble)
    if server.is_too_old:
        seen = f"version {server.version} is too old: dialerd needs 20.18, 22.8 or later"
        return Finding(check=check, is_well=False, seen=seen)
    return Finding(check=check, is_well=True, seen=f"version {server.version} answers and lets us in")


def _trunk(trunk: Trunk, servers: Sequence[AsteriskFacts]) -> Finding:
    check = f"trunk {trunk.name}"
    usable = [server for server in servers if server.name in trunk.servers and not server.trouble]
    if not usable:
        return Finding(check=check, is_well=False, seen="none of its Asterisks can be used")
    lacks = [lack for server in usable if (lack := server.lacks[trunk.name, False])]
    return Finding(check=check, is_well=not lacks, seen="; ".join(lacks) or "its endpoint is known and not offline")


def _campaign(campaign: CampaignFacts, facts: Facts) -> Finding:
    check = f"campaign {campaign.name}"
    trunk = facts.trunks.get(campaign.trunk)
    if trunk is None:
        seen = f"its trunk {campaign.trunk} is not in the settings: add it, or apply the campaign with another"
        return Finding(check=check, is_well=False, seen=seen)
    if campaign.caller_id not in trunk.caller_ids:
        seen = f"its caller ID is not among the caller_ids of trunk {trunk.name}: add it there, or change the campaign"
        return Finding(check=check, is_well=False, seen=seen)
    lacks = {
        lack
        for server in facts.asterisks
        if server.name in trunk.servers and not server.trouble and (lack := server.lacks[trunk.name, campaign.amd])
    }
    return Finding(check=check, is_well=not lacks, seen="; ".join(sorted(lacks)) or "could be dialed")
