"""What of asterisk-conf/ a running Asterisk lacks: pure functions from facts to findings, one per file and purpose.

Not here: gathering the facts (bootstrap.examine_conf), what every dialing needs (checks.py), what a server cannot be
asked and its files tell (conffiles.py).
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field

from dialerd.doctor.checks import Finding
from dialerd.domain.lack import Lack
from dialerd.domain.soundcheck import ANY, lacking


@dataclass(frozen=True, slots=True, kw_only=True)
class AmiFacts:
    """`trouble`: why it cannot be used; `queues` are those of queues.conf. `is_overheard`: asked over a network without
    TLS."""

    trouble: str = ""
    is_overheard: bool = False
    queues: AbstractSet[str] = frozenset()
    may_redirect: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class ConfFacts:
    """One server. `trouble`: why it cannot be asked. `modules` that are running; `variables`: its [globals].

    `endpoints` as technology/name. `ami` None: the settings have no [asterisk.ami] for it.
    """

    name: str
    app: str
    trouble: Lack | None = None
    is_overheard: bool = False
    modules: AbstractSet[str] = frozenset()
    variables: Mapping[str, str] = field(default_factory=dict)
    endpoints: AbstractSet[str] = frozenset()
    sounds: Mapping[str, Collection[str]] | None = None
    ami: AmiFacts | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What dialerd is set up for. `agi`: where its hooks listen; `phones`: agents' endpoints by agent; `queues`: the
    names in queues.conf of those of kind app_queue. `phone_url`: where phones in browsers find Asterisk, and what they
    met there: `phone_trouble`."""

    agi: str
    phones: Mapping[str, str]
    queues: AbstractSet[str]
    phone_url: str = ""
    phone_trouble: str = ""


@dataclass(frozen=True, slots=True)
class _Purpose:
    """Modules that serve one purpose. `is_optional`: dialing goes on without."""

    text: str
    modules: tuple[str, ...]
    is_optional: bool = False


_BROWSERS = "phones in browsers"
_PURPOSES = (
    _Purpose(
        "calls over ARI",
        (
            *("app_stasis", "res_stasis", "res_stasis_answer", "res_http_websocket", "chan_pjsip", "res_pjsip_session"),
            *("res_ari", "res_ari_model", "res_ari_applications", "res_ari_asterisk", "res_ari_channels"),
            *("res_ari_endpoints", "res_ari_events"),
        ),
    ),
    _Purpose("messages", ("res_stasis_playback", "res_ari_playbacks", "app_playback")),
    _Purpose("agents", ("res_ari_bridges", "bridge_simple", "bridge_holding", "res_musiconhold")),
    _Purpose("answering machine detection", ("app_amd",)),
    _Purpose(
        "the dialplan of extensions_dialerd.conf",
        ("app_exec", "func_timeout", "func_callerid", "func_logic", "func_strings"),
    ),
    _Purpose("hooks and feature codes", ("res_agi", "app_stack", "func_channel"), is_optional=True),
    _Purpose("recording", ("res_stasis_recording", "res_ari_recordings"), is_optional=True),
    _Purpose("knowing which sounds there are", ("res_ari_sounds",), is_optional=True),
    _Purpose(_BROWSERS, ("res_srtp", "res_pjsip_transport_websocket"), is_optional=True),
)

_RELOAD = "then: asterisk -rx 'dialplan reload'"
_AMI = (
    "enabled = yes in manager.conf; url, username and password of [asterisk.ami] as there (manager_dialerd.conf is the"
    " model), then: asterisk -rx 'manager reload'"
)
_SOUNDS = ("DIALERD_SAY_OK", "DIALERD_SAY_REFUSED", "DIALERD_SAY_DOWN", "DIALERD_APOLOGY")


def diagnose_conf(servers: Sequence[ConfFacts], wanted: Wanted) -> list[Finding]:
    """Every check on every server; one that fails does not stop the next."""
    return [*(finding for server in servers for finding in _server(server, wanted)), *_browsers(wanted)]


def _server(server: ConfFacts, wanted: Wanted) -> Iterator[Finding]:
    if server.trouble:
        models = "http_dialerd.conf and ari_dialerd.conf are the models"
        remedy = "; ".join(filter(None, (server.trouble.remedy, models)))
        yield _wrong(server, "http.conf and ari.conf", server.trouble.seen, remedy)
        return
    yield _well(server, "http.conf and ari.conf", "ARI answers, and lets us in")
    if server.is_overheard:
        remedy = "tlsenable in http.conf (http_dialerd.conf), and https:// as url in [[asterisk]]"
        yield _wrong(server, "http.conf: TLS", "ARI's password crosses the network in clear", remedy)
    yield from _modules(server, wanted)
    yield from _extensions(server, wanted)
    yield from _phones(server, wanted)
    yield from _queues(server, wanted)


def _browsers(wanted: Wanted) -> Iterator[Finding]:
    check = _BROWSERS
    if wanted.phone_trouble:
        remedy = "see http_dialerd.conf on TLS, and load res_http_websocket.so and res_pjsip_transport_websocket.so"
        seen = f"{wanted.phone_url}: {wanted.phone_trouble}"
        yield Finding(check=check, is_well=False, seen=seen, remedy=remedy)
    elif wanted.phone_url:
        yield Finding(check=check, is_well=True, seen=f"SIP is spoken at {wanted.phone_url}")


