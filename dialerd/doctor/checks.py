"""What to check before dialing and what to do about each finding: pure functions from facts to findings.

Not here: gathering the facts (bootstrap.examine), printing them (cli/doctor.py). What was not looked at (a fact that
is None) gives no finding: doctor never says that something is well which nobody saw.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from dialerd.domain.lack import Lack
from dialerd.domain.soundcheck import lacking
from dialerd.domain.trunk import Trunk

_SLOW_CLOCK = timedelta(minutes=1)
_APART_S = 30.0


@dataclass(frozen=True, slots=True, kw_only=True)
class AsteriskFacts:
    """One server: why it cannot be used, or what it has.

    `lacks` maps (trunk, with AMD) to what stands in the way and what to do; `links` the same of the other servers that
    it is to reach. `sounds` are its sounds, by language, `has_music` whether it can play music on hold at all,
    `ahead_s` how far its clock is ahead of ours.
    """

    name: str
    trouble: Lack | None = None
    version: str = ""
    is_too_old: bool = False
    lacks: Mapping[tuple[str, bool], Lack | None]
    sounds: Mapping[str, Collection[str]] | None = None
    has_music: bool | None = None
    ahead_s: float | None = None
    links: Mapping[str, Lack | None] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class CampaignFacts:
    """A campaign as far as it needs the world. `plays` are the sounds that a person may hear of it, by language."""

    name: str
    trunk: str
    caller_id: str
    amd: bool
    plays: Mapping[str, Collection[str]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """Everything doctor looks at. `database_trouble` None: it opens, is whole and can be written.

    `music`: the classes of music on hold that queues have, with their names. `now` is this machine's clock, `newest_at`
    the latest moment that the database knows of.
    """

    settings: str
    database: str
    database_trouble: Lack | None
    trunks: Mapping[str, Trunk]
    asterisks: Sequence[AsteriskFacts]
    campaigns: Sequence[CampaignFacts]
    music: Mapping[str, Sequence[str]] = field(default_factory=dict)
    now: datetime | None = None
    newest_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One check: what was looked at, whether it is well, what was seen, what to do (empty only where it is well).

    `is_well` None: it cannot be seen from here, and `remedy` is how to see it.
    """

    check: str
    is_well: bool | None
    seen: str
    remedy: str = ""


def diagnose(facts: Facts) -> list[Finding]:
    """Every check; one that fails does not stop the next."""
    return [
        Finding(check="settings", is_well=True, seen=f"{facts.settings} can be read"),
        _database(facts),
        *_clock(facts),
        *(finding for server in facts.asterisks for finding in _server(server)),
        *(finding for server in facts.asterisks for finding in _links(server)),
        *(_trunk(trunk, facts.asterisks) for trunk in facts.trunks.values()),
        *(_campaign(campaign, facts) for campaign in facts.campaigns),
        *_music(facts),
    ]


def _database(facts: Facts) -> Finding:
    trouble = facts.database_trouble
    if trouble is None:
        return Finding(check="database", is_well=True, seen=f"{facts.database} opens, is whole and can be written")
    remedy = trouble.remedy or f"see that this user may read and write {facts.database}, and the log of the daemon"
    return Finding(check="database", is_well=False, seen=trouble.seen, remedy=remedy)


def _clock(facts: Facts) -> Iterator[Finding]:
    """A clock that was set back dials outside the hours and holds every retry until it has caught up."""
    if facts.now is None or facts.newest_at is None:
        return
    behind = facts.newest_at - facts.now
    if behind > _SLOW_CLOCK:
        seen = f"it is {facts.now.isoformat(timespec='seconds')}, and the database has entries {behind} later"
        yield Finding(check="clock", is_well=False, seen=seen, remedy="set this machine's clock by NTP: timedatectl")
    else:
        yield Finding(check="clock", is_well=True, seen="not behind anything in the database")


def _server(server: AsteriskFacts) -> Iterator[Finding]:
    check = f"asterisk {server.name}"
    if server.trouble:
        remedy = server.trouble.remedy or "see its [[asterisk]] in the settings, and its own log"
        yield Finding(check=check, is_well=False, seen=server.trouble.seen, remedy=remedy)
        return
    if server.is_too_old:
        seen = f"version {server.version} is too old: it tells some endings of calls wrongly"
        yield Finding(check=check, is_well=False, seen=seen, remedy="install 20.18, 22.8 or later")
    else:
        yield Finding(check=check, is_well=True, seen=f"version {server.version} answers and lets us in")
    if server.ahead_s is not None and abs(server.ahead_s) > _APART_S:
        seen = f"its clock is {abs(server.ahead_s):.0f} s {'ahead of' if server.ahead_s > 0 else 'behind'} ours"
        yield Finding(check=f"{check} clock", is_well=False, seen=seen, remedy="set both clocks by NTP: timedatectl")


