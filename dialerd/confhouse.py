"""What doctor looks at in each Asterisk: asked over ARI and AMI, its files, where browsers' phones go.

Not here: what of it is wrong (dialerd/doctor), the database (bootstrap.py).
"""

from __future__ import annotations

import ssl
from dataclasses import replace
from pathlib import Path

from dialerd import tls
from dialerd.adapters import ami, ari, files
from dialerd.adapters.clock import SystemClock
from dialerd.doctor import checks, conf, conffiles
from dialerd.domain.lack import Lack
from dialerd.serversettings import AsteriskSettings
from dialerd.settings import Settings


async def examine_servers(given: Settings) -> list[checks.AsteriskFacts]:
    """The facts of each server for `doctor` itself."""
    facts = []
    for server in given.asterisk:
        found = await ari.probe(server)
        if isinstance(found, Lack):
            facts.append(checks.AsteriskFacts(name=server.name, trouble=found, lacks={}))
            continue
        lacks = {
            (trunk.name, amd): found.lack(server.name, endpoint=trunk.resource, amd=amd)
            for trunk in given.trunks.values()
            for amd in (False, True)
        }
        links = {
            other.name: found.lack(server.name, endpoint=("PJSIP", other.link.partition("@")[2]), amd=False)
            for other in given.asterisk
            if other.link is not None and other.name != server.name
        }
        too_old, clock_at = ari.too_old(found.version), found.clock_at
        facts.append(
            checks.AsteriskFacts(
                name=server.name,
                version=found.version,
                is_too_old=too_old,
                lacks=lacks,
                links=links,
                sounds=found.sounds,
                has_music=found.has_music,
                ahead_s=None if clock_at is None else (clock_at - SystemClock().now()).total_seconds(),
            )
        )
    return facts


async def examine(given: Settings, wanted: conf.Wanted) -> tuple[list[conf.ConfFacts], conf.Wanted]:
    """The facts of each server, and `wanted` with what a browser's phone meets."""
    facts = [await _examine_server(server) for server in given.asterisk]
    url, context = _phone_line(given)
    trouble = await ari.probe_phone(url, context) if url else ""
    return facts, replace(wanted, phone_url=url, phone_trouble=trouble)


def _phone_line(given: Settings) -> tuple[str, ssl.SSLContext | None]:
    """Where phones in browsers come to Asterisk in the end, and whom that is trusted by; empty: there are none."""
    through = given.phone_server
    if through is None:
        return given.http.phone_url or "", None
    return through.url.replace("http", "ws", 1) + "/ws", tls.trusting(through.ca_file) if through.is_over_tls else None


async def _examine_server(server: AsteriskSettings) -> conf.ConfFacts:
    found = await ari.probe_conf(server)
    if isinstance(found, Lack):
        return conf.ConfFacts(name=server.name, app=server.app, trouble=found)
    told = None
    if server.ami is not None:
        seen = await ami.probe(server.name, server.ami, SystemClock())
        told = (
            conf.AmiFacts(trouble=seen)
            if isinstance(seen, str)
            else conf.AmiFacts(queues=seen.queues, may_redirect=seen.may_redirect, is_overheard=server.ami.is_overheard)
        )
    return conf.ConfFacts(
        name=server.name,
        app=server.app,
        is_overheard=server.is_overheard,
        modules=found.modules,
        variables=found.variables,
        endpoints=found.endpoints,
        sounds=found.sounds,
        ami=told,
    )


def conf_folder(given: Settings, folder: Path) -> conffiles.ConfFolder:
    """Of the first server of the settings: others have other files. Raises BadInputError where one cannot be read."""
    server = given.asterisk[0]
    return conffiles.ConfFolder(
        path=str(folder),
        files=files.read_conf_folder(folder),
        channels=sum(trunk.max_channels for trunk in given.trunk if server.name in trunk.asterisk),
        ari_user=server.username,
        ami_user=None if server.ami is None else server.ami.username,
        has_phones=bool(given.http.phone_url or given.http.phone_at),
        has_phones_outside=given.http.phone_url is not None,
    )