def _modules(server: ConfFacts, wanted: Wanted) -> Iterator[Finding]:
    for purpose in _PURPOSES:
        is_optional = purpose.is_optional and not (purpose.text == _BROWSERS and wanted.phone_url)
        missing = [each for each in purpose.modules if each not in server.modules]
        check = f"modules.conf: {purpose.text}"
        if not missing:
            yield _well(server, check, "every module runs")
        elif is_optional:
            yield _well(server, check, f"not possible: {', '.join(missing)} is not running")
        else:
            needs_conf = " (it needs an amd.conf)" if "app_amd" in missing else ""
            remedy = f"load in modules.conf: {', '.join(f'{each}.so' for each in missing)}{needs_conf}"
            yield _wrong(server, check, f"{', '.join(missing)} is not running", remedy)


def _extensions(server: ConfFacts, wanted: Wanted) -> Iterator[Finding]:
    check = "extensions.conf"
    app = server.variables.get("DIALERD_APP")
    if app is None:
        remedy = f"#include extensions_dialerd.conf at its end, {_RELOAD}"
        yield _wrong(server, check, "dialerd's dialplan is not there", remedy)
        return
    if app == server.app:
        yield _well(server, check, "dialerd's dialplan is there")
    else:
        seen = f"DIALERD_APP is {app}, and app in [[asterisk]] is {server.app}: calls would not come back from AMD"
        yield _wrong(server, check, seen, f"DIALERD_APP={server.app} in [globals] of extensions.conf, {_RELOAD}")
    agi = server.variables.get("DIALERD_AGI")
    if agi is None:
        remedy = f"take the newer extensions_dialerd.conf, {_RELOAD}"
        yield _wrong(server, f"{check}: hooks", "it is one from before there were hooks", remedy)
    elif agi == wanted.agi:
        yield _well(server, f"{check}: hooks", f"they ask {agi}")
    else:
        seen = f"DIALERD_AGI is {agi}, and [agi] listen is {wanted.agi}"
        remedy = f"DIALERD_AGI={wanted.agi} in [globals] of extensions.conf, {_RELOAD}"
        yield _wrong(server, f"{check}: hooks", seen, remedy)
    sounds = {name: server.variables.get(name, "") for name in _SOUNDS}
    lost = [f"{name} = {sound}" for name, sound in sounds.items() if sound and _is_unknown(server, sound)]
    if lost:
        remedy = "install them (Debian: asterisk-core-sounds-en), or name others in [globals]"
        yield _wrong(server, f"{check}: sounds", f"Asterisk has no sound for {', '.join(lost)}", remedy)


def _is_unknown(server: ConfFacts, sound: str) -> bool:
    return server.sounds is not None and bool(lacking(server.sounds, {ANY: (sound,)}))


def _phones(server: ConfFacts, wanted: Wanted) -> Iterator[Finding]:
    if not wanted.phones:
        return
    unknown = {
        agent: phone
        for agent, phone in wanted.phones.items()
        if phone.startswith("PJSIP/") and phone.partition("@")[0] not in server.endpoints
    }
    if unknown:
        seen = ", ".join(f"{phone} of agent {agent}" for agent, phone in sorted(unknown.items()))
        remedy = "add them (pjsip_agents_example.conf is a model), then: asterisk -rx 'module reload res_pjsip.so'"
        yield _wrong(server, "pjsip.conf: agents", f"there is no endpoint {seen}", remedy)
    else:
        yield _well(server, "pjsip.conf: agents", f"the phones of all {len(wanted.phones)} agents are there")


def _queues(server: ConfFacts, wanted: Wanted) -> Iterator[Finding]:
    """Only where there is a queue of kind app_queue, or AMI is set up."""
    if not wanted.queues and server.ami is None:
        return
    if "app_queue" not in server.modules:
        remedy = "load app_queue.so in modules.conf (it needs a queues.conf)"
        yield _wrong(server, "queues.conf", "app_queue is not running", remedy)
    if server.ami is None:
        seen = f"queue {', '.join(sorted(wanted.queues))} is Asterisk's own, and the settings have no [asterisk.ami]"
        yield _wrong(server, "manager.conf", seen, "add it (see the README), with AMI on as in manager_dialerd.conf")
        return
    if server.ami.trouble:
        yield _wrong(server, "manager.conf", server.ami.trouble, _AMI)
        return
    if server.ami.is_overheard:
        remedy = "tlsenable in manager.conf (manager_dialerd.conf), and tls:// as url in [asterisk.ami]"
        yield _wrong(server, "manager.conf: TLS", "AMI's password crosses the network in clear", remedy)
    if server.ami.may_redirect:
        yield _well(server, "manager.conf", "AMI answers, lets us in, and lets us bring people back")
    else:
        seen = "the user may not redirect: who waits for too long would not be brought back in time"
        remedy = "write = call for that user in manager.conf, then: asterisk -rx 'manager reload'"
        yield _wrong(server, "manager.conf", seen, remedy)
    missing = sorted(wanted.queues - server.ami.queues)
    if missing:
        remedy = "see queues_dialerd.conf, then: asterisk -rx 'queue reload all'"
        yield _wrong(server, "queues.conf", f"there is no queue {', '.join(missing)}", remedy)
    elif wanted.queues:
        yield _well(server, "queues.conf", f"{', '.join(sorted(wanted.queues))} is there")


def _well(server: ConfFacts, check: str, seen: str) -> Finding:
    return Finding(check=f"asterisk {server.name}: {check}", is_well=True, seen=seen)


def _wrong(server: ConfFacts, check: str, seen: str, remedy: str) -> Finding:
    return Finding(check=f"asterisk {server.name}: {check}", is_well=False, seen=seen, remedy=remedy)
