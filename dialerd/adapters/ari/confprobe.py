"""What a running Asterisk tells of its configuration (for doctor): modules, the dialplan's globals, endpoints, sounds.

Not here: what it must have to dial (readiness.py), what of it is wrong (doctor/conf.py).
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from dialerd.adapters.ari.http import AriHttp, AriStatus, AriUnreachable, as_object, as_objects
from dialerd.adapters.ari.readiness import explained, list_endpoints
from dialerd.adapters.ari.soundlist import list_sounds
from dialerd.domain.lack import Lack
from dialerd.serversettings import AsteriskSettings

GLOBALS = (
    *("DIALERD_APP", "DIALERD_AMD", "DIALERD_AGI", "DIALERD_APOLOGY"),
    *("DIALERD_SAY_OK", "DIALERD_SAY_REFUSED", "DIALERD_SAY_DOWN"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Configuration:
    """`modules` that are running, without .so; `endpoints` as technology/name; `sounds` None: it does not tell."""

    modules: frozenset[str]
    variables: Mapping[str, str]
    endpoints: frozenset[str]
    sounds: Mapping[str, Collection[str]] | None


async def probe_conf(settings: AsteriskSettings) -> Configuration | Lack:
    """Look once; else why it cannot be asked."""
    http = AriHttp.opener(settings)()
    try:
        modules = as_objects(await http.call("GET", "/asterisk/modules"))
        variables = {name: await _variable(http, name) for name in GLOBALS}
        return Configuration(
            modules=frozenset(
                str(each.get("name", "")).removesuffix(".so") for each in modules if each.get("status") == "Running"
            ),
            variables={name: value for name, value in variables.items() if value is not None},
            endpoints=frozenset("/".join(each) for each in await list_endpoints(http)),
            sounds=await list_sounds(http),
        )
    except (AriStatus, AriUnreachable) as error:
        return explained(error, url=settings.url, user=settings.username)
    finally:
        await http.close()


async def _variable(http: AriHttp, name: str) -> str | None:
    """A global of the dialplan; None: it is not set, or empty, which ARI does not tell apart."""
    found = as_object(await http.call("GET", "/asterisk/variable", params={"variable": name}))
    return str(found["value"]) if found.get("value") else None
