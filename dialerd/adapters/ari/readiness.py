"""What one Asterisk must have before it may dial, and whether it has it.

Not here: connecting (session.py). Each lack says what was seen and what to do.
"""

from __future__ import annotations

import json
import re
from collections.abc import Awaitable, Collection, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

import aiohttp

from dialerd.adapters.ari.client import connected
from dialerd.adapters.ari.http import AriHttp, AriStatus, AriUnreachable, as_object, as_objects
from dialerd.adapters.ari.soundlist import list_sounds
from dialerd.domain.lack import Lack
from dialerd.serversettings import AsteriskSettings

_SUPPORTED = {18: None, 20: (20, 18), 22: (22, 8)}
"""Oldest release per branch that tells causes rightly (an originate's timeout as cause 19, tech_cause)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Readiness:
    """What was found. `endpoints`: (technology, name) to state as Asterisk says it ("online", "offline", ...)."""

    version: str = ""
    started_at: str = ""
    has_amd: bool = False
    has_dialplan: bool = False
    endpoints: Mapping[tuple[str, str], str]
    sounds: Mapping[str, Collection[str]] | None = None  # this and the next two are looked at for doctor only
    has_music: bool | None = None
    clock_at: datetime | None = None  # its own clock, at the end of the look

    def lack(self, name: str, *, endpoint: tuple[str, str], amd: bool) -> Lack | None:
        """Why Asterisk `name` cannot carry a call over `endpoint`; None: it can."""
        technology, resource = endpoint
        if technology != "Local":
            state = self.endpoints.get(endpoint)
            if state is None:
                return Lack(
                    f"Asterisk {name} knows no endpoint {technology}/{resource}",
                    "endpoint of [[trunk]] must name one that asterisk -rx 'pjsip show endpoints' lists; else add it to"
                    " pjsip.conf",
                )
            if state == "offline":
                return Lack(
                    f"Asterisk {name}: endpoint {technology}/{resource} is offline: the trunk cannot be reached",
                    "see asterisk -rx 'pjsip show contacts' and 'pjsip show registrations': address and password in"
                    " pjsip.conf, the firewall, the carrier",
                )
        if amd and not self.has_amd:
            return Lack(
                f"Asterisk {name} has no answering machine detection",
                "asterisk -rx 'module load app_amd.so' (it needs an amd.conf), or amd = false in the campaign",
            )
        if amd and not self.has_dialplan:
            return Lack(
                f"Asterisk {name} lacks dialerd's dialplan",
                "#include extensions_dialerd.conf of asterisk-conf/ at the end of extensions.conf, then:"
                " asterisk -rx 'dialplan reload'",
            )
        return None


def too_old(version: str) -> bool:
    """Whether a version is known to tell endings wrongly. Unknown forms and newer branches are taken."""
    match = re.match(r"(?:certified[-/])?(\d+)\.(\d+)", version)
    if not match:
        return False
    major, minor = int(match[1]), int(match[2])
    oldest = _SUPPORTED.get(major, (0, 0) if major >= 21 else None)
    return oldest is None or (major, minor) < oldest


def explained(error: Exception, *, url: str, user: str) -> Lack:
    """Why Asterisk could not be used, and what to do."""
    if isinstance(error, AriStatus):
        match error.status:
            case 401 | 403:
                return Lack(
                    f"it refuses user {user} (HTTP {error.status})",
                    "username and password in [[asterisk]] must be those of its ari.conf; after a change there:"
                    " asterisk -rx 'module reload res_ari.so'",
                )
            case 404:
                return Lack(f"there is no ARI at {url}", "check url in [[asterisk]], http.conf and ari.conf")
            case 503:
                return Lack("it is not fully booted", "wait; if that lasts, see its log: journalctl -u asterisk")
            case _:
                return Lack(str(error), "see the log of Asterisk: journalctl -u asterisk, /var/log/asterisk")
    if isinstance(error, AriUnreachable):
        seen = f"it cannot be reached at {url}: {error}"
        if isinstance(error.__cause__, aiohttp.ServerDisconnectedError):
            return Lack(seen, "is TLS spoken there (https:// in url), or sessionlimit of its http.conf reached?")
        return Lack(seen, "does it run (systemctl status asterisk), with enabled = yes and this address in http.conf?")
    return Lack(str(error))


async def probe(settings: AsteriskSettings) -> Readiness | Lack:
    """Look at one Asterisk once, without an event stream: what it has, or why it cannot be used (for doctor)."""
    http = AriHttp.opener(settings)()
    try:
        async with connected(http) as client:
            found = await examine(http, client)
            has_music = await _has_module(client, "res_musiconhold.so")
            found = replace(found, sounds=await list_sounds(http), has_music=has_music)
            return replace(found, clock_at=_to_moment(as_object(await http.call("GET", "/asterisk/ping"))))
    except (AriStatus, AriUnreachable) as error:
        return explained(error, url=settings.url, user=settings.username)


def _to_moment(ping: Mapping[str, Any]) -> datetime | None:
    try:
        return datetime.strptime(str(ping.get("timestamp")), "%Y-%m-%dT%H:%M:%S.%f%z")
    except ValueError:
        return None


async def examine(http: AriHttp, client: Any) -> Readiness:
    """Look at everything once. Raises AriStatus and AriUnreachable."""
    info = await _told(client.swagger.asterisk.getInfo())
    system, status = as_object(info.get("system", {})), as_object(info.get("status", {}))
    return Readiness(
        version=str(system.get("version", "")),
        started_at=str(status.get("startup_time", "")),
        has_amd=await _has_module(client, "app_amd.so"),
        has_dialplan=await _has_dialplan(client),
        endpoints=await list_endpoints(http),
    )


async def list_endpoints(http: AriHttp) -> dict[tuple[str, str], str]:
    """(Technology, name) to state, of every endpoint. Raises AriStatus and AriUnreachable."""
    found = as_objects(await http.call("GET", "/endpoints"))
    return {
        (str(each.get("technology", "")), str(each.get("resource", ""))): str(each.get("state", "")) for each in found
    }


async def _has_module(client: Any, module: str) -> bool:
    try:
        found = await _told(client.swagger.asterisk.getModule(moduleName=module))
    except AriStatus as error:
        if error.status in (404, 409):  # 409: the module is there, its configuration could not be read
            return False
        raise
    return bool(found.get("status") == "Running")


async def _has_dialplan(client: Any) -> bool:
    """asterisk-conf/extensions_dialerd.conf sets this global; ARI has no way to ask for a context."""
    found = await _told(client.swagger.asterisk.getGlobalVar(variable="DIALERD_AMD"))
    return bool(found.get("value"))


async def _told(operation: Awaitable[aiohttp.ClientResponse]) -> dict[str, Any]:
    """The object an operation of aioari's replied with. Raises AriStatus and AriUnreachable."""
    reply = await operation
    try:
        return as_object(json.loads(await reply.text()))
    except ValueError as error:
        raise AriUnreachable("a reply is not JSON: is this an Asterisk?") from error
