"""What of asterisk-conf/ the files of an Asterisk lack: what a running one cannot be asked, limits, ports and contexts.

Not here: reading them (adapters/files/asteriskconf.py), what a running server tells (conf.py).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from dialerd.doctor.checks import Finding

Sections = Mapping[str, Mapping[str, str]]

_WRITE_TIMEOUT_MS = 1000
_SESSIONS = 50
"""dialerd's own: 20 connections at once, an event stream, and doctor's beside them."""

_FILES_OF_A_CALL = 12
"""Of two legs with RTP and RTCP, their bridge, a sound or a recording."""

_FILES_IDLE = 200
_CONTEXTS = ("dialerd", "dialerd-queue", "dialerd-transfer", "dialerd-hook", "dialerd-agent")
_RIGHTS = {"read": "agent", "write": "call"}
_MAX_FILES = 1024
"""What Asterisk has where nobody has set more."""


NOT_SEEN = Finding(
    check="asterisk.conf, http.conf, ari.conf, rtp.conf",
    is_well=None,
    seen="no Asterisk tells of its limits and port range, and its files are not on this machine",
    remedy="run this with --folder where they are, or see there: asterisk -rx 'rtp show settings', 'http show status'",
)


def unread(reason: str, program: str) -> Finding:
    """Asterisk's files are here, and not this user's to read. `program`: what runs now, which root may run itself."""
    return Finding(
        check=NOT_SEEN.check,
        is_well=None,
        seen=reason,
        remedy=f"as root, past the command that becomes the user dialerd: {program} doctor --asterisk-conf",
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class ConfFolder:
    """The files by name; None: it is not there. `channels`: the most calls at once of all trunks. `ari_user`,
    `ami_user`: dialerd's; None: AMI is not wanted. `has_phones`: in browsers;
    `has_phones_outside`: such as find Asterisk without us."""

    path: str
    files: Mapping[str, Sections | None]
    channels: int
    ari_user: str
    ami_user: str | None = None
    has_phones: bool = False
    has_phones_outside: bool = False

    def general(self, name: str) -> Mapping[str, str]:
        return (self.files.get(name) or {}).get("general", {})


def diagnose_files(folder: ConfFolder) -> list[Finding]:
    """Every check; one that fails does not stop the next."""
    checks: tuple[Callable[[ConfFolder], Iterator[tuple[str, str, str]]], ...]
    checks = (_http, _ari, _manager, _dialplan, _rtp, _files)
    found: list[Finding] = []
    for check in checks:
        for name, seen, remedy in check(folder):
            told = f"{folder.path}: {name}"
            found.append(Finding(check=told, is_well=not remedy, seen=seen, remedy=remedy))
    return found


def _http(folder: ConfFolder) -> Iterator[tuple[str, str, str]]:
    name, general = "http.conf", folder.general("http.conf")
    if not _is_true(general.get("enabled")):
        yield name, "the HTTP server is off, and ARI with it", f"enabled = yes in its [general], {_reload('http')}"
        return
    remedy = f"sessionlimit = 200 in its [general], {_reload('http')}"
    if "session_limit" in general:
        yield name, "session_limit is no key of Asterisk's: it is ignored", remedy
    elif (sessions := _number(general.get("sessionlimit"), 100)) < _SESSIONS:
        yield name, f"sessionlimit {sessions}: connections beyond are closed without an answer", remedy
    else:
        yield name, f"it is on, for {sessions} connections at once", ""
    if folder.has_phones_outside and not _is_true(general.get("tlsenable")):
        remedy = f"tlsenable, tlsbindaddr, tlscertfile and tlsprivatekey (http_dialerd.conf), {_reload('http')}"
        yield f"{name}: phones in browsers", "TLS is off: a page served over https can register nowhere", remedy


def _ari(folder: ConfFolder) -> Iterator[tuple[str, str, str]]:
    name, general = "ari.conf", folder.general("ari.conf")
    load = _reload("res_ari.so")
    if folder.files.get(name) is None:
        yield name, "it is not there, and so there is no ARI", f"take ari_dialerd.conf as a model, {load}"
        return
    if not _is_true(general.get("enabled", "yes")):
        yield name, "ARI is off", f"enabled = yes in its [general], {load}"
    user = (folder.files[name] or {}).get(folder.ari_user)
    if user is None or user.get("type") != "user":
        yield name, f"it has no user {folder.ari_user}", f"#include ari_dialerd.conf, with your password, {load}"
    elif _is_true(user.get("read_only")):
        yield name, f"user {folder.ari_user} may only read: it can place no calls", f"read_only = no, {load}"
    timeout = _number(general.get("websocket_write_timeout"), 100)
    if timeout < _WRITE_TIMEOUT_MS:
        seen = f"websocket_write_timeout {timeout} ms: a moment of load costs dialerd its event stream"
        yield f"{name}: patience", seen, f"websocket_write_timeout = 5000 in its [general], {load}"
    else:
        yield f"{name}: patience", f"a reader may take {timeout} ms", ""


def _manager(folder: ConfFolder) -> Iterator[tuple[str, str, str]]:
    if folder.ami_user is None:
        return
    name, general = "manager.conf", folder.general("manager.conf")
    load = "then: asterisk -rx 'manager reload'"
    user = (folder.files.get(name) or {}).get(folder.ami_user)
    if not _is_true(general.get("enabled")):
        yield name, "AMI is off", f"enabled = yes in its [general], {load}"
    elif user is None:
        yield name, f"it has no user {folder.ami_user}", f"#include manager_dialerd.conf, with your secret, {load}"
    elif missing := [f"{key} = {right}" for key, right in _RIGHTS.items() if not _may(user, key, right)]:
        seen = f"user {folder.ami_user} lacks {' and '.join(missing)}: members' news or who waits too long is missed"
        yield name, seen, f"give it {' and '.join(missing)}, {load}"
    else:
        yield name, "AMI is on, and dialerd's user has its rights", ""


def _may(user: Mapping[str, str], key: str, right: str) -> bool:
    return not {"all", right}.isdisjoint(each.strip() for each in user.get(key, "").lower().split(","))


def _dialplan(folder: ConfFolder) -> Iterator[tuple[str, str, str]]:
    """A running Asterisk tells of the globals alone, and these outlive a dialplan that is gone."""
    name = "extensions.conf"
    missing = [context for context in _CONTEXTS if context not in (folder.files.get(name) or {})]
    if missing:
        remedy = "#include extensions_dialerd.conf at its end, then: asterisk -rx 'dialplan reload'"
        yield name, f"there is no context {', '.join(missing)}", remedy
    else:
        yield name, "dialerd's contexts are there", ""


def _rtp(folder: ConfFolder) -> Iterator[tuple[str, str, str]]:
    name, general = "rtp.conf", folder.general("rtp.conf")
    load = _reload("res_rtp_asterisk.so")
    remedy = f"see rtp_dialerd.conf, open the range for UDP in the firewall, {load}"
    first, last = _number(general.get("rtpstart"), 5000), _number(general.get("rtpend"), 31000)
    room = (last - first + 1) // 4  # of a call: two legs, with a port for RTP and one for RTCP each
    if room <= 0:
        yield name, f"rtpstart {first} to rtpend {last} is no range: no call has sound", remedy
    elif room < folder.channels:
        seen = f"rtpstart {first} to rtpend {last} is room for {room} calls, and the trunks have {folder.channels}"
        yield name, seen, remedy
    else:
        own = "" if "rtpstart" in general else " (Asterisk's own range: none is given)"
        yield name, f"ports {first} to {last} for {room} calls{own}; the firewall has to let them in", ""
    if folder.has_phones and not _is_true(general.get("icesupport", "yes")):
        yield f"{name}: phones in browsers", "icesupport is off: they get no sound", f"icesupport = yes, {load}"


def _files(folder: ConfFolder) -> Iterator[tuple[str, str, str]]:
    name = "asterisk.conf"
    given = ((folder.files.get(name) or {}).get("options", {})).get("maxfiles")
    most, wanted = _number(given, _MAX_FILES), folder.channels * _FILES_OF_A_CALL + _FILES_IDLE
    if most < wanted:
        seen = f"maxfiles {most if given else 'is not set, which makes 1024'}: {folder.channels} calls need {wanted}"
        yield name, seen, "maxfiles = 65000 in its [options], then restart Asterisk"
    else:
        yield name, f"{most} files at once, and {folder.channels} calls need {wanted}", ""


def _is_true(value: str | None) -> bool:
    """As Asterisk reads it."""
    return (value or "").lower() in ("yes", "true", "y", "t", "1", "on")


def _number(value: str | None, default: int) -> int:
    return int(value) if value and value.isascii() and value.isdigit() and len(value) < 10 else default


def _reload(module: str) -> str:
    return f"then: asterisk -rx 'module reload {module}'"