def _links(server: AsteriskFacts) -> Iterator[Finding]:
    """Without its link a server's calls reach only agents whose phones are called from there."""
    for other, lack in server.links.items():
        check = f"link {server.name} to {other}"
        if lack is None:
            yield Finding(check=check, is_well=True, seen="its endpoint is known and not offline")
        else:
            remedy = f"pjsip.conf of {server.name} as in asterisk-conf/pjsip_link_example.conf; does {other} answer?"
            yield Finding(check=check, is_well=False, seen=lack.seen, remedy=remedy)


def _trunk(trunk: Trunk, servers: Sequence[AsteriskFacts]) -> Finding:
    check = f"trunk {trunk.name}"
    usable = _usable(trunk, servers)
    if not usable:
        return _no_server(check, trunk)
    lacks = [lack for server in usable if (lack := server.lacks[trunk.name, False])]
    if lacks:
        return _lacking(check, lacks)
    return Finding(check=check, is_well=True, seen="its endpoint is known and not offline")


def _lacking(check: str, lacks: Iterable[Lack]) -> Finding:
    """What several servers lack, each lack and each remedy once."""
    seen, remedies = (dict.fromkeys(words) for words in zip(*((each.seen, each.remedy) for each in lacks), strict=True))
    return Finding(check=check, is_well=False, seen="; ".join(seen), remedy="; ".join(remedies))


def _campaign(campaign: CampaignFacts, facts: Facts) -> Finding:
    check = f"campaign {campaign.name}"
    trunk = facts.trunks.get(campaign.trunk)
    if trunk is None:
        return Finding(
            check=check,
            is_well=False,
            seen=f"its trunk {campaign.trunk} is not in the settings",
            remedy="add a [[trunk]] of that name, or: dialerd campaign apply with another in its file",
        )
    if campaign.caller_id not in trunk.caller_ids:
        return Finding(
            check=check,
            is_well=False,
            seen=f"its caller ID is not among the caller_ids of trunk {trunk.name}",
            remedy="add it there if the carrier takes it, or: dialerd campaign apply with another in its file",
        )
    usable = _usable(trunk, facts.asterisks)
    if not usable:
        return _no_server(check, trunk)
    lacks = [lack for server in usable if (lack := server.lacks[trunk.name, campaign.amd])]
    if lacks:
        return _lacking(check, lacks)
    heard = [(server.name, server.sounds) for server in usable if server.sounds is not None]
    deaf = {name: missing for name, known in heard if (missing := lacking(known, campaign.plays))}
    if deaf:
        return Finding(
            check=check,
            is_well=False,
            seen="; ".join(f"Asterisk {name} does not know its sound {', '.join(each)}" for name, each in deaf.items()),
            remedy="put it into the language's folder of its sounds and run: asterisk -rx 'module reload sounds'",
        )
    return Finding(check=check, is_well=True, seen="could be dialed")


def _music(facts: Facts) -> Iterator[Finding]:
    """An unknown class is taken without a word: ARI starts it, and whoever waits hears nothing."""
    if not facts.music:
        return
    check = "music on hold"
    deaf = [server.name for server in facts.asterisks if server.has_music is False]
    if deaf:
        seen = f"Asterisk {', '.join(deaf)} plays none: agents and callers wait in silence"
        yield Finding(
            check=check,
            is_well=False,
            seen=seen,
            remedy="asterisk -rx 'module load res_musiconhold.so' (it needs a musiconhold.conf)",
        )
        return
    classes = ", ".join(f"{name} (queue {', '.join(queues)})" for name, queues in sorted(facts.music.items()))
    yield Finding(
        check=check,
        is_well=None,
        seen=f"ARI does not tell which classes there are; needed: {classes}",
        remedy="see that asterisk -rx 'moh show classes' lists them: with an unknown one people wait in silence",
    )


def _usable(trunk: Trunk, servers: Sequence[AsteriskFacts]) -> list[AsteriskFacts]:
    return [server for server in servers if server.name in trunk.servers and not server.trouble]


def _no_server(check: str, trunk: Trunk) -> Finding:
    return Finding(
        check=check,
        is_well=False,
        seen=f"no Asterisk of trunk {trunk.name} can be used: {', '.join(trunk.servers)}",
        remedy=f"mend what is said here of {', '.join(f'asterisk {name}' for name in trunk.servers)}",
    )
